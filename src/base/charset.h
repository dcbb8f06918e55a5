/*
 * base/charset.h - text of another character set, read as UTF-8.
 *
 * A decoder is a source over a source.  What it gives is always well-formed
 * UTF-8 without a byte order mark; the first byte that is not of the stated
 * character set ends the reading, with its line, column and offset.  Nothing is
 * guessed and nothing is replaced.
 *
 * A decoder belongs to one thread at a time.
 */
#ifndef SEKISHO_BASE_CHARSET_H
#define SEKISHO_BASE_CHARSET_H

#include "base/source.h"

enum charset {
	CHARSET_UTF8,	   /* with or without byte order mark */
	CHARSET_SHIFT_JIS, /* Microsoft's code page 932 */
	CHARSET_EUC_JP,	   /* eucJP-ms */
};

struct charset_decoder;

/* Reads NAME (any case; "utf-8", "shift_jis", "cp932", "euc-jp", ...) into *OUT; false when it is none of ours. */
bool charset_from_name(struct str name, enum charset *out);

/* The usual name of SET.  Static. */
const char *charset_name(enum charset set);

/*
 * Makes *D read INNER, which must outlive it, as text of SET.  NAME is what
 * messages call the input; it must outlive the decoder, too.  *D is freed with
 * charset_close.  Fails with out_of_memory, or with internal when the machine
 * lacks the conversion.
 */
result charset_open(struct charset_decoder **d, enum charset set, struct source inner, const char *name,
		    struct error *e);

/* Frees D (NULL is fine); the source under it stays open. */
void charset_close(struct charset_decoder *d);

/* The decoded text of D as a source, valid until D is closed.  Its read fails with encoding at the first bad byte. */
struct source charset_source(struct charset_decoder *d);

#endif
