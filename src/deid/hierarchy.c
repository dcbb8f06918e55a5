#include "deid/hierarchy.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/csv.h"

void deid_hierarchy_init(struct deid_hierarchy *h)
{
	*h = (struct deid_hierarchy){.levels = 0};
	arena_init(&h->arena, 0, false);
	deid_dict_init(&h->leaf);
}

void deid_hierarchy_free(struct deid_hierarchy *h)
{
	arena_free(&h->arena);
	deid_dict_free(&h->leaf);
	deid_hierarchy_init(h);
}

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a hierarchy");
}

/* Two leaves that share a value below must share the value here. */
static bool breaks_tree(const struct deid_level *below, const uint32_t *first, uint32_t leaves, uint32_t *bad)
{
	for (uint32_t i = 0; i < leaves; i++) {
		if (first[i] != first[below->first[i]]) {
			*bad = i;
			return true;
		}
	}
	return false;
}

result deid_hierarchy_add_level(struct deid_hierarchy *h, const struct str *labels, uint32_t *bad, struct error *e)
{
	uint32_t leaves = h->leaf.n;
	uint32_t *first = arena_array(&h->arena, leaves, sizeof *first);
	uint32_t *size = arena_array(&h->arena, leaves, sizeof *size);
	uint32_t *first_of = arena_array(&h->arena, leaves, sizeof *first_of);
	struct deid_dict values;
	result r = RESULT_OK;

	if (h->levels == DEID_MAX_LEVELS)
		return error_set(e, CODE_HIERARCHY_INVALID, "a hierarchy has at most %d levels", DEID_MAX_LEVELS);
	if (!first || !size || !first_of)
		return no_memory(e);
	deid_dict_init(&values);
	for (uint32_t i = 0; i < leaves && ok(r); i++) {
		uint32_t before = values.n;
		uint32_t v = deid_dict_add(&values, labels[i]);

		if (v == DEID_NONE) {
			r = no_memory(e);
			break;
		}
		if (v == before)
			first_of[v] = i;
		first[i] = first_of[v];
		size[first[i]]++;
	}
	for (uint32_t i = 0; i < leaves && ok(r); i++)
		size[i] = size[first[i]];
	if (ok(r) && h->levels && breaks_tree(&h->level[h->levels - 1], first, leaves, bad))
		r = error_set(e, CODE_HIERARCHY_INVALID, "the hierarchy is no tree");
	if (ok(r))
		h->level[h->levels++] = (struct deid_level){labels, first, size, values.n};
	deid_dict_free(&values);
	return r;
}

result deid_hierarchy_flat(struct deid_hierarchy *h, const struct deid_dict *leaf, struct error *e)
{
	struct str *labels;
	uint32_t bad;

	deid_hierarchy_init(h);
	for (uint32_t i = 0; i < leaf->n; i++)
		if (deid_dict_add(&h->leaf, leaf->value[i]) == DEID_NONE)
			return no_memory(e);
	labels = arena_array(&h->arena, leaf->n, sizeof *labels);
	if (!labels)
		return no_memory(e);
	if (leaf->n)
		memcpy(labels, h->leaf.value, leaf->n * sizeof *labels);
	return deid_hierarchy_add_level(h, labels, &bad, e);
}

/* The lines of a file while they are read: leaf by leaf, all levels of one beside each other. */
struct lines {
	struct buf cells; /* struct str */
	struct buf at;	  /* uint64_t: line of each leaf */
	size_t width;
	const char *name;
};

static result take_line(struct deid_hierarchy *h, struct lines *l, const struct csv_reader *r, const struct csv_row *row,
			struct error *e)
{
	uint32_t before = h->leaf.n;
	uint32_t leaf;

	if (row->fault != CSV_FINE)
		return csv_refuse(r, row, e);
	l->width = row->count;
	leaf = deid_dict_add(&h->leaf, row->field[0]);
	if (leaf == DEID_NONE)
		return no_memory(e);
	if (leaf < before) {
		uint64_t first;

		memcpy(&first, l->at.p + leaf * sizeof first, sizeof first);
		return csv_fail(r, 0, e, CODE_HIERARCHY_INVALID,
				"this leaf was already given in line %llu; each leaf has one line",
				(unsigned long long)first);
	}
	for (size_t i = 0; i < row->count; i++) {
		struct str cell = str_copy(&h->arena, row->field[i]);

		if (!cell.p)
			return no_memory(e);
		buf_add(&l->cells, &cell, sizeof cell);
	}
	buf_add(&l->at, &row->line, sizeof row->line);
	return buf_ok(&l->cells) && buf_ok(&l->at) ? RESULT_OK : no_memory(e);
}

