#include "deid/making.h"

#include <string.h>

#include "base/csv.h"
#include "crypto/crypto.h"
#include "crypto/hash.h"
#include "deid/earlier.h"
#include "deid/report.h"
#include "vault/value.h"

enum { TRIES = 4, ASK_EVERY = 256 };

/* One try. */
struct attempt {
	struct deid_making *m;
	struct gather *gather;
	const struct policy_derived *set;
	struct deid_treatment *columns;
	size_t n;
	struct deid_names models; /* as texts */
	struct deid_names classing, sensitive; /* columns, those that form classes first */
	struct gated *gated; /* all versions of the policy */
	struct deid_earlier earlier;

	/* of the row at hand */
	struct buf *value; /* by column, as stored */
	struct buf key;	   /* as this release writes it */
	struct buf text;   /* the table as CSV, as far as it was made and not yet taken */
	size_t taken;
	bool begun;
};

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a set");
}

void deid_making_init(struct deid_making *m)
{
	*m = (struct deid_making){.access = NULL};
	arena_init(&m->arena, 0, false);
	op_made_set_init(&m->recorded);
	buf_init(&m->page);
}

void deid_making_free(struct deid_making *m)
{
	op_release(&m->recorded.op);
	json_decref(m->report);
	buf_free(&m->page);
	arena_free(&m->arena);
}

/* Asks whether T is to go on. */
static result ask_whether(const struct attempt *t, struct error *e)
{
	const struct gather_counts *n = gather_counts(t->gather);

	if (!t->m->goes_on || t->m->goes_on(t->m->ctx, n->taken + n->left_out))
		return RESULT_OK;
	return error_set(e, CODE_STOPPING, "it was broken off, and nothing was made");
}

/* What the policy declares ---------------------------------------------------------------------------------- */

/* The model NAME=NUMBER, of COLUMN unless it is empty, as a text of T's into *OUT. */
static result model_text(struct attempt *t, const char *name, struct str number, struct str column, struct str *out, struct error *e)
{
	struct buf text;

	buf_init(&text);
	buf_text(&text, name);
	buf_byte(&text, '=');
	buf_str(&text, number);
	if (column.n) {
		buf_byte(&text, ':');
		buf_str(&text, column);
	}
	*out = str_copy(&t->m->arena, buf_view(&text));
	buf_free(&text);
	return out->p ? RESULT_OK : no_memory(e);
}

static result count_model(struct attempt *t, const char *name, uint64_t count, struct str column, struct str *out, struct error *e)
{
	struct buf number;
	result r;

	buf_init(&number);
	buf_u64(&number, count);
	r = model_text(t, name, buf_view(&number), column, out, e);
	buf_free(&number);
	return r;
}

/* The policy's models as texts ("k=10", "distinct-l=3:purchase", "t=0.2:purchase"), and as one for the entry. */
static result declared_models(struct attempt *t, struct error *e)
{
	struct str *models = arena_array(&t->m->arena, 2 * t->n + 1, sizeof *models);
	const struct policy_derived *set = t->set;
	struct buf all;
	size_t n = 0;

	if (!models)
		return no_memory(e);
	if (set->k < 2)
		return error_set(e, CODE_MODEL_INVALID, "the set \"%.*s\" needs a model with a k of 2 or more", (int)set->id.n, set->id.p);
	t->m->recorded.facts.k = set->k;
	TRY(count_model(t, "k", set->k, (struct str){NULL, 0}, &models[n++], e));
	for (size_t i = 0; i < t->n; i++) {
		if (set->outputs[i].l)
			TRY(count_model(t, "distinct-l", set->outputs[i].l, t->columns[i].item, &models[n++], e));
		if (set->outputs[i].t.n)
			TRY(model_text(t, "t", set->outputs[i].t, t->columns[i].item, &models[n++], e));
	}
	t->models = (struct deid_names){models, n};
	buf_init(&all);
	for (size_t i = 0; i < n; i++) {
		buf_text(&all, i ? "," : "");
		buf_str(&all, models[i]);
	}
	t->m->recorded.facts.models = str_copy(&t->m->arena, buf_view(&all));
	buf_free(&all);
	return t->m->recorded.facts.models.p ? RESULT_OK : no_memory(e);
}

