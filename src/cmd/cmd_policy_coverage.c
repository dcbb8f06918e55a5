#include <stdio.h>

#include "access/instance.h"
#include "cmd/cmd.h"
#include "cmd/policy.h"
#include "cmd/report.h"
#include "publish/coverage.h"
#include "publish/edition.h"

struct wish {
	const char *dir, *instance; /* instance: NULL for none */
	const char *language;	    /* NULL: the default one */
	bool json;
};

static const char *text(const json_t *v, const char *member)
{
	const char *s = json_string_value(json_object_get(v, member));

	return s ? s : "";
}

static void print_fact(const json_t *fact, bool counted)
{
	const json_t *last = json_object_get(fact, "last"), *code;
	size_t i;

	printf("  %-7s %s\n          %s\n", text(fact, "state"), text(fact, "path"), text(fact, "text"));
	json_array_foreach(json_object_get(fact, "codes"), i, code)
		printf("%s%s", i ? " " : "          refuses with: ", json_string_value(code));
	if (json_array_size(json_object_get(fact, "codes")))
		putchar('\n');
	if (!counted || json_array_size(json_object_get(fact, "kinds")) == 0)
		return;
	printf("          entries: %lld", (long long)json_integer_value(json_object_get(fact, "count")));
	if (last)
		printf(", last %lld at %s", (long long)json_integer_value(json_object_get(last, "index")), text(last, "time"));
	printf("\n");
}

static void print_view(const json_t *view, bool counted)
{
	const json_t *clause, *fact, *facts, *n = json_object_get(view, "count");
	size_t i, k;

	json_array_foreach(json_object_get(view, "clauses"), i, clause) {
		facts = json_object_get(clause, "facts");
		printf("%s#%s  %s\n", i ? "\n" : "", text(clause, "anchor"), text(clause, "title"));
		if (json_array_size(facts) == 0)
			printf("  no fact stands behind this clause: Sekisho does not keep it\n");
		json_array_foreach(facts, k, fact)
			print_fact(fact, counted);
	}
	fprintf(stderr, "facts kept: %lld, in part: %lld, not kept: %lld, stated only: %lld; clauses without a fact: %lld\n",
		(long long)json_integer_value(json_object_get(n, "kept")), (long long)json_integer_value(json_object_get(n, "partly")),
		(long long)json_integer_value(json_object_get(n, "not")), (long long)json_integer_value(json_object_get(n, "stated")),
		(long long)json_integer_value(json_object_get(n, "none")));
}

/* Counts the log of the instance in DIR. */
static result tally(const char *dir, struct coverage_count *out, struct error *e)
{
	struct instance instance;
	struct db *d = NULL;
	result done;

	TRY(instance_read(dir, &instance, e));
	TRY(db_open(instance.database, DB_READ, &d, e));
	done = coverage_tally(d, UINT64_MAX, out, e);
	db_close(d);
	return done;
}

/* The index of the language asked for, or the policy's own. */
static size_t language_of(const struct policy *p, const char *language)
{
	for (size_t i = 0; language && i < p->n_languages; i++)
		if (str_is(p->languages[i], language))
			return i;
	return (size_t)p->default_language;
}

static int show(const struct wish *w, const struct policy *p)
{
	struct coverage_count counted = {0};
	json_t *view = NULL;
	struct error e = {0};
	int status = EXIT_DONE;

	if ((w->instance && !ok(tally(w->instance, &counted, &e))) ||
	    !ok(coverage_view(p, language_of(p, w->language), counted.tally, &view, &e)))
		status = cmd_fail(&e);
	else if (w->json && (json_dumpf(view, stdout, JSON_INDENT(2)) != 0 || putchar('\n') == EOF))
		status = EXIT_FAULT;
	else if (!w->json)
		print_view(view, counted.tally != NULL);
	coverage_count_free(&counted);
	json_decref(view);
	return cmd_finish(status);
}

/* A policy with errors has no coverage: they are said. */
static int refuse(const struct findings *f)
{
	struct buf said;

	buf_init(&said);
	report_text(f, &said);
	fputs(buf_c(&said), stderr);
	buf_free(&said);
	return EXIT_REFUSED;
}

int policy_coverage_command(int argc, char **argv)
{
	struct wish w = {.json = false};
	const struct cmd_option options[] = {
		{"--json", NULL, "the same as JSON", &w.json, NULL},
		{"--language", "TAG", "in which language; default: the policy's", NULL, &w.language},
	};
	const struct cmd_usage usage = {"policy coverage", "DIR [INSTANCE]",
					"Says for each clause of the statement in DIR what keeps it, and counts its evidence in the log of INSTANCE.",
					options, sizeof options / sizeof *options, 1, 2};
	const char *given[2];
	struct draft draft;
	struct findings f;
	struct error e = {0};
	int status = cmd_parse(&usage, argc, argv, given);

	if (status != CMD_GO_ON)
		return status;
	w.dir = given[0];
	w.instance = given[1];
	findings_init(&f);
	if (!ok(draft_read(w.dir, &f, &draft, &e)))
		status = cmd_fail(&e);
	else
		status = f.count[SEVERITY_ERROR] ? refuse(&f) : show(&w, draft.policy);
	draft_free(&draft);
	findings_free(&f);
	return status;
}
