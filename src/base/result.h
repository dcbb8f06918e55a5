/*
 * base/result.h - how every function in Sekisho fails.
 *
 * A function that can fail returns `result`.  The type itself is must-use: a
 * caller that drops it does not compile.  Zero is neither success nor
 * permission, so a forgotten assignment fails closed.  What went wrong goes to
 * the `struct error` that the caller passes: a code from the one list in
 * base/codes.def, a message for people, and a place (file:line:column or a
 * JSON pointer).  The first error wins: what is set is not overwritten.
 *
 * Nothing here prints, allocates or keeps state.
 */
#ifndef SEKISHO_BASE_RESULT_H
#define SEKISHO_BASE_RESULT_H

#include <stdarg.h>
#include <stdbool.h>

#if defined(__clang__)
#define MUST_USE_TYPE __attribute__((warn_unused_result))
#else
#define MUST_USE_TYPE [[nodiscard]]
#endif

/* The outcome of a call.  Made only by RESULT_OK and by error_set and its kin. */
struct MUST_USE_TYPE result {
	int mark; /* RESULT_MARK when and only when the call succeeded */
};
typedef struct result result;

enum { RESULT_MARK = 0x51 };

#define RESULT_OK ((result){RESULT_MARK})
#define RESULT_FAIL ((result){0})

/* True when the call that gave R succeeded. */
static inline bool ok(result r)
{
	return r.mark == RESULT_MARK;
}

/* Returns RESULT_FAIL from the surrounding function when CALL failed. */
#define TRY(call)                         \
	do {                              \
		if (!ok(call))            \
			return RESULT_FAIL; \
	} while (0)

/* Jumps to the clean-up label `out` when CALL failed. */
#define TRY_OUT(call)             \
	do {                      \
		if (!ok(call))    \
			goto out; \
	} while (0)

/* The class of a code decides log level, retry and exit status. */
enum error_class {
	CLASS_NONE,
	CLASS_BAD_INPUT, /* what came in is wrong; the same again fails again */
	CLASS_REFUSED,	 /* decided against */
	CLASS_CONFLICT,	 /* the state does not allow it now */
	CLASS_BUSY,	 /* later, the same may work */
	CLASS_FAULT,	 /* ours or the machine's */
};

enum code {
	CODE_NONE = 0,
#define X(id, text, class_, status, meaning) id,
#include "base/codes.def"
#undef X
	CODE_COUNT
};

struct error {
	enum code code;
	char message[480]; /* one sentence for people; never a personal value */
	char where[224];   /* file:line:column, JSON pointer, or empty */
	int status;	   /* of HTTP, where it is another than the code's; else 0 */
};

/*
 * Sets E to CODE with a message made by FORMAT, unless E already holds an
 * error.  E may be NULL, then only the outcome is given back.
 * Returns always a failed result, so that a caller can `return error_set(...)`.
 */
result error_set(struct error *e, enum code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* As error_set, and E's place is WHERE (copied, cut to what fits; NULL for none). */
result error_at(struct error *e, enum code code, const char *where, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Forgets what E holds, so that it can be used again. */
void error_clear(struct error *e);

/* The stable text of CODE, such as "purpose_unknown"; "none" for CODE_NONE.  Static. */
const char *code_text(enum code code);

/* One sentence on what CODE means.  Static. */
const char *code_meaning(enum code code);

/* The class of CODE. */
enum error_class code_class(enum code code);

/* The HTTP status that answers CODE, 500 for CODE_NONE. */
int code_status(enum code code);

/* The code whose stable text is TEXT, or CODE_NONE when there is none. */
enum code code_from_text(const char *text);

#endif
