/*
 * A second and a third version published on an instance that holds data: T1, T5,
 * T7, and that nothing is published undecided.
 */
#include "road.h"
#include "revision.h"

#include "access/reach.h"
#include "access/sweep.h"
#include "policy/registry.h"

struct revision {
	struct road road;
	char dir[1200]; /* the policy that is being revised */
};

static void start(struct revision *v)
{
	road_make(&v->road);
	snprintf(v->dir, sizeof v->dir, "%s", scratch_path(&v->road.scratch, "revised"));
	policy_dir_copy(TEST_SOURCE_DIR "/../examples/reference", v->dir);
}

/* The code of publishing the revision; UNDECIDED is how many changes nobody decided. */
static enum code publish(struct revision *v, size_t undecided)
{
	struct op_publish p;
	struct findings f;
	enum code code;

	findings_init(&f);
	op_publish_init(&p);
	p.dir = v->dir;
	p.texts = edition_texts;
	p.findings = &f;
	access_run(v->road.reader, &p.op);
	code = p.op.error.code;
	if (f.count[SEVERITY_QUESTION] != undecided)
		fail_msg("%s, first question: %.*s", p.op.error.message, f.n ? (int)f.list[0].hint.n : 0, f.n ? f.list[0].hint.p : "");
	op_release(&p.op);
	findings_free(&f);
	return code;
}

static void pass_until(struct revision *v, const char *when)
{
	moment m;

	assert_true(moment_parse(str_of(when), &m));
	assert_true(m > v->road.now);
	v->road.now = m;
	access_reader_rest(v->road.reader);
}

static void decide(struct revision *v, unsigned since, const char *about, const char *answer)
{
	policy_dir_decide(v->dir, since, about, answer);
}

static enum code consent(struct road *r, const struct uuid *id, uint32_t version)
{
	struct op_consent c;
	enum code code;

	op_consent_init(&c);
	road_ask(&c.op, &r->desk, "inquiry");
	c.subject = road_text(id);
	c.consent = (struct gate_consent){.consent = STR("marketing"), .version = version, .language = STR("ja"),
					  .channel = STR("web"), .at = r->now};
	access_run(r->reader, &c.op);
	code = c.op.error.code;
	op_release(&c.op);
	return code;
}

static void hold(struct road *r, const struct uuid *id)
{
	struct op_mark m;

	op_mark_init(&m, MARK_HOLD);
	road_ask(&m.op, &r->desk, "inquiry");
	m.subject = road_text(id);
	m.op.reason = STR("a lawsuit");
	access_run(r->reader, &m.op);
	assert_int_equal(m.op.error.code, CODE_NONE);
	op_release(&m.op);
}

/* True when ACTOR may read ITEM of ID and there is nothing. */
static bool has_no_value(struct road *r, const struct token_actor *actor, const struct uuid *id, const char *item)
{
	struct op_read q;
	bool none;

	road_read_init(&q, actor, "identity_check", road_text(id), item);
	access_run(r->reader, &q.op);
	assert_int_equal(q.op.error.code, CODE_NONE);
	none = !q.values[policy_item_find(q.in, str_of(item))].n;
	op_release(&q.op);
	return none;
}

static void sweep(struct road *r)
{
	struct error e = {0};
	struct sweep *s;

	assert_ok(sweep_new(r->access, &s, &e), &e);
	assert_ok(sweep_due(s, r->reader, &e), &e);
	sweep_free(s);
	access_reader_rest(r->reader);
}

#define ITEMS                                                                                                  \
	"\"email\":\"a@mail.example\",\"gender\":\"f\",\"credit_record\":\"none\",\"services_used\":[\"hosting\"]"

static void nothing_is_published_undecided(void **state)
{
	struct revision v;

	(void)state;
	start(&v);
	pass_until(&v, "2026-12-02T10:00:00+09:00");
	revision_second(v.dir);
	assert_int_equal(publish(&v, 5), CODE_POLICY_INVALID);
	decide(&v, 1, "purpose-widened:purposes.facilities", "related");
	assert_int_equal(publish(&v, 4), CODE_POLICY_INVALID);
	decide(&v, 1, "keep-longer:purposes.quality.keep", "forever"); /* no answer that it takes */
	assert_int_equal(publish(&v, 4), CODE_POLICY_INVALID);
	road_remove(&v.road);
}

