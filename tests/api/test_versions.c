/*
 * The whole server, housekeeper and all, under one, two and three versions of a
 * policy, asked over HTTP while its clock is moved: T1, T4 to T7, and erasures
 * that wait.
 */
#include "../access/road.h"
#include "../access/revision.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <time.h>

#include "api/api.h"
#include "api/control.h"

enum { TOKENS = 8, WAIT_ROUNDS = 600, WAIT_MS = 50 };

struct site {
	struct road road;
	struct api *api;
	char dir[1200]; /* the policy that is being revised */
	struct {
		const char *role;
		char text[128];
	} tokens[TOKENS];
	struct buf answer; /* the last, head and body */
};

static const char *const roles[TOKENS] = {"loader",	 "support_desk", "marketing_app", "operations",
					  "credit_desk", "gatekeeper",	 "privacy_desk",  "analyst"};

static void site_make(struct site *s)
{
	const struct api_config c = {.listen = "127.0.0.1:0"};
	struct access_options o;
	struct error e = {0};

	road_make(&s->road);
	for (size_t i = 0; i < TOKENS; i++) {
		struct op_token t;
		char name[64];

		op_token_init(&t);
		snprintf(name, sizeof name, "%s over HTTP", roles[i]); /* the road has tokens of its own */
		t.name = str_of(name);
		t.role = str_of(roles[i]);
		access_run(s->road.reader, &t.op);
		assert_int_equal(t.op.error.code, CODE_NONE);
		s->tokens[i].role = roles[i];
		snprintf(s->tokens[i].text, sizeof s->tokens[i].text, "%s", t.text);
		op_release(&t.op);
	}
	road_shut(&s->road);
	o = road_options(&s->road);
	o.no_housekeeper = false;
	assert_ok(access_open(s->road.dir, &o, &s->road.access, &e), &e);
	assert_ok(access_reader_open(s->road.access, &s->road.reader, &e), &e);
	assert_ok(api_start(s->road.access, &c, &s->api, &e), &e);
	snprintf(s->dir, sizeof s->dir, "%s", scratch_path(&s->road.scratch, "revised"));
	policy_dir_copy(TEST_SOURCE_DIR "/../examples/reference", s->dir);
	buf_init(&s->answer);
}

static void site_remove(struct site *s)
{
	api_stop(s->api);
	road_remove(&s->road);
	buf_free(&s->answer);
}

static const char *token_of(const struct site *s, const char *role)
{
	for (size_t i = 0; i < TOKENS; i++)
		if (strcmp(s->tokens[i].role, role) == 0)
			return s->tokens[i].text;
	fail_msg("there is no token of %s", role);
	return NULL;
}

static int dial(const char *url)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)strtoul(strrchr(url, ':') + 1, NULL, 10))};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(inet_pton(AF_INET, "127.0.0.1", &at.sin_addr), 1);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
	return fd;
}

/* Asks METHOD PATH with BODY as ROLE for PURPOSE; gives the status, the answer lies in S. */
static int ask(struct site *s, const char *role, const char *purpose, const char *call, const char *body)
{
	struct buf request;
	ssize_t n;
	int fd = dial(api_url(s->api));

	buf_init(&request);
	buf_printf(&request,
		   "%s HTTP/1.1\r\nHost: test\r\nConnection: close\r\nAuthorization: Bearer %s\r\nSekisho-Purpose: %s\r\n"
		   "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
		   call, token_of(s, role), purpose, strlen(body), body);
	assert_int_equal(send(fd, request.p, request.n, 0), request.n);
	buf_free(&request);
	buf_reset(&s->answer);
	do {
		char *room = buf_room(&s->answer, 65536);

		assert_non_null(room);
		n = recv(fd, room, 65536, 0);
		assert_true(n >= 0);
		s->answer.n += (size_t)n;
	} while (n > 0);
	assert_int_equal(close(fd), 0);
	assert_true(str_starts(buf_view(&s->answer), STR("HTTP/1.1 ")));
	buf_c(&s->answer);
	return (int)strtol(buf_c(&s->answer) + 9, NULL, 10);
}

