/*
 * What a decision costs: a policy of 200 purposes and 500 items in two versions, persons with ten values each
 * that came in by two acquisitions under different versions, questions for three items of them.
 */
#include <time.h>

#include "base/bits.h"
#include "figures.h"
#include "gate/gate.h"

enum { PURPOSES = 200, ITEMS = 500, PERSONS = 256, VALUES = 10, ASKED = 3, QUESTIONS = 1024 };

struct person {
	struct person_state state;
	struct person_acquisition acquisitions[2];
	struct person_value values[VALUES];
};

struct question {
	struct gate_request request;
	const struct person *person;
	uint64_t items[BITS_WORDS(ITEMS)];
};

/* What is kept between runs. */
struct scene {
	struct arena arena;
	struct policy *versions[2];
	struct policy_set set;
	struct gate *gate;
	struct person *persons;
	struct question *questions;
};

static struct scene scene;

static uint32_t step(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the figure");
}

/* Purpose number P uses item I: a sixth of them. */
static bool used(size_t p, size_t i)
{
	return (p * 7 + i * 13) % 6 == 0;
}

static bool make_purposes(struct arena *a, struct policy *p)
{
	for (size_t u = 0; u < PURPOSES; u++) {
		struct policy_purpose *purpose = &p->purposes[u];
		char *id = arena_copy(a, "purpose_000", 11);

		purpose->uses = arena_new(a, struct policy_uses);
		if (!id || !purpose->uses)
			return false;
		id[8] = (char)('0' + u / 100);
		id[9] = (char)('0' + u / 10 % 10);
		id[10] = (char)('0' + u % 10);
		purpose->id = str_of(id);
		purpose->number = (uint32_t)u + 1;
		purpose->observe_until = DATE_NONE;
		purpose->uses->items = arena_array(a, BITS_WORDS(ITEMS), sizeof(uint64_t));
		purpose->n_uses = 1;
		if (!purpose->uses->items)
			return false;
		for (size_t i = 0; i < ITEMS; i++)
			if (used(u, i))
				bits_add(purpose->uses->items, i);
	}
	return true;
}

static struct policy *make_policy(struct arena *a, uint32_t version)
{
	struct policy *p = arena_new(a, struct policy);
	int *all = arena_array(a, PURPOSES, sizeof *all);

	if (!p || !all)
		return NULL;
	p->version = version;
	p->zone = 540;
	p->in_force = p->published = date_start(date_make(2026, (int)version, 1), 540);
	p->categories = arena_new(a, struct policy_category);
	p->notices = arena_new(a, struct policy_notice);
	p->events = arena_new(a, struct policy_event);
	p->roles = arena_new(a, struct policy_role);
	p->purposes = arena_array(a, PURPOSES, sizeof *p->purposes);
	if (!p->categories || !p->notices || !p->events || !p->roles || !p->purposes || !make_purposes(a, p))
		return NULL;
	for (int i = 0; i < PURPOSES; i++)
		all[i] = i;
	p->n_categories = p->n_notices = p->n_events = p->n_roles = 1;
	p->n_purposes = PURPOSES;
	p->events[0] = (struct policy_event){.number = 1, .cancelled_by = POLICY_NONE};
	p->notices[0] = (struct policy_notice){.number = 1, .purposes = all, .n_purposes = PURPOSES};
	p->roles[0] = (struct policy_role){
		.number = 1, .purposes = all, .n_purposes = PURPOSES, .may = 1u << ACTION_READ};
	p->categories[0] = (struct policy_category){
		.number = 1, .n_items = ITEMS, .external_id = POLICY_NONE,
		.items = arena_array(a, ITEMS, sizeof(struct policy_item)),
		.keep = {.set = true, .length = {.years = 3 + (int32_t)version}, .event = 0}};
	for (uint32_t i = 0; p->categories[0].items && i < ITEMS; i++)
		p->categories[0].items[i].number = i + 1;
	return p->categories[0].items ? p : NULL;
}

