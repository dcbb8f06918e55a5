#include "test.h"

#include <stdio.h>
#include <string.h>

#include "vault/state.h"

/* A generator whose runs can be repeated: xorshift64*. */
static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * UINT64_C(2685821657736338717);
}

static uint32_t below(uint64_t *seed, uint32_t n)
{
	return (uint32_t)((next_random(seed) >> 32) % n);
}

static uint32_t any_number(uint64_t *seed)
{
	return (uint32_t)(next_random(seed) >> (32 + below(seed, 32)));
}

static moment any_moment(uint64_t *seed)
{
	return (moment)(next_random(seed) >> below(seed, 40)) - (below(seed, 2) ? INT64_C(1) << 50 : 0);
}

static const uint32_t *any_numbers(uint64_t *seed, struct arena *a, size_t *n)
{
	uint32_t *list;

	*n = below(seed, 4);
	list = arena_array(a, *n, sizeof *list);
	for (size_t i = 0; i < *n; i++)
		list[i] = any_number(seed);
	return list;
}

static void any_values(uint64_t *seed, struct arena *a, struct person_state *s)
{
	uint32_t *categories = arena_array(a, 4, sizeof *categories);
	struct person_value *values = arena_array(a, 40, sizeof *values);

	s->n_categories = below(seed, 4);
	s->n_values = 0;
	for (size_t i = 0; i < s->n_categories; i++) {
		uint32_t item = 0;

		categories[i] = (i ? categories[i - 1] : 0) + 1 + below(seed, 300);
		for (uint32_t n = below(seed, 10); n > 0; n--) {
			struct person_value *v = &values[s->n_values++];
			uint16_t *acquired = arena_array(a, 3, sizeof *acquired);

			item += 1 + below(seed, 200);
			*v = (struct person_value){categories[i], item, any_number(seed), acquired, 0};
			for (uint16_t k = 0; k < s->n_acquisitions && v->n_acquired < 3; k++)
				if (below(seed, 2))
					acquired[v->n_acquired++] = k;
		}
	}
	s->categories = categories;
	s->values = values;
}

static void any_marks(uint64_t *seed, struct arena *a, struct person_state *s)
{
	static const char *const means[] = {"phone", "email", "郵送"};
	struct person_suspension *suspensions = arena_array(a, 3, sizeof *suspensions);
	struct person_objection *objections = arena_array(a, 3, sizeof *objections);
	struct person_event *events = arena_array(a, 3, sizeof *events);
	struct person_hold *holds = arena_array(a, 3, sizeof *holds);

	s->n_suspensions = below(seed, 4);
	s->n_objections = below(seed, 4);
	s->n_events = below(seed, 4);
	s->n_holds = below(seed, 4);
	for (size_t i = 0; i < s->n_suspensions; i++) {
		suspensions[i].purposes = any_numbers(seed, a, &suspensions[i].n_purposes);
		suspensions[i].items = any_numbers(seed, a, &suspensions[i].n_items);
		suspensions[i].until_erased = below(seed, 2);
	}
	for (size_t i = 0; i < s->n_objections; i++)
		objections[i] = (struct person_objection){any_number(seed), means, below(seed, 4)};
	for (size_t i = 0; i < s->n_events; i++)
		events[i] = (struct person_event){any_number(seed), (date)any_number(seed), any_number(seed)};
	for (size_t i = 0; i < s->n_holds; i++)
		holds[i] = (struct person_hold){any_number(seed), below(seed, 2) ? DATE_NONE : (date)any_number(seed)};
	s->suspensions = suspensions;
	s->objections = objections;
	s->events = events;
	s->holds = holds;
	s->stopped = any_numbers(seed, a, &s->n_stopped);
	s->provision_stopped = below(seed, 2);
	s->objects_to_all = below(seed, 2);
}

static struct person_state any_state(uint64_t *seed, struct arena *a)
{
	struct person_state s = {.exists = true};
	struct person_acquisition *acquisitions = arena_array(a, 4, sizeof *acquisitions);
	struct person_consent *consents = arena_array(a, 3, sizeof *consents);

	s.n_acquisitions = below(seed, 5);
	for (size_t i = 0; i < s.n_acquisitions; i++)
		acquisitions[i] = (struct person_acquisition){any_number(seed), any_number(seed), any_number(seed),
							      any_number(seed), any_moment(seed)};
	s.acquisitions = acquisitions;
	s.n_consents = below(seed, 4);
	for (size_t i = 0; i < s.n_consents; i++)
		consents[i] = (struct person_consent){any_number(seed), any_number(seed), any_moment(seed),
						      below(seed, 2) ? MOMENT_NONE : any_moment(seed), below(seed, 2)};
	s.consents = consents;
	any_values(seed, a, &s);
	any_marks(seed, a, &s);
	return s;
}

#define assert_list(a, b, list, n)                                              \
	do {                                                                    \
		assert_int_equal((a)->n, (b)->n);                               \
		assert_memory_equal((a)->list, (b)->list, (a)->n * sizeof *(a)->list); \
	} while (0)

static void assert_values(const struct person_state *a, const struct person_state *b)
{
	assert_int_equal(a->n_values, b->n_values);
	for (size_t i = 0; i < a->n_values; i++) {
		assert_int_equal(a->values[i].category, b->values[i].category);
		assert_int_equal(a->values[i].item, b->values[i].item);
		assert_int_equal(a->values[i].version, b->values[i].version);
		assert_list(&a->values[i], &b->values[i], acquired, n_acquired);
	}
}

