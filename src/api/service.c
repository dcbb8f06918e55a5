/* What operators look at, and the view of the status page. */
#include "access/counts.h"
#include "access/instance.h"
#include "access/sequencer.h"
#include "access/set_look.h"
#include "api/handlers.h"
#include "api/view.h"
#include "api/openapi.h"
#include "evidence/checkpoint.h"
#include "evidence/reader.h"

/* Health ---------------------------------------------------------------------------------------------------- */

void handle_health(struct http_request *r, void *ctx)
{
	(void)ctx;
	http_answer(r, 200, "application/json", STR("{\"status\":\"ok\"}"));
}

/* The counters of A's server; all zero in the moment of its start. */
static struct http_counts counts_of(const struct api *a)
{
	const struct http_server *s = a->http;

	return s ? http_counts((struct http_server *)s) : (struct http_counts){0};
}

/* Ready: a policy is in force, the database answers, and no answer is stuck. */
void handle_ready(struct http_request *r, void *ctx)
{
	enum { STUCK_MS = 5000 };
	struct api *a = ctx;
	struct access_reader *reader = api_reader(a);
	struct gated *g = access_gated(a->access);
	struct error e = {0};
	bool ready = g && g->policy && reader && access_reader_db(reader, &e) &&
		     counts_of(a).oldest_parked_ms < STUCK_MS;

	gated_unref(g);
	if (ready) {
		http_answer(r, 200, "application/json", STR("{\"status\":\"ready\"}"));
		return;
	}
	(void)error_set(&e, CODE_STOPPING, "no policy is in force, the database does not answer, or answers are stuck"); /* ignored: only sets */
	api_problem(r, &e);
}

static void metric(struct buf *b, const char *name, const char *kind, const char *help, uint64_t value)
{
	buf_printf(b, "# HELP sekisho_%s %s\n# TYPE sekisho_%s %s\nsekisho_%s %llu\n", name, help, name, kind, name,
		   (unsigned long long)value);
}

/* What is said of each set, and how. */
struct set_gauge {
	const char *name, *help;
	/* The value for the set X at NOW in ZONE into *OUT, in seconds or a number; false when there is none. */
	bool (*value)(const struct set_looked *x, moment now, int zone, int64_t *out);
};

static bool due_in(const struct set_looked *x, moment now, int zone, int64_t *out)
{
	if (x->due == DATE_NONE)
		return false;
	*out = (date_start(x->due, zone) - now) / MS_PER_SECOND;
	return true;
}

static bool last_age(const struct set_looked *x, moment now, int zone, int64_t *out)
{
	(void)zone;
	if (x->last == MOMENT_NONE)
		return false;
	*out = (now - x->last) / MS_PER_SECOND;
	return true;
}

static bool broken_off(const struct set_looked *x, moment now, int zone, int64_t *out)
{
	(void)now;
	(void)zone;
	*out = (int64_t)x->broken_off;
	return x->set->pseudonymized;
}

static const struct set_gauge set_gauges[] = {
	{"set_due_seconds", "Until the next release of a set is due; below zero: since it is.", due_in},
	{"set_last_age_seconds", "Since the last run of a set was begun, or its last release made.", last_age},
	{"set_runs_broken_off", "Runs of a pseudonymized set that were broken off, of all that are on record.", broken_off},
};

/* Appends to B what there is to say of the sets of A's policy; nothing when they cannot be read. */
static void set_metrics(struct api *a, struct buf *b)
{
	struct gated *g = access_gated(a->access);
	struct access_reader *reader = api_reader(a);
	struct db *d = reader ? access_reader_db(reader, NULL) : NULL;
	struct sets_looked sets = {.n = 0};
	struct arena arena;
	moment now = access_now(a->access);

	arena_init(&arena, 0, false);
	if (g && g->policy && d && ok(access_sets(a->access, g, d, &arena, &sets, NULL)))
		for (size_t i = 0; i < sizeof set_gauges / sizeof *set_gauges; i++) {
			const struct set_gauge *m = &set_gauges[i];
			int64_t value;

			buf_printf(b, "# HELP sekisho_%s %s\n# TYPE sekisho_%s gauge\n", m->name, m->help, m->name);
			for (size_t k = 0; k < sets.n; k++)
				if (m->value(&sets.at[k], now, g->policy->zone, &value)) /* an id is of [a-z0-9_] */
					buf_printf(b, "sekisho_%s{set=\"%s\"} %lld\n", m->name, sets.at[k].set->id.p, (long long)value);
		}
	if (reader)
		access_reader_rest(reader);
	arena_free(&arena);
	gated_unref(g);
}

