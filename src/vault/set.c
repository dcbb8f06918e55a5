/* Runs of pseudonymized sets and their keys. */
#include "vault/set.h"

#include <string.h>

#include "vault/codec.h"
#include "vault/inside.h"

enum { FACTS_FORMAT = 1, RUN_MAC = 16, LIST_MAX = 4096 };

/* What a run says, as a blob ------------------------------------------------------------------------------- */

static void write_list(struct writer *w, const uint32_t *list, size_t n)
{
	write_number(w, n);
	for (size_t i = 0; i < n; i++)
		write_number(w, list[i]);
}

static void facts_write(const struct vault_set_run *run, struct buf *out)
{
	struct writer w = {.out = out};

	buf_byte(out, FACTS_FORMAT);
	write_number(&w, run->policy);
	write_time(&w, run->made);
	write_time(&w, run->expires);
	write_number(&w, run->rows);
	write_number(&w, run->left_out);
	write_number(&w, run->emptied);
	write_time(&w, run->touched);
	buf_add(out, run->after.b, sizeof run->after.b);
	write_number(&w, run->end);
	if (run->end != SET_END_NONE)
		write_time(&w, run->ended);
	write_list(&w, run->purposes, run->n_purposes);
	write_list(&w, run->items, run->n_items);
}

/* A list of R into *LIST and *N, in A; R is bad when there is no memory. */
static void read_list(struct reader *r, struct arena *a, const uint32_t **list, size_t *n)
{
	uint32_t *made;

	*n = read_count(r, 1);
	made = arena_array(a, *n + 1, sizeof *made);
	if (!made)
		r->bad = true;
	for (size_t i = 0; made && i < *n; i++)
		made[i] = read_u32(r);
	*list = made;
}

static bool facts_read(struct str bytes, struct arena *a, struct vault_set_run *run)
{
	struct reader r = {.rest = bytes};
	struct str after;

	if (read_number(&r, UINT32_MAX) != FACTS_FORMAT)
		return false;
	run->policy = read_u32(&r);
	run->made = read_time(&r);
	run->expires = read_time(&r);
	run->rows = read_number(&r, INT64_MAX);
	run->left_out = read_number(&r, INT64_MAX);
	run->emptied = read_number(&r, INT64_MAX);
	run->touched = read_time(&r);
	after = read_bytes(&r, sizeof run->after.b);
	if (after.n == sizeof run->after.b)
		memcpy(run->after.b, after.p, after.n);
	run->end = (enum vault_set_end)read_number(&r, SET_ENDS - 1);
	run->ended = run->end == SET_END_NONE ? MOMENT_NONE : read_time(&r);
	read_list(&r, a, &run->purposes, &run->n_purposes);
	read_list(&r, a, &run->items, &run->n_items);
	return !r.bad && r.rest.n == 0 && run->n_purposes <= VAULT_SET_PURPOSES;
}

static void run_mac(const struct vault *v, const struct vault_set_run *run, struct str facts, unsigned char mac[RUN_MAC])
{
	unsigned char numbers[12];
	struct str parts[] = {
		STR("sekisho set 1"),
		{(const char *)v->instance.b, sizeof v->instance.b},
		{(const char *)numbers, sizeof numbers},
		facts,
	};

	put_u32(numbers, run->set);
	put_u32(numbers + 4, run->run);
	put_u32(numbers + 8, run->state);
	crypto_mac(v->state_key->b, CRYPTO_KEY, parts, sizeof parts / sizeof *parts, mac, RUN_MAC);
}

/* Loading -------------------------------------------------------------------------------------------------- */

