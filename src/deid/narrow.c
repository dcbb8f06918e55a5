#include "deid/narrow.h"

#include <stdlib.h>

/* Ends what one release makes of a person; no key has it. */
enum { VIEW_END = 0x1e };

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for earlier releases");
}

result deid_narrowing_init(struct deid_narrowing *n, size_t releases, struct deid_watches watch, struct arena *a, struct error *e)
{
	*n = (struct deid_narrowing){.releases = releases, .watch = watch.at, .watches = watch.n};
	deid_dict_init(&n->views);
	buf_init(&n->counts);
	buf_init(&n->text);
	n->classes = arena_array(a, releases + 1, sizeof *n->classes);
	n->watched = arena_array(a, watch.n + 1, sizeof *n->watched);
	if (!n->classes || !n->watched) {
		n->releases = n->watches = 0;
		return no_memory(e);
	}
	for (size_t i = 0; i < releases; i++)
		deid_dict_init(&n->classes[i]);
	for (size_t w = 0; w < watch.n; w++) {
		deid_dict_init(&n->watched[w].labels);
		deid_dict_init(&n->watched[w].pairs);
		buf_init(&n->watched[w].counts);
	}
	return RESULT_OK;
}

void deid_narrowing_free(struct deid_narrowing *n)
{
	for (size_t i = 0; i < n->releases; i++)
		deid_dict_free(&n->classes[i]);
	for (size_t w = 0; w < n->watches; w++) {
		deid_dict_free(&n->watched[w].labels);
		deid_dict_free(&n->watched[w].pairs);
		buf_free(&n->watched[w].counts);
	}
	n->releases = n->watches = 0;
	deid_dict_free(&n->views);
	buf_free(&n->counts);
	buf_free(&n->text);
}

result deid_narrowing_published(struct deid_narrowing *n, size_t release, struct str key, struct error *e)
{
	return deid_dict_add(&n->classes[release], key) == DEID_NONE ? no_memory(e) : RESULT_OK;
}

static uint64_t count_at(const struct buf *counts, uint32_t number)
{
	return ((const uint64_t *)(const void *)counts->p)[number];
}

/* Counts COUNT more for TEXT, in DICT with its COUNTS; its number there, or DEID_NONE without memory. */
static uint32_t count_text(struct deid_dict *dict, struct buf *counts, struct str text, uint64_t count)
{
	static const uint64_t none = 0;
	uint32_t number = deid_dict_add(dict, text);

	if (number == DEID_NONE)
		return DEID_NONE;
	while (counts->n < dict->n * sizeof none && buf_ok(counts))
		buf_add(counts, &none, sizeof none);
	if (!buf_ok(counts))
		return DEID_NONE;
	((uint64_t *)(void *)counts->p)[number] += count;
	return number;
}

/* A view and what its persons have in a watched column. */
struct pair {
	uint32_t view, label;
};

/* Counts COUNT persons of the view number VIEW who have LABEL; false without memory. */
static bool count_label(struct deid_watched *w, uint32_t view, struct str label, uint64_t count)
{
	struct pair pair = {view, deid_dict_add(&w->labels, label)};

	return pair.label != DEID_NONE &&
	       count_text(&w->pairs, &w->counts, (struct str){(const char *)&pair, sizeof pair}, count) != DEID_NONE;
}

result deid_narrowing_add(struct deid_narrowing *n, const struct deid_view *v, uint64_t count, struct error *e)
{
	uint32_t view;

	buf_reset(&n->text);
	buf_str(&n->text, v->key);
	buf_byte(&n->text, VIEW_END);
	for (size_t i = 0; i < n->releases; i++) {
		buf_str(&n->text, v->earlier[i].p ? v->earlier[i] : STR("\x1d")); /* no key, so never published */
		buf_byte(&n->text, VIEW_END);
	}
	view = buf_ok(&n->text) ? count_text(&n->views, &n->counts, buf_view(&n->text), count) : DEID_NONE;
	if (view == DEID_NONE)
		return no_memory(e);
	for (size_t w = 0; w < n->watches; w++)
		if (!count_label(&n->watched[w], view, v->watched[w], count))
			return no_memory(e);
	return RESULT_OK;
}

