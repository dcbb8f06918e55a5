#include <math.h>

#include "deid/aggregate.h"
#include "deid/report_page.h"

/*
 * The charts of a report.  Places along a chart are shares of its width, in
 * percent, so that texts keep their size on a phone; heights are pixels.  Colours
 * are the page's own, so that they follow light, dark and paper.  Each chart has a
 * title and says its figures as text.
 */

enum {
	ROW = 14,	    /* height of a bar */
	PLOT = 110,	    /* height of a chart of upright bars */
	FULL = 78,	    /* percent of the width: a bar of the whole */
	LABELS = 27,	    /* percent of the width for names beside bars */
	LABELLED_LEVELS = 9, /* beyond that only first, last and chosen have their figures */
};

static const char *const kind[2] = {"before", "after"};

/* Begins the chart ID, one of several by NUMBER, that is called EN or JA, HEIGHT pixels high; its description follows, up to end_description. */
static void begin_chart(struct page *p, const char *id, size_t number, int height, const char *en, const char *ja)
{
	const char *tag = deid_language_tag(p->in);

	buf_printf(p->b,
		   "<svg width=\"100%%\" height=\"%d\" role=\"img\" aria-labelledby=\"%s%zu-%s\" aria-describedby=\"%s%zu-%s-d\">"
		   "<title id=\"%s%zu-%s\">%s</title><desc id=\"%s%zu-%s-d\">",
		   height, id, number, tag, id, number, tag, id, number, tag, p->in == DEID_JA ? ja : en, id, number, tag);
}

static void end_description(struct page *p)
{
	buf_text(p->b, "</desc>");
}

const char *page_kind(const struct page *p, bool after)
{
	/* a set of the policy comes treated: there is no before of its values here, only of its records */
	static const char *const names[2][2][DEID_LANGUAGES] = {{{"before", "加工前"}, {"after", "加工後"}},
								{{"all records", "全ての記録"}, {"those kept", "残した記録"}}};

	return names[p->r->run->job->flat][after][p->in];
}

static void legend(struct page *p)
{
	buf_printf(p->b, " <span class=\"legend\"><i class=\"key a\"></i>%s <i class=\"key b\"></i>%s</span>", page_kind(p, false),
		   page_kind(p, true));
}

/* Appends ": before X, after Y". */
static void say_two(struct page *p, double before, double after)
{
	PAGE(p, ": %s ", "：%s", page_kind(p, false));
	page_percent(p, before);
	PAGE(p, ", %s ", "、%s", page_kind(p, true));
	page_percent(p, after);
}

/* A bar of KIND from X along WIDTH percent, at Y, with its share beside it. */
static void bar(struct page *p, int which, double x, double width, int y, double share)
{
	buf_printf(p->b, "<rect class=\"%s\" x=\"%.3f%%\" y=\"%d\" width=\"%.3f%%\" height=\"%d\"/><text x=\"%.3f%%\" dx=\"6\" y=\"%d\">",
		   kind[which], x, y, width, ROW - 2, x + width, y + ROW - 4);
	page_percent(p, share);
	buf_text(p->b, "</text>");
}

void page_risks(struct page *p)
{
	const struct deid_risk *x = &p->r->measures->before, *y = &p->r->measures->after;
	const struct {
		const char *en, *ja;
		double share[2];
	} rows[] = {
		{"Chance of being found, at worst", "言い当てられる確率（最大）", {x->highest, y->highest}},
		{"Chance of being found, on average", "言い当てられる確率（平均）", {x->average, y->average}},
		{"Records with a chance above one in five", "確率が5分の1を超える記録の割合", {x->at_risk, y->at_risk}},
	};
	enum { ROWS = sizeof rows / sizeof *rows, HIGH = 3 * ROW + 20 };

	PAGE(p, "<figure><figcaption>How likely a person's record is found", "<figure><figcaption>ある人の記録が言い当てられるおそれ");
	legend(p);
	buf_text(p->b, "</figcaption>");
	begin_chart(p, "risks", 0, ROWS * HIGH, "Risks", "おそれ");
	for (int i = 0; i < ROWS; i++) {
		buf_text(p->b, p->in == DEID_JA ? rows[i].ja : rows[i].en);
		say_two(p, rows[i].share[0], rows[i].share[1]);
		PAGE(p, ". ", "。");
	}
	end_description(p);
	for (int i = 0; i < ROWS; i++) {
		buf_printf(p->b, "<text class=\"ink\" x=\"0\" y=\"%d\">%s</text>", i * HIGH + 14, p->in == DEID_JA ? rows[i].ja : rows[i].en);
		for (int k = 0; k < 2; k++)
			bar(p, k, 0, FULL * rows[i].share[k], i * HIGH + 21 + k * ROW, rows[i].share[k]);
	}
	buf_text(p->b, "</svg></figure>\n");
}

