/*
 * Runs tests/cases/gate/NAME.table: a policy in the lines of gate/scene.h, or
 * `example NAME` for one of examples/, then cases.  `case TEXT` begins one, with nobody on file; then come what is on file
 * of the person, and questions with the answer behind ->.
 *
 *   value CATEGORY.ITEM … by: CHANNEL at: TIME notice: NOTICE VERSION policy: VERSION   (again: one acquisition more)
 *   given CONSENT VERSION at: TIME is: guardian      withdrawn CONSENT at: TIME
 *   event EVENT DATE      hold until: DATE      suspended purposes: … items: … until: erased      objects PURPOSE by: MEANS …
 *   objects_to_all        has CATEGORY
 *   ask ROLE ACTION PURPOSE CATEGORY ITEM,… at: TIME is: reason limit approved inactive other closed unnamed means: M
 *       -> allow | partial CODE | deny CODE | observed, then each: ITEM=allow|observed|CODE
 *   acquire ROLE ACTION PURPOSE CATEGORY ITEM,… by: CHANNEL at: TIME now: TIME notice: N V shown: TIME language: L
 *       hash: right|wrong is: operator unchanged: ITEM … with: CONSENT VERSION TIME -> stored | key_only | CODE
 *   consent CONSENT VERSION at: TIME now: TIME by: CHANNEL is: guardian birth: DATE language: L hash: … -> recorded | CODE
 *   withdraw CONSENT at: TIME now: TIME is: guardian birth: DATE -> recorded | CODE
 *   keep CATEGORY.ITEM at: TIME -> runs | by_law | held | due
 *   set ROLE ACTION PURPOSE SET at: TIME is: reason limit approved inactive join reviewed by: ARRANGEMENT to: RECIPIENT
 *       -> as for ask
 *   until SET made: TIME at: TIME -> DATE
 *   serves SET ITEM,… at: TIME -> PURPOSE … | nothing
 *
 * ITEM may be *: none named.  A purpose may be `none`, `request/KIND` or
 * `exception`; a category `-`.
 */
#include "test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "gate/cases.h"

static const struct uuid somebody = {{1}}, somebody_else = {{2}};

static void case_begin(struct table *f, struct str title)
{
	if (!f->built)
		scene_build(&f->scene);
	f->built = true;
	f->title = title;
	memset(&f->state, 0, sizeof f->state);
	memset(f->acquired, 0, sizeof f->acquired);
	f->state.categories = f->categories;
	f->state.acquisitions = f->acquisitions;
	f->state.values = f->values;
	f->state.consents = f->consents;
	f->state.suspensions = f->suspensions;
	f->state.objections = f->objections;
	f->state.events = f->events;
	f->state.holds = f->holds;
}

static uint32_t to_number(struct str s)
{
	uint64_t n = 0;

	assert_true(str_to_u64(s, 1000, &n));
	return (uint32_t)n;
}

static uint32_t version_at(const struct table *f, moment t)
{
	uint32_t n = 1;

	for (size_t i = 0; i < f->scene.n_versions; i++)
		if (f->scene.policies[i]->in_force <= t)
			n = (uint32_t)i + 1;
	return n;
}

static void person_has(struct table *f, struct str category)
{
	uint32_t n = table_number(f, "category", category);

	f->state.exists = true;
	for (size_t i = 0; i < f->state.n_categories; i++)
		if (f->categories[i] == n)
			return;
	f->categories[f->state.n_categories++] = n;
}

static int value_cmp(const void *a, const void *b)
{
	const struct person_value *x = a, *y = b;

	if (x->category != y->category)
		return x->category < y->category ? -1 : 1;
	return (x->item > y->item) - (x->item < y->item);
}

static void add_value(struct table *f, struct str path, uint16_t acquisition)
{
	struct str category = str_sub(path, 0, str_find(path, '.'));
	struct person_value *v;
	size_t i = 0;

	person_has(f, category);
	while (i < f->state.n_values && f->values[i].item != table_number(f, "item", path))
		i++;
	v = &f->values[i];
	if (i == f->state.n_values) {
		*v = (struct person_value){table_number(f, "category", category), table_number(f, "item", path), 1,
					   f->acquired[f->state.n_values], 0};
		f->state.n_values++;
	}
	((uint16_t *)v->acquired)[v->n_acquired++] = acquisition;
	qsort(f->values, f->state.n_values, sizeof *f->values, value_cmp);
}