/* The key of the next release in the view *REST, taken off it. */
static struct str take_key(struct str *rest)
{
	size_t n = str_find(*rest, VIEW_END);
	struct str key = str_sub(*rest, 0, n);

	*rest = str_sub(*rest, n + 1, rest->n);
	return key;
}

/* For each release, this one first, its keys and how many views have each. */
struct parts {
	struct deid_dict *keys;
	struct buf *views;
	size_t n;
};

static void parts_free(struct parts *p)
{
	for (size_t i = 0; i < p->n; i++) {
		deid_dict_free(&p->keys[i]);
		buf_free(&p->views[i]);
	}
}

static bool parts_make(struct parts *p, const struct deid_narrowing *n, struct arena *a)
{
	p->keys = arena_array(a, n->releases + 1, sizeof *p->keys);
	p->views = arena_array(a, n->releases + 1, sizeof *p->views);
	if (!p->keys || !p->views)
		return false;
	for (; p->n <= n->releases; p->n++) {
		deid_dict_init(&p->keys[p->n]);
		buf_init(&p->views[p->n]);
	}
	for (uint32_t i = 0; i < n->views.n; i++) {
		struct str rest = n->views.value[i];

		for (size_t r = 0; r < p->n; r++)
			if (count_text(&p->keys[r], &p->views[r], take_key(&rest), 1) == DEID_NONE)
				return false;
	}
	return true;
}

/* What N's groups are measured with: what this release publishes, and the groups by their classes. */
struct measure {
	const struct deid_narrowing *n;
	const struct deid_dict *kept;
	struct parts p;
	struct arena a;
};

static bool measure_make(struct measure *m, const struct deid_narrowing *n, const struct deid_dict *kept)
{
	*m = (struct measure){.n = n, .kept = kept};
	arena_init(&m->a, 0, false);
	return parts_make(&m->p, n, &m->a);
}

static void measure_free(struct measure *m)
{
	parts_free(&m->p);
	arena_free(&m->a);
}

/* True when release R of M published the class KEY; *WHOLE when that is one group. */
static bool is_published(const struct measure *m, size_t r, struct str key, bool *whole)
{
	*whole = count_at(&m->p.views[r], deid_dict_find(&m->p.keys[r], key)) == 1;
	return deid_dict_find(r ? &m->n->classes[r - 1] : m->kept, key) != DEID_NONE;
}

/* True when the group with VIEW counts: some release published a class of it, and none that is all of it, but for this one. */
static bool counts(const struct measure *m, struct str view)
{
	bool published = false, whole;

	for (size_t r = 0; r < m->p.n; r++) {
		if (!is_published(m, r, take_key(&view), &whole))
			continue;
		published = true;
		if (whole)
			return r == 0;
	}
	return published;
}

result deid_narrowing_smallest(const struct deid_narrowing *n, const struct deid_dict *kept, uint64_t *smallest,
			       struct error *e)
{
	struct measure m;
	bool fine = measure_make(&m, n, kept);

	*smallest = 0;
	for (uint32_t i = 0; i < n->views.n && fine; i++) {
		uint64_t size = count_at(&n->counts, i);

		if (counts(&m, n->views.value[i]) && (!*smallest || size < *smallest))
			*smallest = size;
	}
	measure_free(&m);
	return fine ? RESULT_OK : no_memory(e);
}

/* Watched columns -------------------------------------------------------------------------------------------- */

