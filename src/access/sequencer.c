#include "access/sequencer.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
	BATCH_MAX = 2048,
	WAL_PAGES = 8000, /* 32 MB */
};

struct sequencer {
	struct sequencer_config c;
	pthread_t thread;
	_Atomic uint64_t batches, ops, again;
	_Atomic int64_t wal; /* pages in the WAL after the last commit */

	pthread_mutex_t lock; /* from here on */
	pthread_cond_t some;
	struct op *first, **end;
	uint64_t waiting;
	bool asleep, paused, stopping;

	/* the thread's own */
	struct str *bytes; /* of the batch's entries */
	size_t cap_bytes;
	struct vault_ref *refs; /* whom they concern */
	size_t cap_refs;
	struct buf sealed; /* the refs as the log keeps them */
	int64_t wal_limit; /* pages in the WAL from which on it is begun anew */
};

/* The operations of one batch, changes first, in the order of their commit. */
struct batch {
	struct op *first;
	size_t n_ops;
	bool recorded;	 /* it has entries */
	uint64_t number; /* of its commit, when it changes something */
};

void sequencer_submit(struct sequencer *s, struct op *op)
{
	bool wake;

	pthread_mutex_lock(&s->lock);
	*s->end = op;
	for (; op; op = op->next) {
		s->end = &op->next;
		s->waiting++;
	}
	wake = s->asleep && !s->paused;
	pthread_mutex_unlock(&s->lock);
	if (wake)
		pthread_cond_signal(&s->some);
}

void sequencer_pause(struct sequencer *s)
{
	pthread_mutex_lock(&s->lock);
	s->paused = true;
	pthread_mutex_unlock(&s->lock);
}

void sequencer_resume(struct sequencer *s)
{
	pthread_mutex_lock(&s->lock);
	s->paused = false;
	pthread_mutex_unlock(&s->lock);
	pthread_cond_signal(&s->some);
}

/* Whether the batch that ends with LAST goes on with OP: a group stays together, what changes the ground stands alone. */
static bool batch_goes_on(const struct op *last, const struct op *op, size_t n)
{
	if (op->group && op->group == last->group)
		return true;
	return n < BATCH_MAX && !op->type->alone && !last->type->alone;
}

/* Cuts the next batch off the queue; waits for one.  NULL when stopping and nothing is left. */
static struct op *queue_take(struct sequencer *s)
{
	struct op *first, *last;
	size_t n = 1;

	pthread_mutex_lock(&s->lock);
	while ((!s->first && !s->stopping) || (s->paused && !s->stopping)) {
		s->asleep = true;
		pthread_cond_wait(&s->some, &s->lock);
		s->asleep = false;
	}
	first = last = s->first;
	if (first) {
		for (; last->next && batch_goes_on(last, last->next, n); n++)
			last = last->next;
		s->first = last->next;
		if (!s->first)
			s->end = &s->first;
		last->next = NULL;
		s->waiting -= n;
	}
	pthread_mutex_unlock(&s->lock);
	return first;
}

/* Orders OPS into *B: what changes something first, each in order of arrival. */
static void batch_order(struct op *ops, struct batch *b)
{
	struct op *reads = NULL, **changes_end = &b->first, **reads_end = &reads;

	memset(b, 0, sizeof *b);
	while (ops) {
		struct op *next = ops->next;
		struct op ***end = ops->stores ? &changes_end : &reads_end;

		b->n_ops++;
		**end = ops;
		*end = &ops->next;
		ops->next = NULL;
		ops = next;
	}
	*changes_end = reads;
}

/* Whether what OP rests on has changed since it was prepared. */
static bool op_is_stale(const struct sequencer *s, const struct op *op, uint64_t epoch)
{
	if (op->epoch != epoch)
		return true;
	for (const struct op_key *k = op->depends; k; k = k->next)
		if (changed_since(s->c.changed, &k->key, op->snapshot))
			return true;
	return false;
}