/* The run in the current row of S, verified. */
static result run_take(const struct vault_reader *from, struct db_stmt *s, struct vault_set_run *out, struct error *e)
{
	struct str facts = db_blob(s, 3), key = db_blob(s, 5), mac = db_blob(s, 6);
	int64_t set = db_i64(s, 0), run = db_i64(s, 1), state = db_i64(s, 2), epoch = db_i64(s, 4);
	unsigned char right[RUN_MAC];

	*out = (struct vault_set_run){.exists = true, .set = (uint32_t)set, .run = (uint32_t)run};
	if (set < 0 || set > UINT32_MAX || run < 1 || run > UINT32_MAX || state < 0 || state >= SET_RUN_STATES || mac.n != RUN_MAC)
		return error_set(e, CODE_SEAL_BROKEN, "the run of a set is not as it was written");
	out->state = (enum vault_set_state)state;
	run_mac(from->vault, out, facts, right);
	if (!crypto_equal(right, mac.p, RUN_MAC) || !facts_read(facts, from->arena, out))
		return error_set(e, CODE_SEAL_BROKEN, "the run of a set is not as it was written");
	if (out->state == SET_RUN_DESTROYED)
		return RESULT_OK;
	if (key.n != sizeof out->key || epoch < 1 || epoch > UINT32_MAX)
		return error_set(e, CODE_SEAL_BROKEN, "the run of a set has no key");
	out->epoch = (uint32_t)epoch;
	memcpy(out->key, key.p, key.n);
	return RESULT_OK;
}

/* Doubles the room for runs at *AT, in A, when N fill it. */
static result runs_grow(struct arena *a, struct vault_set_run **at, size_t n, struct error *e)
{
	struct vault_set_run *more;

	if (n & (n - 1)) /* room is a power of two */
		return RESULT_OK;
	more = arena_array(a, n ? 2 * n : 1, sizeof *more);
	if (!more)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the runs of sets");
	if (n)
		memcpy(more, *at, n * sizeof *more);
	*at = more;
	return RESULT_OK;
}

result vault_set_runs(const struct vault_reader *from, struct vault_set_runs *out, struct error *e)
{
	struct db_stmt *s = db_stmt(from->db, SQL_VAULT_SET_RUNS, e);
	struct vault_set_run *at = NULL;
	bool row;

	*out = (struct vault_set_runs){NULL, 0};
	if (!s)
		return RESULT_FAIL;
	for (;;) {
		TRY(db_step(s, &row, e));
		out->at = at;
		if (!row)
			return RESULT_OK;
		if (!ok(runs_grow(from->arena, &at, out->n, e)) || !ok(run_take(from, s, &at[out->n], e)))
			break;
		out->n++;
	}
	db_reset(s);
	return RESULT_FAIL;
}

result vault_set_run_load(const struct vault_reader *from, uint32_t set, uint32_t run, struct vault_set_run *out,
			  struct error *e)
{
	struct db_stmt *s = db_stmt(from->db, run ? SQL_VAULT_SET_RUN_LOAD : SQL_VAULT_SET_RUN_LATEST, e);
	result r = RESULT_OK;
	bool row;

	*out = (struct vault_set_run){.exists = false};
	if (!s)
		return RESULT_FAIL;
	db_bind_i64(s, 1, set);
	if (run)
		db_bind_i64(s, 2, run);
	TRY(db_step(s, &row, e));
	if (row)
		r = run_take(from, s, out, e);
	db_reset(s);
	return r;
}

/* Keys ----------------------------------------------------------------------------------------------------- */

static const struct uuid nobody; /* a set's keys belong to no person */

static struct wrap_place run_place(const struct vault_set_run *run)
{
	return (struct wrap_place){WRAP_SET, &nobody, run->set, run->run};
}

static struct wrap_place link_place(uint32_t set)
{
	return (struct wrap_place){WRAP_LINK, &nobody, set, 0};
}

/* A new random key for AT, wrapped with V into WRAPPED; its epoch. */
static uint32_t key_make(struct vault *v, const struct wrap_place *at, unsigned char wrapped[VAULT_WRAPPED_KEY])
{
	CRYPTO_WIPED key;

	v->entropy.fill(v->entropy.ctx, key.b, sizeof key.b);
	return vault_wrap(v, at, key.b, sizeof key.b, wrapped);
}

