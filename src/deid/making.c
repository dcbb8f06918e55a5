#include "deid/making.h"

#include <string.h>

#include "base/csv.h"
#include "crypto/crypto.h"
#include "crypto/hash.h"
#include "deid/narrow.h"
#include "deid/report.h"
#include "vault/value.h"

enum { TRIES = 4, ASK_EVERY = 256 };

/* An earlier release, and where its columns are among those of this one. */
struct earlier {
	struct deid_release release;
	const size_t *column;
};

/* One try. */
struct attempt {
	struct deid_making *m;
	struct gather *gather;
	const struct policy_derived *set;
	struct deid_treatment *columns;
	size_t n;
	struct earlier *earlier;
	size_t n_earlier;
	struct deid_narrowing narrowing;

	/* of the row at hand */
	struct buf *value; /* by column, as stored */
	struct buf key;	   /* as this release writes it */
	struct buf *other; /* as each earlier one would */
	struct str *views; /* the same */
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

static const struct node *declaration(const struct attempt *t)
{
	const struct node *sets = node_get(node_get(gather_policy(t->gather)->root, "deidentified"), "anonymized");

	return node_find(sets, t->set->id);
}

/* The policy's k as a model ("k=10") into *MODEL. */
static result declared_model(struct attempt *t, struct str *model, struct error *e)
{
	const struct node *n = node_get(declaration(t), "model");
	struct str k = node_text(n, "k");
	struct buf text;

	if (!k.n || node_get(n, "l") || node_get(n, "t"))
		return error_set(e, CODE_MODEL_INVALID, "the set \"%.*s\" needs a model with k and without l and t, which are about one column",
				 (int)t->set->id.n, t->set->id.p);
	if (!str_to_u64(k, UINT32_MAX, &t->m->recorded.facts.k))
		return error_set(e, CODE_MODEL_INVALID, "k is no number");
	buf_init(&text);
	buf_text(&text, "k=");
	buf_str(&text, k);
	*model = str_copy(&t->m->arena, buf_view(&text));
	buf_free(&text);
	return model->p ? RESULT_OK : no_memory(e);
}

/* How each column is treated, and the same as one text for the entry. */
static result declared_columns(struct attempt *t, struct error *e)
{
	const struct node *output = node_get(declaration(t), "output");
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

		r = deid_treatment_of(node_find(output, item), item, a, &t->columns[i], e);
		buf_text(&method, i ? "," : "");
		buf_str(&method, item);
		buf_byte(&method, '=');
		buf_str(&method, t->columns[i].how);
	}
	t->m->recorded.facts.method = str_copy(a, buf_view(&method));
	buf_free(&method);
	return ok(r) && !t->m->recorded.facts.method.p ? no_memory(e) : r;
}

/* Earlier releases ------------------------------------------------------------------------------------------ */

static result place_columns(struct attempt *t, struct earlier *x, uint32_t number, struct error *e)
{
	size_t *column = arena_array(&t->m->arena, x->release.n_columns + 1, sizeof *column);

	if (!column)
		return no_memory(e);
	x->column = column;
	for (size_t i = 0; i < x->release.n_columns; i++) {
		while (column[i] < t->n && !str_eq(t->columns[column[i]].item, x->release.columns[i].item))
			column[i]++;
		if (column[i] == t->n)
			return error_set(e, CODE_SET_NARROWED,
					 "release %u of this set has the column \"%.*s\", which this one lacks: what both together tell cannot be "
					 "measured; declare the set anew under another id",
					 (unsigned)number, (int)x->release.columns[i].item.n, x->release.columns[i].item.p);
	}
	return RESULT_OK;
}

static result load_earlier(struct attempt *t, struct error *e)
{
	struct arena *a = &t->m->arena;
	struct db *d = access_reader_db(t->m->reader, e);
	struct releases list;
	result r;

	if (!d)
		return RESULT_FAIL;
	r = releases_list(d, t->set->number, a, &list, e);
	access_reader_rest(t->m->reader);
	if (!ok(r))
		return r;
	t->n_earlier = list.n;
	t->earlier = arena_array(a, list.n + 1, sizeof *t->earlier);
	t->other = arena_array(a, list.n + 1, sizeof *t->other);
	t->views = arena_array(a, list.n + 1, sizeof *t->views);
	if (!t->earlier || !t->other || !t->views)
		return no_memory(e);
	TRY(deid_narrowing_init(&t->narrowing, list.n, a, e));
	for (size_t i = 0; i < list.n; i++) {
		struct earlier *x = &t->earlier[i];

		TRY(deid_release_parse(list.at[i].facts.content, a, &x->release, e));
		TRY(place_columns(t, x, list.at[i].release, e));
		for (size_t c = 0; c < x->release.n_classes; c++)
			TRY(deid_narrowing_published(&t->narrowing, i, x->release.classes[c].key, e));
	}
	return RESULT_OK;
}