static void say_value(struct table *f, const struct line *l)
{
	struct person_acquisition *a = &f->acquisitions[f->state.n_acquisitions];
	struct line notice = line_after(l, "notice:");
	struct str policy = line_value(l, "policy:");

	*a = (struct person_acquisition){.channel = table_number(f, "channel", line_value(l, "by:")),
					 .at = scene_moment(line_value(l, "at:"))};
	a->policy_version = policy.n ? to_number(policy) : version_at(f, a->at);
	if (notice.n) {
		a->notice = table_number(f, "notice", notice.words[0]);
		a->notice_version = to_number(notice.words[1]);
	}
	for (size_t i = 1; i < l->n && l->words[i].p[l->words[i].n - 1] != ':'; i++)
		add_value(f, l->words[i], (uint16_t)f->state.n_acquisitions);
	f->state.n_acquisitions++;
}

static void say_suspended(struct table *f, const struct line *l)
{
	struct person_suspension *s = &f->suspensions[f->state.n_suspensions++];
	struct line purposes = line_after(l, "purposes:"), items = line_after(l, "items:");
	uint32_t *list = arena_array(&f->scene.arena, purposes.n + items.n + 1, sizeof *list);

	assert_non_null(list);
	*s = (struct person_suspension){list, purposes.n, list + purposes.n, items.n,
					line_after(l, "until:").n > 0};
	for (size_t i = 0; i < purposes.n; i++)
		list[i] = table_number(f, "purpose", purposes.words[i]);
	for (size_t i = 0; i < items.n; i++)
		list[purposes.n + i] = table_number(f, "item", items.words[i]);
}

static void say_objects(struct table *f, const struct line *l)
{
	struct line means = line_after(l, "by:");
	const char **list = arena_array(&f->scene.arena, means.n + 1, sizeof *list);

	assert_non_null(list);
	for (size_t i = 0; i < means.n; i++)
		list[i] = arena_copy(&f->scene.arena, means.words[i].p, means.words[i].n);
	f->objections[f->state.n_objections++] =
		(struct person_objection){table_number(f, "purpose", l->words[1]), list, means.n};
}

static void say_given(struct table *f, const struct line *l)
{
	f->consents[f->state.n_consents++] = (struct person_consent){
		table_number(f, "consent", l->words[1]), to_number(l->words[2]), scene_moment(line_value(l, "at:")),
		MOMENT_NONE, line_says(l, "is:", "guardian")};
}

/* What is on file; false when L says nothing of that. */
static bool say(struct table *f, const struct line *l)
{
	struct str what = l->words[0];

	if (str_is(what, "value"))
		say_value(f, l);
	else if (str_is(what, "given"))
		say_given(f, l);
	else if (str_is(what, "withdrawn"))
		f->consents[f->state.n_consents - 1].withdrawn = scene_moment(line_value(l, "at:"));
	else if (str_is(what, "event"))
		f->events[f->state.n_events] = (struct person_event){table_number(f, "event", l->words[1]),
								     scene_date(l->words[2]),
								     (uint32_t)++f->state.n_events};
	else if (str_is(what, "hold"))
		f->holds[f->state.n_holds++] = (struct person_hold){
			1, line_value(l, "until:").n ? scene_date(line_value(l, "until:")) : DATE_NONE};
	else if (str_is(what, "suspended"))
		say_suspended(f, l);
	else if (str_is(what, "objects"))
		say_objects(f, l);
	else if (str_is(what, "objects_to_all"))
		f->state.objects_to_all = true;
	else if (str_is(what, "has"))
		person_has(f, l->words[1]);
	else
		return false;
	return true;
}

