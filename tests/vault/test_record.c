#include "vault/rig.h"

static const char *const marks[] = {"\"C-0001\"", "\"山田 太郎\"", "\"090-1234-5678\"", "\"Taro@Example.jp\""};

static struct uuid make_taro(struct rig *r)
{
	struct vault_put puts[] = {rig_put(r, EMAIL_ITEM, marks[3]), rig_put(r, NUMBER_ITEM, marks[0]),
				   rig_put(r, NAME_ITEM, marks[1]), rig_put(r, PHONE_ITEM, marks[2])};

	return rig_create(r, puts, 4);
}

static void what_is_created_is_read_again(void **state)
{
	struct rig *r = rig_make();
	struct uuid id = make_taro(r);
	struct vault_person *person;
	struct vault_record *record;

	(void)state;
	rig_load(r, &id, &person, &record);
	assert_true(person->exists);
	assert_int_equal(person->revision, 1);
	assert_int_equal(person->state.n_values, 4);
	assert_int_equal(record->version, 1);
	assert_int_equal(record->n_items, 4);
	assert_int_equal(record->n_writes, 1);
	assert_int_equal(record->writes[0].actor, 5);
	assert_string_equal(rig_value(r, &id, NUMBER_ITEM), marks[0]);
	assert_string_equal(rig_value(r, &id, NAME_ITEM), marks[1]);
	assert_string_equal(rig_value(r, &id, PHONE_ITEM), marks[2]);
	assert_string_equal(rig_value(r, &id, EMAIL_ITEM), marks[3]);
	assert_string_equal(rig_value(r, &id, NOTE_ITEM), "");
	rig_free(r);
}

static void nobody_is_loaded_as_nobody(void **state)
{
	struct rig *r = rig_make();
	struct uuid id = uuid_make(r->now, &r->config.entropy);
	struct vault_person *person;
	struct vault_record *record;

	(void)state;
	rig_load(r, &id, &person, &record);
	assert_false(person->exists);
	assert_false(person->state.exists);
	assert_false(record->exists);
	rig_free(r);
}

static void an_update_keeps_what_it_does_not_name_and_the_old_in_history(void **state)
{
	struct rig *r = rig_make();
	struct uuid id = make_taro(r);
	struct vault_put puts[] = {rig_put(r, PHONE_ITEM, "\"03-1234-5678\""), rig_put(r, EMAIL_ITEM, NULL)};
	struct vault_reader from = rig_reader(r);
	struct vault_person *person;
	struct vault_record *record;
	struct vault_history history;
	struct vault_opened old[2];

	(void)state;
	rig_load(r, &id, &person, &record);
	r->now += 1000;
	rig_store(r, rig_change(r, person, record, puts, 2));
	rig_load(r, &id, &person, &record);
	assert_int_equal(record->version, 2);
	assert_int_equal(person->revision, 2);
	assert_int_equal(vault_item_find(record, NAME_ITEM)->write->version, 1);
	assert_int_equal(vault_item_find(record, PHONE_ITEM)->write->version, 2);
	assert_null(vault_item_find(record, EMAIL_ITEM));
	assert_string_equal(rig_value(r, &id, NAME_ITEM), marks[1]);
	assert_string_equal(rig_value(r, &id, PHONE_ITEM), "\"03-1234-5678\"");
	assert_ok(vault_load_history(&from, record, &history, &r->e), &r->e);
	assert_int_equal(history.n, 2);
	assert_true(history.values[0].replaced == r->now);
	assert_int_equal(history.values[0].value.write->actor, 5);
	assert_ok(vault_open_history(&from, record, history.values, 2, old, &r->e), &r->e);
	assert_true(str_is(old[0].json, marks[2]));
	assert_true(str_is(old[1].json, marks[3]));
	assert_int_equal(rig_find(r, PHONE_ITEM, "090-1234-5678", NULL), 0);
	assert_int_equal(rig_find(r, PHONE_ITEM, "03-1234-5678", NULL), 1);
	assert_int_equal(rig_find(r, EMAIL_ITEM, "taro@example.jp", NULL), 0);
	rig_free(r);
}

