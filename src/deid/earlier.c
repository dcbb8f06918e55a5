#include "deid/earlier.h"

#include "access/release.h"

/* An earlier release, and where its columns are among the values of a person. */
struct earlier_release {
	struct deid_release release;
	const size_t *column;
};

/* A watched column, and the different ways in which releases write it. */
struct earlier_watch {
	size_t column;
	const struct deid_treatment **ways;
	size_t n_ways;
};

/* Stands for a value that a way cannot write. */
static const char unwritten = 0x1d;

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for earlier releases");
}

/* Reading ---------------------------------------------------------------------------------------------------- */

/* The set with the registry number NUMBER in P, or NULL. */
static const struct policy_derived *set_in(const struct policy *p, uint32_t number)
{
	for (size_t i = 0; p && i < p->n_derived; i++)
		if (p->derived[i].number == number && p->derived[i].from != POLICY_NONE)
			return &p->derived[i];
	return NULL;
}

/* Gives the columns of R, made as SET of the version P of the policy, the lines of their hierarchies. */
static result find_levels(struct deid_release *r, const struct policy *p, const struct policy_derived *set, struct arena *a,
			  struct error *e)
{
	struct deid_treatment *columns = arena_array(a, r->n_columns + 1, sizeof *columns);

	if (!columns)
		return no_memory(e);
	for (size_t c = 0; c < r->n_columns; c++) {
		columns[c] = r->columns[c];
		for (size_t i = 0; set && columns[c].by_level && i < set->n_outputs; i++)
			if (str_eq(p->categories[set->from].items[set->outputs[i].item].id, columns[c].item))
				columns[c].levels = &set->outputs[i];
	}
	r->columns = columns;
	return RESULT_OK;
}

static result place_columns(struct deid_earlier *x, struct earlier_release *o, uint32_t number, struct error *e)
{
	size_t *column = arena_array(x->arena, o->release.n_columns + 1, sizeof *column);

	if (!column)
		return no_memory(e);
	o->column = column;
	for (size_t i = 0; i < o->release.n_columns; i++) {
		struct str item = o->release.columns[i].item;

		while (column[i] < x->ask.n_columns && !str_eq(x->ask.columns[column[i]].item, item))
			column[i]++;
		if (column[i] == x->ask.n_columns)
			return error_set(e, CODE_SET_NARROWED,
					 "release %u of this set has the column \"%.*s\", which this one lacks: what both together tell cannot be "
					 "measured; declare the set anew under another id",
					 (unsigned)number, (int)item.n, item.p);
	}
	return RESULT_OK;
}

static result read_release(struct deid_earlier *x, const struct release *from, struct earlier_release *o, struct error *e)
{
	const struct policy *p = policy_set_version(x->ask.policies, from->policy);
	const struct policy_derived *set = set_in(p, x->ask.set->number);

	TRY(deid_release_parse(from->facts.content, x->arena, &o->release, e));
	TRY(find_levels(&o->release, p, set, x->arena, e));
	return place_columns(x, o, from->release, e);
}

/* Watching --------------------------------------------------------------------------------------------------- */

/* The column of O that is about ITEM, or NULL. */
static const struct deid_treatment *column_about(const struct earlier_release *o, struct str item)
{
	for (size_t i = 0; i < o->release.n_columns; i++)
		if (str_eq(o->release.columns[i].item, item))
			return &o->release.columns[i];
	return NULL;
}

/* The ways in which this release and the earlier ones write the column W, each once, and which of them tell it. */
static bool find_ways(struct deid_earlier *x, struct earlier_watch *w, struct deid_watch *watch)
{
	const struct deid_treatment *own = &x->ask.columns[w->column];
	bool *tells = arena_array(x->arena, x->n + 1, sizeof *tells);

	w->ways = arena_array(x->arena, x->n + 1, sizeof *w->ways);
	if (!tells || !w->ways)
		return false;
	w->ways[w->n_ways++] = own;
	tells[0] = true;
	for (size_t i = 0; i < x->n; i++) {
		const struct deid_treatment *c = column_about(&x->at[i], own->item);
		size_t k = 0;

		tells[i + 1] = c != NULL;
		while (c && k < w->n_ways && !str_eq(w->ways[k]->how, c->how))
			k++;
		if (c && k == w->n_ways)
			w->ways[w->n_ways++] = c;
	}
	watch->tells = tells;
	watch->alike = w->n_ways == 1;
	return true;
}

