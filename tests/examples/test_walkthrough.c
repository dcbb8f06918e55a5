/*
 * The walk-through of examples/README.md, asked of the gate: every row that is a
 * read of named items is one case.  The people are those of its first table, on
 * the dates that stand there; the question is asked on 2026-11-25.
 */
#include "test.h"

#include <string.h>

#include "base/bits.h"
#include "base/file.h"
#include "gate/gate.h"
#include "policy/policy_dir.h"
#include "policy/publish.h"
#include "publish/texts.h"

#define README TEST_SOURCE_DIR "/../examples/README.md"
#define REFERENCE TEST_SOURCE_DIR "/../examples/reference"

enum { PEOPLE = 11, VALUES = 48, CELLS = 6 };

/* One person of the walk-through: all values came by one acquisition. */
struct person {
	const char *name; /* as in the column `of`, or the category where there is no such column */
	const char *category;
	struct person_state state;
	struct person_acquisition acquisition;
	uint32_t categories[1];
	struct person_value values[VALUES];
	struct person_consent consents[1];
	struct person_event events[2];
	struct person_objection objections[1];
};

struct rig {
	char dir[64];
	struct db *d;
	struct findings f;
	struct policy_set *set;
	struct gate *gate;
	const struct policy *p;
	struct buf readme;
	struct person people[PEOPLE];
	size_t n_people;
	size_t asked;
	struct error e;
};

static const uint16_t first_acquisition[] = {0};
static const struct uuid somebody = {{1}}, nobody = {{2}};

static moment at(const char *text)
{
	moment m;

	assert_true(moment_parse(str_of(text), &m));
	return m;
}

/* Adds NAME, all of whose values of CATEGORY came by CHANNEL, NOTICE (or NULL) having been shown, at TIME. */
static struct person *add(struct rig *r, const char *name, const char *category, const char *channel, const char *notice,
			  const char *time)
{
	struct person *person = &r->people[r->n_people++];
	const struct policy_category *c = &r->p->categories[policy_category_find(r->p, str_of(category))];

	assert_true(r->n_people <= PEOPLE && c->n_items <= VALUES);
	person->name = name;
	person->category = category;
	person->acquisition = (struct person_acquisition){
		.channel = r->p->channels[policy_channel_find(r->p, str_of(channel))].number,
		.policy_version = 1,
		.at = at(time)};
	if (notice) {
		person->acquisition.notice = r->p->notices[policy_notice_find(r->p, str_of(notice))].number;
		person->acquisition.notice_version = 1;
	}
	for (size_t i = 0; i < c->n_items; i++)
		person->values[i] = (struct person_value){c->number, c->items[i].number, 1, first_acquisition, 1};
	person->categories[0] = c->number;
	person->state = (struct person_state){.exists = true, .categories = person->categories, .n_categories = 1,
		.acquisitions = &person->acquisition, .n_acquisitions = 1, .values = person->values,
		.n_values = c->n_items, .consents = person->consents, .events = person->events,
		.objections = person->objections};
	return person;
}

static void event(struct rig *r, struct person *person, const char *name, int year, int month, int day)
{
	uint32_t number = r->p->events[policy_event_find(r->p, str_of(name))].number;
	size_t n = person->state.n_events++;

	person->events[n] = (struct person_event){number, date_make(year, month, day), (uint32_t)n + 1};
}

static void marketing(struct rig *r, struct person *person, moment withdrawn)
{
	uint32_t number = r->p->consents[policy_consent_find(r->p, STR("marketing"))].number;

	person->state.n_consents = 1;
	person->consents[0] = (struct person_consent){.consent = number, .version = 1, .given = at("2026-11-05T03:00:00Z"),
						      .withdrawn = withdrawn};
}

/* The first table of the walk-through. */
static void people(struct rig *r)
{
	static const char *const signed_up[] = {"Aoi", "Beni", "Chika", "Fumi", "Gen"};
	struct person *person;

	for (size_t i = 0; i < sizeof signed_up / sizeof *signed_up; i++) {
		person = add(r, signed_up[i], "customer", "web_form", "sign_up", "2026-11-04T01:00:00Z");
		event(r, person, "contract_start", 2026, 11, 4);
	}
	event(r, &r->people[4], "contract_end", 2026, 11, 20);
	marketing(r, &r->people[1], MOMENT_NONE);
	marketing(r, &r->people[2], at("2026-11-10T03:00:00Z"));
	add(r, "Dai", "customer", "postcard", "survey", "2026-11-06T01:00:00Z");
	person = add(r, "Eiji", "customer", "old_files", NULL, "2014-05-10T01:00:00Z");
	event(r, person, "contract_start", 2014, 5, 10);
	event(r, person, "contract_end", 2020, 3, 31);
	event(r, add(r, "Haru", "customer", "old_files", NULL, "2014-05-10T01:00:00Z"), "contract_start", 2014, 5, 10);
	add(r, "employee", "employee", "contract", "employment", "2026-11-04T01:00:00Z");
	add(r, "applicant", "applicant", "web_form", "recruitment", "2026-11-04T01:00:00Z");
	add(r, "a caller", "call_recording", "telephone", "recording", "2026-11-24T01:00:00Z");
}

