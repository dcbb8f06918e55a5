/* Who writes the database but does not hold the key: what he changes must not open the front door. */
#include "road.h"

#include <sqlite3.h>

/* Runs SQL on the instance's database behind its back; it must change one row. */
static void tamper(const struct road *r, const char *sql)
{
	char path[1200];
	sqlite3 *d = NULL;

	snprintf(path, sizeof path, "%s/sekisho.db", r->dir);
	assert_int_equal(sqlite3_open(path, &d), SQLITE_OK);
	assert_int_equal(sqlite3_exec(d, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_changes(d), 1);
	assert_int_equal(sqlite3_close(d), SQLITE_OK);
}

/* A token of ROLE called NAME; its text into TEXT. */
static void token_of(struct road *r, const char *role, const char *name, char text[VAULT_TOKEN_TEXT + 1])
{
	struct op_token t;

	op_token_init(&t);
	t.name = str_of(name);
	t.role = str_of(role);
	access_run(r->reader, &t.op);
	assert_int_equal(t.op.error.code, CODE_NONE);
	memcpy(text, t.text, VAULT_TOKEN_TEXT + 1);
	op_release(&t.op);
}

static enum code token_revoked(struct road *r, const char *name)
{
	struct op_token t;
	enum code code;

	op_token_init(&t);
	t.revoke = true;
	t.name = str_of(name);
	access_run(r->reader, &t.op);
	code = t.op.error.code;
	op_release(&t.op);
	return code;
}

static void a_token_whose_row_was_changed_is_nobodys(void **state)
{
	static const char *const changes[] = {
		"UPDATE vault_token SET role = (SELECT role FROM vault_token WHERE name = 'officer') WHERE name = 'mine'",
		"UPDATE vault_token SET actor = (SELECT actor FROM vault_token WHERE name = 'officer') WHERE name = 'mine'",
		"UPDATE vault_token SET person = x'00000000000000000000000000000001' WHERE name = 'mine'",
		"UPDATE vault_token SET expires = created + 1 WHERE name = 'mine'",
		"UPDATE vault_token SET actor = 4294967295 WHERE name = 'mine'",
	};
	char mine[VAULT_TOKEN_TEXT + 1], other[VAULT_TOKEN_TEXT + 1];
	struct token_actor actor;

	(void)state;
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		struct road r;

		road_make(&r);
		token_of(&r, "auditor", "mine", mine);
		token_of(&r, "auditor", "other", other);
		road_shut(&r);
		tamper(&r, changes[i]);
		road_open(&r);
		assert_false(access_actor(r.access, str_of(mine), &actor));
		assert_true(access_actor(r.access, str_of(other), &actor));
		assert_int_equal(token_revoked(&r, "mine"), CODE_NOT_FOUND);
		assert_true(access_actor(r.access, str_of(other), &actor));
		assert_false(actor.revoked);
		token_of(&r, "auditor", "third", mine);
		assert_true(access_actor(r.access, str_of(mine), &actor));
		assert_true(actor.number > 1 && actor.number < 100);
		road_remove(&r);
	}
}

static void a_token_of_another_instance_is_nobodys(void **state)
{
	struct road a, b;
	char text[VAULT_TOKEN_TEXT + 1];
	struct token_actor actor;

	(void)state;
	road_make(&a);
	road_make(&b);
	token_of(&a, "officer", "mine", text);
	assert_true(access_actor(a.access, str_of(text), &actor));
	assert_false(access_actor(b.access, str_of(text), &actor));
	road_remove(&a);
	road_remove(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_whose_row_was_changed_is_nobodys),
		cmocka_unit_test(a_token_of_another_instance_is_nobodys),
	};

	return cmocka_run_group_tests_name("access/enemy", tests, NULL, NULL);
}