/*
 * Watches the column of MODEL.  Where releases write it in several ways, each way has to have l
 * values, and of all of them together the shares have to be as t wants them: what is
 * told is at most both.
 */
static result watch_model(struct deid_earlier *x, const struct deid_model *model, struct deid_watch *watch, size_t *n, struct error *e)
{
	struct earlier_watch w = {.column = 0};
	struct deid_watch made = {.model = model};

	while (w.column < x->ask.n_columns && !str_eq(x->ask.columns[w.column].item, model->column))
		w.column++;
	if (w.column == x->ask.n_columns)
		return error_set(e, CODE_MODEL_INVALID, "a model is about no column of the set");
	if (!find_ways(x, &w, &made))
		return no_memory(e);
	watch[*n] = made;
	x->watch[(*n)++] = w;
	for (size_t k = 1; model->kind == DEID_DISTINCT_L && k < w.n_ways; k++) {
		watch[*n] = made;
		x->watch[(*n)++] = (struct earlier_watch){w.column, w.ways + k, 1};
	}
	if (model->kind == DEID_DISTINCT_L)
		x->watch[*n - w.n_ways].n_ways = 1;
	return RESULT_OK;
}

static result watch_models(struct deid_earlier *x, struct deid_watches *out, struct error *e)
{
	size_t most = x->ask.models.n * (x->n + 1) + 1, n = 0;
	struct deid_watch *watch = arena_array(x->arena, most, sizeof *watch);
	struct deid_model *model = arena_array(x->arena, x->ask.models.n + 1, sizeof *model);

	x->watch = arena_array(x->arena, most, sizeof *x->watch);
	if (!watch || !model || !x->watch)
		return no_memory(e);
	for (size_t i = 0; x->n && i < x->ask.models.n; i++) {
		TRY(deid_model_parse(x->ask.models.at[i], &model[i], e));
		if (model[i].column.n)
			TRY(watch_model(x, &model[i], watch, &n, e));
	}
	*out = (struct deid_watches){watch, n};
	return RESULT_OK;
}

static result load(struct deid_earlier *x, const struct releases *list, struct error *e)
{
	struct deid_watches watches;
	size_t width;

	x->at = arena_array(x->arena, list->n + 1, sizeof *x->at);
	if (!x->at)
		return no_memory(e);
	for (; x->n < list->n; x->n++)
		TRY(read_release(x, &list->at[x->n], &x->at[x->n], e));
	TRY(watch_models(x, &watches, e));
	TRY(deid_narrowing_init(&x->narrowing, x->n, watches, x->arena, e));
	width = x->n + watches.n + 1;
	x->written = arena_array(x->arena, width, sizeof *x->written);
	x->views = arena_array(x->arena, width, sizeof *x->views);
	if (!x->written || !x->views)
		return no_memory(e);
	for (size_t i = 0; i < x->n; i++) {
		const struct deid_release *r = &x->at[i].release;

		for (size_t c = 0; c < r->n_classes; c++) {
			buf_reset(&x->key);
			deid_release_class(r, r->classes[c].key, &x->key);
			TRY(deid_narrowing_published(&x->narrowing, i, buf_view(&x->key), e));
		}
	}
	return buf_ok(&x->key) ? RESULT_OK : no_memory(e);
}