static int set_up(void **state)
{
	struct rig *r = calloc(1, sizeof *r);
	struct policy_candidate candidate = {.texts = edition_texts};
	struct policy_published published;
	enum db_outcome outcome;
	char path[96];

	assert_non_null(r);
	candidate.now = at("2026-11-25T00:00:00Z");
	policy_dir_make(r->dir, sizeof r->dir);
	snprintf(path, sizeof path, "%s/sekisho.db", r->dir);
	findings_init(&r->f);
	buf_init(&r->readme);
	assert_ok(file_read(README, 1 << 20, &r->readme, &r->e), &r->e);
	assert_ok(db_open(path, DB_CREATE, &r->d, &r->e), &r->e);
	assert_ok(db_migrate(r->d, &r->e), &r->e);
	assert_ok(db_begin_write(r->d, &r->e), &r->e);
	assert_ok(policy_publish_dir(r->d, REFERENCE, &candidate, &r->f, &published, &r->e), &r->e);
	assert_ok(db_commit(r->d, &outcome, &r->e), &r->e);
	assert_ok(policy_set_load(r->d, &r->set, &r->e), &r->e);
	r->p = policy_set_version(r->set, 1);
	assert_non_null(r->p);
	assert_ok(gate_build(r->set, r->p, &r->gate, &r->e), &r->e);
	people(r);
	*state = r;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *r = *state;

	gate_free(r->gate);
	policy_set_free(r->set);
	db_close(r->d);
	buf_free(&r->readme);
	findings_free(&r->f);
	policy_dir_remove(r->dir);
	free(r);
	return 0;
}

/* What stands between the N-th pair of backticks of TEXT (from 0); empty when there is none. */
static struct str quoted(struct str text, size_t n)
{
	for (size_t i = 0;; i++) {
		size_t open = str_find(text, '`');
		struct str rest = str_sub(text, open + 1, text.n);
		size_t close = str_find(rest, '`');

		if (open >= text.n || close >= rest.n)
			return (struct str){"", 0};
		if (i == n)
			return str_sub(rest, 0, close);
		text = str_sub(rest, close + 1, rest.n);
	}
}

/* True when PART stands in TEXT. */
static bool says(struct str text, const char *part)
{
	for (size_t i = 0; i < text.n; i++)
		if (str_starts(str_sub(text, i, text.n), str_of(part)))
			return true;
	return false;
}

/* Takes the next cell off a table's LINE. */
static struct str cell(struct str *line)
{
	size_t n = str_find(*line, '|');
	struct str text = str_trim(str_sub(*line, 0, n));

	*line = str_sub(*line, n + 1, line->n);
	return text;
}

/* The person that the cell WHOM names, else the one of the category that the role of WHAT works with; NULL: nobody. */
static struct person *whom(struct rig *r, struct str whom, struct str what)
{
	struct str name = str_trim(str_sub(whom, 0, str_find(whom, ',')));

	if (!name.n)
		name = says(what, "recruiter") || says(what, "hiring") ? STR("applicant") : STR("employee");
	for (size_t i = 0; i < r->n_people; i++)
		if (str_is(name, r->people[i].name))
			return &r->people[i];
	return NULL;
}

/* The bits of the items of C that TEXT lists, with commas. */
static void items_of(const struct policy_category *c, struct str text, uint64_t *items)
{
	while (text.n) {
		size_t n = str_find(text, ',');
		int item = policy_item_find(c, str_trim(str_sub(text, 0, n)));

		if (item == POLICY_NONE)
			fail_msg("no item \"%.*s\"", (int)n, text.p);
		bits_add(items, (size_t)item);
		text = str_sub(text, n + 1, text.n);
	}
}