/* How each column is treated, and the same as one text for the entry. */
static result declared_columns(struct attempt *t, struct error *e)
{
	struct arena *a = &t->m->arena;
	struct buf method;
	result r = RESULT_OK;

	t->n = gather_columns(t->gather);
	t->columns = arena_array(a, t->n + 1, sizeof *t->columns);
	if (!t->columns)
		return no_memory(e);
	buf_init(&method);
	for (size_t i = 0; i < t->n && ok(r); i++) {
		struct str item = gather_column(t->gather, i)->id;

		r = deid_treatment_of(&t->set->outputs[i], item, a, &t->columns[i], e);
		buf_text(&method, i ? "," : "");
		buf_str(&method, item);
		buf_byte(&method, '=');
		buf_str(&method, t->columns[i].how);
	}
	t->m->recorded.facts.method = str_copy(a, buf_view(&method));
	buf_free(&method);
	return ok(r) && !t->m->recorded.facts.method.p ? no_memory(e) : r;
}

/* Rows ------------------------------------------------------------------------------------------------------ */

/* Puts one element of a value into the buffer CTX; what would end a field becomes a blank. */
static bool put_element(void *ctx, struct str element)
{
	struct buf *b = ctx;

	if (b->n)
		buf_byte(b, DEID_ELEMENT_END);
	for (size_t i = 0; i < element.n; i++)
		buf_byte(b, (unsigned char)element.p[i] < 0x20 ? ' ' : element.p[i]);
	return true;
}

/* The value JSON as text into B; false when there is none. */
static bool value_text(struct str json, struct buf *b)
{
	buf_reset(b);
	return json.n && value_each(json, put_element, b) && b->n;
}

/* Treats ROW into t->key; *KEPT says whether it is in the table. */
static void treat_row(struct attempt *t, const struct gather_row *row, bool *kept)
{
	*kept = false;
	buf_reset(&t->key);
	for (size_t i = 0; i < t->n; i++) {
		if (!value_text(row->values[i], &t->value[i])) {
			t->m->incomplete++;
			return;
		}
		if (!deid_treat_all(&t->columns[i], buf_view(&t->value[i]), &t->key)) {
			t->m->unplaced++;
			return;
		}
		buf_byte(&t->key, DEID_KEY_END);
	}
	*kept = true;
}

/* The row at hand as a line of the table. */
static void write_line(struct attempt *t)
{
	struct str rest = buf_view(&t->key);
	bool first = true;

	while (rest.n) {
		size_t end = str_find(rest, DEID_KEY_END);

		if (!first)
			buf_byte(&t->text, ',');
		csv_write(&t->text, str_sub(rest, 0, end), ',');
		rest = str_sub(rest, end + 1, rest.n);
		first = false;
	}
	buf_byte(&t->text, '\n');
}

/* The header, at first, else the next row that is in the table, into t->text; it stays empty at the end. */
static result make_text(struct attempt *t, struct error *e)
{
	struct gather_row row;
	bool more = true, kept = false;

	buf_reset(&t->text);
	t->taken = 0;
	if (!t->begun) {
		for (size_t i = 0; i < t->n; i++) {
			buf_text(&t->text, i ? "," : "");
			csv_write(&t->text, t->columns[i].item, ',');
		}
		buf_byte(&t->text, '\n');
		t->begun = true;
		return RESULT_OK;
	}
	while (!kept) {
		TRY(gather_next(t->gather, &row, &more, e));
		if (!more)
			return RESULT_OK;
		if (gather_counts(t->gather)->taken % ASK_EVERY == 0)
			TRY(ask_whether(t, e));
		treat_row(t, &row, &kept);
	}
	write_line(t);
	return deid_earlier_add(&t->earlier, buf_view(&t->key), t->value, e);
}

