#include <math.h>
#include <stdlib.h>

#include "deid/lattice.h"

/*
 * From a good transformation, each neighbour is looked at in turn and the first
 * that is better is gone to: one attribute at another level, or two attributes,
 * one a level up and one a level down.  Where none is better, some attributes of
 * the best are thrown to other levels, and it begins again.  A neighbour that the
 * bound rules out, or that was looked at before, costs no evaluation.
 */
enum {
	BATCH = 16,    /* evaluations of one call */
	LOOKS = 2000, /* neighbours of one call, when all were looked at before */
	THROWN = 4,
};

static size_t roll(struct worker *w, size_t sides)
{
	w->dice = w->dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (size_t)(w->dice >> 33) % sides;
}

/* Puts the neighbour number MOVE of W's climber into LEVELS; false when it is no other transformation. */
static bool neighbour(const struct worker *w, size_t move, uint8_t *levels)
{
	const struct deid_problem *p = w->s->p;
	size_t n = p->attributes, singles = p->offset[n];
	const uint8_t *from = w->climber.levels;

	memcpy(levels, from, n);
	if (move < singles) {
		size_t a = 0;

		while (p->offset[a + 1] <= move)
			a++;
		levels[a] = (uint8_t)(move - p->offset[a]);
		return levels[a] != from[a];
	}
	move -= singles;
	if (move / n == move % n || from[move / n] + 1U >= p->h[move / n]->levels || from[move % n] == 0)
		return false;
	levels[move / n]++;
	levels[move % n]--;
	return true;
}

/* Begins anew from the best, some of its attributes thrown to other levels. */
static void restart(struct worker *w)
{
	struct climber *c = &w->climber;
	const struct deid_problem *p = w->s->p;
	size_t n = p->attributes, thrown = isfinite(c->key) ? 2 + roll(w, THROWN) : 0;

	memcpy(c->levels, isfinite(w->best.key) ? w->best.levels : w->s->top->levels, n);
	for (size_t i = 0; i < thrown; i++) {
		size_t a = roll(w, n);

		c->levels[a] = (uint8_t)roll(w, p->h[a]->levels);
	}
	c->key = thrown ? HUGE_VAL : w->best.key;
	c->since = 0;
	c->move = 0;
}

/* Evaluates LEVELS; *KEY is infinite when they are not feasible. */
static result look(struct worker *w, const uint8_t *levels, double *key, struct error *e)
{
	struct corner *c;

	/* what comes next differs by a level or so: cells one level finer serve them all */
	for (size_t a = 0; a < w->s->p->attributes; a++)
		w->levels[a] = (uint8_t)(levels[a] ? levels[a] - 1 : 0);
	TRY(find_source(w, w->levels, e));
	c = corner_make(w, levels, e);
	if (!c)
		return RESULT_FAIL;
	*key = c->outcome.feasible ? c->outcome.key : HUGE_VAL;
	corner_drop(c);
	return RESULT_OK;
}

/* Puts LEVELS on the list of what was looked at; *FRESH when they were not there. */
static result note(struct search *s, const uint8_t *levels, bool *fresh, struct error *e)
{
	uint32_t before, number;

	pthread_mutex_lock(&s->workers.lock);
	before = s->tried.n;
	number = deid_dict_add(&s->tried, (struct str){(const char *)levels, s->p->attributes});
	pthread_mutex_unlock(&s->workers.lock);
	*fresh = number == before;
	return number == DEID_NONE ? error_set(e, CODE_OUT_OF_MEMORY, "no memory for the search") : RESULT_OK;
}

static result try_one(struct worker *w, uint8_t *levels, struct error *e)
{
	struct climber *c = &w->climber;
	struct search *s = w->s;
	bool fresh;
	double key;

	if (s->top->share && bound_at(w, s->top, levels) >= c->key)
		return RESULT_OK;
	TRY(note(s, levels, &fresh, e));
	if (!fresh)
		return RESULT_OK;
	TRY(look(w, levels, &key, e));
	if (key < c->key) {
		c->key = key;
		memcpy(c->levels, levels, s->p->attributes);
		c->since = 0;
	}
	return RESULT_OK;
}

result climb(struct worker *w, struct error *e)
{
	struct climber *c = &w->climber;
	const struct deid_problem *p = w->s->p;
	size_t n = p->attributes, moves = p->offset[n] + n * n;
	uint64_t before = w->evaluated;
	uint8_t *levels = malloc(n + 1);
	result r = levels ? RESULT_OK : error_set(e, CODE_OUT_OF_MEMORY, "no memory for the search");

	if (!c->begun) {
		c->begun = true;
		restart(w);
	}
	for (size_t i = 0; ok(r) && i < LOOKS && w->evaluated < before + BATCH; i++) {
		if (c->since++ >= moves)
			restart(w);
		if (neighbour(w, c->move++ % moves, levels))
			r = try_one(w, levels, e);
	}
	free(levels);
	return r;
}
