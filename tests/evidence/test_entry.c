#include "test.h"

#include <string.h>

#include "base/file.h"
#include "evidence/entry.h"

static void expect_text(const struct entry *e, const char *expected)
{
	struct buf b;

	buf_init(&b);
	entry_write(&b, e);
	assert_string_equal(buf_c(&b), expected);
	buf_free(&b);
}

static void full_entry_has_its_keys_in_order(void **state)
{
	static const struct str items[] = {{"name", 4}};
	static const struct entry_withheld withheld[] = {{{"birth_date", 10}, {"purpose_mismatch", 16}}};
	static const unsigned char subject[1][ENTRY_SUBJECT] = {{0xff}};
	const struct uuid request = {{0x01, 0x90, 0, 0, 0, 0, 0x70, 0, 0x80}};
	const struct entry_fact facts[] = {{.key = FACT_LOG, .text = STR("g1/5")},
					   {.key = FACT_REASON, .text = {"\x00\x01\x02", 3}},
					   {.key = FACT_UNTIL, .number = 0},
					   {.key = FACT_COUNT, .number = -12}};
	const struct entry e = {
		.t = 123,
		.kind = ENTRY_READ,
		.policy = 3,
		.actor = STR("a7"),
		.role = STR("billing_app"),
		.purpose = STR("billing"),
		.category = STR("customer"),
		.result = STR("partial"),
		.items = items,
		.item_count = 1,
		.withheld = withheld,
		.withheld_count = 1,
		.request = &request,
		.subjects = subject,
		.subject_count = 1,
		.facts = facts,
		.fact_count = 4,
	};

	(void)state;
	expect_text(&e, "{\"v\":1,\"t\":\"1970-01-01T00:00:00.123Z\",\"kind\":\"read\",\"actor\":\"a7\","
			"\"role\":\"billing_app\",\"purpose\":\"billing\",\"category\":\"customer\",\"items\":[\"name\"],"
			"\"withheld\":{\"birth_date\":\"purpose_mismatch\"},\"result\":\"partial\",\"policy\":3,"
			"\"request\":\"01900000-0000-7000-8000-000000000000\",\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAA\","
			"\"subject\":\"_wAAAAAAAAAAAAAAAAAAAA\",\"reason\":\"AAEC\",\"count\":-12,"
			"\"until\":\"1970-01-01T00:00:00.000Z\",\"log\":\"g1/5\"}");
}

static void what_has_no_value_is_left_out(void **state)
{
	const struct entry e = {.kind = ENTRY_REFUSED};

	(void)state;
	expect_text(&e, "{\"v\":1,\"t\":\"1970-01-01T00:00:00.000Z\",\"kind\":\"refused\","
			"\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAA\"}");
}

static void look_up_names_its_subjects(void **state)
{
	static const unsigned char subjects[2][ENTRY_SUBJECT] = {{1}, {2}};
	struct entry e = {.kind = ENTRY_LOOKUP, .subjects = subjects, .subject_count = 1};

	(void)state;
	expect_text(&e, "{\"v\":1,\"t\":\"1970-01-01T00:00:00.000Z\",\"kind\":\"lookup\","
			"\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"subjects\":[\"AQAAAAAAAAAAAAAAAAAAAA\"]}");
	e.subject_count = 2;
	expect_text(&e, "{\"v\":1,\"t\":\"1970-01-01T00:00:00.000Z\",\"kind\":\"lookup\","
			"\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAA\","
			"\"subjects\":[\"AQAAAAAAAAAAAAAAAAAAAA\",\"AgAAAAAAAAAAAAAAAAAAAA\"]}");
}

static void every_kind_is_scanned_as_it_was_written(void **state)
{
	(void)state;
	for (size_t k = ENTRY_NONE + 1; k < ENTRY_KINDS; k++) {
		const struct entry e = {.kind = (enum entry_kind)k, .actor = STR("a\"1"), .policy = 12};
		struct entry_view v;
		struct buf b;

		buf_init(&b);
		entry_write(&b, &e);
		assert_true(entry_scan(buf_view(&b), &v));
		assert_int_equal(v.kind, k);
		assert_true(str_is(v.actor, "a\\\"1"));
		assert_true(str_is(v.policy, "12"));
		assert_int_equal(v.role.n, 0);
		assert_int_equal(v.subject_count, 0);
		assert_true(str_is(v.nonce, "AAAAAAAAAAAAAAAAAAAAAA"));
		assert_int_equal(entry_kind_of(str_of(entry_kind_name((enum entry_kind)k))), k);
		buf_free(&b);
	}
	assert_int_equal(entry_kind_of(STR("")), ENTRY_NONE);
	assert_int_equal(entry_kind_of(STR("none")), ENTRY_NONE);
}

