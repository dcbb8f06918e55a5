/*
 * policy/checked.h - what a check looked at, and what it did not: from the lists
 * of findings, of matters that have to be said, and of obligations beside them.
 *
 * That a check finds nothing says that these rules found nothing; this is for
 * saying which they were.
 */
#ifndef SEKISHO_POLICY_CHECKED_H
#define SEKISHO_POLICY_CHECKED_H

#include "policy/finding.h"

enum unchecked_reason { UNCHECKED_REGISTER, UNCHECKED_OPERATION, UNCHECKED_JUDGEMENT, UNCHECKED_NOT_MECHANIZED, UNCHECKED_REASONS };

struct unchecked {
	const char *law;
	enum unchecked_reason reason;
	const char *en, *ja;
};

/* The known obligations that no check looks at, COUNT in number.  Static. */
const struct unchecked *unchecked(size_t *count);

/* Why, R: "register", "operation", "judgement" or "not_mechanized".  Static. */
const char *unchecked_reason_text(enum unchecked_reason r);

/* R in words for people, in Japanese when JAPANESE is set.  Static. */
const char *unchecked_reason_says(enum unchecked_reason r, bool japanese);

/* True when `policy check` looks for CODE; what only publishing looks for is not asked here, nor pending law unless PENDING. */
bool checked_rule(enum finding_code code, bool pending);

/* How many rules F's check had, and how many lists of matters it asked for. */
size_t checked_rules(const struct findings *f);
size_t checked_matters(const struct findings *f);

/* True when F's check asked for the matter at POSITION of matters(). */
bool checked_matter(const struct findings *f, size_t position);

#endif
