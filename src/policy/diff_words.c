/* The sentence of a change, and whether a person has decided on it. */
#include <string.h>

#include "policy/diff_private.h"

static const struct {
	const char *en, *ja;
} table[FINDING_CODES] = {
#define X(id, answers, law, since, en, ja, says_en, says_ja) [FINDING_##id] = {says_en, says_ja},
#include "policy/changes.def"
#undef X
};

void diff_say(const struct change_name *name, bool ja, struct buf *b)
{
	int language = name->of ? name->of->default_language : 0;
	struct str text = ja && name->plain_ja.n ? name->plain_ja : name->plain;

	for (size_t i = 0; name->of && i < name->of->n_languages; i++)
		if (str_is(name->of->languages[i], ja ? "ja" : "en"))
			language = (int)i;
	if (name->of && name->text.in[language].n)
		text = name->text.in[language];
	buf_str(b, text);
}

static void slot_write(const struct change *c, struct str slot, bool ja, struct buf *b)
{
	if (str_is(slot, "what"))
		diff_say(&c->what, ja, b);
	else if (str_is(slot, "from"))
		diff_say(&c->from, ja, b);
	else if (str_is(slot, "to"))
		diff_say(&c->to, ja, b);
	for (size_t i = 0; str_is(slot, "more") && i < c->n_more; i++) {
		if (i)
			buf_text(b, ja ? "、" : ", ");
		diff_say(&c->more[i], ja, b);
	}
}

void change_write(const struct change *c, bool ja, struct buf *b)
{
	struct str rest = str_of(ja ? table[c->code].ja : table[c->code].en);

	while (rest.n) {
		size_t open = str_find(rest, '{'), close = str_find(rest, '}');

		buf_str(b, str_sub(rest, 0, open));
		if (open >= rest.n)
			return;
		slot_write(c, str_sub(rest, open + 1, close - open - 1), ja, b);
		rest = str_sub(rest, close + 1, rest.n);
	}
}

/* Decisions -------------------------------------------------------------------------------------------------- */

/* True when DECISION is about C and the change from version SINCE. */
static bool is_about(const struct node *decision, enum finding_code code, struct str path, uint32_t since)
{
	struct str about = node_text(decision, "about");
	size_t colon = str_find(about, ':');
	uint64_t from;

	return str_is(str_sub(about, 0, colon), finding_text(code)) && str_eq(str_sub(about, colon + 1, about.n), path) &&
	       str_to_u64(node_text(decision, "since"), UINT32_MAX, &from) && from == since;
}

static bool takes(const struct change *c, struct str answer)
{
	struct str rest = str_of(c->answers);

	while (rest.n && answer.n) {
		size_t n = str_find(rest, ' ');

		if (str_eq(str_sub(rest, 0, n), answer))
			return true;
		rest = str_sub(rest, n + 1, rest.n);
	}
	return false;
}

/* The answers of C as "related or consent". */
static void answers_write(const struct change *c, struct buf *b)
{
	for (const char *p = c->answers; *p; p++)
		if (*p == ' ')
			buf_text(b, " or ");
		else
			buf_byte(b, *p);
}

static void ask(const struct change *c, uint32_t since, struct str wrong, struct findings *f)
{
	struct buf hint, message;

	buf_init(&hint);
	buf_init(&message);
	change_write(c, false, &message);
	if (wrong.n)
		buf_printf(&message, " The answer \"%.*s\" does not fit.", (int)wrong.n, wrong.p);
	buf_printf(&hint, "%s: %s; decisions.yaml: about \"%s:%.*s\", since %u, answer ", c->act.law, c->act.en,
		   finding_text(c->code), (int)c->path.n, c->path.p, (unsigned)since);
	answers_write(c, &hint);
	findings_add(f, c->code, c->at, buf_view(&hint), "%s", buf_c(&message));
	f->failed = f->failed || !buf_ok(&hint) || !buf_ok(&message);
	buf_free(&hint);
	buf_free(&message);
}

size_t changes_ask(const struct changes *c, const struct policy *after, uint32_t since, struct findings *f)
{
	size_t open = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct change *change = &c->list[i];
		struct str answer = {0};
		bool decided = finding_severity(change->code) != SEVERITY_QUESTION;

		for (NODE_EACH(n, after->decisions))
			if (!decided && is_about(n, change->code, change->path, since)) {
				answer = node_text(n, "answer");
				decided = takes(change, answer);
			}
		if (decided)
			continue;
		ask(change, since, answer, f);
		open++;
	}
	return open;
}

/* True when the decisions of P say that the longer keeping of the fact at PREFIX.ID holds for older data too. */
static bool longer_for_all(const struct policy *p, const char *prefix, struct str id)
{
	struct buf path;
	bool longer = false;

	buf_init(&path);
	buf_printf(&path, "%s.%.*s.keep", prefix, (int)id.n, id.p);
	for (NODE_EACH(n, p->decisions))
		if (buf_ok(&path) && is_about(n, FINDING_KEEP_LONGER, buf_view(&path), p->version - 1))
			longer = str_is(node_text(n, "answer"), "longer");
	buf_free(&path);
	return longer;
}

void policy_apply_answers(struct policy *p)
{
	struct buf prefix;

	for (size_t i = 0; i < p->n_purposes; i++)
		p->purposes[i].keeps_longer = longer_for_all(p, "purposes", p->purposes[i].id);
	buf_init(&prefix);
	for (size_t k = 0; k < p->n_categories; k++) {
		struct policy_category *category = &p->categories[k];
		bool all = longer_for_all(p, "categories", category->id);

		buf_reset(&prefix);
		buf_printf(&prefix, "categories.%.*s.items", (int)category->id.n, category->id.p);
		for (size_t i = 0; i < category->n_items; i++) {
			struct policy_item *item = &category->items[i];

			item->keeps_longer = (all && !item->keep.set) || longer_for_all(p, buf_c(&prefix), item->id);
		}
	}
	buf_free(&prefix);
}
