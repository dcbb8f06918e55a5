#include <math.h>

#include "base/clock.h"
#include "deid/aggregate.h"
#include "deid/private.h"
#include "deid/report_page.h"

/*
 * One page that stands alone: no script, no outside file.  It has each language in
 * a part of its own; whoever reads it chooses, and without style sheets both stand
 * one below the other.
 */

enum { COMBINATIONS = 24 /* that are shown; the JSON has all */ };

static const char style[] =
	":root{color-scheme:light dark;--ink:#1b1b1f;--paper:#fcfcfa;--soft:#565960;--line:#d3d3cd;--panel:#f1f1ec;--a:#7b7f88;--b:#1f6f8b;"
	"--good:#1a6b3c;--bad:#a3242b}"
	"@media screen and (prefers-color-scheme:dark){:root{--ink:#ececec;--paper:#17181b;--soft:#acafb6;--line:#3a3c42;--panel:#212327;"
	"--a:#7d828c;--b:#58b4d1;--good:#6fcf97;--bad:#ff8a8a}}"
	"*{box-sizing:border-box}body{margin:0 auto;max-width:60rem;padding:1.5rem 1rem 4rem;font:1rem/1.6 system-ui,sans-serif;color:var(--ink);"
	"background:var(--paper);overflow-wrap:anywhere}"
	":lang(ja){font-family:system-ui,\"Hiragino Sans\",\"Noto Sans CJK JP\",\"Noto Sans JP\",\"BIZ UDPGothic\",\"Yu Gothic UI\",Meiryo,"
	"sans-serif;line-break:strict;overflow-wrap:anywhere}:lang(ja) p,:lang(ja) li{line-height:1.75}"
	":is(h1,h2,.lead,dt,figcaption):lang(ja){word-break:auto-phrase}"
	"h1{font-size:1rem;font-weight:600;color:var(--soft);margin:0}h2{font-size:1.3rem;line-height:1.35;margin:3rem 0 .8rem}"
	"h3{font-size:1rem;margin:0}"
	".lead{font-size:1.3rem;line-height:1.5;margin:.6rem 0 1.4rem}.lead:lang(ja){font-size:1.2rem;line-height:1.8}"
	".verdict{border-left:4px solid var(--good);background:var(--panel);padding:.8rem 1rem;margin:1.4rem 0}.verdict p{margin:0}"
	".verdict.bad{border-color:var(--bad)}.verdict ul{margin:.4rem 0 0;padding-left:1.2rem}"
	".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.8rem;margin:1.2rem 0;padding:0}"
	".tiles div{background:var(--panel);padding:.7rem 1rem}.tiles dt{color:var(--soft);font-size:.9rem}"
	".tiles dd{margin:0;font-size:1.5rem;font-variant-numeric:tabular-nums}"
	".checks{list-style:none;margin:0;padding:0;border-top:1px solid var(--line)}"
	".checks li{display:grid;grid-template-columns:8rem 1fr;gap:.2rem 1rem;padding:.8rem 0;border-bottom:1px solid var(--line)}"
	".checks div>p{margin:.2rem 0 0}.state{margin:0;font-weight:600}.passed{color:var(--good)}.failed{color:var(--bad)}"
	".passed::before{content:\"\\2713\\a0\"/\"\"}.failed::before{content:\"\\2717\\a0\"/\"\"}"
	"table{border-collapse:collapse;width:100%}th[scope=row]{font-weight:400}th,td{text-align:left;padding:.45rem .8rem .45rem 0;"
	"border-bottom:1px solid var(--line);vertical-align:top}td:last-child,th:last-child{padding-right:0}"
	"td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"
	".wide{overflow-x:auto}.wide th{overflow-wrap:normal;white-space:nowrap}.wide:focus-visible{outline:2px solid var(--b)}.soft,figcaption,.law{color:var(--soft)}.law{font-size:.9rem}figcaption strong{color:var(--ink)}"
	".facts{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;margin:0}.facts dt{color:var(--soft)}.facts dt,.facts dd{margin:0;"
	"padding:.4rem 1rem .4rem 0;border-bottom:1px solid var(--line)}"
	".words{white-space:pre-line;border-left:3px solid var(--line);padding-left:1rem;margin:.6rem 0 1.6rem}"
	"figure{margin:1rem 0 1.6rem}figcaption{margin-bottom:.5rem}.pair{display:grid;"
	"grid-template-columns:repeat(auto-fit,minmax(min(22rem,100%),1fr));gap:0 2.5rem}"
	"svg{display:block;overflow:visible;print-color-adjust:exact;-webkit-print-color-adjust:exact}.before{fill:var(--a)}.after{fill:var(--b)}"
	".open{fill:var(--paper);stroke:var(--a);stroke-width:1.5}.axis{stroke:var(--line)}text{fill:var(--soft);font-size:12px;"
	"font-variant-numeric:tabular-nums}text.ink{fill:var(--ink);font-size:13px}.end{text-anchor:end}.mid{text-anchor:middle}"
	".legend{display:inline-block;white-space:nowrap;margin-right:1em}.key{display:inline-block;width:.8em;height:.8em;margin:0 .35em 0 .6em;print-color-adjust:exact;"
	"-webkit-print-color-adjust:exact}.key.a{background:var(--a)}.key.b{background:var(--b)}"
	".choice{border:0;margin:0 0 1.4rem;padding:0;display:flex;gap:.4rem 1.2rem;flex-wrap:wrap}.choice legend{position:absolute;width:1px;"
	"height:1px;overflow:hidden;clip-path:inset(50%)}.choice label{cursor:pointer;padding:.3rem 0}"
	"@supports selector(:has(*)){main:has(#show-ja:checked) #en,main:has(#show-en:checked) #ja{display:none}}"
	"@supports not selector(:has(*)){.choice{display:none}}"
	"@media(max-width:40rem){.lead{font-size:1.15rem}.lead:lang(ja){font-size:1.08rem}h2{margin-top:2.4rem}.tiles{grid-template-columns:1fr 1fr}"
	".checks li{grid-template-columns:1fr}.facts{grid-template-columns:1fr}.facts dt{border:0;padding-bottom:0}.facts dd{padding-top:0}"
	"table{font-size:.95rem}}"
	"@page{margin:18mm 16mm}"
	"@media print{:root{--paper:#fff}body{max-width:none;padding:0;font-size:10.5pt}.choice{display:none}h2,h3,figcaption{break-after:avoid}"
	"figure,tr,.checks li,.tiles,.verdict{break-inside:avoid}.pair{grid-template-columns:1fr 1fr}}";

