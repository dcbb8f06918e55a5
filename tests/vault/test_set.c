/* Pseudonymized sets in the vault: what a row says to whom, and how a run ends. */
#include "base/file.h"
#include "vault/keys.h"
#include "vault/rig.h"
#include "vault/set.h"

enum { SERVICE = 3, OTHER = 4, ANALYSIS = 21, QUALITY = 22, GENDER = 31, BIRTH = 32 };

#define MARK "Zyx-Marker-4711"

static const uint32_t purposes[] = {ANALYSIS, QUALITY}, columns[] = {GENDER, BIRTH};

static struct vault_set_run plan(const struct rig *r, uint32_t set)
{
	return (struct vault_set_run){.set = set, .policy = 2, .made = r->now, .expires = r->now + 1000, .purposes = purposes,
				      .n_purposes = 2, .items = columns, .n_items = 2};
}

/* A new run of SET in R. */
static struct vault_set_run begin(struct rig *r, uint32_t set)
{
	struct vault_set_run run = plan(r, set);
	const struct vault_reader from = rig_reader(r);

	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	assert_ok(vault_set_begin(&from, &run, &r->e), &r->e);
	rig_commit(r);
	return run;
}

static struct uuid subject(unsigned char n)
{
	return (struct uuid){{1, 2, n}};
}

/* Puts into RUN of R the VALUES of person N for PURPOSES. */
static void put(struct rig *r, const struct vault_set_run *run, unsigned char n, uint64_t serves, const char *values)
{
	const struct vault_reader from = rig_reader(r);
	const struct uuid who = subject(n);
	struct str both[] = {str_of(values), {NULL, 0}};
	struct vault_set_source source = {&who, serves, both};
	struct vault_set_maker maker;
	struct vault_set_row row;

	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	assert_ok(vault_set_maker_open(&from, run, &maker, &r->e), &r->e);
	assert_ok(vault_set_row_seal(&from, &maker, &source, &row, &r->e), &r->e);
	assert_ok(vault_set_row_put(r->db, run, &row, &r->e), &r->e);
	vault_set_maker_wipe(&maker);
	rig_commit(r);
}

static void complete(struct rig *r, struct vault_set_run *run, uint64_t rows)
{
	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	run->rows = rows;
	run->left_out = 2;
	run->emptied = 1;
	run->touched = r->now + 3;
	run->after = (struct uuid){{7}};
	assert_ok(vault_set_advance(r->vault, r->db, run, true, &r->e), &r->e);
	rig_commit(r);
}

static void destroy(struct rig *r, struct vault_set_run *run)
{
	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	assert_ok(vault_set_destroy(r->vault, r->db, run, SET_END_ORDERED, r->now, &r->e), &r->e);
	rig_commit(r);
}

static struct vault_set_run load(struct rig *r, uint32_t set, uint32_t number)
{
	const struct vault_reader from = rig_reader(r);
	struct vault_set_run run;

	assert_ok(vault_set_run_load(&from, set, number, &run, &r->e), &r->e);
	return run;
}

/* Rows of a run, opened. */
struct rows {
	const struct vault_set_opened *at;
	size_t n, withheld;
};

/* All rows of RUN of R that may serve PURPOSE (bit). */
static struct rows read_all(struct rig *r, const struct vault_set_run *run, uint64_t purpose)
{
	struct vault_set_page page = {.purpose = purpose, .limit = 100};
	const struct vault_reader from = rig_reader(r);
	struct rows rows = {.n = 0};

	assert_ok(vault_set_list(&from, run, &page, &r->e), &r->e);
	assert_false(page.more);
	assert_ok(vault_set_open(&from, run, &page, &rows.at, &r->e), &r->e);
	rows.n = page.n;
	rows.withheld = page.withheld;
	return rows;
}

static bool row_says(const struct rows *rows, const char *value)
{
	for (size_t i = 0; i < rows->n; i++)
		if (str_is(rows->at[i].values[0], value) && !rows->at[i].values[1].p)
			return true;
	return false;
}

