/* Acquiring, as only the operations themselves show it. */
#include "road.h"

/* Creates by postcard, whose notice tells of surveys only; gives the code. */
static enum code postcard(struct road *r, const char *items, struct uuid *id, bool *created)
{
	json_t *v = json_loads(items, 0, NULL);
	struct op_acquire in;
	enum code code;

	assert_non_null(v);
	op_acquire_init(&in, ACQUIRE_CREATE);
	road_ask(&in.op, &r->loader, "provide_service");
	in.category = STR("customer");
	in.items = v;
	in.has_acquisition = true;
	in.acquisition = (struct gate_acquisition){.channel = STR("postcard"), .at = r->now, .has_notice = true,
						   .notice = STR("survey"), .notice_version = 1, .language = STR("ja"),
						   .shown_at = r->now};
	access_run(r->reader, &in.op);
	code = in.op.error.code;
	*id = in.id;
	*created = in.created;
	op_release(&in.op);
	json_decref(v);
	return code;
}

static void an_external_id_that_nothing_needs_is_a_key_and_no_value(void **state)
{
	struct road r;
	struct uuid first, second;
	struct op_read q;
	bool created;
	int number;

	(void)state;
	road_make(&r);
	assert_int_equal(postcard(&r, "{\"customer_number\":\"C1\",\"name\":\"A\"}", &first, &created), CODE_NONE);
	assert_true(created);
	/* it is known by its key */
	assert_int_equal(postcard(&r, "{\"customer_number\":\"C1\",\"name\":\"A\",\"email\":\"a@mail.example\"}", &second, &created),
			 CODE_NONE);
	assert_false(created);
	assert_true(uuid_eq(&first, &second));
	/* but the value is nowhere: a survey reads the name, and the number is not bound to anything */
	assert_int_equal(road_read(&r, &r.marketing, "survey", &first, "name", "\"A\""), CODE_NONE);
	road_read_init(&q, &r.billing, "billing", road_text(&first), "customer_number");
	access_run(r.reader, &q.op);
	number = policy_item_find(q.in, STR("customer_number"));
	assert_true(number >= 0);
	assert_true(q.op.error.code != CODE_NONE || q.values[number].p == NULL);
	op_release(&q.op);
	road_remove(&r);
}

static void a_value_that_no_purpose_told_of_needs_is_refused(void **state)
{
	struct road r;
	struct uuid id;
	bool created;

	(void)state;
	road_make(&r);
	assert_int_equal(postcard(&r, "{\"name\":\"A\",\"card_number\":\"4111111111111111\"}", &id, &created), CODE_ITEM_NOT_NEEDED);
	road_remove(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_external_id_that_nothing_needs_is_a_key_and_no_value),
		cmocka_unit_test(a_value_that_no_purpose_told_of_needs_is_refused),
	};

	return cmocka_run_group_tests_name("access/acquire", tests, NULL, NULL);
}
