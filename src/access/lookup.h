/*
 * access/lookup.h - who has this value? Exact, over a blind index, for persons that pass the decision.
 */
#ifndef SEKISHO_ACCESS_LOOKUP_H
#define SEKISHO_ACCESS_LOOKUP_H

#include <jansson.h>

#include "access/op.h"
#include "vault/index.h"

/* Given: category, item, value.  Made: ids. */
struct op_lookup {
	struct op op;
	struct str category, item;
	const json_t *value; /* borrowed; one element of a list */

	struct gate_verdict verdict; /* as for nobody in particular */
	struct uuid ids[VAULT_FOUND];
	size_t n;
	bool more; /* there are others */
};

/* Makes L ready; the asker then fills in what is given. */
void op_lookup_init(struct op_lookup *l);

#endif
