/* The page on coverage: made without evidence, and anew with what was counted of a log. */
#include "publish/say.h"
#include "web/site_page.h"

static const char TEMPLATE[] = "privacy-coverage.html";

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the page on coverage");
}

/* Adds to the clauses of PAGE what its template asks for beside their facts. */
static bool add_words(json_t *page)
{
	const json_t *words = json_object_get(page, "t");
	json_t *clause, *fact, *facts;
	bool fits = true;
	size_t i, k;

	json_array_foreach(json_object_get(page, "clauses"), i, clause) {
		facts = json_object_get(clause, "facts");
		fits &= json_object_set_new(clause, "facts_any", json_boolean(json_array_size(facts) > 0)) == 0;
		json_array_foreach(facts, k, fact)
			fits &= json_object_set(fact, "state_text",
						maker_label(words, json_string_value(json_object_get(fact, "state")))) == 0;
	}
	return fits;
}

result maker_coverage(const struct maker *m, struct error *e)
{
	json_t *page = maker_view(m, "coverage", "coverage", say("page_coverage", maker_ja(m))), *view = NULL;
	result done = RESULT_FAIL;

	TRY_OUT(coverage_view(m->of->policy, m->language, NULL, &view, e));
	if (!page || json_object_update(page, view) != 0 || !add_words(page)) {
		done = no_memory(e);
		goto out;
	}
	TRY_OUT(maker_page(m, TEMPLATE, "coverage", json_incref(page), e));
	m->site->files[m->site->n - 1].view = json_incref(page);
	done = RESULT_OK;
out:
	json_decref(view);
	json_decref(page);
	return done;
}

/* Adds to PAGE, whose facts are counted, what its template says of each that some kind of entry shows. */
static bool add_evidence(json_t *page)
{
	json_t *clause, *fact;
	bool fits = true;
	size_t i, k;

	json_array_foreach(json_object_get(page, "clauses"), i, clause)
		json_array_foreach(json_object_get(clause, "facts"), k, fact) {
			const json_t *last = json_object_get(fact, "last");

			if (json_array_size(json_object_get(fact, "kinds")) == 0)
				continue;
			fits &= json_object_set_new(fact, "evidence",
						    json_pack("{s:b, s:O, s:O*, s:O*}", "any", last != NULL, "entries",
							      json_object_get(fact, "count"), "index", json_object_get(last, "index"),
							      "time", json_object_get(last, "time"))) == 0;
		}
	return fits;
}

/* Adds to PAGE how much of the log C counted up to the time AT. */
static bool add_extent(json_t *page, const struct coverage_count *c, moment at)
{
	struct buf time;
	bool fits;

	buf_init(&time);
	moment_write(&time, at);
	fits = json_object_set_new(page, "counted", json_pack("{s:I, s:I, s:s}", "entries", (json_int_t)c->size, "of",
							      (json_int_t)c->log_size, "time", buf_c(&time))) == 0;
	buf_free(&time);
	return fits;
}

result site_evidence(const struct site_file *f, const struct coverage_count *c, moment at, struct buf *out, struct error *e)
{
	json_t *page = json_deep_copy(f->view);
	result done = RESULT_FAIL;

	if (!page) {
		done = no_memory(e);
		goto out;
	}
	TRY_OUT(coverage_evidence(page, c->tally, e));
	if (!add_evidence(page) || !add_extent(page, c, at)) {
		done = no_memory(e);
		goto out;
	}
	done = page_render(TEMPLATE, page, out, e);
out:
	json_decref(page);
	return done;
}
