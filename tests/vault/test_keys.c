#include <sys/stat.h>

#include "vault/keys.h"
#include "vault/rig.h"

static void write_secret(const char *path, const char *text, mode_t mode)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
}

/* Closes R's vault and opens it again; the code of a failure, or none. */
static enum code reopen(struct rig *r)
{
	struct error e = {0};

	vault_close(r->vault);
	r->vault = NULL;
	if (ok(vault_open(r->db, &r->config, &r->vault, &e)))
		return CODE_NONE;
	assert_null(r->vault);
	return e.code;
}

static void a_vault_opens_again_with_its_key_file(void **state)
{
	struct rig *r = rig_make();
	struct uuid instance = *vault_instance(r->vault), id;
	struct vault_put put = rig_put(r, NAME_ITEM, "\"A\"");
	struct stat st;

	(void)state;
	id = rig_create(r, &put, 1);
	assert_int_equal(stat(r->key, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(st.st_size, 65);
	assert_int_equal(reopen(r), CODE_NONE);
	assert_true(uuid_eq(&instance, vault_instance(r->vault)));
	assert_string_equal(rig_value(r, &id, NAME_ITEM), "\"A\"");
	rig_free(r);
}

static void a_key_file_that_is_open_to_others_or_not_the_key_is_refused(void **state)
{
	static const char other[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";
	struct rig *r = rig_make();
	char elsewhere[200];

	(void)state;
	assert_int_equal(chmod(r->key, 0640), 0);
	assert_string_equal(code_text(reopen(r)), "key_mode");
	assert_int_equal(chmod(r->key, 0604), 0);
	assert_string_equal(code_text(reopen(r)), "key_mode");
	write_secret(r->key, other, 0600);
	assert_string_equal(code_text(reopen(r)), "key_invalid");
	write_secret(r->key, "0001", 0600);
	assert_string_equal(code_text(reopen(r)), "key_invalid");
	snprintf(elsewhere, sizeof elsewhere, "%s/none", r->dir);
	r->config.path = elsewhere;
	assert_string_equal(code_text(reopen(r)), "io");
	r->config.path = r->dir;
	assert_string_equal(code_text(reopen(r)), "io");
	r->config.path = r->key;
	r->config.source = KEY_PASSPHRASE;
	assert_string_equal(code_text(reopen(r)), "key_invalid");
	rig_free(r);
}

static void a_passphrase_opens_what_it_made_and_no_other_does(void **state)
{
	struct rig *r = rig_make();
	struct vault_put put = rig_put(r, NAME_ITEM, "\"A\"");
	struct uuid id;

	(void)state;
	vault_close(r->vault);
	write_secret(r->key, "correct horse battery staple\n", 0600);
	rig_sql(r, "DELETE FROM vault_instance; DELETE FROM vault_kek");
	r->config.source = KEY_PASSPHRASE;
	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	assert_ok(vault_create(r->db, &r->config, &r->vault, &r->e), &r->e);
	rig_commit(r);
	id = rig_create(r, &put, 1);
	assert_int_equal(reopen(r), CODE_NONE);
	assert_string_equal(rig_value(r, &id, NAME_ITEM), "\"A\"");
	write_secret(r->key, "correct horse battery stapler\n", 0600);
	assert_string_equal(code_text(reopen(r)), "key_invalid");
	write_secret(r->key, "\n", 0600);
	assert_string_equal(code_text(reopen(r)), "key_invalid");
	rig_free(r);
}

static void a_database_without_its_keys_is_refused(void **state)
{
	struct rig *r = rig_make();

	(void)state;
	rig_sql(r, "UPDATE vault_kek SET epoch = 2");
	assert_string_equal(code_text(reopen(r)), "key_invalid");
	rig_sql(r, "DELETE FROM vault_kek");
	assert_string_equal(code_text(reopen(r)), "key_invalid");
	rig_sql(r, "UPDATE vault_instance SET instance = randomblob(16)");
	assert_string_equal(code_text(reopen(r)), "key_invalid");
	rig_sql(r, "DELETE FROM vault_instance");
	assert_string_equal(code_text(reopen(r)), "instance_invalid");
	rig_free(r);
}

static void an_instance_is_made_once(void **state)
{
	struct rig *r = rig_make();
	struct vault *second;

	(void)state;
	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	assert_fails(vault_create(r->db, &r->config, &second, &r->e), &r->e, CODE_DUPLICATE);
	assert_null(second);
	db_rollback(r->db);
	rig_free(r);
}

static bool yes(void *ctx, uint32_t epoch)
{
	(void)ctx;
	(void)epoch;
	return true;
}

static void begin_epoch(struct rig *r)
{
	uint32_t epoch;

	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	assert_ok(vault_keys_rotate(r->vault, r->db, &epoch, &r->e), &r->e);
	rig_commit(r);
	assert_ok(vault_keys_reload(r->vault, r->db, &r->e), &r->e);
}

static void step(struct rig *r, struct vault_rewrap *pass)
{
	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	assert_ok(vault_rewrap_step(r->vault, r->db, 1, pass, &r->e), &r->e);
	rig_commit(r);
}

static size_t destroy(struct rig *r, const struct vault_rewrap *pass)
{
	struct vault_refs_indexed indexed = {yes, NULL};
	size_t n;

	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	assert_ok(vault_keys_destroy(r->vault, r->db, pass, &indexed, &n, &r->e), &r->e);
	rig_commit(r);
	assert_ok(vault_keys_reload(r->vault, r->db, &r->e), &r->e);
	return n;
}

static void an_epoch_ends_after_thirty_days_and_its_kek_goes_after_both_graces(void **state)
{
	struct rig *r = rig_make();
	struct vault_put put = rig_put(r, NAME_ITEM, "\"A\"");
	struct vault_rewrap pass = {.no_grace = false};
	struct vault_person *person;
	struct vault_record *record;
	struct uuid ids[3];

	(void)state;
	for (size_t i = 0; i < 3; i++)
		ids[i] = rig_create(r, &put, 1);
	assert_false(vault_keys_due(r->vault));
	r->now += INT64_C(30) * MS_PER_DAY;
	assert_true(vault_keys_due(r->vault));
	begin_epoch(r);
	assert_false(vault_keys_due(r->vault));
	step(r, &pass);
	assert_int_equal(pass.epoch, 0);
	r->now += VAULT_KEK_GRACE_MS;
	for (int i = 0; i < 4; i++)
		step(r, &pass);
	assert_true(pass.finished);
	assert_int_equal(pass.done, 3);
	assert_int_equal(destroy(r, &pass), 0);
	r->now += VAULT_KEK_GRACE_MS;
	assert_int_equal(destroy(r, &pass), 1);
	for (size_t i = 0; i < 3; i++) {
		rig_load(r, &ids[i], &person, &record);
		assert_int_equal(person->epoch, 2);
		assert_int_equal(record->epoch, 2);
		assert_string_equal(rig_value(r, &ids[i], NAME_ITEM), "\"A\"");
	}
	rig_free(r);
}

static void what_was_wrapped_long_before_is_not_stored(void **state)
{
	struct rig *r = rig_make();
	struct vault_put put = rig_put(r, NAME_ITEM, "\"A\"");
	struct vault_person person;
	struct vault_record record;
	struct vault_change *c;

	(void)state;
	vault_new_person(r->vault, &person);
	vault_no_record(&person, CUSTOMER, &record);
	c = rig_change(r, &person, &record, &put, 1);
	begin_epoch(r);
	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	assert_ok(vault_store(c, r->db, &r->e), &r->e);
	db_rollback(r->db);
	r->now += VAULT_KEK_GRACE_MS;
	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	assert_fails(vault_store(c, r->db, &r->e), &r->e, CODE_CONFLICT);
	db_rollback(r->db);
	rig_free(r);
}

static void an_update_prepared_before_a_rewrapping_keeps_the_new_key(void **state)
{
	struct rig *r = rig_make();
	struct vault_put put = rig_put(r, NAME_ITEM, "\"A\""), next = rig_put(r, NAME_ITEM, "\"B\"");
	struct vault_rewrap pass = {.no_grace = true};
	struct uuid id = rig_create(r, &put, 1);
	struct vault_person *person;
	struct vault_record *record;
	struct vault_change *c;

	(void)state;
	rig_load(r, &id, &person, &record);
	c = rig_change(r, person, record, &next, 1);
	begin_epoch(r);
	while (!pass.finished)
		step(r, &pass);
	rig_store(r, c);
	assert_int_equal(destroy(r, &pass), 1);
	assert_string_equal(rig_value(r, &id, NAME_ITEM), "\"B\"");
	rig_free(r);
}

static void an_erasure_says_when_no_key_backup_opens_a_copy(void **state)
{
	struct rig *r = rig_make();
	struct duration keep = {.days = 90};
	struct vault_finality f = vault_finality(r->vault, 1, r->now + MS_PER_DAY, keep, 540);

	(void)state;
	assert_int_equal(f.epoch, 1);
	assert_true(f.kek_until == r->now + INT64_C(31) * MS_PER_DAY + 2 * VAULT_KEK_GRACE_MS);
	assert_int_equal(f.copies_until, moment_date(f.kek_until, 540) + 91);
	f = vault_finality(r->vault, 9, r->now, keep, 540);
	assert_true(f.kek_until == r->now);
	rig_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_vault_opens_again_with_its_key_file),
		cmocka_unit_test(a_key_file_that_is_open_to_others_or_not_the_key_is_refused),
		cmocka_unit_test(a_passphrase_opens_what_it_made_and_no_other_does),
		cmocka_unit_test(a_database_without_its_keys_is_refused),
		cmocka_unit_test(an_instance_is_made_once),
		cmocka_unit_test(an_epoch_ends_after_thirty_days_and_its_kek_goes_after_both_graces),
		cmocka_unit_test(what_was_wrapped_long_before_is_not_stored),
		cmocka_unit_test(an_update_prepared_before_a_rewrapping_keeps_the_new_key),
		cmocka_unit_test(an_erasure_says_when_no_key_backup_opens_a_copy),
	};

	return cmocka_run_group_tests_name("vault/keys", tests, NULL, NULL);
}