/* Decides OP again inside the write transaction, where it sees all that comes before it. */
static result op_again(struct sequencer *s, struct op *op, struct op_context *c, uint64_t epoch, uint64_t number)
{
	struct error e = {0};

	atomic_fetch_add_explicit(&s->again, 1, memory_order_relaxed);
	op_reset(op);
	gated_unref(op->gated);
	op->gated = gated_ref((struct gated *)c->gated);
	op->epoch = epoch;
	op->snapshot = number;
	if (ok(op_prepare(op, c, &e)))
		return RESULT_OK;
	op_reset(op);
	op->error = e;
	op->outcome = OP_FAILED;
	return RESULT_FAIL;
}

/* Runs OP's store and marks what it touches. */
static result store_marked(struct sequencer *s, struct op *op, const struct op_context *c, uint64_t number,
			   struct error *e)
{
	if (!op->stores)
		return RESULT_OK;
	for (const struct op_key *k = op->touches; k; k = k->next)
		TRY(changed_mark(s->c.changed, &k->key, number, e));
	return op_store(op, c, e);
}

static bool same_group(const struct op *a, const struct op *b)
{
	return a == b || (a->group && a->group == b->group);
}

/* Marks OP and its group as failed with WHY. */
static void group_fail(struct batch *b, const struct op *op, const struct error *why)
{
	for (struct op *o = b->first; o; o = o->next) {
		if (!same_group(op, o))
			continue;
		op_reset(o);
		o->error = *why;
		o->outcome = OP_FAILED;
	}
}

/* Prepares again what is stale and stores, in order; *BAD is the operation whose store failed. */
static result batch_run(struct sequencer *s, struct batch *b, struct op_context *c, struct op **bad, struct error *e)
{
	uint64_t epoch = gates_epoch(s->c.gates);
	int64_t now = clock_monotonic(&s->c.clock);
	uint64_t index = log_size(s->c.log);

	for (struct op *op = b->first; op; op = op->next) {
		if (op->outcome == OP_FAILED)
			continue;
		if (now - op->taken > s->c.late_ms) {
			struct error late = {0};

			(void)error_set(&late, CODE_TOO_LATE, "the answer waited too long to be recorded"); /* ignored: only sets */
			group_fail(b, op, &late);
			continue;
		}
		if (op_is_stale(s, op, epoch) && !ok(op_again(s, op, c, epoch, b->number))) {
			struct error why = op->error;

			group_fail(b, op, &why);
			continue;
		}
		op->generation = log_generation(s->c.log);
		op->first = index; /* a store may keep its answer, which names the entry */
		if (!ok(store_marked(s, op, c, b->number, e))) {
			*bad = op;
			return RESULT_FAIL;
		}
		index += op->n_entries;
	}
	return RESULT_OK;
}

/* Makes room for N entries and N_REFS refs. */
static bool batch_room(struct sequencer *s, size_t n, size_t n_refs)
{
	struct str *bytes = s->bytes;
	struct vault_ref *refs = s->refs;

	if (n > s->cap_bytes) {
		bytes = realloc(s->bytes, n * 2 * sizeof *bytes);
		if (!bytes)
			return false;
		s->bytes = bytes;
		s->cap_bytes = n * 2;
	}
	if (n_refs > s->cap_refs) {
		refs = realloc(s->refs, n_refs * 2 * sizeof *refs);
		if (!refs)
			return false;
		s->refs = refs;
		s->cap_refs = n_refs * 2;
	}
	return true;
}

/* Gathers the batch's entries and whom they concern; gives the number of entries and in *N_REFS of refs. */
static size_t batch_gather(struct sequencer *s, const struct batch *b, size_t *n_refs)
{
	size_t n = 0, r = 0;

	for (const struct op *op = b->first; op; op = op->next) {
		for (const struct op_entry *entry = op->entries; entry; entry = entry->next) {
			for (size_t i = 0; i < entry->n_subjects; i++)
				s->refs[r++] = (struct vault_ref){(uint32_t)n, entry->subjects[i]};
			s->bytes[n++] = entry->bytes;
		}
	}
	*n_refs = r;
	return n;
}