/* Asks as ask does with PATH about the customer ID behind CALL ("GET"); it has to be STATUS and have TEXT in it. */
static void expect(struct site *s, const char *role, const char *purpose, const struct uuid *id, const char *items,
		   const char *wanted)
{
	char call[256];
	int status;

	snprintf(call, sizeof call, "GET /v1/subjects/%.*s/customer?items=%s", UUID_TEXT, road_text(id).p, items);
	status = ask(s, role, purpose, call, "");
	if (!strstr(buf_c(&s->answer), wanted) || status / 100 != (strstr(wanted, "\"code\"") ? 4 : 2))
		fail_msg("%s for %s, %s: %d without %s: %s", role, purpose, items, status, wanted, buf_c(&s->answer));
}

#define CODE(code) "\"code\":\"" code "\""

/* Makes a customer NUMBER with ITEMS by the web form, shown version VERSION of the notice now; the status. */
static int create(struct site *s, const char *number, const char *items, unsigned version, struct uuid *id)
{
	char body[1024], at[64];
	struct buf when;
	const char *found;
	int status;

	buf_init(&when);
	moment_write(&when, s->road.now);
	snprintf(at, sizeof at, "%s", buf_c(&when));
	buf_free(&when);
	snprintf(body, sizeof body,
		 "{\"category\":\"customer\",\"items\":{\"customer_number\":\"%s\",\"name\":\"N\"%s%s},\"acquisition\":{\"channel\":\"web_form\","
		 "\"at\":\"%s\",\"notice\":{\"id\":\"sign_up\",\"version\":%u,\"language\":\"ja\",\"shown_at\":\"%s\"}}}",
		 number, items[0] ? "," : "", items, at, version, at);
	status = ask(s, "loader", "provide_service", "POST /v1/subjects", body);
	found = strstr(buf_c(&s->answer), "\"id\":\"");
	if (status == 201)
		assert_true(found && uuid_parse((struct str){found + 6, UUID_TEXT}, id));
	return status;
}

static struct uuid made(struct site *s, const char *number, const char *items)
{
	struct uuid id;

	if (create(s, number, items, 1, &id) != 201)
		fail_msg("%s was not made: %s", number, buf_c(&s->answer));
	return id;
}

/* Makes a customer who wrote an e-mail, which binds to inquiry and contact alone. */
static struct uuid wrote(struct site *s)
{
	struct uuid id = {{0}};
	const char *found;

	assert_int_equal(ask(s, "support_desk", "inquiry", "POST /v1/subjects",
			     "{\"category\":\"customer\",\"items\":{\"name\":\"W\",\"email\":\"w@mail.example\"},"
			     "\"acquisition\":{\"channel\":\"email\",\"at\":\"2026-12-01T08:00:00+09:00\"}}"),
			 201);
	found = strstr(buf_c(&s->answer), "\"id\":\"");
	assert_true(found && uuid_parse((struct str){found + 6, UUID_TEXT}, &id));
	return id;
}

static int consent(struct site *s, const struct uuid *id, unsigned version)
{
	char call[256], body[256];
	struct buf when;

	buf_init(&when);
	moment_write(&when, s->road.now);
	snprintf(call, sizeof call, "PUT /v1/subjects/%.*s/consents/marketing", UUID_TEXT, road_text(id).p);
	snprintf(body, sizeof body, "{\"version\":%u,\"language\":\"ja\",\"at\":\"%s\",\"channel\":\"web\",\"by\":\"self\"}", version,
		 buf_c(&when));
	buf_free(&when);
	return ask(s, "privacy_desk", "inquiry", call, body);
}

/* Publishes the revision as the command line does; it has to become VERSION. */
static void publish(struct site *s, json_int_t version)
{
	json_t *request = json_pack("{s:s, s:s}", "op", "publish", "dir", s->dir);
	struct error e = {0};
	json_t *answer = control_call(s->road.access, s->road.reader, request, &e);

	if (!answer)
		fail_msg("not published: %s", e.message);
	if (json_integer_value(json_object_get(answer, "version")) != version)
		fail_msg("not published: %s", json_dumps(answer, 0));
	json_decref(answer);
	json_decref(request);
}

static void pass_until(struct site *s, const char *when)
{
	moment m;

	assert_true(moment_parse(str_of(when), &m));
	assert_true(m > s->road.now);
	s->road.now = m;
	access_reader_rest(s->road.reader);
}

