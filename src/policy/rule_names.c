/* Names, addresses, telephone numbers and the like that drift from the facts, or from each other. */
#include "policy/check.h"
#include "policy/prose.h"
#include "policy/shape.h"

#include <string.h>

enum { FOLDED = 512 };

/* S without blanks and punctuation, full-width letters and digits as ASCII, capitals small; bytes of each character in FROM. */
static size_t fold(struct str s, char *out, uint32_t *from)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n + 4 < FOLDED;) {
		size_t width = phrase_char(s.p + i, s.n - i);
		unsigned char a = (unsigned char)s.p[i], b = width > 1 ? (unsigned char)s.p[i + 1] : 0;
		unsigned char last = width > 2 ? (unsigned char)s.p[i + 2] : 0;

		if (width == 1) {
			char ch = (char)(a >= 'A' && a <= 'Z' ? a + 32 : a);

			if ((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9')) {
				from[n] = (uint32_t)i;
				out[n++] = ch;
			}
		} else if (width == 3 && a == 0xEF && b == 0xBC && last >= 0x90 && last <= 0x99) {
			from[n] = (uint32_t)i;
			out[n++] = (char)('0' + last - 0x90);
		} else if (!(width == 3 && a == 0xE3 && b == 0x80) && !(width == 3 && a == 0xE2)) {
			for (size_t k = 0; k < width; k++) {
				from[n] = (uint32_t)i;
				out[n++] = s.p[i + k];
			}
		}
		i += width;
	}
	return n;
}

/* A fact as it is written, and folded. */
struct spelled {
	struct str name;
	char *folded;
	size_t n;
};

struct spellings {
	struct spelled *list;
	size_t n;
};

enum { NAMES = 512, NAME_BYTES = 12 };

/* Puts the names and addresses under N into ALL; an id is none. */
static void gather(struct compile *c, const struct node *n, int depth, struct spellings *all)
{
	char folded[FOLDED];
	uint32_t ignored[FOLDED];

	for (NODE_EACH(k, depth < 4 ? n : NULL)) {
		if (k->kind == NODE_MAP) {
			gather(c, k, depth + 1, all);
		} else if (k->kind == NODE_SCALAR && k->text.n >= NAME_BYTES && k->text.n < FOLDED / 2 && all->n < NAMES &&
			   !shape_id_form(k->text)) {
			size_t length = fold(k->text, folded, ignored);
			char *copy = length >= NAME_BYTES ? arena_copy(c->a, folded, length) : NULL;

			if (copy)
				all->list[all->n++] = (struct spelled){k->text, copy, length};
		}
	}
}

/* The character at byte *I of S, which is moved behind it; a full-width digit as the plain one. */
static uint32_t next_digit_plain(struct str s, size_t *i)
{
	size_t width = phrase_char(s.p + *i, s.n - *i);
	uint32_t c = 0;

	for (size_t k = 0; k < width; k++)
		c = c << 8 | (unsigned char)s.p[*i + k];
	*i += width;
	return c >= 0xEFBC90 && c <= 0xEFBC99 ? '0' + (c - 0xEFBC90) : c;
}

/* True when TEXT begins with NAME but for the width of digits, which is a house's style and no other spelling. */
static bool same_but_digits(struct str text, struct str name)
{
	size_t i = 0, j = 0;

	while (i < name.n && j < text.n)
		if (next_digit_plain(name, &i) != next_digit_plain(text, &j))
			return false;
	return i >= name.n;
}

/* Reports where line L has a name in another spelling than the fact's: other blanks, width or case. */
static void spelling(struct compile *c, const struct document *d, const struct line *l, const struct spellings *all)
{
	char folded[FOLDED];
	uint32_t from[FOLDED];
	size_t n = fold(l->text, folded, from);

	for (size_t i = 0; i < all->n; i++) {
		const struct spelled *o = &all->list[i];
		const char *hit = n < o->n ? NULL : memmem(folded, n, o->folded, o->n);

		if (!hit || memmem(l->text.p, l->text.n, o->name.p, o->name.n) ||
		    same_but_digits(str_sub(l->text, from[hit - folded], l->text.n), o->name))
			continue;
		findings_add(c->f, FINDING_NAME_DRIFT, prose_at(d, l, l->text.p + from[hit - folded]),
			     STR("insert the fact instead: {{path}}"), "this is spelt otherwise than the fact \"%.*s\"",
			     ID(o->name));
		return;
	}
}

static bool has_scalar(const struct node *n, struct str text)
{
	if (!n)
		return false;
	if (n->kind == NODE_SCALAR)
		return str_eq(n->text, text);
	for (NODE_EACH(k, n))
		if (has_scalar(k, text))
			return true;
	return false;
}

/* True when an organization or desk has TEXT as one of its values. */
static bool is_fact(const struct compile *c, struct str text)
{
	return has_scalar(node_get(c->p->root, "organizations"), text) || has_scalar(node_get(c->p->root, "desks"), text) ||
	       has_scalar(node_get(c->p->root, "officer"), text);
}