static void make_person(struct person *p, uint32_t *seed)
{
	static const uint16_t both[] = {0, 1};
	static const uint32_t category[] = {1};
	static const struct person_event ended[] = {{1, 20600, 1}};

	for (uint32_t v = 0; v < 2; v++)
		p->acquisitions[v] = (struct person_acquisition){
			.channel = 1, .notice = 1, .notice_version = v + 1, .policy_version = v + 1,
			.at = date_start(date_make(2026, (int)v + 1, 1 + (int)(step(seed) % 28)), 540)};
	for (uint32_t i = 0; i < VALUES; i++)
		p->values[i] = (struct person_value){1, i * (ITEMS / VALUES) + step(seed) % (ITEMS / VALUES) + 1, 1,
						     both + step(seed) % 2, 1};
	p->state = (struct person_state){.exists = true, .categories = category, .n_categories = 1,
					 .acquisitions = p->acquisitions, .n_acquisitions = 2,
					 .values = p->values, .n_values = VALUES, .events = ended, .n_events = 1};
}

/* A question for three values of a person, for a purpose that uses the first of them. */
static void make_question(struct question *q, const struct person *p, const struct policy *now, uint32_t *seed)
{
	size_t first = p->values[step(seed) % VALUES].item - 1, purpose = step(seed) % PURPOSES;

	while (!used(purpose, first))
		purpose = (purpose + 1) % PURPOSES;
	bits_add(q->items, first);
	for (int i = 1; i < ASKED; i++)
		bits_add(q->items, p->values[step(seed) % VALUES].item - 1);
	q->person = p;
	q->request = (struct gate_request){
		.actor = {.active = true, .role = 1}, .action = ACTION_READ, .purpose_kind = PURPOSE_DECLARED,
		.purpose = now->purposes[purpose].id, .items = q->items,
		.now = date_start(date_make(2027, 1, 1), 540)};
}

static result scene_make(struct error *e)
{
	uint32_t seed = 1;

	if (scene.gate)
		return RESULT_OK;
	arena_init(&scene.arena, 1 << 20, false);
	for (uint32_t v = 0; v < 2; v++)
		if (!(scene.versions[v] = make_policy(&scene.arena, v + 1)))
			return no_memory(e);
	scene.persons = arena_array(&scene.arena, PERSONS, sizeof *scene.persons);
	scene.questions = arena_array(&scene.arena, QUESTIONS, sizeof *scene.questions);
	if (!scene.persons || !scene.questions)
		return no_memory(e);
	for (size_t i = 0; i < PERSONS; i++)
		make_person(&scene.persons[i], &seed);
	for (size_t i = 0; i < QUESTIONS; i++)
		make_question(&scene.questions[i], &scene.persons[step(&seed) % PERSONS], scene.versions[1], &seed);
	scene.set = (struct policy_set){.versions = scene.versions, .n = 2};
	return gate_build(&scene.set, scene.versions[1], &scene.gate, e);
}

static void scene_close(void)
{
	gate_free(scene.gate);
	scene.gate = NULL;
	arena_free(&scene.arena);
}

static int64_t nanoseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); /* pure: others on the machine do not count */
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static result decide(const struct figure *f, int ms, struct sample *out, struct error *e)
{
	struct gate_verdict v;
	int64_t start, passed;
	uint64_t n = 0;

	(void)f;
	TRY(scene_make(e));
	start = nanoseconds();
	do {
		for (size_t i = 0; i < QUESTIONS; i++) {
			const struct question *q = &scene.questions[i];

			gate_decide(scene.gate, &q->request, &q->person->state, &v);
			out->errors += v.verdict == VERDICT_DENY; /* each asks for one thing that it may read */
		}
		n += QUESTIONS;
		passed = nanoseconds() - start;
	} while (passed < ms * INT64_C(1000000));
	out->value = (double)passed / (double)n;
	return RESULT_OK;
}

const struct figure figures_gate[] = {
	{.name = "gate_decide", .unit = "ns", .run = decide, .close = scene_close},
	{.name = NULL},
};
