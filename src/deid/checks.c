#include "deid/checks.h"

#include "deid/checking.h"
#include "deid/detect.h"

void check_add(struct checking *k, struct deid_check check, struct said *detail)
{
	for (int l = 0; l < DEID_LANGUAGES; l++) {
		check.detail[l] = str_copy(&k->c->arena, buf_view(&detail->in[l]));
		k->failed_memory = k->failed_memory || !buf_ok(&detail->in[l]) || !check.detail[l].p;
	}
	k->c->at[k->c->n++] = check;
	said_free(detail);
}

uint64_t *check_count_values(struct checking *k, const struct deid_column *c, const struct deid_aggregated *a)
{
	const struct deid_table *t = &k->r->table;
	uint64_t *rows = arena_array(&k->c->arena, check_values_of(k, c, a), sizeof *rows);

	if (!rows) {
		k->failed_memory = true;
		return NULL;
	}
	if (c->role == DEID_INSENSITIVE && t->counted) {
		for (uint32_t i = 0; i < c->dict.n; i++)
			rows[i] = c->written[i];
		return rows;
	}
	if (c->role == DEID_INSENSITIVE && !a) {
		for (uint64_t i = 0; i < t->rows; i++)
			if (k->r->block_of[t->tuple_of[i]] != DEID_NONE)
				rows[c->code[i]]++;
		return rows;
	}
	for (uint32_t i = 0; i < t->tuples; i++)
		if (k->r->block_of[i] != DEID_NONE)
			rows[a ? k->r->class_of[i] : deid_table_tuple(t, i)[c->slot]] += t->count[i];
	return rows;
}

uint32_t check_values_of(const struct checking *k, const struct deid_column *c, const struct deid_aggregated *a)
{
	if (a)
		return k->r->shown;
	return c->role == DEID_INSENSITIVE ? c->dict.n : c->h->leaf.n;
}

struct str check_value(const struct deid_column *c, const struct deid_aggregated *a, uint32_t i)
{
	if (a)
		return a->text[i];
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
	const struct deid_aggregated *a = deid_aggregated(k->r, c);
	uint64_t *rows;

	if (c->role == DEID_QUASI && !a) {
		detect_generalized(k, c, found);
		return;
	}
	rows = check_count_values(k, c, a);
	for (uint32_t i = 0; rows && i < check_values_of(k, c, a); i++)
		if (rows[i])
			add_found(c, check_value(c, a, i), found);
}

/* Appends that column C holds N values with the form of F to SAID, which has sentences already when AGAIN. */
static void say_found(struct said *said, bool again, const struct deid_column *c, enum deid_finding f, uint32_t n)
{
	int width = (int)c->name.n;

	buf_printf(&said->in[DEID_EN], "%sColumn \"%.*s\" holds %s value%s with the form of %s.", again ? " " : "", width, c->name.p, GROUPED(n),
		   PLURAL(n), deid_finding_said(f, DEID_EN));
	buf_printf(&said->in[DEID_JA], "「%.*s」列に、%sの形をした値が%s件あります。", width, c->name.p, deid_finding_said(f, DEID_JA),
		   GROUPED(n));
}

/* What was found in the columns that leave, into SAID and FAILED: of direct identifiers, and of codes. */
static void find_identifiers(struct checking *k, struct said said[2], bool failed[2])
{
	const struct deid_table *t = &k->r->table;

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
			say_found(&said[which], failed[which], c, (enum deid_finding)f, found[f]);
			failed[which] = true;
		}
	}
}