result vault_set_link(const struct vault_reader *from, uint32_t set, bool *there, struct crypto_key *key, struct error *e)
{
	struct db_stmt *s = db_stmt(from->db, SQL_VAULT_SET_LINK_LOAD, e);
	const struct wrap_place at = link_place(set);
	result r = RESULT_OK;
	struct str wrapped;
	int64_t epoch;

	if (!s)
		return RESULT_FAIL;
	db_bind_i64(s, 1, set);
	TRY(db_step(s, there, e));
	if (!*there)
		return RESULT_OK;
	epoch = db_i64(s, 0);
	wrapped = db_blob(s, 1);
	if (wrapped.n != VAULT_WRAPPED_KEY || epoch < 1 || epoch > UINT32_MAX ||
	    !vault_unwrap(from->vault, (uint32_t)epoch, &at, (const unsigned char *)wrapped.p, sizeof key->b, key->b))
		r = error_set(e, CODE_SEAL_BROKEN, "the link key of a set does not open");
	db_reset(s);
	return r;
}

result vault_set_maker_open(const struct vault_reader *from, const struct vault_set_run *run, struct vault_set_maker *out,
			    struct error *e)
{
	const struct wrap_place at = run_place(run);
	bool there;

	out->run = run;
	if (run->state != SET_RUN_UNDER_WAY)
		return error_set(e, CODE_CONFLICT, "this run of the set is not under way");
	if (!vault_unwrap(from->vault, run->epoch, &at, run->key, sizeof out->rows.b, out->rows.b))
		return error_set(e, CODE_SEAL_BROKEN, "the key of a set's run does not open");
	TRY(vault_set_link(from, run->set, &there, &out->link, e));
	return there ? RESULT_OK : error_set(e, CODE_SEAL_BROKEN, "the set has no link key");
}

void vault_set_maker_wipe(struct vault_set_maker *m)
{
	crypto_key_wipe(&m->rows);
	crypto_key_wipe(&m->link);
}

/* Changes -------------------------------------------------------------------------------------------------- */

/* Stores what RUN says by the statement ID, with its key when that inserts it. */
static result run_store(struct vault *v, struct db *d, enum sql_id id, const struct vault_set_run *run, struct error *e)
{
	struct db_stmt *s = db_stmt(d, id, e);
	bool inserts = id == SQL_VAULT_SET_RUN_INSERT;
	unsigned char mac[RUN_MAC];
	struct buf facts;
	result r;

	if (!s)
		return RESULT_FAIL;
	buf_init(&facts);
	facts_write(run, &facts);
	run_mac(v, run, buf_view(&facts), mac);
	db_bind_i64(s, 1, run->set);
	db_bind_i64(s, 2, run->run);
	db_bind_i64(s, 3, run->state);
	db_bind_blob(s, 4, facts.p, facts.n);
	if (inserts) {
		db_bind_i64(s, 5, run->epoch);
		db_bind_blob(s, 6, run->key, sizeof run->key);
	}
	db_bind_blob(s, inserts ? 7 : 5, mac, sizeof mac);
	r = buf_ok(&facts) ? db_run(s, e) : error_set(e, CODE_OUT_OF_MEMORY, "no memory for a set's run");
	buf_free(&facts);
	return r;
}

/* Gives SET a link key by FROM, unless it has one. */
static result link_make(const struct vault_reader *from, uint32_t set, struct error *e)
{
	const struct wrap_place at = link_place(set);
	unsigned char wrapped[VAULT_WRAPPED_KEY];
	struct db_stmt *s;
	CRYPTO_WIPED key;
	uint32_t epoch;
	bool there;

	TRY(vault_set_link(from, set, &there, &key, e));
	if (there)
		return RESULT_OK;
	epoch = key_make(from->vault, &at, wrapped);
	s = db_stmt(from->db, SQL_VAULT_SET_LINK_INSERT, e);
	if (!s)
		return RESULT_FAIL;
	db_bind_i64(s, 1, set);
	db_bind_i64(s, 2, epoch);
	db_bind_blob(s, 3, wrapped, sizeof wrapped);
	return db_run(s, e);
}

