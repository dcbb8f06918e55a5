/* decisions.yaml: which questions are answered. */
#include "policy/check.h"
#include "policy/diff.h"

/* The finding that the question ABOUT ("code:path") names, or -1. */
static long question(const struct findings *f, struct str about)
{
	size_t colon = str_find(about, ':');
	struct str code = str_sub(about, 0, colon), path = str_sub(about, colon + 1, about.n);

	for (size_t i = 0; i < f->n; i++)
		if (f->list[i].path.n && str_is(code, finding_text(f->list[i].code)) && str_eq(f->list[i].path, path))
			return (long)i;
	return -1;
}

/* True when policy check asks about CODE; what a change raises is asked when it is published. */
static bool asked(struct str code)
{
	enum finding_code known;

	return finding_parse(code, &known) && !change_is(known) &&
	       (finding_severity(known) == SEVERITY_QUESTION || known == FINDING_OVER_PROMISE);
}

void check_answers(struct compile *c)
{
	for (NODE_EACH(n, c->p->decisions)) {
		struct str about = node_text(n, "about"), code = str_sub(about, 0, str_find(about, ':'));
		bool answered = false;

		for (long i = question(c->f, about); i >= 0; i = question(c->f, about)) {
			findings_remove(c->f, (size_t)i);
			answered = true;
		}
		if (!answered && !c->broken && !node_get(n, "since") && asked(code))
			findings_add(c->f, FINDING_ANSWER_WITHOUT_QUESTION, check_place(n, "about"),
				     STR("correct code and path, or take the answer out"), "nothing asks about \"%.*s\"",
				     ID(about));
	}
}
