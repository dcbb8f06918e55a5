/*
 * The road into a de-identified set: only the declared items, only of whom they
 * may serve, and nobody who has withdrawn or gone before the set is recorded.
 */
#include "road.h"

#include "access/release.h"
#include "evidence/reader.h"

struct shop {
	struct road road;
	struct token_actor analyst, loader;
};

static void shop_make(struct shop *s)
{
	road_make(&s->road);
	s->analyst = road_actor(&s->road, "analyst");
}

/* Makes a purchaser NUMBER with ITEMS more (JSON members); gives their id. */
static struct uuid purchaser(struct shop *s, const char *number, const char *items)
{
	struct op_acquire in;
	struct uuid id;
	char text[512];
	json_t *v;

	snprintf(text, sizeof text, "{\"order_number\":\"%s\",\"name\":\"CANARY-NAME-%s\"%s%s}", number, number, items[0] ? "," : "", items);
	v = json_loads(text, 0, NULL);
	assert_non_null(v);
	op_acquire_init(&in, ACQUIRE_CREATE);
	road_ask(&in.op, &s->road.loader, "provide_service");
	in.category = STR("purchaser");
	in.items = v;
	in.has_acquisition = true;
	in.acquisition.channel = STR("web_form");
	in.acquisition.at = s->road.now;
	in.acquisition.has_notice = true;
	in.acquisition.notice = STR("shop");
	in.acquisition.notice_version = 1;
	in.acquisition.language = STR("ja");
	in.acquisition.shown_at = s->road.now;
	access_run(s->road.reader, &in.op);
	if (in.op.error.code != CODE_NONE)
		fail_msg("%s was not made: %s (%s)", number, code_text(in.op.error.code), in.op.error.where);
	json_decref(v);
	id = in.id;
	op_release(&in.op);
	road_pass(&s->road, 1);
	return id;
}

static struct gather *opened(struct shop *s)
{
	struct gather *g;
	struct error e = {0};

	assert_ok(gather_open(s->road.access, s->road.reader, &s->analyst, STR("purchaser_statistics"), &g, &e), &e);
	return g;
}

/* Reads all of G: the rows in TEXT, each in brackets. */
static void read_all(struct gather *g, struct buf *text)
{
	struct gather_row row;
	struct error e = {0};
	bool more;

	buf_init(text);
	for (;;) {
		assert_ok(gather_next(g, &row, &more, &e), &e);
		if (!more)
			return;
		buf_byte(text, '[');
		for (size_t i = 0; i < gather_columns(g); i++) {
			if (i)
				buf_byte(text, ',');
			buf_str(text, row.values[i].p ? row.values[i] : STR("-"));
		}
		buf_byte(text, ']');
	}
}

static void expect_rows(struct gather *g, const char *rows)
{
	struct buf text;

	read_all(g, &text);
	assert_string_equal(buf_c(&text), rows);
	buf_free(&text);
}

static bool stands(struct gather *g)
{
	struct error e = {0};
	bool is;

	assert_ok(gather_settle(g, &is, &e), &e);
	return is;
}

/* Does KIND to the person ID. */
static void mark(struct shop *s, const struct uuid *id, enum mark_kind kind, const char *purpose)
{
	struct str purposes[] = {str_of(purpose)};
	struct op_mark m;

	op_mark_init(&m, kind);
	road_ask(&m.op, &s->road.desk, "inquiry");
	m.subject = road_text(id);
	m.ground = STR("35-5");
	if (purpose) {
		m.purposes = purposes;
		m.n_purposes = 1;
	}
	access_run(s->road.reader, &m.op);
	if (m.op.error.code != CODE_NONE)
		fail_msg("the mark was refused: %s", code_text(m.op.error.code));
	op_release(&m.op);
}

static void a_set_has_its_declared_items_and_no_other(void **state)
{
	struct shop s;
	struct gather *g;

	(void)state;
	shop_make(&s);
	(void)purchaser(&s, "P1", "\"gender\":\"f\",\"age\":34,\"purchase\":\"CANARY\""); /* ignored: who it is does not matter */
	(void)purchaser(&s, "P2", "\"gender\":\"m\"");				    /* ignored: likewise */
	(void)road_made(&s.road, "C1", "\"gender\":\"x\"");				    /* ignored: a customer, of another category */
	g = opened(&s);
	assert_int_equal(gather_columns(g), 2);
	assert_true(str_is(gather_column(g, 0)->id, "gender"));
	assert_true(str_is(gather_column(g, 1)->id, "age"));
	expect_rows(g, "[\"f\",34][\"m\",-]");
	assert_int_equal(gather_counts(g)->taken, 2);
	assert_int_equal(gather_counts(g)->left_out, 0);
	assert_true(stands(g));
	gather_free(g);
	road_remove(&s.road);
}