static void assert_consents(const struct person_state *a, const struct person_state *b)
{
	assert_int_equal(a->n_consents, b->n_consents);
	for (size_t i = 0; i < a->n_consents; i++) {
		assert_int_equal(a->consents[i].consent, b->consents[i].consent);
		assert_int_equal(a->consents[i].version, b->consents[i].version);
		assert_true(a->consents[i].given == b->consents[i].given);
		assert_true(a->consents[i].withdrawn == b->consents[i].withdrawn);
		assert_int_equal(a->consents[i].by_guardian, b->consents[i].by_guardian);
	}
}

static void assert_marks(const struct person_state *a, const struct person_state *b)
{
	assert_int_equal(a->n_suspensions, b->n_suspensions);
	for (size_t i = 0; i < a->n_suspensions; i++) {
		assert_list(&a->suspensions[i], &b->suspensions[i], purposes, n_purposes);
		assert_list(&a->suspensions[i], &b->suspensions[i], items, n_items);
		assert_int_equal(a->suspensions[i].until_erased, b->suspensions[i].until_erased);
	}
	assert_int_equal(a->n_objections, b->n_objections);
	for (size_t i = 0; i < a->n_objections; i++) {
		assert_int_equal(a->objections[i].purpose, b->objections[i].purpose);
		assert_int_equal(a->objections[i].n_means, b->objections[i].n_means);
		for (size_t k = 0; k < a->objections[i].n_means; k++)
			assert_string_equal(a->objections[i].means[k], b->objections[i].means[k]);
	}
}

static void assert_same(const struct person_state *a, const struct person_state *b)
{
	assert_list(a, b, categories, n_categories);
	assert_list(a, b, acquisitions, n_acquisitions);
	assert_list(a, b, events, n_events);
	assert_list(a, b, holds, n_holds);
	assert_list(a, b, stopped, n_stopped);
	assert_int_equal(a->provision_stopped, b->provision_stopped);
	assert_int_equal(a->objects_to_all, b->objects_to_all);
	assert_values(a, b);
	assert_consents(a, b);
	assert_marks(a, b);
}

static void any_state_is_decoded_as_it_was_encoded_and_never_when_cut(void **state)
{
	static const uint32_t versions[] = {1, 200, UINT32_MAX, 7};
	uint64_t seed = 20261201;
	struct arena a;
	struct buf out;

	(void)state;
	arena_init(&a, 0, false);
	buf_init(&out);
	for (int run = 0; run < 3000; run++) {
		struct person_state s = any_state(&seed, &a), again;
		const uint32_t *numbers;

		buf_reset(&out);
		assert_true(state_encode(&s, versions, &out));
		assert_true(state_decode(buf_view(&out), &a, &again, &numbers));
		assert_same(&s, &again);
		assert_memory_equal(numbers, versions, s.n_categories * sizeof *numbers);
		assert_false(state_decode(str_sub(buf_view(&out), 0, below(&seed, (uint32_t)out.n)), &a, &again, &numbers));
		buf_byte(&out, 0);
		assert_false(state_decode(buf_view(&out), &a, &again, &numbers));
		arena_reset(&a);
	}
	buf_free(&out);
	arena_free(&a);
}

static void any_damaged_bytes_are_refused_or_read_within_bounds(void **state)
{
	static const uint32_t versions[] = {1, 1, 1, 1};
	uint64_t seed = 42;
	struct arena a;
	struct buf out;

	(void)state;
	arena_init(&a, 0, false);
	buf_init(&out);
	for (int run = 0; run < 20000; run++) {
		struct person_state s = any_state(&seed, &a), again;
		const uint32_t *numbers;

		buf_reset(&out);
		assert_true(state_encode(&s, versions, &out));
		for (uint32_t n = 1 + below(&seed, 3); n > 0; n--)
			out.p[below(&seed, (uint32_t)out.n)] = (char)next_random(&seed);
		if (state_decode(buf_view(&out), &a, &again, &numbers))
			for (size_t i = 0; i < again.n_values; i++)
				for (size_t k = 0; k < again.values[i].n_acquired; k++)
					assert_true(again.values[i].acquired[k] < again.n_acquisitions);
		arena_reset(&a);
	}
	buf_free(&out);
	arena_free(&a);
}

static void a_state_out_of_order_is_not_encoded(void **state)
{
	static const uint16_t first[] = {0}, twice[] = {0, 0};
	static const uint32_t versions[] = {1, 1}, up[] = {3, 5}, down[] = {5, 3};
	struct person_acquisition acquisition = {.channel = 1};
	struct person_value values[] = {{3, 1, 1, first, 1}, {3, 2, 1, first, 1}};
	struct person_state good = {.categories = up, .n_categories = 2, .acquisitions = &acquisition,
				    .n_acquisitions = 1, .values = values, .n_values = 2}, s;
	struct buf out;

	(void)state;
	buf_init(&out);
	assert_true(state_encode(&good, versions, &out));
	s = good, s.categories = down;
	assert_false(state_encode(&s, versions, &out));
	s = good, s.n_acquisitions = 0;
	assert_false(state_encode(&s, versions, &out));
	values[1].acquired = twice, values[1].n_acquired = 2;
	assert_false(state_encode(&good, versions, &out));
	values[1] = values[0];
	assert_false(state_encode(&good, versions, &out));
	values[1].category = 4;
	assert_false(state_encode(&good, versions, &out));
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_state_is_decoded_as_it_was_encoded_and_never_when_cut),
		cmocka_unit_test(any_damaged_bytes_are_refused_or_read_within_bounds),
		cmocka_unit_test(a_state_out_of_order_is_not_encoded),
	};

	return cmocka_run_group_tests_name("vault/state", tests, NULL, NULL);
}
