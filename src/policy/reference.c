/*
 * One section a top-level key, one row a key.  A path names what stands between:
 * `ID` for an id that the policy declares or names, `WORD` for one of a fixed list
 * of keys, `CODE` for a short text, `[]` for each element of a list.  The keys of a
 * clock, which stand in many places and in each other, have a section of their own.
 */
#include "policy/reference.h"

#include <string.h>

#include "policy/keys.h"

struct writer {
	struct buf *b;
	bool ja;
};

static const struct {
	const char *en, *ja;
} types[] = {
	[TYPE_MAP] = {"map", "マップ"},
	[TYPE_TEXT] = {"text", "文"},
	[TYPE_STRING] = {"string", "文字列"},
	[TYPE_ID] = {"word of the form of ids", "識別子の形の語"},
	[TYPE_TRUTH] = {"`true` or `false`", "`true` または `false`"},
	[TYPE_NUMBER] = {"decimal number", "小数"},
	[TYPE_DATE] = {"date", "日付"},
	[TYPE_DURATION] = {"duration", "期間"},
	[TYPE_ZONE] = {"time zone", "時間帯"},
	[TYPE_COUNTRY] = {"country code", "国コード"},
	[TYPE_LANGUAGE] = {"language tag", "言語タグ"},
	[TYPE_ITEMS] = {"items", "項目の範囲"},
	[TYPE_FILE] = {"wording", "文言ファイル"},
};

/* One of two texts, by the language that is written. */
static void say(const struct writer *w, const char *en, const char *ja)
{
	buf_text(w->b, w->ja ? ja : en);
}

/* Appends S for a cell of a table. */
static void cell(struct buf *b, const char *s)
{
	for (; *s; s++) {
		if (*s == '|')
			buf_byte(b, '\\');
		buf_byte(b, *s);
	}
}

static void words(const struct writer *w, const char *const *list)
{
	for (size_t i = 0; list[i]; i++)
		buf_printf(w->b, "%s`%s`", i ? ", " : "", list[i]);
}

static void reference_to(const struct writer *w, const struct key *k)
{
	if (w->ja && ref_section(k->ref))
		buf_printf(w->b, "`%s` の識別子", ref_section(k->ref));
	else if (w->ja)
		buf_printf(w->b, "識別子（%s）", ref_noun(k->ref));
	else
		buf_printf(w->b, "id of %s %s", strchr("aeiou", ref_noun(k->ref)[0]) ? "an" : "a", ref_noun(k->ref));
	if (k->words) {
		say(w, " or ", "または ");
		words(w, k->words);
	}
}

/* One value of the type of K. */
static void one(const struct writer *w, const struct key *k)
{
	if (k->type == TYPE_MAP && k->keys == keys_clock)
		say(w, "[clock](#clock)", "[時計](#clock)");
	else if (k->type == TYPE_WORD)
		words(w, k->words);
	else if (k->type == TYPE_COUNT && k->min == k->max)
		buf_printf(w->b, "`%u`", (unsigned)k->min);
	else if (k->type == TYPE_COUNT)
		buf_printf(w->b, w->ja ? "%u から %u までの整数" : "whole number from %u to %u", (unsigned)k->min, (unsigned)k->max);
	else if (k->type == TYPE_REF)
		reference_to(w, k);
	else
		say(w, types[k->type].en, types[k->type].ja);
}

/* The value of K by its form, without what may stand instead. */
static void formed(const struct writer *w, const struct key *k)
{
	switch (k->form) {
	case FORM_ONE:
		one(w, k);
		return;
	case FORM_LIST:
		say(w, "list: ", "リスト：");
		break;
	case FORM_IDS:
		say(w, "map, id to ", "マップ（識別子から）：");
		break;
	case FORM_BY_WORD:
		say(w, "map, word to ", "マップ（語から）：");
		break;
	case FORM_BY_REF:
		say(w, "map, id declared elsewhere to ", "マップ（宣言済みの識別子から）：");
		break;
	case FORM_CODES:
		say(w, "map, code to ", "マップ（コードから）：");
		break;
	}
	if (k->each)
		formed(w, k->each);
	else
		one(w, k);
}

static void type(const struct writer *w, const struct key *k)
{
	formed(w, k);
	if (k->flags & KEY_OR_ONE)
		say(w, ", or one of them", "、または一つだけ");
	if (k->flags & KEY_OR_ALL)
		say(w, ", or `all`", "、または `all`");
	if ((k->flags & KEY_OR_WORD) && k->words) {
		say(w, ", or ", "、または ");
		words(w, k->words);
	}
	if (k->other) {
		say(w, ", or ", "、または ");
		formed(w, k->other);
	}
	if (k->form == FORM_BY_WORD && k->key_words) {
		say(w, "; the words: ", "。語は ");
		words(w, k->key_words);
	}
}

static void row(const struct writer *w, const struct key *k, const char *path)
{
	buf_printf(w->b, "| `%s` | ", path);
	type(w, k);
	if (k->flags & KEY_REQUIRED)
		say(w, "; **required**", "；**必須**");
	buf_text(w->b, " | ");
	cell(w->b, w->ja ? k->ja : k->en);
	buf_text(w->b, " | ");
	cell(w->b, k->law ? k->law : "");
	buf_text(w->b, k->example ? " | `" : " | ");
	cell(w->b, k->example ? k->example : "");
	buf_text(w->b, k->example ? "` |\n" : " |\n");
}

static void rows(const struct writer *w, const struct key *keys, const char *path);

/* What stands behind PATH in the maps that a value of K has. */
static void inner(const struct writer *w, const struct key *k, const char *path)
{
	static const char *const steps[] = {[FORM_ONE] = "", [FORM_LIST] = "[]", [FORM_IDS] = ".ID", [FORM_BY_WORD] = ".WORD",
					    [FORM_BY_REF] = ".ID", [FORM_CODES] = ".CODE"};
	struct buf here;

	buf_init(&here);
	buf_printf(&here, "%s%s", path, steps[k->form]);
	if (k->each)
		inner(w, k->each, buf_c(&here));
	else if (k->type == TYPE_MAP && k->keys != keys_clock)
		rows(w, k->keys, buf_c(&here));
	if (k->other)
		inner(w, k->other, path);
	w->b->failed = w->b->failed || !buf_ok(&here);
	buf_free(&here);
}

static void rows(const struct writer *w, const struct key *keys, const char *path)
{
	for (const struct key *k = keys; k->name; k++) {
		struct buf here;

		buf_init(&here);
		buf_printf(&here, "%s%s%s", path, *path ? "." : "", k->name);
		row(w, k, buf_c(&here));
		inner(w, k, buf_c(&here));
		w->b->failed = w->b->failed || !buf_ok(&here);
		buf_free(&here);
	}
}

static void heading(const struct writer *w, const char *title)
{
	buf_printf(w->b, "\n### %s\n\n", title);
	say(w, "| key | type | meaning | law | example |\n", "| キー | 型 | 意味 | 法令 | 例 |\n");
	buf_text(w->b, "|---|---|---|---|---|\n");
}

void policy_reference_write(struct buf *b, bool japanese)
{
	const struct writer w = {b, japanese};

	for (const struct key *k = keys_policy; k->name; k++) {
		heading(&w, k->name);
		row(&w, k, k->name);
		inner(&w, k, k->name);
	}
	heading(&w, japanese ? "clock（時計）" : "clock");
	rows(&w, keys_clock, "");
	heading(&w, "decisions.yaml");
	rows(&w, keys_decision, "[]");
	buf_byte(b, '\n');
}
