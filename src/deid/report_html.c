#include "deid/report.h"

#include <math.h>

/*
 * One page that stands alone: no script, no outside file.  Charts are SVG drawn
 * with the page's own colours, so that they follow light and dark; each has its
 * figures beside it as text.
 */

enum {
	BARS_SHOWN = 24, /* bars of one chart: more values are joined */
	CHART_WIDTH = 640,
	CHART_HEIGHT = 120,
};

static const char style[] =
	":root{color-scheme:light dark;--ink:#1b1b1f;--paper:#fcfcfa;--soft:#5c5f66;--line:#d6d6d0;--a:#8a8f98;--b:#1f6f8b;"
	"--good:#1a6b3c;--bad:#a3242b}"
	"@media(prefers-color-scheme:dark){:root{--ink:#ececec;--paper:#17181b;--soft:#a6a9b0;--line:#3a3c42;--a:#7d828c;"
	"--b:#58b4d1;--good:#6fcf97;--bad:#ff8a8a}}"
	"*{box-sizing:border-box}body{margin:0 auto;max-width:56rem;padding:2rem 1rem;font:1rem/1.6 system-ui,sans-serif;"
	"color:var(--ink);background:var(--paper)}"
	"h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.2rem;margin-top:2.2rem}.lead{font-size:1.15rem}"
	"table{border-collapse:collapse;width:100%}th[scope=row]{font-weight:400}.n{white-space:nowrap}th,td{text-align:left;padding:.35rem .6rem .35rem 0;"
	"border-bottom:1px solid var(--line);vertical-align:top}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}"
	".soft{color:var(--soft)}.passed{color:var(--good);font-weight:600}.failed{color:var(--bad);font-weight:600}"
	".words{white-space:pre-line;border-left:3px solid var(--line);padding-left:1rem}summary{cursor:pointer}figure{margin:1rem 0 1.6rem}svg{width:100%;height:auto;display:block}.before{fill:var(--a)}.after{fill:var(--b)}"
	".axis{stroke:var(--line)}text{fill:var(--soft);font-size:11px}"
	"@media print{body{max-width:none}h2{break-after:avoid}figure,tr{break-inside:avoid}}";

static void escape(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		switch (s.p[i]) {
		case '<':
			buf_text(b, "&lt;");
			break;
		case '>':
			buf_text(b, "&gt;");
			break;
		case '&':
			buf_text(b, "&amp;");
			break;
		case '"':
			buf_text(b, "&quot;");
			break;
		default:
			buf_byte(b, s.p[i]);
			break;
		}
	}
}

static void percent(struct buf *b, double share)
{
	if (share > 0 && share < 0.0001)
		buf_text(b, "&lt; 0.01 %");
	else
		buf_printf(b, "%.2f %%", 100 * share);
}

static void row(struct buf *b, const char *name, double before, double after)
{
	buf_printf(b, "<tr><th scope=row>%s<td class=n>", name);
	percent(b, before);
	buf_text(b, "<td class=n>");
	percent(b, after);
	buf_byte(b, '\n');
}

static void risks(const struct deid_report *r, struct buf *b)
{
	const struct deid_risk *x = &r->measures->before, *y = &r->measures->after;

	buf_text(b, "<h2>Risk</h2>\n<table><thead><tr><th scope=col>A person's record is found<th scope=col class=n>before"
		    "<th scope=col class=n>after<tbody>\n");
	row(b, "at worst, by someone who knows that the person is in the table (prosecutor)", x->highest, y->highest);
	row(b, "at worst, by someone who knows only the population (journalist)", x->highest,
	    r->measures->journalist > 0 ? r->measures->journalist : y->highest);
	row(b, "on average, by someone who tries all records (marketer)", x->average, y->average);
	row(b, "records with a chance above one in five", x->at_risk, y->at_risk);
	row(b, "records alone of their kind in the table", x->unique, y->unique);
	row(b, "of the population alone of their kind, estimated (Pitman)", x->population_pitman, y->population_pitman);
	row(b, "of the population alone of their kind, estimated (Zayatz)", x->population_zayatz, y->population_zayatz);
	buf_printf(b, "</table>\n<p class=soft>The estimates take the table for a sample of %llu persons.\n",
		   (unsigned long long)r->run->problem.population_size);
}

