#include "deid/previous.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/csv.h"
#include "deid/narrow.h"
#include "deid/release.h"

enum { VECTORS = 256 };

/* The labels of one column, and by bits at which levels each occurs. */
struct labels {
	struct deid_dict dict;
	uint32_t *levels;
};

/* One file while it is read. */
struct file {
	struct deid_run *r;
	const char *name;
	struct labels *labels; /* by quasi-identifying column */
	size_t *place;	       /* of each column in the file */
	uint32_t *common;      /* levels at which all values of a column occur */
	uint8_t (*vector)[DEID_MAX_LEVELS]; /* lowest levels of records, each once; by column */
	size_t vectors;
	struct buf key;
};

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for earlier releases");
}

/* Labels --------------------------------------------------------------------------------------------------- */

static result labels_make(struct labels *l, const struct deid_hierarchy *h, struct arena *a, struct error *e)
{
	deid_dict_init(&l->dict);
	l->levels = arena_array(a, (size_t)h->leaf.n * h->levels + 1, sizeof *l->levels);
	if (!l->levels)
		return no_memory(e);
	for (unsigned level = 0; level < h->levels; level++)
		for (uint32_t i = 0; i < h->leaf.n; i++) {
			uint32_t number = deid_dict_add(&l->dict, h->level[level].label[i]);

			if (number == DEID_NONE)
				return no_memory(e);
			l->levels[number] |= UINT32_C(1) << level;
		}
	return RESULT_OK;
}

/* Reading -------------------------------------------------------------------------------------------------- */

static result find_columns(struct file *f, const struct csv_row *header, struct error *e)
{
	const struct deid_table *t = &f->r->table;

	for (size_t a = 0; a < t->quasi; a++) {
		f->place[a] = 0;
		while (f->place[a] < header->count && !str_eq(header->field[f->place[a]], t->slot[a]->name))
			f->place[a]++;
		if (f->place[a] == header->count)
			return error_at(e, CODE_COLUMN_UNKNOWN, f->name, "the earlier table has no column \"%.*s\"", (int)t->slot[a]->name.n,
					t->slot[a]->name.p);
		f->common[a] = UINT32_MAX;
	}
	return RESULT_OK;
}

/* Adds the lowest levels LOW of a record to F's, unless they are there. */
static result add_vector(struct file *f, const uint8_t *low, struct error *e)
{
	size_t n = f->r->table.quasi;

	for (size_t i = 0; i < f->vectors; i++) {
		size_t a = 0;

		while (a < n && f->vector[i][a] == low[a])
			a++;
		if (a == n)
			return RESULT_OK;
	}
	if (f->vectors == VECTORS)
		return error_at(e, CODE_TOO_LARGE, f->name, "the earlier table has records at more than %d different levels", VECTORS);
	for (size_t a = 0; a < n; a++)
		f->vector[f->vectors][a] = low[a];
	f->vectors++;
	return RESULT_OK;
}

static result take_row(struct file *f, const struct csv_reader *csv, const struct csv_row *row, struct error *e)
{
	uint8_t low[DEID_MAX_LEVELS] = {0};

	buf_reset(&f->key);
	for (size_t a = 0; a < f->r->table.quasi; a++) {
		struct str value = row->field[f->place[a]];
		uint32_t number = deid_dict_find(&f->labels[a].dict, value);

		if (number == DEID_NONE)
			return csv_fail(csv, f->place[a], e, CODE_VALUE_WITHOUT_LEAF,
					"the column's hierarchy has this value at no level");
		f->common[a] &= f->labels[a].levels[number];
		low[a] = (uint8_t)__builtin_ctz(f->labels[a].levels[number]);
		buf_str(&f->key, value);
		buf_byte(&f->key, DEID_KEY_END);
	}
	return add_vector(f, low, e);
}

/* Reads the rows of F into N as release number RELEASE. */
static result read_rows(struct file *f, struct source source, struct deid_narrowing *n, size_t release, struct error *e)
{
	const struct csv_options o = {.separator = f->r->job->separator, .name = f->name};
	struct csv_reader *csv = NULL;
	struct csv_row row;
	bool more, header = true;
	result r = RESULT_FAIL;

	TRY_OUT(csv_open(&csv, source, &o, e));
	for (;; header = false) {
		TRY_OUT(csv_next(csv, &row, &more, e));
		if (!more)
			break;
		if (row.fault) {
			r = csv_refuse(csv, &row, e);
			goto out;
		}
		if (header) {
			TRY_OUT(find_columns(f, &row, e));
			continue;
		}
		TRY_OUT(take_row(f, csv, &row, e));
		TRY_OUT(deid_narrowing_published(n, release, buf_view(&f->key), e));
	}
	r = RESULT_OK;
out:
	csv_close(csv);
	return r;
}

/* Where all records of F have one level for each column, that is what it was written at. */
static void settle_levels(struct file *f)
{
	size_t n = f->r->table.quasi;

	for (size_t a = 0; a < n; a++)
		if (!f->common[a])
			return;
	f->vectors = 1;
	for (size_t a = 0; a < n; a++)
		f->vector[0][a] = (uint8_t)__builtin_ctz(f->common[a]);
}

static result read_file(struct file *f, struct deid_narrowing *n, size_t release, struct error *e)
{
	struct descriptor_source file = {open(f->name, O_RDONLY | O_CLOEXEC), f->name};
	struct charset_decoder *decoder = NULL;
	char text[128];
	result r = RESULT_FAIL;

	if (file.fd < 0)
		return error_at(e, CODE_IO, f->name, "cannot open the earlier table: %s", strerror_r(errno, text, sizeof text));
	TRY_OUT(charset_open(&decoder, f->r->job->charset, source_descriptor(&file), f->name, e));
	r = read_rows(f, charset_source(decoder), n, release, e);
	settle_levels(f);
out:
	charset_close(decoder);
	close(file.fd);
	return r;
}

