/* Sets by chance. */
#include "gate/chance.h"

#include <string.h>

#include "test.h"

static const char *const arrangement_ids[] = {"provision.insurer", "outsourcing.a", "joint_use.b", "provision.c",
					      "provision.d"};
static const char *const organizations[] = {"north", "south", "west"};

static void *take(struct arena *a, size_t n, size_t size)
{
	void *p = arena_array(a, n, size);

	assert_non_null(p);
	return p;
}

static int *chance_list(struct chance *c, struct arena *a, size_t n, uint32_t percent, size_t *out)
{
	int *list = take(a, n + 1, sizeof *list);

	*out = 0;
	for (size_t i = 0; i < n; i++)
		if (chance_of(c, percent))
			list[(*out)++] = (int)i;
	return list;
}

static date day_near(struct chance *c, const struct policy *p)
{
	return moment_date(p->in_force, p->zone) + (date)chance_below(c, 200);
}

/* All items but some. */
static struct policy_uses *items_of(struct chance *c, struct arena *a, const struct policy *p, size_t *n)
{
	struct policy_uses *uses = take(a, p->n_categories + 1, sizeof *uses);

	for (*n = 0; *n < p->n_categories; ++*n) {
		uses[*n].category = (int)*n;
		uses[*n].items = take(a, 1, sizeof(uint64_t));
		uses[*n].items[0] = chance_of(c, 70) ? 31 : chance_below(c, 32);
	}
	*n -= chance_of(c, 10);
	return uses;
}

static void make_arrangements(struct chance *c, struct arena *a, struct policy *p)
{
	static const enum arrangement_kind kinds[] = {ARRANGEMENT_PROVISION, ARRANGEMENT_OUTSOURCING,
						      ARRANGEMENT_JOINT_USE, ARRANGEMENT_PROVISION,
						      ARRANGEMENT_PROVISION};
	struct policy_arrangement *made = take(a, 5, sizeof *made);

	made[0] = p->arrangements[0];
	for (size_t i = 1; i < 5; i++) {
		struct policy_arrangement *o = &made[i];

		o->id = str_of(arrangement_ids[i]);
		o->kind = kinds[i];
		o->basis = (enum provision_basis)chance_below(c, 4);
		o->purposes = chance_list(c, a, p->n_purposes, 85, &o->n_purposes);
		o->items = items_of(c, a, p, &o->n_items);
		o->parties = take(a, 2, sizeof *o->parties);
		o->n_parties = 1 + chance_below(c, 2);
		for (size_t k = 0; k < o->n_parties; k++)
			o->parties[k] = (struct policy_party){
				.organization = str_of(organizations[chance_below(c, 2) + k]),
				.from = chance_of(c, 20) ? day_near(c, p) : DATE_NONE,
				.until = chance_of(c, 20) ? day_near(c, p) : DATE_NONE,
				.abroad = chance_of(c, 15),
				.foreign = (enum foreign_basis)chance_below(c, 3),
			};
	}
	p->arrangements = made;
	p->n_arrangements = 5;
}

void chance_sets(struct chance *c, struct arena *a, struct policy_set *set)
{
	static const char *const ids[] = {"one", "two", "three"};

	for (size_t v = 0; v < set->n; v++) {
		struct policy *p = set->versions[v];

		make_arrangements(c, a, p);
		for (size_t i = 0; i < p->n_purposes; i++)
			p->purposes[i].contacts_person = chance_of(c, 15);
		p->derived = take(a, 3, sizeof *p->derived);
		for (p->n_derived = 0; p->n_derived < 3; p->n_derived++) {
			struct policy_derived *d = &p->derived[p->n_derived];

			d->id = str_of(ids[p->n_derived]);
			d->pseudonymized = p->n_derived < 2;
			d->from = (int)chance_below(c, (uint32_t)p->n_categories);
			d->items = take(a, 1, sizeof *d->items);
			d->items[0] = (1 + chance_below(c, 31)) &
				      ((UINT64_C(1) << p->categories[d->from].n_items) - 1);
			d->purposes = chance_list(c, a, p->n_purposes, 75, &d->n_purposes);
			d->leaves_by = chance_below(c, 16);
		}
		for (size_t i = 0; i < p->n_roles; i++) {
			p->roles[i].sets = chance_list(c, a, 3, 80, &p->roles[i].n_sets);
			if (p->roles[i].kind == ROLE_PARTNER && chance_of(c, 90))
				p->roles[i].organization = str_of(organizations[chance_below(c, 3)]);
		}
	}
}

void chance_set_request(struct chance *c, const struct policy *p, struct gate_set_request *out)
{
	*out = (struct gate_set_request){
		.actor = {.active = chance_of(c, 98), .role = 1 + chance_below(c, chance_of(c, 95) ? 4 : 5)},
		.action = chance_of(c, 60)   ? ACTION_READ
			  : chance_of(c, 90) ? ACTION_PROVIDE
					     : (enum action)chance_below(c, ACTIONS),
		.purpose_kind = chance_of(c, 95) ? PURPOSE_DECLARED : (enum purpose_kind)chance_below(c, 4),
		.reason_given = chance_of(c, 70),
		.set = chance_of(c, 97) ? (int)chance_below(c, 3) : POLICY_NONE,
		.joins = chance_of(c, 5),
		.arrangement = str_of(arrangement_ids[chance_below(c, 5)]),
		.reviewed = chance_of(c, 80),
		.limit_exceeded = chance_of(c, 3),
		.approved = chance_of(c, 60),
		.now = p->in_force + (moment)chance_below(c, 200) * MS_PER_DAY + chance_below(c, 2),
	};
	if (chance_of(c, 98))
		out->purpose = p->purposes[chance_below(c, (uint32_t)p->n_purposes)].id;
	if (chance_of(c, 1))
		out->arrangement = STR("outsourcing.nobody");
	if (chance_of(c, 80))
		out->recipient = str_of(organizations[chance_below(c, 3)]);
}