static void rows_come_back_for_the_purposes_they_serve(void **state)
{
	struct rig *r = rig_make();
	struct vault_set_run run = begin(r, SERVICE), found;
	struct rows page;

	(void)state;
	assert_int_equal(run.run, 1);
	put(r, &run, 1, 3, "\"f\"");
	put(r, &run, 2, 1, "\"m\"");
	put(r, &run, 3, 2, "\"x\"");
	put(r, &run, 3, 2, "[\"y\",2]"); /* once more: in its place */
	complete(r, &run, 3);
	found = load(r, SERVICE, 0);
	assert_true(found.exists && found.state == SET_RUN_COMPLETE && found.rows == 3 && found.policy == 2);
	assert_true(found.made == r->now && found.expires == r->now + 1000 && found.end == SET_END_NONE);
	assert_int_equal(found.n_purposes, 2);
	assert_int_equal(found.items[1], BIRTH);
	assert_true(found.left_out == 2 && found.emptied == 1 && found.touched == r->now + 3 && found.after.b[0] == 7);
	page = read_all(r, &found, 1);
	assert_int_equal(page.n, 2);
	assert_int_equal(page.withheld, 1);
	assert_true(row_says(&page, "\"f\"") && row_says(&page, "\"m\""));
	page = read_all(r, &found, 2);
	assert_true(row_says(&page, "[\"y\",2]") && !row_says(&page, "\"x\""));
	assert_int_equal(read_all(r, &found, 4).n, 0);
	assert_false(load(r, OTHER, 0).exists);
	assert_false(load(r, SERVICE, 2).exists);
	rig_free(r);
}

static void a_set_is_read_in_pages(void **state)
{
	struct rig *r = rig_make();
	struct vault_set_run run = begin(r, SERVICE);
	const struct vault_reader from = rig_reader(r);
	struct vault_set_page page = {.purpose = 1, .limit = 3};
	size_t given = 0, withheld = 0, pages = 0;

	(void)state;
	for (unsigned char i = 0; i < 10; i++)
		put(r, &run, i, i % 2 ? 1 : 2, "[1,2]");
	complete(r, &run, 10);
	do {
		assert_ok(vault_set_list(&from, &run, &page, &r->e), &r->e);
		assert_true(page.n + page.withheld <= 3);
		given += page.n;
		withheld += page.withheld;
		pages++;
	} while (page.more);
	assert_int_equal(given, 5);
	assert_int_equal(withheld, 5);
	assert_int_equal(pages, 4);
	rig_free(r);
}

static void a_run_is_read_only_when_it_is_complete(void **state)
{
	struct rig *r = rig_make();
	struct vault_set_run run = begin(r, SERVICE);
	const struct vault_reader from = rig_reader(r);
	struct vault_set_page page = {.purpose = 1, .limit = 3};
	struct vault_set_maker maker;

	(void)state;
	put(r, &run, 1, 1, "[1,2]");
	assert_fails(vault_set_list(&from, &run, &page, &r->e), &r->e, CODE_CONFLICT);
	complete(r, &run, 1);
	assert_fails(vault_set_maker_open(&from, &run, &maker, &r->e), &r->e, CODE_CONFLICT);
	assert_fails(vault_set_advance(r->vault, r->db, &run, true, &r->e), &r->e, CODE_CONFLICT);
	destroy(r, &run);
	assert_fails(vault_set_list(&from, &run, &page, &r->e), &r->e, CODE_CONFLICT);
	assert_fails(vault_set_destroy(r->vault, r->db, &run, SET_END_EXPIRED, r->now, &r->e), &r->e, CODE_CONFLICT);
	rig_free(r);
}

