#include "deid/recode.h"

#include <stdlib.h>
#include <string.h>

#include "deid/mondrian.h"

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the plan");
}

result deid_recode_allowed(const struct deid_run *r, bool population, struct error *e)
{
	for (size_t i = 0; i < r->models; i++)
		if ((deid_model_needs_population(&r->model[i]) && !population) || !deid_model_by_class(&r->model[i]))
			return error_set(e, CODE_MODEL_INVALID,
					 "local recoding cannot be combined with \"%.*s\", which is about the table as a whole",
					 (int)r->model[i].text.n, r->model[i].text.p);
	if (r->job->metric == DEID_KL || r->job->metric == DEID_AMBIGUITY || r->job->metric == DEID_HEIGHT)
		return error_set(e, CODE_MODEL_INVALID,
				 "the metric %s has no meaning for local recoding; take loss, precision, entropy, discernability or aecs",
				 deid_metric_name(r->job->metric));
	return RESULT_OK;
}

static int by_size(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

result deid_sizes_make(struct deid_sizes *s, uint64_t *rows, size_t n, struct arena *a, struct error *e)
{
	*s = (struct deid_sizes){arena_array(a, n, sizeof *s->at), 0};
	if (!s->at)
		return no_memory(e);
	qsort(rows, n, sizeof *rows, by_size);
	for (size_t i = 0; i < n; i++) {
		if (s->n && s->at[s->n - 1].size == rows[i])
			s->at[s->n - 1].classes++;
		else
			s->at[s->n++] = (struct deid_size){rows[i], 1};
	}
	return RESULT_OK;
}

/* Classes as the output shows them -------------------------------------------------------------------------- */

struct shown {
	struct arena room;
	uint32_t **text; /* by attribute: by level and first leaf, the number of its text */
	uint32_t *key;
	struct deid_dict classes;
	uint64_t *rows; /* by class */
	uint64_t *persons;
};

static result number_texts(const struct deid_run *r, struct shown *s, size_t a, struct error *e)
{
	const struct deid_hierarchy *h = r->h[a];
	struct deid_dict texts;
	bool fine = true;

	s->text[a] = arena_array(&s->room, (size_t)h->levels * h->leaf.n, sizeof(**s->text));
	if (!s->text[a])
		return no_memory(e);
	deid_dict_init(&texts);
	for (unsigned l = 0; l < h->levels && fine; l++) {
		const struct deid_level *level = &h->level[l];

		for (uint32_t i = 0; i < h->leaf.n && fine; i++) {
			uint32_t *text = &s->text[a][(size_t)l * h->leaf.n + i];

			if (level->first[i] == i)
				*text = deid_dict_add(&texts, level->label[i]);
			fine = *text != DEID_NONE;
		}
	}
	deid_dict_free(&texts);
	return fine ? RESULT_OK : no_memory(e);
}

static result shown_begin(const struct deid_run *r, struct shown *s, struct error *e)
{
	size_t n = r->table.quasi;

	arena_init(&s->room, 0, false);
	deid_dict_init(&s->classes);
	s->text = arena_array(&s->room, n, sizeof(*s->text));
	s->key = arena_array(&s->room, n, sizeof *s->key);
	s->rows = arena_array(&s->room, r->table.tuples, sizeof *s->rows);
	s->persons = arena_array(&s->room, r->table.tuples, sizeof *s->persons);
	if (!s->text || !s->key || !s->rows || !s->persons)
		return no_memory(e);
	for (size_t a = 0; a < n; a++)
		TRY(number_texts(r, s, a, e));
	return RESULT_OK;
}

static void shown_end(struct shown *s)
{
	deid_dict_free(&s->classes);
	arena_free(&s->room);
}

/* The class of S that tuple I of R, written at LEVELS, is shown in; DEID_NONE when there is no memory. */
static uint32_t class_shown(const struct deid_run *r, struct shown *s, uint32_t i, const uint8_t *levels)
{
	const uint32_t *leaf = deid_table_tuple(&r->table, i);

	for (size_t a = 0; a < r->table.quasi; a++) {
		const struct deid_hierarchy *h = r->h[a];

		s->key[a] = s->text[a][(size_t)levels[a] * h->leaf.n + h->level[levels[a]].first[leaf[a]]];
	}
	return deid_dict_add(&s->classes, (struct str){(const char *)s->key, r->table.quasi * sizeof *s->key});
}

/* Counts R's classes as S; PARTS, unless NULL, know the persons of the population in each. */
static result count_shown(struct deid_run *r, struct shown *s, const struct deid_partition *parts, struct error *e)
{
	uint32_t *some; /* by part: a tuple */
	uint32_t class_;

	for (uint32_t i = 0; i < r->table.tuples; i++) {
		if (r->block_of[i] == DEID_NONE)
			continue;
		class_ = class_shown(r, s, i, r->block[r->block_of[i]].levels);
		if (class_ == DEID_NONE)
			return no_memory(e);
		s->rows[class_] += r->table.count[i];
	}
	r->least_persons = 0;
	if (!parts || !r->problem.cells->population)
		return RESULT_OK;
	some = arena_array(&s->room, r->problem.cells->n, sizeof *some);
	if (!some)
		return no_memory(e);
	for (uint32_t i = 0; i < r->table.tuples; i++)
		some[r->problem.cell_of[i]] = i + 1;
	for (size_t k = 0; k < parts->n; k++) {
		const struct deid_part *part = &parts->part[k];
		uint32_t at = part->begin;

		while (!some[parts->cell[at]])
			at++;
		class_ = class_shown(r, s, some[parts->cell[at]] - 1, part->levels);
		if (class_ == DEID_NONE)
			return no_memory(e);
		s->persons[class_] += part->persons;
	}
	for (uint32_t i = 0; i < s->classes.n; i++)
		if (!r->least_persons || s->persons[i] < r->least_persons)
			r->least_persons = s->persons[i];
	return RESULT_OK;
}

/* What R's plan costs by its metric. */
static result score(struct deid_run *r, struct error *e)
{
	const struct deid_metric *m = &r->problem.metric;
	double *share = arena_array(&r->arena, m->attributes, sizeof *share);
	double squares = 0, classes = 0, rows = (double)r->table.rows;

	if (!share)
		return no_memory(e);
	for (size_t i = 0; i < r->after.n; i++) {
		squares += (double)r->after.at[i].classes * (double)r->after.at[i].size * (double)r->after.at[i].size;
		classes += (double)r->after.at[i].classes;
	}
	if (m->kind == DEID_DISCERNABILITY)
		r->score = squares + rows * (double)r->suppressed;
	if (m->kind == DEID_AECS)
		r->score = rows / (classes + (r->suppressed > 0));
	if (!deid_metric_by_value(m))
		return RESULT_OK;
	for (size_t a = 0; a < m->attributes; a++) {
		uint64_t paid = m->base[a] + m->span[a];

		for (uint32_t i = 0; i < r->table.tuples; i++) {
			uint32_t leaf = deid_table_tuple(&r->table, i)[a];

			if (r->block_of[i] != DEID_NONE)
				paid -= r->table.count[i] *
					m->gap[a][(size_t)r->block[r->block_of[i]].levels[a] * m->h[a]->leaf.n + leaf];
		}
		share[a] = deid_metric_share(m, a, paid);
	}
	r->score = deid_metric_score(m, deid_metric_key(m, share));
	return RESULT_OK;
}

static result settle(struct deid_run *r, const struct deid_partition *parts, struct error *e)
{
	struct shown s;
	result done = shown_begin(r, &s, e);

	if (ok(done))
		done = count_shown(r, &s, parts, e);
	if (ok(done))
		done = deid_sizes_make(&r->after, s.rows, s.classes.n, &r->arena, e);
	shown_end(&s);
	return ok(done) ? score(r, e) : done;
}

result deid_recode_settle(struct deid_run *r, struct error *e)
{
	return settle(r, NULL, e);
}

result deid_recode_classes(const struct deid_run *r, uint32_t *of, uint32_t *n, struct error *e)
{
	struct shown s;
	result done = shown_begin(r, &s, e);

	for (uint32_t i = 0; i < r->table.tuples && ok(done); i++) {
		of[i] = DEID_NONE;
		if (r->block_of[i] == DEID_NONE)
			continue;
		of[i] = class_shown(r, &s, i, r->block[r->block_of[i]].levels);
		if (of[i] == DEID_NONE)
			done = no_memory(e);
	}
	*n = s.classes.n;
	shown_end(&s);
	return done;
}

/* From parts to blocks -------------------------------------------------------------------------------------- */

struct vector {
	struct deid_block block;
	uint32_t number; /* in order of appearance */
	size_t n;	 /* levels */
};

static int most_rows_first(const void *a, const void *b)
{
	const struct vector *x = a, *y = b;

	if (x->block.rows != y->block.rows)
		return x->block.rows > y->block.rows ? -1 : 1;
	for (size_t i = 0; i < x->n; i++)
		if (x->block.levels[i] != y->block.levels[i])
			return x->block.levels[i] < y->block.levels[i] ? -1 : 1;
	return 0;
}

/* Makes R's blocks of the levels that T's parts have, those of most rows first; VECTOR_OF gets each part's block. */
static result take_levels(struct deid_run *r, const struct deid_partition *t, uint32_t *block_of_part, struct arena *room,
			  struct error *e)
{
	struct vector *vector = arena_array(room, t->n, sizeof *vector);
	uint32_t *rank = arena_array(room, t->n, sizeof *rank);
	size_t n = r->table.quasi;
	struct deid_dict seen;

	if (!vector || !rank)
		return no_memory(e);
	deid_dict_init(&seen);
	for (size_t k = 0; k < t->n; k++) {
		uint32_t v = deid_dict_add(&seen, (struct str){(const char *)t->part[k].levels, n});

		if (v == DEID_NONE) {
			deid_dict_free(&seen);
			return no_memory(e);
		}
		vector[v].number = v;
		vector[v].n = n;
		vector[v].block.levels = t->part[k].levels;
		vector[v].block.rows += t->part[k].rows;
		block_of_part[k] = v;
	}
	r->blocks = seen.n;
	deid_dict_free(&seen);
	qsort(vector, r->blocks, sizeof *vector, most_rows_first);
	r->block = arena_array(&r->arena, r->blocks + 1, sizeof *r->block);
	for (size_t b = 0; r->block && b < r->blocks; b++) {
		r->block[b] = (struct deid_block){(const uint8_t *)arena_copy(&r->arena, vector[b].block.levels, n),
						  vector[b].block.rows};
		rank[vector[b].number] = (uint32_t)b;
		if (!r->block[b].levels)
			return no_memory(e);
	}
	for (size_t k = 0; k < t->n; k++)
		block_of_part[k] = rank[block_of_part[k]];
	return r->block ? RESULT_OK : no_memory(e);
}

/* Makes T R's plan, with classes and score. */
static result take_parts(struct deid_run *r, const struct deid_partition *t, struct error *e)
{
	const struct deid_problem *p = &r->problem;
	struct arena room;
	uint32_t *block_of_part, *block_of_cell;
	result done = RESULT_FAIL;

	arena_init(&room, 0, false);
	block_of_part = arena_array(&room, t->n, sizeof *block_of_part);
	block_of_cell = arena_array(&room, p->cells->n, sizeof *block_of_cell);
	if (!block_of_part || !block_of_cell) {
		done = no_memory(e);
		goto out;
	}
	TRY_OUT(take_levels(r, t, block_of_part, &room, e));
	for (uint32_t i = 0; i < p->cells->n; i++)
		block_of_cell[i] = DEID_NONE;
	for (size_t k = 0; k < t->n; k++)
		for (uint32_t i = t->part[k].begin; i < t->part[k].end; i++)
			block_of_cell[t->cell[i]] = block_of_part[k];
	for (uint32_t i = 0; i < p->tuples; i++)
		r->block_of[i] = block_of_cell[p->cell_of[i]];
	r->suppressed = t->suppressed;
	done = settle(r, t, e);
out:
	arena_free(&room);
	return done;
}

/* Ways ------------------------------------------------------------------------------------------------------ */

enum way {
	AS_FOUND,
	FOUND_DIVIDED,
	COARSEST_DIVIDED,
	WAYS,
};

static result make_way(struct deid_run *r, enum way way, struct deid_partition *t, struct error *e)
{
	size_t n = r->table.quasi;
	uint8_t *coarsest = arena_array(&r->arena, n, 1);
	bool cells = r->job->recoding == DEID_RECODE_CELLS;

	if (!coarsest)
		return no_memory(e);
	for (size_t a = 0; a < n; a++)
		coarsest[a] = (uint8_t)(r->h[a]->levels - 1);
	TRY(deid_partition_make(t, &r->problem, way == COARSEST_DIVIDED ? coarsest : r->found.levels, way == FOUND_DIVIDED, e));
	return way == AS_FOUND ? RESULT_OK : deid_partition_divide(t, cells ? r->found.levels : NULL, e);
}

result deid_recode(struct deid_run *r, struct error *e)
{
	size_t ways = r->job->recoding == DEID_RECODE_CELLS ? COARSEST_DIVIDED : WAYS, best = AS_FOUND;
	struct deid_partition t[WAYS] = {{.n = 0}};
	double least = 0;
	result done = RESULT_FAIL;

	for (size_t way = AS_FOUND; way < ways; way++) {
		TRY_OUT(make_way(r, (enum way)way, &t[way], e));
		if (t[way].suppressed > r->problem.limit)
			continue;
		TRY_OUT(take_parts(r, &t[way], e));
		/* of equal scores the divided one: it tells more, and loses fewer records */
		if (way == AS_FOUND || r->score < least || (way == FOUND_DIVIDED && r->score <= least)) {
			least = r->score;
			best = way;
		}
	}
	done = take_parts(r, &t[best], e);
out:
	for (size_t way = AS_FOUND; way < ways; way++)
		deid_partition_free(&t[way]);
	return done;
}
