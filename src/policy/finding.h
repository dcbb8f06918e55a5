/*
 * policy/finding.h - what a check of a policy finds: a list with places.
 *
 * Findings are made by the parser and the checks and are printed by nobody here;
 * the command line writes them as text, JSON or SARIF.  Every finding has a code
 * from the one list in findings.def, which fixes its severity and is documented
 * in docs/findings.md.
 *
 * Ownership: texts of findings are copied into the list's own arena and live
 * until findings_free.
 */
#ifndef SEKISHO_POLICY_FINDING_H
#define SEKISHO_POLICY_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/str.h"

/* Where something stands; line and column count from 1 (columns in characters), line 0: the file as a whole. */
struct place {
	const char *file; /* relative to the policy's directory, NUL-terminated; belongs to whoever gave the place */
	uint32_t line, column;
};

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_QUESTION, SEVERITY_INFORMATION, SEVERITIES };

enum finding_code {
#define X(id, text, severity, law, en, ja, cure, cure_ja, example) FINDING_##id,
#include "policy/findings.def"
#undef X
	FINDING_CODES
};

struct finding {
	struct place at;
	enum finding_code code;
	struct str message; /* one sentence */
	struct str hint;    /* what would be right, or empty */
	struct str path;    /* of a question: the fact that it is about ("purposes.analysis"), which an answer names */
};

enum { CHECKED_MATTERS = 128 };

/* What a check looked at (policy/checked.h reads it); law is DATE_NONE when it did not come that far. */
struct checked {
	date law; /* the rules are those in force on this day */
	bool pending; /* and what is enacted, but not yet in force */
	uint64_t matters[CHECKED_MATTERS / 64]; /* bits: those of matters() that the policy's facts call for */
};

struct findings {
	struct arena arena;
	struct finding *list;
	size_t n, cap;
	size_t count[SEVERITIES];
	bool failed; /* memory ran out: the list is not whole */
	struct checked checked;
};

/* Makes F empty. */
void findings_init(struct findings *f);

/* Frees all that F holds; F is empty. */
void findings_free(struct findings *f);

/*
 * Adds to F a finding of CODE at AT with a message made by FORMAT.  HINT says
 * what would be right; empty when the message says all.
 */
void findings_add(struct findings *f, enum finding_code code, struct place at, struct str hint, const char *format,
		  ...) __attribute__((format(printf, 5, 6)));

/* Says that the finding added last to F is about the fact at the path PREFIX.ID. */
void findings_about(struct findings *f, const char *prefix, struct str id);

/* Sorts F by file (policy.yaml first), line, column, code, and takes out exact doubles. */
void findings_sort(struct findings *f);

/* Takes out of F the finding at position I, e.g. a question that was answered. */
void findings_remove(struct findings *f, size_t i);

/* The stable text of CODE ("unknown-purpose"), its severity, and one sentence on what it means.  Static. */
const char *finding_text(enum finding_code code);
enum severity finding_severity(enum finding_code code);
const char *finding_meaning(enum finding_code code);

/* What the list of findings says of a code, in one language; law is empty where the language itself is the rule. */
struct finding_entry {
	const char *law, *meaning, *cure, *example;
};

/* The entry of CODE, in Japanese when JAPANESE is set, else in English.  Static. */
struct finding_entry finding_explain(enum finding_code code, bool japanese);

/* "error", "warning", "question" or "information" for S.  Static. */
const char *severity_text(enum severity s);

/* Reads a code's stable text S into *OUT; false when there is no such code. */
bool finding_parse(struct str s, enum finding_code *out);

#endif
