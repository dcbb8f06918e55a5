#include "access/gather.h"

#include <stdlib.h>
#include <string.h>

#include "access/access_private.h"
#include "access/record.h"
#include "base/bits.h"
#include "crypto/crypto.h"
#include "gate/set.h"

enum {
	STEP = 256,	/* persons looked at in one snapshot */
	BLOCK = 4096,	/* persons remembered in one block */
	SCAN = 1024,	/* revisions looked at in one query */
};

/* Whom a gather took, in the order of their ids. */
struct taken {
	struct taken *next;
	size_t n;
	struct vault_revision who[BLOCK];
};

struct gather {
	struct access *access;
	struct access_reader *reader;
	struct gated *gated; /* held: what all is decided by */
	struct gate_request request;
	const struct policy_derived *set;
	const struct policy_category *category;
	const struct policy_item **columns;
	size_t n_columns;
	struct arena arena; /* as long as the gather */
	struct arena row;   /* as long as a row; wiped */
	struct taken *first, **end, *last;
	struct vault_fold fold;
	struct gather_counts counts;

	struct db *db; /* in a snapshot, or NULL */
	struct uuid ids[STEP];
	size_t n_ids, at;
	struct uuid after;
	bool ended;
	uint64_t number; /* of the last change before the snapshot that all was decided or settled by */
};

/* Asking ---------------------------------------------------------------------------------------------------- */

struct op_gather {
	struct op op;
	struct str set;
	struct gate_request request; /* made */
};

static result ask_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_gather *g = (struct op_gather *)op;
	struct gate_verdict verdict;
	struct record record = {.kind = ENTRY_DEIDENTIFY, .verdict = &verdict, .no_subject = true};
	struct ask *ask;

	TRY(ask_begin(op, c, ACTION_DEIDENTIFY, &ask, e));
	ask_set(op, c, ask, g->set);
	ask_count(op, c, ask, NULL, 0);
	TRY(ask_decide(op, c, ask, &verdict, e));
	/* decided for nobody: that there is nobody is no refusal here, what comes before check 8 is */
	if (op->error.code == CODE_NOT_FOUND)
		error_clear(&op->error);
	g->request = ask->request;
	op->ask = ask;
	if (op->error.code == CODE_NONE)
		return RESULT_OK; /* the set's own entry tells of it */
	record.ask = ask;
	if (ask->request.set != POLICY_NONE)
		record_text(&record, FACT_SET, ask->policy->derived[ask->request.set].id);
	ask_stores(op, ask);
	return record_decision(op, c, &record, e);
}

static result ask_store_approval(struct op *op, const struct op_context *c, struct error *e)
{
	return ask_store(op, c, op->ask, e);
}

static const struct op_type ask_type = {.name = "gather", .prepare = ask_prepare, .store = ask_store_approval};

/* Takes from OP, which was allowed, what G decides by. */
static result take_ground(struct gather *g, const struct op_gather *op, struct error *e)
{
	const struct policy *p;

	g->gated = gated_ref(op->op.gated);
	p = g->gated->policy;
	g->request = op->request;
	g->request.reason_given = false;
	g->request.subject = NULL;
	g->set = &p->derived[g->request.set];
	g->category = &p->categories[g->set->from];
	g->request.items = g->set->items;
	g->columns = arena_array(&g->arena, g->category->n_items, sizeof *g->columns);
	if (!g->columns)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a set");
	for (size_t i = 0; i < g->category->n_items; i++)
		if (bits_has(g->set->items, i))
			g->columns[g->n_columns++] = &g->category->items[i];
	vault_fold_begin(&g->fold, g->access->vault);
	return RESULT_OK;
}

/* Runs the question whether ACTOR may make the set at all. */
static result ask_whole(struct gather *g, const struct token_actor *actor, struct str set, struct error *e)
{
	struct op_gather op = {.set = set};
	result r = RESULT_FAIL;

	op_init(&op.op, &ask_type);
	op.op.actor = *actor;
	op.op.request = uuid_make(clock_now(&g->access->clock), &g->access->entropy);
	access_run(g->reader, &op.op);
	if (op.op.outcome == OP_COMMITTED && op.op.error.code == CODE_NONE)
		r = take_ground(g, &op, e);
	else
		*e = op.op.error;
	op_release(&op.op);
	return r;
}

result gather_open(struct access *a, struct access_reader *reader, const struct token_actor *actor, struct str set,
		   struct gather **out, struct error *e)
{
	struct gather *g = calloc(1, sizeof *g);

	*out = NULL;
	if (!g)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a set");
	g->access = a;
	g->reader = reader;
	g->end = &g->first;
	arena_init(&g->arena, 0, true);
	arena_init(&g->row, 0, true);
	if (!ok(ask_whole(g, actor, set, e))) {
		gather_free(g);
		return RESULT_FAIL;
	}
	g->number = changed_number(a->changed);
	*out = g;
	return RESULT_OK;
}

