/*
 * The gate against gate/naive.h on policies, persons and questions by chance:
 * 100,000 decisions, and with SEKISHO_TEST_LONG set 10 million.  What differs is
 * said with its seed after everything that does not matter for it was taken away.
 */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "gate/chance.h"
#include "gate/naive.h"

enum { PERSONS = 10, QUESTIONS = 20, ROUNDS = 500, LONG_ROUNDS = 50000 };

/* One comparison. */
struct trial {
	struct naive q;
	const struct gate *gate;
	struct gate_request r;
	struct person_state s;
	struct gate_acquisition a;
	uint64_t unchanged[GATE_ITEMS / 64];
	struct gate_consent c;
};

static bool same_verdict(const struct gate_verdict *a, const struct gate_verdict *b)
{
	if (a->verdict != b->verdict || a->code != b->code ||
	    memcmp(a->asked, b->asked, sizeof a->asked) != 0 ||
	    memcmp(a->allowed, b->allowed, sizeof a->allowed) != 0 ||
	    memcmp(a->observed, b->observed, sizeof a->observed) != 0)
		return false;
	for (size_t i = 0; i < GATE_ITEMS; i++)
		if (bits_has(a->asked, i) && !bits_has(a->allowed, i) && a->codes[i] != b->codes[i])
			return false;
	return true;
}

static bool same_decision(const struct trial *t)
{
	struct gate_verdict a, b;

	memset(&a, 0xa5, sizeof a);
	gate_decide(t->gate, &t->r, t->q.s, &a);
	naive_decide(&t->q, &b);
	return same_verdict(&a, &b);
}

static bool same_acquisition(const struct trial *t)
{
	struct person_acquisition binding;
	struct gate_acquired got;
	enum code code;

	memset(&got, 0xa5, sizeof got);
	gate_acquire(t->gate, &t->r, &t->a, t->q.s, t->unchanged, &got);
	if (t->r.action != ACTION_CREATE && t->r.action != ACTION_UPDATE && t->r.action != ACTION_IMPORT)
		return got.code != CODE_NONE;
	code = naive_acquire(&t->q, &t->a, t->unchanged, &binding);
	return got.code == code && got.acquisition.channel == binding.channel &&
	       got.acquisition.notice == binding.notice && got.acquisition.notice_version == binding.notice_version &&
	       got.acquisition.policy_version == binding.policy_version && got.acquisition.at == binding.at;
}

static bool same_consent(const struct trial *t)
{
	return gate_consent(t->gate, &t->c, t->q.s, t->r.now) == naive_consent(&t->q, &t->c);
}

static bool same_keeping(const struct trial *t)
{
	for (size_t i = 0; t->q.s && i < t->s.n_values; i++)
		if (gate_keeping(t->gate, &t->s, i, t->r.now) != naive_keeping(&t->q, i))
			return false;
	return true;
}

/* Takes away from T what can go while SAME still fails. */
static void shrink(struct trial *t, bool (*same)(const struct trial *))
{
	size_t *counts[] = {&t->s.n_suspensions, &t->s.n_objections, &t->s.n_events, &t->s.n_holds,
			    &t->s.n_consents,	 &t->s.n_values,     &t->a.n_consents};

	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
		while (*counts[i]) {
			(*counts[i])--;
			if (!same(t))
				continue;
			(*counts[i])++;
			break;
		}
	}
}

static void say_person(const struct person_state *s)
{
	for (size_t i = 0; i < s->n_values; i++)
		for (size_t j = 0; j < s->values[i].n_acquired; j++) {
			const struct person_acquisition *a = &s->acquisitions[s->values[i].acquired[j]];

			print_error("  item %u by channel %u, notice %u of version %u, under policy %u, at %lld\n",
				    s->values[i].item, a->channel, a->notice, a->notice_version, a->policy_version,
				    (long long)a->at);
		}
	for (size_t i = 0; i < s->n_consents; i++)
		print_error("  consent %u version %u given %lld withdrawn %lld\n", s->consents[i].consent,
			    s->consents[i].version, (long long)s->consents[i].given,
			    (long long)s->consents[i].withdrawn);
	for (size_t i = 0; i < s->n_events; i++)
		print_error("  event %u on %d order %u\n", s->events[i].event, s->events[i].on, s->events[i].order);
	print_error("  suspensions %zu objections %zu holds %zu\n", s->n_suspensions, s->n_objections, s->n_holds);
}