static void set_purpose(struct table *f, const struct policy *p, const struct line *l, struct gate_request *r)
{
	struct str purpose = l->words[3];

	r->purpose_kind = PURPOSE_DECLARED;
	r->purpose = purpose;
	if (str_is(purpose, "none")) {
		r->purpose_kind = PURPOSE_NONE;
	} else if (str_is(purpose, "exception")) {
		r->purpose_kind = PURPOSE_EXCEPTION;
	} else if (str_starts(purpose, STR("set/"))) {
		r->purpose_kind = PURPOSE_SET;
		r->set = policy_derived_find(p, str_sub(purpose, 4, purpose.n));
	} else if (str_starts(purpose, STR("request/"))) {
		r->purpose_kind = PURPOSE_PERSON_REQUEST;
		table_check(f, request_kind_parse(str_sub(purpose, 8, purpose.n), &r->request.kind), "no kind", "");
		r->request.open = !line_says(l, "is:", "closed");
		r->request.subject = line_says(l, "is:", "other") ? somebody_else : somebody;
	}
}

/* The request that L is about; the gate of its time goes to *GATE. */
static struct gate_request request_of(struct table *f, const struct line *l, const char *when, uint64_t *items,
				      const struct gate **gate)
{
	struct gate_request r = {.now = scene_moment(line_value(l, when)), .category = POLICY_NONE};
	const struct policy *p;
	int none;

	*gate = scene_gate(&f->scene, r.now);
	p = gate_policy(*gate);
	r.actor.active = !line_says(l, "is:", "inactive");
	r.actor.role = str_is(l->words[1], "nobody") ? 60000 : table_number(f, "role", l->words[1]);
	table_check(f, action_parse(l->words[2], &r.action), "no such action", "");
	set_purpose(f, p, l, &r);
	if (!str_is(l->words[4], "-"))
		r.category = scene_category(p, l->words[4], &none);
	if (r.category != POLICY_NONE && !str_is(l->words[5], "*")) {
		table_items(f, &p->categories[r.category], l->words[5], items);
		r.items = items;
	}
	r.reason_given = line_says(l, "is:", "reason");
	r.limit_exceeded = line_says(l, "is:", "limit");
	r.approved = line_says(l, "is:", "approved");
	r.means = line_value(l, "means:");
	r.subject = line_says(l, "is:", "unnamed") ? NULL : &somebody;
	return r;
}

static void ask(struct table *f, const struct line *l, const struct line *answer)
{
	uint64_t items[GATE_ITEMS / 64] = {0};
	const struct gate *g;
	struct gate_request r = request_of(f, l, "at:", items, &g);
	struct gate_verdict v;

	memset(&v, 0xa5, sizeof v);
	gate_decide(g, &r, f->state.exists ? &f->state : NULL, &v);
	table_verdict(f, r.category == POLICY_NONE ? NULL : &gate_policy(g)->categories[r.category], &v, answer);
}

static void set_hash(const struct line *l, uint32_t version, bool *has, unsigned char *hash)
{
	*has = line_value(l, "hash:").n > 0;
	memset(hash, str_is(line_value(l, "hash:"), "wrong") ? 0xff : (int)version, POLICY_HASH);
}

static struct str language_of(const struct line *l)
{
	struct str language = line_value(l, "language:");

	return language.n ? language : STR("ja");
}

static struct gate_consent consent_of(const struct line *l, struct str id, uint32_t version, moment at)
{
	struct str birth = line_value(l, "birth:");
	struct gate_consent c = {.consent = id,
				 .version = version,
				 .at = at,
				 .language = language_of(l),
				 .channel = line_value(l, "by:"),
				 .by_guardian = line_says(l, "is:", "guardian"),
				 .birth = birth.n ? scene_date(birth) : DATE_NONE};

	if (!c.channel.n)
		c.channel = STR("web");
	set_hash(l, version, &c.has_hash, c.hash);
	return c;
}