/* Measuring ------------------------------------------------------------------------------------------------ */

/* The values of tuple I of R at LEVELS into B. */
static void write_key(const struct deid_run *r, uint32_t i, const uint8_t *levels, struct buf *b)
{
	buf_reset(b);
	for (size_t a = 0; a < r->table.quasi; a++) {
		buf_str(b, r->table.slot[a]->h->level[levels[a]].label[deid_table_tuple(&r->table, i)[a]]);
		buf_byte(b, DEID_KEY_END);
	}
}

/* Where classes have levels of their own, what is in none of them is one group: the key, into B, is nobody else's. */
static void write_left_out(struct buf *b)
{
	buf_reset(b);
	buf_byte(b, DEID_KEY_END);
}

/* What the release number RELEASE of N, read from F, wrote tuple I as, into B. */
static void write_earlier(const struct file *f, const struct deid_narrowing *n, size_t release, uint32_t i, struct buf *b)
{
	for (size_t v = 0; v < f->vectors; v++) {
		write_key(f->r, i, f->vector[v], b);
		if (deid_dict_find(&n->classes[release], buf_view(b)) != DEID_NONE)
			return;
	}
}

/* Adds all tuples of R to N, as the FILES wrote them; what R keeps goes to KEPT. */
static result add_tuples(struct deid_run *r, const struct file *files, struct deid_narrowing *n, struct deid_dict *kept,
			 struct error *e)
{
	struct buf *earlier = arena_array(&r->arena, n->releases + 1, sizeof *earlier), key;
	struct str *views = arena_array(&r->arena, n->releases + 1, sizeof *views);
	result done = RESULT_OK;

	if (!earlier || !views)
		return no_memory(e);
	buf_init(&key);
	for (uint32_t i = 0; i < r->table.tuples && ok(done); i++) {
		uint32_t block = r->block_of[i];

		if (block == DEID_NONE && r->job->recoding != DEID_RECODE_NONE)
			write_left_out(&key);
		else
			write_key(r, i, r->block[block == DEID_NONE ? 0 : block].levels, &key);
		for (size_t k = 0; k < n->releases; k++) {
			write_earlier(&files[k], n, k, i, &earlier[k]);
			views[k] = buf_view(&earlier[k]);
		}
		if (block != DEID_NONE && deid_dict_add(kept, buf_view(&key)) == DEID_NONE)
			done = no_memory(e);
		else
			done = deid_narrowing_add(n, &(struct deid_view){.key = buf_view(&key), .earlier = views}, r->table.count[i], e);
	}
	for (size_t k = 0; k < n->releases; k++)
		buf_free(&earlier[k]);
	buf_free(&key);
	return done;
}

/* Makes F ready for the file NAME of R, with the labels L of its columns. */
static result file_make(struct file *f, struct deid_run *r, struct labels *l, struct str name, struct error *e)
{
	size_t n = r->table.quasi + 1;

	*f = (struct file){.r = r, .labels = l, .name = arena_copy(&r->arena, name.p, name.n)};
	buf_init(&f->key);
	f->place = arena_array(&r->arena, n, sizeof *f->place);
	f->common = arena_array(&r->arena, n, sizeof *f->common);
	f->vector = arena_array(&r->arena, VECTORS, sizeof *f->vector);
	return f->name && f->place && f->common && f->vector ? RESULT_OK : no_memory(e);
}

static result measure(struct deid_run *r, const struct deid_names *names, struct labels *l, struct deid_narrowing *n,
		      struct error *e)
{
	struct file *files = arena_array(&r->arena, names->n + 1, sizeof *files);
	struct deid_dict kept;
	result done;

	if (!files)
		return no_memory(e);
	for (size_t a = 0; a < r->table.quasi; a++)
		TRY(labels_make(&l[a], r->table.slot[a]->h, &r->arena, e));
	for (size_t i = 0; i < names->n; i++) {
		TRY(file_make(&files[i], r, l, names->at[i], e));
		done = read_file(&files[i], n, i, e);
		buf_free(&files[i].key);
		TRY(done);
	}
	deid_dict_init(&kept);
	done = add_tuples(r, files, n, &kept, e);
	if (ok(done))
		done = deid_narrowing_smallest(n, &kept, &r->narrowed, e);
	deid_dict_free(&kept);
	return done;
}

result deid_previous_measure(struct deid_run *r, const struct deid_names *files, struct error *e)
{
	struct labels *l = arena_array(&r->arena, r->table.quasi + 1, sizeof *l);
	struct deid_narrowing n;
	result done;

	if (!files->n)
		return RESULT_OK;
	if (!l)
		return no_memory(e);
	if (r->table.quasi > DEID_MAX_LEVELS)
		return error_set(e, CODE_TOO_LARGE, "earlier tables are compared in %d columns at the most", DEID_MAX_LEVELS);
	for (size_t a = 0; a < r->table.quasi; a++)
		deid_dict_init(&l[a].dict);
	r->earlier = files->n;
	done = deid_narrowing_init(&n, files->n, (struct deid_watches){NULL, 0}, &r->arena, e);
	if (ok(done))
		done = measure(r, files, l, &n, e);
	deid_narrowing_free(&n);
	for (size_t a = 0; a < r->table.quasi; a++)
		deid_dict_free(&l[a].dict);
	return done;
}
