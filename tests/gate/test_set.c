/* gate/set.h against gate/naive.h on sets by chance (T13), and what the tables cannot say. */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "gate/chance.h"
#include "gate/naive.h"
#include "gate/set.h"

enum { ROUNDS = 400, LONG_ROUNDS = 40000, QUESTIONS = 150, PERSONS = 20 };

/* How often each answer came up, so that the run cannot pass by asking nothing of worth. */
struct tally {
	size_t verdicts[4], codes[CODE_COUNT], served, unserved;
};

static void compare(const struct gate *g, const struct policy *p, const struct gate_set_request *r, uint64_t seed,
		    struct tally *tally)
{
	struct gate_verdict a, b;

	memset(&a, 0xa5, sizeof a);
	gate_decide_set(g, r, &a);
	naive_decide_set(p, r, &b);
	if (a.verdict != b.verdict || a.code != b.code || a.n_items != b.n_items ||
	    memcmp(a.asked, b.asked, sizeof a.asked) != 0 || memcmp(a.allowed, b.allowed, sizeof a.allowed) != 0)
		fail_msg("seed %llu: role %u, %s, purpose %.*s, set %d: gate %d %s, naive %d %s", (unsigned long long)seed,
			 r->actor.role, action_name(r->action), (int)r->purpose.n, r->purpose.n ? r->purpose.p : "",
			 r->set, (int)a.verdict, code_text(a.code), (int)b.verdict, code_text(b.code));
	for (size_t i = 0; i < a.n_items; i++)
		if (bits_has(a.asked, i) && !bits_has(a.allowed, i))
			assert_int_equal(a.codes[i], b.codes[i]);
	assert_true(bits_none(a.observed, GATE_ITEMS / 64));
	tally->verdicts[a.verdict]++;
	tally->codes[a.code]++;
}

static void compare_purposes(const struct gate *g, const struct naive *q, size_t set, uint64_t seed, struct tally *tally)
{
	const struct policy_derived *d = &q->now->derived[set];
	uint64_t mask = gate_set_purposes(g, (int)set, q->s, d->items, q->r->now);

	for (size_t i = 0; i < d->n_purposes; i++) {
		bool serves = naive_serves(q, &q->now->purposes[d->purposes[i]], d->items);

		if (serves != (mask >> i & 1))
			fail_msg("seed %llu: set %zu, its purpose %zu: naive %s", (unsigned long long)seed, set, i,
				 serves ? "serves" : "does not");
		tally->served += serves;
		tally->unserved += !serves;
	}
	assert_true(d->n_purposes == 64 || mask >> d->n_purposes == 0);
}

static void round_of(uint64_t seed, struct arena *a, struct tally *tally)
{
	struct chance c = {seed * 1000003 + 13};
	struct policy_set set = {.n = 0};
	struct error e = {.code = CODE_NONE};

	chance_policies(&c, a, &set);
	chance_sets(&c, a, &set);
	for (size_t v = 0; v < set.n; v++) {
		const struct policy *p = set.versions[v];
		struct gate *g;

		assert_ok(gate_build(&set, p, &g, &e), &e);
		for (int i = 0; i < QUESTIONS; i++) {
			struct gate_set_request r;

			chance_set_request(&c, p, &r);
			compare(g, p, &r, seed, tally);
		}
		for (int i = 0; i < PERSONS; i++) {
			size_t s = chance_below(&c, 3);
			struct person_state state;
			struct gate_request r = {.action = ACTION_DEIDENTIFY, .category = p->derived[s].from};
			struct naive q = {.set = &set, .now = p, .r = &r, .s = &state};

			r.now = p->in_force + (moment)chance_below(&c, 200) * MS_PER_DAY;
			chance_person(&c, a, &set, &state);
			compare_purposes(g, &q, s, seed, tally);
		}
		gate_free(g);
	}
	arena_reset(a);
}

