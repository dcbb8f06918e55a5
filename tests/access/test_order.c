/*
 * The promises of docs/architecture.md about order: C1 one order, C2 real time, C3
 * bounded.  Each case holds the sequencer back until a read and a change that
 * matters to it wait together, which without the promise's keeper gives the old
 * answer.
 */
#include "road.h"

#include "evidence/entry.h"
#include "evidence/reader.h"

/* An operation under way, and whether it was told. */
struct flight {
	_Atomic int told;
};

static void landed(struct op *op, void *ctx)
{
	(void)op;
	((struct flight *)ctx)->told++;
}

static void submit(struct road *r, struct op *op, struct flight *f)
{
	op->done = landed;
	op->ctx = f;
	access_submit(r->reader, op);
}

static void await(struct flight *f, int times)
{
	while (f->told < times)
		usleep(200);
}

/* Makes the withdrawal of `marketing` of the person with TEXT ready. */
static void withdrawal(struct road *r, struct op_consent *c, struct str text)
{
	op_consent_init(c);
	road_ask(&c->op, &r->desk, "inquiry");
	c->subject = text;
	c->consent.consent = STR("marketing");
	c->consent.withdraw = true;
	c->consent.at = r->now;
}

/* The kind of the entry that OP made first. */
static enum entry_kind kind_at(struct road *r, const struct op *op)
{
	struct error e = {0};
	struct log_reader *reader;
	struct entry_view view;
	struct str entry;
	enum entry_kind kind;
	struct db *d;

	access_reader_rest(r->reader); /* its snapshot is from before the commit */
	d = access_reader_db(r->reader, &e);
	assert_non_null(d);
	assert_ok(log_reader_make(d, 1, &reader, &e), &e);
	assert_ok(log_reader_entry(reader, op->first, &entry, &e), &e);
	assert_true(entry_scan(entry, &view));
	kind = view.kind;
	log_reader_free(reader);
	access_reader_rest(r->reader);
	return kind;
}

static void a_read_that_waits_with_a_withdrawal_is_decided_by_the_state_at_its_place(void **state)
{
	struct road r;
	struct flight f = {0};
	struct op_read read;
	struct op_consent change;
	struct uuid id;
	char text[UUID_TEXT];

	(void)state;
	road_make(&r);
	id = road_made(&r, "C1", "\"email\":\"a@mail.example\"");
	memcpy(text, road_text(&id).p, sizeof text);
	assert_int_equal(road_marketing(&r, &id, false), CODE_NONE);
	assert_int_equal(road_read(&r, &r.marketing, "proposals", &id, "email", "\"a@mail.example\""), CODE_NONE);
	road_pass(&r, 10);
	sequencer_pause(access_sequencer(r.access));
	access_reader_rest(r.reader);
	/* the read is decided first, as allowed, and arrives first */
	road_read_init(&read, &r.marketing, "proposals", (struct str){text, sizeof text}, "email");
	submit(&r, &read.op, &f);
	assert_int_equal(read.op.error.code, CODE_NONE);
	withdrawal(&r, &change, (struct str){text, sizeof text});
	submit(&r, &change.op, &f);
	sequencer_resume(access_sequencer(r.access));
	await(&f, 2);
	/* C1: in the log the withdrawal stands before the read, and the read is refused because of it */
	assert_int_equal(change.op.error.code, CODE_NONE);
	assert_int_equal(read.op.error.code, CODE_CONSENT_WITHDRAWN);
	assert_null(read.values);
	assert_true(change.op.first < read.op.first);
	assert_int_equal(kind_at(&r, &change.op), ENTRY_WITHDRAW);
	assert_int_equal(kind_at(&r, &read.op), ENTRY_READ);
	assert_true(access_deliver(r.reader, &read.op));
	op_release(&read.op);
	op_release(&change.op);
	road_remove(&r);
}

static void an_answer_that_was_committed_before_a_withdrawal_is_not_sent_after_it(void **state)
{
	struct road r;
	struct flight f = {0};
	struct op_read read;
	struct uuid id;
	char text[UUID_TEXT];

	(void)state;
	road_make(&r);
	id = road_made(&r, "C1", "\"email\":\"a@mail.example\"");
	memcpy(text, road_text(&id).p, sizeof text);
	assert_int_equal(road_marketing(&r, &id, false), CODE_NONE);
	road_read_init(&read, &r.marketing, "proposals", (struct str){text, sizeof text}, "email");
	access_reader_rest(r.reader);
	submit(&r, &read.op, &f);
	await(&f, 1);
	/* committed as allowed, but its answer has not left yet when a withdrawal is acknowledged */
	assert_int_equal(read.op.error.code, CODE_NONE);
	road_pass(&r, 10);
	assert_int_equal(road_marketing(&r, &id, true), CODE_NONE);
	assert_false(access_deliver(r.reader, &read.op));
	submit(&r, &read.op, &f);
	await(&f, 2);
	assert_int_equal(read.op.error.code, CODE_CONSENT_WITHDRAWN);
	assert_true(access_deliver(r.reader, &read.op));
	op_release(&read.op);
	road_remove(&r);
}

