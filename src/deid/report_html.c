#include "deid/report.h"

#include <math.h>

/*
 * One page that stands alone: no script, no outside file.  Charts are SVG drawn
 * with the page's own colours, so that they follow light and dark; each has its
 * figures beside it as text.
 */

enum {
	BARS_SHOWN = 24, /* bars of one chart: more values are joined */
	NAMED = 4,	 /* bars that have room for their values' names */
	NAME_SHOWN = 14, /* characters of a name under a bar */
	CHART_WIDTH = 640,
	CHART_HEIGHT = 120,
	ROW = 26, /* height of one line of a chart */
	LABEL = 200, /* width of the names beside a chart */
};

static const char style[] =
	":root{color-scheme:light dark;--ink:#1b1b1f;--paper:#fcfcfa;--soft:#5c5f66;--line:#d6d6d0;--panel:#f1f1ec;--a:#9a9ea6;--b:#1f6f8b;"
	"--good:#1a6b3c;--bad:#a3242b}"
	"@media(prefers-color-scheme:dark){:root{--ink:#ececec;--paper:#17181b;--soft:#a6a9b0;--line:#3a3c42;--panel:#212327;--a:#6b7079;"
	"--b:#58b4d1;--good:#6fcf97;--bad:#ff8a8a}}"
	"*{box-sizing:border-box}body{margin:0 auto;max-width:60rem;padding:2rem 1rem;font:1rem/1.6 system-ui,sans-serif;"
	"color:var(--ink);background:var(--paper)}"
	"h1{font-size:1rem;font-weight:600;color:var(--soft);margin:0}h2{font-size:1.25rem;margin:2.6rem 0 .6rem}"
	".lead{font-size:1.3rem;line-height:1.45;margin:.6rem 0}.lead:lang(ja){font-size:1.05rem;line-height:1.8;color:var(--soft)}"
	".verdict{border-left:4px solid var(--good);background:var(--panel);padding:.6rem 1rem;margin:1.4rem 0}"
	".verdict.bad{border-color:var(--bad)}"
	".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.8rem;margin:1.2rem 0;padding:0}"
	".tiles div{background:var(--panel);padding:.7rem 1rem}.tiles dt{color:var(--soft);font-size:.9rem}"
	".tiles dd{margin:0;font-size:1.5rem;font-variant-numeric:tabular-nums}"
	".wide{overflow-x:auto}table{border-collapse:collapse;width:100%}th[scope=row]{font-weight:400}th,td{text-align:left;"
	"padding:.4rem .8rem .4rem 0;border-bottom:1px solid var(--line);vertical-align:top}"
	"td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"
	".soft{color:var(--soft)}.passed,.failed{font-weight:600;white-space:nowrap}.passed{color:var(--good)}.failed{color:var(--bad)}"
	".passed:before{content:\"\\2713\\a0\"}.failed:before{content:\"\\2717\\a0\"}"
	".words{white-space:pre-line;border-left:3px solid var(--line);padding-left:1rem}summary{cursor:pointer;padding:.3rem 0}"
	"figure{margin:.8rem 0 1.4rem}.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(22rem,100%),1fr));gap:0 2rem}"
	"svg{width:100%;height:auto;display:block}.before{fill:var(--a)}.after{fill:var(--b)}.open{fill:var(--paper);stroke:var(--a);"
	"stroke-width:1.5}.axis{stroke:var(--line)}text{fill:var(--soft);font-size:11px}text.ink{fill:var(--ink);font-size:13px}"
	".end{text-anchor:end}.mid{text-anchor:middle}.key{display:inline-block;width:.8em;height:.8em;margin:0 .3em 0 .8em}"
	"@media(max-width:40rem){.lead{font-size:1.15rem}td,th{padding-right:.5rem}text{font-size:14px}text.ink{font-size:15px}}"
	".pair text{font-size:19px}.pair{gap:0 3rem}"
	"@media(max-width:40rem){.tiles{grid-template-columns:1fr 1fr}}"
	"@media print{body{max-width:none}h2{break-after:avoid}figure,tr{break-inside:avoid}details>*{display:block}}";

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

