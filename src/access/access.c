#include "access/access.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "access/access_private.h"
#include "access/counts.h"
#include "access/housekeeper.h"
#include "access/job.h"
#include "access/open.h"
#include "crypto/crypto.h"

enum {
	LATE_MS = 5000,
	HOLD_MS = 5, /* of a snapshot over several bursts: the WAL cannot begin anew meanwhile */
};

/* The clock that operations see: the machine's, but never earlier than what was seen before. */
static moment clock_forward(void *ctx)
{
	struct access *a = ctx;
	moment now = clock_now(&a->machine);
	int64_t seen = atomic_load_explicit(&a->floor, memory_order_relaxed);

	while (now > seen)
		if (atomic_compare_exchange_weak(&a->floor, &seen, now))
			return now;
	return seen;
}

static int64_t clock_steady(void *ctx)
{
	const struct access *a = ctx;

	return clock_monotonic(&a->machine);
}

/* What happens at a commit of unknown outcome: nobody gets an answer, so the process ends. */
static void fatal(void *ctx, const struct error *why)
{
	struct access *a = ctx;

	if (a->options.fatal)
		a->options.fatal(a->options.fatal_ctx, why);
	abort();
}

static result start_threads(struct access *a, struct error *e)
{
	struct sequencer_config c = {
		.access = a,
		.db = a->writer,
		.log = a->log,
		.vault = a->vault,
		.changed = a->changed,
		.gates = a->gates,
		.clock = a->clock,
		.late_ms = a->options.late_ms ? a->options.late_ms : LATE_MS,
		.fatal = fatal,
		.fatal_ctx = a,
	};

	a->wal_written = -1;
	TRY(jobs_new(a, &a->jobs, e));
	TRY(sequencer_start(&c, &a->sequencer, e));
	if (a->options.no_housekeeper)
		return RESULT_OK;
	return housekeeper_start(a, &a->housekeeper, e);
}

result access_open(const char *dir, const struct access_options *o, struct access **out, struct error *e)
{
	const struct rlimit none = {0, 0};
	struct access *a = calloc(1, sizeof *a);
	result r = RESULT_FAIL;

	*out = NULL;
	if (!a)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for an instance");
	a->lock = -1;
	a->options = *o;
	a->machine = o->clock;
	a->entropy = o->entropy;
	a->clock = (struct clock){clock_forward, clock_steady, a};
	/* no id and no hash is of one byte alone */
	memset(a->objections_key.b, 0xFF, sizeof a->objections_key.b);
	memset(a->erasures_key.b, 0xFE, sizeof a->erasures_key.b);
	json_set_alloc_funcs(malloc, crypto_wipe_free); /* bodies and values pass through it */
	/* no plaintext in a core dump, whoever takes it: a handler that dumps are piped to does not see the limit */
	if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0)
		(void)error_set(e, CODE_INTERNAL, "core dumps cannot be switched off"); /* ignored: returned below */
	else if (ok(access_open_parts(a, dir, e)))
		r = start_threads(a, e);
	a->opened = ok(r) ? access_now(a) : MOMENT_NONE;
	if (!ok(r)) {
		access_close(a);
		return r;
	}
	*out = a;
	return RESULT_OK;
}

void access_close(struct access *a)
{
	if (!a)
		return;
	jobs_stop(a->jobs); /* what it leaves half is put right by operations */
	housekeeper_stop(a->housekeeper);
	sequencer_stop(a->sequencer);
	if (a->log)
		(void)log_keep_high_water(a->log, NULL); /* ignored: it only lags behind */
	log_close(a->log);
	vault_close(a->vault);
	db_close(a->writer);
	gates_free(a->gates);
	tokens_free(a->tokens);
	changed_free(a->changed);
	counts_free(a->counts);
	sign_key_wipe(&a->log_key);
	if (a->lock >= 0)
		(void)close(a->lock); /* ignored: the lock goes with the descriptor */
	free(a);
}

result access_reader_open(struct access *a, struct access_reader **out, struct error *e)
{
	struct access_reader *r = calloc(1, sizeof *r);

	*out = NULL;
	if (!r)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a reader");
	r->access = a;
	if (!ok(db_open(a->instance.database, DB_READ, &r->db, e))) {
		free(r);
		return RESULT_FAIL;
	}
	*out = r;
	return RESULT_OK;
}

void access_reader_rest(struct access_reader *r)
{
	if (!r->open)
		return;
	db_rollback(r->db);
	gated_unref(r->gated);
	r->gated = NULL;
	r->open = false;
}

void access_reader_close(struct access_reader *r)
{
	if (!r)
		return;
	access_reader_rest(r);
	db_close(r->db);
	free(r);
}

/* Takes a snapshot, the numbers first: what changes in between only makes an operation be decided again. */
static result reader_wake(struct access_reader *r, struct error *e)
{
	struct access *a = r->access;

	if (r->open)
		return RESULT_OK;
	TRY(gates_tick(a->gates, clock_now(&a->clock), e));
	r->snapshot = changed_number(a->changed);
	r->epoch = gates_epoch(a->gates);
	TRY(db_begin_read(r->db, e));
	r->gated = gates_ref(a->gates);
	r->since = clock_monotonic(&a->clock);
	r->open = true;
	return RESULT_OK;
}

void access_reader_idle(struct access_reader *r)
{
	if (r->under_way && r->open && r->snapshot == changed_number(r->access->changed) &&
	    clock_monotonic(&r->access->clock) - r->since < HOLD_MS)
		return;
	access_reader_rest(r);
}