void page_escape(struct buf *b, struct str s)
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

void page_percent(struct page *p, double share)
{
	if (share > 0 && share < 0.00005)
		PAGE(p, "&lt; 0.01 %%", "0.01%%未満");
	else
		PAGE(p, "%.2f %%", "%.2f%%", 100 * share);
}

static void row(struct page *p, const char *en, const char *ja, double before, double after)
{
	PAGE(p, "<tr><th scope=row>%s<td class=n>", "<tr><th scope=row>%s<td class=n>", p->in == DEID_JA ? ja : en);
	page_percent(p, before);
	buf_text(p->b, "<td class=n>");
	page_percent(p, after);
	buf_byte(p->b, '\n');
}

static void heading(struct page *p, const char *en, const char *ja)
{
	buf_printf(p->b, "<h2>%s</h2>\n", p->in == DEID_JA ? ja : en);
}

static void risks(struct page *p)
{
	const struct deid_risk *x = &p->r->measures->before, *y = &p->r->measures->after;

	heading(p, "How safe it is", "個人が特定されるおそれ");
	page_risks(p);
	PAGE(p, "<table><thead><tr><th scope=col>A person's record is found<th scope=col class=n>%s<th scope=col class=n>%s<tbody>\n",
	     "<table><thead><tr><th scope=col>ある人の記録が言い当てられるおそれ<th scope=col class=n>%s<th scope=col class=n>%s<tbody>\n",
	     page_kind(p, false), page_kind(p, true));
	row(p, "at worst, by someone who knows that the person is in the table (prosecutor)",
	    "その人が表に含まれると知る者による、最大の確率（prosecutor）", x->highest, y->highest);
	row(p, "at worst, by someone who knows only that the person is in the population (journalist)",
	    "その人が母集団にいることだけを知る者による、最大の確率（journalist）", x->highest,
	    p->r->measures->journalist > 0 ? p->r->measures->journalist : y->highest);
	row(p, "on average, by someone who tries all records (marketer)", "全ての記録を照らし合わせる者による、平均の確率（marketer）", x->average, y->average);
	row(p, "records with a chance above one in five", "確率が5分の1を超える記録の割合", x->at_risk, y->at_risk);
	row(p, "records alone of their kind in the table", "表の中で同じ組合せがほかにない記録の割合", x->unique, y->unique);
	row(p, "of the population alone of their kind, estimated (Pitman)", "母集団でほかに同じ人がいないと推定される割合（Pitman）", x->population_pitman,
	    y->population_pitman);
	row(p, "of the population alone of their kind, estimated (Zayatz)", "母集団でほかに同じ人がいないと推定される割合（Zayatz）", x->population_zayatz,
	    y->population_zayatz);
	PAGE(p, "</table>\n<p class=soft>The estimates take the table for a sample of %s persons.</p>\n",
	     "</table>\n<p class=soft>推定では、この表を%s人の母集団から取り出した標本とみなしています。</p>\n",
	     GROUPED(p->r->run->problem.population_size));
}

