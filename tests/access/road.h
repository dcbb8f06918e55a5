/*
 * tests/access/road.h - an instance of the reference example, open in this process.
 *
 * Time is the test's own: it stands until road_pass moves it.  Everything goes
 * through the operations of access/, as the API does it.
 */
#ifndef SEKISHO_TEST_ROAD_H
#define SEKISHO_TEST_ROAD_H

#include <pthread.h>
#include <stdatomic.h>

#include "scratch.h"

#ifndef TEST_SOURCE_DIR
#define TEST_SOURCE_DIR "." /* this header compiled alone */
#endif

#include "access/access.h"
#include "access/acquire.h"
#include "access/admin.h"
#include "access/consent.h"
#include "access/erase.h"
#include "access/lookup.h"
#include "access/mark.h"
#include "access/read.h"
#include "access/sequencer.h"
#include "access/trace.h"
#include "crypto/crypto.h"
#include "publish/texts.h"

struct road {
	struct scratch scratch;
	char dir[1100];
	_Atomic int64_t now; /* of both clocks */
	struct access *access;
	struct access_reader *reader;
	struct token_actor loader, billing, marketing, desk, officer;
};

/* The time of the road CTX, for both clocks. */
static inline int64_t road_clock(void *ctx)
{
	return ((struct road *)ctx)->now;
}

/* Lets MS milliseconds pass. */
static inline void road_pass(struct road *r, int64_t ms)
{
	r->now += ms;
}

/* The options that R is opened with. */
static inline struct access_options road_options(struct road *r)
{
	return (struct access_options){
		.clock = {road_clock, road_clock, r},
		.entropy = crypto_entropy(),
		.no_housekeeper = true,
	};
}

/* Opens the instance of R. */
static inline void road_open(struct road *r)
{
	const struct access_options o = road_options(r);
	struct error e = {0};

	assert_ok(access_open(r->dir, &o, &r->access, &e), &e);
	assert_ok(access_reader_open(r->access, &r->reader, &e), &e);
}

/* Closes the instance of R, which stays on disk. */
static inline void road_shut(struct road *r)
{
	access_reader_close(r->reader);
	access_close(r->access);
	r->reader = NULL;
	r->access = NULL;
}

/* The actor of a new token of ROLE. */
static inline struct token_actor road_actor(struct road *r, const char *role)
{
	struct token_actor actor;
	struct op_token t;

	op_token_init(&t);
	t.name = str_of(role);
	t.role = str_of(role);
	access_run(r->reader, &t.op);
	assert_int_equal(t.op.outcome, OP_COMMITTED);
	assert_int_equal(t.op.error.code, CODE_NONE);
	assert_true(access_actor(r->access, str_of(t.text), &actor));
	op_release(&t.op);
	return actor;
}

/* Makes the instance of R, opens it, and makes its actors. */
static inline void road_make(struct road *r)
{
	struct access_plan plan = {.policy_dir = TEST_SOURCE_DIR "/../examples/reference", .texts = edition_texts};
	struct access_options o;
	struct findings f;
	struct error e = {0};

	memset(r, 0, sizeof *r);
	scratch_make(&r->scratch);
	assert_ok(crypto_init(&e), &e);
	assert_true(moment_parse(STR("2026-12-01T09:00:00+09:00"), (moment *)&r->now));
	snprintf(r->dir, sizeof r->dir, "%s", scratch_path(&r->scratch, "instance"));
	plan.dir = r->dir;
	o = road_options(r);
	findings_init(&f);
	assert_ok(access_init(&plan, &o, &f, &e), &e);
	findings_free(&f);
	road_open(r);
	r->loader = road_actor(r, "loader");
	r->billing = road_actor(r, "billing_app");
	r->marketing = road_actor(r, "marketing_app");
	r->desk = road_actor(r, "privacy_desk");
	r->officer = road_actor(r, "officer");
}

/* Closes R and removes it. */
static inline void road_remove(struct road *r)
{
	road_shut(r);
	scratch_remove(&r->scratch);
}