static bool of(char ch, const char *set)
{
	return (ch >= '0' && ch <= '9') || (*set && strchr(set, ch) && ch);
}

/* A Japanese telephone number at byte I of S: digits in three groups that begin with 0; empty when none stands there. */
static struct str phone_at(struct str s, size_t i)
{
	size_t n = 0, hyphens = 0, digits = 0;

	if (s.p[i] != '0' || (i > 0 && of(s.p[i - 1], "-./")))
		return (struct str){0};
	while (i + n < s.n && of(s.p[i + n], "-")) {
		hyphens += s.p[i + n] == '-';
		digits += s.p[i + n] != '-';
		n++;
	}
	return hyphens == 2 && digits >= 10 && digits <= 11 ? str_sub(s, i, n) : (struct str){0};
}

static bool mail_char(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || of(ch, ".-_+");
}

/* The e-mail address around the @ at byte I of S, or empty. */
static struct str mail_at(struct str s, size_t i)
{
	size_t from = i, to = i + 1;

	while (from > 0 && mail_char(s.p[from - 1]))
		from--;
	while (to < s.n && mail_char(s.p[to]))
		to++;
	while (to > i + 1 && s.p[to - 1] == '.')
		to--;
	return from < i && to > i + 3 ? str_sub(s, from, to - from) : (struct str){0};
}

static void contacts(struct compile *c, const struct document *d, const struct line *l)
{
	for (size_t i = 0; i < l->text.n; i++) {
		struct str found = {0};

		if (l->text.p[i] == '@')
			found = mail_at(l->text, i);
		else if (l->text.p[i] == '0')
			found = phone_at(l->text, i);
		if (!found.n)
			continue;
		if (!is_fact(c, found))
			findings_add(c->f, FINDING_CONTACT_DRIFT, prose_at(d, l, found.p),
				     STR("insert the fact: {{desks.NAME.phone}}; or correct the one that is wrong"),
				     "\"%.*s\" is not what the facts say of any desk or organization", ID(found));
		i = (size_t)(found.p - l->text.p) + found.n - 1;
	}
}

/* English without a blank behind a comma, inside of words. */
static void spacing(struct compile *c, const struct document *d, const struct line *l)
{
	for (size_t i = 1; d->english && i + 1 < l->text.n; i++) {
		char before = l->text.p[i - 1], behind = l->text.p[i + 1];
		bool letters = before >= 'a' && before <= 'z' && ((behind >= 'a' && behind <= 'z') || (behind >= 'A' && behind <= 'Z'));

		if (l->text.p[i] == ',' && letters && !phrase_in(l->text, "://|{{|](")) {
			findings_add(c->f, FINDING_SPACING, prose_at(d, l, l->text.p + i), STR("write a blank behind it"),
				     "a comma without a blank behind it");
			return;
		}
	}
}

/* True when LINE names the desk or the officer as one of the facts does, or inserts it. */
static bool names_desk(const struct compile *c, struct str text)
{
	for (NODE_EACH(desk, node_get(c->p->root, "desks"))) {
		const struct node *to = node_get(desk, "to");

		if (to && to->kind == NODE_SCALAR && memmem(text.p, text.n, to->text.p, to->text.n))
			return true;
		for (NODE_EACH(k, to))
			if (k->kind == NODE_SCALAR && memmem(text.p, text.n, k->text.p, k->text.n))
				return true;
	}
	return phrase_in(text, "{{desks|{{officer|](#");
}

/* "To: …", "Point of contact …": the desk has one name. */
static void desk(struct compile *c, const struct document *d, const struct line *l)
{
	static const char *const labels[] = {"To:", "【Point of contact】", "Point of contact:", "宛先　", "宛先：", "【窓口】", "窓口：", "窓口　", NULL};

	if (!prose_about(d, l->section, "desks", "desk|inquir|contact|窓口|問い合わせ"))
		return;
	for (size_t i = 0; labels[i]; i++)
		if (str_starts(l->text, str_of(labels[i])) && !names_desk(c, l->text)) {
			findings_add(c->f, FINDING_NAME_DRIFT, prose_at(d, l, l->text.p),
				     STR("insert the fact: {{desks.NAME.to}}"), "the desk bears another name here than in the facts");
			return;
		}
}

void rule_names(struct compile *c, const struct document *d)
{
	struct spellings all = {compile_array(c, NAMES, sizeof *all.list), 0};

	if (!all.list)
		return;
	gather(c, node_get(c->p->root, "organizations"), 0, &all);
	gather(c, node_get(c->p->root, "officer"), 0, &all);
	for (size_t i = 0; i < d->n; i++) {
		const struct line *l = &d->lines[i];

		if (l->kind == LINE_BLANK)
			continue;
		contacts(c, d, l);
		spacing(c, d, l);
		desk(c, d, l);
		spelling(c, d, l, &all);
	}
}