/* The row at hand as the earlier releases would write it. */
static result remember_row(struct attempt *t, struct error *e)
{
	for (size_t i = 0; i < t->n_earlier; i++) {
		const struct earlier *x = &t->earlier[i];
		bool placed = true;

		buf_reset(&t->other[i]);
		for (size_t c = 0; c < x->release.n_columns && placed; c++) {
			placed = deid_treat(&x->release.columns[c], buf_view(&t->value[x->column[c]]), &t->other[i]);
			buf_byte(&t->other[i], DEID_KEY_END);
		}
		t->views[i] = placed ? buf_view(&t->other[i]) : (struct str){NULL, 0};
	}
	return deid_narrowing_add(&t->narrowing, buf_view(&t->key), t->views, 1, e);
}

/* Rows ------------------------------------------------------------------------------------------------------ */

/* Puts one element of a value into the buffer CTX, several joined by bars; what would end a field becomes a blank. */
static bool put_element(void *ctx, struct str element)
{
	struct buf *b = ctx;

	if (b->n)
		buf_byte(b, '|');
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
		if (!deid_treat(&t->columns[i], buf_view(&t->value[i]), &t->key)) {
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
	return remember_row(t, e);
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

static result make_job(struct attempt *t, const struct source *from, struct deid_job *j, struct error *e)
{
	struct str *names = arena_array(&t->m->arena, t->n + 1, sizeof *names), *model = arena_new(&t->m->arena, struct str);

	if (!names || !model)
		return no_memory(e);
	for (size_t i = 0; i < t->n; i++)
		names[i] = t->columns[i].item;
	TRY(declared_model(t, model, e));
	*j = (struct deid_job){
		.input = "the set", .from = from, .flat = true, .separator = ',', .quasi = {names, t->n}, .models = {model, 1},
		.suppression = {1, 1}, .clock = access_clock(t->m->access), .metric = DEID_DISCERNABILITY,
	};
	return RESULT_OK;
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

/* What all releases together tell apart, into RUN's figures. */
static result measure_earlier(struct attempt *t, struct deid_run *run, struct error *e)
{
	struct deid_dict kept;
	result r = RESULT_OK;

	deid_dict_init(&kept);
	for (size_t i = 0; i < t->m->release.n_classes && ok(r); i++)
		if (deid_dict_add(&kept, t->m->release.classes[i].key) == DEID_NONE)
			r = no_memory(e);
	if (ok(r))
		r = deid_narrowing_smallest(&t->narrowing, &kept, &run->narrowed, e);
	run->earlier = t->n_earlier;
	deid_dict_free(&kept);
	return r;
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
	return deid_checks_verdict(checks, e);
}

/* From the rows of T's gather to what may be recorded. */
static result transform(struct attempt *t, struct error *e)
{
	const struct source from = {pull, t};
	struct deid_job job;
	struct deid_run run = {.files = 0};
	struct deid_measures measures = {.minimals = 0};
	struct deid_checks checks = {.n = 0};
	struct deid_report report = {.run = &run, .measures = &measures, .checks = &checks};
	result r = RESULT_FAIL;

	TRY(make_job(t, &from, &job, e));
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
	TRY_OUT(measure_earlier(t, &run, e));
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
	struct arena *a = &t->m->arena;

	t->set = gather_set(t->gather);
	TRY(declared_columns(t, e));
	t->value = arena_array(a, t->n + 1, sizeof *t->value);
	if (!t->value)
		return no_memory(e);
	return load_earlier(t, e);
}

static void attempt_free(struct attempt *t)
{
	for (size_t i = 0; t->value && i < t->n; i++)
		buf_wipe(&t->value[i]);
	for (size_t i = 0; t->other && i < t->n_earlier; i++)
		buf_free(&t->other[i]);
	buf_free(&t->key);
	buf_free(&t->text);
	deid_narrowing_free(&t->narrowing);
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