static void look_up_finds_what_people_take_for_the_same(void **state)
{
	struct rig *r = rig_make();
	struct uuid id = make_taro(r), found;

	(void)state;
	assert_int_equal(rig_find(r, PHONE_ITEM, "+81 (0)90 1234 5678", &found), 1);
	assert_true(uuid_eq(&found, &id));
	assert_int_equal(rig_find(r, EMAIL_ITEM, "ＴＡＲＯ＠example.jp", &found), 1);
	assert_int_equal(rig_find(r, NUMBER_ITEM, "c-0001", &found), 1);
	assert_int_equal(rig_find(r, NUMBER_ITEM, "c-0002", &found), 0);
	rig_free(r);
}

static void a_unique_value_of_another_is_named(void **state)
{
	struct rig *r = rig_make();
	struct uuid id = make_taro(r);
	struct vault_put puts[] = {rig_put(r, NUMBER_ITEM, "\"Ｃ－0001\""), rig_put(r, PHONE_ITEM, marks[2])};
	struct vault_person person;
	struct vault_record record;
	struct vault_duplicate duplicate;
	struct vault_change *c;

	(void)state;
	vault_new_person(r->vault, &person);
	vault_no_record(&person, CUSTOMER, &record);
	c = rig_change(r, &person, &record, puts, 2);
	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	assert_ok(vault_change_duplicate(c, r->db, &duplicate, &r->e), &r->e);
	db_rollback(r->db);
	assert_ptr_equal(duplicate.item, &r->items[0]);
	assert_true(uuid_eq(&duplicate.other, &id));
	c = rig_change(r, &person, &record, puts + 1, 1);
	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	assert_ok(vault_change_duplicate(c, r->db, &duplicate, &r->e), &r->e);
	db_rollback(r->db);
	assert_null(duplicate.item);
	rig_free(r);
}

static void a_change_that_came_second_is_refused(void **state)
{
	struct rig *r = rig_make();
	struct uuid id = make_taro(r);
	struct vault_put first = rig_put(r, NAME_ITEM, "\"A\""), second = rig_put(r, NAME_ITEM, "\"B\"");
	struct vault_person *person;
	struct vault_record *record;
	struct vault_change *a, *b;

	(void)state;
	rig_load(r, &id, &person, &record);
	a = rig_change(r, person, record, &first, 1);
	b = rig_change(r, person, record, &second, 1);
	rig_store(r, a);
	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	assert_fails(vault_store(b, r->db, &r->e), &r->e, CODE_CONFLICT);
	db_rollback(r->db);
	assert_string_equal(rig_value(r, &id, NAME_ITEM), "\"A\"");
	rig_free(r);
}

static void a_state_that_disagrees_with_its_records_is_refused(void **state)
{
	struct rig *r = rig_make();
	struct uuid id = make_taro(r);
	struct person_state changed;
	struct person_value values[4];
	struct vault_person *person;
	struct vault_record *record;
	struct vault_change *c;

	(void)state;
	rig_load(r, &id, &person, &record);
	changed = person->state;
	memcpy(values, changed.values, sizeof values);
	values[2].version++;
	changed.values = values;
	assert_ok(vault_change_begin(r->vault, &r->arena, person, &c, &r->e), &r->e);
	assert_fails(vault_change_state(c, &changed, &r->e), &r->e, CODE_INTERNAL);
	changed.n_values = 3;
	assert_fails(vault_change_state(c, &changed, &r->e), &r->e, CODE_INTERNAL);
	changed.n_values = 0;
	changed.n_categories = 0;
	assert_fails(vault_change_state(c, &changed, &r->e), &r->e, CODE_INTERNAL);
	assert_fails(vault_store(c, r->db, &r->e), &r->e, CODE_INTERNAL);
	rig_free(r);
}

static void a_key_that_is_not_stored_is_found_and_has_no_value(void **state)
{
	struct rig *r = rig_make();
	struct vault_put puts[] = {rig_put(r, NUMBER_ITEM, marks[0]), rig_put(r, NAME_ITEM, marks[1])};
	struct person_state s;
	struct vault_by by = {.at = r->now};
	struct vault_person person;
	struct vault_record record;
	struct vault_change *c;

	(void)state;
	puts[0].key_only = true;
	vault_new_person(r->vault, &person);
	vault_no_record(&person, CUSTOMER, &record);
	s = rig_state(r, &person, &record, puts + 1, 1);
	assert_ok(vault_change_begin(r->vault, &r->arena, &person, &c, &r->e), &r->e);
	assert_ok(vault_change_values(c, &record, puts, 2, &by, &r->e), &r->e);
	assert_ok(vault_change_state(c, &s, &r->e), &r->e);
	rig_store(r, c);
	assert_int_equal(rig_find(r, NUMBER_ITEM, "C-0001", NULL), 1);
	assert_string_equal(rig_value(r, &person.id, NUMBER_ITEM), "");
	assert_string_equal(rig_value(r, &person.id, NAME_ITEM), marks[1]);
	rig_free(r);
}

