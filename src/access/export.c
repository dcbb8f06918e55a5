#include "access/export.h"

#include <pthread.h>
#include <stdlib.h>

#include "access/access_private.h"
#include "access/state.h"

enum { EXPORT_TRIES = 8 };

/* Those who are asked for, and how many of their reads are not done yet. */
struct crowd {
	pthread_mutex_t lock;
	pthread_cond_t all;
	size_t waiting;
	char ids[EXPORT_STEP][UUID_TEXT + 1];
};

static void crowd_done(struct op *op, void *ctx)
{
	struct crowd *c = ctx;

	(void)op;
	pthread_mutex_lock(&c->lock);
	if (--c->waiting == 0)
		pthread_cond_signal(&c->all);
	pthread_mutex_unlock(&c->lock);
}

/* True when the person has something of CATEGORY (registry number). */
static bool has_category(const struct person_state *s, uint32_t category)
{
	for (size_t i = 0; i < s->n_categories; i++)
		if (s->categories[i] == category)
			return true;
	return false;
}

/* Finds in one snapshot the next persons who are of CATEGORY: into IDS, x->n many. */
static result find_persons(struct access *a, struct access_reader *reader, struct export_step *x, uint32_t category,
			   struct uuid *ids, struct error *e)
{
	struct db *d = access_reader_db(reader, e);
	struct arena arena;
	const struct vault_reader from = {a->vault, d, &arena};
	size_t found = 0;
	result done = RESULT_FAIL;

	arena_init(&arena, 0, false);
	if (d)
		done = vault_persons_after(d, &x->after, ids, EXPORT_STEP, &found, e);
	for (size_t i = 0; ok(done) && i < found; i++) {
		struct vault_person p;

		x->after = ids[i];
		done = vault_load_person(&from, &ids[i], &p, e);
		if (ok(done) && p.exists && has_category(&p.state, category))
			ids[x->n++] = p.id;
		arena_reset(&arena);
	}
	x->more = found == EXPORT_STEP;
	arena_free(&arena);
	access_reader_rest(reader);
	return done;
}

static void make_reads(struct access *a, struct export_step *x, struct crowd *c, const struct uuid *ids)
{
	for (size_t i = 0; i < x->n; i++) {
		struct op_read *r = &x->reads[i];
		struct buf text;

		buf_init(&text);
		uuid_write(&text, &ids[i]);
		for (size_t k = 0; k < UUID_TEXT; k++)
			c->ids[i][k] = text.n == UUID_TEXT ? text.p[k] : '0'; /* without memory: nobody */
		buf_free(&text);
		op_read_init(r);
		r->exports = true;
		r->subject = (struct str){c->ids[i], UUID_TEXT};
		r->category = x->category;
		r->items = x->items;
		r->op.actor = x->actor;
		r->op.purpose = x->purpose;
		r->op.reason = x->reason;
		r->op.request = uuid_make(clock_now(&a->clock), &a->entropy);
		r->op.done = crowd_done;
		r->op.ctx = c;
	}
}

/* Submits the reads of AGAIN (N of them), waits, and keeps in AGAIN those that have to be asked again; gives how many. */
static size_t run_reads(struct access_reader *reader, struct crowd *c, struct op_read **again, size_t n)
{
	size_t left = 0;

	c->waiting = n;
	for (size_t i = 0; i < n; i++)
		access_submit(reader, &again[i]->op);
	pthread_mutex_lock(&c->lock);
	while (c->waiting)
		pthread_cond_wait(&c->all, &c->lock);
	pthread_mutex_unlock(&c->lock);
	for (size_t i = 0; i < n; i++)
		if (!access_deliver(reader, &again[i]->op))
			again[left++] = again[i];
	access_reader_rest(reader);
	return left;
}

/* Reads all of X's persons until each may be given. */
static result read_all(struct access_reader *reader, struct export_step *x, struct crowd *c, struct error *e)
{
	struct op_read *again[EXPORT_STEP];
	size_t left = x->n;

	for (size_t i = 0; i < x->n; i++)
		again[i] = &x->reads[i];
	for (int tries = 0; left && tries < EXPORT_TRIES; tries++)
		left = run_reads(reader, c, again, left);
	if (left)
		return error_set(e, CODE_TOO_LATE, "what was read changed faster than it could be given");
	for (size_t i = 0; i < x->n; i++) {
		x->reads[i].subject = (struct str){NULL, 0}; /* ids says it; the text goes */
		if (x->reads[i].op.outcome != OP_COMMITTED) {
			*e = x->reads[i].op.error;
			return RESULT_FAIL;
		}
	}
	return RESULT_OK;
}

result access_export(struct access *a, struct access_reader *reader, struct export_step *x, struct error *e)
{
	struct crowd c = {.lock = PTHREAD_MUTEX_INITIALIZER, .all = PTHREAD_COND_INITIALIZER};
	struct gated *g = access_gated(a);
	int category = g && g->policy ? policy_category_find(g->policy, x->category) : POLICY_NONE;
	struct uuid ids[EXPORT_STEP];
	result done;

	x->reads = NULL;
	x->n = 0;
	if (category == POLICY_NONE)
		done = error_set(e, CODE_CATEGORY_UNKNOWN, "%s", code_meaning(CODE_CATEGORY_UNKNOWN));
	else
		done = find_persons(a, reader, x, g->policy->categories[category].number, ids, e);
	gated_unref(g);
	if (!ok(done) || !x->n) {
		x->n = 0;
		return done;
	}
	x->reads = calloc(x->n, sizeof *x->reads);
	if (!x->reads) {
		x->n = 0;
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for an export");
	}
	make_reads(a, x, &c, ids);
	return read_all(reader, x, &c, e);
}

void export_step_free(struct export_step *x)
{
	for (size_t i = 0; i < x->n; i++)
		op_release(&x->reads[i].op);
	free(x->reads);
	x->reads = NULL;
	x->n = 0;
}