static void say_verdict(const char *who, const struct gate_verdict *v)
{
	print_error("  %s: verdict %d %s;", who, (int)v->verdict, code_text(v->code));
	for (size_t i = 0; i < v->n_items; i++)
		if (bits_has(v->asked, i))
			print_error(" %zu=%s%s", i, bits_has(v->allowed, i) ? "allow" : code_text(v->codes[i]),
				    bits_has(v->observed, i) ? " (observed)" : "");
	print_error("\n");
}

static void report(struct trial *t, const char *what, uint64_t seed, bool (*same)(const struct trial *))
{
	struct person_acquisition binding;
	struct gate_verdict a, b;
	struct gate_acquired got;

	shrink(t, same);
	print_error("seed %llu: %s differs\n  action %s, role %u, purpose %.*s (kind %d), category %d, version %u, now %lld\n",
		    (unsigned long long)seed, what, action_name(t->r.action), t->r.actor.role, (int)t->r.purpose.n,
		    t->r.purpose.n ? t->r.purpose.p : "", (int)t->r.purpose_kind, t->r.category, t->q.now->version,
		    (long long)t->r.now);
	if (t->q.s)
		say_person(&t->s);
	gate_decide(t->gate, &t->r, t->q.s, &a);
	naive_decide(&t->q, &b);
	say_verdict("gate ", &a);
	say_verdict("naive", &b);
	gate_acquire(t->gate, &t->r, &t->a, t->q.s, t->unchanged, &got);
	print_error("  acquire: gate %s, naive %s\n", code_text(got.code),
		    code_text(naive_acquire(&t->q, &t->a, t->unchanged, &binding)));
	print_error("  consent: gate %s, naive %s\n", code_text(gate_consent(t->gate, &t->c, t->q.s, t->r.now)),
		    code_text(naive_consent(&t->q, &t->c)));
	fail();
}

/* How often each thing was decided either way, so that the run cannot pass by asking nothing of worth. */
struct tally {
	size_t allowed, denied, observed, partial, stored, recorded, codes[CODE_COUNT], kept[4];
};

static void count(const struct trial *t, struct tally *tally)
{
	struct gate_verdict v;
	struct gate_acquired got;
	enum code code;

	gate_decide(t->gate, &t->r, t->q.s, &v);
	tally->allowed += v.verdict == VERDICT_ALLOW;
	tally->denied += v.verdict == VERDICT_DENY;
	tally->partial += v.verdict == VERDICT_PARTIAL;
	tally->observed += v.verdict == VERDICT_OBSERVED;
	for (size_t i = 0; i < v.n_items; i++)
		if (bits_has(v.asked, i) && !bits_has(v.allowed, i))
			tally->codes[v.codes[i]]++;
	gate_acquire(t->gate, &t->r, &t->a, t->q.s, t->unchanged, &got);
	tally->stored += got.code == CODE_NONE;
	tally->codes[got.code]++;
	code = gate_consent(t->gate, &t->c, t->q.s, t->r.now);
	tally->recorded += code == CODE_NONE;
	tally->codes[code]++;
	for (size_t i = 0; t->q.s && i < t->s.n_values; i++)
		tally->kept[gate_keeping(t->gate, &t->s, i, t->r.now)]++;
}