/* Makes OP ready to be asked by ACTOR for PURPOSE. */
static inline void road_ask(struct op *op, const struct token_actor *actor, const char *purpose)
{
	op->actor = *actor;
	op->purpose = str_of(purpose);
}

/* Makes in R a customer NUMBER with ITEMS more (JSON members), who came by the web form, by the operation IN; gives their id. */
static inline struct uuid road_customer(struct road *r, const char *number, const char *items, struct op_acquire *in)
{
	char text[2048];
	json_t *v;
	struct uuid id;

	snprintf(text, sizeof text, "{\"customer_number\":\"%s\",\"name\":\"\xE9\xAB\x99\xE6\xA9\x8B\"%s%s}", number,
		 items[0] ? "," : "", items);
	v = json_loads(text, 0, NULL);
	assert_non_null(v);
	op_acquire_init(in, ACQUIRE_CREATE);
	road_ask(&in->op, &r->loader, "provide_service");
	in->category = STR("customer");
	in->items = v;
	in->has_acquisition = true;
	in->acquisition.channel = STR("web_form");
	in->acquisition.at = r->now;
	in->acquisition.has_notice = true;
	in->acquisition.notice = STR("sign_up");
	in->acquisition.notice_version = 1;
	in->acquisition.language = STR("ja");
	in->acquisition.shown_at = r->now;
	access_run(r->reader, &in->op);
	json_decref(v);
	id = in->id;
	return id;
}

/* As road_customer for one who is surely made. */
static inline struct uuid road_made(struct road *r, const char *number, const char *items)
{
	struct op_acquire in;
	struct uuid id = road_customer(r, number, items, &in);

	if (in.op.error.code != CODE_NONE)
		fail_msg("%s was not made: %s (%s)", number, code_text(in.op.error.code), in.op.error.where);
	assert_int_equal(in.op.outcome, OP_COMMITTED);
	op_release(&in.op);
	return id;
}

/* The text of ID, in a static buffer of the calling thread. */
static inline struct str road_text(const struct uuid *id)
{
	static _Thread_local char text[UUID_TEXT + 1];
	struct buf b;

	buf_init(&b);
	uuid_write(&b, id);
	memcpy(text, b.p, UUID_TEXT);
	buf_free(&b);
	return (struct str){text, UUID_TEXT};
}

/* Makes a read ready: PURPOSE, ITEMS of the customer whose id is TEXT, by ACTOR. */
static inline void road_read_init(struct op_read *q, const struct token_actor *actor, const char *purpose, struct str text,
				  const char *items)
{
	op_read_init(q);
	road_ask(&q->op, actor, purpose);
	q->subject = text;
	q->category = STR("customer");
	q->items = str_of(items);
}

/* The code of reading ITEMS of ID for PURPOSE by ACTOR; with a value expected, the first item's value is compared to VALUE. */
static inline enum code road_read(struct road *r, const struct token_actor *actor, const char *purpose,
				  const struct uuid *id, const char *items, const char *value)
{
	struct op_read q;
	enum code code;

	road_read_init(&q, actor, purpose, road_text(id), items);
	access_run(r->reader, &q.op);
	code = q.op.error.code;
	if (code == CODE_NONE && value) {
		int item = policy_item_find(q.in, str_of(items));

		assert_true(item >= 0);
		assert_true(str_is(q.values[item], value));
	}
	op_release(&q.op);
	return code;
}

/* Gives (or with WITHDRAW withdraws) the consent marketing of ID. */
static inline enum code road_marketing(struct road *r, const struct uuid *id, bool withdraw)
{
	struct op_consent c;
	enum code code;

	op_consent_init(&c);
	road_ask(&c.op, &r->desk, "inquiry");
	c.subject = road_text(id);
	c.consent.consent = STR("marketing");
	c.consent.version = 1;
	c.consent.language = STR("ja");
	c.consent.channel = STR("web");
	c.consent.at = r->now;
	c.consent.withdraw = withdraw;
	access_run(r->reader, &c.op);
	code = c.op.error.code;
	assert_int_equal(c.op.outcome, OP_COMMITTED);
	op_release(&c.op);
	return code;
}

#endif
