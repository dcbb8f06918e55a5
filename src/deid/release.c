#include "deid/release.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"

enum { RECORDS_MOST = INT32_MAX };

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a release");
}

static int class_cmp(const void *a, const void *b)
{
	return str_cmp(((const struct deid_alike *)a)->key, ((const struct deid_alike *)b)->key);
}

/* The values of tuple I of R, as they are written, into B, in the order of OUT's columns. */
static void tuple_key(const struct deid_run *r, const struct deid_release *out, uint32_t i, struct buf *b)
{
	const struct deid_table *t = &r->table;
	const uint8_t *levels = r->block[r->block_of[i]].levels;

	for (size_t k = 0; k < out->n_columns; k++) {
		size_t slot = deid_table_column(t, out->columns[k].item)->slot;

		buf_str(b, t->slot[slot]->h->level[slot < t->quasi ? levels[slot] : 0].label[deid_table_tuple(t, i)[slot]]);
		buf_byte(b, DEID_KEY_END);
	}
}

/* Sorts OUT's classes and makes equal ones one. */
static void settle(struct deid_release *out)
{
	size_t kept = 0;

	if (out->n_classes)
		qsort(out->classes, out->n_classes, sizeof *out->classes, class_cmp);
	for (size_t i = 0; i < out->n_classes; i++) {
		out->records += out->classes[i].count;
		if (kept && str_eq(out->classes[kept - 1].key, out->classes[i].key))
			out->classes[kept - 1].count += out->classes[i].count;
		else
			out->classes[kept++] = out->classes[i];
	}
	out->n_classes = kept;
}

result deid_release_make(const struct deid_run *r, const struct deid_treatment *columns, struct arena *a,
			 struct deid_release *out, struct error *e)
{
	struct buf key;
	bool fine = true;

	*out = (struct deid_release){.columns = columns, .n_columns = r->table.quasi + r->table.sensitive};
	out->classes = arena_array(a, r->table.tuples, sizeof *out->classes);
	if (!out->classes)
		return no_memory(e);
	buf_init(&key);
	for (uint32_t i = 0; i < r->table.tuples && fine; i++) {
		struct deid_alike *c = &out->classes[out->n_classes];

		if (r->block_of[i] == DEID_NONE)
			continue;
		buf_reset(&key);
		tuple_key(r, out, i, &key);
		*c = (struct deid_alike){str_copy(a, buf_view(&key)), r->table.count[i]};
		fine = buf_ok(&key) && c->key.p;
		out->n_classes++;
	}
	buf_free(&key);
	if (!fine)
		return no_memory(e);
	settle(out);
	return RESULT_OK;
}

/* The next value of the key *REST, taken off it. */
static struct str take_value(struct str *rest)
{
	size_t n = str_find(*rest, DEID_KEY_END);
	struct str value = str_sub(*rest, 0, n);

	*rest = str_sub(*rest, n + 1, rest->n);
	return value;
}

void deid_release_class(const struct deid_release *r, struct str key, struct buf *b)
{
	for (size_t i = 0; i < r->n_columns; i++) {
		struct str value = take_value(&key);

		if (r->columns[i].sensitive)
			continue;
		buf_str(b, value);
		buf_byte(b, DEID_KEY_END);
	}
}

void deid_release_write(const struct deid_release *r, struct buf *b)
{
	buf_text(b, "{\"columns\":[");
	for (size_t i = 0; i < r->n_columns; i++) {
		buf_text(b, i ? ",{\"item\":" : "{\"item\":");
		buf_json(b, r->columns[i].item);
		buf_text(b, ",\"how\":");
		buf_json(b, r->columns[i].how);
		buf_text(b, r->columns[i].sensitive ? ",\"sensitive\":true}" : "}");
	}
	buf_text(b, "],\"classes\":[");
	for (size_t i = 0; i < r->n_classes; i++) {
		struct str rest = r->classes[i].key;

		buf_text(b, i ? ",[" : "[");
		buf_u64(b, r->classes[i].count);
		while (rest.n) {
			buf_byte(b, ',');
			buf_json(b, take_value(&rest));
		}
		buf_byte(b, ']');
	}
	buf_text(b, "]}");
}