/* N with commas between its thousands. */
static void count(struct buf *b, uint64_t n)
{
	if (n >= 1000) {
		count(b, n / 1000);
		buf_printf(b, ",%03u", (unsigned)(n % 1000));
	} else {
		buf_u64(b, n);
	}
}

static void percent(struct buf *b, double share)
{
	if (share > 0 && share < 0.0001)
		buf_text(b, "&lt; 0.01 %");
	else
		buf_printf(b, "%.2f %%", 100 * share);
}

/* Two bars, before and after, on line I of a chart that says NAME. */
static void bars(struct buf *b, int i, const char *name, double before, double after)
{
	double room = CHART_WIDTH - LABEL - 80, at = i * 2.0 * ROW;
	const double share[2] = {before, after};

	buf_printf(b, "<text class=\"ink end\" x=\"%d\" y=\"%.1f\">%s</text>", LABEL - 10, at + ROW, name);
	for (int k = 0; k < 2; k++) {
		buf_printf(b, "<rect class=%s x=\"%d\" y=\"%.1f\" width=\"%.1f\" height=\"%d\"/><text x=\"%.1f\" y=\"%.1f\">",
			   k ? "after" : "before", LABEL, at + 5 + k * (ROW - 6.0), fmax(share[k] * room, 1), ROW - 8,
			   LABEL + share[k] * room + 6, at + 18 + k * (ROW - 6.0));
		percent(b, share[k]);
		buf_text(b, "</text>");
	}
}

static void risk_chart(const struct deid_report *r, struct buf *b)
{
	const struct deid_risk *x = &r->measures->before, *y = &r->measures->after;

	buf_printf(b,
		   "<figure><figcaption class=soft>Chance that a person's record is found,<span class=\"key\" "
		   "style=\"background:var(--a)\"></span>before<span class=\"key\" style=\"background:var(--b)\"></span>after"
		   "</figcaption><svg viewBox=\"0 0 %d %d\" role=img aria-label=\"Risks before and after; the figures are in the table "
		   "below\">",
		   CHART_WIDTH, 6 * ROW + 4);
	bars(b, 0, "at worst", x->highest, y->highest);
	bars(b, 1, "on average", x->average, y->average);
	bars(b, 2, "above one in five", x->at_risk, y->at_risk);
	buf_text(b, "</svg></figure>\n");
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

	buf_text(b, "<h2>How safe it is</h2>\n");
	risk_chart(r, b);
	buf_text(b, "<div class=wide><table><thead><tr><th scope=col>A person's record is found<th scope=col class=n>before"
		    "<th scope=col class=n>after<tbody>\n");
	row(b, "at worst, by someone who knows that the person is in the table (prosecutor)", x->highest, y->highest);
	row(b, "at worst, by someone who knows only the population (journalist)", x->highest,
	    r->measures->journalist > 0 ? r->measures->journalist : y->highest);
	row(b, "on average, by someone who tries all records (marketer)", x->average, y->average);
	row(b, "records with a chance above one in five", x->at_risk, y->at_risk);
	row(b, "records alone of their kind in the table", x->unique, y->unique);
	row(b, "of the population alone of their kind, estimated (Pitman)", x->population_pitman, y->population_pitman);
	row(b, "of the population alone of their kind, estimated (Zayatz)", x->population_zayatz, y->population_zayatz);
	buf_text(b, "</table></div>\n<p class=soft>The estimates take the table for a sample of ");
	count(b, r->run->problem.population_size);
	buf_text(b, " persons.\n");
}

/* The records' shares in groups of 1, of 2 to 3, of 4 to 7 and so on; gives how many such steps there are. */
static int share_of_sizes(const struct deid_report *r, double share[2][64])
{
	const struct deid_sizes *sets[2] = {&r->run->before, &r->run->after};
	int steps = 0;

	for (int k = 0; k < 2; k++)
		for (size_t i = 0; i < sets[k]->n; i++) {
			int step = 63 - __builtin_clzll(sets[k]->at[i].size);

			share[k][step] += (double)(sets[k]->at[i].size * sets[k]->at[i].classes) / (double)r->run->table.rows;
			steps = step >= steps ? step + 1 : steps;
		}
	return steps;
}