static void a_revoked_token_gets_no_answer_that_was_decided_before(void **state)
{
	struct road r;
	struct flight f = {0};
	struct op_read read;
	struct op_token revoke;
	struct uuid id;
	char text[UUID_TEXT];

	(void)state;
	road_make(&r);
	id = road_made(&r, "C1", "");
	memcpy(text, road_text(&id).p, sizeof text);
	road_read_init(&read, &r.billing, "billing", (struct str){text, sizeof text}, "name");
	access_reader_rest(r.reader);
	submit(&r, &read.op, &f);
	await(&f, 1);
	assert_int_equal(read.op.error.code, CODE_NONE);
	op_token_init(&revoke);
	revoke.revoke = true;
	revoke.name = STR("billing_app");
	access_run(r.reader, &revoke.op);
	assert_int_equal(revoke.op.error.code, CODE_NONE);
	op_release(&revoke.op);
	assert_false(access_deliver(r.reader, &read.op));
	submit(&r, &read.op, &f);
	await(&f, 2);
	assert_int_equal(read.op.error.code, CODE_UNAUTHORIZED);
	op_release(&read.op);
	road_remove(&r);
}

static void an_answer_older_than_five_seconds_is_not_given(void **state)
{
	struct road r;
	struct flight f = {0};
	struct op_read waits, late;
	struct uuid id;
	char text[UUID_TEXT];

	(void)state;
	road_make(&r);
	id = road_made(&r, "C1", "");
	memcpy(text, road_text(&id).p, sizeof text);
	/* too late for the commit: no entry either */
	road_read_init(&waits, &r.billing, "billing", (struct str){text, sizeof text}, "name");
	sequencer_pause(access_sequencer(r.access));
	access_reader_rest(r.reader);
	submit(&r, &waits.op, &f);
	road_pass(&r, 5001);
	sequencer_resume(access_sequencer(r.access));
	await(&f, 1);
	assert_int_equal(waits.op.outcome, OP_FAILED);
	assert_int_equal(waits.op.error.code, CODE_TOO_LATE);
	assert_int_equal(waits.op.n_entries, 0);
	/* committed in time, but not sent in time: no data */
	road_read_init(&late, &r.billing, "billing", (struct str){text, sizeof text}, "name");
	access_reader_rest(r.reader);
	submit(&r, &late.op, &f);
	await(&f, 2);
	assert_int_equal(late.op.error.code, CODE_NONE);
	road_pass(&r, 5001);
	assert_true(access_deliver(r.reader, &late.op));
	assert_int_equal(late.op.error.code, CODE_TOO_LATE);
	op_release(&waits.op);
	op_release(&late.op);
	road_remove(&r);
}

static void two_creates_of_one_external_id_that_wait_together_make_one_person(void **state)
{
	struct road r;
	struct flight f = {0};
	struct op_acquire first, second;
	json_t *items = json_loads("{\"customer_number\":\"C9\",\"name\":\"A\"}", 0, NULL);
	struct op_acquire *both[] = {&first, &second};

	(void)state;
	road_make(&r);
	sequencer_pause(access_sequencer(r.access));
	access_reader_rest(r.reader);
	for (int i = 0; i < 2; i++) {
		op_acquire_init(both[i], ACQUIRE_CREATE);
		road_ask(&both[i]->op, &r.loader, "provide_service");
		both[i]->category = STR("customer");
		both[i]->items = items;
		both[i]->has_acquisition = true;
		both[i]->acquisition = (struct gate_acquisition){.channel = STR("web_form"), .at = r.now, .has_notice = true,
								 .notice = STR("sign_up"), .notice_version = 1,
								 .language = STR("ja"), .shown_at = r.now};
		submit(&r, &both[i]->op, &f);
	}
	sequencer_resume(access_sequencer(r.access));
	await(&f, 2);
	assert_int_equal(first.op.error.code, CODE_NONE);
	assert_int_equal(second.op.error.code, CODE_NONE);
	assert_true(first.created);
	assert_false(second.created);
	assert_true(uuid_eq(&first.id, &second.id));
	op_release(&first.op);
	op_release(&second.op);
	json_decref(items);
	road_remove(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_read_that_waits_with_a_withdrawal_is_decided_by_the_state_at_its_place),
		cmocka_unit_test(an_answer_that_was_committed_before_a_withdrawal_is_not_sent_after_it),
		cmocka_unit_test(a_revoked_token_gets_no_answer_that_was_decided_before),
		cmocka_unit_test(an_answer_older_than_five_seconds_is_not_given),
		cmocka_unit_test(two_creates_of_one_external_id_that_wait_together_make_one_person),
	};

	return cmocka_run_group_tests_name("access/order", tests, NULL, NULL);
}
