/* SQLite files of others; PostgreSQL is spoken to by tests/cmd/test_deidentify_sql. */
#include "test.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "db/foreign.h"
#include "scratch.h"

struct bench {
	struct scratch s;
	char path[1100], url[1200];
	struct foreign *f;
	struct error e;
};

static void execute(struct bench *b, const char *text)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(b->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void begin(struct bench *b, enum foreign_use use)
{
	*b = (struct bench){.f = NULL};
	scratch_make(&b->s);
	snprintf(b->path, sizeof b->path, "%s", scratch_path(&b->s, "t.db"));
	snprintf(b->url, sizeof b->url, "sqlite:%s", b->path);
	execute(b, "CREATE TABLE t (a INTEGER, \"b c\"); INSERT INTO t VALUES (1, 'x'), (2, NULL), (3, 2.5)");
	assert_ok(foreign_open(b->url, use, &b->f, &b->e), &b->e);
}

static void end(struct bench *b)
{
	foreign_close(b->f);
	scratch_remove(&b->s);
}

static void asks(struct bench *b, const char *query)
{
	assert_ok(foreign_query(b->f, str_of(query), &b->e), &b->e);
}

static void refuses(struct bench *b, const char *query, const char *where)
{
	if (ok(foreign_query(b->f, str_of(query), &b->e)))
		fail_msg("%s was taken", query);
	assert_string_equal(b->e.where, where);
	assert_fails(RESULT_FAIL, &b->e, CODE_QUERY_INVALID);
}

static void a_query_gives_its_columns_and_its_rows_as_texts(void **state)
{
	static const char *const expected[][2] = {{"3", "2.5"}, {"2", ""}, {"1", "x"}};
	struct bench b;
	const struct str *row;
	size_t n;
	bool more;

	(void)state;
	begin(&b, FOREIGN_READ);
	asks(&b, " SELECT * FROM t ORDER BY a DESC ; -- the end");
	assert_true(str_is(foreign_columns(b.f, &n)[1], "b c"));
	assert_int_equal(n, 2);
	for (int twice = 0; twice < 2; twice++) {
		assert_ok(foreign_start(b.f, &b.e), &b.e);
		for (size_t i = 0; i < 3; i++) {
			assert_ok(foreign_next(b.f, &row, &more, &b.e), &b.e);
			assert_true(more && str_is(row[0], expected[i][0]) && str_is(row[1], expected[i][1]));
		}
		assert_ok(foreign_next(b.f, &row, &more, &b.e), &b.e);
		assert_false(more);
	}
	end(&b);
}

static void a_query_that_is_not_one_reading_is_refused_with_its_place(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, FOREIGN_READ);
	refuses(&b, "SELECT é FROM t", "query:1:8");
	refuses(&b, "SELECT 'é',\n nothing FROM t", "query:2:2");
	refuses(&b, "SELECT 'é'; SELECT 2", "query:1:12");
	refuses(&b, "/* nothing */", "query");
	refuses(&b, "SELECT ?", "query");
	refuses(&b, "DELETE FROM t", "query");
	refuses(&b, "VACUUM", "query");
	assert_fails(foreign_query(b.f, STR("SELECT 1\0 AS a"), &b.e), &b.e, CODE_QUERY_INVALID);
	end(&b);
}

static void all_is_read_of_one_moment(void **state)
{
	struct bench b;
	const struct str *row;
	bool more;

	(void)state;
	begin(&b, FOREIGN_READ);
	foreign_close(b.f);
	execute(&b, "PRAGMA journal_mode = WAL");
	assert_ok(foreign_open(b.url, FOREIGN_READ, &b.f, &b.e), &b.e);
	asks(&b, "SELECT count(*) FROM t");
	for (int twice = 0; twice < 2; twice++) {
		assert_ok(foreign_start(b.f, &b.e), &b.e);
		assert_ok(foreign_next(b.f, &row, &more, &b.e), &b.e);
		assert_true(more && str_is(row[0], "3"));
		execute(&b, "INSERT INTO t VALUES (4, 'later')");
	}
	end(&b);
}

static void urls_are_known_by_their_scheme(void **state)
{
	struct foreign *f;
	struct error e = {0};

	(void)state;
	assert_true(foreign_is_url("sqlite:a.db") && foreign_is_url("postgresql:///x") && foreign_is_url("postgres://h/x"));
	assert_false(foreign_is_url("sqlite:") || foreign_is_url("mysql://h/x") || foreign_is_url("a.db"));
	assert_true(foreign_has_password("postgresql://u:p@h/x") && foreign_has_password("postgresql://h/x?password=p"));
	assert_true(foreign_has_password("postgresql://[h/x"));
	assert_false(foreign_has_password("postgresql://u@h/x") || foreign_has_password("sqlite:u:p@h"));
	assert_fails(foreign_open("a.db", FOREIGN_READ, &f, &e), &e, CODE_USAGE);
	assert_fails(foreign_open("sqlite:/nonexistent/a.db", FOREIGN_READ, &f, &e), &e, CODE_IO);
	assert_null(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_query_gives_its_columns_and_its_rows_as_texts),
		cmocka_unit_test(a_query_that_is_not_one_reading_is_refused_with_its_place),
		cmocka_unit_test(all_is_read_of_one_moment),
		cmocka_unit_test(urls_are_known_by_their_scheme),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