static void sets_are_decided_as_the_manual_says(void **state)
{
	static const enum code codes[] = {
		CODE_UNAUTHORIZED,	CODE_PURPOSE_MISSING,	   CODE_PURPOSE_UNKNOWN,	CODE_PURPOSE_PROHIBITED,
		CODE_ROLE_LACKS_ACTION, CODE_ROLE_LACKS_PURPOSE,   CODE_ROLE_LACKS_SET,	CODE_SET_UNKNOWN,
		CODE_PURPOSE_MISMATCH,	CODE_REASON_MISSING,	   CODE_SET_CONTACT,		CODE_SET_JOIN,
		CODE_SET_LEAVES,	CODE_RECIPIENT_UNKNOWN,	   CODE_RECIPIENT_LEFT,	CODE_ITEM_NOT_ANNOUNCED,
		CODE_PURPOSE_NOT_ANNOUNCED, CODE_PROCESSOR_NOT_REVIEWED, CODE_FOREIGN_NO_BASIS, CODE_LIMIT_EXCEEDED,
		CODE_APPROVAL_REQUIRED, CODE_EXCEPTION_SCOPE};
	uint64_t rounds = getenv("SEKISHO_TEST_LONG") ? LONG_ROUNDS : ROUNDS;
	struct tally tally = {0};
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20, false);
	for (uint64_t seed = 1; seed <= rounds; seed++)
		round_of(seed, &a, &tally);
	arena_free(&a);
	assert_true(tally.verdicts[VERDICT_ALLOW] > 500 && tally.verdicts[VERDICT_PARTIAL] > 500);
	assert_true(tally.served > 500 && tally.unserved > 500);
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		if (tally.codes[codes[i]] < 20)
			fail_msg("%s came up %zu times", code_text(codes[i]), tally.codes[codes[i]]);
}

static void a_set_with_too_many_purposes_is_not_built(void **state)
{
	struct policy_derived d = {.id = STR("all"), .n_purposes = GATE_SET_PURPOSES + 1};
	struct policy p = {.version = 1, .derived = &d, .n_derived = 1};
	struct policy *versions[] = {&p};
	struct policy_set set = {.versions = versions, .n = 1};
	struct error e = {.code = CODE_NONE};
	struct gate *g;

	(void)state;
	assert_fails(gate_build(&set, &p, &g, &e), &e, CODE_POLICY_INVALID);
	assert_null(g);
}

static void a_refusal_names_what_the_policy_says_of_the_set(void **state)
{
	static const struct {
		enum code code;
		const char *path, *law;
	} cases[] = {
		{CODE_SET_CONTACT, "deidentified.pseudonymized.all.purposes", "APPI 41(8)"},
		{CODE_SET_JOIN, "deidentified.pseudonymized.all", "APPI 41(7), 43(5)"},
		{CODE_SET_LEAVES, "deidentified.pseudonymized.all.leaves_by", "APPI 41(6), 43(4)"},
		{CODE_ROLE_LACKS_SET, "roles.reader.sets", "APPI 23"},
		{CODE_PURPOSE_MISMATCH, "purposes.study.uses", "APPI 18(1)"},
		{CODE_SET_UNKNOWN, "deidentified", ""},
		{CODE_RECIPIENT_UNKNOWN, "provision", "APPI 41(6)"},
	};
	struct policy_derived d = {.id = STR("all"), .pseudonymized = true};
	struct policy_role role = {.id = STR("reader"), .number = 1};
	struct policy p = {.version = 1, .derived = &d, .n_derived = 1, .roles = &role, .n_roles = 1};
	struct policy *versions[] = {&p};
	struct policy_set set = {.versions = versions, .n = 1};
	struct gate_set_request r = {.actor = {.active = true, .role = 1}, .purpose_kind = PURPOSE_DECLARED,
				     .purpose = STR("study")};
	struct error e = {.code = CODE_NONE};
	struct gate *g;
	struct buf b;

	(void)state;
	assert_ok(gate_build(&set, &p, &g, &e), &e);
	buf_init(&b);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		buf_reset(&b);
		gate_set_fact_of(g, &r, cases[i].code, &b);
		assert_string_equal(buf_c(&b), cases[i].path);
		assert_string_equal(gate_set_law_of(cases[i].code, true), cases[i].law);
	}
	buf_free(&b);
	gate_free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_are_decided_as_the_manual_says),
		cmocka_unit_test(a_set_with_too_many_purposes_is_not_built),
		cmocka_unit_test(a_refusal_names_what_the_policy_says_of_the_set),
	};

	return cmocka_run_group_tests_name("gate/set", tests, NULL, NULL);
}
