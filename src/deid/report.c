#include "deid/report.h"

#include <math.h>

static json_t *text(struct str s)
{
	return json_stringn(s.p ? s.p : "", s.n);
}

/* A number of JSON, or null for what is none. */
static json_t *number(double x)
{
	return isfinite(x) ? json_real(x) : json_null();
}

static json_t *levels_view(const struct deid_run *r, const uint8_t *levels)
{
	json_t *o = json_object();

	for (size_t a = 0; a < r->table.quasi; a++) {
		struct str name = r->table.slot[a]->name;

		if (json_object_setn_new(o, name.p, name.n, json_integer(levels[a])) != 0) {
			json_decref(o);
			return NULL;
		}
	}
	return o;
}

static json_t *blocks_view(const struct deid_run *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->blocks; i++)
		if (json_array_append_new(list, json_pack("{s:I, s:o}", "records", (json_int_t)r->block[i].rows, "levels",
							  levels_view(r, r->block[i].levels))) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

uint64_t deid_report_records_at(const struct deid_run *r, size_t a, unsigned level)
{
	uint64_t records = 0;

	for (size_t i = 0; i < r->blocks; i++)
		records += r->block[i].levels[a] == level ? r->block[i].rows : 0;
	return records;
}

uint64_t deid_report_cells_taken(const struct deid_run *r, size_t a)
{
	return r->table.rows - r->suppressed - deid_report_records_at(r, a, r->found.levels[a]);
}

static uint64_t cells_taken(const struct deid_run *r)
{
	uint64_t cells = 0;

	for (size_t a = 0; a < r->table.quasi; a++)
		cells += deid_report_cells_taken(r, a);
	return cells;
}

static json_t *cells_view(const struct deid_run *r)
{
	json_t *o = json_object();

	for (size_t a = 0; a < r->table.quasi; a++) {
		struct str name = r->table.slot[a]->name;

		if (json_object_setn_new(o, name.p, name.n, json_integer((json_int_t)deid_report_cells_taken(r, a))) != 0) {
			json_decref(o);
			return NULL;
		}
	}
	return o;
}

static json_t *records_by_level_view(const struct deid_run *r)
{
	json_t *o = json_object();

	for (size_t a = 0; a < r->table.quasi; a++) {
		struct str name = r->table.slot[a]->name;
		json_t *list = json_array();

		for (unsigned l = 0; list && l < r->h[a]->levels; l++)
			if (json_array_append_new(list, json_integer((json_int_t)deid_report_records_at(r, a, l))) != 0)
				break;
		if (json_object_setn_new(o, name.p, name.n, list) != 0) {
			json_decref(o);
			return NULL;
		}
	}
	return o;
}

/* Where records have levels of their own: by which way, from what it began, and how many have which; else null. */
static json_t *local_view(const struct deid_run *r)
{
	static const char *const methods[] = {[DEID_RECODE_LOCAL] = "remainder", [DEID_RECODE_MONDRIAN] = "mondrian",
					      [DEID_RECODE_CELLS] = "cells"};
	json_t *start = json_null(), *cells = json_null();

	if (r->job->recoding == DEID_RECODE_NONE)
		return start;
	if (r->job->recoding != DEID_RECODE_LOCAL)
		start = json_pack("{s:o, s:I, s:o}", "score", number(r->found.score), "suppressed",
				  (json_int_t)r->found.outcome.suppressed, "levels", levels_view(r, r->found.levels));
	if (r->job->recoding == DEID_RECODE_CELLS)
		cells = cells_view(r);
	return json_pack("{s:s, s:o, s:o, s:I, s:o}", "method", methods[r->job->recoding], "began_with", start, "cells_suppressed", cells,
			 "groups_of_levels",
			 (json_int_t)r->blocks, "records_by_level", records_by_level_view(r));
}

static json_t *checks_view(const struct deid_checks *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->n; i++) {
		const struct deid_check *k = &c->at[i];

		if (json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:o}", "id", k->id, "check", k->title, "law", k->law,
							  "result", deid_verdict_name(k->verdict), "detail", text(k->detail))) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *risk_view(const struct deid_risk *k, double journalist)
{
	return json_pack("{s:{s:o, s:o, s:o}, s:{s:o}, s:{s:o}, s:o, s:{s:o, s:o}}", "prosecutor", "highest", number(k->highest),
			 "average", number(k->average), "records_above_one_fifth", number(k->at_risk), "journalist", "highest",
			 number(journalist > 0 ? journalist : k->highest), "marketer", "average", number(k->average),
			 "sample_unique", number(k->unique), "population_unique", "pitman", number(k->population_pitman), "zayatz",
			 number(k->population_zayatz));
}