static void sizes(struct page *p)
{
	heading(p, "How many records look alike", "見分けのつかない記録の件数");
	page_sizes(p);
}

static void levels_chosen(struct page *p)
{
	const struct deid_run *run = p->r->run;

	PAGE(p, "<table><thead><tr><th scope=col>Column<th scope=col class=n>level<th scope=col class=n>values left<tbody>\n",
	     "<table><thead><tr><th scope=col>列<th scope=col class=n>段階<th scope=col class=n>残る値の種類<tbody>\n");
	for (size_t a = 0; a < run->table.quasi; a++) {
		const struct deid_hierarchy *h = run->h[a];
		unsigned level = run->block[0].levels[a];

		buf_text(p->b, "<tr><th scope=row>");
		page_escape(p->b, run->table.slot[a]->name);
		PAGE(p, "<td class=n>%u of %u<td class=n>%s\n", "<td class=n>%u／%u<td class=n>%s\n", level, h->levels - 1,
		     GROUPED(h->level[level].values));
	}
	buf_text(p->b, "</table>\n");
}

/* How many records are written at each level of each column. */
static void table_by_level(struct page *p)
{
	const struct deid_run *run = p->r->run;
	bool cells = run->job->recoding == DEID_RECODE_CELLS;
	unsigned most = 0;

	for (size_t a = 0; a < run->table.quasi; a++)
		most = run->h[a]->levels > most ? run->h[a]->levels : most;
	PAGE(p, "<div class=wide tabindex=0><table><thead><tr><th scope=col>Records at level", "<div class=wide tabindex=0><table><thead><tr><th scope=col>段階ごとの記録の件数");
	for (unsigned l = 0; l < most; l++)
		buf_printf(p->b, "<th scope=col class=n>%u", l);
	if (cells)
		PAGE(p, "<th scope=col class=n>cells suppressed", "<th scope=col class=n>秘匿した値");
	buf_text(p->b, "<tbody>\n");
	for (size_t a = 0; a < run->table.quasi; a++) {
		buf_text(p->b, "<tr><th scope=row>");
		page_escape(p->b, run->table.slot[a]->name);
		for (unsigned l = 0; l < most; l++)
			buf_printf(p->b, "<td class=n>%s", l < run->h[a]->levels ? GROUPED(deid_report_records_at(run, a, l)) : "");
		if (cells)
			buf_printf(p->b, "<td class=n>%s", GROUPED(deid_report_cells_taken(run, a)));
		buf_byte(p->b, '\n');
	}
	buf_text(p->b, "</table></div>\n");
}

