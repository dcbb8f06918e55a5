/*
 * access/acquire.h - how personal data comes in and is changed: create, update, correct, import.
 *
 * A create whose external id is known is an update of that person (T3); with the
 * id of a known person it adds a category.  Values are checked by type before
 * anything is decided about them, sealed before the sequencer sees them, and
 * bound to what the person was told (T2, T4).
 */
#ifndef SEKISHO_ACCESS_ACQUIRE_H
#define SEKISHO_ACCESS_ACQUIRE_H

#include <jansson.h>

#include "access/op.h"
#include "vault/change.h"

enum acquire_how { ACQUIRE_CREATE, ACQUIRE_IMPORT, ACQUIRE_UPDATE, ACQUIRE_CORRECT };

enum { ACQUIRE_CONSENTS = 16 };

/* Given: all down to if_match.  Made: the rest. */
struct op_acquire {
	struct op op;
	enum acquire_how how;
	struct str subject;  /* id as sent; empty: found by external id, or new (create, import) */
	struct str category; /* id */
	const json_t *items; /* object: item id to value; null takes a value out (update, correct); borrowed */
	bool has_acquisition;
	struct gate_acquisition acquisition; /* but for its consents */
	bool has_shown;
	struct uuid shown; /* proof that the notice was shown (access/shown.h), instead of the acquisition's own word */
	struct gate_consent consents[ACQUIRE_CONSENTS]; /* that come with it */
	size_t n_consents;
	bool has_if_match;
	uint32_t if_match; /* the record's version that the asker knows */

	struct uuid id;
	uint32_t version; /* of the record, after */
	bool created;	  /* a new person or a new category */
	struct gate_verdict verdict;
	struct uuid approval; /* that is wanted (approval_required); else nil */
	struct vault_change *change; /* ready to be stored; NULL when refused */
};

/* Makes A ready for HOW; the asker then fills in what is given. */
void op_acquire_init(struct op_acquire *a, enum acquire_how how);

#endif
