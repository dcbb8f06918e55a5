/*
 * The version of a wording is the number of the policy version in which its text
 * in any language, a notice's purposes, or a consent's scope (purposes or
 * provision, and their items) last changed.  All is compared by registry number,
 * so that renaming changes nothing.
 */
#include "policy/wording.h"

#include <string.h>

#include "base/bits.h"

static bool same_text(const struct policy *p, const struct policy_wording *x, const struct policy *q,
		      const struct policy_wording *y)
{
	if (p->n_languages != q->n_languages)
		return false;
	for (size_t i = 0; i < p->n_languages; i++) {
		size_t j = 0;

		while (j < q->n_languages && !str_eq(p->languages[i], q->languages[j]))
			j++;
		if (j == q->n_languages || !str_eq(x->text[i], y->text[j]))
			return false;
	}
	return true;
}

/* True when each purpose in the N of LIST is, by number, among the M of OTHER. */
static bool within(const struct policy *p, const int *list, size_t n, const struct policy *q, const int *other, size_t m)
{
	for (size_t i = 0; i < n; i++) {
		size_t j = 0;

		while (j < m && q->purposes[other[j]].number != p->purposes[list[i]].number)
			j++;
		if (j == m)
			return false;
	}
	return true;
}

static bool same_purposes(const struct policy *p, const int *list, size_t n, const struct policy *q, const int *other,
			  size_t m)
{
	return within(p, list, n, q, other, m) && within(q, other, m, p, list, n);
}

/* The numbers of the items in the scope of C, ascending, in A; NULL when memory ran out. */
static uint64_t *scope_items(const struct policy *p, const struct policy_consent *c, struct arena *a, size_t *words)
{
	uint32_t highest = 0;
	uint64_t *numbers;

	for (size_t k = 0; k < p->n_categories; k++)
		for (size_t i = 0; i < p->categories[k].n_items; i++)
			if (p->categories[k].items[i].number > highest)
				highest = p->categories[k].items[i].number;
	*words = BITS_WORDS(highest + 1);
	numbers = arena_array(a, *words, sizeof *numbers);
	for (size_t u = 0; numbers && u < c->n_items; u++) {
		const struct policy_category *k = &p->categories[c->items[u].category];

		for (size_t i = 0; i < k->n_items; i++)
			if (bits_has(c->items[u].items, i))
				bits_add(numbers, k->items[i].number);
	}
	return numbers;
}

static bool same_items(const uint64_t *x, size_t nx, const uint64_t *y, size_t ny)
{
	for (size_t i = 0; i < nx || i < ny; i++)
		if ((i < nx ? x[i] : 0) != (i < ny ? y[i] : 0))
			return false;
	return true;
}

static uint32_t provision_number(const struct policy *p, const struct policy_consent *c)
{
	for (size_t i = 0; i < p->n_arrangements; i++)
		if (p->arrangements[i].kind == ARRANGEMENT_PROVISION && c->provision.n &&
		    str_eq(str_sub(p->arrangements[i].id, sizeof "provision." - 1, SIZE_MAX), c->provision))
			return p->arrangements[i].number;
	return 0;
}

static bool consents(struct policy *p, const struct policy *before, struct arena *a)
{
	for (size_t i = 0; i < p->n_consents; i++) {
		struct policy_consent *c = &p->consents[i];

		c->wording.version = p->version;
		for (size_t j = 0; before && j < before->n_consents; j++) {
			const struct policy_consent *o = &before->consents[j];
			size_t nx, ny;
			uint64_t *x, *y;

			if (o->number != c->number)
				continue;
			x = scope_items(p, c, a, &nx);
			y = scope_items(before, o, a, &ny);
			if (!x || !y)
				return false;
			if (same_text(p, &c->wording, before, &o->wording) && same_items(x, nx, y, ny) &&
			    same_purposes(p, c->purposes, c->n_purposes, before, o->purposes, o->n_purposes) &&
			    provision_number(p, c) == provision_number(before, o))
				c->wording.version = o->wording.version;
		}
	}
	return true;
}

static void notices(struct policy *p, const struct policy *before)
{
	for (size_t i = 0; i < p->n_notices; i++) {
		struct policy_notice *c = &p->notices[i];

		c->wording.version = p->version;
		for (size_t j = 0; before && j < before->n_notices; j++) {
			const struct policy_notice *o = &before->notices[j];

			if (o->number == c->number && same_text(p, &c->wording, before, &o->wording) &&
			    same_purposes(p, c->purposes, c->n_purposes, before, o->purposes, o->n_purposes))
				c->wording.version = o->wording.version;
		}
	}
}

bool wording_versions(struct policy *p, const struct policy *before, struct arena *a)
{
	notices(p, before);
	return consents(p, before, a);
}