void gather_free(struct gather *g)
{
	if (!g)
		return;
	access_reader_rest(g->reader);
	gated_unref(g->gated);
	arena_free(&g->row);
	arena_free(&g->arena);
	crypto_wipe(g, sizeof *g);
	free(g);
}

const struct policy_derived *gather_set(const struct gather *g)
{
	return g->set;
}

const struct policy *gather_policy(const struct gather *g)
{
	return g->gated->policy;
}

size_t gather_columns(const struct gather *g)
{
	return g->n_columns;
}

const struct policy_item *gather_column(const struct gather *g, size_t column)
{
	return g->columns[column];
}

const struct gather_counts *gather_counts(const struct gather *g)
{
	return &g->counts;
}

void gather_hash(struct gather *g, unsigned char out[VAULT_FOLD])
{
	vault_fold_end(&g->fold, out);
}

/* Deciding -------------------------------------------------------------------------------------------------- */

static bool has_category(const struct person_state *s, uint32_t category)
{
	for (size_t i = 0; i < s->n_categories; i++)
		if (s->categories[i] == category)
			return true;
	return false;
}

/* The first code by which V refuses an item. */
static enum code first_refused(const struct gate_verdict *v)
{
	for (size_t i = 0; i < v->n_items; i++)
		if (bits_has(v->asked, i) && !bits_has(v->allowed, i))
			return (enum code)v->codes[i];
	return v->code;
}

/* Decides for the person P: CODE_NONE when all their values of the set may serve; of a pseudonymized set, *PURPOSES which. */
static enum code decide_person(const struct gather *g, const struct vault_person *p, moment now, uint64_t *purposes)
{
	struct gate_request request = g->request;
	struct gate_verdict v;
	enum code code;

	*purposes = 0;
	request.subject = &p->id;
	request.now = now;
	gate_decide(g->gated->gate, &request, &p->state, &v);
	code = v.verdict == VERDICT_ALLOW ? CODE_NONE : first_refused(&v);
	if (!g->set->pseudonymized || code != CODE_NONE)
		return code;
	*purposes = gate_set_purposes(g->gated->gate, g->request.set, &p->state, g->set->items, now);
	/* each value may serve something, but all together nothing */
	return *purposes ? CODE_NONE : CODE_PURPOSE_NOT_BOUND;
}

/* Remembers that P was taken. */
static result remember(struct gather *g, const struct vault_person *p, struct error *e)
{
	if (!g->last || g->last->n == BLOCK) {
		struct taken *t = arena_new(&g->arena, struct taken);

		if (!t)
			return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a set");
		*g->end = t;
		g->end = &t->next;
		g->last = t;
	}
	g->last->who[g->last->n++] = (struct vault_revision){p->id, p->revision};
	g->counts.taken++;
	return RESULT_OK;
}

/* Opens the set's items of P into ROW. */
static result open_row(struct gather *g, const struct vault_reader *from, const struct vault_person *p,
		       struct gather_row *row, struct error *e)
{
	struct vault_opened *wanted = arena_array(&g->row, g->n_columns, sizeof *wanted);
	struct str *values = arena_array(&g->row, g->n_columns, sizeof *values);
	struct vault_record record;

	if (!wanted || !values)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a set");
	for (size_t i = 0; i < g->n_columns; i++)
		wanted[i].item = g->columns[i]->number;
	TRY(vault_load_record(from, p, g->category->number, &record, e));
	if (!record.exists)
		return error_set(e, CODE_SEAL_BROKEN, "a record that the person's state names is missing");
	TRY(vault_open_items(from, p, &record, wanted, g->n_columns, e));
	for (size_t i = 0; i < g->n_columns; i++) {
		values[i] = wanted[i].json;
		vault_fold_add(&g->fold, values[i]);
	}
	row->values = values;
	return RESULT_OK;
}

/* Looks at the person ID; *TAKEN says whether they are in ROW. */
static result look_at(struct gather *g, const struct uuid *id, struct gather_row *row, bool *taken, struct error *e)
{
	const struct vault_reader from = {g->access->vault, g->db, &g->row};
	struct vault_person p;
	enum code code;

	*taken = false;
	TRY(vault_load_person(&from, id, &p, e));
	if (!p.exists || !has_category(&p.state, g->category->number))
		return RESULT_OK;
	code = decide_person(g, &p, clock_now(&g->access->clock), &row->purposes);
	if (code != CODE_NONE) {
		g->counts.left_out++;
		g->counts.by_code[code]++;
		return RESULT_OK;
	}
	TRY(open_row(g, &from, &p, row, e));
	*taken = true;
	return remember(g, &p, e);
}