/* Appends the batch's entries to the log. */
static result batch_record(struct sequencer *s, struct batch *b, struct error *e)
{
	size_t n = 0, n_refs = 0;
	struct log_entries entries;
	uint64_t first;

	for (const struct op *op = b->first; op; op = op->next)
		for (const struct op_entry *entry = op->entries; entry; entry = entry->next) {
			n++;
			n_refs += entry->n_subjects;
		}
	b->recorded = n != 0;
	if (!n)
		return RESULT_OK;
	if (!batch_room(s, n, n_refs))
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a batch");
	n = batch_gather(s, b, &n_refs);
	buf_reset(&s->sealed);
	TRY(vault_seal_refs(s->c.vault, s->refs, n_refs, &s->sealed, e));
	entries = (struct log_entries){s->bytes, n, buf_view(&s->sealed)};
	TRY(log_append(s->c.log, s->c.db, &entries, &first, e));
	return RESULT_OK;
}

/* One try at the whole batch in one transaction.  *OUTCOME tells what became of it; *BAD as in batch_run. */
static result batch_try(struct sequencer *s, struct batch *b, enum db_outcome *outcome, struct op **bad, struct error *e)
{
	struct gated *gated = gates_ref(s->c.gates);
	struct op_context c = {s->c.access, s->c.db, gated, clock_now(&s->c.clock)};
	result r = RESULT_FAIL;

	*outcome = DB_ROLLED_BACK;
	*bad = NULL;
	TRY_OUT(db_begin_write(s->c.db, e));
	TRY_OUT(batch_run(s, b, &c, bad, e));
	TRY_OUT(batch_record(s, b, e));
	r = db_commit(s->c.db, outcome, e);
out:
	if (!ok(r) && *outcome == DB_ROLLED_BACK) {
		db_rollback(s->c.db);
		log_rolled_back(s->c.log);
	}
	gated_unref(gated);
	return r;
}

/* Gives every operation of the batch WHY: nothing was done. */
static void batch_fail(struct batch *b, const struct error *why)
{
	for (struct op *op = b->first; op; op = op->next) {
		if (op->outcome == OP_FAILED)
			continue;
		op_reset(op);
		op->error = *why;
		op->outcome = OP_FAILED;
	}
}

static bool batch_changes(const struct batch *b)
{
	for (const struct op *op = b->first; op; op = op->next)
		if (op->stores && op->outcome != OP_FAILED)
			return true;
	return false;
}

/* After the commit: the log, the changes and the operations' own consequences hold from now on. */
static void batch_committed(struct sequencer *s, struct batch *b)
{
	bool changes = batch_changes(b);
	uint64_t published = changes ? b->number : changed_number(s->c.changed);

	if (b->recorded)
		log_committed(s->c.log);
	if (changes)
		changed_publish(s->c.changed, b->number, clock_monotonic(&s->c.clock));
	for (struct op *op = b->first; op; op = op->next) {
		if (op->outcome == OP_FAILED)
			continue;
		op->outcome = OP_COMMITTED;
		op->committed_as = published;
		if (op->type->committed && op->stores)
			op->type->committed(op, s->c.access);
	}
}

static void batch_tell(struct batch *b)
{
	for (struct op *op = b->first, *next; op; op = next) {
		next = op->next; /* whoever is told may free it */
		op->next = NULL;
		op->done(op, op->ctx);
	}
}

/* What the outside is told when the storage took nothing: one code, whatever the engine said. */
static struct error as_unavailable(const struct error *e)
{
	struct error out = {0};

	if (e->code == CODE_STORAGE_UNAVAILABLE || e->code == CODE_OUT_OF_MEMORY)
		return *e;
	(void)error_set(&out, CODE_STORAGE_UNAVAILABLE, "%s", e->message); /* ignored: only sets */
	return out;
}

/* What was decided in the transaction that was rolled back may rest on what failed: decide all of it again. */
static void batch_forget(struct batch *b)
{
	for (struct op *op = b->first; op; op = op->next)
		op->epoch = UINT64_MAX;
}

