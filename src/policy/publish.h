/*
 * policy/publish.h - published versions in the database.
 *
 * Publishing freezes all files of a policy directory, so that any instance can
 * compile every version from the database alone, and gives each name its number.
 * A version is never changed afterwards.
 */
#ifndef SEKISHO_POLICY_PUBLISH_H
#define SEKISHO_POLICY_PUBLISH_H

#include "db/db.h"
#include "policy/examine.h"

/* What was published. */
struct policy_published {
	uint32_t version; /* counts from 1 */
	date effective;
	moment published; /* of a first version with a past date: the start of that date (T1) */
	moment in_force;
	unsigned char hash[POLICY_HASH]; /* SHA-256 of its files in the framing of policy/source.h */
};

/* What is to be published. */
struct policy_candidate {
	const struct source *files;
	policy_texts *texts; /* as policy/examine.h wants it */
	moment now;
};

/*
 * Examines the candidate C and freezes it as the next version in D's open
 * transaction for writing; what was published goes to *OUT.  Findings go to F,
 * questions for each change since the last version that decisions.yaml does not
 * answer among them.  Fails with policy_invalid (F has errors or such questions,
 * or C is another policy than the versions before), policy_date (`effective`
 * before that of a version published, `revised` before that of the last, or sooner
 * than revision.ahead allows), usage, out_of_memory, database, storage_unavailable.
 */
result policy_publish(struct db *d, const struct policy_candidate *c, struct findings *f, struct policy_published *out,
		      struct error *e);

/* As policy_publish does with D, C, F and OUT, but of the files in the directory DIR.  Fails with io and too_large, too. */
result policy_publish_dir(struct db *d, const char *dir, const struct policy_candidate *c, struct findings *f,
			  struct policy_published *out, struct error *e);

/*
 * Compiles all published versions from D into *OUT, the caller's to free with
 * policy_set_free, with their numbers, times and the versions of their wordings.
 * Fails with database (a stored version is damaged), out_of_memory.
 */
result policy_set_load(struct db *d, struct policy_set **out, struct error *e);

#endif