static void records_by_level(struct page *p)
{
	if (p->r->run->job->recoding == DEID_RECODE_CELLS)
		PAGE(p, "<p>The levels are the same for all records; of those that would have been left out, single cells are suppressed: written "
			"at the coarsest level. That these are the fewest possible is not claimed.</p>\n",
		     "<p>段階は全ての記録で同じですが、除外されるはずだった記録については、一部の項目の値を秘匿（最も粗い段階で記載）しました。秘匿した値の数が最少である"
		     "とは限りません。</p>\n");
	else
		PAGE(p, "<p>By local recoding groups of records have levels of their own, %s different ones; how near this is to the best is not "
			"known. A group that is written coarsely may stand for values that finer groups have as well: its records are those that "
			"are in none of these.</p>\n",
		     "<p>局所的な再符号化により、記録のグループごとに段階を選びました（%s通り）。最良のものとの差は分かりません。粗く書かれたグループが表す値には、より細かく"
		     "書かれたグループの値と重なるものがあります。粗いグループの記録は、細かいグループのどれにも含まれない記録です。</p>\n",
		     GROUPED(p->r->run->blocks));
	table_by_level(p);
}

static void levels(struct page *p)
{
	const struct deid_run *run = p->r->run;

	heading(p, "What was generalized", "一般化の内容");
	if (run->job->flat) {
		PAGE(p, "<p>Each value was treated as the policy declares before it came into the table. Nothing was made coarser or finer on the "
			"way; records of which there are too few alike were left out.</p>\n",
		     "<p>それぞれの値は、ポリシーの定めるとおりに加工してから表に入れました。その後、さらに粗くも細かくもしていません。同じ組合せの件数が足りない"
		     "記録は除外しました。</p>\n");
		return;
	}
	page_levels(p);
	if (run->job->recoding)
		records_by_level(p);
	else
		levels_chosen(p);
}

/* The columns that have one value for each group, and what that lost. */
static void aggregates(struct page *p)
{
	static const char *const ja[] = {[DEID_MEAN] = "平均値", [DEID_MEDIAN] = "中央値", [DEID_MODE] = "最頻値", [DEID_INTERVAL] = "最小値と最大値の範囲"};
	const struct deid_run *run = p->r->run;

	if (!run->aggregates)
		return;
	heading(p, "What was aggregated", "ミクロアグリゲーションの内容");
	PAGE(p, "<p>The values of these columns are replaced by one for each of the %s groups of records that look alike. What is lost is the share "
		"of the variation between the records that is not between the groups (SSE/SST).</p>\n<div class=wide tabindex=0><table><thead><tr>"
		"<th scope=col>Column<th scope=col>replaced by the<th scope=col class=n>lost<tbody>\n",
	     "<p>次の列の値は、見分けがつかない記録のグループ（%s個）ごとに一つの値に置き換えました。失われた割合は、記録の間のばらつきのうち、グループの間の"
	     "ばらつきとして残らない割合（SSE/SST）です。</p>\n<div class=wide tabindex=0><table><thead><tr><th scope=col>列<th scope=col>置き換えた値"
	     "<th scope=col class=n>失われた割合<tbody>\n",
	     GROUPED(run->shown));
	for (size_t i = 0; i < run->aggregates; i++) {
		const struct deid_aggregated *a = &run->aggregated[i];

		buf_text(p->b, "<tr><th scope=row>");
		page_escape(p->b, a->column->name);
		buf_printf(p->b, "<td>%s<td class=n>", p->in == DEID_JA ? ja[a->how] : deid_aggregate_name(a->how));
		if (a->measured)
			page_percent(p, deid_aggregate_loss(a));
		buf_byte(p->b, '\n');
	}
	buf_text(p->b, "</table></div>\n");
}

