/*
 * tests/test.h - what every test program includes: cmocka in its required order,
 * and a directory of one's own that is gone afterwards.
 */
#ifndef SEKISHO_TEST_H
#define SEKISHO_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/result.h"

/* Asserts that CALL succeeded, and shows the error in E when it did not. */
#define assert_ok(call, e)                                                                      \
	do {                                                                                    \
		if (!ok(call))                                                                  \
			fail_msg("%s: %s: %s (%s)", #call, code_text((e)->code), (e)->message, (e)->where); \
	} while (0)

/* Asserts that CALL failed with CODE, and forgets the error. */
#define assert_fails(call, e, expected)                                         \
	do {                                                                    \
		if (ok(call))                                                   \
			fail_msg("%s succeeded, expected %s", #call, code_text(expected)); \
		assert_string_equal(code_text((e)->code), code_text(expected)); \
		error_clear(e);                                                 \
	} while (0)

/* Says that all N files of tests/cases/ that fit PATTERN ("http/a*.case") were run; script/tally checks it. */
#define cases_ran(pattern, n) print_message("# cases tests/cases/%s %zu\n", (pattern), (size_t)(n))

#endif