/* Commits the batch, without the operations whose stores fail.  False when the thread must end. */
static bool batch_commit(struct sequencer *s, struct batch *b)
{
	for (;;) {
		struct error e = {0}, why;
		enum db_outcome outcome;
		struct op *bad;

		if (ok(batch_try(s, b, &outcome, &bad, &e))) {
			batch_committed(s, b);
			return true;
		}
		if (outcome != DB_ROLLED_BACK || e.code == CODE_LOG_FENCED) {
			s->c.fatal(s->c.fatal_ctx, &e);
			return false;
		}
		why = as_unavailable(&e);
		if (!bad || e.code == CODE_STORAGE_UNAVAILABLE) {
			batch_fail(b, &why);
			return true;
		}
		group_fail(b, bad, &e);
		batch_forget(b);
	}
}

/*
 * Begins the WAL anew when it is long, so that readers need not search it.  The
 * housekeeper has written most of it back by then; a reader that is in the way
 * puts it off until it is half as long again.
 */
static void tend_wal(struct sequencer *s)
{
	int64_t pages = db_wal_pages(s->c.db);
	struct db_wal wal;

	if (pages < s->wal_limit)
		return;
	if (ok(db_checkpoint(s->c.db, DB_CHECKPOINT_RESTART, &wal, NULL)))
		s->wal_limit = WAL_PAGES;
	else
		s->wal_limit = pages + WAL_PAGES / 2;
}

static void *sequencer_main(void *arg)
{
	struct sequencer *s = arg;
	struct op *ops;

	(void)pthread_setname_np(pthread_self(), "sequencer"); /* ignored: a name for operators, no more */
	while ((ops = queue_take(s)) != NULL) {
		struct batch b;

		batch_order(ops, &b);
		b.number = changed_number(s->c.changed) + 1;
		if (!batch_commit(s, &b))
			return NULL;
		atomic_fetch_add_explicit(&s->batches, 1, memory_order_relaxed);
		atomic_fetch_add_explicit(&s->ops, b.n_ops, memory_order_relaxed);
		batch_tell(&b);
		tend_wal(s);
		atomic_store_explicit(&s->wal, db_wal_pages(s->c.db), memory_order_relaxed);
	}
	return NULL;
}

result sequencer_start(const struct sequencer_config *c, struct sequencer **out, struct error *e)
{
	struct sequencer *s = calloc(1, sizeof *s);

	*out = NULL;
	if (!s)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the sequencer");
	s->c = *c;
	s->end = &s->first;
	s->wal_limit = WAL_PAGES;
	buf_init(&s->sealed);
	if (pthread_mutex_init(&s->lock, NULL) != 0 || pthread_cond_init(&s->some, NULL) != 0 ||
	    pthread_create(&s->thread, NULL, sequencer_main, s) != 0) {
		free(s);
		return error_set(e, CODE_INTERNAL, "cannot start the sequencer's thread");
	}
	*out = s;
	return RESULT_OK;
}

void sequencer_stop(struct sequencer *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	pthread_mutex_unlock(&s->lock);
	pthread_cond_signal(&s->some);
	(void)pthread_join(s->thread, NULL); /* ignored: the thread exists and is joined once */
	(void)pthread_cond_destroy(&s->some);  /* ignored: nobody waits any more */
	(void)pthread_mutex_destroy(&s->lock); /* ignored: nobody holds it any more */
	free(s->bytes);
	free(s->refs);
	buf_free(&s->sealed);
	free(s);
}

bool sequencer_may_send(const struct sequencer *s, const struct op *op)
{
	if (op->epoch != gates_epoch(s->c.gates))
		return false;
	if (changed_number(s->c.changed) == op->committed_as)
		return true;
	for (const struct op_key *k = op->depends; k; k = k->next)
		if (changed_since(s->c.changed, &k->key, op->committed_as))
			return false;
	return true;
}

struct sequencer_counts sequencer_counts(struct sequencer *s)
{
	struct sequencer_counts n = {.batches = s->batches, .ops = s->ops, .again = s->again, .wal = s->wal};

	pthread_mutex_lock(&s->lock);
	n.waiting = s->waiting;
	pthread_mutex_unlock(&s->lock);
	return n;
}
