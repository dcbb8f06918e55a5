/*
 * deid/release.h - what a release published: classes of records that look alike, with their counts.
 *
 * The records of an anonymized set are written in the order of their texts, not in
 * that of the people, so that a release is its classes and nothing else: the file
 * can be made of them again, byte for byte, and no place in it tells who came first.
 */
#ifndef SEKISHO_DEID_RELEASE_H
#define SEKISHO_DEID_RELEASE_H

#include "crypto/hash.h"
#include "deid/job.h"
#include "deid/treat.h"

/* Records with the same values; a class is those that differ in sensitive columns only. */
struct deid_alike {
	struct str key;	/* its values, each followed by DEID_KEY_END */
	uint64_t count;
};

enum { DEID_KEY_END = 0x1f };

struct deid_release {
	const struct deid_treatment *columns; /* in the order of the table */
	size_t n_columns;
	struct deid_alike *classes; /* in the order of their keys */
	size_t n_classes;
	uint64_t records;
};

/*
 * Makes *OUT of what R is to write, in its columns as COLUMNS, one for each
 * quasi-identifying or sensitive column, treat them; all in A.  Fails with out_of_memory.
 */
result deid_release_make(const struct deid_run *r, const struct deid_treatment *columns, struct arena *a,
			 struct deid_release *out, struct error *e);

/* Appends to B what tells the classes of R apart: the values in KEY of columns that are not sensitive, each with its end. */
void deid_release_class(const struct deid_release *r, struct str key, struct buf *b);

/* Makes *OUT, in A, of the text that deid_release_write made.  Fails with malformed, hierarchy_invalid, out_of_memory. */
result deid_release_parse(struct str text, struct arena *a, struct deid_release *out, struct error *e);

/* Appends R to B as a line of JSON: {"columns":[{"item","how","sensitive"?}],"classes":[[count,"value",…]]}. */
void deid_release_write(const struct deid_release *r, struct buf *b);

/*
 * Looks whether R, written as a table, has the SHA-256 HASH that the log has of it.  Fails with log_corrupt when it has
 * not, out_of_memory.
 */
result deid_release_check(const struct deid_release *r, const unsigned char hash[HASH_SIZE], struct error *e);

/* Appends R to B as a table: a header of item ids, then each record. */
void deid_release_csv(const struct deid_release *r, struct buf *b);

#endif
