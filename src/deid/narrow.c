#include "deid/narrow.h"

/* Ends what one release makes of a person; no key has it. */
enum { VIEW_END = 0x1e };

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for earlier releases");
}

result deid_narrowing_init(struct deid_narrowing *n, size_t releases, struct arena *a, struct error *e)
{
	*n = (struct deid_narrowing){.releases = releases};
	deid_dict_init(&n->views);
	buf_init(&n->counts);
	buf_init(&n->text);
	n->classes = arena_array(a, releases + 1, sizeof *n->classes);
	if (!n->classes) {
		n->releases = 0;
		return no_memory(e);
	}
	for (size_t i = 0; i < releases; i++)
		deid_dict_init(&n->classes[i]);
	return RESULT_OK;
}

void deid_narrowing_free(struct deid_narrowing *n)
{
	for (size_t i = 0; i < n->releases; i++)
		deid_dict_free(&n->classes[i]);
	n->releases = 0;
	deid_dict_free(&n->views);
	buf_free(&n->counts);
	buf_free(&n->text);
}

result deid_narrowing_published(struct deid_narrowing *n, size_t release, struct str key, struct error *e)
{
	return deid_dict_add(&n->classes[release], key) == DEID_NONE ? no_memory(e) : RESULT_OK;
}

/* Counts COUNT more for VIEW, in DICT with its COUNTS; false without memory. */
static bool count_view(struct deid_dict *dict, struct buf *counts, struct str view, uint64_t count)
{
	static const uint64_t none = 0;
	uint32_t number = deid_dict_add(dict, view);

	if (number == DEID_NONE)
		return false;
	while (counts->n < dict->n * sizeof none && buf_ok(counts))
		buf_add(counts, &none, sizeof none);
	if (!buf_ok(counts))
		return false;
	((uint64_t *)(void *)counts->p)[number] += count;
	return true;
}

result deid_narrowing_add(struct deid_narrowing *n, struct str key, const struct str *earlier, uint64_t count, struct error *e)
{
	buf_reset(&n->text);
	buf_str(&n->text, key);
	buf_byte(&n->text, VIEW_END);
	for (size_t i = 0; i < n->releases; i++) {
		buf_str(&n->text, earlier[i].p ? earlier[i] : STR("\x1d")); /* no key, so never published */
		buf_byte(&n->text, VIEW_END);
	}
	if (!buf_ok(&n->text) || !count_view(&n->views, &n->counts, buf_view(&n->text), count))
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
			if (!count_view(&p->keys[r], &p->views[r], take_key(&rest), 1))
				return false;
	}
	return true;
}

/* True when the group with VIEW counts: some release published a class of it, and none that is all of it, but for this one. */
static bool counts(const struct deid_narrowing *n, const struct deid_dict *kept, const struct parts *p, struct str view)
{
	bool published = false;

	for (size_t r = 0; r < p->n; r++) {
		struct str key = take_key(&view);
		uint32_t number = deid_dict_find(&p->keys[r], key);

		if (deid_dict_find(r ? &n->classes[r - 1] : kept, key) == DEID_NONE)
			continue;
		published = true;
		if (((const uint64_t *)(const void *)p->views[r].p)[number] == 1)
			return r == 0;
	}
	return published;
}

result deid_narrowing_smallest(const struct deid_narrowing *n, const struct deid_dict *kept, uint64_t *smallest,
			       struct error *e)
{
	struct parts p = {.n = 0};
	struct arena a;
	bool fine;

	*smallest = 0;
	arena_init(&a, 0, false);
	fine = parts_make(&p, n, &a);
	for (uint32_t i = 0; i < n->views.n && fine; i++) {
		uint64_t size = ((const uint64_t *)(const void *)n->counts.p)[i];

		if (counts(n, kept, &p, n->views.value[i]) && (!*smallest || size < *smallest))
			*smallest = size;
	}
	parts_free(&p);
	arena_free(&a);
	return fine ? RESULT_OK : no_memory(e);
}
