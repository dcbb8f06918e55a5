#include "web/status.h"

#include "web/asset.h"
#include "web/template.h"

/* Widths in the units of the bars' own drawing. */
enum { BAR = 1000, BAR_LEAST = 8, BAR_GAP = 4 };

/* What is read from the caller's view; all borrowed from it. */
struct status {
	const char *version, *since, *zone_name;
	int zone;
	const char *organization, *effective, *statement;
	json_int_t policy_version;
	json_t *clauses, *purposes;
	const char *date;
	const char *origin, *root, *log_time;
	json_int_t generation, size;
};

static result status_read(json_t *view, struct status *s, struct error *e)
{
	json_error_t problem;

	*s = (struct status){.statement = NULL};
	if (json_unpack_ex(view, &problem, 0,
			   "{s:s, s:s, s:{s:s, s:i}, s:{s:s, s:I, s:s, s?s, s:o}, s:{s:s, s:o}, s:{s:s, s:I, s:I, s:s, s:s}}",
			   "version", &s->version, "since", &s->since, "zone", "name", &s->zone_name, "minutes", &s->zone,
			   "policy", "organization", &s->organization, "version", &s->policy_version, "effective",
			   &s->effective, "statement", &s->statement, "clauses", &s->clauses, "today", "date", &s->date,
			   "purposes", &s->purposes, "log", "origin", &s->origin, "generation", &s->generation, "size",
			   &s->size, "root", &s->root, "time", &s->log_time))
		return error_at(e, CODE_INTERNAL, "status", "the view of the status page is incomplete: %s", problem.text);
	return RESULT_OK;
}

/* The text in B as a new JSON string; B is empty afterwards. */
static json_t *take_text(struct buf *b)
{
	json_t *v = buf_ok(b) ? json_stringn(b->p, b->n) : NULL;

	buf_free(b);
	return v;
}

static json_t *number_text(json_int_t n)
{
	struct buf b;

	buf_init(&b);
	web_write_number(&b, n > 0 ? (uint64_t)n : 0);
	return take_text(&b);
}

/* The date S as LANGUAGE writes it; S itself when it is none. */
static json_t *date_text(const char *s, enum web_language language)
{
	struct buf b;
	date d;

	if (!date_parse(str_of(s), &d))
		return json_string(s);
	buf_init(&b);
	web_write_date(&b, d, language);
	return take_text(&b);
}

/* The time S as LANGUAGE writes it in the page's zone; S itself when it is none. */
static json_t *time_text(const char *s, const struct status *page, enum web_language language)
{
	struct buf b;
	moment m;

	if (!moment_parse(str_of(s), &m))
		return json_string(s);
	buf_init(&b);
	web_write_time(&b, m, page->zone, language);
	return take_text(&b);
}

/* Decisions of one day, by purpose. */
struct day {
	json_t *active, *quiet; /* purposes with and without a decision */
	json_int_t allowed, denied, most;
};

static result purpose_read(json_t *purpose, const char **title, json_int_t *allowed, json_int_t *denied, struct error *e)
{
	if (json_unpack(purpose, "{s:s, s:I, s:I}", "title", title, "allowed", allowed, "denied", denied))
		return error_at(e, CODE_INTERNAL, "today.purposes", "a purpose in the view of the status page is incomplete");
	return RESULT_OK;
}

static result day_total(const struct status *s, struct day *day, struct error *e)
{
	json_int_t allowed, denied;
	const char *title;
	json_t *purpose;
	size_t i;

	json_array_foreach(s->purposes, i, purpose) {
		TRY(purpose_read(purpose, &title, &allowed, &denied, e));
		day->allowed += allowed;
		day->denied += denied;
		if (allowed + denied > day->most)
			day->most = allowed + denied;
	}
	return RESULT_OK;
}

/* The length of a bar for N where the longest stands for MOST: what is there can be seen, however little it is. */
static json_int_t bar_length(json_int_t n, json_int_t most)
{
	json_int_t length = most > 0 ? n * (BAR - BAR_LEAST - BAR_GAP) / most : 0;

	return n > 0 && length < BAR_LEAST ? BAR_LEAST : length;
}