/* Class sizes in doubling steps, as shares of the records. */
static void class_sizes(const struct deid_report *r, struct buf *b)
{
	const struct deid_sizes *sets[2] = {&r->run->before, &r->run->after};
	static const char *const kinds[2] = {"before", "after"};
	double share[2][64] = {{0}};
	int last = 0;

	for (int k = 0; k < 2; k++)
		for (size_t i = 0; i < sets[k]->n; i++) {
			int step = 63 - __builtin_clzll(sets[k]->at[i].size);

			share[k][step] += (double)(sets[k]->at[i].size * sets[k]->at[i].classes) / (double)r->run->table.rows;
			last = step > last ? step : last;
		}
	buf_printf(b,
		   "<h2>How many records look alike</h2>\n<figure><svg viewBox=\"0 0 %d %d\" role=img aria-label=\"Share of records by "
		   "the size of their group, before and after\">",
		   CHART_WIDTH, CHART_HEIGHT + 20);
	for (int s = 0; s <= last; s++) {
		double width = (double)CHART_WIDTH / (last + 1);

		for (int k = 0; k < 2; k++)
			buf_printf(b, "<rect class=%s x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", kinds[k],
				   s * width + (0.1 + 0.4 * k) * width, CHART_HEIGHT * (1 - share[k][s]), 0.38 * width,
				   CHART_HEIGHT * share[k][s]);
		buf_printf(b, "<text x=\"%.1f\" y=\"%d\">%llu</text>", s * width + 0.1 * width, CHART_HEIGHT + 14, 1ULL << s);
	}
	buf_printf(b,
		   "<line class=axis x1=0 x2=%d y1=%d y2=%d /></svg><figcaption class=soft>Share of the records in groups of 1, of 2 "
		   "to 3, of 4 to 7 and so on; grey before, coloured after.</figcaption></figure>\n",
		   CHART_WIDTH, CHART_HEIGHT, CHART_HEIGHT);
}

/* The distribution of the column at place A before and after; neighbouring leaves are joined when there are many. */
static void distribution(const struct deid_report *r, size_t a, struct buf *b)
{
	const struct deid_run *run = r->run;
	const struct deid_attribute *d = &r->measures->attribute[a];
	uint32_t leaves = run->h[a]->leaf.n, per = (leaves + BARS_SHOWN - 1) / BARS_SHOWN, bars;
	double kept = (double)(run->table.rows - run->suppressed), most = 1e-9, width;
	double part[2][BARS_SHOWN + 1] = {{0}};

	per = per ? per : 1;
	bars = (leaves + per - 1) / per;
	for (uint32_t i = 0; i < leaves; i++) {
		part[0][i / per] += (double)d->before[i] / (double)run->table.rows;
		part[1][i / per] += kept > 0 ? d->after[i] / kept : 0;
	}
	for (uint32_t i = 0; i < bars; i++)
		most = fmax(most, fmax(part[0][i], part[1][i]));
	width = (double)CHART_WIDTH / bars;
	buf_text(b, "<figure><figcaption><strong>");
	escape(b, run->table.slot[a]->name);
	buf_printf(b, "</strong> <span class=soft>differs by %.1f %%</span></figcaption><svg viewBox=\"0 0 %d %d\" role=img "
		      "aria-label=\"Distribution before and after\">",
		   100 * d->total_variation, CHART_WIDTH, CHART_HEIGHT);
	for (uint32_t i = 0; i < bars; i++)
		for (int k = 0; k < 2; k++)
			buf_printf(b, "<rect class=%s x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", k ? "after" : "before",
				   i * width + (0.1 + 0.4 * k) * width, CHART_HEIGHT * (1 - part[k][i] / most), 0.38 * width,
				   CHART_HEIGHT * part[k][i] / most);
	buf_printf(b, "<line class=axis x1=0 x2=%d y1=%d y2=%d /></svg></figure>\n", CHART_WIDTH, CHART_HEIGHT, CHART_HEIGHT);
}

static void attributes(const struct deid_report *r, struct buf *b)
{
	const struct deid_run *run = r->run;

	buf_text(b, "<h2>What was generalized</h2>\n<table><thead><tr><th scope=col>Column<th scope=col class=n>level<th scope=col "
		    "class=n>of<th scope=col class=n>values left<tbody>\n");
	for (size_t a = 0; a < run->table.quasi; a++) {
		const struct deid_hierarchy *h = run->h[a];
		unsigned level = run->block[0].levels[a];

		buf_text(b, "<tr><th scope=row>");
		escape(b, run->table.slot[a]->name);
		buf_printf(b, "<td class=n>%u<td class=n>%u<td class=n>%u\n", level, h->levels - 1, h->level[level].values);
	}
	buf_text(b, "</table>\n");
	if (run->job->local)
		buf_printf(b, "<p>By local recoding %zu groups of records have levels of their own; the table shows the first, of %llu "
			      "records.\n",
			   run->blocks, (unsigned long long)run->block[0].rows);
	buf_text(b, "<h2>What it is still good for</h2>\n<p class=soft>Each column's distribution, grey before, coloured after; a "
		    "coarser value counts evenly for all that it stands for.\n");
	for (size_t a = 0; a < run->table.quasi + run->table.sensitive; a++)
		distribution(r, a, b);
}

