#include "deid/checking.h"

#include <math.h>
#include <stdlib.h>

enum {
	LINK_ROWS = 20, /* records from which a column of values that are all different is taken for a code that links */
	NEARLY = 95,	/* of a hundred records with values of their own */
	HIGH_AGE = 90,	/* from here on an age stands out by itself */
	FEW = 5,	/* records of a value far from the others, unless a higher k is asked for */
	FAR = 3,	/* interquartile ranges beyond the middle half: Tukey's outer fences */
};

static bool leaves_as_it_is(const struct deid_column *c)
{
	return c->role == DEID_SENSITIVE || c->role == DEID_INSENSITIVE;
}

/* Appends that column C does what EN and JA say to SAID, which has sentences already when *FAILED. */
static void say(struct said *said, bool *failed, const struct deid_column *c, const char *en, const char *ja)
{
	buf_printf(&said->in[DEID_EN], "%sColumn \"%.*s\" %s", *failed ? " " : "", (int)c->name.n, c->name.p, en);
	buf_printf(&said->in[DEID_JA], "「%.*s」列%s", (int)c->name.n, c->name.p, ja);
	*failed = true;
}

/* A code may come from what is left out in ways that its look does not show: so each pair of columns was compared. */
static void say_links(const struct checking *k, struct said *said, bool *failed)
{
	const struct deid_table *t = &k->r->table;

	for (size_t i = 0; i < t->links; i++) {
		const struct deid_link *l = &t->link[i];
		struct str key = t->column[l->key].name;

		if (deid_aggregated(k->r, &t->column[l->column]))
			continue; /* what was compared is not what leaves */
		say(said, failed, &t->column[l->column], l->same_values ? "has the values of" : "has one value for each of", "の値は、");
		SAY(said, " the left-out column \"%.*s\" and links to it.", "出力しない「%.*s」列の値", (int)key.n, key.p);
		buf_text(&said->in[DEID_JA], l->same_values ? "そのものであり、元のデータと連結できます。" : "と1対1で対応し、元のデータと連結できます。");
	}
}

void check_links(struct checking *k)
{
	const struct deid_table *t = &k->r->table;
	uint64_t kept = t->rows - k->r->suppressed;
	double most = 0;
	struct said said;
	bool failed = false, any = false;

	said_init(&said);
	for (size_t i = 0; i < t->columns; i++) {
		const struct deid_column *c = &t->column[i];
		const struct deid_aggregated *a = deid_aggregated(k->r, c);
		uint64_t different = 0, *rows;
		uint32_t n;

		any = any || leaves_as_it_is(c);
		if (!leaves_as_it_is(c) || kept < LINK_ROWS)
			continue;
		n = check_values_of(k, c, a);
		rows = check_count_values(k, c, a);
		for (uint32_t v = 0; rows && v < n; v++)
			different += rows[v] > 0;
		most = fmax(most, (double)different / (double)kept);
		if (different == kept)
			say(&said, &failed, c, "has a different value in each record and could link it to its source.",
			    "は、記録ごとに値が異なり、元のデータと連結できるおそれがあります。");
		else if (different * 100 >= kept * NEARLY)
			say(&said, &failed, c, "has a different value in nearly each record and could link it to its source.",
			    "は、ほとんどの記録で値が異なり、元のデータと連結できるおそれがあります。");
	}
	say_links(k, &said, &failed);
	if (failed)
		SAY(&said, " Declare it identifying, so that it is left out.", "本人を識別する列として宣言し、出力から外してください。");
	if (!failed && !any)
		SAY(&said, "All columns of the output are generalized; none leaves as it is.", "出力する列は全て一般化しており、元のまま出る列はありません。");
	else if (!failed && kept < LINK_ROWS)
		SAY(&said,
		    "No column goes one to one with a column that is left out; in fewer than %d records, different values in each are no sign of a "
		    "code.",
		    "出力しない列と1対1で対応する列はありません。記録が%d件未満のため、記録ごとに値が異なっていても符号とはみなしません。", LINK_ROWS);
	else if (!failed)
		SAY(&said,
		    "No column of the output has a different value in each record (the most is %.1f %% of the records), and none goes one to "
		    "one with a column that is left out.",
		    "記録ごとに値が異なる列（異なる値の数は最多でも記録の%.1f%%）や、出力しない列と1対1で対応する列はありません。", 100 * most);
	if (t->keys_not_compared)
		SAY(&said, " The last %zu columns that are left out were not compared: there are too many.",
		    "出力しない列のうち、数が多すぎるため、最後の%zu列は比較していません。", t->keys_not_compared);
	check_add(k,
		  (struct deid_check){.id = "link_codes",
				      .title = {"Codes that link to the source are removed", "元の個人情報と連結する符号を削除している"},
				      .law = {"APPI 43(1), Rule 34(iii)", "法第43条第1項、規則第34条第3号"},
				      .verdict = failed ? DEID_FAILED : DEID_PASSED},
		  &said);
}

