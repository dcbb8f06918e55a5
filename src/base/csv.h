/*
 * base/csv.h - rows of separated values (RFC 4180), read as a stream and written.
 *
 * Any one byte may separate.  A field in quotes may hold separators, line ends
 * and doubled quotes; lines end in LF or CR LF; the last may have no end; a byte
 * order mark is skipped; an empty line is no row where rows have more than one
 * column.  The reader keeps one block of the input: a row's fields point into
 * the reader and are valid until the next call.
 *
 * A row that breaks the rules is given with its fault, and reading goes on with
 * the next line: whether that stops the work is the caller's to say.
 *
 * A reader belongs to one thread at a time.
 */
#ifndef SEKISHO_BASE_CSV_H
#define SEKISHO_BASE_CSV_H

#include "base/source.h"

struct csv_reader;

struct csv_options {
	char separator;	  /* ',' when 0 */
	size_t max_row;	  /* bytes of the longest row; 64 MiB when 0; 128 B at least, below 2 GiB */
	const char *name; /* what messages call the input; must outlive the reader */
};

enum { CSV_MAX_COLUMNS = 100000 };

enum csv_fault {
	CSV_FINE,
	CSV_RAGGED,	 /* more or fewer fields than the first row */
	CSV_STRAY_QUOTE, /* a quote within a field, or text behind a closing quote */
	CSV_OPEN_QUOTE,	 /* the input ends within quotes */
};

struct csv_row {
	const struct str *field;
	size_t count;
	uint64_t line; /* of the row's first byte, from 1 */
	enum csv_fault fault;
	size_t fault_field; /* the field that the fault is about; count when fields are missing */
};

/*
 * Makes *R read rows from SOURCE, which must outlive it, as O says.  *R is
 * freed with csv_close.  Fails with usage (a quote, a line end or NUL as
 * separator, a bound that is too high) or out_of_memory.
 */
result csv_open(struct csv_reader **r, struct source source, const struct csv_options *o, struct error *e);

/* Frees R (NULL is fine); the source stays open. */
void csv_close(struct csv_reader *r);

/*
 * Reads the next row into *ROW and sets *MORE, or clears *MORE at the end of
 * R's input.  Fails with too_large (row or number of columns), out_of_memory, or
 * as the source does.
 */
result csv_next(struct csv_reader *r, struct csv_row *row, bool *more, struct error *e);

/* Appends to B the place of field FIELD of the row that R gave last: name:line:column, columns counted in characters. */
void csv_where(const struct csv_reader *r, size_t field, struct buf *b);

/* As error_set with E, CODE and FORMAT; E's place is that of field FIELD of the row that R gave last. */
result csv_fail(const struct csv_reader *r, size_t field, struct error *e, enum code code, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/*
 * Fails with malformed and the place of ROW's fault, in words of what is wrong
 * and what would be right.  ROW is the one that R gave last and has a fault.
 */
result csv_refuse(const struct csv_reader *r, const struct csv_row *row, struct error *e);

/* Appends FIELD to B, in quotes where SEPARATOR, quotes, line ends or blanks at its ends ask for them. */
void csv_write(struct buf *b, struct str field, char separator);

#endif
