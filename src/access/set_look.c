#include "access/set_look.h"

#include "access/access_private.h"
#include "access/record.h"
#include "access/release_private.h"
#include "access/set_private.h"

/* Listing --------------------------------------------------------------------------------------------------- */

date set_due(const struct policy_derived *d, moment last, date today, int zone)
{
	if (!d->every.years && !d->every.months && !d->every.days)
		return DATE_NONE;
	return last == MOMENT_NONE ? today : date_period_end(moment_date(last, zone), d->every);
}

/* The runs of the set numbered SET among ALL into X; they come by set and number. */
static void take_runs(struct set_looked *x, const struct vault_set_runs *all)
{
	for (size_t i = 0; i < all->n; i++) {
		if (all->at[i].set != x->set->number)
			continue;
		if (!x->n_runs++)
			x->runs = &all->at[i];
		x->broken_off += all->at[i].end == SET_END_BROKEN_OFF;
	}
	if (x->n_runs)
		x->last = x->runs[x->n_runs - 1].made;
}

result access_sets(struct access *a, const struct gated *g, struct db *d, struct arena *arena, struct sets_looked *out, struct error *e)
{
	const struct policy *p = g->policy;
	const struct vault_reader from = {a->vault, d, arena};
	struct set_looked *at = arena_array(arena, p->n_derived + 1, sizeof *at);
	struct vault_set_runs runs;

	*out = (struct sets_looked){at, 0};
	if (!at)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a list of sets");
	TRY(vault_set_runs(&from, &runs, e));
	for (size_t i = 0; i < p->n_derived; i++) {
		struct set_looked *x = &at[out->n];

		if (p->derived[i].from == POLICY_NONE)
			continue;
		*x = (struct set_looked){.set = &p->derived[i], .due = DATE_NONE, .last = MOMENT_NONE};
		out->n++;
		if (x->set->pseudonymized) {
			take_runs(x, &runs);
			continue;
		}
		TRY(releases_heads(d, x->set->number, arena, &x->releases, e));
		if (x->releases.n)
			x->last = x->releases.at[x->releases.n - 1].made;
		x->due = set_due(x->set, x->last, moment_date(access_now(a), p->zone), p->zone);
	}
	return RESULT_OK;
}

/* Looking --------------------------------------------------------------------------------------------------- */

/* True when ROLE may know of every set; else of those in its `sets`. */
static bool knows_all(const struct policy_role *role)
{
	return role->may >> ACTION_DEIDENTIFY & 1 || role->may >> ACTION_AUDIT & 1;
}

static bool knows(const struct policy *p, const struct policy_role *role, const struct policy_derived *set)
{
	bool found = knows_all(role);

	for (size_t i = 0; i < role->n_sets && !found; i++)
		found = role->sets[i] != POLICY_NONE && &p->derived[role->sets[i]] == set;
	return found;
}

/* Refuses L when its actor may not know what it asks for. */
static void ask_look(struct op_set_look *l, const struct ask *ask)
{
	const struct policy_role *role = ask->role;
	int found = ask->policy ? policy_derived_find(ask->policy, l->set) : POLICY_NONE;

	if (!ask->request.actor.active)
		ask_refuse(&l->op, CODE_UNAUTHORIZED);
	else if (!role || (!knows_all(role) && !role->n_sets))
		ask_refuse(&l->op, CODE_ROLE_LACKS_ACTION);
	else if (ask->request.limit_exceeded)
		ask_refuse(&l->op, CODE_LIMIT_EXCEEDED);
	else if (!l->set.n)
		return;
	else if (found != POLICY_NONE && knows(ask->policy, role, &ask->policy->derived[found]))
		return;
	else if (!knows_all(role)) /* whether there is such a set or not */
		ask_refuse(&l->op, CODE_ROLE_LACKS_SET);
	else if (found == POLICY_NONE)
		set_refuse(&l->op, CODE_SET_UNKNOWN, "/set");
}

