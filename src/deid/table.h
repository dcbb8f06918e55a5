/*
 * deid/table.h - a table in memory: each row as the number of its tuple.
 *
 * Reading encodes each column by a dictionary; what a row has in its quasi-
 * identifying and sensitive columns is one tuple, and equal tuples are one.  All
 * later work is on tuples with their counts; a row keeps its tuple's number and
 * its codes in the insensitive columns, so that the output can be written in the
 * order of the input.  Identifying columns are not kept at all.
 *
 * Of a table that stays in its database there are the tuples alone, counted there.
 *
 * The table owns everything but the hierarchies read from files, which the
 * caller keeps alive.  After reading it does not change, but for noise that is added to
 * insensitive columns once there is a plan: threads may share it.
 */
#ifndef SEKISHO_DEID_TABLE_H
#define SEKISHO_DEID_TABLE_H

#include "base/source.h"
#include "deid/hierarchy.h"
#include "deid/links.h"
#include "deid/rows.h"

enum deid_role {
	DEID_UNDECLARED,
	DEID_QUASI,
	DEID_SENSITIVE,
	DEID_INSENSITIVE,
	DEID_IDENTIFYING, /* left out */
};

/* Makes a column's hierarchy of the values that it has. */
struct deid_rule;

/* What a column's values have to be, apart from their hierarchy. */
enum deid_scale {
	DEID_ANYTHING,
	DEID_QUANTITIES, /* numbers or days: which, says the first */
	DEID_NUMBERS,
	DEID_DAYS,
};

struct deid_column {
	struct str name;
	enum deid_role role;
	const struct deid_hierarchy *file; /* read from a file, or NULL */
	const struct deid_rule *rule;	   /* or made by a rule, or NULL */
	bool number;			   /* its values have to be numbers, or empty (deid/noise.h) */
	struct deid_hierarchy made;	   /* by the rule, or flat */
	enum deid_scale scale;
	uint64_t neighbours; /* its hierarchy is of groups of so many records; 0: not */
	const struct deid_hierarchy *h;	   /* of a quasi-identifying or sensitive column */
	struct deid_dict dict;		   /* values, where no file names the leaves */
	uint32_t *code;			   /* by row: insensitive columns only, unless the table is counted */
	uint64_t *written;		   /* by value: rows of the output, insensitive columns of a counted table only */
	uint32_t written_cap;
	size_t slot;			   /* place in the tuple: quasi-identifying and sensitive columns */
};

struct deid_table {
	struct arena arena;
	struct deid_column *column; /* in the input's order */
	size_t columns;
	struct deid_dict names;		 /* numbers are places in `column` */
	const struct deid_column **slot; /* by place in the tuple */
	size_t quasi; /* columns of the tuple: these first, in the order of declaration, */
	size_t sensitive; /* then these */

	uint64_t rows;
	bool counted;	    /* there are tuples only: the rows stay in their database, or are told apart by nothing */
	uint32_t *tuple_of; /* by row, unless the table is counted */
	size_t row_cap;

	uint32_t *code; /* by tuple, (quasi + sensitive) each: leaf of the column's hierarchy */
	uint32_t *count; /* by tuple */
	uint32_t tuples;
	uint32_t tuple_cap;
	uint64_t *hashed;    /* of the tuples' hash table: hash << 32 | number + 1 */
	uint32_t hash_mask;

	struct deid_link *link; /* columns that follow from one that is left out */
	size_t links;
	size_t keys_not_compared; /* columns that are left out, of very many */

	uint64_t bad_rows;
	struct buf bad; /* the places of the first bad rows with what is wrong, one a line */
};

/* What the caller declares about a column. */
struct deid_declared {
	struct str name;
	enum deid_role role;
	const struct deid_hierarchy *file;
	const struct deid_rule *rule;
	enum deid_scale scale;
	uint64_t neighbours; /* see deid/neighbours.h; 0: no such hierarchy */
	bool number; /* values have to be numbers, or empty */
};

struct deid_read {
	const char *name; /* what messages call the input */
	char separator;
	bool strict; /* stop at the first bad row instead of leaving it out */
	bool rest_left_out; /* columns that are not declared are left out instead of refused */
	const struct deid_declared *declared;
	size_t declared_n;
};

/*
 * Reads the rows of SOURCE (UTF-8) into *T as O says; *T is freed by
 * deid_table_free whatever the outcome.  A tuple's columns stand in the order in
 * which they are declared, quasi-identifying ones first.  Fails with malformed
 * (no header, a column twice, a bad row when strict), column_unknown (a declared
 * column is missing, or a column of the table is not declared),
 * value_without_leaf, too_large (more than 2^32 - 2 rows), out_of_memory, and as
 * the source does.
 */
result deid_table_read(struct deid_table *t, struct source source, const struct deid_read *o, struct error *e);

/* As deid_table_read, of the rows FROM; O's separator is nothing to it.  Fails also with encoding, when a text is no UTF-8. */
result deid_table_read_rows(struct deid_table *t, struct deid_rows from, const struct deid_read *o, struct error *e);

/*
 * Notes that ROWS rows of the output that is made of T, a counted table, have VALUE in
 * its insensitive column number COLUMN.  Fails with out_of_memory, encoding, malformed.
 */
result deid_table_written(struct deid_table *t, size_t column, struct str value, uint64_t rows, struct error *e);

/* Frees all that T holds. */
void deid_table_free(struct deid_table *t);

/* The column of T with NAME, or NULL.  T's. */
const struct deid_column *deid_table_column(const struct deid_table *t, struct str name);

/* The codes of tuple I of T.  T's. */
static inline const uint32_t *deid_table_tuple(const struct deid_table *t, uint32_t i)
{
	return t->code + (size_t)i * (t->quasi + t->sensitive);
}

#endif