enum { VISITOR = 9, ENTERED_ITEM = 31 };

/* Adds a second category with one value to PERSON, who is a customer with the items of RECORD. */
static void add_visitor(struct rig *r, const struct vault_person *person, const struct vault_record *record)
{
	static const uint32_t categories[] = {CUSTOMER, VISITOR};
	static const uint16_t first[] = {0};
	struct policy_item entered = {.number = ENTERED_ITEM, .type = ITEM_DATETIME};
	struct vault_put put = {.item = &entered, .json = STR("\"2026-12-01T00:00:00Z\"")};
	struct person_state s = rig_state(r, person, record, NULL, 0);
	struct person_value *values = arena_array(&r->arena, s.n_values + 1, sizeof *values);
	struct vault_by by = {.at = r->now, .actor = 6};
	struct vault_record none;
	struct vault_change *c;

	memcpy(values, s.values, s.n_values * sizeof *values);
	values[s.n_values++] = (struct person_value){VISITOR, ENTERED_ITEM, 1, first, 1};
	s.values = values;
	s.categories = categories;
	s.n_categories = 2;
	vault_no_record(person, VISITOR, &none);
	assert_ok(vault_change_begin(r->vault, &r->arena, person, &c, &r->e), &r->e);
	assert_ok(vault_change_values(c, &none, &put, 1, &by, &r->e), &r->e);
	assert_fails(vault_change_values(c, &none, &put, 1, &by, &r->e), &r->e, CODE_INTERNAL);
	assert_ok(vault_change_state(c, &s, &r->e), &r->e);
	rig_store(r, c);
}

static void categories_are_added_and_erased_one_by_one(void **state)
{
	struct rig *r = rig_make();
	struct uuid id = make_taro(r);
	struct vault_reader from = rig_reader(r);
	struct vault_opened wanted = {.item = ENTERED_ITEM};
	struct vault_person *person;
	struct vault_record *record, visitor;
	struct person_state s;
	struct vault_change *c;

	(void)state;
	rig_load(r, &id, &person, &record);
	add_visitor(r, person, record);
	rig_load(r, &id, &person, &record);
	assert_int_equal(person->state.n_categories, 2);
	assert_ok(vault_load_record(&from, person, VISITOR, &visitor, &r->e), &r->e);
	assert_memory_not_equal(record->key, visitor.key, sizeof visitor.key);
	assert_ok(vault_open_items(&from, person, &visitor, &wanted, 1, &r->e), &r->e);
	assert_true(str_is(wanted.json, "\"2026-12-01T00:00:00Z\""));
	s = rig_state(r, person, record, NULL, 0);
	assert_ok(vault_change_begin(r->vault, &r->arena, person, &c, &r->e), &r->e);
	assert_ok(vault_change_erase_record(c, &visitor, &r->e), &r->e);
	assert_fails(vault_change_erase_person(c, &r->e), &r->e, CODE_CONFLICT);
	assert_ok(vault_change_state(c, &s, &r->e), &r->e);
	rig_store(r, c);
	rig_load(r, &id, &person, &record);
	assert_int_equal(person->state.n_categories, 1);
	assert_ok(vault_load_record(&from, person, VISITOR, &visitor, &r->e), &r->e);
	assert_false(visitor.exists);
	assert_string_equal(rig_value(r, &id, NAME_ITEM), marks[1]);
	rig_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_created_is_read_again),
		cmocka_unit_test(nobody_is_loaded_as_nobody),
		cmocka_unit_test(an_update_keeps_what_it_does_not_name_and_the_old_in_history),
		cmocka_unit_test(look_up_finds_what_people_take_for_the_same),
		cmocka_unit_test(a_unique_value_of_another_is_named),
		cmocka_unit_test(a_change_that_came_second_is_refused),
		cmocka_unit_test(a_state_that_disagrees_with_its_records_is_refused),
		cmocka_unit_test(a_key_that_is_not_stored_is_found_and_has_no_value),
		cmocka_unit_test(categories_are_added_and_erased_one_by_one),
	};

	return cmocka_run_group_tests_name("vault/record", tests, NULL, NULL);
}
