/*
 * db/foreign_engine.h - what an engine gives to db/foreign.h; seen inside this folder only.
 *
 * One statement is at hand at a time: `prepare` puts another in its place.  The
 * functions have the contracts of their namesakes in db/foreign.h, where there are any.
 *
 * Ownership: `close` frees what the engine keeps; a connection begins with a struct
 * foreign, which foreign.c frees.
 */
#ifndef SEKISHO_DB_FOREIGN_ENGINE_H
#define SEKISHO_DB_FOREIGN_ENGINE_H

#include "db/foreign_table.h"

/* Texts of sql/<engine>/foreign.sql, most with holes. */
struct foreign_words {
	const char *value, *count, *count_written, *end_reading, *taken, *make_map, *make_kept, *word, *load, *ready, *join;
	size_t longest_name; /* bytes; 0: any */
};

struct foreign_engine {
	void (*close)(struct foreign *f);

	/*
	 * Prepares TEXT; `columns` and `name` are set.  ASKED: a person's query, whose
	 * places messages tell, and that may only read.
	 */
	result (*prepare)(struct foreign *f, const char *text, bool asked, struct error *e);
	/* The next row into `field`; begins with the first. */
	result (*next)(struct foreign *f, bool *more, struct error *e);
	/* Whether TEXT, asked with the parameter $1 NAME, gives a row. */
	result (*ask)(struct foreign *f, const char *text, struct str name, bool *row, struct error *e);
	/* Gives ROWS to the table that LOAD names. */
	result (*load)(struct foreign *f, const char *load, const struct foreign_rows *rows, struct error *e);
	result (*commit)(struct foreign *f, struct error *e);
};

struct foreign {
	const struct foreign_engine *engine;
	const struct foreign_words *words;
	enum foreign_use use;
	char label[256];
	const char *file; /* in `all`, or NULL */
	struct arena arena; /* of the statement at hand */
	struct str *name;   /* its columns */
	struct str *field;  /* of its row */
	size_t columns;
	struct arena all; /* as long as the connection */
	struct arena kept;
	const char *asked; /* a person's query; in `kept` with what follows */
	struct str query;  /* it without what may end it */
	struct str *query_name;
	size_t query_columns;
};

/* Opens the SQLite file PATH for USE; *OUT is the caller's to close.  Fails as foreign_open. */
result foreign_sqlite_open(const char *path, enum foreign_use use, struct foreign **out, struct error *e);

/* Opens the PostgreSQL database at URL for USE; *OUT is the caller's to close.  Fails as foreign_open. */
result foreign_postgresql_open(const char *url, enum foreign_use use, struct foreign **out, struct error *e);

/* True when the PostgreSQL URL has a password in it, or cannot be read. */
bool foreign_postgresql_has_password(const char *url);

/* Gives the COUNT columns of the statement that F has at hand their room.  Fails with out_of_memory. */
result foreign_room(struct foreign *f, size_t count, struct error *e);

/*
 * Sets E to query_invalid with SAID, of which the first line is told, and the place AT
 * of QUERY, characters from its begin when CHARACTERS and bytes otherwise; none when
 * AT is negative.  Always fails.
 */
result foreign_refuse(struct error *e, const char *query, long at, bool characters, const char *said);

/* The first line of SAID, which may be NULL. */
struct str foreign_line(const char *said);

#endif