static void class_sizes(const struct deid_report *r, struct buf *b)
{
	static const char *const kinds[2] = {"before", "after"};
	double share[2][64] = {{0}}, most = 1e-9, width;
	int steps = share_of_sizes(r, share);

	for (int s = 0; s < steps; s++)
		most = fmax(most, fmax(share[0][s], share[1][s]));
	width = (double)CHART_WIDTH / (steps ? steps : 1);
	buf_printf(b,
		   "<h2>How many records look alike</h2>\n<figure><figcaption class=soft>Share of the records by the size of the group "
		   "that they are in</figcaption><svg viewBox=\"0 0 %d %d\" role=img aria-label=\"Share of records by the size of their "
		   "group, before and after\">",
		   CHART_WIDTH, CHART_HEIGHT + 36);
	for (int s = 0; s < steps; s++) {
		for (int k = 0; k < 2; k++) {
			double height = CHART_HEIGHT * share[k][s] / most, x = s * width + (0.1 + 0.4 * k) * width;

			buf_printf(b, "<rect class=%s x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", kinds[k], x,
				   CHART_HEIGHT + 16 - height, 0.38 * width, height);
			if (share[k][s] >= 0.005)
				buf_printf(b, "<text class=mid x=\"%.1f\" y=\"%.1f\">%.0f %%</text>", x + 0.19 * width,
					   CHART_HEIGHT + 12 - height, 100 * share[k][s]);
		}
		buf_printf(b, "<text class=mid x=\"%.1f\" y=\"%d\">%llu%s</text>", (s + 0.5) * width, CHART_HEIGHT + 32, 1ULL << s,
			   s ? "+" : "");
	}
	buf_printf(b, "<line class=axis x1=0 x2=%d y1=%d y2=%d /></svg></figure>\n", CHART_WIDTH, CHART_HEIGHT + 16, CHART_HEIGHT + 16);
}

/* The first characters of LABEL, as many as fit under a bar. */
static void short_name(struct buf *b, struct str label)
{
	size_t n = 0;

	for (unsigned seen = 0; n < label.n; n++)
		if ((label.p[n] & 0xC0) != 0x80 && ++seen > NAME_SHOWN)
			break;
	escape(b, str_sub(label, 0, n));
	if (n < label.n)
		buf_text(b, "…");
}

/* One chart's bars: shares of the records before and after, neighbouring leaves joined where there are many. */
struct part {
	double share[2][BARS_SHOWN + 1];
	uint32_t per; /* leaves of a bar */
	uint32_t n;
	double most;
};

static void part_of(const struct deid_report *r, size_t a, struct part *p)
{
	const struct deid_run *run = r->run;
	const struct deid_attribute *d = &r->measures->attribute[a];
	uint32_t leaves = run->h[a]->leaf.n;
	double kept = (double)(run->table.rows - run->suppressed);

	*p = (struct part){.per = leaves ? (leaves + BARS_SHOWN - 1) / BARS_SHOWN : 1, .most = 1e-9};
	p->n = (leaves + p->per - 1) / p->per;
	for (uint32_t i = 0; i < leaves; i++) {
		p->share[0][i / p->per] += (double)d->before[i] / (double)run->table.rows;
		p->share[1][i / p->per] += kept > 0 ? d->after[i] / kept : 0;
	}
	for (uint32_t i = 0; i < p->n; i++)
		p->most = fmax(p->most, fmax(p->share[0][i], p->share[1][i]));
}

/* The names under a chart's bars: each where there is room, else the first and the last. */
static void name_bars(const struct deid_hierarchy *h, const struct part *p, double width, struct buf *b)
{
	for (uint32_t i = 0; i < p->n; i++) {
		bool last = i + 1 == p->n;
		struct str name = h->leaf.value[last && p->n > NAMED ? h->leaf.n - 1 : i * p->per];

		if (p->n > NAMED && i && !last)
			continue;
		if (p->n > NAMED)
			buf_printf(b, "<text%s x=\"%d\" y=\"%d\">", last ? " class=end" : "", last ? CHART_WIDTH : 0, CHART_HEIGHT + 24);
		else
			buf_printf(b, "<text class=mid x=\"%.1f\" y=\"%d\">", (i + 0.5) * width, CHART_HEIGHT + 24);
		short_name(b, name);
		buf_text(b, "</text>");
	}
}