static void ask(struct chance *c, struct arena *a, struct trial *t, uint64_t seed)
{
	chance_request(c, a, t->q.now, &t->r);
	chance_acquisition(c, a, t->q.now, t->r.now, &t->a);
	chance_consent(c, t->q.now, t->r.now, &t->c);
	t->unchanged[0] = chance_below(c, 32) & chance_below(c, 32);
	t->q.r = &t->r;
	t->q.s = chance_of(c, 90) ? &t->s : NULL;
	if (!same_decision(t))
		report(t, "decision", seed, same_decision);
	if (!same_acquisition(t))
		report(t, "acquisition", seed, same_acquisition);
	if (!same_consent(t))
		report(t, "consent", seed, same_consent);
	if (!same_keeping(t))
		report(t, "keeping", seed, same_keeping);
}

static void round_of(uint64_t seed, struct arena *a, struct tally *tally)
{
	struct chance c = {seed * 1000003 + 7};
	struct policy_set set = {.n = 0};
	struct gate *gates[4] = {NULL};
	struct error e = {.code = CODE_NONE};

	chance_policies(&c, a, &set);
	for (size_t v = 0; v < set.n; v++)
		assert_ok(gate_build(&set, set.versions[v], &gates[v], &e), &e);
	for (int p = 0; p < PERSONS; p++) {
		struct trial t = {.q.set = &set};

		chance_person(&c, a, &set, &t.s);
		for (int i = 0; i < QUESTIONS; i++) {
			size_t v = chance_below(&c, (uint32_t)set.n);

			t.q.now = set.versions[v];
			t.gate = gates[v];
			ask(&c, a, &t, seed);
			if (tally)
				count(&t, tally);
		}
	}
	for (size_t v = 0; v < set.n; v++)
		gate_free(gates[v]);
	arena_reset(a);
}

static void the_gate_decides_as_the_manual_says(void **state)
{
	uint64_t rounds = getenv("SEKISHO_TEST_LONG") ? LONG_ROUNDS : ROUNDS;
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20, false);
	for (uint64_t seed = 1; seed <= rounds; seed++)
		round_of(seed, &a, NULL);
	arena_free(&a);
}

static void chance_reaches_every_answer(void **state)
{
	static const enum code acts[] = {CODE_NOTICE_NOT_SHOWN,	     CODE_CHANNEL_UNKNOWN,   CODE_OPERATOR_MISSING,
					 CODE_ITEM_NOT_NEEDED,	     CODE_DUPLICATE,	     CODE_TIME_INVALID,
					 CODE_SPECIAL_CARE_NO_GROUND, CODE_WORDING_MISMATCH, CODE_BINDING_WOULD_NARROW,
					 CODE_CONSENT_UNKNOWN,	     CODE_GUARDIAN_NEEDED,   CODE_EXCEPTION_SCOPE};
	struct tally tally = {0};
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20, false);
	for (uint64_t seed = 1; seed <= 150; seed++)
		round_of(seed, &a, &tally);
	arena_free(&a);
	assert_true(tally.allowed > 500 && tally.denied > 500 && tally.partial > 200 && tally.observed > 50);
	assert_true(tally.stored > 50 && tally.recorded > 500);
	for (size_t i = 0; i < 4; i++)
		assert_true(tally.kept[i] > 100);
	for (enum code code = CODE_UNAUTHORIZED; code <= CODE_RETENTION_EXPIRED; code++)
		if (code != CODE_PROVISION_STOPPED && !(code >= CODE_RECIPIENT_LEFT && code <= CODE_FOREIGN_NO_BASIS) &&
		    tally.codes[code] < 5)
			fail_msg("%s came up %zu times", code_text(code), tally.codes[code]);
	for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
		if (tally.codes[acts[i]] < 5)
			fail_msg("%s came up %zu times", code_text(acts[i]), tally.codes[acts[i]]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_gate_decides_as_the_manual_says),
		cmocka_unit_test(chance_reaches_every_answer),
	};

	return cmocka_run_group_tests_name("gate/property", tests, NULL, NULL);
}
