/*
 * deid/making.h - an anonymized set made from an instance, as its policy declares it.
 *
 * access/gather.h gives the persons who may serve, one by one; each value is
 * treated as the policy says before it is kept, so that the table never holds the
 * exact one.  Classes smaller than the policy's k are left out.  Then come the
 * checks of the law, and what all earlier releases of the set together would tell.
 * What passes is recorded; only then is there anything to give to anybody.
 *
 * A person without one of the set's values, or with one that its treatment cannot
 * take, is left out and counted.
 */
#ifndef SEKISHO_DEID_MAKING_H
#define SEKISHO_DEID_MAKING_H

#include <jansson.h>

#include "access/release.h"
#include "deid/release.h"

/* Given: all down to ctx.  Made: the rest. */
struct deid_making {
	struct access *access;
	struct access_reader *reader;
	struct token_actor actor;
	struct str set, recipient, means; /* as op_release has them */
	/* Asked between persons, with how many were looked at so far: false breaks off, and the call fails with stopping.  NULL: nobody asks. */
	bool (*goes_on)(void *ctx, uint64_t persons);
	/* Appends in P's LANGUAGE, for the report, where the items of SET are PUBLISHED, and what the recipient is TOLD; NULL: nothing. */
	void (*tell)(void *ctx, const struct policy *p, const struct policy_derived *set, size_t language, struct buf *published,
		     struct buf *told);
	void *ctx;

	struct arena arena;
	struct op_made_set recorded; /* done when deid_make gave success */
	struct deid_release release;
	json_t *report;	   /* JSON */
	struct buf page;   /* the same as HTML */
	uint64_t incomplete, unplaced; /* persons left out: without a value; with one that cannot be treated */
};

/* Makes M empty; the caller then fills in what is given, and frees it with deid_making_free. */
void deid_making_init(struct deid_making *m);

/*
 * Makes the set that M names and records it.  What was refused, by the gate or
 * because the set cannot be made so (no_transformation, law_check_failed,
 * set_narrowed, model_invalid, hierarchy_invalid), is recorded too, and the call fails with it.
 * Fails also with too_late (persons in it kept changing), stopping (it was broken off: then nothing is recorded),
 * and as access_run does.
 */
result deid_make(struct deid_making *m, struct error *e);

/* Frees what M holds. */
void deid_making_free(struct deid_making *m);

#endif
