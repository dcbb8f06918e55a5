#include <math.h>

#include "deid/private.h"
#include "deid/report_page.h"

/* The first sentence of a report has to be true of each way in which a run may end. */

static const double FAR = 0.5; /* of a score: a bound further away than this says nothing to a reader */

bool report_is_unchanged(const struct deid_report *r)
{
	const struct deid_run *run = r->run;

	for (size_t a = 0; a < run->table.quasi; a++)
		if (run->block[0].levels[a])
			return false;
	return run->blocks == 1 && !run->job->flat && !run->aggregates;
}

size_t report_count(const struct deid_report *r, enum deid_verdict v)
{
	size_t n = 0;

	for (size_t i = 0; i < r->checks->n; i++)
		n += r->checks->at[i].verdict == v;
	return n;
}

/* Records of the output that are alone of their kind. */
static uint64_t alone(const struct deid_run *run)
{
	return run->after.n && run->after.at[0].size == 1 ? run->after.at[0].classes : 0;
}

/* No transformation is better by more than this share of the score. */
static double gap(const struct deid_run *run)
{
	return run->found.score > 0 && isfinite(run->found.bound) ? fmax(0, (run->found.score - run->found.bound) / run->found.score) : 1;
}

/* How good the choice of levels is, in LANGUAGE. */
static void say_how_good(const struct deid_run *run, enum deid_language language, struct buf *b)
{
	const struct deid_found *f = &run->found;
	bool ja = language == DEID_JA;

	if (run->job->recoding == DEID_RECODE_LOCAL || run->job->recoding == DEID_RECODE_MONDRIAN)
		buf_text(b, ja ? "一般化の段階はグループごとに選んだもの（局所的な再符号化）で、最良のものとの差は分かりません。"
			       : " The levels were chosen group by group (local recoding); how near it is to the best is not known.");
	else if (run->given)
		buf_text(b, ja ? "一般化の段階は指定されたものです。" : " The levels were given.");
	else if (f->optimal)
		buf_text(b, ja ? "求められた条件を満たす一般化のうち、失われる情報が最も少ないものです。"
			       : " No other choice of levels that meets what was asked for loses less.");
	else if (ja)
		buf_printf(b, "%sに見つかった最良の一般化で、", f->stopped ? "探索を中断するまで" : "制限時間内");
	else
		buf_printf(b, " It is the best choice of levels found %s; ", f->stopped ? "until the search was stopped" : "in the time given");
	if (run->job->recoding == DEID_RECODE_LOCAL || run->job->recoding == DEID_RECODE_MONDRIAN || run->given || f->optimal)
		return;
	if (gap(run) >= FAR)
		buf_text(b, ja ? "最良のものとの差は分かりません。" : "how near it is to the best is not known.");
	else
		buf_printf(b, ja ? "これより良いものがあるとしても、その差は%.2g%%以内です。" : "none is better by more than %.2g %%.", 100 * gap(run));
}

/* What became of the records that would have been left out, where cells were suppressed instead. */
static void say_cells(const struct deid_run *run, enum deid_language language, struct buf *b)
{
	uint64_t out = run->found.outcome.suppressed, stay = out - run->suppressed, cells = 0;

	if (run->job->recoding != DEID_RECODE_CELLS)
		return;
	for (size_t a = 0; a < run->table.quasi; a++)
		cells += deid_report_cells_taken(run, a);
	if (language == DEID_JA)
		buf_printf(b, "この一般化だけでは除外される%s件の記録のうち%s件は、一部の項目（合計%s個の値）を秘匿して残しました。", GROUPED(out),
			   GROUPED(stay), GROUPED(cells));
	else
		buf_printf(b, " Of %s records that it would leave out, %s stay, without %s of their cells.", GROUPED(out), GROUPED(stay),
			   GROUPED(cells));
}

/* That numbers are not those that were read. */
static void say_noise(const struct deid_run *run, enum deid_language language, struct buf *b)
{
	if (run->noises == 0)
		return;
	if (language == DEID_JA)
		buf_printf(b, "%zu列の数値にはノイズを加えました。", run->noises);
	else
		buf_printf(b, " Noise was added to the numbers of %zu column%s.", run->noises, PLURAL(run->noises));
}