struct db *access_reader_db(struct access_reader *r, struct error *e)
{
	access_reader_rest(r); /* who looks at the log wants it as it is now */
	return ok(reader_wake(r, e)) ? r->db : NULL;
}

/* Prepares OP in R's snapshot. */
static result reader_prepare(struct access_reader *r, struct op *op, struct error *e)
{
	struct op_context c;

	if (op->type->fresh)
		access_reader_rest(r);
	TRY(reader_wake(r, e));
	c = (struct op_context){r->access, r->db, r->gated, clock_now(&r->access->clock)};
	op_reset(op);
	gated_unref(op->gated);
	op->gated = r->gated ? gated_ref(r->gated) : NULL;
	op->snapshot = r->snapshot;
	op->epoch = r->epoch;
	op->outcome = OP_PENDING;
	return op_prepare(op, &c, e);
}

/* As reader_prepare; false when OP failed. */
static bool prepared(struct access_reader *r, struct op *op)
{
	struct error e = {0};

	op->taken = clock_monotonic(&r->access->clock);
	if (ok(reader_prepare(r, op, &e)))
		return true;
	op_reset(op);
	op->error = e;
	op->outcome = OP_FAILED;
	return false;
}

void access_submit(struct access_reader *r, struct op *op)
{
	op->next = NULL;
	r->under_way++;
	if (prepared(r, op))
		sequencer_submit(r->access->sequencer, op);
	else
		op->done(op, op->ctx);
}

void access_submit_group(struct access_reader *r, struct op **ops, size_t n)
{
	bool all = true;

	for (size_t i = 0; i < n; i++) {
		ops[i]->group = ops[0];
		ops[i]->next = i + 1 < n ? ops[i + 1] : NULL;
		all = prepared(r, ops[i]) && all;
	}
	if (all && n) {
		sequencer_submit(r->access->sequencer, ops[0]);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (ops[i]->outcome != OP_FAILED)
			(void)error_set(&ops[i]->error, CODE_CONFLICT,
					"another operation of the same group failed"); /* ignored: only sets */
		ops[i]->outcome = OP_FAILED;
		ops[i]->next = NULL;
		ops[i]->done(ops[i], ops[i]->ctx);
	}
}

/* Counts OP for the status page, once it is answered. */
static void count(struct access *a, const struct op *op)
{
	const struct policy *p = op->gated ? op->gated->policy : NULL;
	int purpose = p && op->purpose.n ? policy_purpose_find(p, op->purpose) : POLICY_NONE;

	if (op->actor.number == ACTOR_SYSTEM || !op->n_entries)
		return;
	counts_add(a->counts, moment_date(clock_now(&a->clock), p ? p->zone : 0),
		   purpose == POLICY_NONE ? 0 : p->purposes[purpose].number, op->error.code == CODE_NONE);
}

bool access_deliver(struct access_reader *r, struct op *op)
{
	struct access *a = r->access;
	int64_t late = a->options.late_ms ? a->options.late_ms : LATE_MS;

	r->under_way--;
	if (op->outcome != OP_COMMITTED)
		return true;
	/* a change that is committed is told whatever came after it */
	if (!op->stores) {
		if (clock_monotonic(&a->clock) - op->taken > late) {
			op_reset(op);
			(void)error_set(&op->error, CODE_TOO_LATE, "%s", code_meaning(CODE_TOO_LATE)); /* ignored: only sets */
			op->outcome = OP_FAILED;
			return true;
		}
		if (!sequencer_may_send(a->sequencer, op)) {
			access_reader_rest(r); /* its snapshot is from before the change */
			return false;
		}
	}
	count(a, op);
	return true;
}

/* Someone who waits for an operation. */
struct waiter {
	pthread_mutex_t lock;
	pthread_cond_t done;
	bool is_done;
};

static void waiter_done(struct op *op, void *ctx)
{
	struct waiter *w = ctx;

	(void)op;
	pthread_mutex_lock(&w->lock);
	w->is_done = true;
	pthread_cond_signal(&w->done);
	pthread_mutex_unlock(&w->lock);
}

void access_run(struct access_reader *r, struct op *op)
{
	struct waiter w = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};

	op->done = waiter_done;
	op->ctx = &w;
	access_reader_rest(r);
	do {
		access_submit(r, op);
		pthread_mutex_lock(&w.lock);
		while (!w.is_done)
			pthread_cond_wait(&w.done, &w.lock);
		w.is_done = false;
		pthread_mutex_unlock(&w.lock);
	} while (!access_deliver(r, op));
	access_reader_rest(r);
}

bool access_actor(struct access *a, struct str text, struct token_actor *out)
{
	unsigned char hash[VAULT_TOKEN_HASH];

	return vault_token_hash(a->vault, text, hash) && tokens_find(a->tokens, hash, out);
}

void access_idempotency(struct access *a, const struct idempotency_call *call, struct idempotency *out)
{
	idempotency_make(a->vault, call, out);
}

struct gated *access_gated(struct access *a)
{
	return gates_ref(a->gates);
}

moment access_now(struct access *a)
{
	return clock_now(&a->clock);
}

const struct clock *access_clock(const struct access *a)
{
	return &a->clock;
}

const struct entropy *access_entropy(const struct access *a)
{
	return &a->entropy;
}

struct log *access_log(struct access *a)
{
	return a->log;
}

const struct instance *access_instance(const struct access *a)
{
	return &a->instance;
}

struct sequencer *access_sequencer(struct access *a)
{
	return a->sequencer;
}

struct access_counts *access_counts(struct access *a)
{
	return a->counts;
}