void handle_metrics(struct http_request *r, void *ctx)
{
	struct api *a = ctx;
	struct http_counts h = counts_of(a);
	struct sequencer_counts s = sequencer_counts(access_sequencer(a->access));
	struct purpose_count decided;
	struct run_count runs;
	struct buf b;

	counts_total(access_counts(a->access), &decided);
	counts_runs(access_counts(a->access), &runs);
	buf_init(&b);
	metric(&b, "http_requests_total", "counter", "Requests taken in.", h.requests);
	metric(&b, "http_answers_total", "counter", "Answers given.", h.answers);
	metric(&b, "http_refused_total", "counter", "Requests refused before any handler.", h.refused);
	metric(&b, "http_connections", "gauge", "Open connections.", h.open);
	metric(&b, "http_parked", "gauge", "Requests waiting for their entry to be committed.", h.parked);
	metric(&b, "http_oldest_parked_milliseconds", "gauge", "How long the oldest of them has waited.",
	       (uint64_t)h.oldest_parked_ms);
	metric(&b, "decisions_allowed_total", "counter", "Decisions that allowed something.", decided.allowed);
	metric(&b, "decisions_denied_total", "counter", "Decisions that refused all.", decided.denied);
	metric(&b, "commits_total", "counter", "Commits of the sequencer.", s.batches);
	metric(&b, "operations_total", "counter", "Operations committed.", s.ops);
	metric(&b, "operations_decided_again_total", "counter", "Operations decided a second time before their commit.", s.again);
	metric(&b, "operations_waiting", "gauge", "Operations waiting for a commit.", s.waiting);
	metric(&b, "set_runs_made_total", "counter", "Runs of pseudonymized sets that were made.", runs.of[RUN_MADE]);
	metric(&b, "set_runs_destroyed_total", "counter", "Runs of pseudonymized sets that were destroyed.", runs.of[RUN_DESTROYED]);
	metric(&b, "set_failures_total", "counter", "Runs and releases of sets that were begun and not made.", runs.of[RUN_FAILED]);
	set_metrics(a, &b);
	metric(&b, "housekeeper_failures_total", "counter", "Rounds of the housekeeper that failed; the next tries again.",
	       counts_failures(access_counts(a->access)));
	metric(&b, "log_entries", "gauge", "Entries in the evidence log.", log_size(access_log(a->access)));
	http_answer(r, 200, "text/plain; version=0.0.4; charset=utf-8", buf_view(&b));
	buf_free(&b);
}

void handle_openapi(struct http_request *r, void *ctx)
{
	size_t n;
	const struct http_route *routes = api_routes(&n);

	(void)ctx;
	http_answer_json(r, 200, openapi_document(routes, n));
}

/* The status view ------------------------------------------------------------------------------------------- */

/* The index of LANGUAGE among the policy's, or its default. */
static int language_index(const struct policy *p, const char *language)
{
	for (size_t i = 0; i < p->n_languages; i++)
		if (str_is(p->languages[i], language))
			return (int)i;
	return p->default_language;
}

static json_t *text_of(const struct policy *p, const struct policy_text *t, int language)
{
	struct str s = policy_text_in(p, t, language);

	return json_stringn(s.p ? s.p : "", s.n);
}

/* The controller's name as the policy has it. */
static json_t *organization(const struct policy *p, int language)
{
	const struct node *names = node_get(
		node_find(node_get(p->root, "organizations"), node_text(node_get(p->root, "policy"), "organization")), "name");
	struct str name = names && names->kind == NODE_SCALAR ? names->text : node_text(names, p->languages[language].p);

	return name.n ? json_stringn(name.p, name.n) : json_stringn(p->id.p, p->id.n);
}

static json_t *clauses(const struct policy *p, int language)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->n_clauses; i++)
		if (json_array_append_new(list, json_pack("{s:s, s:o}", "anchor", p->clauses[i].anchor.p, "title",
							  text_of(p, &p->clauses[i].title, language))) != 0)
			break;
	return list;
}

static json_t *today(struct api *a, const struct policy *p, int language)
{
	date day = moment_date(access_now(a->access), p->zone);
	json_t *list = json_array();

	for (size_t i = 0; i < p->n_purposes; i++) {
		struct purpose_count n;

		counts_get(access_counts(a->access), day, p->purposes[i].number, &n);
		if (json_array_append_new(list, json_pack("{s:s, s:o, s:I, s:I}", "id", p->purposes[i].id.p, "title",
							  text_of(p, &p->purposes[i].text, language), "allowed",
							  (json_int_t)n.allowed, "denied", (json_int_t)n.denied)) != 0)
			break;
	}
	return json_pack("{s:o, s:o}", "date", view_date(day), "purposes", list);
}

/* Reads the checkpoint in NOTE, which is our own: its text ends at the blank line. */
static bool checkpoint_of(struct buf *note, struct checkpoint *cp)
{
	struct str text = buf_view(note);

	for (size_t i = 0; i + 1 < text.n; i++)
		if (text.p[i] == '\n' && text.p[i + 1] == '\n')
			return checkpoint_read(str_sub(text, 0, i + 1), cp);
	return false;
}

static json_t *log_view(struct api *a)
{
	struct log *log = access_log(a->access);
	struct checkpoint cp;
	struct buf note, root;
	json_t *v = NULL;

	buf_init(&note);
	buf_init(&root);
	log_checkpoint(log, &note);
	if (checkpoint_of(&note, &cp)) {
		buf_base64(&root, cp.root.b, sizeof cp.root.b);
		v = json_pack("{s:s, s:I, s:I, s:s, s:o}", "origin", access_instance(a->access)->origin, "generation",
			      (json_int_t)log_generation(log), "size", (json_int_t)cp.size, "root", buf_c(&root), "time",
			      view_moment(access_now(a->access)));
	}
	buf_free(&note);
	buf_free(&root);
	return v;
}

static json_t *status_view(struct api *a, const struct policy *p, const char *language)
{
	int l = language_index(p, language);

	return json_pack("{s:s, s:o, s:{s:s, s:i}, s:{s:o, s:I, s:o, s:s*, s:o}, s:o, s:o}", "version", SEKISHO_VERSION, "since",
			 view_moment(a->started), "zone", "name", p->zone_name.p, "minutes", p->zone, "policy",
			 "organization", organization(p, l), "version", (json_int_t)p->version, "effective",
			 view_date(p->effective), "statement",
			 a->pages_state ? "/privacy/" : NULL, "clauses", clauses(p, l), "today", today(a, p, l), "log", log_view(a));
}

json_t *api_status_view(struct api *a, const char *language)
{
	struct gated *g = access_gated(a->access);
	json_t *view = g && g->policy ? status_view(a, g->policy, language) : NULL;

	gated_unref(g);
	return view;
}