/* That whether a person is among the records hardly changes the table. */
static void say_private(const struct deid_run *run, enum deid_language language, struct buf *b)
{
	const struct deid_private *p = run->private;

	if (!p)
		return;
	if (language == DEID_JA)
		buf_printf(b,
			   "対象は、元の%s件から無作為に抽出した記録です。出力した表は(%.*s)-差分プライバシーを満たし、ある一人の記録が元の表にあってもなくても、"
			   "表の内容の出やすさはほとんど変わりません。",
			   GROUPED(p->records), (int)p->both.n, p->both.p);
	else
		buf_printf(b,
			   " The records were drawn by chance from %s; the table is (%.*s)-differentially private: whether any one "
			   "person's record was among them hardly changes what may come out.",
			   GROUPED(p->records), (int)p->both.n, p->both.p);
}

static void say_english(const struct deid_report *r, struct buf *b)
{
	const struct deid_run *run = r->run;
	uint64_t all = run->table.rows, out = run->suppressed, kept = all - out, others = run->after.n ? run->after.at[0].size - 1 : 0;
	const char *done = run->job->flat ? "treated as the policy declares" : report_is_unchanged(r) ? "kept as they are" : "generalized";

	if (kept == 0) {
		buf_printf(b, "All %s records were left out: nothing is left that could be given to anybody.", GROUPED(all));
		return;
	}
	if (out)
		buf_printf(b, "Of %s records, %s %s %s and %s left out", GROUPED(all), GROUPED(kept), kept == 1 ? "was" : "were", done, GROUPED(out));
	else
		buf_printf(b, "All %s records were %s and none was left out", GROUPED(all), done);
	if (alone(run))
		buf_printf(b,
			   ", but %s %s still alone of %s kind: whoever knows that such a person is in the table finds the person's "
			   "record for certain.",
			   GROUPED(alone(run)), alone(run) == 1 ? "is" : "are", alone(run) == 1 ? "its" : "their");
	else
		buf_printf(b,
			   ", so that each looks like at least %s other%s: whoever knows that a person is in the table finds the "
			   "person's record with a chance of at most %.3g %%.",
			   GROUPED(others), PLURAL(others), 100 * r->measures->after.highest);
	if (run->job->flat)
		return;
	say_how_good(run, DEID_EN, b);
	say_cells(run, DEID_EN, b);
	say_noise(run, DEID_EN, b);
	say_private(run, DEID_EN, b);
}

static void say_japanese(const struct deid_report *r, struct buf *b)
{
	const struct deid_run *run = r->run;
	uint64_t all = run->table.rows, out = run->suppressed, kept = all - out, others = run->after.n ? run->after.at[0].size - 1 : 0;
	const char *done = run->job->flat	   ? "ポリシーの定めるとおりに加工し"
			   : report_is_unchanged(r) ? "元の値のまま残し"
						    : "一般化し";

	if (kept == 0) {
		buf_printf(b, "%s件の記録は全て除外され、提供できる記録は残っていません。", GROUPED(all));
		return;
	}
	if (out)
		buf_printf(b, "%s件の記録のうち%s件を%s、%s件を除外しました", GROUPED(all), GROUPED(kept), done, GROUPED(out));
	else
		buf_printf(b, "%s件の記録の全てを%s、除外した記録はありません", GROUPED(all), done);
	if (alone(run))
		buf_printf(b, "が、%s件の記録は同じ組合せのものがほかになく、その人がこの表に含まれると知る者には、どの記録かが確実に分かります。",
			   GROUPED(alone(run)));
	else
		buf_printf(b,
			   "。残した記録はいずれもほかの%s件以上と見分けがつかず、ある人がこの表に含まれると知る者でも、その人の記録を言い当てる"
			   "確率は最大%.3g%%です。",
			   GROUPED(others), 100 * r->measures->after.highest);
	if (run->job->flat)
		return;
	say_how_good(run, DEID_JA, b);
	say_cells(run, DEID_JA, b);
	say_noise(run, DEID_JA, b);
	say_private(run, DEID_JA, b);
}

void deid_report_sentence(const struct deid_report *r, enum deid_language language, struct buf *b)
{
	size_t failed = report_count(r, DEID_FAILED);

	if (failed && language == DEID_JA)
		buf_printf(b, "法令に基づく確認のうち%zu件を満たさないため、この表は出力していません。出力しなかった結果では、", failed);
	else if (failed)
		buf_printf(b, "The table was not written, because %zu of the law's checks failed. In the result that was refused: ", failed);
	(language == DEID_JA ? say_japanese : say_english)(r, b);
}
