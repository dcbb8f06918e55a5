/* cmd/table_source.h - the table of a command: a file, or what a query of a database gives. */
#ifndef SEKISHO_CMD_TABLE_SOURCE_H
#define SEKISHO_CMD_TABLE_SOURCE_H

#include "db/foreign.h"
#include "deid/rows.h"

struct table_source {
	const char *input;	 /* a file, or NULL */
	const char *source;	 /* a database, or NULL */
	const char *source_file; /* that holds its URL, or NULL; without both, the variable SEKISHO_SOURCE */
	const char *query;	 /* or NULL */
	/* set by table_source_open */
	const char *name; /* what messages call it */
	const char *file; /* that nothing may be written onto; or NULL */
	struct foreign *db;
	struct deid_query_rows at;
	struct deid_counted_rows counted;
	struct deid_rows rows; /* with a database; counted there when it was opened for writing */
	struct buf url;
};

/*
 * Opens what S says for USE, if it is a database; else the file is left to whoever
 * reads it.  Fails with usage (none, or more than one; a password on the command
 * line), and as foreign_open and foreign_query.  S is closed whatever the outcome.
 */
result table_source_open(struct table_source *s, enum foreign_use use, struct error *e);

/* Closes what S has open. */
void table_source_close(struct table_source *s);

#endif