/* Lists the next persons in a snapshot of now. */
static result next_step(struct gather *g, struct error *e)
{
	g->db = access_reader_db(g->reader, e);
	g->at = g->n_ids = 0;
	if (!g->db)
		return RESULT_FAIL;
	TRY(vault_persons_after(g->db, &g->after, g->ids, STEP, &g->n_ids, e));
	g->ended = g->n_ids < STEP;
	if (g->n_ids)
		g->after = g->ids[g->n_ids - 1];
	return RESULT_OK;
}

result gather_next(struct gather *g, struct gather_row *row, bool *more, struct error *e)
{
	bool taken = false;

	*more = false;
	while (!taken) {
		arena_reset(&g->row);
		if (g->at == g->n_ids) {
			if (g->ended) {
				access_reader_rest(g->reader);
				return RESULT_OK;
			}
			TRY(next_step(g, e));
			continue;
		}
		TRY(look_at(g, &g->ids[g->at++], row, &taken, e));
	}
	*more = true;
	return RESULT_OK;
}

/* Settling -------------------------------------------------------------------------------------------------- */

/* Decides WHO, taken before, again in D: *STANDS is false when they may not serve now. */
static result again(struct gather *g, struct db *d, const struct vault_revision *who, bool *stands, struct error *e)
{
	const struct vault_reader from = {g->access->vault, d, &g->row};
	struct vault_person p;
	uint64_t purposes;

	arena_reset(&g->row);
	TRY(vault_load_person(&from, &who->id, &p, e));
	*stands = p.exists && has_category(&p.state, g->category->number) &&
		  decide_person(g, &p, clock_now(&g->access->clock), &purposes) == CODE_NONE;
	return RESULT_OK;
}

/* The revisions of all persons, in the order of their ids. */
struct scan {
	struct db *db;
	struct vault_revision found[SCAN];
	size_t n, at;
	bool ended;
};

static bool before(const struct uuid *a, const struct uuid *b)
{
	return str_cmp((struct str){(const char *)a->b, sizeof a->b}, (struct str){(const char *)b->b, sizeof b->b}) < 0;
}

/* Moves S on to the first person not before ID; NULL when there is none. */
static result scan_to(struct scan *s, const struct uuid *id, const struct vault_revision **out, struct error *e)
{
	*out = NULL;
	for (;;) {
		while (s->at < s->n && before(&s->found[s->at].id, id))
			s->at++;
		if (s->at < s->n) {
			*out = &s->found[s->at];
			return RESULT_OK;
		}
		if (s->ended)
			return RESULT_OK;
		TRY(vault_revisions_after(s->db, s->n ? &s->found[s->n - 1].id : &(struct uuid){{0}}, s->found, SCAN, &s->n, e));
		s->at = 0;
		s->ended = s->n < SCAN;
	}
}

/* Compares those taken in BLOCK with S, and decides again who has changed. */
static result settle_block(struct gather *g, struct scan *s, struct taken *block, bool *stands, struct error *e)
{
	for (size_t i = 0; i < block->n && *stands; i++) {
		struct vault_revision *who = &block->who[i];
		const struct vault_revision *now;

		TRY(scan_to(s, &who->id, &now, e));
		if (!now || !uuid_eq(&now->id, &who->id)) {
			*stands = false; /* erased */
			return RESULT_OK;
		}
		if (now->revision == who->revision)
			continue;
		TRY(again(g, s->db, who, stands, e));
		who->revision = now->revision;
	}
	return RESULT_OK;
}

static bool same_ground(const struct gather *g, const struct gated *now)
{
	return now && now->policy && now->policy->version == g->gated->policy->version;
}

result gather_settle(struct gather *g, bool *stands, struct error *e)
{
	struct scan s = {.n = 0};
	struct gated *now = access_gated(g->access);
	uint64_t number = changed_number(g->access->changed);
	result r = RESULT_OK;

	*stands = same_ground(g, now);
	gated_unref(now);
	s.db = access_reader_db(g->reader, e);
	if (!s.db)
		return RESULT_FAIL;
	for (struct taken *t = g->first; t && ok(r) && *stands; t = t->next)
		r = settle_block(g, &s, t, stands, e);
	access_reader_rest(g->reader);
	g->number = number;
	return r;
}

result gather_stands(struct gather *g, const struct op_context *c, bool *stands, struct error *e)
{
	static const struct uuid nobody;

	/* when even what nobody has touched counts as changed, it cannot be told any more */
	*stands = same_ground(g, c->gated) && !changed_since(g->access->changed, &nobody, g->number);
	for (struct taken *t = g->first; t && *stands; t = t->next)
		for (size_t i = 0; i < t->n && *stands; i++)
			if (changed_since(g->access->changed, &t->who[i].id, g->number))
				TRY(again(g, c->db, &t->who[i], stands, e));
	return RESULT_OK;
}