static void a_set_leaves_out_whom_it_may_not_use(void **state)
{
	struct shop s;
	struct uuid id;
	struct gather *g;

	(void)state;
	shop_make(&s);
	id = purchaser(&s, "P1", "\"gender\":\"f\",\"age\":34");
	mark(&s, &id, MARK_SUSPEND, NULL);
	id = purchaser(&s, "P2", "\"gender\":\"m\",\"age\":40");
	mark(&s, &id, MARK_SUSPEND, "analysis"); /* the only purpose that uses gender and age */
	id = purchaser(&s, "P3", "\"gender\":\"f\",\"age\":50");
	mark(&s, &id, MARK_SUSPEND, "billing");
	g = opened(&s);
	expect_rows(g, "[\"f\",50]");
	assert_int_equal(gather_counts(g)->left_out, 2);
	assert_int_equal(gather_counts(g)->by_code[CODE_SUSPENDED], 2);
	gather_free(g);
	/* three years are kept, and then nothing of it is used for anything */
	road_pass(&s.road, INT64_C(4) * 366 * 86400 * 1000);
	g = opened(&s);
	expect_rows(g, "");
	assert_int_equal(gather_counts(g)->by_code[CODE_RETENTION_EXPIRED], 1);
	gather_free(g);
	road_remove(&s.road);
}

static void a_set_is_refused_to_who_may_not_make_it_and_the_refusal_is_recorded(void **state)
{
	struct shop s;
	struct gather *g;
	struct error e = {0};
	uint64_t size;

	(void)state;
	shop_make(&s);
	size = log_size(access_log(s.road.access));
	assert_fails(gather_open(s.road.access, s.road.reader, &s.road.billing, STR("purchaser_statistics"), &g, &e), &e, CODE_ROLE_LACKS_ACTION);
	assert_null(g);
	assert_int_equal(log_size(access_log(s.road.access)), size + 1);
	assert_fails(gather_open(s.road.access, s.road.reader, &s.analyst, STR("nothing_such"), &g, &e), &e, CODE_SET_UNKNOWN);
	assert_int_equal(log_size(access_log(s.road.access)), size + 2);
	/* that it may be made is told by the set's own entry */
	g = opened(&s);
	assert_int_equal(log_size(access_log(s.road.access)), size + 2);
	gather_free(g);
	road_remove(&s.road);
}

static void a_set_does_not_stand_once_someone_in_it_is_suspended_or_erased(void **state)
{
	struct shop s;
	struct uuid first, second;
	struct op_erase erase;
	struct gather *g;
	struct buf text;

	(void)state;
	shop_make(&s);
	first = purchaser(&s, "P1", "\"gender\":\"f\",\"age\":34");
	second = purchaser(&s, "P2", "\"gender\":\"m\",\"age\":40");
	g = opened(&s);
	read_all(g, &text);
	buf_free(&text);
	mark(&s, &first, MARK_HOLD, NULL); /* changes them, and takes nothing away */
	(void)purchaser(&s, "P3", "\"gender\":\"m\",\"age\":40"); /* ignored: came later */
	assert_true(stands(g));
	mark(&s, &first, MARK_SUSPEND, NULL);
	assert_false(stands(g));
	gather_free(g);
	g = opened(&s);
	expect_rows(g, "[\"m\",40][\"m\",40]");
	op_erase_init(&erase);
	road_ask(&erase.op, &s.road.desk, "inquiry");
	erase.subject = road_text(&second);
	erase.basis = STR("not_needed");
	access_run(s.road.reader, &erase.op);
	assert_int_equal(erase.op.error.code, CODE_NONE);
	op_release(&erase.op);
	assert_false(stands(g));
	gather_free(g);
	road_remove(&s.road);
}

/* Records what was made of G by S's analyst; gives the operation's error. */
static enum code record(struct shop *s, struct gather *g, uint64_t *entries)
{
	struct op_made_set m;
	enum code code;

	op_made_set_init(&m);
	m.op.actor = s->analyst;
	m.set = STR("purchaser_statistics");
	m.recipient = STR("research_buyer");
	m.means = STR("email");
	m.gather = g;
	m.facts = (struct release_facts){.records = 10, .smallest = 10, .k = 10, .method = STR("gender=keep"), .content = STR("{}")};
	access_run(s->road.reader, &m.op);
	code = m.op.error.code;
	*entries = m.op.n_entries;
	assert_int_equal(m.op.outcome, code == CODE_TOO_LATE ? OP_FAILED : OP_COMMITTED);
	op_release(&m.op);
	return code;
}