unsigned report_steps(const struct deid_report *r, double share[2][REPORT_STEPS])
{
	const struct deid_sizes *sets[2] = {&r->run->before, &r->run->after};
	unsigned steps = 0;

	for (int k = 0; k < 2; k++)
		for (unsigned s = 0; s < REPORT_STEPS; s++)
			share[k][s] = 0;
	for (int k = 0; k < 2; k++)
		for (size_t i = 0; i < sets[k]->n; i++) {
			unsigned step = 63 - (unsigned)__builtin_clzll(sets[k]->at[i].size);

			share[k][step] += (double)(sets[k]->at[i].size * sets[k]->at[i].classes) / (double)r->run->table.rows;
			steps = step >= steps ? step + 1 : steps;
		}
	return steps;
}

static void step_name(struct page *p, unsigned step)
{
	uint64_t from = UINT64_C(1) << step, to = 2 * from - 1;

	if (from == to)
		buf_text(p->b, "1");
	else
		PAGE(p, "%s–%s", "%s～%s", GROUPED(from), GROUPED(to));
}

void page_sizes(struct page *p)
{
	enum { HIGH = 2 * ROW + 8 };
	double share[2][REPORT_STEPS], most = 1e-9;
	unsigned steps = report_steps(p->r, share), first = steps;

	for (unsigned s = steps; s-- > 0;) {
		most = fmax(most, fmax(share[0][s], share[1][s]));
		first = share[0][s] > 0 || share[1][s] > 0 ? s : first;
	}
	PAGE(p, "<figure><figcaption>Share of the records by how many records look alike", "<figure><figcaption>同じ組合せの記録の件数ごとに見た、記録の割合");
	legend(p);
	buf_text(p->b, "</figcaption>");
	begin_chart(p, "sizes", 0, (int)(steps - first) * HIGH, "Records by the size of their group", "グループの件数ごとの記録の割合");
	for (unsigned s = first; s < steps; s++) {
		step_name(p, s);
		PAGE(p, " records", "件");
		say_two(p, share[0][s], share[1][s]);
		PAGE(p, ". ", "。");
	}
	end_description(p);
	for (unsigned s = first; s < steps; s++) {
		buf_printf(p->b, "<text class=\"ink end\" x=\"%d%%\" dx=\"-8\" y=\"%d\">", LABELS, (int)(s - first) * HIGH + ROW + 5);
		step_name(p, s);
		buf_text(p->b, "</text>");
		for (int k = 0; k < 2; k++)
			bar(p, k, LABELS, (FULL - LABELS) * share[k][s] / most, (int)(s - first) * HIGH + 3 + k * ROW, share[k][s]);
	}
	buf_text(p->b, "</svg></figure>\n");
}

/* How wide a character is, in those of ASCII. */
static unsigned wide(unsigned char first)
{
	return first >= 0xE3 ? 2 : 1; /* kana, ideographs and full-width forms */
}

/* As much of LABEL as fits in COLUMNS characters of ASCII. */
static void short_name(struct page *p, struct str label, unsigned columns)
{
	size_t n = 0;

	for (unsigned used = 0; n < label.n; n++) {
		unsigned char c = (unsigned char)label.p[n];

		if ((c & 0xC0) == 0x80)
			continue;
		used += wide(c);
		if (used > columns)
			break;
	}
	page_escape(p->b, str_sub(label, 0, n));
	if (n < label.n)
		buf_text(p->b, "…");
}