static void use(struct page *p)
{
	const struct deid_run *run = p->r->run;

	heading(p, "What it is still good for", "データとしての有用性");
	PAGE(p, "<p class=soft>Each column's distribution, grey: %s, coloured: %s; a coarser value counts evenly for all that it stands for. "
		"Total variation is the share of records that would have to have another value; the Hellinger distance is 0 for the same "
		"distribution and 1 for none in common.</p>\n<div class=pair>",
	     "<p class=soft>各列の分布です（灰色は%s、色付きは%s）。粗くした値は、それが表す元の値に均等に割り振って数えています。全変動距離は、分布を一致"
	     "させるのに値を変える必要がある記録の割合、ヘリンガー距離は、同じ分布なら0、重なりがなければ1です。</p>\n<div class=pair>",
	     page_kind(p, false), page_kind(p, true));
	for (size_t a = 0; a < run->table.quasi + run->table.sensitive; a++)
		page_distribution(p, a);
	buf_text(p->b, "</div>\n");
}

/* The noise that was added, column by column, with what it did and what it does not promise. */
static void noise(struct page *p)
{
	const struct deid_run *run = p->r->run;

	if (run->noises == 0)
		return;
	heading(p, "Noise", "ノイズの付加");
	PAGE(p, "<p class=soft>Numbers were moved at random. Whoever knows a number roughly still recognizes it when the noise is small, and noise "
		"alone takes away nothing that stands out.</p>\n<table><tr><th>Column<th>Noise<th>Records changed<th>Brought into the range<th>Mean "
		"change\n",
	     "<p class=soft>数値を無作為に増減しました。ノイズが小さければ、おおよその値を知る者には元の値の見当がつきます。また、ノイズだけでは特異な値を"
	     "処理したことにはなりません。</p>\n<table><tr><th>列<th>ノイズ<th>値が変わった記録<th>範囲内に収めた記録<th>変化の平均\n");
	for (size_t i = 0; i < run->noises; i++) {
		const struct deid_noised *n = &run->noised[i];

		buf_text(p->b, "<tr><th scope=row>");
		page_escape(p->b, n->asked.column);
		buf_text(p->b, "<td>");
		page_escape(p->b, str_sub(n->asked.text, n->asked.column.n + 1, n->asked.text.n));
		PAGE(p, "<td class=n>%s of %s<td class=n>%s<td class=n>%.4g\n", "<td class=n>%s件（%s件中）<td class=n>%s件<td class=n>%.4g\n",
		     GROUPED(n->changed), GROUPED(n->records), GROUPED(n->clamped), n->moved);
	}
	buf_text(p->b, "</table>\n");
}

/* What differential privacy promises, and of what. */
static void privately(struct page *p)
{
	const struct deid_private *d = p->r->run->private;

	if (!d)
		return;
	heading(p, "Differential privacy", "差分プライバシー");
	PAGE(p, "<p>Each of %s records was drawn with a chance of %.4g %%, the levels were given, groups of fewer than %s were left out, and the "
		"table is written in the order of its values. So any table comes out at most %.4g times as likely with a person's record as "
		"without it, but for a chance of %g.<p class=soft>This is about the table. The report tells more of the records, and does not "
		"belong to whoever gets the table.\n",
	     "<p>元の%s件の記録をそれぞれ%.4g%%の確率で抽出し、指定された段階で一般化し、%s件未満のグループを除外し、値の順に並べて出力しました。"
	     "ある一人の記録が含まれる場合と含まれない場合とで、どの表が出る確率の比も%.4g倍以内です（確率%gの例外を除きます）。<p class=soft>"
	     "これは出力した表についての性質です。この報告書には元の記録に関する詳しい数値があるため、表の提供先には渡さないでください。\n",
	     GROUPED(d->records), 100 * (1 - exp(-(double)d->epsilon.num / (double)d->epsilon.den)), GROUPED(d->k),
	     exp((double)d->epsilon.num / (double)d->epsilon.den), (double)d->delta.num / (double)d->delta.den);
}