static void acquire(struct table *f, const struct line *l, const struct line *answer)
{
	uint64_t items[GATE_ITEMS / 64] = {0}, unchanged[GATE_ITEMS / 64] = {0};
	const struct gate *g;
	struct gate_request r = request_of(f, l, line_value(l, "now:").n ? "now:" : "at:", items, &g);
	struct line notice = line_after(l, "notice:"), with = line_after(l, "with:");
	struct gate_acquisition a = {.channel = line_value(l, "by:"),
				     .at = scene_moment(line_value(l, "at:")),
				     .operator_given = line_says(l, "is:", "operator"),
				     .language = language_of(l)};
	struct gate_consent consent;
	struct gate_acquired got;
	const char *said;

	if (notice.n) {
		a.has_notice = true;
		a.notice = notice.words[0];
		a.notice_version = to_number(notice.words[1]);
		a.shown_at = line_value(l, "shown:").n ? scene_moment(line_value(l, "shown:")) : a.at;
		set_hash(l, a.notice_version, &a.has_hash, a.hash);
	}
	if (with.n) {
		consent = consent_of(l, with.words[0], to_number(with.words[1]), scene_moment(with.words[2]));
		consent.channel = STR("web");
		consent.has_hash = false;
		a.consents = &consent;
		a.n_consents = 1;
	}
	table_items(f, &gate_policy(g)->categories[r.category], line_value(l, "unchanged:"), unchanged);
	memset(&got, 0xa5, sizeof got);
	gate_acquire(g, &r, &a, f->state.exists ? &f->state : NULL, unchanged, &got);
	said = got.code == CODE_NONE ? (got.key_only ? "key_only" : "stored") : code_text(got.code);
	table_check(f, str_is(answer->words[0], said), "the answer is", said);
	f->seen[got.code] = true;
}

static void consent(struct table *f, const struct line *l, const struct line *answer)
{
	bool withdraw = str_is(l->words[0], "withdraw");
	moment at = scene_moment(line_value(l, "at:"));
	moment now = line_value(l, "now:").n ? scene_moment(line_value(l, "now:")) : at;
	struct gate_consent c = consent_of(l, l->words[1], withdraw ? 0 : to_number(l->words[2]), at);
	enum code code;

	c.withdraw = withdraw;
	code = gate_consent(scene_gate(&f->scene, now), &c, f->state.exists ? &f->state : NULL, now);
	table_check(f, str_is(answer->words[0], code == CODE_NONE ? "recorded" : code_text(code)), "the answer is",
	      code_text(code));
	f->seen[code] = true;
}

static void keep(struct table *f, const struct line *l, const struct line *answer)
{
	static const char *const names[] = {"due", "held", "by_law", "runs"};
	moment now = scene_moment(line_value(l, "at:"));
	uint32_t item = table_number(f, "item", l->words[1]);
	size_t i = 0;
	enum keeping k;

	while (i < f->state.n_values && f->values[i].item != item)
		i++;
	table_check(f, i < f->state.n_values, "the person has no such value", "");
	k = gate_keeping(scene_gate(&f->scene, now), &f->state, i, now);
	table_check(f, str_is(answer->words[0], names[k]), "the answer is", names[k]);
}

/* A question: L up to ->, and the answer behind it. */
static void question(struct table *f, const struct line *whole)
{
	struct line l = {.n = 0}, answer = {.n = 0};
	size_t i = 0;

	for (; i < whole->n && !str_is(whole->words[i], "->"); i++)
		l.words[l.n++] = whole->words[i];
	for (i++; i < whole->n; i++)
		answer.words[answer.n++] = whole->words[i];
	table_check(f, answer.n > 0, "no answer", "");
	if (str_is(l.words[0], "ask"))
		ask(f, &l, &answer);
	else if (str_is(l.words[0], "acquire"))
		acquire(f, &l, &answer);
	else if (str_is(l.words[0], "keep"))
		keep(f, &l, &answer);
	else if (str_is(l.words[0], "set"))
		table_set(f, &l, &answer);
	else if (str_is(l.words[0], "until"))
		table_until(f, &l, &answer);
	else if (str_is(l.words[0], "serves"))
		table_serves(f, &l, &answer);
	else if (str_is(l.words[0], "consent") || str_is(l.words[0], "withdraw"))
		consent(f, &l, &answer);
	else
		table_check(f, false, "not understood", "");
	f->run++;
}