static int64_t count(struct rig *r, const char *text)
{
	sqlite3_stmt *s;
	sqlite3 *handle;
	int64_t n;

	assert_int_equal(sqlite3_open(r->file, &handle), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(handle, text, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	sqlite3_close(handle);
	return n;
}

/* The one row of RUN of R. */
static struct vault_set_opened only_row(struct rig *r, const struct vault_set_run *run)
{
	struct rows rows = read_all(r, run, 1);

	assert_int_equal(rows.n, 1);
	return rows.at[0];
}

static void a_person_keeps_token_and_days_over_runs_of_a_set_but_not_over_sets(void **state)
{
	struct rig *r = rig_make();
	struct vault_set_run first = begin(r, SERVICE), second = begin(r, SERVICE), other = begin(r, OTHER);
	const struct vault_reader from = rig_reader(r);
	const struct uuid a = subject(1), b = subject(2);
	struct vault_set_maker one, two, three;
	struct vault_set_opened rows[3];
	bool differ = false;

	(void)state;
	assert_int_equal(second.run, 2);
	assert_ok(vault_set_maker_open(&from, &first, &one, &r->e), &r->e);
	assert_ok(vault_set_maker_open(&from, &second, &two, &r->e), &r->e);
	assert_ok(vault_set_maker_open(&from, &other, &three, &r->e), &r->e);
	assert_int_equal(vault_set_days(&one, &a, 180), vault_set_days(&two, &a, 180));
	assert_true(vault_set_days(&one, &a, 100000) != vault_set_days(&one, &b, 100000));
	assert_true(vault_set_days(&one, &a, 100000) != vault_set_days(&three, &a, 100000));
	for (unsigned char i = 0; i < 200; i++) {
		const struct uuid who = subject(i);
		int32_t days = vault_set_days(&one, &who, 2);

		assert_true(days >= -2 && days <= 2 && days != 0);
		differ = differ || days != vault_set_days(&one, &a, 2);
	}
	assert_true(differ);
	put(r, &first, 1, 1, "[1,2]");
	put(r, &second, 1, 1, "[1,2]");
	put(r, &other, 1, 1, "[1,2]");
	complete(r, &first, 1);
	complete(r, &second, 1);
	complete(r, &other, 1);
	rows[0] = only_row(r, &first);
	rows[1] = only_row(r, &second);
	rows[2] = only_row(r, &other);
	assert_memory_equal(rows[0].token, rows[1].token, VAULT_SET_TOKEN);
	assert_memory_not_equal(rows[0].token, rows[2].token, VAULT_SET_TOKEN);
	/* where the rows lie tells nobody that they are of one person */
	assert_int_equal(count(r, "SELECT count(DISTINCT place) FROM vault_set_row"), 3);
	rig_free(r);
}

static void a_row_is_bound_to_its_run_its_place_and_its_purposes(void **state)
{
	static const char *const tries[] = {
		"UPDATE vault_set_row SET purposes = 3",
		"UPDATE vault_set_row SET place = randomblob(16)",
		"UPDATE vault_set_row SET sealed = zeroblob(80)",
		"UPDATE vault_set_row SET sealed = x'00'",
		"UPDATE vault_set_row SET place = x'01'",
		"INSERT INTO vault_set_row SELECT 3, 2, place, purposes, sealed FROM vault_set_row",
	};

	(void)state;
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		struct rig *r = rig_make();
		struct vault_set_run run = begin(r, SERVICE), second = begin(r, SERVICE);
		const struct vault_reader from = rig_reader(r);
		struct vault_set_page page = {.purpose = 1, .limit = 10};
		const struct vault_set_opened *opened;

		put(r, &run, 1, 1, "[1,2]");
		complete(r, &run, 1);
		complete(r, &second, 0);
		rig_sql(r, tries[i]);
		run = load(r, SERVICE, i + 1 < sizeof tries / sizeof *tries ? 1 : 2);
		assert_false(ok(vault_set_list(&from, &run, &page, &r->e)) &&
			     ok(vault_set_open(&from, &run, &page, &opened, &r->e)));
		assert_string_equal(code_text(r->e.code), "seal_broken");
		rig_free(r);
	}
}

static void a_run_that_was_changed_in_the_database_is_refused(void **state)
{
	static const char *const tries[] = {
		"UPDATE vault_set_run SET state = 1",		  /* complete though it is not */
		"UPDATE vault_set_run SET state = 7",
		"UPDATE vault_set_run SET set_number = 4",
		"UPDATE vault_set_run SET run = 2",
		"UPDATE vault_set_run SET facts = x'01'",
		"UPDATE vault_set_run SET mac = zeroblob(16)",
		"UPDATE vault_set_run SET mac = x''",
		"UPDATE vault_set_run SET run_key = NULL",
		"UPDATE vault_set_run SET epoch = 0",
	};

	(void)state;
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		struct rig *r = rig_make();
		const struct vault_reader from = rig_reader(r);
		struct vault_set_runs runs;

		begin(r, SERVICE);
		rig_sql(r, tries[i]);
		assert_fails(vault_set_runs(&from, &runs, &r->e), &r->e, CODE_SEAL_BROKEN);
		rig_free(r);
	}
}

