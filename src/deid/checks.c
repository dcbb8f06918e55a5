#include "deid/checks.h"

#include "deid/checking.h"
#include "deid/detect.h"

void check_add(struct checking *k, struct deid_check check, struct buf *detail)
{
	check.detail = str_copy(&k->c->arena, buf_view(detail));
	k->failed_memory = k->failed_memory || !buf_ok(detail) || !check.detail.p;
	k->c->at[k->c->n++] = check;
	buf_free(detail);
}

uint64_t *check_count_values(struct checking *k, const struct deid_column *c, uint32_t n)
{
	const struct deid_table *t = &k->r->table;
	uint64_t *rows = arena_array(&k->c->arena, n, sizeof *rows);

	if (!rows) {
		k->failed_memory = true;
		return NULL;
	}
	if (c->role == DEID_INSENSITIVE) {
		for (uint64_t i = 0; i < t->rows; i++)
			if (k->r->block_of[t->tuple_of[i]] != DEID_NONE)
				rows[c->code[i]]++;
		return rows;
	}
	for (uint32_t i = 0; i < t->tuples; i++)
		if (k->r->block_of[i] != DEID_NONE)
			rows[deid_table_tuple(t, i)[c->slot]] += t->count[i];
	return rows;
}

uint32_t check_values_of(const struct deid_column *c)
{
	return c->role == DEID_INSENSITIVE ? c->dict.n : c->h->leaf.n;
}

struct str check_value(const struct deid_column *c, uint32_t i)
{
	return c->role == DEID_INSENSITIVE ? c->dict.value[i] : c->h->level[0].label[i];
}

static void add_found(const struct deid_column *c, struct str text, uint32_t found[DEID_FINDINGS])
{
	uint32_t bits = deid_detect_field(c->name, text);

	for (int f = 0; bits && f < DEID_FINDINGS; f++)
		found[f] += bits >> f & 1;
}

/* As detect_column for a quasi-identifying column: what its values become at the levels that they are written at. */
static void detect_generalized(struct checking *k, const struct deid_column *c, uint32_t found[DEID_FINDINGS])
{
	const struct deid_table *t = &k->r->table;
	uint32_t n = c->h->leaf.n;
	bool *there = arena_array(&k->c->arena, (size_t)n * c->h->levels, sizeof *there);

	if (!there) {
		k->failed_memory = true;
		return;
	}
	for (uint32_t i = 0; i < t->tuples; i++) {
		uint32_t block = k->r->block_of[i];
		unsigned level;

		if (block == DEID_NONE)
			continue;
		level = k->r->block[block].levels[c->slot];
		there[(size_t)level * n + c->h->level[level].first[deid_table_tuple(t, i)[c->slot]]] = true;
	}
	for (unsigned l = 0; l < c->h->levels; l++)
		for (uint32_t v = 0; v < n; v++)
			if (there[(size_t)l * n + v])
				add_found(c, c->h->level[l].label[v], found);
}

/* The kinds found in the texts that column C is written with, each with how many different texts. */
static void detect_column(struct checking *k, const struct deid_column *c, uint32_t found[DEID_FINDINGS])
{
	uint32_t n = check_values_of(c);
	uint64_t *rows;

	if (c->role == DEID_QUASI) {
		detect_generalized(k, c, found);
		return;
	}
	rows = check_count_values(k, c, n);
	for (uint32_t i = 0; rows && i < n; i++)
		if (rows[i])
			add_found(c, check_value(c, i), found);
}

static void check_identifiers(struct checking *k)
{
	const struct deid_table *t = &k->r->table;
	struct buf said[2];
	bool failed[2] = {false, false};

	buf_init(&said[0]);
	buf_init(&said[1]);
	for (size_t i = 0; i < t->columns; i++) {
		const struct deid_column *c = &t->column[i];
		uint32_t found[DEID_FINDINGS] = {0};

		if (c->role == DEID_IDENTIFYING)
			continue;
		detect_column(k, c, found);
		for (int f = 0; f < DEID_FINDINGS; f++) {
			int which = deid_finding_is_code((enum deid_finding)f);

			if (!found[f])
				continue;
			buf_printf(&said[which], "%sColumn \"%.*s\" holds %u values with the form of a %s.", failed[which] ? " " : "",
				   (int)c->name.n, c->name.p, found[f], deid_finding_name((enum deid_finding)f));
			failed[which] = true;
		}
	}
	for (int which = 0; which < 2; which++)
		if (!failed[which])
			buf_text(&said[which], which ? "No number with the form of an individual number, passport, driving licence, "
						      "residence card, pension or insurance number is in any column of the output."
						    : "No e-mail address, telephone number, card number or postal address is in any "
						      "column of the output; identifying columns are left out.");
	check_add(k,
	    (struct deid_check){.id = "direct_identifiers",
				.title = "Direct identifiers are removed",
				.law = "APPI 43(1), Rule 34(i)",
				.verdict = failed[0] ? DEID_FAILED : DEID_PASSED},
	    &said[0]);
	check_add(k,
	    (struct deid_check){.id = "identification_codes",
				.title = "Individual identification codes are removed",
				.law = "APPI 43(1), 2(2), Rule 34(ii)",
				.verdict = failed[1] ? DEID_FAILED : DEID_PASSED},
	    &said[1]);
}