static result broken_tree(const struct lines *l, const struct deid_hierarchy *h, const struct str *labels, uint32_t bad,
			  struct error *e)
{
	const struct deid_level *below = &h->level[h->levels - 1];
	struct buf where;
	uint64_t line, other;
	result r;

	memcpy(&line, l->at.p + bad * sizeof line, sizeof line);
	memcpy(&other, l->at.p + below->first[bad] * sizeof other, sizeof other);
	buf_init(&where);
	buf_printf(&where, "%s:%llu", l->name, (unsigned long long)line);
	r = error_at(e, CODE_HIERARCHY_INVALID, buf_c(&where),
		     "the hierarchy is no tree: at level %u this line and line %llu share the value \"%.*s\", but at level %u "
		     "this line has \"%.*s\" and that line \"%.*s\"; lines that share a value share all values behind it",
		     h->levels - 1, (unsigned long long)other, (int)below->label[bad].n, below->label[bad].p, h->levels,
		     (int)labels[bad].n, labels[bad].p, (int)labels[below->first[bad]].n, labels[below->first[bad]].p);
	buf_free(&where);
	return r;
}

static result make_levels(struct deid_hierarchy *h, const struct lines *l, struct error *e)
{
	const struct str *cells = (const struct str *)(const void *)l->cells.p;

	if (h->leaf.n == 0)
		return error_at(e, CODE_HIERARCHY_INVALID, l->name, "the hierarchy is empty; it has one line for each leaf");
	if (l->width > DEID_MAX_LEVELS)
		return error_at(e, CODE_HIERARCHY_INVALID, l->name, "the hierarchy has %zu levels; at most %d are taken",
				l->width, DEID_MAX_LEVELS);
	for (size_t level = 0; level < l->width; level++) {
		struct str *labels = arena_array(&h->arena, h->leaf.n, sizeof *labels);
		struct error inner = {0};
		uint32_t bad = DEID_NONE;

		if (!labels)
			return no_memory(e);
		for (uint32_t i = 0; i < h->leaf.n; i++)
			labels[i] = cells[i * l->width + level];
		if (ok(deid_hierarchy_add_level(h, labels, &bad, &inner)))
			continue;
		if (bad != DEID_NONE)
			return broken_tree(l, h, labels, bad, e);
		return error_at(e, inner.code, l->name, "%s", inner.message);
	}
	return RESULT_OK;
}

result deid_hierarchy_read(struct deid_hierarchy *h, struct source source, char separator, const char *name,
			   struct error *e)
{
	struct csv_options o = {.separator = separator, .name = name, .max_row = 1 << 20};
	struct lines l = {.name = name};
	struct csv_reader *reader = NULL;
	struct csv_row row;
	bool more = true;
	result r = RESULT_FAIL;

	deid_hierarchy_init(h);
	buf_init(&l.cells);
	buf_init(&l.at);
	TRY_OUT(csv_open(&reader, source, &o, e));
	for (;;) {
		TRY_OUT(csv_next(reader, &row, &more, e));
		if (!more)
			break;
		TRY_OUT(take_line(h, &l, reader, &row, e));
	}
	r = make_levels(h, &l, e);
out:
	csv_close(reader);
	buf_free(&l.cells);
	buf_free(&l.at);
	return r;
}

result deid_hierarchy_load(struct deid_hierarchy *h, const char *path, char separator, struct error *e)
{
	struct descriptor_source s = {open(path, O_RDONLY | O_CLOEXEC), path};
	char text[128];
	result r;

	deid_hierarchy_init(h);
	if (s.fd < 0)
		return error_at(e, CODE_IO, path, "cannot open the hierarchy: %s", strerror_r(errno, text, sizeof text));
	r = deid_hierarchy_read(h, source_descriptor(&s), separator, path, e);
	close(s.fd);
	return r;
}

void deid_hierarchy_write(const struct deid_hierarchy *h, char separator, struct buf *b)
{
	for (uint32_t i = 0; i < h->leaf.n; i++) {
		for (unsigned l = 0; l < h->levels; l++) {
			if (l)
				buf_byte(b, separator);
			csv_write(b, h->level[l].label[i], separator);
		}
		buf_byte(b, '\n');
	}
}
