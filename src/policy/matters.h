/* policy/matters.h - what has to be said, by law; for policy/ and cmd. */
#ifndef SEKISHO_POLICY_MATTERS_H
#define SEKISHO_POLICY_MATTERS_H

#include "policy/finding.h"

enum matter_where { MATTER_STATEMENT, MATTER_NOTICE, MATTER_PENDING };

struct matter {
	enum finding_code code;
	enum matter_where where;
	const char *law, *since, *when, *topic, *heading, *pattern, *en, *ja;
};

/* All of them, COUNT in number.  Static. */
const struct matter *matters(size_t *count);

#endif