/*
 * What the column says, but for what would leave: arrangements are not looked up
 * yet, and until they are, all of it is refused, as the README says.
 */
static struct str answer_now(struct str what, struct str answer)
{
	bool arrangement = str_starts(answer, STR("allow")) || says(answer, "announced");

	return says(what, "_partner`") && arrangement ? STR("deny `recipient_unknown`") : answer;
}

/* Asserts that V is what ANSWER says: allow, one code for all, or `partial: item, item `code``. */
static void expect(struct str row, const struct policy_category *c, const struct gate_verdict *v, struct str answer)
{
	struct str code = quoted(answer, 0);
	uint64_t refused[GATE_ITEMS / 64] = {0};
	bool partial = str_starts(answer, STR("partial:"));

	if (str_starts(answer, STR("allow"))) {
		if (v->verdict != VERDICT_ALLOW)
			fail_msg("%.*s: refused with %s", (int)row.n, row.p, code_text(v->code));
		return;
	}
	if (partial)
		items_of(c, str_sub(answer, 8, str_find(answer, '`') - 8), refused);
	if (v->verdict != (partial ? VERDICT_PARTIAL : VERDICT_DENY) || !str_is(code, code_text(v->code)))
		fail_msg("%.*s: verdict %d with %s", (int)row.n, row.p, (int)v->verdict, code_text(v->code));
	for (size_t i = 0; partial && i < c->n_items; i++)
		if (bits_has(v->asked, i) && bits_has(v->allowed, i) == bits_has(refused, i))
			fail_msg("%.*s: item %.*s", (int)row.n, row.p, (int)c->items[i].id.n, c->items[i].id.p);
}

/* Asks what a row says: WHAT is `role` read `purpose`. */
static void ask(struct rig *r, struct str row, struct str what, struct str of, struct str items, struct str answer)
{
	struct person *person = whom(r, of, what);
	int role = policy_role_find(r->p, quoted(what, 0));
	int category = policy_category_find(r->p, person ? str_of(person->category) : STR("customer"));
	uint64_t asked[GATE_ITEMS / 64] = {0};
	bool purpose = !says(what, "no purpose");
	const char *means[] = {"email"};
	struct gate_verdict v;

	assert_int_not_equal(role, POLICY_NONE);
	items_of(&r->p->categories[category], items, asked);
	if (says(of, "objects to e-mail")) {
		uint32_t survey = r->p->purposes[policy_purpose_find(r->p, STR("survey"))].number;

		person->objections[0] = (struct person_objection){survey, means, 1};
		person->state.n_objections = 1;
	}
	gate_decide(r->gate,
		    &(struct gate_request){
			    .actor = {.active = true, .number = 1, .role = r->p->roles[role].number},
			    .action = ACTION_READ,
			    .purpose_kind = purpose ? PURPOSE_DECLARED : PURPOSE_NONE,
			    .purpose = purpose ? quoted(what, 1) : (struct str){"", 0},
			    .means = says(what, "Means: email") ? STR("email") : (struct str){"", 0},
			    .category = category,
			    .items = asked,
			    .limit_exceeded = says(of, "201st"),
			    .now = at("2026-11-25T03:00:00Z"),
			    .subject = person ? &somebody : &nobody},
		    person ? &person->state : NULL, &v);
	expect(row, &r->p->categories[category], &v, answer_now(what, answer));
	if (person)
		person->state.n_objections = 0;
	r->asked++;
}

static void each_read_of_the_walk_through_is_answered_as_it_says(void **state)
{
	struct rig *r = *state;
	struct str text = buf_view(&r->readme);
	bool of = false;

	while (text.n) {
		size_t n = str_find(text, '\n');
		struct str row = str_sub(text, 0, n), rest = str_sub(row, 2, row.n), number, cells[CELLS];

		text = str_sub(text, n + 1, text.n);
		if (!str_starts(row, STR("| ")))
			continue;
		number = cell(&rest);
		for (size_t i = 0; i < CELLS; i++)
			cells[i] = cell(&rest);
		if (str_is(number, "#"))
			of = str_is(cells[1], "of");
		else if (number.p[0] >= '0' && number.p[0] <= '9' && says(cells[0], "` read") && quoted(cells[0], 0).p == cells[0].p + 1)
			ask(r, row, cells[0], of ? cells[1] : STR(""), cells[of ? 2 : 1], cells[of ? 3 : 2]);
	}
	assert_in_range(r->asked, 30, 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_read_of_the_walk_through_is_answered_as_it_says, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