/* A source of the table as CSV. */
static result pull(void *ctx, char *out, size_t cap, size_t *n, struct error *e)
{
	struct attempt *t = ctx;

	*n = 0;
	if (t->taken == t->text.n)
		TRY(make_text(t, e));
	if (!buf_ok(&t->text) || !buf_ok(&t->key))
		return no_memory(e);
	*n = t->text.n - t->taken < cap ? t->text.n - t->taken : cap;
	if (*n)
		memcpy(out, t->text.p + t->taken, *n);
	t->taken += *n;
	return RESULT_OK;
}

/* Making ---------------------------------------------------------------------------------------------------- */

/* The names of T's columns, those that form classes apart from those under l or t. */
static result name_columns(struct attempt *t, struct error *e)
{
	struct str *classing = arena_array(&t->m->arena, t->n + 1, sizeof *classing);
	struct str *sensitive = arena_array(&t->m->arena, t->n + 1, sizeof *sensitive);

	if (!classing || !sensitive)
		return no_memory(e);
	t->classing = (struct deid_names){classing, 0};
	t->sensitive = (struct deid_names){sensitive, 0};
	for (size_t i = 0; i < t->n; i++) {
		if (t->columns[i].sensitive)
			sensitive[t->sensitive.n++] = t->columns[i].item;
		else
			classing[t->classing.n++] = t->columns[i].item;
	}
	return t->classing.n ? RESULT_OK : error_set(e, CODE_MODEL_INVALID, "all columns of the set are under l or t: none is left to form classes");
}

static struct deid_job make_job(const struct attempt *t, const struct source *from)
{
	return (struct deid_job){
		.input = "the set", .from = from, .flat = true, .separator = ',', .quasi = t->classing, .sensitive = t->sensitive,
		.models = t->models, .suppression = {1, 1}, .clock = access_clock(t->m->access), .metric = DEID_DISCERNABILITY,
	};
}

/* The language of reports that TAG ("ja") names; DEID_LANGUAGES: none. */
static enum deid_language language_of(struct str tag)
{
	return str_is(tag, "ja") ? DEID_JA : str_is(tag, "en") ? DEID_EN : DEID_LANGUAGES;
}

/* Puts into CHECKS, in language INTO, what the policy's own texts say in its language FROM. */
static result tell_in(struct attempt *t, struct deid_checks *checks, size_t from, enum deid_language into, struct error *e)
{
	struct buf published, told;

	buf_init(&published);
	buf_init(&told);
	t->m->tell(t->m->ctx, gather_policy(t->gather), t->set, from, &published, &told);
	checks->notice[into] = str_copy(&checks->arena, buf_view(&published));
	checks->statement[into] = str_copy(&checks->arena, buf_view(&told));
	for (size_t i = 0; i < checks->n; i++)
		if (checks->at[i].verdict == DEID_PASSED && str_is(str_of(checks->at[i].id), "publication"))
			checks->at[i].detail[into] = checks->notice[into];
	buf_free(&published);
	buf_free(&told);
	return checks->notice[into].p && checks->statement[into].p ? RESULT_OK : no_memory(e);
}

/* Puts into CHECKS what the policy's own texts say of publication and to the recipient, and into REPORT the policy's languages. */
static result tell_checks(struct attempt *t, struct deid_checks *checks, struct deid_report *report, struct error *e)
{
	const struct policy *p = gather_policy(t->gather);

	for (size_t i = 0; i < p->n_languages; i++) {
		enum deid_language into = language_of(p->languages[i]);

		if (into == DEID_LANGUAGES)
			continue;
		report->languages |= 1U << into;
		if ((int)i == p->default_language)
			report->first = into;
		if (t->m->tell)
			TRY(tell_in(t, checks, i, into, e));
	}
	return RESULT_OK;
}