static void a_set_is_not_recorded_once_someone_in_it_is_suspended_after_all_was_settled(void **state)
{
	struct shop s;
	struct uuid id;
	struct gather *g;
	struct buf text;
	uint64_t size, entries;

	(void)state;
	shop_make(&s);
	id = purchaser(&s, "P1", "\"gender\":\"f\",\"age\":34");
	g = opened(&s);
	read_all(g, &text);
	buf_free(&text);
	assert_true(stands(g));
	mark(&s, &id, MARK_SUSPEND, NULL);
	size = log_size(access_log(s.road.access));
	assert_int_equal(record(&s, g, &entries), CODE_TOO_LATE);
	assert_int_equal(log_size(access_log(s.road.access)), size);
	/* nor once it cannot be told any more who has changed */
	gather_free(g);
	mark(&s, &id, MARK_RESUME, NULL);
	g = opened(&s);
	read_all(g, &text);
	buf_free(&text);
	assert_true(stands(g));
	for (int i = 0; i < 3; i++) {
		char number[8];

		snprintf(number, sizeof number, "L%d", i);
		road_pass(&s.road, 7000);
		(void)purchaser(&s, number, ""); /* ignored: a change, so that older ones are forgotten */
	}
	assert_int_equal(record(&s, g, &entries), CODE_TOO_LATE);
	assert_true(stands(g));
	assert_int_equal(record(&s, g, &entries), CODE_NONE);
	assert_int_equal(entries, 2); /* made, and delivered */
	assert_int_equal(log_size(access_log(s.road.access)), size + 6);
	gather_free(g);
	road_remove(&s.road);
}

static void releases_are_listed_with_whom_they_went_to(void **state)
{
	struct shop s;
	struct gather *g;
	struct buf text;
	struct releases list;
	struct arena a;
	struct error e = {0};
	const struct policy *p;
	uint64_t entries;
	uint32_t number;

	(void)state;
	shop_make(&s);
	arena_init(&a, 0, false);
	for (int i = 0; i < 70; i++) {
		g = opened(&s);
		read_all(g, &text);
		buf_free(&text);
		p = gather_policy(g);
		number = p->derived[policy_derived_find(p, STR("purchaser_statistics"))].number;
		assert_true(stands(g));
		assert_int_equal(record(&s, g, &entries), CODE_NONE);
		gather_free(g);
	}
	assert_ok(releases_list(access_reader_db(s.road.reader, &e), number, &a, &list, &e), &e);
	assert_int_equal(list.n, 70);
	assert_int_equal(list.n_deliveries, 70);
	for (uint32_t i = 0; i < 70; i++) {
		assert_int_equal(list.at[i].release, i + 1);
		assert_int_equal(list.at[i].facts.records, 10);
		assert_int_equal(list.deliveries[i].release, i + 1);
		assert_int_equal(list.deliveries[i].entry, list.at[i].entry + 1);
		assert_true(str_is(list.deliveries[i].recipient, "research_buyer") && str_is(list.deliveries[i].means, "email"));
	}
	arena_free(&a);
	road_remove(&s.road);
}

static void the_hash_of_a_set_is_that_of_its_values_and_of_no_other_instance(void **state)
{
	unsigned char hash[4][VAULT_FOLD];
	struct shop s;
	struct gather *g;
	struct buf text;

	(void)state;
	for (int i = 0; i < 2; i++) {
		shop_make(&s);
		(void)purchaser(&s, "P1", "\"gender\":\"f\",\"age\":34"); /* ignored: who it is does not matter */
		for (int again = 0; again < 2; again++) {
			g = opened(&s);
			read_all(g, &text);
			buf_free(&text);
			gather_hash(g, hash[2 * i + again]);
			gather_free(g);
		}
		assert_memory_equal(hash[2 * i], hash[2 * i + 1], VAULT_FOLD);
		road_remove(&s.road);
	}
	assert_memory_not_equal(hash[0], hash[2], VAULT_FOLD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_set_has_its_declared_items_and_no_other),
		cmocka_unit_test(a_set_leaves_out_whom_it_may_not_use),
		cmocka_unit_test(a_set_is_refused_to_who_may_not_make_it_and_the_refusal_is_recorded),
		cmocka_unit_test(a_set_does_not_stand_once_someone_in_it_is_suspended_or_erased),
		cmocka_unit_test(a_set_is_not_recorded_once_someone_in_it_is_suspended_after_all_was_settled),
		cmocka_unit_test(releases_are_listed_with_whom_they_went_to),
		cmocka_unit_test(the_hash_of_a_set_is_that_of_its_values_and_of_no_other_instance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