static void a_destroyed_run_has_no_key_and_its_rows_go_in_steps(void **state)
{
	struct rig *r = rig_make();
	struct vault_set_run run = begin(r, SERVICE), found;
	size_t n;

	(void)state;
	for (unsigned char i = 0; i < 5; i++)
		put(r, &run, i, 1, "[1,2]");
	complete(r, &run, 5);
	r->now += 7;
	destroy(r, &run);
	assert_int_equal(count(r, "SELECT count(*) FROM vault_set_run WHERE run_key IS NULL AND epoch IS NULL"), 1);
	found = load(r, SERVICE, 1);
	assert_true(found.state == SET_RUN_DESTROYED && found.end == SET_END_ORDERED && found.ended == r->now && found.rows == 5);
	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	assert_ok(vault_set_clear(r->db, &found, 3, &n, &r->e), &r->e);
	assert_int_equal(n, 3);
	assert_ok(vault_set_clear(r->db, &found, 3, &n, &r->e), &r->e);
	assert_int_equal(n, 2);
	assert_ok(vault_set_unlink(r->db, SERVICE, &r->e), &r->e);
	rig_commit(r);
	assert_int_equal(count(r, "SELECT count(*) FROM vault_set_row"), 0);
	assert_int_equal(count(r, "SELECT count(*) FROM vault_set_link"), 0);
	assert_int_equal(begin(r, SERVICE).run, 2); /* numbers are not used again */
	rig_free(r);
}

/* True when FILE has TEXT in it. */
static bool file_has(const char *file, const char *text)
{
	struct buf b;
	struct error e = {0};
	bool found = false;

	buf_init(&b);
	if (ok(file_read(file, 1 << 26, &b, &e)))
		found = memmem(b.p, b.n, text, strlen(text)) != NULL;
	buf_free(&b);
	return found;
}

static void no_file_of_the_database_has_a_value_in_plain(void **state)
{
	struct rig *r = rig_make();
	struct vault_set_run run = begin(r, SERVICE);
	struct rows rows;
	char wal[200];

	(void)state;
	put(r, &run, 1, 1, "[\"" MARK "\",1]");
	complete(r, &run, 1);
	snprintf(wal, sizeof wal, "%s-wal", r->file);
	assert_false(file_has(r->file, MARK) || file_has(wal, MARK));
	rows = read_all(r, &run, 1);
	assert_true(row_says(&rows, "[\"" MARK "\",1]"));
	rig_free(r);
}

static uint64_t forget(struct rig *r, unsigned char n, const uint32_t *items, size_t n_items)
{
	struct vault_set_forgetting f = {.subject = subject(n), .items = items, .n_items = n_items};
	const struct vault_reader from = rig_reader(r);

	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	assert_ok(vault_set_forget(&from, &f, &r->e), &r->e);
	rig_commit(r);
	return f.gone;
}