/* The distribution of the column at place A before and after. */
static void distribution(const struct deid_report *r, size_t a, struct buf *b)
{
	const struct deid_run *run = r->run;
	const struct deid_attribute *d = &r->measures->attribute[a];
	struct part p;
	double width;

	buf_text(b, "<figure><figcaption><strong>");
	escape(b, run->table.slot[a]->name);
	if (a < run->table.quasi && !run->job->recoding && run->h[a]->level[run->block[0].levels[a]].values == 1) {
		buf_text(b, "</strong> <span class=soft>is the same in all records now</span></figcaption></figure>\n");
		return;
	}
	part_of(r, a, &p);
	width = (double)CHART_WIDTH / (p.n ? p.n : 1);
	buf_printf(b, "</strong> <span class=soft>total variation %.1f %%, Hellinger %.3f</span></figcaption><svg viewBox=\"0 0 %d %d\" "
		      "role=img aria-label=\"Distribution before and after\">",
		   100 * d->total_variation, d->hellinger, CHART_WIDTH, CHART_HEIGHT + 32);
	for (uint32_t i = 0; i < p.n; i++)
		for (int k = 0; k < 2; k++)
			buf_printf(b, "<rect class=%s x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", k ? "after" : "before",
				   i * width + (0.1 + 0.4 * k) * width, CHART_HEIGHT * (1 - p.share[k][i] / p.most), 0.38 * width,
				   CHART_HEIGHT * p.share[k][i] / p.most);
	name_bars(run->h[a], &p, width, b);
	buf_printf(b, "<line class=axis x1=0 x2=%d y1=%d y2=%d /></svg></figure>\n", CHART_WIDTH, CHART_HEIGHT, CHART_HEIGHT);
}

/* The share of the records of R's output that are written at LEVEL in column A. */
static double share_at(const struct deid_run *r, size_t a, unsigned level)
{
	uint64_t kept = r->table.rows - r->suppressed;

	return kept ? (double)deid_report_records_at(r, a, level) / (double)kept : 0;
}

/* For each column its levels, filled as far as records are written at them: the place in the lattice. */
static void place_in_lattice(const struct deid_report *r, struct buf *b)
{
	const struct deid_run *run = r->run;
	int y = ROW;

	buf_printf(b,
		   "<figure><figcaption class=soft>Each column's levels from as it was (left) to nothing told (right), with the number of "
		   "values; filled is what was chosen%s</figcaption><svg viewBox=\"0 0 %d %zu\" role=img aria-label=\"Levels chosen; the "
		   "table below has them\">",
		   run->job->recoding ? ", the fuller for the more records" : "", CHART_WIDTH, (run->table.quasi + 1) * (ROW + 12));
	for (size_t a = 0; a < run->table.quasi; a++, y += ROW + 12) {
		const struct deid_hierarchy *h = run->h[a];
		double step = (double)(CHART_WIDTH - LABEL - 40) / (h->levels > 1 ? h->levels - 1 : 1);

		buf_printf(b, "<text class=\"ink end\" x=\"%d\" y=\"%d\">", LABEL - 18, y + 5);
		short_name(b, run->table.slot[a]->name);
		buf_printf(b, "</text><line class=axis x1=%d x2=%.1f y1=%d y2=%d />", LABEL, LABEL + step * (h->levels - 1), y, y);
		for (unsigned l = 0; l < h->levels; l++)
			buf_printf(b,
				   "<circle class=open cx=\"%.1f\" cy=\"%d\" r=7 /><circle class=after fill-opacity=\"%.3f\" "
				   "cx=\"%.1f\" cy=\"%d\" r=7 /><text class=mid x=\"%.1f\" y=\"%d\">%u</text>",
				   LABEL + l * step, y, share_at(run, a, l), LABEL + l * step, y, LABEL + l * step, y + 20,
				   h->level[l].values);
	}
	buf_text(b, "</svg></figure>\n");
}

/*
 * The lattice by height, the sum of the levels: how many transformations there
 * are at each, and where the chosen one is.
 */