/* Asks CALL as ROLE for PURPOSE until the answer has WANTED: what the housekeeper does comes by itself. */
static void comes_by(struct site *s, const char *role, const char *purpose, const char *call, const char *wanted)
{
	for (int i = 0; i < WAIT_ROUNDS; i++) {
		struct timespec rest = {.tv_nsec = WAIT_MS * 1000000};

		ask(s, role, purpose, call, "");
		if (strstr(buf_c(&s->answer), wanted))
			return;
		s->road.now += 61000; /* the housekeeper looks once a minute, of the clock that it is given */
		(void)nanosleep(&rest, NULL); /* ignored: sooner or later is the same */
	}
	fail_msg("%s for %s: %s never came: %s", role, purpose, wanted, buf_c(&s->answer));
}

static void comes(struct site *s, const char *role, const char *purpose, const struct uuid *id, const char *wanted)
{
	char call[256];

	snprintf(call, sizeof call, "GET /v1/subjects/%.*s/customer?items=name", UUID_TEXT, road_text(id).p);
	comes_by(s, role, purpose, call, wanted);
}

/* Waits until something of the customer ID was erased. */
static void erased(struct site *s, const struct uuid *id)
{
	char call[256];

	snprintf(call, sizeof call, "GET /v1/subjects/%.*s/uses", UUID_TEXT, road_text(id).p);
	comes_by(s, "privacy_desk", "inquiry", call, "\"kind\":\"erase\"");
}

static int mark(struct site *s, const struct uuid *id, const char *what, const char *body)
{
	char call[256];

	snprintf(call, sizeof call, "POST /v1/subjects/%.*s:%s", UUID_TEXT, road_text(id).p, what);
	return ask(s, "privacy_desk", "inquiry", call, body);
}

/* Publishes version 2: what revision.h has, and two purposes related one behind the other. */
static void second_version(struct site *s)
{
	revision_second(s->dir);
	revision_decide_second(s->dir);
	revision_edit(s->dir, "    after: {contract_end: stop}", "    related_to: [contact]\n    after: {contract_end: stop}");
	revision_edit(s->dir, "    uses: {visitor: all, customer: [customer_number, name]}",
		      "    uses: {visitor: all, customer: [customer_number, name]}\n    related_to: [survey]");
	policy_dir_decide(s->dir, 1, "purpose-related:purposes.survey.related_to.contact", "related");
	policy_dir_decide(s->dir, 1, "purpose-related:purposes.center_security.related_to.survey", "related");
	pass_until(s, "2026-12-02T10:00:00+09:00");
	publish(s, 2);
}

/* Publishes version 3: what went comes back, and a role loses a purpose. */
static void third_version(struct site *s)
{
	revision_third(s->dir);
	revision_edit(s->dir, "purposes: [facilities, contract_scope, work_scope]", "purposes: [contract_scope, work_scope]");
	pass_until(s, "2027-02-10T10:00:00+09:00");
	publish(s, 3);
}

