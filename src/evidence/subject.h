/*
 * evidence/subject.h - the index by person: which entries are about whom.
 *
 * The housekeeper makes it from the refs of the batches, which only the vault
 * can open; here a person is 16 bytes.  A person's rows each hold some tens of
 * places: the first, the last, and the differences between them as varints (7
 * bits a byte, low ones first, the high bit says that more follow).  Erasing a
 * person turns the rows into bare marks: the entry, and how many persons whom
 * nothing names any more it was about.  An entry about nobody gets a mark, too,
 * so that it cannot be told from one about an erased person.
 *
 * Threads: those of the connection.
 */
#ifndef SEKISHO_EVIDENCE_SUBJECT_H
#define SEKISHO_EVIDENCE_SUBJECT_H

#include "evidence/log.h"

struct subject_row {
	struct uuid subject;
	int64_t place; /* log_place */
};

/*
 * Sorts the N ROWS by person and place: what subject_add wants, and what makes
 * it touch each page of the index once.
 */
void subject_sort(struct subject_row *rows, size_t n);

/*
 * Adds the N ROWS, sorted, in D's open transaction; those that are there already
 * stay, so that after a crash the same may be added again.  A person's rows are
 * added in the order of the log.  Rows of nobody (nil) are passed over: they are
 * subject_done's.  Fails with database, storage_unavailable.
 */
result subject_add(struct db *d, const struct subject_row *rows, size_t n, struct error *e);

/*
 * Says in D's open transaction that all of GENERATION's first SIZE entries are in the
 * index, and leaves a mark for each of the N ROWS that is of nobody: do it once
 * for each stretch of the log.  Fails with database, storage_unavailable.
 */
result subject_done(struct db *d, uint64_t generation, uint64_t size, const struct subject_row *rows, size_t n,
		    struct error *e);

/* How many of GENERATION's first entries the index in D covers, in *SIZE.  Fails with database. */
result subject_indexed(struct db *d, uint64_t generation, uint64_t *size, struct error *e);

struct subject_page {
	int64_t before;	 /* in: list what lies before this place; INT64_MAX from the newest on */
	int64_t *places; /* in: room for the page, the caller's */
	size_t cap;
	size_t n; /* out: how many places */
};

/*
 * Lists into PAGE the places of D's entries about SUBJECT, newest first.  Fewer
 * than the page holds means that there are no more; else go on with the last as
 * `before`.  Fails with database, log_corrupt (a row that cannot be read).
 */
result subject_list(struct db *d, const struct uuid *subject, struct subject_page *page, struct error *e);

/*
 * Turns all rows of SUBJECT into bare marks in D's open transaction.  Fails with
 * database, storage_unavailable, log_corrupt.
 */
result subject_erase(struct db *d, const struct uuid *subject, struct error *e);

/* Is told of the place of one row or mark, and of how many persons there. */
struct subject_visitor {
	void (*at)(void *ctx, uint64_t index, uint64_t persons);
	void *ctx;
};

/*
 * Tells V of all rows and marks of GENERATION's entries in D, in no order.
 * Fails with database, log_corrupt.
 */
result subject_visit(struct db *d, uint64_t generation, const struct subject_visitor *v, struct error *e);

#endif