static void lattice(const struct deid_report *r, struct buf *b)
{
	const struct deid_run *run = r->run;
	enum { MOST = 64 };
	double at[MOST] = {1}, most = 1, all = 0, width;
	unsigned top = 0, chosen = 0;

	for (size_t a = 0; a < run->table.quasi; a++) {
		unsigned more = run->h[a]->levels - 1;

		chosen += run->block[0].levels[a];
		if (top + more >= MOST)
			return; /* too many to draw; the levels above say it */
		for (unsigned h = top + more + 1; h-- > 0;) {
			double sum = 0;

			for (unsigned l = 0; l <= more && l <= h; l++)
				sum += h - l <= top ? at[h - l] : 0;
			at[h] = sum;
		}
		top += more;
	}
	for (unsigned h = 0; h <= top; h++) {
		all += at[h];
		most = fmax(most, at[h]);
	}
	width = (double)CHART_WIDTH / (top + 1);
	buf_printf(b,
		   "<figure><figcaption class=soft>All %.0f transformations by how coarse they are (sum of the levels), coloured where the "
		   "chosen one is; %llu were evaluated, and bounds rule out the rest</figcaption><svg viewBox=\"0 0 %d %d\" role=img "
		   "aria-label=\"Transformations by the sum of their levels\">",
		   all, (unsigned long long)run->found.evaluated, CHART_WIDTH, CHART_HEIGHT + 24);
	for (unsigned h = 0; h <= top; h++) {
		double height = fmax(CHART_HEIGHT * at[h] / most, 1);

		buf_printf(b,
			   "<rect class=%s x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/><text class=mid x=\"%.1f\" "
			   "y=\"%d\">%u</text>",
			   h == chosen ? "after" : "before", (h + 0.08) * width, CHART_HEIGHT - height, 0.84 * width, height,
			   (h + 0.5) * width, CHART_HEIGHT + 16, h);
	}
	buf_text(b, "</svg></figure>\n");
}

static void levels_chosen(const struct deid_run *run, struct buf *b)
{
	buf_text(b, "<div class=wide><table><thead><tr><th scope=col>Column<th scope=col class=n>level<th scope=col class=n>of<th "
		    "scope=col class=n>values left<tbody>\n");
	for (size_t a = 0; a < run->table.quasi; a++) {
		const struct deid_hierarchy *h = run->h[a];
		unsigned level = run->block[0].levels[a];

		buf_text(b, "<tr><th scope=row>");
		escape(b, run->table.slot[a]->name);
		buf_printf(b, "<td class=n>%u<td class=n>%u<td class=n>%u\n", level, h->levels - 1, h->level[level].values);
	}
	buf_text(b, "</table></div>\n");
}

static void records_by_level(const struct deid_run *run, struct buf *b)
{
	unsigned most = 0;

	for (size_t a = 0; a < run->table.quasi; a++)
		most = run->h[a]->levels > most ? run->h[a]->levels : most;
	if (run->job->recoding == DEID_RECODE_CELLS)
		buf_text(b, "<p>The levels are the same for all records; of those that would have been left out, single cells are "
			    "suppressed: written at the coarsest level. That these are the fewest possible is not claimed.\n");
	else
		buf_printf(b,
			   "<p>By local recoding groups of records have levels of their own, %zu different ones; how near this is to the "
			   "best is not known. A group that is written coarsely may stand for values that finer groups have as well: its "
			   "records are those that are in none of these.\n",
			   run->blocks);
	buf_text(b, "<div class=wide><table><thead><tr><th scope=col>Records at level");
	for (unsigned l = 0; l < most; l++)
		buf_printf(b, "<th scope=col class=n>%u", l);
	buf_text(b, run->job->recoding == DEID_RECODE_CELLS ? "<th scope=col class=n>cells suppressed<tbody>\n" : "<tbody>\n");
	for (size_t a = 0; a < run->table.quasi; a++) {
		buf_text(b, "<tr><th scope=row>");
		escape(b, run->table.slot[a]->name);
		for (unsigned l = 0; l < most; l++) {
			buf_text(b, "<td class=n>");
			if (l < run->h[a]->levels)
				count(b, deid_report_records_at(run, a, l));
		}
		if (run->job->recoding == DEID_RECODE_CELLS) {
			buf_text(b, "<td class=n>");
			count(b, deid_report_cells_taken(run, a));
		}
		buf_byte(b, '\n');
	}
	buf_text(b, "</table></div>\n");
}

