/* What whoever writes the database can do: each of these has to be refused. */
#include "vault/inside.h"
#include "vault/rig.h"
#include "vault/stored.h"

static struct uuid make(struct rig *r, const char *number, const char *name)
{
	struct vault_put puts[] = {rig_put(r, NUMBER_ITEM, number), rig_put(r, NAME_ITEM, name)};

	return rig_create(r, puts, 2);
}

/* Loads ID as a reader would, all the way to the values; the code of the first failure, or none. */
static enum code read_all(struct rig *r, const struct uuid *id)
{
	struct vault_reader from = rig_reader(r);
	struct vault_opened wanted[] = {{.item = NUMBER_ITEM}, {.item = NAME_ITEM}};
	struct vault_person person;
	struct vault_record record;
	struct error e = {0};

	if (ok(vault_load_person(&from, id, &person, &e)) &&
	    ok(vault_load_record(&from, &person, CUSTOMER, &record, &e)) &&
	    ok(vault_open_items(&from, &person, &record, wanted, 2, &e)))
		return CODE_NONE;
	assert_null(wanted[0].json.p);
	assert_null(wanted[1].json.p);
	return e.code;
}

static void a_state_changed_in_any_bit_is_refused(void **state)
{
	struct rig *r = rig_make();
	struct uuid id = make(r, "\"C-1\"", "\"A\"");
	struct buf text;
	sqlite3 *handle;
	sqlite3_stmt *get, *set;

	(void)state;
	buf_init(&text);
	assert_int_equal(sqlite3_open(r->file, &handle), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(handle, "SELECT state FROM vault_person", -1, &get, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(handle, "UPDATE vault_person SET state = ?", -1, &set, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(get), SQLITE_ROW);
	buf_add(&text, sqlite3_column_blob(get, 0), (size_t)sqlite3_column_bytes(get, 0));
	assert_int_equal(sqlite3_finalize(get), SQLITE_OK);
	for (size_t bit = 0; bit < text.n * 8; bit++) {
		text.p[bit / 8] = (char)(text.p[bit / 8] ^ 1 << bit % 8);
		sqlite3_bind_blob(set, 1, text.p, (int)text.n, SQLITE_STATIC);
		assert_int_equal(sqlite3_step(set), SQLITE_DONE);
		sqlite3_reset(set);
		assert_string_equal(code_text(read_all(r, &id)), "seal_broken");
		text.p[bit / 8] = (char)(text.p[bit / 8] ^ 1 << bit % 8);
	}
	sqlite3_bind_blob(set, 1, text.p, (int)text.n, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(set), SQLITE_DONE);
	sqlite3_finalize(set);
	sqlite3_close(handle);
	assert_int_equal(read_all(r, &id), CODE_NONE);
	buf_free(&text);
	rig_free(r);
}

/* Runs TEXT on a fresh instance with two persons and an update of the first, and asserts that the first is refused. */
static void refused_after(const char *text)
{
	struct rig *r = rig_make();
	struct uuid a = make(r, "\"C-1\"", "\"A\"");
	struct vault_put put = rig_put(r, NAME_ITEM, "\"A2\"");
	struct vault_person *person;
	struct vault_record *record;

	r->now += 1;
	make(r, "\"C-2\"", "\"B\"");
	rig_sql(r, "CREATE TABLE p AS SELECT * FROM vault_person; CREATE TABLE r AS SELECT * FROM vault_record");
	rig_load(r, &a, &person, &record);
	rig_store(r, rig_change(r, person, record, &put, 1));
	assert_int_equal(read_all(r, &a), CODE_NONE);
	rig_sql(r, text);
	if (read_all(r, &a) != CODE_SEAL_BROKEN)
		fail_msg("not refused: %s", text);
	rig_free(r);
}

#define FIRST "(SELECT min(subject_id) FROM vault_person)"
#define SECOND "(SELECT max(subject_id) FROM vault_person)"

static void what_is_moved_or_put_back_is_refused(void **state)
{
	(void)state;
	/* another person's */
	refused_after("UPDATE vault_person SET state = (SELECT state FROM vault_person WHERE subject_id = " SECOND
		      "), revision = 1 WHERE subject_id = " FIRST);
	refused_after("UPDATE vault_record SET (version, generation, epoch, data_key, items) = (SELECT 2, generation, epoch, "
		      "data_key, items FROM r WHERE subject_id = " SECOND ") WHERE subject_id = " FIRST);
	refused_after("UPDATE vault_record SET items = (SELECT items FROM r WHERE subject_id = " SECOND
		      ") WHERE subject_id = " FIRST);
	refused_after("UPDATE vault_record SET data_key = (SELECT data_key FROM r WHERE subject_id = " SECOND
		      ") WHERE subject_id = " FIRST);
	/* an older one */
	refused_after("UPDATE vault_record SET (version, items) = (SELECT version, items FROM r WHERE subject_id = " FIRST
		      ") WHERE subject_id = " FIRST);
	refused_after("UPDATE vault_record SET items = (SELECT items FROM r WHERE subject_id = " FIRST
		      ") WHERE subject_id = " FIRST);
	refused_after("UPDATE vault_person SET (revision, state) = (SELECT revision, state FROM p WHERE subject_id = " FIRST
		      ") WHERE subject_id = " FIRST);
	refused_after("UPDATE vault_person SET revision = 1 WHERE subject_id = " FIRST);
	/* numbers */
	refused_after("UPDATE vault_record SET generation = generation + 1");
	refused_after("UPDATE vault_record SET epoch = epoch + 1");
	refused_after("UPDATE vault_record SET epoch = 0");
	refused_after("UPDATE vault_record SET version = -1");
	refused_after("UPDATE vault_record SET generation = 4294967297");
	refused_after("UPDATE vault_person SET revision = 4294967298");
	/* shapes */
	refused_after("UPDATE vault_record SET items = x''");
	refused_after("UPDATE vault_record SET items = zeroblob(40)");
	refused_after("UPDATE vault_record SET data_key = x'00'");
	refused_after("UPDATE vault_person SET state = x'00'");
	refused_after("UPDATE vault_person SET log_key = x'00'");
	refused_after("DELETE FROM vault_record");
}

static void a_value_opens_only_in_its_place(void **state)
{
	struct rig *r = rig_make();
	struct crypto_key key = {{1}};
	unsigned char nonce[VAULT_WRITE_NONCE] = {2}, sealed[64], out[64];
	struct uuid a = {{1}}, b = {{2}};
	struct seal_place place = {&a, 7, 11, 3, 1, nonce}, moved;
	struct str json, all = {(const char *)sealed, vault_sealed_size(5)};
	struct vault *v = r->vault;

	(void)state;
	assert_int_equal(all.n, 32);
	assert_int_equal(vault_sealed_size(15), 32);
	assert_int_equal(vault_sealed_size(16), 48);
	vault_seal_value(v, &key, &place, STR("\"abc\""), sealed);
	assert_true(vault_open_value(v, &key, &place, all, out, &json));
	assert_true(str_is(json, "\"abc\""));
	moved = place, moved.subject = &b;
	assert_false(vault_open_value(v, &key, &moved, all, out, &json));
	moved = place, moved.category = 8;
	assert_false(vault_open_value(v, &key, &moved, all, out, &json));
	moved = place, moved.item = 12;
	assert_false(vault_open_value(v, &key, &moved, all, out, &json));
	moved = place, moved.version = 2;
	assert_false(vault_open_value(v, &key, &moved, all, out, &json));
	moved = place, moved.generation = 2;
	assert_false(vault_open_value(v, &key, &moved, all, out, &json));
	assert_false(vault_open_value(v, &key, &place, str_sub(all, 0, 16), out, &json));
	v->instance.b[0] ^= 1;
	assert_false(vault_open_value(v, &key, &place, all, out, &json));
	v->instance.b[0] ^= 1;
	assert_true(vault_open_value(v, &key, &place, all, out, &json));
	rig_free(r);
}

static void an_older_person_with_its_older_record_does_verify(void **state)
{
	struct rig *r = rig_make();
	struct uuid id = make(r, "\"C-1\"", "\"A\"");
	struct vault_put put = rig_put(r, NAME_ITEM, "\"B\"");
	struct vault_person *person;
	struct vault_record *record;

	(void)state;
	rig_sql(r, "CREATE TABLE p AS SELECT * FROM vault_person; CREATE TABLE r AS SELECT * FROM vault_record");
	rig_load(r, &id, &person, &record);
	rig_store(r, rig_change(r, person, record, &put, 1));
	rig_sql(r, "DELETE FROM vault_person; INSERT INTO vault_person SELECT * FROM p;"
		   "DELETE FROM vault_record; INSERT INTO vault_record SELECT * FROM r");
	/* the documented limit: the rows agree with each other; the log's revisions tell */
	assert_string_equal(rig_value(r, &id, NAME_ITEM), "\"A\"");
	rig_load(r, &id, &person, &record);
	assert_int_equal(person->revision, 1);
	rig_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_state_changed_in_any_bit_is_refused),
		cmocka_unit_test(what_is_moved_or_put_back_is_refused),
		cmocka_unit_test(a_value_opens_only_in_its_place),
		cmocka_unit_test(an_older_person_with_its_older_record_does_verify),
	};

	return cmocka_run_group_tests_name("vault/enemy", tests, NULL, NULL);
}