static void check_identifiers(struct checking *k)
{
	struct said said[2];
	bool failed[2] = {false, false};

	said_init(&said[0]);
	said_init(&said[1]);
	find_identifiers(k, said, failed);
	for (int which = 0; which < 2; which++)
		if (failed[which])
			SAY(&said[which], " Declare such a column identifying, so that it is left out, or take the values out of it.",
			    "その列を本人を識別する列として宣言して出力から外すか、該当する値を取り除いてください。");
	if (!failed[0])
		SAY(&said[0],
		    "No e-mail address, telephone number, card number or postal address is in any column of the output; identifying "
		    "columns are left out.",
		    "出力のどの列にも、メールアドレス、電話番号、カード番号、住所は見つかりませんでした。本人を識別する列は出力していません。");
	if (!failed[1])
		SAY(&said[1],
		    "No number with the form of an individual number, passport, driving licence, residence card, pension or insurance "
		    "number is in any column of the output.",
		    "出力のどの列にも、個人番号、旅券番号、運転免許証の番号、在留カードの番号、基礎年金番号、被保険者等記号・番号の形をした値は見つかり"
		    "ませんでした。");
	check_add(k,
	    (struct deid_check){.id = "direct_identifiers",
				.title = {"Direct identifiers are removed", "特定の個人を識別できる記述を削除している"},
				.law = {"APPI 43(1), Rule 34(i)", "法第43条第1項、規則第34条第1号"},
				.verdict = failed[0] ? DEID_FAILED : DEID_PASSED},
	    &said[0]);
	check_add(k,
	    (struct deid_check){.id = "identification_codes",
				.title = {"Individual identification codes are removed", "個人識別符号を全て削除している"},
				.law = {"APPI 43(1), 2(2), Rule 34(ii)", "法第43条第1項、第2条第2項、規則第34条第2号"},
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
	struct said said;

	said_init(&said);
	if (asked)
		SAY(&said, "The smallest group of records that look alike has %s; at least %s were asked for.",
		    "見分けのつかない記録のグループは、最も小さいもので%s件です（求められた件数は%s件以上）。", GROUPED(smallest), GROUPED(asked));
	else
		SAY(&said, "No k was asked for; the smallest group of records that look alike has %s.",
		    "最小の件数（k）は指定されていません。見分けのつかない記録のグループは、最も小さいもので%s件です。", GROUPED(smallest));
	check_add(k,
	    (struct deid_check){.id = "smallest_class",
				.title = {"Records hide among enough others", "同じ組合せの記録が十分な件数ある"},
				.law = {"APPI 43(1), Rule 34(v)", "法第43条第1項、規則第34条第5号"},
				.verdict = !asked ? DEID_NOT_APPLICABLE : smallest >= asked ? DEID_PASSED : DEID_FAILED},
	    &said);
}

/* What a holder of all releases can tell apart (deid/narrow.h), where there are earlier ones. */
static void check_earlier(struct checking *k)
{
	uint64_t asked = asked_k(k->r), smallest = k->r->narrowed;
	size_t n = k->r->earlier;
	struct said said;

	said_init(&said);
	if (smallest)
		SAY(&said,
		    "Together with %zu earlier release%s, the smallest group of records that a holder of all of them cannot tell apart "
		    "has %s; at least %s are asked for.",
		    "これまでに提供した%zu回分%.0sを合わせて持つ者にとっても見分けのつかない記録のグループは、最も小さいもので%s件です（求められた件数は"
		    "%s件以上）。",
		    n, PLURAL(n), GROUPED(smallest), GROUPED(asked));
	else
		SAY(&said, "Together with %zu earlier release%s, it tells nobody apart whom this one alone does not.",
		    "これまでに提供した%zu回分%.0sを合わせて持つ者も、この表だけを持つ者より細かく見分けることはできません。", n, PLURAL(n));
	if (k->r->told.n)
		SAY(&said, " Of the column \"%.*s\" they tell more than its model allows.",
		    "項目「%.*s」については、その基準が許すよりも多くのことが分かってしまいます。", (int)k->r->told.n, k->r->told.p);
	check_add(k,
	    (struct deid_check){.id = "earlier_releases",
				.title = {"Earlier releases do not narrow persons down", "過去の提供分と合わせても個人が絞り込まれない"},
				.law = {"APPI 43(1), Rule 34(v)", "法第43条第1項、規則第34条第5号"},
				.verdict = k->r->told.n			    ? DEID_FAILED
					   : !asked			    ? DEID_NOT_APPLICABLE
					   : !smallest || smallest >= asked ? DEID_PASSED
									    : DEID_FAILED},
	    &said);
}

static void check_columns(struct checking *k)
{
	struct said said;
	size_t n = 0, out;

	for (size_t i = 0; i < k->r->table.columns; i++)
		n += k->r->table.column[i].role != DEID_IDENTIFYING;
	out = k->r->table.columns - n;
	said_init(&said);
	SAY(&said, "The output has %s column%s, each declared.", "出力は%s列%.0sで、いずれも宣言された列です。", GROUPED(n), PLURAL(n));
	if (out)
		SAY(&said, " Identifying columns that are left out: %s.", "本人を識別する%s列は出力していません。", GROUPED(out));
	check_add(k,
	    (struct deid_check){.id = "declared_columns",
				.title = {"Only declared columns leave", "宣言した列だけを出力している"},
				.law = {"APPI 43(3), Rule 36", "法第43条第3項、規則第36条"},
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
			return error_set(e, CODE_LAW_CHECK_FAILED, "%s (%s): %.*s", c->at[i].title[DEID_EN], c->at[i].law[DEID_EN],
					 (int)c->at[i].detail[DEID_EN].n, c->at[i].detail[DEID_EN].p);
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