static void three_versions_govern_each_from_its_day(void **state)
{
	static struct site s;
	struct uuid old, mail, held, between, late;

	(void)state;
	site_make(&s);
	old = made(&s, "C1", "\"email\":\"a@mail.example\",\"gender\":\"f\",\"credit_record\":\"none\"");
	held = made(&s, "C2", "\"credit_record\":\"some\"");
	mail = wrote(&s);
	assert_int_equal(consent(&s, &old, 1), 201);
	assert_int_equal(mark(&s, &held, "hold", "{\"reason\":\"a lawsuit\"}"), 200);
	expect(&s, "marketing_app", "survey", &mail, "email", CODE("purpose_not_bound"));

	second_version(&s);
	/* published, and not yet in force */
	pass_until(&s, "2026-12-31T23:59:59+09:00");
	expect(&s, "operations", "facilities", &old, "gender", CODE("purpose_mismatch"));
	expect(&s, "marketing_app", "referral", &old, "name", "\"name\":\"N\"");
	expect(&s, "credit_desk", "identity_check", &old, "credit_record", "\"credit_record\":\"none\"");

	/* in force: what it widens, takes away and relates; a record of the older version */
	pass_until(&s, "2027-01-01T00:00:00+09:00");
	expect(&s, "operations", "facilities", &old, "gender", "\"gender\":\"f\"");
	expect(&s, "marketing_app", "referral", &old, "name", CODE("purpose_unknown"));
	expect(&s, "marketing_app", "referral", &held, "name", CODE("purpose_unknown"));
	expect(&s, "credit_desk", "identity_check", &old, "credit_record", CODE("item_unknown"));
	expect(&s, "marketing_app", "survey", &mail, "email", "\"email\":\"w@mail.example\""); /* T6: one step … */
	/* … and no second, told as to one who may not know of the person; another came by the form, which tells the purpose */
	expect(&s, "gatekeeper", "center_security", &mail, "name", CODE("not_found"));
	expect(&s, "gatekeeper", "center_security", &old, "name", "\"name\":\"N\"");
	/* T7: the old consent stands for what was shown then */
	expect(&s, "marketing_app", "proposals", &old, "email", "\"email\":\"a@mail.example\"");
	expect(&s, "marketing_app", "proposals", &old, "gender", CODE("consent_scope"));
	assert_int_equal(consent(&s, &old, 2), 200);
	expect(&s, "marketing_app", "proposals", &old, "gender", "\"gender\":\"f\"");

	/* T4: the older wording serves 30 days more, and binds its own purposes */
	pass_until(&s, "2027-01-30T12:00:00+09:00");
	between = made(&s, "C3", "");
	pass_until(&s, "2027-02-01T12:00:00+09:00");
	assert_int_equal(create(&s, "C4", "", 1, &late), 422);
	assert_true(strstr(buf_c(&s.answer), CODE("notice_not_shown")));
	assert_int_equal(create(&s, "C4", "", 2, &late), 201);
	erased(&s, &old); /* the item that went: P30D are over */

	/* T5: what went comes back; what was acquired in between is not bound; a role loses a purpose */
	third_version(&s);
	expect(&s, "operations", "facilities", &old, "gender", "\"gender\":\"f\"");
	pass_until(&s, "2027-03-01T00:00:00+09:00");
	expect(&s, "operations", "facilities", &old, "gender", CODE("role_lacks_purpose"));
	expect(&s, "marketing_app", "referral", &old, "name", "\"name\":\"N\"");
	expect(&s, "marketing_app", "referral", &between, "name", CODE("purpose_not_bound"));
	expect(&s, "marketing_app", "referral", &late, "name", CODE("purpose_not_bound"));
	expect(&s, "credit_desk", "identity_check", &old, "credit_record", "\"credit_record\":null");
	expect(&s, "credit_desk", "identity_check", &held, "credit_record", "\"credit_record\":\"some\""); /* it was held */
	site_remove(&s);
}

#define ERASE "{\"basis\":\"request\",\"reason\":\"asked for\"}"

static void erasure_under_a_hold_is_done_once_the_hold_is_over(void **state)
{
	static struct site s;
	struct uuid until, released;

	(void)state;
	site_make(&s);
	until = made(&s, "C1", "\"phone\":\"0312345678\"");
	released = made(&s, "C2", "");
	assert_int_equal(mark(&s, &until, "hold", "{\"reason\":\"a lawsuit\",\"until\":\"2026-12-20\"}"), 200);
	assert_int_equal(mark(&s, &released, "hold", "{\"reason\":\"a lawsuit\"}"), 200);
	assert_int_equal(mark(&s, &until, "erase", ERASE), 202);
	assert_int_equal(mark(&s, &released, "erase", ERASE), 202);
	expect(&s, "support_desk", "inquiry", &until, "name", CODE("suspended"));
	pass_until(&s, "2026-12-20T23:00:00+09:00");
	expect(&s, "support_desk", "inquiry", &until, "name", CODE("suspended")); /* its last day is still held */
	pass_until(&s, "2026-12-21T00:00:00+09:00");
	comes(&s, "support_desk", "inquiry", &until, CODE("not_found"));
	expect(&s, "support_desk", "inquiry", &released, "name", CODE("suspended"));
	assert_int_equal(mark(&s, &released, "release", "{\"hold\":1}"), 200);
	comes(&s, "support_desk", "inquiry", &released, CODE("not_found"));
	site_remove(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_versions_govern_each_from_its_day),
		cmocka_unit_test(erasure_under_a_hold_is_done_once_the_hold_is_over),
	};

	return cmocka_run_group_tests_name("api/versions", tests, NULL, NULL);
}