static result write_reports(struct deid_making *m, const struct deid_report *report, struct error *e)
{
	json_decref(m->report);
	m->report = deid_report_view(report);
	buf_reset(&m->page);
	deid_report_html(report, &m->page);
	return m->report && buf_ok(&m->page) ? RESULT_OK : no_memory(e);
}

/* The facts of what RUN made, for the record. */
static result take_facts(struct attempt *t, const struct deid_run *run, struct error *e)
{
	struct release_facts *f = &t->m->recorded.facts;
	struct buf text;

	f->records = t->m->release.records;
	f->suppressed = run->suppressed;
	f->left_out = gather_counts(t->gather)->left_out + t->m->incomplete + t->m->unplaced;
	f->smallest = run->after.n ? run->after.at[0].size : 0;
	f->narrowed = run->earlier ? run->narrowed : 0;
	gather_hash(t->gather, f->input);
	buf_init(&text);
	deid_release_csv(&t->m->release, &text);
	hash_sha256(text.p, text.n, f->output);
	buf_free(&text);
	buf_init(&text);
	deid_release_write(&t->m->release, &text);
	f->content = str_copy(&t->m->arena, buf_view(&text));
	buf_free(&text);
	return f->content.p ? RESULT_OK : no_memory(e);
}

/* The check that failed for CHECKS as the code that the log has of it. */
static result verdict(const struct deid_run *run, const struct deid_checks *checks, struct error *e)
{
	uint64_t k = run->model[0].count;

	if (run->earlier && run->narrowed && run->narrowed < k)
		return error_set(e, CODE_SET_NARROWED,
				 "whoever holds this and the %zu earlier releases of the set could narrow somebody down to one of %llu; at least "
				 "%llu are asked for",
				 run->earlier, (unsigned long long)run->narrowed, (unsigned long long)k);
	if (run->told.n)
		return error_set(e, CODE_SET_NARROWED,
				 "whoever holds this and the %zu earlier releases of the set could learn more of the column \"%.*s\" than its model "
				 "allows",
				 run->earlier, (int)run->told.n, run->told.p);
	return deid_checks_verdict(checks, e);
}

/* From the rows of T's gather to what may be recorded. */
static result transform(struct attempt *t, struct error *e)
{
	const struct source from = {pull, t};
	const struct deid_job job = make_job(t, &from);
	struct deid_run run = {.files = 0};
	struct deid_measures measures = {.minimals = 0};
	struct deid_checks checks = {.n = 0};
	struct deid_report report = {.run = &run, .measures = &measures, .checks = &checks};
	result r = RESULT_FAIL;

	if (!ok(deid_job_run(&job, &run, e))) {
		/* nobody is in it */
		if (e->code == CODE_MALFORMED && run.table.rows == 0) {
			error_clear(e);
			(void)error_set(e, CODE_NO_TRANSFORMATION, "nobody has values that may serve and are complete"); /* ignored: only sets */
		}
		goto out;
	}
	TRY_OUT(deid_release_make(&run, t->columns, &t->m->arena, &t->m->release, e));
	if (t->m->release.records == 0) {
		(void)error_set(e, CODE_NO_TRANSFORMATION, "no class of %llu records or more is among %llu",
				(unsigned long long)run.model[0].count, (unsigned long long)run.table.rows); /* ignored: only sets */
		goto out;
	}
	TRY_OUT(ask_whether(t, e));
	TRY_OUT(deid_earlier_measure(&t->earlier, &t->m->release, &run, e));
	TRY_OUT(deid_measure(&run, &measures, e));
	TRY_OUT(deid_check(&run, &checks, e));
	TRY_OUT(tell_checks(t, &checks, &report, e));
	TRY_OUT(write_reports(t->m, &report, e));
	TRY_OUT(verdict(&run, &checks, e));
	TRY_OUT(ask_whether(t, e));
	r = take_facts(t, &run, e);
out:
	deid_measures_free(&measures);
	deid_checks_free(&checks);
	deid_run_free(&run);
	return r;
}