static void take_line(struct table *f, struct str text)
{
	struct line l = line_of(text);

	f->line++;
	if (!l.n)
		return;
	if (str_is(l.words[0], "case"))
		case_begin(f, str_trim(str_sub(text, 4, text.n)));
	else if (str_is(l.words[0], "example"))
		scene_example(&f->scene, l.words[1]);
	else if (!f->built)
		scene_line(&f->scene, text);
	else if (!say(f, &l))
		question(f, &l);
}

/* Runs the table at PATH; gives the number of questions asked, 0 when an answer was wrong, and puts the codes seen into SEEN. */
static size_t run_table(const char *path, const char *name, bool *seen)
{
	struct table *f = test_calloc(1, sizeof *f);
	struct error e = {.code = CODE_NONE};
	struct buf text;
	struct str rest;
	size_t run;

	f->name = name;
	scene_init(&f->scene);
	buf_init(&text);
	assert_ok(file_read(path, 1 << 20, &text, &e), &e);
	for (rest = buf_view(&text); rest.n;) {
		size_t end = str_find(rest, '\n');

		take_line(f, str_trim(str_sub(rest, 0, end)));
		rest = str_sub(rest, end + 1, rest.n);
	}
	for (size_t i = 0; i < CODE_COUNT; i++)
		seen[i] = seen[i] || f->seen[i];
	run = f->wrong ? 0 : f->run;
	buf_free(&text);
	scene_free(&f->scene);
	test_free(f);
	return run;
}

/* Every code that the gate can give has a case that expects it. */
static void check_codes(const bool *seen)
{
	static const enum code more[] = {
		CODE_EXCEPTION_SCOPE,  CODE_NOTICE_NOT_SHOWN,	     CODE_CHANNEL_UNKNOWN,    CODE_OPERATOR_MISSING,
		CODE_ITEM_NOT_NEEDED,  CODE_SPECIAL_CARE_NO_GROUND, CODE_DUPLICATE,	      CODE_TIME_INVALID,
		CODE_WORDING_MISMATCH, CODE_BINDING_WOULD_NARROW,   CODE_CONSENT_UNKNOWN,    CODE_GUARDIAN_NEEDED,
		CODE_ROLE_LACKS_SET,   CODE_SET_CONTACT,	     CODE_SET_JOIN,	      CODE_SET_LEAVES,
		CODE_SET_UNKNOWN};

	for (enum code c = CODE_UNAUTHORIZED; c <= CODE_RETENTION_EXPIRED; c++) {
		bool transfers = c == CODE_PROVISION_STOPPED; /* only sets have recipients here */

		if (!transfers && !seen[c])
			fail_msg("no case expects %s", code_text(c));
	}
	for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
		if (!seen[more[i]])
			fail_msg("no case expects %s", code_text(more[i]));
}

static void every_table_gives_its_verdicts_and_every_code_has_a_case(void **state)
{
	const char *dir = TEST_SOURCE_DIR "/cases/gate";
	bool seen[CODE_COUNT] = {false};
	size_t tables = 0, run = 0, wrong = 0;
	struct error e = {.code = CODE_NONE};
	struct dirent *entry;
	DIR *d = opendir(dir);

	(void)state;
	assert_non_null(d);
	while ((entry = readdir(d))) {
		size_t n = strlen(entry->d_name), of_table;
		char path[600];

		if (entry->d_name[0] == '.')
			continue;
		assert_true(n > 6 && strcmp(entry->d_name + n - 6, ".table") == 0); /* every file is run */
		assert_ok(path_join(path, sizeof path, dir, entry->d_name, &e), &e);
		of_table = run_table(path, entry->d_name, seen);
		wrong += of_table == 0;
		run += of_table;
		tables++;
	}
	closedir(d);
	cases_ran("gate/*.table", tables);
	assert_int_equal(wrong, 0);
	assert_true(tables >= 8);
	assert_true(run >= 150);
	check_codes(seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_table_gives_its_verdicts_and_every_code_has_a_case),
	};

	return cmocka_run_group_tests_name("gate/table", tests, NULL, NULL);
}
