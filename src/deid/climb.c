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

static size_t roll(struct search *s, size_t sides)
{
	s->dice = s->dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (size_t)(s->dice >> 33) % sides;
}

/* Puts the neighbour number MOVE of the climber into LEVELS; false when it is no other transformation. */
static bool neighbour(const struct search *s, size_t move, uint8_t *levels)
{
	size_t n = s->p->attributes, singles = s->p->offset[n];
	const uint8_t *from = s->climber.levels;

	memcpy(levels, from, n);
	if (move < singles) {
		size_t a = 0;

		while (s->p->offset[a + 1] <= move)
			a++;
		levels[a] = (uint8_t)(move - s->p->offset[a]);
		return levels[a] != from[a];
	}
	move -= singles;
	if (move / n == move % n || from[move / n] + 1U >= s->p->h[move / n]->levels || from[move % n] == 0)
		return false;
	levels[move / n]++;
	levels[move % n]--;
	return true;
}

/* Begins anew from the best, some of its attributes thrown to other levels. */
static void restart(struct search *s)
{
	struct climber *c = &s->climber;
	size_t n = s->p->attributes, thrown = isfinite(c->key) ? 2 + roll(s, THROWN) : 0;

	memcpy(c->levels, isfinite(s->best) ? s->f->levels : s->top->levels, n);
	for (size_t i = 0; i < thrown; i++) {
		size_t a = roll(s, n);

		c->levels[a] = (uint8_t)roll(s, s->p->h[a]->levels);
	}
	c->key = thrown ? HUGE_VAL : s->best;
	c->since = 0;
	c->move = 0;
}

/* Evaluates LEVELS; *KEY is infinite when they are not feasible. */
static result look(struct search *s, const uint8_t *levels, double *key, struct error *e)
{
	const struct deid_cells *cells;
	struct corner *c;

	/* what comes next differs by a level or so: cells one level finer serve them all */
	for (size_t a = 0; a < s->p->attributes; a++)
		s->levels[a] = (uint8_t)(levels[a] ? levels[a] - 1 : 0);
	TRY(cells_for(s, s->levels, &cells, e));
	c = corner_make(s, cells, levels, e);
	if (!c)
		return RESULT_FAIL;
	*key = c->outcome.feasible ? c->outcome.key : HUGE_VAL;
	corner_drop(c);
	return RESULT_OK;
}

static result try_one(struct search *s, uint8_t *levels, struct error *e)
{
	struct climber *c = &s->climber;
	uint32_t before = s->tried.n;
	uint32_t number;
	double key;

	if (s->top->share && bound_at(s, s->top, levels) >= c->key)
		return RESULT_OK;
	number = deid_dict_add(&s->tried, (struct str){(const char *)levels, s->p->attributes});
	if (number == DEID_NONE)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the search");
	if (number < before)
		return RESULT_OK;
	TRY(look(s, levels, &key, e));
	if (key < c->key) {
		c->key = key;
		memcpy(c->levels, levels, s->p->attributes);
		c->since = 0;
	}
	return RESULT_OK;
}

result climb(struct search *s, struct error *e)
{
	struct climber *c = &s->climber;
	size_t n = s->p->attributes, moves = s->p->offset[n] + n * n;
	uint64_t before = s->f->evaluated;
	uint8_t *levels = malloc(n + 1);
	result r = RESULT_OK;

	if (!c->levels) {
		c->levels = malloc(n + 1);
		c->key = HUGE_VAL;
		if (c->levels)
			restart(s);
	}
	if (!levels || !c->levels)
		r = error_set(e, CODE_OUT_OF_MEMORY, "no memory for the search");
	for (size_t i = 0; ok(r) && i < LOOKS && s->f->evaluated < before + BATCH; i++) {
		if (c->since++ >= moves)
			restart(s);
		if (neighbour(s, c->move++ % moves, levels))
			r = try_one(s, levels, e);
	}
	free(levels);
	return r;
}
