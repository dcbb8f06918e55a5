/*
 * access/release.h - releases of anonymized sets: recorded when made, and each time that one is delivered.
 *
 * A release is recorded with its entry in one commit, before anybody has it; what
 * it published, classes of records that look alike with their counts, is kept with
 * it.  So the file of a release can be written again at any time, byte for byte,
 * and the next release can be measured against all earlier ones.  A delivery names
 * a declared recipient and a declared means (APPI 43(4)), in an entry of its own.
 */
#ifndef SEKISHO_ACCESS_RELEASE_H
#define SEKISHO_ACCESS_RELEASE_H

#include "access/gather.h"

enum { RELEASE_HASH = 32 };

/* What is recorded of a release. */
struct release_facts {
	uint64_t records;    /* published */
	uint64_t suppressed; /* records that too few others were like */
	uint64_t left_out;   /* persons who may not serve, or lack a value */
	uint64_t smallest;   /* class */
	uint64_t narrowed;   /* smallest group that a holder of all releases can tell apart; 0: there is no earlier one */
	uint64_t k;
	struct str method; /* how each item is written: "gender=keep,age=bands(10)" */
	struct str models; /* that each class meets: "k=10,distinct-l=3:purchase" */
	unsigned char input[RELEASE_HASH], output[RELEASE_HASH];
	struct str content; /* JSON of what it published (deid/release.h) */
};

/* Given: all down to facts; to ask only whether it may be made so: set, recipient, means, asks, job.  Made: the rest. */
struct op_made_set {
	struct op op;
	bool asks;	  /* nothing is made yet, and nothing recorded but a refusal */
	struct uuid job;  /* that will make it; for the answer */
	struct str set;	      /* id */
	struct str recipient; /* organization's id */
	struct str means;     /* "email": it is delivered at once; empty: it is not */
	struct gather *gather; /* what it was made of, settled */
	struct error failed;   /* why it could not be made: then only that is recorded */
	struct release_facts facts;

	const struct policy_derived *made_of; /* NULL when there is no such set */
	uint32_t release; /* counts from 1 */
};

/*
 * Makes R ready; the asker then fills in what is given.  Besides the gate's codes it
 * is refused with set_unknown, set_not_published, recipient_unknown, set_means; it
 * fails with too_late when R->gather does not stand any more: make the set anew.
 */
void op_made_set_init(struct op_made_set *r);

/* CODE_NONE when the anonymized set D goes to RECIPIENT by MEANS (empty: by whichever), else why not. */
enum code release_way(const struct policy_derived *d, struct str recipient, struct str means);

struct delivery {
	uint32_t release, number, actor;
	struct str recipient, means;
	moment at;
	uint64_t generation, entry;
};

struct release {
	uint32_t release, actor, policy;
	moment made;
	uint64_t generation, entry;
	struct release_facts facts; /* without method and models */
};

struct releases {
	const struct release *at; /* in their order */
	size_t n;
	const struct delivery *deliveries; /* by release and number */
	size_t n_deliveries;
};

/* Given: set, release, recipient, means. */
struct op_delivery {
	struct op op;
	struct str set, recipient, means;
	uint32_t release;

	const struct policy_derived *made_of;
	uint32_t number; /* of the deliveries of this release, counts from 1 */
	struct release content; /* that is delivered */
};

/* Makes D ready; the asker then fills in what is given.  Refused as a release is, and with no_such_resource (no such release). */
void op_delivery_init(struct op_delivery *d);

/* Lists the releases of SET (registry number) of the database D into *OUT in A.  Fails with database, out_of_memory. */
result releases_list(struct db *d, uint32_t set, struct arena *a, struct releases *out, struct error *e);

/* As releases_list of D, SET, A, *OUT, without their contents, which may be long; fails likewise with E set. */
result releases_heads(struct db *d, uint32_t set, struct arena *a, struct releases *out, struct error *e);

/* As releases_list of D, SET, A, *OUT, of RELEASE alone: none when there is no such release.  Fails likewise with E set. */
result release_load(struct db *d, uint32_t set, uint32_t release, struct arena *a, struct releases *out, struct error *e);

#endif