void report_bars(const struct deid_report *r, size_t a, struct report_bars *bars)
{
	const struct deid_run *run = r->run;
	const struct deid_attribute *d = &r->measures->attribute[a];
	uint32_t leaves = run->h[a]->leaf.n;
	double kept = (double)(run->table.rows - run->suppressed);

	*bars = (struct report_bars){.per = leaves ? (leaves + REPORT_BARS - 1) / REPORT_BARS : 1};
	bars->n = (leaves + bars->per - 1) / bars->per;
	for (uint32_t i = 0; i < leaves; i++) {
		bars->share[0][i / bars->per] += (double)d->before[d->order[i]] / (double)run->table.rows;
		bars->share[1][i / bars->per] += kept > 0 ? d->after[d->order[i]] / kept : 0;
	}
}

struct str report_leaf(const struct deid_report *r, size_t a, const struct report_bars *bars, uint32_t i, bool last)
{
	const struct deid_hierarchy *h = r->run->h[a];
	uint32_t at = last ? (i + 1) * bars->per - 1 : i * bars->per;

	return h->leaf.value[r->measures->attribute[a].order[at < h->leaf.n ? at : h->leaf.n - 1]];
}

/* The names under a chart's bars: each where there is room, else the first and the last. */
static void name_bars(struct page *p, size_t a, const struct report_bars *bars)
{
	enum { NAMED = 4, COLUMNS = 44, Y = PLOT + 18 };

	for (uint32_t i = 0; i < bars->n; i++) {
		bool last = i + 1 == bars->n, few = bars->n <= NAMED;

		if (!few && i && !last)
			continue;
		if (few)
			buf_printf(p->b, "<text class=\"mid\" x=\"%.3f%%\" y=\"%d\">", (i + 0.5) * 100 / bars->n, Y);
		else
			buf_printf(p->b, "<text class=\"%s\" x=\"%d%%\" y=\"%d\">", last ? "end" : "start", last ? 100 : 0, Y);
		short_name(p, report_leaf(p->r, a, bars, i, last && !few), few ? COLUMNS / bars->n : COLUMNS / 2 - 2);
		buf_text(p->b, "</text>");
	}
}

/* What bar I of BARS, of the column at place A, stands for, and its shares. */
static void bar_title(struct page *p, size_t a, const struct report_bars *bars, uint32_t i)
{
	struct str first = report_leaf(p->r, a, bars, i, false), last = report_leaf(p->r, a, bars, i, true);

	buf_text(p->b, "<title>");
	page_escape(p->b, first);
	if (!str_eq(first, last)) {
		PAGE(p, " to ", "～");
		page_escape(p->b, last);
	}
	say_two(p, bars->share[0][i], bars->share[1][i]);
	buf_text(p->b, "</title>");
}

static void draw_bars(struct page *p, size_t a, const struct report_bars *bars, double most)
{
	double width = 100.0 / bars->n;

	buf_printf(p->b, "<line class=\"axis\" x1=\"0\" x2=\"100%%\" y1=\"%d\" y2=\"%d\"/>", PLOT + 2, PLOT + 2);
	for (uint32_t i = 0; i < bars->n; i++) {
		buf_text(p->b, "<g>");
		bar_title(p, a, bars, i);
		for (int k = 0; k < 2; k++) {
			double height = (PLOT - 18) * bars->share[k][i] / most;

			buf_printf(p->b, "<rect class=\"%s\" x=\"%.3f%%\" y=\"%.2f\" width=\"%.3f%%\" height=\"%.2f\"/>", kind[k],
				   (i + 0.1 + 0.4 * k) * width, PLOT + 2 - height, 0.38 * width, height);
		}
		buf_text(p->b, "</g>");
	}
	buf_text(p->b, "<text x=\"0\" y=\"11\">");
	PAGE(p, "highest bar: ", "最も高い棒：");
	page_percent(p, most);
	buf_text(p->b, "</text>");
}