/* The k that is asked for; 0: none. */
static uint64_t asked_k(const struct deid_run *r)
{
	uint64_t asked = 0;

	for (size_t i = 0; i < r->models; i++)
		if (r->model[i].kind == DEID_K && r->model[i].count > asked)
			asked = r->model[i].count;
	return asked;
}

static void check_classes(struct checking *k)
{
	uint64_t smallest = k->r->after.n ? k->r->after.at[0].size : 0, asked = asked_k(k->r);
	struct buf said;

	buf_init(&said);
	if (asked)
		buf_printf(&said, "The smallest group of records that look alike has %llu; at least %llu were asked for.",
			   (unsigned long long)smallest, (unsigned long long)asked);
	else
		buf_printf(&said, "No k was asked for; the smallest group of records that look alike has %llu.",
			   (unsigned long long)smallest);
	check_add(k,
	    (struct deid_check){.id = "smallest_class",
				.title = "Records hide among enough others",
				.law = "APPI 43(1), Rule 34(v)",
				.verdict = !asked ? DEID_NOT_APPLICABLE : smallest >= asked ? DEID_PASSED : DEID_FAILED},
	    &said);
}

/* What a holder of all releases can tell apart (deid/narrow.h), where there are earlier ones. */
static void check_earlier(struct checking *k)
{
	uint64_t asked = asked_k(k->r), smallest = k->r->narrowed;
	struct buf said;

	buf_init(&said);
	buf_printf(&said,
		   "Together with %zu earlier releases, the smallest group of records that a holder of all of them cannot tell apart "
		   "has %llu; at least %llu are asked for.",
		   k->r->earlier, (unsigned long long)smallest, (unsigned long long)asked);
	check_add(k,
	    (struct deid_check){.id = "earlier_releases",
				.title = "Earlier releases do not narrow persons down",
				.law = "APPI 43(1), Rule 34(v)",
				.verdict = !asked			    ? DEID_NOT_APPLICABLE
					   : !smallest || smallest >= asked ? DEID_PASSED
									    : DEID_FAILED},
	    &said);
}

static void check_columns(struct checking *k)
{
	struct buf said;
	size_t n = 0;

	for (size_t i = 0; i < k->r->table.columns; i++)
		n += k->r->table.column[i].role != DEID_IDENTIFYING;
	buf_init(&said);
	buf_printf(&said, "The output has %zu columns, each declared; %zu identifying columns are left out.", n,
		   k->r->table.columns - n);
	check_add(k,
	    (struct deid_check){.id = "declared_columns",
				.title = "Only declared columns leave",
				.law = "APPI 43(3), Rule 36",
				.verdict = DEID_PASSED},
	    &said);
}

result deid_check(const struct deid_run *r, struct deid_checks *c, struct error *e)
{
	struct checking k = {r, c, false};

	*c = (struct deid_checks){.n = 0};
	arena_init(&c->arena, 0, false);
	check_make_texts(&k);
	check_identifiers(&k);
	check_links(&k);
	check_peculiar(&k);
	check_classes(&k);
	check_columns(&k);
	check_written(&k);
	if (r->earlier)
		check_earlier(&k);
	return k.failed_memory ? error_set(e, CODE_OUT_OF_MEMORY, "no memory for the checks") : RESULT_OK;
}

result deid_checks_verdict(const struct deid_checks *c, struct error *e)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->at[i].verdict == DEID_FAILED)
			return error_set(e, CODE_LAW_CHECK_FAILED, "%s (%s): %.*s", c->at[i].title, c->at[i].law,
					 (int)c->at[i].detail.n, c->at[i].detail.p);
	return RESULT_OK;
}

void deid_checks_free(struct deid_checks *c)
{
	arena_free(&c->arena);
}

const char *deid_verdict_name(enum deid_verdict v)
{
	static const char *const names[] = {"failed", "passed", "not applicable"};

	return names[v];
}