static void combinations(struct page *p)
{
	const struct deid_measures *m = p->r->measures;

	if (!m->minimal_up_to)
		return;
	heading(p, "What singled people out", "個人を絞り込める列の組合せ");
	if (m->minimals == 0) {
		PAGE(p, "<p>No combination of up to %zu columns tells a record of the input from all others.</p>\n",
		     "<p>元のデータに、%zu列までの組合せでほかの全ての記録と区別できる記録はありません。</p>\n", m->minimal_up_to);
		return;
	}
	PAGE(p, "<p class=soft>Combinations of up to %zu columns that are enough to tell a record of the input from all others, no part of them "
		"being enough.</p>\n<table><thead><tr><th scope=col>Columns<th scope=col class=n>records<tbody>\n",
	     "<p class=soft>加工前のデータで、それだけでほかの全ての記録と区別できる列の組合せ（%zu列まで。一部の列だけでは区別できないもの）です。</p>\n"
	     "<table><thead><tr><th scope=col>列の組合せ<th scope=col class=n>件数<tbody>\n",
	     m->minimal_up_to);
	for (size_t i = 0; i < m->minimals && i < COMBINATIONS; i++) {
		buf_text(p->b, "<tr><th scope=row>");
		for (size_t k = 0; k < m->minimal[i].n; k++) {
			if (k)
				PAGE(p, ", ", "、");
			page_escape(p->b, p->r->run->table.slot[m->minimal[i].column[k]]->name);
		}
		buf_printf(p->b, "<td class=n>%s\n", GROUPED(m->minimal[i].records));
	}
	buf_text(p->b, "</table>\n");
	if (m->minimals > COMBINATIONS)
		PAGE(p, "<p class=soft>%s more are in the JSON report.</p>\n", "<p class=soft>ほかの%s組はJSONの報告書にあります。</p>\n",
		     GROUPED(m->minimals - COMBINATIONS));
}

static void fact(struct page *p, const char *en, const char *ja)
{
	buf_printf(p->b, "<dt>%s<dd>", p->in == DEID_JA ? ja : en);
}

static void models(struct page *p)
{
	const struct deid_run *run = p->r->run;

	fact(p, "Asked for", "求められた条件");
	for (size_t i = 0; i < run->models; i++) {
		struct said words;

		said_init(&words);
		deid_model_said(&run->model[i], &words);
		buf_text(p->b, i ? "<br>" : "");
		page_escape(p->b, run->model[i].text);
		if (words.in[p->in].n) {
			PAGE(p, ": ", "：");
			page_escape(p->b, buf_view(&words.in[p->in]));
		}
		said_free(&words);
	}
	PAGE(p, "<br>at most %s records left out", "<br>除外してよい記録は%s件まで", GROUPED(run->problem.limit));
}

/* US microseconds in milliseconds, not less. */
static uint64_t whole_ms(int64_t us)
{
	return us > 0 ? ((uint64_t)us + 999) / 1000 : 0;
}

static void effort(struct page *p)
{
	const struct deid_run *run = p->r->run;

	heading(p, "How it was done", "処理の記録");
	page_lattice(p);
	buf_text(p->b, "<dl class=facts>");
	models(p);
	if (!run->job->flat) {
		fact(p, "Measured by", "評価の指標");
		PAGE(p, "%s: %s", "%s：%s", deid_metric_name(run->job->metric), deid_metric_said(run->job->metric, p->in));
		fact(p, "Score, smaller is better", "評価値（小さいほど良い）");
		buf_printf(p->b, "%.10g", run->score);
		if (run->job->recoding == DEID_RECODE_MONDRIAN || run->job->recoding == DEID_RECODE_CELLS) {
			fact(p, "Score of the same levels for all, which it began with", "全ての記録で同じ段階とした場合（出発点）の評価値");
			buf_printf(p->b, "%.10g", run->found.score);
		}
		if (!run->job->recoding) {
			fact(p, "No choice scores below", "評価値の下限");
			PAGE(p, "%.10g%s", "%.10g%s", run->found.bound,
			     !run->found.optimal ? "" : p->in == DEID_JA ? "（最適であることを確かめました）" : ", so that the result is the optimum");
		}
		fact(p, "Choices tried", "試した選び方");
		PAGE(p, "%s, by %u thread%s", "%s通り（%uスレッド%.0sで探索）", GROUPED(run->found.evaluated), (unsigned)run->found.threads,
		     PLURAL(run->found.threads));
	}
	fact(p, "Time", "所要時間");
	PAGE(p, "reading %s ms, searching %s ms, writing %s ms", "読込み%sミリ秒、探索%sミリ秒、書出し%sミリ秒", GROUPED(whole_ms(run->read_us)),
	     GROUPED(whole_ms(run->search_us)), GROUPED(whole_ms(p->r->write_us)));
	fact(p, "Made", "作成日時");
	moment_write(p->b, clock_now(run->job->clock));
	if (p->r->peak_kb) {
		fact(p, "Memory at most", "メモリーの最大使用量");
		buf_printf(p->b, "%.1f MB", (double)p->r->peak_kb / 1024);
	}
	buf_text(p->b, "</dl>\n");
	if (run->table.bad_rows) {
		PAGE(p, "<p>%s rows were not well-formed and were left out; the first:</p><pre lang=en>",
		     "<p>正しい形式でない%s行を読み飛ばしました。最初のものは次のとおりです。</p><pre lang=en>", GROUPED(run->table.bad_rows));
		page_escape(p->b, buf_view(&run->table.bad));
		buf_text(p->b, "</pre>\n");
	}
}