static result prepare(struct attempt *t, struct error *e)
{
	struct deid_earlier_ask ask;

	t->set = gather_set(t->gather);
	TRY(declared_columns(t, e));
	TRY(declared_models(t, e));
	TRY(name_columns(t, e));
	t->value = arena_array(&t->m->arena, t->n + 1, sizeof *t->value);
	if (!t->value)
		return no_memory(e);
	t->gated = access_gated(t->m->access);
	if (!t->gated)
		return error_set(e, CODE_TOO_LATE, "no version of the policy is in force any more");
	ask = (struct deid_earlier_ask){t->m->reader, t->gated->set, t->set, t->columns, t->n, t->models};
	return deid_earlier_load(&t->earlier, &ask, &t->m->arena, e);
}

static void attempt_free(struct attempt *t)
{
	for (size_t i = 0; t->value && i < t->n; i++)
		buf_wipe(&t->value[i]);
	buf_free(&t->key);
	buf_free(&t->text);
	deid_earlier_free(&t->earlier);
	gated_unref(t->gated);
	gather_free(t->gather);
}

/* True when E is about the set itself rather than about this moment or machine: then it is recorded as a refusal. */
static bool is_refusal(const struct error *e)
{
	enum error_class class = code_class(e->code);

	return class == CLASS_REFUSED || class == CLASS_BAD_INPUT;
}

/* Records what T made, or WHY it was refused (NULL: it was not); *AGAIN when it has to be made anew. */
static result record(struct attempt *t, const struct error *why, bool *again, struct error *e)
{
	struct op_made_set *r = &t->m->recorded;
	struct release_facts facts = r->facts;

	op_release(&r->op);
	op_made_set_init(r);
	r->facts = facts;
	r->set = t->m->set;
	r->recipient = t->m->recipient;
	r->means = t->m->means;
	r->gather = t->gather;
	if (why)
		r->failed = *why;
	r->op.actor = t->m->actor;
	r->op.request = uuid_make(access_now(t->m->access), access_entropy(t->m->access));
	access_run(t->m->reader, &r->op);
	if (r->op.outcome == OP_COMMITTED && r->op.error.code == CODE_NONE)
		return RESULT_OK;
	*again = !why && r->op.outcome != OP_COMMITTED && r->op.error.code == CODE_TOO_LATE;
	error_clear(e);
	*e = r->op.error;
	return RESULT_FAIL;
}

/* Makes the set once; *AGAIN when persons in it have changed meanwhile. */
static result make_once(struct deid_making *m, bool *again, struct error *e)
{
	struct attempt t = {.m = m};
	struct error why = {0};
	bool stands = false;
	result r;

	*again = false;
	m->incomplete = m->unplaced = 0;
	buf_init(&t.key);
	buf_init(&t.text);
	TRY(gather_open(m->access, m->reader, &m->actor, m->set, &t.gather, e));
	/* what is asked wrongly is refused before anything is read */
	if (gather_set(t.gather)->pseudonymized || release_way(gather_set(t.gather), m->recipient, m->means) != CODE_NONE)
		r = record(&t, &why, again, e);
	else if (!ok(prepare(&t, &why)) || !ok(transform(&t, &why)))
		r = is_refusal(&why) ? record(&t, &why, again, e) : error_set(e, why.code, "%s", why.message);
	else if (!ok(gather_settle(t.gather, &stands, e)))
		r = RESULT_FAIL;
	else if (stands)
		r = record(&t, NULL, again, e);
	else {
		*again = true;
		r = error_set(e, CODE_TOO_LATE, "who may be in the set kept changing while it was made");
	}
	attempt_free(&t);
	return r;
}

result deid_make(struct deid_making *m, struct error *e)
{
	bool again = true;

	for (int tries = 0; tries < TRIES && again; tries++) {
		error_clear(e);
		if (ok(make_once(m, &again, e)))
			return RESULT_OK;
	}
	return RESULT_FAIL;
}
