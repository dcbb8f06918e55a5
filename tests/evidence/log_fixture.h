/*
 * tests/evidence/log_fixture.h - a database with a log, in a directory of its own.
 */
#ifndef SEKISHO_TEST_LOG_FIXTURE_H
#define SEKISHO_TEST_LOG_FIXTURE_H

#include "scratch.h"

#include "base/file.h"
#include "evidence/entry.h"
#include "evidence/tiles.h"

struct fixture {
	struct scratch scratch;
	char url[1024];
	char high_water[1024];
	char tiles[1024];  /* the folder above g1 */
	char tiles1[1040]; /* g1 */
	struct sign_key key;
	struct log_config config;
	struct db *d;
	struct log *log;
	struct error e;
};

/* Makes F's database and the log named ORIGIN, which stays F's caller's, signed with SEED, and opens both. */
static inline void fixture_make(struct fixture *f, const char *origin, const unsigned char *seed)
{
	enum db_outcome outcome;

	memset(f, 0, sizeof *f);
	scratch_make(&f->scratch);
	snprintf(f->url, sizeof f->url, "%s/a.db", f->scratch.dir);
	snprintf(f->high_water, sizeof f->high_water, "%s/head", f->scratch.dir);
	snprintf(f->tiles, sizeof f->tiles, "%s/tiles", f->scratch.dir);
	snprintf(f->tiles1, sizeof f->tiles1, "%s/g1", f->tiles);
	sign_key_of(&f->key, seed);
	f->config = (struct log_config){.origin = str_of(origin), .key = &f->key, .high_water = f->high_water};
	assert_ok(db_open(f->url, DB_CREATE, &f->d, &f->e), &f->e);
	assert_ok(db_migrate(f->d, &f->e), &f->e);
	assert_ok(db_begin_write(f->d, &f->e), &f->e);
	assert_ok(log_create(f->d, &f->config, &f->e), &f->e);
	assert_ok(db_commit(f->d, &outcome, &f->e), &f->e);
	assert_ok(log_open(f->d, &f->config, &f->log, &f->e), &f->e);
}

/* Closes and removes what F has. */
static inline void fixture_remove(struct fixture *f)
{
	log_close(f->log);
	db_close(f->d);
	scratch_remove(&f->scratch);
}

static const unsigned char fixture_seed[SIGN_SEED] = {42};

/* For cmocka: a new fixture with an empty log as *STATE, removed by fixture_teardown. */
static inline int fixture_setup(void **state)
{
	struct fixture *f = malloc(sizeof *f);

	assert_non_null(f);
	fixture_make(f, "sekisho.invalid/test", fixture_seed);
	*state = f;
	return 0;
}

/* For cmocka: removes *STATE, which fixture_setup made. */
static inline int fixture_teardown(void **state)
{
	fixture_remove(*state);
	free(*state);
	return 0;
}

/* Appends BATCH to F's log and commits.  Fails as log_append and db_commit. */
static inline result fixture_append(struct fixture *f, const struct log_entries *batch, struct error *e)
{
	enum db_outcome outcome;
	uint64_t first;

	TRY(db_begin_write(f->d, e));
	if (ok(log_append(f->log, f->d, batch, &first, e)) && ok(db_commit(f->d, &outcome, e))) {
		log_committed(f->log);
		return RESULT_OK;
	}
	db_rollback(f->d);
	log_rolled_back(f->log);
	return RESULT_FAIL;
}

/* Appends to B the usual entry number I, of a read of three items. */
static inline void fixture_entry(struct buf *b, uint64_t i)
{
	static const struct str items[] = {{"name", 4}, {"email", 5}, {"phone", 5}};
	struct uuid request = {{1, 2, 3}};
	unsigned char subject[1][ENTRY_SUBJECT] = {{9}};
	struct entry e = {
		.t = INT64_C(1796083200123) + (moment)i,
		.kind = ENTRY_READ,
		.policy = 3,
		.actor = STR("a7"),
		.role = STR("billing_app"),
		.purpose = STR("billing"),
		.category = STR("customer"),
		.result = STR("ok"),
		.items = items,
		.item_count = 3,
		.request = &request,
		.subjects = subject,
		.subject_count = 1,
	};

	memcpy(request.b + 8, &i, sizeof i);
	memcpy(e.nonce, &i, sizeof i);
	memcpy(subject[0] + 4, &i, sizeof i);
	entry_write(b, &e);
}

enum { FIXTURE_BATCH_MAX = 256 };

/* Appends COUNT usual entries in batches of STEP (up to FIXTURE_BATCH_MAX) to F's log. */
static inline void fixture_fill(struct fixture *f, uint64_t count, uint64_t step)
{
	uint64_t i = log_size(f->log), end = i + count;

	while (i < end) {
		size_t n = (size_t)(end - i < step ? end - i : step);
		struct buf b[FIXTURE_BATCH_MAX];
		struct str entries[FIXTURE_BATCH_MAX];
		struct log_entries batch = {entries, n, STR("refs")};

		for (size_t k = 0; k < n; k++) {
			buf_init(&b[k]);
			fixture_entry(&b[k], i + k);
			entries[k] = buf_view(&b[k]);
		}
		assert_ok(fixture_append(f, &batch, &f->e), &f->e);
		for (size_t k = 0; k < n; k++)
			buf_free(&b[k]);
		i += n;
	}
}

/* Brings F's tiles up to its head, with bundles. */
static inline void fixture_tiles(struct fixture *f)
{
	struct log_tiles_config c = {f->tiles, log_key(f->log), true, false};
	struct log_tiles *t;

	assert_ok(log_tiles_open(f->d, 1, &c, &t, &f->e), &f->e);
	assert_ok(log_write_tiles(t, &f->e), &f->e);
	log_tiles_close(t);
}

#endif