void deid_release_csv(const struct deid_release *r, struct buf *b)
{
	struct buf line;

	for (size_t i = 0; i < r->n_columns; i++) {
		if (i)
			buf_byte(b, ',');
		csv_write(b, r->columns[i].item, ',');
	}
	buf_byte(b, '\n');
	buf_init(&line);
	for (size_t i = 0; i < r->n_classes; i++) {
		struct str rest = r->classes[i].key;

		buf_reset(&line);
		while (rest.n) {
			if (line.n)
				buf_byte(&line, ',');
			csv_write(&line, take_value(&rest), ',');
		}
		buf_byte(&line, '\n');
		for (uint64_t n = 0; n < r->classes[i].count; n++)
			buf_str(b, buf_view(&line));
	}
	b->failed = b->failed || line.failed;
	buf_free(&line);
}

static result parse_columns(const json_t *list, struct arena *a, struct deid_release *out, struct error *e)
{
	struct deid_treatment *columns = arena_array(a, json_array_size(list) + 1, sizeof *columns);

	if (!columns)
		return no_memory(e);
	out->columns = columns;
	for (; out->n_columns < json_array_size(list); out->n_columns++) {
		const json_t *c = json_array_get(list, out->n_columns);
		const json_t *item = json_object_get(c, "item"), *how = json_object_get(c, "how");

		if (!json_is_string(item) || !json_is_string(how))
			return error_set(e, CODE_MALFORMED, "a release names a column without its treatment");
		TRY(deid_treatment_parse((struct str){json_string_value(item), json_string_length(item)},
					 (struct str){json_string_value(how), json_string_length(how)}, a,
					 &columns[out->n_columns], e));
		columns[out->n_columns].sensitive = json_is_true(json_object_get(c, "sensitive"));
	}
	return RESULT_OK;
}

/* No value has a control character: what is read of persons has none either. */
static bool is_value(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20)
			return false;
	return true;
}

static result parse_classes(const json_t *list, struct arena *a, struct deid_release *out, struct error *e)
{
	struct buf key;
	bool right = true;

	out->classes = arena_array(a, json_array_size(list) + 1, sizeof *out->classes);
	if (!out->classes)
		return no_memory(e);
	buf_init(&key);
	for (size_t i = 0; i < json_array_size(list) && right; i++) {
		const json_t *c = json_array_get(list, i);

		buf_reset(&key);
		right = json_array_size(c) == out->n_columns + 1 && json_integer_value(json_array_get(c, 0)) > 0 &&
			json_integer_value(json_array_get(c, 0)) <= RECORDS_MOST;
		for (size_t v = 1; right && v < json_array_size(c); v++) {
			const json_t *value = json_array_get(c, v);

			right = json_is_string(value) && is_value((struct str){json_string_value(value), json_string_length(value)});
			buf_str(&key, (struct str){json_string_value(value), json_string_length(value)});
			buf_byte(&key, DEID_KEY_END);
		}
		if (right)
			out->classes[out->n_classes++] = (struct deid_alike){
				str_copy(a, buf_view(&key)), (uint64_t)json_integer_value(json_array_get(c, 0))};
		right = right && buf_ok(&key) && out->classes[i].key.p;
	}
	buf_free(&key);
	if (!right)
		return error_set(e, CODE_MALFORMED, "a class of a release is not well-formed");
	settle(out);
	return out->records <= RECORDS_MOST ? RESULT_OK : error_set(e, CODE_MALFORMED, "a release has too many records");
}

result deid_release_parse(struct str text, struct arena *a, struct deid_release *out, struct error *e)
{
	json_t *v = json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES, NULL);
	result r;

	*out = (struct deid_release){.n_columns = 0};
	if (!v)
		return error_set(e, CODE_MALFORMED, "a release is no JSON");
	r = parse_columns(json_object_get(v, "columns"), a, out, e);
	if (ok(r))
		r = parse_classes(json_object_get(v, "classes"), a, out, e);
	json_decref(v);
	return r;
}

result deid_release_check(const struct deid_release *r, const unsigned char hash[HASH_SIZE], struct error *e)
{
	unsigned char found[HASH_SIZE];
	result done = RESULT_OK;
	struct buf table;

	buf_init(&table);
	deid_release_csv(r, &table);
	hash_sha256(table.p, table.n, found);
	if (!buf_ok(&table))
		done = error_set(e, CODE_OUT_OF_MEMORY, "no memory for a release");
	else if (!str_eq((struct str){(const char *)found, sizeof found}, (struct str){(const char *)hash, sizeof found}))
		done = error_set(e, CODE_LOG_CORRUPT, "what is kept of this release is not what the log has the hash of");
	buf_free(&table);
	return done;
}