result vault_set_begin(const struct vault_reader *from, struct vault_set_run *run, struct error *e)
{
	struct vault_set_run latest;
	struct wrap_place at;

	if (run->n_purposes > VAULT_SET_PURPOSES || run->n_items > LIST_MAX)
		return error_set(e, CODE_TOO_LARGE, "a set has %d purposes at the most", VAULT_SET_PURPOSES);
	TRY(vault_set_run_load(from, run->set, 0, &latest, e));
	run->run = latest.exists ? latest.run + 1 : 1;
	run->exists = true;
	run->state = SET_RUN_UNDER_WAY;
	run->rows = run->left_out = run->emptied = 0;
	run->touched = run->made;
	run->after = nobody;
	run->end = SET_END_NONE;
	run->ended = MOMENT_NONE;
	at = run_place(run);
	run->epoch = key_make(from->vault, &at, run->key);
	TRY(link_make(from, run->set, e));
	return run_store(from->vault, from->db, SQL_VAULT_SET_RUN_INSERT, run, e);
}

result vault_set_advance(struct vault *v, struct db *d, struct vault_set_run *run, bool complete, struct error *e)
{
	if (run->state != SET_RUN_UNDER_WAY)
		return error_set(e, CODE_CONFLICT, "this run of the set is not under way");
	run->state = complete ? SET_RUN_COMPLETE : SET_RUN_UNDER_WAY;
	return run_store(v, d, SQL_VAULT_SET_RUN_UPDATE, run, e);
}

result vault_set_destroy(struct vault *v, struct db *d, struct vault_set_run *run, enum vault_set_end end, moment now,
			 struct error *e)
{
	if (run->state == SET_RUN_DESTROYED)
		return error_set(e, CODE_CONFLICT, "this run of the set is destroyed already");
	run->state = SET_RUN_DESTROYED;
	run->end = end;
	run->ended = now;
	return run_store(v, d, SQL_VAULT_SET_RUN_DESTROY, run, e);
}

result vault_set_clear(struct db *d, const struct vault_set_run *run, size_t limit, size_t *n, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_VAULT_SET_ROW_CLEAR, e);

	if (!s)
		return RESULT_FAIL;
	db_bind_i64(s, 1, run->set);
	db_bind_i64(s, 2, run->run);
	db_bind_i64(s, 3, (int64_t)limit);
	TRY(db_run(s, e));
	*n = (size_t)db_changes(d);
	return RESULT_OK;
}

result vault_set_has_rows(struct db *d, const struct vault_set_run *run, bool *rows, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_VAULT_SET_ROW_ANY, e);

	if (!s)
		return RESULT_FAIL;
	db_bind_i64(s, 1, run->set);
	db_bind_i64(s, 2, run->run);
	TRY(db_step(s, rows, e));
	db_reset(s);
	return RESULT_OK;
}

result vault_set_unlink(struct db *d, uint32_t set, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_VAULT_SET_LINK_DELETE, e);

	if (!s)
		return RESULT_FAIL;
	db_bind_i64(s, 1, set);
	return db_run(s, e);
}

/* Rewrapping ----------------------------------------------------------------------------------------------- */

static result rewrap_run(struct vault *v, struct db *d, struct vault_set_run run, struct error *e)
{
	const struct wrap_place at = run_place(&run);
	struct db_stmt *s = db_stmt(d, SQL_VAULT_SET_RUN_REWRAP, e);

	if (!s)
		return RESULT_FAIL;
	if (!vault_rewrap(v, &at, run.key, CRYPTO_KEY, &run.epoch))
		return error_set(e, CODE_SEAL_BROKEN, "the key of a set's run does not open");
	db_bind_i64(s, 1, run.set);
	db_bind_i64(s, 2, run.run);
	db_bind_i64(s, 3, run.epoch);
	db_bind_blob(s, 4, run.key, sizeof run.key);
	return db_run(s, e);
}

