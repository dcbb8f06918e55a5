#include "vault/keys.h"
#include "vault/rig.h"
#include "vault/text.h"

/* A value that nothing else contains. */
#define MARK "Zyx-Marker-4711"

static struct uuid make(struct rig *r)
{
	struct vault_put puts[] = {rig_put(r, NUMBER_ITEM, "\"C-1\""), rig_put(r, NAME_ITEM, "\"" MARK "\""),
				   rig_put(r, EMAIL_ITEM, "\"Hanako@example.jp\""), rig_put(r, NOTE_ITEM, "\"old\"")};
	struct uuid id = rig_create(r, puts, 4);
	struct vault_put again[] = {rig_put(r, NAME_ITEM, "\"new name\""), rig_put(r, NOTE_ITEM, "\"new note\"")};
	struct vault_person *person;
	struct vault_record *record;

	r->now += 1;
	rig_load(r, &id, &person, &record);
	rig_store(r, rig_change(r, person, record, again, 2));
	return id;
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

static void an_erased_item_goes_with_its_history_and_the_rest_moves_on(void **state)
{
	struct rig *r = rig_make();
	struct uuid id = make(r);
	struct vault_reader from = rig_reader(r);
	const uint32_t erased[] = {NAME_ITEM};
	struct vault_put out = rig_put(r, NAME_ITEM, NULL);
	struct vault_history history;
	struct vault_opened old;
	struct vault_person *person, *before;
	struct vault_record *record, *stale;
	struct person_state left;
	struct vault_change *c;

	(void)state;
	rig_load(r, &id, &before, &stale);
	assert_ok(vault_load_history(&from, stale, &history, &r->e), &r->e);
	assert_int_equal(history.n, 2);
	left = rig_state(r, before, stale, &out, 1);
	assert_ok(vault_change_begin(r->vault, &r->arena, before, &c, &r->e), &r->e);
	assert_ok(vault_change_erase_items(c, stale, &history, erased, 1, &r->e), &r->e);
	assert_ok(vault_change_state(c, &left, &r->e), &r->e);
	rig_store(r, c);
	rig_load(r, &id, &person, &record);
	assert_int_equal(record->generation, stale->generation + 1);
	assert_int_equal(record->version, 3);
	assert_memory_not_equal(record->key, stale->key, sizeof stale->key);
	assert_string_equal(rig_value(r, &id, NAME_ITEM), "");
	assert_string_equal(rig_value(r, &id, NOTE_ITEM), "\"new note\"");
	assert_string_equal(rig_value(r, &id, EMAIL_ITEM), "\"Hanako@example.jp\"");
	assert_ok(vault_load_history(&from, record, &history, &r->e), &r->e);
	assert_int_equal(history.n, 1);
	assert_ok(vault_open_history(&from, record, history.values, 1, &old, &r->e), &r->e);
	assert_true(str_is(old.json, "\"old\""));
	assert_int_equal(rig_find(r, EMAIL_ITEM, "hanako@example.jp", NULL), 1);
	rig_free(r);
}

/* Erases ID whole, leaving objections. */
static void erase(struct rig *r, const struct uuid *id)
{
	struct vault_person *person;
	struct vault_record *record;
	struct vault_change *c;

	rig_load(r, id, &person, &record);
	assert_ok(vault_change_begin(r->vault, &r->arena, person, &c, &r->e), &r->e);
	assert_fails(vault_change_erase_person(c, &r->e), &r->e, CODE_CONFLICT);
	assert_ok(vault_change_objections(c, record, &r->customer, &r->e), &r->e);
	assert_ok(vault_change_erase_record(c, record, &r->e), &r->e);
	assert_ok(vault_change_erase_person(c, &r->e), &r->e);
	rig_store(r, c);
}

static void an_erased_person_leaves_no_row(void **state)
{
	struct rig *r = rig_make();
	struct uuid id = make(r);
	struct vault_person *person;
	struct vault_record *record;
	struct vault_text text;

	(void)state;
	rig_load(r, &id, &person, &record);
	assert_ok(vault_text_seal(r->vault, person, STR("asked by letter"), &r->arena, &text, &r->e), &r->e);
	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	assert_ok(vault_text_put(r->db, &text, &r->e), &r->e);
	rig_commit(r);
	erase(r, &id);
	assert_int_equal(count(r, "SELECT (SELECT count(*) FROM vault_person) + (SELECT count(*) FROM vault_record) + "
				  "(SELECT count(*) FROM vault_history) + (SELECT count(*) FROM vault_index) + "
				  "(SELECT count(*) FROM vault_text) + (SELECT count(*) FROM vault_outside)"),
			 0);
	rig_load(r, &id, &person, &record);
	assert_false(person->exists);
	assert_int_equal(rig_find(r, EMAIL_ITEM, "hanako@example.jp", NULL), 0);
	rig_free(r);
}

static bool begins_as_objected(struct rig *r, struct vault_put put)
{
	struct vault_person person;
	struct vault_record record;
	struct vault_change *c;
	bool objected;

	vault_new_person(r->vault, &person);
	vault_no_record(&person, CUSTOMER, &record);
	c = rig_change(r, &person, &record, &put, 1);
	assert_ok(vault_change_objected(c, r->db, &objected, &r->e), &r->e);
	return objected;
}

static void who_objected_by_erasure_is_known_again_by_a_contact(void **state)
{
	struct rig *r = rig_make();
	struct uuid id = make(r);

	(void)state;
	assert_false(begins_as_objected(r, rig_put(r, EMAIL_ITEM, "\"hanako@EXAMPLE.jp\"")));
	erase(r, &id);
	assert_true(begins_as_objected(r, rig_put(r, EMAIL_ITEM, "\"hanako@EXAMPLE.jp\"")));
	assert_false(begins_as_objected(r, rig_put(r, EMAIL_ITEM, "\"jiro@example.jp\"")));
	assert_false(begins_as_objected(r, rig_put(r, NAME_ITEM, "\"new name\"")));
	rig_free(r);
}

static bool always(void *ctx, uint32_t epoch)
{
	(void)epoch;
	return *(bool *)ctx;
}

/* Rotates, rewraps all and destroys what may go; the number destroyed. */
static size_t rotate(struct rig *r, bool refs_indexed)
{
	struct vault_rewrap pass = {.no_grace = true};
	struct vault_refs_indexed indexed = {always, &refs_indexed};
	uint32_t epoch;
	size_t n;

	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	assert_ok(vault_keys_rotate(r->vault, r->db, &epoch, &r->e), &r->e);
	rig_commit(r);
	assert_ok(vault_keys_reload(r->vault, r->db, &r->e), &r->e);
	assert_int_equal(vault_epoch(r->vault), epoch);
	while (!pass.finished) {
		assert_ok(db_begin_write(r->db, &r->e), &r->e);
		assert_ok(vault_rewrap_step(r->vault, r->db, 2, &pass, &r->e), &r->e);
		rig_commit(r);
	}
	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	assert_ok(vault_keys_destroy(r->vault, r->db, &pass, &indexed, &n, &r->e), &r->e);
	rig_commit(r);
	assert_ok(vault_keys_reload(r->vault, r->db, &r->e), &r->e);
	return n;
}

static void a_copy_of_the_rows_is_blind_once_the_kek_is_destroyed(void **state)
{
	struct rig *r = rig_make();
	struct uuid gone = make(r), stays;
	struct vault_put put = rig_put(r, NAME_ITEM, "\"stays\"");
	struct vault_reader from = rig_reader(r);
	struct vault_opened wanted = {.item = NAME_ITEM};
	struct vault_person *person;
	struct vault_record *record;

	(void)state;
	stays = rig_create(r, &put, 1);
	rig_sql(r, "CREATE TABLE p AS SELECT * FROM vault_person; CREATE TABLE r AS SELECT * FROM vault_record");
	erase(r, &gone);
	assert_int_equal(rotate(r, false), 0);
	assert_int_equal(rotate(r, true), 2);
	assert_string_equal(rig_value(r, &stays, NAME_ITEM), "\"stays\"");
	rig_sql(r, "INSERT OR IGNORE INTO vault_person SELECT * FROM p; INSERT OR IGNORE INTO vault_record SELECT * FROM r");
	rig_load(r, &gone, &person, &record);
	assert_fails(vault_open_items(&from, person, record, &wanted, 1, &r->e), &r->e, CODE_SEAL_BROKEN);
	rig_free(r);
}

/* True when NEEDLE stands anywhere in FILE of R. */
static bool file_has(const struct rig *r, const char *file, const void *needle, size_t n)
{
	char path[512];
	struct buf all;
	FILE *f;
	int c;
	bool found;

	snprintf(path, sizeof path, "%s/%s", r->dir, file);
	f = fopen(path, "rb");
	if (!f)
		return false;
	buf_init(&all);
	while ((c = fgetc(f)) != EOF)
		buf_byte(&all, (char)c);
	fclose(f);
	found = memmem(all.p, all.n, needle, n) != NULL;
	buf_free(&all);
	return found;
}

static void no_value_stands_readable_in_any_file(void **state)
{
	struct rig *r = rig_make();
	struct buf forms[5];
	const char *files[] = {"sekisho.db", "sekisho.db-wal", "sekisho.db-shm", "root.key"};
	char wide[2 * sizeof MARK] = {0};

	(void)state;
	make(r);
	for (size_t i = 0; i < sizeof MARK - 1; i++)
		wide[2 * i] = MARK[i];
	for (size_t i = 0; i < 5; i++)
		buf_init(&forms[i]);
	buf_text(&forms[0], MARK);
	buf_add(&forms[1], wide, 2 * (sizeof MARK - 1));
	buf_hex(&forms[2], MARK, sizeof MARK - 1);
	buf_base64url(&forms[3], MARK, 15);
	buf_base64url(&forms[4], "\"" MARK, 15);
	for (size_t i = 0; i < 5; i++) {
		for (size_t k = 0; k < 4; k++)
			assert_false(file_has(r, files[k], forms[i].p, forms[i].n));
		buf_free(&forms[i]);
	}
	assert_true(file_has(r, "sekisho.db-wal", "vault_person", 12));
	rig_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_erased_item_goes_with_its_history_and_the_rest_moves_on),
		cmocka_unit_test(an_erased_person_leaves_no_row),
		cmocka_unit_test(who_objected_by_erasure_is_known_again_by_a_contact),
		cmocka_unit_test(a_copy_of_the_rows_is_blind_once_the_kek_is_destroyed),
		cmocka_unit_test(no_value_stands_readable_in_any_file),
	};

	return cmocka_run_group_tests_name("vault/erase", tests, NULL, NULL);
}