void page_distribution(struct page *p, size_t a)
{
	const struct deid_run *run = p->r->run;
	const struct deid_attribute *d = &p->r->measures->attribute[a];
	struct report_bars bars;
	double most = 1e-9;

	buf_text(p->b, "<figure><figcaption><strong>");
	page_escape(p->b, run->table.slot[a]->name);
	buf_text(p->b, "</strong> ");
	if (deid_aggregated(run, run->table.slot[a])) {
		PAGE(p, "One value for each group, as above.", "上記のとおり、グループごとに一つの値にしました。");
		buf_text(p->b, "</figcaption></figure>\n");
		return;
	}
	if (a < run->table.quasi && !run->job->recoding && !run->job->flat && run->h[a]->level[run->block[0].levels[a]].values == 1) {
		PAGE(p, "The same in all records now.", "全ての記録で同じ値になりました。");
		buf_text(p->b, "</figcaption></figure>\n");
		return;
	}
	PAGE(p, "Total variation %.1f %%, Hellinger %.3f", "全変動距離%.1f%%、ヘリンガー距離%.3f", 100 * d->total_variation, d->hellinger);
	buf_text(p->b, "</figcaption>");
	report_bars(p->r, a, &bars);
	for (uint32_t i = 0; i < bars.n; i++)
		most = fmax(most, fmax(bars.share[0][i], bars.share[1][i]));
	begin_chart(p, "column", a, PLOT + 24, "Distribution", "分布");
	PAGE(p, "%s bars, each a value of the column or several that are neighbours.", "棒は%s本で、それぞれこの列の値、または隣り合ういくつかの値を表します。",
	     GROUPED(bars.n));
	end_description(p);
	draw_bars(p, a, &bars, most);
	name_bars(p, a, &bars);
	buf_text(p->b, "</svg></figure>\n");
}

/* The share of the records of R's output that are written at LEVEL in column A. */
static double share_at(const struct deid_run *r, size_t a, unsigned level)
{
	uint64_t kept = r->table.rows - r->suppressed;

	return kept ? (double)deid_report_records_at(r, a, level) / (double)kept : 0;
}

/* The levels of the column at place A on one line at Y, filled as far as records are written at them. */
static void draw_levels(struct page *p, size_t a, int y)
{
	const struct deid_run *run = p->r->run;
	const struct deid_hierarchy *h = run->h[a];
	unsigned chosen = run->block[0].levels[a], top = h->levels - 1;

	buf_printf(p->b, "<text class=\"ink\" x=\"0\" y=\"%d\">", y);
	page_escape(p->b, run->table.slot[a]->name);
	buf_printf(p->b, "</text><line class=\"axis\" x1=\"2%%\" x2=\"%d%%\" y1=\"%d\" y2=\"%d\"/>", top ? 97 : 2, y + 16, y + 16);
	for (unsigned l = 0; l <= top; l++) {
		double x = 2 + (top ? 95.0 * l / top : 0);

		buf_printf(p->b, "<circle class=\"open\" cx=\"%.3f%%\" cy=\"%d\" r=\"7\"/>", x, y + 16);
		if (share_at(run, a, l) > 0)
			buf_printf(p->b, "<circle class=\"after\" fill-opacity=\"%.3f\" cx=\"%.3f%%\" cy=\"%d\" r=\"7\"/>",
				   share_at(run, a, l), x, y + 16);
		if (top >= LABELLED_LEVELS && l && l != top && l != chosen)
			continue;
		buf_printf(p->b, "<text class=\"%s\" x=\"%.3f%%\" dx=\"%d\" y=\"%d\">%s</text>", l == 0 ? "start" : l == top ? "end" : "mid", x,
			   l == 0 ? -6 : l == top ? 7 : 0, y + 38, GROUPED(h->level[l].values));
	}
}

void page_levels(struct page *p)
{
	enum { HIGH = 58 };
	const struct deid_run *run = p->r->run;
	size_t n = run->table.quasi;

	PAGE(p,
	     "<figure><figcaption>Each column's levels, from as it was (left) to nothing told (right), with the number of values; filled is what "
	     "was chosen%s</figcaption>",
	     "<figure><figcaption>各列の段階（左端は元の値、右端は全て同じ値）と、その段階での値の種類の数。塗りつぶした段階を選びました%s</figcaption>",
	     !run->job->recoding ? "" : p->in == DEID_JA ? "（濃いほど記録が多い）" : ", the fuller for the more records");
	begin_chart(p, "levels", 0, (int)n * HIGH, "Levels chosen", "選んだ段階");
	for (size_t a = 0; a < n; a++) {
		page_escape(p->b, run->table.slot[a]->name);
		for (unsigned l = 0; l < run->h[a]->levels; l++)
			if (share_at(run, a, l) > 0) {
				PAGE(p, ", level %u of %u: ", "、段階%u（最も粗い段階は%u）：", l, run->h[a]->levels - 1);
				page_percent(p, share_at(run, a, l));
			}
		PAGE(p, ". ", "。");
	}
	end_description(p);
	for (size_t a = 0; a < n; a++)
		draw_levels(p, a, (int)a * HIGH + 14);
	buf_text(p->b, "</svg></figure>\n");
}

