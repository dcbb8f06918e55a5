#include "access/reach.h"

#include "access/access_private.h"
#include "vault/read.h"

enum { ROUND = 64 }; /* persons looked at in one snapshot */

static bool has_category(const struct person_state *s, uint32_t category)
{
	for (size_t i = 0; i < s->n_categories; i++)
		if (s->categories[i] == category)
			return true;
	return false;
}

static bool has_consent(const struct person_state *s, uint32_t consent)
{
	for (size_t i = 0; i < s->n_consents; i++)
		if (s->consents[i].consent == consent && s->consents[i].withdrawn == MOMENT_NONE)
			return true;
	return false;
}

static bool named(const struct change_reach *reach, uint32_t item)
{
	for (size_t i = 0; i < reach->n_items; i++)
		if (reach->items[i] == item)
			return true;
	return false;
}

static bool reaches(const struct change_reach *reach, const struct gate *gate, const struct person_state *s)
{
	if (reach->everyone || (reach->category && has_category(s, reach->category)) ||
	    (reach->consent && has_consent(s, reach->consent)))
		return true;
	if (!reach->n_items && !reach->purpose)
		return false;
	for (size_t i = 0; i < s->n_values; i++)
		if ((!reach->n_items || named(reach, s->values[i].item)) &&
		    (!reach->purpose || gate_value_bound(gate, s, i, reach->purpose)))
			return true;
	return false;
}

/* A count under way. */
struct count {
	const struct gate *gate;
	const struct changes *changes;
	uint64_t *persons;
	struct uuid after; /* the last person looked at */
	size_t n;	   /* looked at in the last round */
};

static result count_round(struct count *c, struct access_reader *r, struct error *e)
{
	struct db *d = access_reader_db(r, e);
	struct uuid ids[ROUND];
	struct arena arena;
	const struct vault_reader from = {r->access->vault, d, &arena};
	result done;

	if (!d)
		return RESULT_FAIL;
	arena_init(&arena, 0, false);
	done = vault_persons_after(d, &c->after, ids, ROUND, &c->n, e);
	for (size_t i = 0; ok(done) && i < c->n; i++) {
		struct vault_person p;

		done = vault_load_person(&from, &ids[i], &p, e);
		for (size_t k = 0; ok(done) && p.exists && k < c->changes->n; k++)
			c->persons[k] += reaches(&c->changes->list[k].reach, c->gate, &p.state);
		arena_reset(&arena);
		c->after = ids[i];
	}
	arena_free(&arena);
	access_reader_rest(r);
	return done;
}

result access_count_reach(struct access_reader *r, const struct changes *c, uint64_t *persons, struct error *e)
{
	struct gated *gated = access_gated(r->access);
	struct count count = {.gate = gated ? gated->gate : NULL, .changes = c, .persons = persons, .n = ROUND};
	result done = RESULT_OK;

	for (size_t i = 0; i < c->n; i++)
		persons[i] = 0;
	while (ok(done) && count.gate && count.n == ROUND)
		done = count_round(&count, r, e);
	gated_unref(gated);
	return done;
}