static json_t *minimal_view(const struct deid_run *r, const struct deid_measures *m)
{
	json_t *list = json_array();

	for (size_t i = 0; i < m->minimals; i++) {
		json_t *columns = json_array();

		for (size_t j = 0; columns && j < m->minimal[i].n; j++)
			if (json_array_append_new(columns, text(r->table.slot[m->minimal[i].column[j]]->name)) != 0)
				break;
		if (json_array_append_new(list, json_pack("{s:o, s:I}", "columns", columns, "records",
							  (json_int_t)m->minimal[i].records)) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *attributes_view(const struct deid_run *r, const struct deid_measures *m)
{
	json_t *list = json_array();

	for (size_t a = 0; a < r->table.quasi + r->table.sensitive; a++) {
		const struct deid_column *c = r->table.slot[a];
		json_t *o = json_pack("{s:o, s:s, s:i, s:o, s:o}", "name", text(c->name), "role",
				      c->role == DEID_QUASI ? "quasi-identifying" : "sensitive", "levels", (int)c->h->levels,
				      "total_variation", number(m->attribute[a].total_variation), "hellinger",
				      number(m->attribute[a].hellinger));

		if (json_array_append_new(list, o) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *sizes_view(const struct deid_sizes *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->n; i++)
		if (json_array_append_new(list, json_pack("[I, I]", (json_int_t)s->at[i].size, (json_int_t)s->at[i].classes)) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static uint64_t classes_of(const struct deid_sizes *s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->at[i].classes;
	return n;
}

static json_t *models_view(const struct deid_run *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->models; i++)
		if (json_array_append_new(list, text(r->model[i].text)) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static json_t *outcome_view(const struct deid_run *r)
{
	return json_pack("{s:s, s:o, s:o, s:b, s:b, s:s, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "metric",
			 deid_metric_name(r->job->metric), "score", number(r->score), "bound",
			 number(r->job->recoding ? NAN : r->found.bound), "optimal", r->found.optimal && !r->job->recoding, "stopped",
			 r->found.stopped, "recoding", r->job->recoding ? "local" : "global", "levels",
			 levels_view(r, r->block[0].levels), "records", (json_int_t)r->table.rows, "records_out",
			 (json_int_t)(r->table.rows - r->suppressed), "suppressed", (json_int_t)r->suppressed,
			 "suppression_limit", (json_int_t)r->problem.limit, "classes", (json_int_t)classes_of(&r->after),
			 "smallest_class", (json_int_t)(r->after.n ? r->after.at[0].size : 0), "bad_rows",
			 (json_int_t)r->table.bad_rows);
}

static double ms(int64_t us)
{
	return (double)us / 1000;
}

json_t *deid_report_view(const struct deid_report *r)
{
	const struct deid_run *run = r->run;
	json_t *view = outcome_view(run), *more;
	struct buf said;

	buf_init(&said);
	deid_report_sentence(r, &said);
	more = json_pack("{s:o, s:o, s:o, s:o, s:I, s:o, s:o, s:o, s:I, s:o, s:{s:o, s:o, s:o, s:i, s:I}, s:{s:o, s:o, s:o}, s:o, s:o, s:o, s:o}",
			 "summary", text(buf_view(&said)), "models", models_view(run), "local", local_view(run), "blocks",
			 blocks_view(run), "evaluated",
			 (json_int_t)run->found.evaluated, "read_ms", number(ms(run->read_us)), "search_ms",
			 number(ms(run->search_us)), "write_ms", number(ms(r->write_us)), "peak_kb", (json_int_t)r->peak_kb,
			 "checks", checks_view(r->checks), "risk", "before", risk_view(&r->measures->before, 0), "after",
			 risk_view(&r->measures->after, r->measures->journalist), "identifying_combinations",
			 minimal_view(run, r->measures), "combinations_up_to", (int)r->measures->minimal_up_to,
			 "population_size", (json_int_t)run->problem.population_size, "utility", "attributes",
			 attributes_view(run, r->measures), "class_sizes_before", sizes_view(&run->before), "class_sizes_after",
			 sizes_view(&run->after), "notice", text(r->checks->notice), "statement", text(r->checks->statement),
			 "notice_en", text(r->checks->notice_en), "statement_en", text(r->checks->statement_en));
	buf_free(&said);
	if (!view || !more || json_object_update(view, more) != 0) {
		json_decref(view);
		view = NULL;
	}
	json_decref(more);
	return view;
}

/* True when the transformation is one for all records, but for cells. */
static bool is_one(const struct deid_run *r)
{
	return r->job->recoding == DEID_RECODE_NONE || r->job->recoding == DEID_RECODE_CELLS;
}

void deid_report_sentence(const struct deid_report *r, struct buf *b)
{
	const struct deid_run *run = r->run;
	uint64_t smallest = run->after.n ? run->after.at[0].size : 0;
	const char *how = !is_one(run)		 ? "was found by local recoding; how near it is to the best is not known"
			  : run->found.optimal ? "is the best that the hierarchies allow"
			  : run->found.stopped ? "is the best found until the search was stopped"
					       : "is the best found in the time given";

	buf_printf(b,
		   "Of %llu records %llu were generalized and %llu left out, so that each looks like at least %llu others: "
		   "whoever knows that a person is in the table finds the person's record with a chance of at most %.3g %%. "
		   "The transformation %s.",
		   (unsigned long long)run->table.rows, (unsigned long long)(run->table.rows - run->suppressed),
		   (unsigned long long)run->suppressed, (unsigned long long)(smallest ? smallest - 1 : 0),
		   100 * r->measures->after.highest, how);
	if (run->job->recoding == DEID_RECODE_CELLS)
		buf_printf(b, " Of %llu records that it would leave out, %llu stay, without %llu of their cells.",
			   (unsigned long long)run->found.outcome.suppressed,
			   (unsigned long long)(run->found.outcome.suppressed - run->suppressed),
			   (unsigned long long)cells_taken(run));
}

void deid_report_sentence_ja(const struct deid_report *r, struct buf *b)
{
	const struct deid_run *run = r->run;
	uint64_t smallest = run->after.n ? run->after.at[0].size : 0;
	const char *how = !is_one(run)		 ? "局所的な再符号化によるもので、最良のものとの差は分かりません"
			  : run->found.optimal ? "与えられた階層の範囲で最良のものです"
			  : run->found.stopped ? "探索を中断した時点までに見つかった最良のものです"
					       : "制限時間内に見つかった最良のものです";

	buf_printf(b,
		   "%llu件の記録のうち%llu件を一般化し、%llu件を除きました。残した記録はいずれも、ほかの%llu件以上と見分けがつきません。"
		   "ある人がこの表に含まれると知る者がその人の記録を言い当てる確率は、最大でも%.3g %%です。この加工は、%s。",
		   (unsigned long long)run->table.rows, (unsigned long long)(run->table.rows - run->suppressed),
		   (unsigned long long)run->suppressed, (unsigned long long)(smallest ? smallest - 1 : 0),
		   100 * r->measures->after.highest, how);
	if (run->job->recoding == DEID_RECODE_CELLS)
		buf_printf(b, "この加工だけでは除かれる%llu件の記録のうち%llu件は、一部の項目（合計%llu個の値）を秘匿して残しました。",
			   (unsigned long long)run->found.outcome.suppressed,
			   (unsigned long long)(run->found.outcome.suppressed - run->suppressed),
			   (unsigned long long)cells_taken(run));
}