static void a_version_changes_exactly_what_was_decided(void **state)
{
	struct token_actor operations, analyst, credit;
	struct revision v;
	struct road *r = &v.road;
	struct uuid id, other;

	(void)state;
	start(&v);
	operations = road_actor(r, "operations");
	analyst = road_actor(r, "analyst");
	credit = road_actor(r, "credit_desk");
	id = road_made(r, "C1", ITEMS);
	other = road_made(r, "C2", "\"email\":\"b@mail.example\",\"gender\":\"m\"");
	assert_int_equal(consent(r, &id, 1), CODE_NONE);
	pass_until(&v, "2026-12-02T10:00:00+09:00");
	revision_second(v.dir);
	revision_decide_second(v.dir);
	assert_int_equal(publish(&v, 0), CODE_NONE);

	/* until it is in force nothing changes */
	pass_until(&v, "2026-12-31T23:59:59+09:00");
	assert_int_equal(road_read(r, &operations, "facilities", &id, "gender", NULL), CODE_PURPOSE_MISMATCH);
	assert_int_equal(road_read(r, &r->marketing, "referral", &id, "name", NULL), CODE_NONE);
	assert_int_equal(road_read(r, &credit, "identity_check", &id, "credit_record", "\"none\""), CODE_NONE);

	pass_until(&v, "2027-01-01T00:00:00+09:00");
	assert_int_equal(road_read(r, &operations, "facilities", &id, "gender", "\"f\""), CODE_NONE);
	assert_int_equal(road_read(r, &r->marketing, "referral", &id, "name", NULL), CODE_PURPOSE_UNKNOWN);
	assert_int_equal(road_read(r, &credit, "identity_check", &id, "credit_record", NULL), CODE_ITEM_UNKNOWN);
	/* T7: the consent given stands for what was shown then */
	assert_int_equal(road_read(r, &r->marketing, "proposals", &id, "email", "\"a@mail.example\""), CODE_NONE);
	assert_int_equal(road_read(r, &r->marketing, "proposals", &id, "gender", NULL), CODE_CONSENT_SCOPE);
	assert_int_equal(road_read(r, &r->marketing, "proposals", &other, "gender", NULL), CODE_NO_CONSENT);
	assert_int_equal(consent(r, &id, 2), CODE_NONE);
	assert_int_equal(road_read(r, &r->marketing, "proposals", &id, "gender", "\"f\""), CODE_NONE);
	/* T1: the longer keeping holds for what was acquired before, as decided: through 2027-04-01, not 03-01 */
	pass_until(&v, "2027-03-15T10:00:00+09:00");
	assert_int_equal(road_read(r, &analyst, "quality", &id, "services_used", "[\"hosting\"]"), CODE_NONE);
	pass_until(&v, "2027-04-02T10:00:00+09:00");
	assert_int_equal(road_read(r, &analyst, "quality", &id, "services_used", NULL), CODE_RETENTION_EXPIRED);
	road_remove(&v.road);
}

static void what_went_and_comes_back_is_as_T5_says(void **state)
{
	struct token_actor credit;
	struct revision v;
	struct road *r = &v.road;
	struct uuid before, held, between;

	(void)state;
	start(&v);
	credit = road_actor(r, "credit_desk");
	before = road_made(r, "C1", ITEMS);
	held = road_made(r, "C2", "\"credit_record\":\"some\"");
	hold(r, &held);
	pass_until(&v, "2026-12-02T10:00:00+09:00");
	revision_second(v.dir);
	revision_decide_second(v.dir);
	assert_int_equal(publish(&v, 0), CODE_NONE);
	pass_until(&v, "2027-01-10T10:00:00+09:00");
	between = road_made(r, "C3", ""); /* shown the wording of version 1, which still serves and still names the purpose */
	pass_until(&v, "2027-01-31T23:00:00+09:00");
	sweep(r);
	pass_until(&v, "2027-02-10T10:00:00+09:00");
	sweep(r);
	revision_third(v.dir);
	assert_int_equal(publish(&v, 0), CODE_NONE);
	pass_until(&v, "2027-03-01T00:00:00+09:00");
	assert_int_equal(road_read(r, &r->marketing, "referral", &before, "name", NULL), CODE_NONE);
	assert_int_equal(road_read(r, &r->marketing, "referral", &between, "name", NULL), CODE_PURPOSE_NOT_BOUND);
	/* the removed item was erased after 30 days, but for a hold */
	assert_true(has_no_value(r, &credit, &before, "credit_record"));
	assert_int_equal(road_read(r, &credit, "identity_check", &held, "credit_record", "\"some\""), CODE_NONE);
	road_remove(&v.road);
}

/* How many persons the change CODE of the revision from version 1 touches. */
static uint64_t touched(struct revision *v, enum finding_code code)
{
	struct gated *g = access_gated(v->road.access);
	struct changes changes;
	struct registry names;
	struct findings f;
	struct policy *p;
	struct error e = {0};
	uint64_t persons[64], n = UINT64_MAX;
	struct arena a;

	arena_init(&a, 0, false);
	findings_init(&f);
	registry_init(&names, &a);
	assert_ok(registry_load(&names, access_reader_db(v->road.reader, &e), &e), &e);
	assert_ok(policy_compile(v->dir, &f, &p, &e), &e);
	assert_non_null(p);
	assert_ok(registry_assign(&names, p, 2, &e), &e);
	assert_ok(policy_diff(g->policy, p, &a, &changes, &e), &e);
	assert_true(changes.n <= 64);
	assert_ok(access_count_reach(v->road.reader, &changes, persons, &e), &e);
	for (size_t i = 0; i < changes.n; i++)
		if (changes.list[i].code == code)
			n = persons[i];
	policy_free(p);
	findings_free(&f);
	arena_free(&a);
	gated_unref(g);
	return n;
}

static void a_change_counts_the_persons_that_it_touches(void **state)
{
	struct revision v;
	struct uuid id;

	(void)state;
	start(&v);
	id = road_made(&v.road, "C1", ITEMS);
	road_made(&v.road, "C2", "\"gender\":\"m\"");
	road_made(&v.road, "C3", "");
	assert_int_equal(consent(&v.road, &id, 1), CODE_NONE);
	revision_second(v.dir);
	assert_int_equal(touched(&v, FINDING_ITEM_REMOVED), 1);
	assert_int_equal(touched(&v, FINDING_CONSENT_WIDENED), 1);
	assert_int_equal(touched(&v, FINDING_PURPOSE_REMOVED), 3);
	assert_int_equal(touched(&v, FINDING_PURPOSE_WIDENED), 2); /* facilities, the last in the file: who gave their gender */
	assert_int_equal(touched(&v, FINDING_KEEP_LONGER), 3);
	road_remove(&v.road);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_published_undecided),
		cmocka_unit_test(a_version_changes_exactly_what_was_decided),
		cmocka_unit_test(what_went_and_comes_back_is_as_T5_says),
		cmocka_unit_test(a_change_counts_the_persons_that_it_touches),
	};

	return cmocka_run_group_tests_name("access/publish", tests, NULL, NULL);
}
