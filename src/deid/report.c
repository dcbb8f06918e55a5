#include <math.h>

#include "base/clock.h"
#include "deid/aggregate.h"
#include "deid/private.h"
#include "deid/report_page.h"

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

		if (json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "id", k->id, "result",
							  deid_verdict_name(k->verdict), "check", k->title[DEID_EN], "check_ja",
							  k->title[DEID_JA], "law", k->law[DEID_EN], "law_ja", k->law[DEID_JA],
							  "detail", text(k->detail[DEID_EN]), "detail_ja",
							  text(k->detail[DEID_JA]))) != 0) {
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

/* What the page draws of the column at place A: for each bar its first and last leaf, and shares before and after. */
static json_t *bars_view(const struct deid_report *r, size_t a)
{
	json_t *list = json_array();
	struct report_bars bars;

	report_bars(r, a, &bars);
	for (uint32_t i = 0; i < bars.n; i++) {
		if (json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:o}", "from", text(report_leaf(r, a, &bars, i, false)), "to",
							  text(report_leaf(r, a, &bars, i, true)), "before", number(bars.share[0][i]), "after",
							  number(bars.share[1][i]))) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* The lattice by height, or null. */
static json_t *lattice_view(const struct deid_report *r)
{
	struct report_lattice l;
	json_t *list;

	if (!report_lattice(r, &l))
		return json_null();
	list = json_array();
	for (unsigned h = 0; h <= l.top; h++)
		if (json_array_append_new(list, number(l.at[h])) != 0) {
			json_decref(list);
			return NULL;
		}
	return json_pack("{s:o, s:i, s:o}", "transformations", number(l.all), "height", (int)l.chosen, "by_height", list);
}

static json_t *attributes_view(const struct deid_report *r)
{
	const struct deid_table *t = &r->run->table;
	const struct deid_measures *m = r->measures;
	json_t *list = json_array();

	for (size_t a = 0; a < t->quasi + t->sensitive; a++) {
		const struct deid_column *c = t->slot[a];
		json_t *o = json_pack("{s:o, s:s, s:i, s:o, s:o, s:o}", "name", text(c->name), "role",
				      c->role == DEID_QUASI ? "quasi-identifying" : "sensitive", "levels", (int)c->h->levels,
				      "total_variation", number(m->attribute[a].total_variation), "hellinger",
				      number(m->attribute[a].hellinger), "bars", bars_view(r, a));

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

/* The noise of one column. */
static json_t *noised_view(const struct deid_noised *n)
{
	double step = (double)n->step.num / (double)n->step.den, scale = (double)n->scale.num / (double)n->scale.den;
	bool range = n->asked.has_range;

	return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:o}", "column", text(n->asked.column), "distribution",
			 n->asked.gaussian ? "discrete gaussian" : "discrete laplace", "scale", number(scale * step), "step", number(step), "epsilon",
			 number(n->asked.epsilon ? (double)n->asked.size.num / (double)n->asked.size.den : NAN), "low",
			 number(range ? (double)n->low * step : NAN), "high", number(range ? (double)n->high * step : NAN), "records",
			 (json_int_t)n->records, "empty", (json_int_t)n->empty, "clamped", (json_int_t)n->clamped, "changed",
			 (json_int_t)n->changed, "mean_absolute_change", number(n->moved));
}

static json_t *noise_view(const struct deid_run *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->noises; i++)
		if (json_array_append_new(list, noised_view(&r->noised[i])) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

/* What differential privacy was made with; null without. */
static json_t *private_view(const struct deid_run *r)
{
	const struct deid_private *p = r->private;

	if (!p)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:I, s:I, s:I}", "epsilon", number((double)p->epsilon.num / (double)p->epsilon.den), "delta",
			 number((double)p->delta.num / (double)p->delta.den), "chance",
			 number(1 - exp(-(double)p->epsilon.num / (double)p->epsilon.den)), "k", (json_int_t)p->k, "records",
			 (json_int_t)p->records, "drawn", (json_int_t)r->table.rows);
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

/* SHOWN with all members of MORE; NULL when there is no memory for either.  Takes both. */
static json_t *join(json_t *shown, json_t *more)
{
	if (!shown || !more || json_object_update(shown, more) != 0) {
		json_decref(shown);
		shown = NULL;
	}
	json_decref(more);
	return shown;
}

static json_t *sentences_view(const struct deid_report *r)
{
	struct said said;
	struct buf made;
	json_t *o;

	said_init(&said);
	for (int l = 0; l < DEID_LANGUAGES; l++)
		deid_report_sentence(r, (enum deid_language)l, &said.in[l]);
	buf_init(&made);
	moment_write(&made, clock_now(r->run->job->clock));
	o = json_pack("{s:s, s:o, s:o, s:o}", "format", "sekisho deidentification 1", "made", text(buf_view(&made)), "summary", text(buf_view(&said.in[DEID_EN])), "summary_ja", text(buf_view(&said.in[DEID_JA])));
	said_free(&said);
	buf_free(&made);
	return o;
}

static json_t *texts_view(const struct deid_checks *c)
{
	return json_pack("{s:o, s:o, s:o, s:o}", "notice", text(c->notice[DEID_JA]), "statement", text(c->statement[DEID_JA]), "notice_en",
			 text(c->notice[DEID_EN]), "statement_en", text(c->statement[DEID_EN]));
}

static json_t *safety_view(const struct deid_report *r)
{
	const struct deid_measures *m = r->measures;
	const struct deid_run *run = r->run;

	return json_pack("{s:o, s:{s:o, s:o, s:o, s:i, s:I}, s:{s:o, s:o, s:o}, s:o}", "checks", checks_view(r->checks), "risk", "before",
			 risk_view(&m->before, 0), "after", risk_view(&m->after, m->journalist), "identifying_combinations",
			 minimal_view(run, m), "combinations_up_to", (int)m->minimal_up_to, "population_size",
			 (json_int_t)run->problem.population_size, "utility", "attributes", attributes_view(r), "class_sizes_before",
			 sizes_view(&run->before), "class_sizes_after", sizes_view(&run->after), "lattice", lattice_view(r));
}

/* Each column that is aggregated, with what that lost of it. */
static json_t *aggregated_view(const struct deid_run *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->aggregates; i++) {
		const struct deid_aggregated *a = &r->aggregated[i];
		json_t *o = json_pack("{s:o, s:s, s:I, s:o, s:o, s:o}", "name", text(a->column->name), "how", deid_aggregate_name(a->how),
				      "groups", (json_int_t)r->shown, "sse", number(a->measured ? a->sse : NAN), "sst",
				      number(a->measured ? a->sst : NAN), "loss", number(deid_aggregate_loss(a)));

		if (json_array_append_new(list, o) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *effort_view(const struct deid_report *r)
{
	const struct deid_run *run = r->run;

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:o, s:o, s:o, s:I}", "models", models_view(run), "local",
			 local_view(run), "microaggregated", aggregated_view(run), "noise", noise_view(run), "private",
			 private_view(run), "blocks", blocks_view(run), "evaluated", (json_int_t)run->found.evaluated, "threads",
			 (json_int_t)run->found.threads, "read_ms", number(ms(run->read_us)), "search_ms",
			 number(ms(run->search_us)), "write_ms", number(ms(r->write_us)), "peak_kb", (json_int_t)r->peak_kb);
}

json_t *deid_report_view(const struct deid_report *r)
{
	return join(join(join(join(sentences_view(r), outcome_view(r->run)), effort_view(r)), safety_view(r)), texts_view(r->checks));
}