static bool is_age_column(struct str name)
{
	static const char *const names[] = {"age", "Age", "AGE", "年齢", "年令", "満年齢"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (str_is(name, names[i]))
			return true;
	return false;
}

/* A value of a column with the records that have it. */
struct held {
	double value;
	uint64_t rows;
};

static int by_value(const void *a, const void *b)
{
	const struct held *x = a, *y = b;

	return (x->value > y->value) - (x->value < y->value);
}

/* The values of a column in which something may stand out: those written, but noise hides nothing and is looked through. */
struct plain {
	const struct deid_column *c;
	const struct deid_aggregated *a;  /* replaces its values, or NULL */
	const struct deid_noised *noised; /* or NULL */
	uint32_t n;
	const uint64_t *rows; /* by value; NULL without memory */
};

static struct plain plain_of(struct checking *k, const struct deid_column *c, const struct deid_aggregated *a)
{
	const struct deid_noised *noised = deid_noise_of(k->r, c);

	if (noised)
		return (struct plain){c, NULL, noised, noised->exact.n, noised->exact_rows};
	return (struct plain){c, a, NULL, check_values_of(k, c, a), check_count_values(k, c, a)};
}

/* The values of P as numbers in order into *OUT; 0 when some is no number. */
static uint32_t numbers_of(struct checking *k, const struct plain *p, struct held **out)
{
	const uint64_t *rows = p->rows;
	uint32_t n = p->n, m = 0;

	*out = arena_array(&k->c->arena, n, sizeof(**out));
	if (!*out) {
		k->failed_memory = true;
		return 0;
	}
	for (uint32_t v = 0; v < n; v++) {
		struct str text = p->noised ? p->noised->exact.value[v] : check_value(p->c, p->a, v);

		if (rows[v] == 0 || text.n == 0)
			continue;
		if (!deid_number_parse(text, &(*out)[m].value))
			return 0;
		(*out)[m++].rows = rows[v];
	}
	qsort(*out, m, sizeof(**out), by_value);
	return m;
}

/* The value that SHARE of the records do not exceed. */
static double quantile(const struct held *at, uint32_t n, double share)
{
	uint64_t all = 0, below = 0;

	for (uint32_t i = 0; i < n; i++)
		all += at[i].rows;
	for (uint32_t i = 0; i < n; i++) {
		below += at[i].rows;
		if ((double)below >= share * (double)all)
			return at[i].value;
	}
	return n ? at[n - 1].value : 0;
}

/* How many of the N values AT are far from the middle half of the records, and are those of fewer records than FEW. */
static uint32_t far_values(const struct held *at, uint32_t n, uint64_t few)
{
	double low = quantile(at, n, 0.25), high = quantile(at, n, 0.75), range = (high - low) * FAR;
	uint32_t far = 0;

	for (uint32_t i = 0; range > 0 && i < n; i++)
		far += at[i].rows < few && (at[i].value < low - range || at[i].value > high + range);
	return far;
}

/* The values of C, which leave as they are, by how many records have them; the rarest is told in *RAREST. */
static void say_peculiar(struct checking *k, const struct deid_column *c, uint64_t few, struct said *said, bool *failed,
			 uint64_t *rarest)
{
	const struct deid_aggregated *a = deid_aggregated(k->r, c), *one = a && a->how != DEID_INTERVAL ? a : NULL;
	const struct plain plain = plain_of(k, c, one); /* an interval ends in values of single records */
	const uint64_t *rows = plain.rows;
	uint32_t n = plain.n, numbers, far, high = 0, alone = 0;
	struct held *at;

	if (!rows)
		return;
	numbers = numbers_of(k, &plain, &at);
	for (uint32_t i = 0; is_age_column(c->name) && i < numbers; i++)
		high += at[i].value >= HIGH_AGE && !(one && at[i].rows >= few);
	far = far_values(at, numbers, few);
	for (uint32_t v = 0; !numbers && v < n; v++) {
		alone += rows[v] == 1;
		*rarest = rows[v] && rows[v] < *rarest ? rows[v] : *rarest;
	}
	if (high) {
		say(said, failed, c, "has", "に、");
		SAY(said, " %s age%s of %d or more; declare it quasi-identifying or top-code it.",
		    "%s種類%.0sの%d歳以上の年齢があります。準識別子として宣言するか、上限を設けてまとめてください。", GROUPED(high), PLURAL(high), HIGH_AGE);
	}
	if (far) {
		say(said, failed, c, "has", "に、");
		SAY(said, " %s value%s far from all others that few records have; join the ends with a band such as \"90 or more\".",
		    "少数の記録だけが持つ、ほかの値から大きく離れた値が%s種類%.0sあります。「90以上」のような区分で両端をまとめてください。",
		    GROUPED(far), PLURAL(far));
		if (plain.noised)
			SAY(said, " Noise does not hide them; give it a range, to which they are brought.",
			    "ノイズを加えても特異な値は隠れません。範囲（range）を指定し、値をその中に収めてください。");
	}
	if (alone) {
		say(said, failed, c, "has", "に、");
		SAY(said, " %s value%s that a single record has; group them by a coarser value, or declare it quasi-identifying.",
		    "1件の記録だけが持つ値が%s種類%.0sあります。より粗い値にまとめるか、準識別子として宣言してください。", GROUPED(alone), PLURAL(alone));
	}
}

/* True when C is generalized, but the least and the greatest value of each class leave. */
static bool ends_leave(const struct checking *k, const struct deid_column *c)
{
	const struct deid_aggregated *a = deid_aggregated(k->r, c);

	return a && a->how == DEID_INTERVAL;
}

void check_peculiar(struct checking *k)
{
	const struct deid_table *t = &k->r->table;
	uint64_t few = FEW, rarest = UINT64_MAX;
	struct said said;
	bool failed = false;

	for (size_t i = 0; i < k->r->models; i++)
		if (k->r->model[i].kind == DEID_K && k->r->model[i].count > few)
			few = k->r->model[i].count;
	said_init(&said);
	for (size_t i = 0; i < t->columns; i++)
		if (leaves_as_it_is(&t->column[i]) || ends_leave(k, &t->column[i]))
			say_peculiar(k, &t->column[i], few, &said, &failed, &rarest);
	if (!failed) {
		SAY(&said,
		    "Rare values of quasi-identifying columns are generalized or their records left out; no number in the other columns is "
		    "far from all others.",
		    "準識別子の列のまれな値は、一般化したか、その記録を除外しました。ほかの列に、ほかの値から大きく離れた数値はありません。");
		if (rarest < UINT64_MAX)
			SAY(&said, " The rarest word in those is that of %s records.", "ほかの列で最もまれな語は、%s件の記録にあります。", GROUPED(rarest));
	}
	check_add(k,
		  (struct deid_check){.id = "peculiar_values",
				      .title = {"Peculiar values are treated", "特異な記述等を削除または加工している"},
				      .law = {"APPI 43(1), Rule 34(iv)", "法第43条第1項、規則第34条第4号"},
				      .verdict = failed ? DEID_FAILED : DEID_PASSED},
		  &said);
}