result deid_earlier_load(struct deid_earlier *x, const struct deid_earlier_ask *ask, struct arena *a, struct error *e)
{
	struct releases list;
	struct db *d;
	result r;

	*x = (struct deid_earlier){.arena = a, .ask = *ask};
	buf_init(&x->key);
	d = access_reader_db(ask->reader, e);
	if (!d)
		return RESULT_FAIL;
	r = releases_list(d, ask->set->number, a, &list, e);
	access_reader_rest(ask->reader);
	return ok(r) ? load(x, &list, e) : r;
}

void deid_earlier_free(struct deid_earlier *x)
{
	for (size_t i = 0; x->written && i < x->n + x->narrowing.watches; i++)
		buf_wipe(&x->written[i]);
	buf_wipe(&x->key);
	deid_narrowing_free(&x->narrowing);
}

/* Persons ---------------------------------------------------------------------------------------------------- */

/* The person with VALUES as the release O would write the class into B; false when it could not. */
static bool write_class(const struct earlier_release *o, const struct buf *values, struct buf *b)
{
	buf_reset(b);
	for (size_t c = 0; c < o->release.n_columns; c++) {
		const struct deid_treatment *how = &o->release.columns[c];
		size_t before = b->n;

		if (!deid_treat_all(how, buf_view(&values[o->column[c]]), b))
			return false;
		if (how->sensitive)
			b->n = before; /* that it can be written is all that counts */
		else
			buf_byte(b, DEID_KEY_END);
	}
	return true;
}

/* What the person with VALUES has in the column W into B. */
static void write_watched(const struct earlier_watch *w, const struct buf *values, struct buf *b)
{
	buf_reset(b);
	for (size_t i = 0; i < w->n_ways; i++) {
		if (!deid_treat_all(w->ways[i], buf_view(&values[w->column]), b))
			buf_byte(b, unwritten);
		buf_byte(b, DEID_KEY_END);
	}
}

result deid_earlier_add(struct deid_earlier *x, struct str key, const struct buf *values, struct error *e)
{
	const struct deid_release own = {.columns = x->ask.columns, .n_columns = x->ask.n_columns};
	struct deid_view view = {.earlier = x->views, .watched = x->views + x->n};

	if (!x->n)
		return RESULT_OK;
	for (size_t i = 0; i < x->n; i++)
		x->views[i] = write_class(&x->at[i], values, &x->written[i]) ? buf_view(&x->written[i]) : (struct str){NULL, 0};
	for (size_t w = 0; w < x->narrowing.watches; w++) {
		struct buf *b = &x->written[x->n + w];

		write_watched(&x->watch[w], values, b);
		x->views[x->n + w] = buf_view(b);
	}
	buf_reset(&x->key);
	deid_release_class(&own, key, &x->key);
	view.key = buf_view(&x->key);
	return buf_ok(&x->key) ? deid_narrowing_add(&x->narrowing, &view, 1, e) : no_memory(e);
}

result deid_earlier_measure(const struct deid_earlier *x, const struct deid_release *r, struct deid_run *run, struct error *e)
{
	struct deid_dict kept;
	struct buf key;
	size_t failed = 0;
	result done = RESULT_OK;

	if (!x->n)
		return RESULT_OK;
	deid_dict_init(&kept);
	buf_init(&key);
	for (size_t i = 0; i < r->n_classes && ok(done); i++) {
		buf_reset(&key);
		deid_release_class(r, r->classes[i].key, &key);
		if (!buf_ok(&key) || deid_dict_add(&kept, buf_view(&key)) == DEID_NONE)
			done = no_memory(e);
	}
	if (ok(done))
		done = deid_narrowing_smallest(&x->narrowing, &kept, &run->narrowed, e);
	if (ok(done))
		done = deid_narrowing_watch(&x->narrowing, &kept, &failed, e);
	if (ok(done) && failed < x->narrowing.watches)
		run->told = x->ask.columns[x->watch[failed].column].item;
	run->earlier = x->n;
	buf_wipe(&key);
	deid_dict_free(&kept);
	return done;
}