static void attributes(const struct deid_report *r, struct buf *b)
{
	const struct deid_run *run = r->run;

	buf_text(b, "<h2>What was generalized</h2>\n");
	place_in_lattice(r, b);
	if (run->job->recoding)
		records_by_level(run, b);
	else
		levels_chosen(run, b);
	buf_text(b, "<h2>What it is still good for</h2>\n<p class=soft>Each column's distribution, grey before, coloured after; a "
		    "coarser value counts evenly for all that it stands for. Total variation is the share of records that would have to "
		    "have another value; the Hellinger distance is 0 for the same distribution and 1 for none in common.\n<div class=pair>");
	for (size_t a = 0; a < run->table.quasi + run->table.sensitive; a++)
		distribution(r, a, b);
	buf_text(b, "</div>\n");
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
	buf_text(b, "<h2>What the law asks</h2>\n<div class=wide><table><thead><tr><th scope=col>Check<th scope=col>Article<th scope=col>Result<tbody>\n");
	for (size_t i = 0; i < r->checks->n; i++) {
		const struct deid_check *c = &r->checks->at[i];

		buf_printf(b, "<tr><th scope=row>%s<br><span class=soft>", c->title);
		escape(b, c->detail);
		buf_printf(b, "</span><td>%s<td class=\"%s\">%s\n", c->law,
			   c->verdict == DEID_FAILED ? "failed" : c->verdict == DEID_PASSED ? "passed" : "soft",
			   deid_verdict_name(c->verdict));
	}
	buf_text(b, "</table></div>\n");
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

	buf_text(b, "<h2>How it was done</h2>\n");
	if (!run->job->recoding)
		lattice(r, b);
	buf_text(b, "<p>Asked for: ");
	for (size_t i = 0; i < run->models; i++) {
		buf_text(b, i ? ", " : "");
		escape(b, run->model[i].text);
	}
	buf_printf(b, "; at most %llu records left out. Metric %s: %.10g", (unsigned long long)run->problem.limit,
		   deid_metric_name(run->job->metric), run->score);
	if (run->job->recoding == DEID_RECODE_MONDRIAN || run->job->recoding == DEID_RECODE_CELLS)
		buf_printf(b, "; the same levels for all records and nothing more, which it began with, score %.10g", run->found.score);
	if (!run->job->recoding)
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

static void tile(struct buf *b, const char *name, uint64_t n)
{
	buf_printf(b, "<div><dt>%s<dd>", name);
	count(b, n);
	buf_text(b, "</div>");
}

/* Whether the law's checks passed, in one line, and the figures that are asked for first. */
static void verdict(const struct deid_report *r, struct buf *b)
{
	const struct deid_run *run = r->run;
	size_t passed = 0, failed = 0;

	for (size_t i = 0; i < r->checks->n; i++) {
		passed += r->checks->at[i].verdict == DEID_PASSED;
		failed += r->checks->at[i].verdict == DEID_FAILED;
	}
	if (failed)
		buf_printf(b,
			   "<p class=\"verdict bad\"><strong>%zu of the law's checks failed: the table was not written.</strong> What "
			   "failed, and what would mend it, is below.\n",
			   failed);
	else
		buf_printf(b,
			   "<p class=verdict><strong>%zu of the law's checks passed, none failed.</strong> The text to publish and the "
			   "statement to the recipient are below; publishing comes before provision.\n",
			   passed);
	buf_text(b, "<dl class=tiles>");
	tile(b, "records in", run->table.rows);
	tile(b, "records out", run->table.rows - run->suppressed);
	tile(b, "smallest group", run->after.n ? run->after.at[0].size : 0);
	buf_text(b, "<div><dt>risk at worst<dd>");
	percent(b, r->measures->after.highest);
	buf_text(b, "</div></dl>\n");
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
	buf_text(b, "\n<p class=lead lang=ja>");
	buf_reset(&said);
	deid_report_sentence_ja(r, &said);
	escape(b, buf_view(&said));
	buf_byte(b, '\n');
	buf_free(&said);
	verdict(r, b);
	checks(r, b);
	risks(r, b);
	class_sizes(r, b);
	attributes(r, b);
	combinations(r, b);
	figures(r, b);
	buf_text(b, "</main>\n</html>\n");
}