static void texts(struct page *p)
{
	const struct deid_checks *c = p->r->checks;

	heading(p, "Texts to publish and to hand over", "公表する文面と提供先に伝える文面");
	if (p->r->run->job->flat)
		PAGE(p, "<h3>How it is published</h3>\n<p class=words>", "<h3>公表の状況</h3>\n<p class=words>");
	else
		PAGE(p, "<h3>To publish</h3>\n<p class=words>", "<h3>公表する文面</h3>\n<p class=words>");
	page_escape(p->b, c->notice[p->in]);
	PAGE(p, "</p>\n<h3>To tell the recipient</h3>\n<p class=words>", "</p>\n<h3>提供先に伝える文面</h3>\n<p class=words>");
	page_escape(p->b, c->statement[p->in]);
	buf_text(p->b, "</p>\n");
}

static const char *verdict_said(enum deid_verdict v, enum deid_language in)
{
	static const char *const names[][DEID_LANGUAGES] = {
		[DEID_FAILED] = {"failed", "満たさない"},
		[DEID_PASSED] = {"passed", "満たす"},
		[DEID_NOT_APPLICABLE] = {"not applicable", "対象外"},
	};

	return names[v][in];
}

static void checks(struct page *p)
{
	heading(p, "What the law asks", "法令に基づく確認");
	buf_text(p->b, "<ul class=checks>\n");
	for (size_t i = 0; i < p->r->checks->n; i++) {
		const struct deid_check *c = &p->r->checks->at[i];

		buf_printf(p->b, "<li><p class=\"state %s\">%s</p><div><h3>%s</h3><p>",
			   c->verdict == DEID_FAILED ? "failed" : c->verdict == DEID_PASSED ? "passed" : "soft", verdict_said(c->verdict, p->in),
			   c->title[p->in]);
		page_escape(p->b, c->detail[p->in]);
		buf_printf(p->b, "</p><p class=law>%s</p></div></li>\n", c->law[p->in]);
	}
	PAGE(p,
	     "</ul>\n<p class=soft>APPI: Act on the Protection of Personal Information (Act No. 57 of 2003). Rule: Enforcement Rules for that Act. "
	     "The law sets no smallest number of records; it is the company's choice.</p>\n",
	     "</ul>\n<p class=soft>「法」は個人情報の保護に関する法律（平成15年法律第57号）、「規則」は同法施行規則をいいます。同じ組合せの記録の最小の件数は、"
	     "法令に定めがなく、事業者が決めるものです。</p>\n");
}

