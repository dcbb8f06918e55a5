/* Scalars by the type of their key. */
#include <stdlib.h>

#include "policy/shape.h"

/* An empty text, or a plain scalar that YAML takes for nothing. */
static bool is_nothing(const struct node *n)
{
	return n->text.n == 0 || (!n->quoted && (str_is(n->text, "~") || str_is(n->text, "null")));
}

static bool language_form(struct str s)
{
	if (s.n < 2 || s.n > 35)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		bool letter = (s.p[i] >= 'a' && s.p[i] <= 'z') || (i > 1 && s.p[i] >= 'A' && s.p[i] <= 'Z');
		bool later = i > 1 && ((s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '-');

		if (!letter && !later)
			return false;
	}
	return true;
}

static bool country_form(struct str s)
{
	return s.n == 2 && s.p[0] >= 'A' && s.p[0] <= 'Z' && s.p[1] >= 'A' && s.p[1] <= 'Z';
}

static void count(struct walk *w, const struct node *n, const struct key *key)
{
	uint64_t v;

	if (n->quoted || !str_to_u64(n->text, key->max, &v) || v < key->min) {
		struct buf hint;

		buf_init(&hint);
		buf_printf(&hint, "a whole number from %u to %u", (unsigned)key->min, (unsigned)key->max);
		shape_wrong(w, FINDING_BAD_NUMBER, n->at, buf_view(&hint), key->name, n->text);
		buf_free(&hint);
	}
}

static void file(struct walk *w, const struct node *n)
{
	struct str s = n->text;

	for (size_t i = 0; i < s.n; i++) {
		bool plain = (s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
			     (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '_' || s.p[i] == '-' || s.p[i] == '/';

		if (!plain || s.p[0] == '/') {
			shape_wrong(w, FINDING_WRONG_TYPE, n->at,
				    STR("a path in the policy's directory without \".<language>.md\", such as forms/disclosure"),
				    "no wording", s);
			return;
		}
	}
	if (!text_files(w->c, s, n->at))
		w->c->broken = true;
}

static void dates_and_times(struct walk *w, const struct node *n, const struct key *key)
{
	struct duration length;
	date day;
	int zone;

	if (key->type == TYPE_DATE && !date_parse(n->text, &day))
		shape_wrong(w, FINDING_BAD_DATE, n->at, STR("YYYY-MM-DD, a day that the calendar has"), key->name, n->text);
	if (key->type == TYPE_DURATION && (!duration_parse(n->text, &length) || duration_is_zero(length)))
		shape_wrong(w, FINDING_BAD_DURATION, n->at, STR("ISO 8601, such as P5Y, P6M, P14D or PT24H"), key->name, n->text);
	if (key->type == TYPE_ZONE && !zone_parse(n->text, &zone))
		shape_wrong(w, FINDING_BAD_WORD, n->at, STR("Asia/Tokyo, UTC or a fixed offset such as +09:00"), key->name, n->text);
}

static void names(struct walk *w, const struct node *n, const struct key *key)
{
	if (key->type == TYPE_ID && !shape_id_form(n->text))
		shape_wrong(w, FINDING_BAD_ID, n->at, STR("lower-case letters, digits and _, a letter first"), key->name, n->text);
	if (key->type == TYPE_COUNTRY && !country_form(n->text))
		shape_wrong(w, FINDING_BAD_WORD, n->at, STR("two capitals of ISO 3166-1, such as JP"), key->name, n->text);
	if (key->type == TYPE_LANGUAGE && !language_form(n->text))
		shape_wrong(w, FINDING_BAD_WORD, n->at, STR("a language tag such as ja or en"), key->name, n->text);
}

void shape_scalar(struct walk *w, const struct node *n, const struct key *key)
{
	double number;

	if (is_nothing(n)) {
		struct buf hint;

		buf_init(&hint);
		buf_printf(&hint, "for example %s: %s", key->name, key->example);
		shape_wrong(w, FINDING_WRONG_TYPE, n->at, buf_view(&hint), "nothing stands here", (struct str){0});
		buf_free(&hint);
		return;
	}
	switch (key->type) {
	case TYPE_WORD:
		shape_word(w, n->text, n->at, key->name, key->words);
		return;
	case TYPE_TRUTH:
		if (n->quoted || !(str_is(n->text, "true") || str_is(n->text, "false")))
			shape_wrong(w, FINDING_WRONG_TYPE, n->at, STR("write true or false, without quotes"), key->name, n->text);
		return;
	case TYPE_COUNT:
		count(w, n, key);
		return;
	case TYPE_NUMBER:
		if (n->quoted || !build_number(n->text, &number))
			shape_wrong(w, FINDING_BAD_NUMBER, n->at, STR("a decimal number"), key->name, n->text);
		return;
	case TYPE_REF:
		if (!key->words || words_find(key->words, n->text) < 0)
			shape_ref(w, key->ref, key->flags, n->text, n->at);
		return;
	case TYPE_FILE:
		file(w, n);
		return;
	default:
		dates_and_times(w, n, key);
		names(w, n, key);
	}
}