/* Leaves in L what was asked for and may be known. */
static result take_known(struct op_set_look *l, const struct ask *ask, const struct sets_looked *all, struct error *e)
{
	struct set_looked *at = arena_array(&l->op.arena, all->n + 1, sizeof *at);

	l->sets = (struct sets_looked){at, 0};
	if (!at)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a list of sets");
	for (size_t i = 0; i < all->n; i++)
		if (knows(ask->policy, ask->role, all->at[i].set) && (!l->set.n || str_eq(l->set, all->at[i].set->id)))
			at[l->sets.n++] = all->at[i];
	return RESULT_OK;
}

static result look_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_set_look *l = (struct op_set_look *)op;
	struct record record = {.kind = ENTRY_DEIDENTIFY, .no_subject = true};
	struct sets_looked all;
	struct ask *ask;

	l->sets = (struct sets_looked){NULL, 0};
	TRY(ask_begin(op, c, ACTION_DEIDENTIFY, &ask, e));
	op->ask = ask;
	ask_count(op, c, ask, NULL, 0);
	ask_look(l, ask);
	if (op->error.code == CODE_NONE) {
		TRY(access_sets(c->access, c->gated, c->db, &op->arena, &all, e));
		return take_known(l, ask, &all, e);
	}
	record.ask = ask;
	record_text(&record, FACT_ACTION, STR("listed"));
	return record_decision(op, c, &record, e);
}

static const struct op_type look_type = {.name = "set_look", .prepare = look_prepare};

void op_set_look_init(struct op_set_look *l)
{
	*l = (struct op_set_look){.set = {NULL, 0}};
	op_init(&l->op, &look_type);
}

/* Reading a release ----------------------------------------------------------------------------------------- */

/* Finds the release that R reads, with its deliveries; refuses one that is not there. */
static result find_release(struct op_release_read *r, const struct op_context *c, struct error *e)
{
	struct releases one;

	TRY(release_load(c->db, r->made_of->number, r->number, &r->op.arena, &one, e));
	if (!one.n) {
		set_refuse(&r->op, CODE_NO_SUCH_RESOURCE, "/release");
		return RESULT_OK;
	}
	r->release = one.at[0];
	r->deliveries = one.deliveries;
	r->n_deliveries = one.n_deliveries;
	return RESULT_OK;
}

/* To whom the statement of R goes, by which means. */
static void ask_statement(struct op_release_read *r)
{
	enum code code;

	if (!r->recipient.n && !r->n_deliveries) {
		set_refuse(&r->op, CODE_NO_SUCH_RESOURCE, "/recipient");
		return;
	}
	if (!r->recipient.n) {
		r->recipient = r->deliveries[r->n_deliveries - 1].recipient;
		r->means = r->deliveries[r->n_deliveries - 1].means;
	}
	code = release_way(r->made_of, r->recipient, r->means);
	if (code != CODE_NONE)
		ask_refuse(&r->op, code);
}

static result release_read_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_release_read *r = (struct op_release_read *)op;
	struct record record = {.kind = ENTRY_DEIDENTIFY, .no_subject = true};
	struct ask *ask;

	r->n_deliveries = 0;
	TRY(release_ask(op, c, r->set, &ask, &r->made_of, e));
	if (op->error.code == CODE_NONE)
		TRY(find_release(r, c, e));
	if (op->error.code == CODE_NONE && r->statement)
		ask_statement(r);
	ask_stores(op, ask);
	record.ask = ask;
	record_text(&record, FACT_ACTION, STR("read"));
	if (op->error.code == CODE_NONE)
		record_number(&record, FACT_NUMBER, r->number);
	if (r->made_of)
		record_text(&record, FACT_SET, r->made_of->id);
	return record_decision(op, c, &record, e);
}

static result release_read_store(struct op *op, const struct op_context *c, struct error *e)
{
	return ask_store(op, c, op->ask, e);
}

static const struct op_type release_read_type = {
	.name = "release_read", .prepare = release_read_prepare, .store = release_read_store};

void op_release_read_init(struct op_release_read *r)
{
	*r = (struct op_release_read){.number = 0};
	op_init(&r->op, &release_read_type);
}