static void scan_counts_subjects_and_finds_facts(void **state)
{
	static const unsigned char subjects[3][ENTRY_SUBJECT] = {{1}, {2}, {3}};
	const struct entry_fact facts[] = {{.key = FACT_CODE, .text = STR("not_found")},
					   {.key = FACT_NUMBER, .number = 7}};
	struct entry e = {.kind = ENTRY_LOOKUP, .subjects = subjects, .subject_count = 3, .facts = facts, .fact_count = 2};
	struct entry_view v;
	struct buf b;

	(void)state;
	buf_init(&b);
	entry_write(&b, &e);
	assert_true(entry_scan(buf_view(&b), &v));
	assert_int_equal(v.subject_count, 3);
	assert_true(str_is(v.facts, "\"code\":\"not_found\",\"number\":7"));
	buf_free(&b);
}

static void other_texts_are_no_entries(void **state)
{
	static const char *const texts[] = {
		"",
		"{}",
		"one",
		"{\"v\":2,\"t\":\"x\",\"kind\":\"read\",\"nonce\":\"A\"}",
		"{\"v\":1,\"t\":\"x\",\"kind\":\"peek\",\"nonce\":\"A\"}",
		"{\"v\":1,\"t\":\"x\",\"kind\":\"none\",\"nonce\":\"A\"}",
		"{\"v\":1,\"t\":\"x\",\"kind\":\"read\"}",
		"{\"v\":1,\"t\":\"x\",\"kind\":\"read\",\"nonce\":\"A\"} ",
		"{\"v\":1,\"t\":\"x\",\"kind\":\"read\",\"nonce\":\"A\"",
		"{\"v\":1, \"t\":\"x\",\"kind\":\"read\",\"nonce\":\"A\"}",
		"{\"v\":1,\"kind\":\"read\",\"t\":\"x\",\"nonce\":\"A\"}",
		"{\"v\":1,\"t\":\"x\",\"kind\":\"read\",\"nonce\":\"A\",\"name\":\"Sato\"}",
		"{\"v\":1,\"t\":\"x\",\"kind\":\"read\",\"nonce\":\"A\",\"count\":\"1\"}",
		"{\"v\":1,\"t\":\"x\",\"kind\":\"read\",\"nonce\":\"A\",\"number\":1,\"code\":\"x\"}",
		"{\"v\":1,\"t\":\"x\",\"kind\":\"read\",\"nonce\":\"A\",\"code\":\"x\",\"code\":\"y\"}",
		"{\"v\":1,\"t\":\"x\",\"kind\":\"read\",\"items\":[],\"nonce\":\"A\"}",
		"{\"v\":1,\"t\":\"x\",\"kind\":\"read\",\"withheld\":{},\"nonce\":\"A\"}",
		"{\"v\":1,\"t\":\"x\",\"kind\":\"read\",\"policy\":,\"nonce\":\"A\"}",
		"{\"v\":1,\"t\":\"x\",\"kind\":\"read\",\"nonce\":\"A\\",
		"{\"v\":1,\"t\":\"x\ny\",\"kind\":\"read\",\"nonce\":\"A\"}",
	};
	struct entry_view v;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (entry_scan(str_of(texts[i]), &v))
			fail_msg("%s was taken", texts[i]);
}

static void every_kind_and_fact_is_documented(void **state)
{
	static const char *const names[] = {
#define X(id, name) name,
#include "evidence/kinds.def"
#undef X
#define X(id, name, type) name,
#include "evidence/facts.def"
#undef X
	};
	struct error e = {0};
	struct buf page, quoted;

	(void)state;
	buf_init(&page);
	buf_init(&quoted);
	assert_ok(file_read(TEST_SOURCE_DIR "/../docs/formats-log.md", 1 << 20, &page, &e), &e);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		buf_reset(&quoted);
		buf_byte(&quoted, '`');
		buf_text(&quoted, names[i]);
		buf_byte(&quoted, '`');
		if (!strstr(buf_c(&page), buf_c(&quoted)))
			fail_msg("docs/formats-log.md lacks %s", names[i]);
	}
	buf_free(&page);
	buf_free(&quoted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(full_entry_has_its_keys_in_order),
		cmocka_unit_test(what_has_no_value_is_left_out),
		cmocka_unit_test(look_up_names_its_subjects),
		cmocka_unit_test(every_kind_is_scanned_as_it_was_written),
		cmocka_unit_test(scan_counts_subjects_and_finds_facts),
		cmocka_unit_test(other_texts_are_no_entries),
		cmocka_unit_test(every_kind_and_fact_is_documented),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