static void an_erased_person_is_found_in_every_run_that_stands_and_nowhere_else(void **state)
{
	static const uint32_t gender[] = {GENDER}, elsewhere[] = {99};
	struct rig *r = rig_make();
	struct vault_set_run first = begin(r, SERVICE), second = begin(r, SERVICE), other = begin(r, OTHER), gone = begin(r, SERVICE);

	(void)state;
	for (unsigned char i = 1; i < 4; i++) {
		put(r, &first, i, 1, "[1,2]");
		put(r, &second, i, 1, "[1,2]");
		put(r, &other, i, 1, "[1,2]");
		put(r, &gone, i, 1, "[1,2]");
	}
	complete(r, &first, 3);
	complete(r, &other, 3);
	destroy(r, &gone);
	assert_int_equal(forget(r, 1, elsewhere, 1), 0);
	assert_int_equal(forget(r, 1, gender, 1), 3); /* of one under way too */
	assert_int_equal(forget(r, 1, NULL, 0), 0);
	assert_int_equal(forget(r, 9, NULL, 0), 0);
	assert_int_equal(forget(r, 2, NULL, 0), 3);
	assert_int_equal(read_all(r, &first, 1).n, 1);
	assert_int_equal(read_all(r, &other, 1).n, 1);
	rig_free(r);
}

static void narrow(struct rig *r, const struct vault_set_run *run, unsigned char n, uint64_t drop)
{
	const struct vault_reader from = rig_reader(r);
	const struct uuid who = subject(n);

	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	assert_ok(vault_set_narrow(&from, run, &who, drop, &r->e), &r->e);
	rig_commit(r);
}

static void a_row_that_loses_a_purpose_keeps_the_others_and_one_without_any_goes(void **state)
{
	struct rig *r = rig_make();
	struct vault_set_run run = begin(r, SERVICE);
	struct rows before, after;

	(void)state;
	put(r, &run, 1, 3, "\"a\"");
	put(r, &run, 2, 2, "\"b\"");
	put(r, &run, 3, 1, "\"c\"");
	complete(r, &run, 3);
	before = read_all(r, &run, 1);
	narrow(r, &run, 1, 2);
	narrow(r, &run, 2, 2);
	narrow(r, &run, 3, 2); /* it has not that purpose */
	narrow(r, &run, 9, 2); /* nobody */
	assert_int_equal(read_all(r, &run, 2).n, 0);
	after = read_all(r, &run, 1);
	assert_true(before.n == 2 && after.n == 2 && row_says(&after, "\"a\"") && row_says(&after, "\"c\""));
	for (size_t i = 0; i < after.n; i++)
		assert_memory_equal(after.at[i].token, before.at[i].token, VAULT_SET_TOKEN);
	assert_int_equal(count(r, "SELECT count(*) FROM vault_set_row"), 2);
	rig_free(r);
}

static bool yes(void *ctx, uint32_t epoch)
{
	(void)ctx;
	(void)epoch;
	return true;
}

static void keys_of_sets_are_wrapped_anew_before_an_old_kek_goes(void **state)
{
	const struct vault_refs_indexed indexed = {yes, NULL};
	struct rig *r = rig_make();
	struct vault_set_run run = begin(r, SERVICE), open;
	struct vault_rewrap pass = {.no_grace = true};
	uint32_t epoch;
	size_t n;

	(void)state;
	put(r, &run, 1, 1, "[1,2]");
	complete(r, &run, 1);
	open = begin(r, OTHER);
	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	assert_ok(vault_keys_rotate(r->vault, r->db, &epoch, &r->e), &r->e);
	rig_commit(r);
	assert_ok(vault_keys_reload(r->vault, r->db, &r->e), &r->e);
	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	assert_ok(vault_rewrap_step(r->vault, r->db, 10, &pass, &r->e), &r->e);
	assert_true(pass.finished);
	assert_ok(vault_keys_destroy(r->vault, r->db, &pass, &indexed, &n, &r->e), &r->e);
	assert_int_equal(n, 1);
	rig_commit(r);
	assert_ok(vault_keys_reload(r->vault, r->db, &r->e), &r->e);
	assert_int_equal(count(r, "SELECT count(*) FROM vault_set_run WHERE epoch = 2"), 2);
	assert_int_equal(count(r, "SELECT count(*) FROM vault_set_link WHERE epoch = 2"), 2);
	run = load(r, SERVICE, 1);
	assert_int_equal(read_all(r, &run, 1).n, 1);
	open = load(r, OTHER, 1);
	put(r, &open, 1, 1, "[3,4]");
	assert_int_equal(forget(r, 1, NULL, 0), 2);
	rig_free(r);
}