/* Whether the law's checks passed, and the figures that are asked for first. */
static void verdict(struct page *p)
{
	const struct deid_report *r = p->r;
	size_t failed = report_count(r, DEID_FAILED), passed = report_count(r, DEID_PASSED);

	if (failed) {
		PAGE(p, "<div class=\"verdict bad\"><p><strong>%zu of the law's checks failed: the table was not written.</strong> Not fulfilled is, as "
			"explained below:</p><ul>",
		     "<div class=\"verdict bad\"><p><strong>法令に基づく確認のうち%zu件を満たさないため、表を出力していません。</strong>満たさないのは次の"
		     "事項です。理由と対応は下に示します。</p><ul>",
		     failed);
		for (size_t i = 0; i < r->checks->n; i++)
			if (r->checks->at[i].verdict == DEID_FAILED)
				buf_printf(p->b, "<li>%s", r->checks->at[i].title[p->in]);
		buf_text(p->b, "</ul></div>\n");
	} else {
		PAGE(p, "<div class=verdict><p><strong>%zu of the law's checks passed, none failed.</strong> The text to publish and the statement to "
			"the recipient are at the end; publishing comes before provision.</p></div>\n",
		     "<div class=verdict><p><strong>法令に基づく確認は、%zu件の全てを満たしています。</strong>公表する文面と提供先に伝える文面を末尾に示します。公表は提供"
		     "に先立って行ってください。</p></div>\n",
		     passed);
	}
}

static void tiles(struct page *p)
{
	const struct deid_run *run = p->r->run;

	PAGE(p, "<dl class=tiles><div><dt>records in<dd>%s</div><div><dt>records out<dd>%s</div><div><dt>smallest group<dd>%s</div><div><dt>risk at worst<dd>",
	     "<dl class=tiles><div><dt>元の記録<dd>%s件</div><div><dt>残した記録<dd>%s件</div><div><dt>最小のグループ<dd>%s件</div><div><dt>最大の確率<dd>",
	     GROUPED(run->table.rows), GROUPED(run->table.rows - run->suppressed), GROUPED(run->after.n ? run->after.at[0].size : 0));
	page_percent(p, p->r->measures->after.highest);
	buf_text(p->b, "</div></dl>\n");
}

static void part(const struct deid_report *r, enum deid_language in, struct buf *b)
{
	const char *tag = deid_language_tag(in);
	struct page p = {r, b, in};
	struct buf said;

	buf_init(&said);
	deid_report_sentence(r, in, &said);
	buf_printf(b, "<div id=%s lang=%s>\n", tag, tag);
	PAGE(&p, "<h1>De-identification report</h1>\n<p class=lead>", "<h1>匿名加工の報告書</h1>\n<p class=lead>");
	page_escape(b, buf_view(&said));
	buf_text(b, "</p>\n");
	buf_free(&said);
	verdict(&p);
	tiles(&p);
	checks(&p);
	risks(&p);
	sizes(&p);
	levels(&p);
	aggregates(&p);
	use(&p);
	noise(&p);
	privately(&p);
	combinations(&p);
	effort(&p);
	texts(&p);
	buf_text(b, "</div>\n");
}

bool report_is_in(const struct deid_report *r, enum deid_language language)
{
	return !r->languages || (r->languages >> language & 1);
}

/* Which language is shown, where there are several; no script is needed. */
static void choice(const struct deid_report *r, struct buf *b)
{
	if (!report_is_in(r, DEID_JA) || !report_is_in(r, DEID_EN))
		return;
	buf_printf(b,
		   "<fieldset class=choice><legend>言語 / Language</legend><label lang=ja><input type=radio name=show id=show-ja%s> 日本語</label>"
		   "<label lang=en><input type=radio name=show id=show-en%s> English</label></fieldset>\n",
		   r->first == DEID_JA ? " checked" : "", r->first == DEID_JA ? "" : " checked");
}

void deid_report_html(const struct deid_report *r, struct buf *b)
{
	enum deid_language first = report_is_in(r, r->first) ? r->first : r->first == DEID_JA ? DEID_EN : DEID_JA;

	buf_printf(b,
		   "<!doctype html>\n<html lang=%s><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>%s</title>"
		   "<style>%s</style>\n<main>\n",
		   deid_language_tag(first), first == DEID_JA ? "匿名加工の報告書" : "De-identification report", style);
	choice(r, b);
	for (int l = 0; l < DEID_LANGUAGES; l++)
		if (report_is_in(r, (enum deid_language)l))
			part(r, (enum deid_language)l, b);
	buf_text(b, "</main>\n</html>\n");
}
