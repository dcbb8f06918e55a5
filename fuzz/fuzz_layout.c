/*
 * A file of a policy from outside, laid out: what is taken stays what it was, and
 * laying it out again changes nothing more.  The same for a wording, and the bytes
 * as answers for a first policy.
 */
#include <stdlib.h>

#include "policy/answers.h"
#include "policy/layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Lays TEXT out; false when it cannot be. */
static bool lay_out(struct str text, bool wording, struct buf *out)
{
	struct findings f;
	struct error e = {0};
	bool done = true;

	findings_init(&f);
	buf_init(out);
	if (wording)
		layout_markdown("x.md", text, &f, out);
	else
		done = ok(layout_yaml("x.yaml", text, &f, out, &e)); /* compares what it says before and after */
	done = done && f.n == 0 && buf_ok(out);
	findings_free(&f);
	return done;
}

static void twice(struct str text, bool wording)
{
	struct buf once, again;

	if (lay_out(text, wording, &once)) {
		if (!lay_out(buf_view(&once), wording, &again))
			abort();
		if (wording && !str_eq(buf_view(&once), buf_view(&again)))
			abort();
		buf_free(&again);
	}
	buf_free(&once);
}

static void answers(struct str text)
{
	const struct node *root;
	struct error e = {0};
	struct findings f;
	struct arena a;

	arena_init(&a, 0, false);
	findings_init(&f);
	if (!ok(answers_read(&a, &(struct source_file){STR("x.yaml"), text}, false, &f, &root, &e)))
		abort();
	if (!root && f.n == 0)
		abort();
	findings_free(&f);
	arena_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};

	twice(text, false);
	twice(text, true);
	answers(text);
	return 0;
}