/* Wraps one link key older than the current epoch anew; *FOUND is false when there is none. */
static result rewrap_link(struct vault *v, struct db *d, bool *found, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_VAULT_SET_LINK_LIST, e);
	unsigned char wrapped[VAULT_WRAPPED_KEY];
	struct wrap_place at;
	uint32_t epoch;

	if (!s)
		return RESULT_FAIL;
	do {
		struct str blob;

		TRY(db_step(s, found, e));
		if (!*found)
			return RESULT_OK;
		blob = db_blob(s, 2);
		at = link_place((uint32_t)db_i64(s, 0));
		epoch = (uint32_t)db_i64(s, 1);
		if (blob.n == sizeof wrapped)
			memcpy(wrapped, blob.p, blob.n);
		else
			epoch = 0; /* of no KEK: it will not open */
	} while (epoch >= vault_epoch(v));
	db_reset(s);
	if (!vault_rewrap(v, &at, wrapped, CRYPTO_KEY, &epoch))
		return error_set(e, CODE_SEAL_BROKEN, "the link key of a set does not open");
	s = db_stmt(d, SQL_VAULT_SET_LINK_REWRAP, e);
	if (!s)
		return RESULT_FAIL;
	db_bind_i64(s, 1, at.category);
	db_bind_i64(s, 2, epoch);
	db_bind_blob(s, 3, wrapped, sizeof wrapped);
	return db_run(s, e);
}

result vault_set_rewrap(struct vault *v, struct db *d, struct error *e)
{
	struct arena arena;
	const struct vault_reader from = {v, d, &arena};
	struct vault_set_runs runs;
	bool found = true;
	result r;

	arena_init(&arena, 0, false);
	r = vault_set_runs(&from, &runs, e);
	for (size_t i = 0; ok(r) && i < runs.n; i++)
		if (runs.at[i].state != SET_RUN_DESTROYED && runs.at[i].epoch < vault_epoch(v))
			r = rewrap_run(v, d, runs.at[i], e);
	while (ok(r) && found)
		r = rewrap_link(v, d, &found, e);
	arena_free(&arena);
	return r;
}

/* The rows of a person ------------------------------------------------------------------------------------- */

void vault_set_place(const struct crypto_key *link, const struct vault_set_run *run, const struct uuid *subject,
		     unsigned char place[VAULT_SET_PLACE])
{
	unsigned char numbers[4];
	struct str parts[] = {
		STR("sekisho place 1"),
		{(const char *)numbers, sizeof numbers},
		{(const char *)subject->b, sizeof subject->b},
	};

	put_u32(numbers, run->run);
	crypto_mac(link->b, CRYPTO_KEY, parts, sizeof parts / sizeof *parts, place, VAULT_SET_PLACE);
}

result vault_set_row_delete(struct db *d, const struct vault_set_run *run, const unsigned char place[VAULT_SET_PLACE],
			    struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_VAULT_SET_ROW_DELETE, e);

	if (!s)
		return RESULT_FAIL;
	db_bind_i64(s, 1, run->set);
	db_bind_i64(s, 2, run->run);
	db_bind_blob(s, 3, place, VAULT_SET_PLACE);
	return db_run(s, e);
}

static bool concerns(const struct vault_set_run *run, const struct vault_set_forgetting *f)
{
	if (run->state == SET_RUN_DESTROYED)
		return false;
	for (size_t i = 0; i < run->n_items; i++)
		for (size_t k = 0; k < f->n_items; k++)
			if (run->items[i] == f->items[k])
				return true;
	return f->n_items == 0;
}

static result forget_row(const struct vault_reader *from, const struct vault_set_run *run, struct vault_set_forgetting *f,
			 struct error *e)
{
	unsigned char place[VAULT_SET_PLACE];
	CRYPTO_WIPED link;
	bool there;

	TRY(vault_set_link(from, run->set, &there, &link, e));
	if (!there)
		return error_set(e, CODE_SEAL_BROKEN, "the set has no link key");
	vault_set_place(&link, run, &f->subject, place);
	TRY(vault_set_row_delete(from->db, run, place, e));
	f->gone += (uint64_t)db_changes(from->db);
	return RESULT_OK;
}

result vault_set_forget(const struct vault_reader *from, struct vault_set_forgetting *f, struct error *e)
{
	struct vault_set_runs runs;

	f->gone = 0;
	TRY(vault_set_runs(from, &runs, e));
	for (size_t i = 0; i < runs.n; i++)
		if (concerns(&runs.at[i], f))
			TRY(forget_row(from, &runs.at[i], f, e));
	return RESULT_OK;
}