static result day_list(const struct status *s, struct day *day, struct error *e)
{
	json_int_t allowed, denied, length;
	const char *title;
	json_t *purpose;
	int failed = 0;
	size_t i;

	json_array_foreach(s->purposes, i, purpose) {
		TRY(purpose_read(purpose, &title, &allowed, &denied, e));
		if (allowed + denied == 0) {
			failed |= json_array_append_new(day->quiet, json_pack("{s:s}", "title", title));
			continue;
		}
		length = bar_length(allowed, day->most);
		failed |= json_array_append_new(
			day->active, json_pack("{s:s, s:o, s:o, s:I, s:I, s:I}", "title", title, "allowed", number_text(allowed),
					       "denied", number_text(denied), "bar_allowed", length, "bar_denied_at",
					       length + (length > 0 ? BAR_GAP : 0), "bar_denied", bar_length(denied, day->most)));
	}
	if (failed)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a page");
	return RESULT_OK;
}

/* Gives in *OUT the page's part on today's decisions, the caller's.  Fails with internal, out_of_memory. */
static result today_view(const struct status *s, enum web_language language, json_t **out, struct error *e)
{
	struct day day = {.active = json_array(), .quiet = json_array()};
	result done = RESULT_FAIL;

	TRY_OUT(day_total(s, &day, e));
	TRY_OUT(day_list(s, &day, e));
	*out = json_pack("{s:o, s:o, s:o, s:o, s:O, s:b, s:b, s:o, s:O}", "date", date_text(s->date, language), "total",
			 number_text(day.allowed + day.denied), "allowed", number_text(day.allowed), "denied",
			 number_text(day.denied), "active", day.active, "any", json_array_size(day.active) > 0,
			 "any_quiet", json_array_size(day.quiet) > 0, "quiet_count", number_text((json_int_t)json_array_size(day.quiet)), "quiet", day.quiet);
	done = *out ? RESULT_OK : error_set(e, CODE_OUT_OF_MEMORY, "no memory for a page");
out:
	json_decref(day.active);
	json_decref(day.quiet);
	return done;
}

/* The texts of LANGUAGE from templates/text.json, the caller's, or NULL. */
static json_t *texts(enum web_language language)
{
	const struct web_asset *file = web_template_find(STR("text.json"));
	json_t *all = json_loadb(file->body.p, file->body.n, 0, NULL);
	json_t *own = json_incref(json_object_get(all, web_language_tag(language)));

	json_decref(all);
	return own;
}

/* Gives in *OUT what the template sees, the caller's. */
static result page_view(const struct status *s, enum web_language language, json_t **out, struct error *e)
{
	json_t *today = NULL;

	TRY(today_view(s, language, &today, e));
	*out = json_pack("{s:s, s:b, s:b, s:o, s:s, s:s, s:o, s:s, s:o, s:{s:s, s:I, s:s, s:o, s:s*, s:O},"
			 " s:{s:s, s:I, s:o, s:s, s:s, s:o}}",
			 "lang", web_language_tag(language), "is_ja", language == WEB_JA, "is_en", language == WEB_EN, "t",
			 texts(language), "version", s->version, "since", s->since, "since_text",
			 time_text(s->since, s, language), "zone", s->zone_name, "today", today, "policy", "organization",
			 s->organization, "version", s->policy_version, "effective", s->effective, "effective_text",
			 date_text(s->effective, language), "statement", s->statement, "clauses", s->clauses, "log", "origin",
			 s->origin, "generation", s->generation, "size", number_text(s->size), "root", s->root, "time",
			 s->log_time, "time_text", time_text(s->log_time, s, language));
	return *out ? RESULT_OK : error_set(e, CODE_OUT_OF_MEMORY, "no memory for a page");
}

/* Partials are the other files of templates/. */
static bool find_template(const void *ctx, struct str name, struct str *text)
{
	const struct web_asset *file = web_template_find(name);

	(void)ctx;
	if (file)
		*text = file->body;
	return file != NULL;
}

result web_status_page(json_t *view, enum web_language language, struct buf *out, struct error *e)
{
	const struct template_partials partials = {.find = find_template};
	struct status status;
	json_t *page = NULL;
	result done;

	TRY(status_read(view, &status, e));
	TRY(page_view(&status, language, &page, e));
	done = template_render(web_template_find(STR("status.html"))->body, page, &partials, out, e);
	json_decref(page);
	return done;
}