/* The texts JA and EN under TITLE, as they are to be sent. */
static void words(struct buf *b, const char *title, struct str ja, struct str en)
{
	buf_printf(b, "<details><summary>%s</summary><p class=words lang=ja>", title);
	escape(b, ja);
	buf_text(b, "<p class=words lang=en>");
	escape(b, en);
	buf_text(b, "</details>\n");
}

static void checks(const struct deid_report *r, struct buf *b)
{
	buf_text(b, "<h2>What the law asks</h2>\n<table><thead><tr><th scope=col>Check<th scope=col>Article<th scope=col>Result<tbody>\n");
	for (size_t i = 0; i < r->checks->n; i++) {
		const struct deid_check *c = &r->checks->at[i];

		buf_printf(b, "<tr><th scope=row>%s<br><span class=soft>", c->title);
		escape(b, c->detail);
		buf_printf(b, "</span><td>%s<td class=\"%s\">%s\n", c->law,
			   c->verdict == DEID_FAILED ? "failed" : c->verdict == DEID_PASSED ? "passed" : "soft",
			   deid_verdict_name(c->verdict));
	}
	buf_text(b, "</table>\n");
	words(b, "To publish", r->checks->notice, r->checks->notice_en);
	words(b, "To tell the recipient", r->checks->statement, r->checks->statement_en);
}

static void combinations(const struct deid_report *r, struct buf *b)
{
	const struct deid_measures *m = r->measures;

	if (!m->minimal_up_to)
		return;
	buf_printf(b, "<h2>What singled people out</h2>\n<p class=soft>Combinations of up to %zu columns that are enough to tell a record "
		      "of the input from all others, no part of them being enough.\n<table><thead><tr><th scope=col>Columns<th scope=col "
		      "class=n>records<tbody>\n",
		   m->minimal_up_to);
	for (size_t i = 0; i < m->minimals && i < BARS_SHOWN; i++) {
		buf_text(b, "<tr><td>");
		for (size_t k = 0; k < m->minimal[i].n; k++) {
			buf_text(b, k ? ", " : "");
			escape(b, r->run->table.slot[m->minimal[i].column[k]]->name);
		}
		buf_printf(b, "<td class=n>%llu\n", (unsigned long long)m->minimal[i].records);
	}
	buf_text(b, "</table>\n");
	if (m->minimals == 0)
		buf_text(b, "<p>None.\n");
}

static void figures(const struct deid_report *r, struct buf *b)
{
	const struct deid_run *run = r->run;

	buf_text(b, "<h2>How it was done</h2>\n<p>Asked for: ");
	for (size_t i = 0; i < run->models; i++) {
		buf_text(b, i ? ", " : "");
		escape(b, run->model[i].text);
	}
	buf_printf(b, "; at most %llu records left out. Metric %s: %.10g", (unsigned long long)run->problem.limit,
		   deid_metric_name(run->job->metric), run->score);
	if (!run->job->local)
		buf_printf(b, "%s; no transformation scores below %.10g", run->found.optimal ? ", the optimum" : "", run->found.bound);
	buf_printf(b, ". %llu transformations were evaluated. Reading took %.1f ms, searching %.1f ms, writing %.1f ms; the peak of memory "
		      "was %.1f MB.\n",
		   (unsigned long long)run->found.evaluated, (double)run->read_us / 1000, (double)run->search_us / 1000,
		   (double)r->write_us / 1000, (double)r->peak_kb / 1024);
	if (run->table.bad_rows) {
		buf_printf(b, "<p>%llu rows were not well-formed and were left out; the first:<pre>",
			   (unsigned long long)run->table.bad_rows);
		escape(b, buf_view(&run->table.bad));
		buf_text(b, "</pre>\n");
	}
}

void deid_report_html(const struct deid_report *r, struct buf *b)
{
	struct buf said;

	buf_init(&said);
	deid_report_sentence(r, &said);
	buf_printf(b,
		   "<!doctype html>\n<html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">"
		   "<title>De-identification report</title><style>%s</style>\n<main><h1>De-identification report</h1>\n<p class=lead>",
		   style);
	escape(b, buf_view(&said));
	buf_byte(b, '\n');
	buf_free(&said);
	checks(r, b);
	risks(r, b);
	class_sizes(r, b);
	attributes(r, b);
	combinations(r, b);
	figures(r, b);
	buf_text(b, "</main>\n</html>\n");
}