bool report_lattice(const struct deid_report *r, struct report_lattice *l)
{
	const struct deid_run *run = r->run;

	*l = (struct report_lattice){.at = {1}};
	if (run->job->flat)
		return false;
	for (size_t a = 0; a < run->table.quasi; a++) {
		unsigned more = run->h[a]->levels - 1;

		l->chosen += run->found.levels[a];
		if (l->top + more >= REPORT_HEIGHTS)
			return false;
		for (unsigned h = l->top + more + 1; h-- > 0;) {
			double sum = 0;

			for (unsigned own = 0; own <= more && own <= h; own++)
				sum += h - own <= l->top ? l->at[h - own] : 0;
			l->at[h] = sum;
		}
		l->top += more;
	}
	for (unsigned h = 0; h <= l->top; h++)
		l->all += l->at[h];
	return true;
}

/* The heights under a lattice: the first, the last and the chosen one, which stands alone where they would meet. */
static void name_heights(struct page *p, const struct report_lattice *l)
{
	const unsigned heights[] = {0, l->top, l->chosen};
	unsigned room = l->top / 8 + 1;

	for (int i = 0; i < 3; i++) {
		unsigned h = heights[i], apart = h > l->chosen ? h - l->chosen : l->chosen - h;

		if (i < 2 && apart < room)
			continue;
		buf_printf(p->b, "<text class=\"mid%s\" x=\"%.3f%%\" y=\"%d\">%u</text>", i == 2 ? " ink" : "", (h + 0.5) * 100 / (l->top + 1),
			   PLOT + 20, h);
	}
}

void page_lattice(struct page *p)
{
	const struct deid_run *run = p->r->run;
	const uint64_t tried = run->found.evaluated;
	bool ja = p->in == DEID_JA;
	const char *begun = !run->job->recoding ? "" : ja ? "（記録ごとの加工はここから始めました）" : ", which the records' own levels began with";
	const char *bounds = !run->found.optimal ? "" : ja ? "。ほかは、それより良くならないことが評価値の限界から分かります" : ", bounds rule out the rest";
	struct report_lattice l;
	double most = 1;

	if (!report_lattice(p->r, &l))
		return;
	for (unsigned h = 0; h <= l.top; h++)
		most = fmax(most, l.at[h]);
	PAGE(p,
	     "<figure><figcaption>All %s choices of levels by how coarse they are (sum of the levels), coloured where the best found is%s; %s were "
	     "tried%s</figcaption>",
	     "<figure><figcaption>全%s通りの段階の選び方を、粗さ（段階の合計）ごとに数えたもの。色の付いた棒に、見つかった最良のものがあります%s。うち%s通りを"
	     "試しました%s</figcaption>",
	     GROUPED((uint64_t)fmin(l.all, 1e18)), begun, GROUPED(tried), bounds);
	begin_chart(p, "lattice", 0, PLOT + 26, "Lattice of the search", "探索した選び方の全体");
	PAGE(p, "The chosen one has height %u of %u; at that height there are %s.", "選んだものの高さは%u（最大%u）で、同じ高さのものは%s通りです。", l.chosen,
	     l.top, GROUPED((uint64_t)fmin(l.at[l.chosen], 1e18)));
	end_description(p);
	buf_printf(p->b, "<line class=\"axis\" x1=\"0\" x2=\"100%%\" y1=\"%d\" y2=\"%d\"/>", PLOT + 2, PLOT + 2);
	for (unsigned h = 0; h <= l.top; h++) {
		double height = fmax(PLOT * l.at[h] / most, 1), width = 100.0 / (l.top + 1);

		buf_printf(p->b, "<rect class=\"%s\" x=\"%.3f%%\" y=\"%.2f\" width=\"%.3f%%\" height=\"%.2f\"><title>", kind[h == l.chosen],
			   (h + 0.08) * width, PLOT + 2 - height, 0.84 * width, height);
		PAGE(p, "sum %u: %s", "合計%u：%s通り", h, GROUPED((uint64_t)fmin(l.at[h], 1e18)));
		buf_text(p->b, "</title></rect>");
	}
	name_heights(p, &l);
	buf_text(p->b, "</svg></figure>\n");
}
