#include "cmd/person.h"

#include <stdio.h>

#include "cmd/control.h"
#include "cmd/token_file.h"

void person_withheld(const json_t *answer)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(answer, "withheld"), i, item) {
		const char *clause = json_string_value(json_object_get(item, "clause"));
		const char *law = json_string_value(json_object_get(item, "law"));

		fprintf(stderr, "withheld: %s [%s]%s%s%s%s\n", json_string_value(json_object_get(item, "item")),
			json_string_value(json_object_get(item, "code")), clause ? " " : "", clause ? clause : "", law ? ", " : "",
			law ? law : "");
	}
}

void person_log(const json_t *answer)
{
	const json_t *log = json_object_get(answer, "log");

	if (log)
		fprintf(stderr, "log: g%lld/%lld\n", (long long)json_integer_value(json_object_get(log, "generation")),
			(long long)json_integer_value(json_object_get(log, "index")));
}

/* Of the refusal ANSWER, what it rests on. */
static void tell_grounds(const json_t *answer)
{
	const char *clause = json_string_value(json_object_get(answer, "clause"));
	const char *law = json_string_value(json_object_get(answer, "law"));

	if (clause)
		fprintf(stderr, "clause: %s\n", clause);
	if (law)
		fprintf(stderr, "law: %s\n", law);
}

int person_refused(const json_t *answer)
{
	fprintf(stderr, "sekisho: %s [%s]\n", json_string_value(json_object_get(answer, "detail")),
		json_string_value(json_object_get(answer, "code")));
	tell_grounds(answer);
	person_withheld(answer);
	if (json_object_get(answer, "approval"))
		fprintf(stderr, "approval: %s\n", json_string_value(json_object_get(answer, "approval")));
	person_log(answer);
	return EXIT_REFUSED;
}

static int tell_answer(const json_t *answer, const struct person_asker *a, void (*tell)(const json_t *answer))
{
	bool is_refused = json_object_get(answer, "status") != NULL;

	if (a->json) {
		if (json_dumpf(answer, stdout, JSON_COMPACT) != 0)
			return EXIT_FAULT;
		putchar('\n');
		return is_refused ? EXIT_REFUSED : EXIT_DONE;
	}
	if (is_refused)
		return person_refused(answer);
	tell(answer);
	person_withheld(answer);
	person_log(answer);
	return EXIT_DONE;
}

/* Adds to REQUEST who asks; false without memory. */
static bool complete(json_t *request, const struct person_asker *a, struct str token)
{
	return json_object_set_new(request, "token", json_stringn(token.p, token.n)) == 0 &&
	       (!a->purpose || json_object_set_new(request, "purpose", json_string(a->purpose)) == 0) &&
	       (!a->reason || json_object_set_new(request, "reason", json_string(a->reason)) == 0);
}

int person_ask(const char *dir, const struct person_asker *a, json_t *request, void (*tell)(const json_t *answer))
{
	struct control *c = NULL;
	struct error e = {0};
	json_t *answer = NULL;
	struct buf token;
	int status;

	buf_init(&token);
	if (!request)
		(void)error_set(&e, CODE_USAGE, "what was given is no text in UTF-8"); /* ignored: shown below */
	else if (ok(token_file_read(a->token_file, &token, &e)) && ok(control_open(dir, &c, &e))) {
		if (complete(request, a, buf_view(&token)))
			answer = control_ask(c, json_incref(request), &e);
		else
			(void)error_set(&e, CODE_USAGE, "what was given is no text in UTF-8"); /* ignored: shown below */
	}
	status = answer ? tell_answer(answer, a, tell) : cmd_fail(&e);
	json_decref(request);
	json_decref(answer);
	control_close(c);
	buf_wipe(&token);
	return cmd_finish(status);
}