static void what_was_removed_opens_nothing_of_the_rows_and_the_rows_nothing_of_it(void **state)
{
	struct rig *r = rig_make();
	struct vault_set_run run = begin(r, SERVICE);
	const struct vault_reader from = rig_reader(r);
	struct vault_set_maker maker;

	(void)state;
	put(r, &run, 1, 1, "[1,2]");
	complete(r, &run, 1);
	/* without the link key a set is read as before */
	rig_sql(r, "DELETE FROM vault_set_link");
	assert_int_equal(read_all(r, &run, 1).n, 1);
	/* one key does not stand in for the other */
	run = begin(r, SERVICE);
	rig_sql(r, "UPDATE vault_set_link SET link_key = (SELECT run_key FROM vault_set_run WHERE run = 2)");
	assert_fails(vault_set_maker_open(&from, &run, &maker, &r->e), &r->e, CODE_SEAL_BROKEN);
	rig_sql(r, "UPDATE vault_set_link SET link_key = x'00'");
	assert_fails(vault_set_maker_open(&from, &run, &maker, &r->e), &r->e, CODE_SEAL_BROKEN);
	rig_sql(r, "DELETE FROM vault_set_link");
	assert_fails(vault_set_maker_open(&from, &run, &maker, &r->e), &r->e, CODE_SEAL_BROKEN);
	rig_free(r);
}

static void what_is_too_large_is_refused(void **state)
{
	struct rig *r = rig_make();
	struct vault_set_run run = plan(r, SERVICE);
	const struct vault_reader from = rig_reader(r);
	const struct uuid who = subject(1);
	char *large = arena_alloc(&r->arena, VAULT_SET_ROW_MAX);
	struct str both[] = {{large, VAULT_SET_ROW_MAX}, {NULL, 0}};
	struct vault_set_source source = {&who, 1, both};
	struct vault_set_maker maker;
	struct vault_set_row row;

	(void)state;
	run.n_purposes = VAULT_SET_PURPOSES + 1;
	assert_fails(vault_set_begin(&from, &run, &r->e), &r->e, CODE_TOO_LARGE);
	run = begin(r, SERVICE);
	assert_ok(vault_set_maker_open(&from, &run, &maker, &r->e), &r->e);
	assert_fails(vault_set_row_seal(&from, &maker, &source, &row, &r->e), &r->e, CODE_TOO_LARGE);
	rig_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_come_back_for_the_purposes_they_serve),
		cmocka_unit_test(a_set_is_read_in_pages),
		cmocka_unit_test(a_run_is_read_only_when_it_is_complete),
		cmocka_unit_test(a_person_keeps_token_and_days_over_runs_of_a_set_but_not_over_sets),
		cmocka_unit_test(a_row_is_bound_to_its_run_its_place_and_its_purposes),
		cmocka_unit_test(a_run_that_was_changed_in_the_database_is_refused),
		cmocka_unit_test(a_destroyed_run_has_no_key_and_its_rows_go_in_steps),
		cmocka_unit_test(no_file_of_the_database_has_a_value_in_plain),
		cmocka_unit_test(an_erased_person_is_found_in_every_run_that_stands_and_nowhere_else),
		cmocka_unit_test(a_row_that_loses_a_purpose_keeps_the_others_and_one_without_any_goes),
		cmocka_unit_test(keys_of_sets_are_wrapped_anew_before_an_old_kek_goes),
		cmocka_unit_test(what_was_removed_opens_nothing_of_the_rows_and_the_rows_nothing_of_it),
		cmocka_unit_test(what_is_too_large_is_refused),
	};

	return cmocka_run_group_tests_name("vault/set", tests, NULL, NULL);
}
