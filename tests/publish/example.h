/* tests/publish/example.h - the example of the policy's cases, compiled. */
#ifndef SEKISHO_TEST_EXAMPLE_H
#define SEKISHO_TEST_EXAMPLE_H

#include "test.h"

#include "publish/edition.h"

/* Reads the policy directory DIR, in which nothing wrong is found, into *D. */
static inline void example_read(const char *dir, struct draft *d)
{
	struct error e = {0};
	struct findings f;

	findings_init(&f);
	assert_ok(draft_read(dir, &f, d, &e), &e);
	assert_int_equal(f.n, 0);
	assert_non_null(d->policy);
	findings_free(&f);
}

#endif
