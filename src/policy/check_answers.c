/* decisions.yaml: which questions are answered. */
#include "policy/check.h"

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

void check_answers(struct compile *c)
{
	for (NODE_EACH(n, c->p->decisions)) {
		struct str about = node_text(n, "about");

		for (long i = question(c->f, about); i >= 0; i = question(c->f, about))
			findings_remove(c->f, (size_t)i);
	}
}