/* True when the releases that tell W tell of the group with VIEW what no single one of them has told already. */
static bool is_told(const struct measure *m, const struct deid_watch *w, struct str view)
{
	bool told = false, whole;

	for (size_t r = 0; r < m->p.n; r++) {
		struct str key = take_key(&view);

		if (!w->tells[r] || !is_published(m, r, key, &whole))
			continue;
		told = true;
		if (whole && r && w->alike)
			return false;
	}
	return told;
}

static int by_view(const void *x, const void *y)
{
	const struct pair *a = *(const struct pair *const *)x, *b = *(const struct pair *const *)y;

	return (a->view > b->view) - (a->view < b->view);
}

/* Working memory for one watched column. */
struct watching {
	const struct pair **pairs; /* by view */
	uint64_t *total;	   /* by label */
	struct deid_histogram histogram;
	uint64_t rows;
};

static bool watching_make(struct watching *g, const struct deid_watched *w, struct arena *a)
{
	size_t labels = w->labels.n + 1;

	*g = (struct watching){.pairs = arena_array(a, w->pairs.n + 1, sizeof *g->pairs),
			       .total = arena_array(a, labels, sizeof *g->total),
			       .histogram = {.count = arena_array(a, labels, sizeof *g->histogram.count),
					     .value = arena_array(a, labels, sizeof *g->histogram.value)}};
	if (!g->pairs || !g->total || !g->histogram.count || !g->histogram.value)
		return false;
	for (uint32_t i = 0; i < w->pairs.n; i++) {
		g->pairs[i] = (const struct pair *)(const void *)w->pairs.value[i].p;
		g->total[g->pairs[i]->label] += count_at(&w->counts, i);
		g->rows += count_at(&w->counts, i);
	}
	if (w->pairs.n)
		qsort(g->pairs, w->pairs.n, sizeof *g->pairs, by_view);
	return true;
}

/* True when what the N pairs from AT on have, all of one view, holds the model of WATCH. */
static bool group_holds(struct watching *g, const struct deid_watched *w, const struct deid_model *model, size_t at, size_t n)
{
	struct deid_histogram *h = &g->histogram;
	const struct deid_sensitive s = {.values = w->labels.n, .total = g->total};
	struct deid_class class = {.histogram = h};
	struct deid_model m = *model;
	bool holds;

	m.sensitive = 0;
	h->n = 0;
	for (size_t i = at; i < at + n; i++) {
		struct str text = {(const char *)g->pairs[i], sizeof *g->pairs[i]};
		uint64_t count = count_at(&w->counts, deid_dict_find(&w->pairs, text));

		h->value[h->n++] = g->pairs[i]->label;
		h->count[g->pairs[i]->label] = (uint32_t)count;
		class.size += count;
	}
	holds = deid_model_holds(&m, &class, &s, g->rows, NULL);
	for (uint32_t i = 0; i < h->n; i++)
		h->count[h->value[i]] = 0;
	return holds;
}

/* True when each group of which M's releases tell the column W holds its model; *FINE is cleared without memory. */
static bool column_holds(struct measure *m, size_t number, bool *fine)
{
	const struct deid_watch *watch = &m->n->watch[number];
	const struct deid_watched *w = &m->n->watched[number];
	struct watching g;
	bool holds = true;

	*fine = watching_make(&g, w, &m->a);
	for (size_t i = 0, n; i < w->pairs.n && *fine && holds; i += n) {
		uint32_t view = g.pairs[i]->view;

		for (n = 1; i + n < w->pairs.n && g.pairs[i + n]->view == view; n++)
			continue;
		holds = !is_told(m, watch, m->n->views.value[view]) || group_holds(&g, w, watch->model, i, n);
	}
	return holds;
}

result deid_narrowing_watch(const struct deid_narrowing *n, const struct deid_dict *kept, size_t *failed, struct error *e)
{
	struct measure m;
	bool fine = measure_make(&m, n, kept);

	*failed = 0;
	while (fine && *failed < n->watches && column_holds(&m, *failed, &fine))
		(*failed)++;
	measure_free(&m);
	return fine ? RESULT_OK : no_memory(e);
}
