/*
 * web/language.h - the languages of pages, and how they write dates, times and numbers.
 *
 * Threads: everything is pure.
 */
#ifndef SEKISHO_WEB_LANGUAGE_H
#define SEKISHO_WEB_LANGUAGE_H

#include "base/date.h"
#include "base/str.h"

enum web_language { WEB_JA, WEB_EN, WEB_LANGUAGES };

/*
 * The language of a page: QUERY (the value of ?language=) when it names one we
 * have, else the one that ACCEPT (the Accept-Language header, RFC 9110 section
 * 12.5.4) likes best, else Japanese.  Either may be empty.
 */
enum web_language web_language_choose(struct str query, struct str accept);

/* "ja" or "en", as in the lang attribute, for LANGUAGE.  Static. */
const char *web_language_tag(enum web_language language);

/* Appends to B the date D as LANGUAGE writes it: "2026年11月1日", "1 November 2026". */
void web_write_date(struct buf *b, date d, enum web_language language);

/* Appends to B the time M, to the minute, at an offset of ZONE minutes, as LANGUAGE writes it. */
void web_write_time(struct buf *b, moment m, int zone, enum web_language language);

/* Appends to B the number N with its digits in groups of three. */
void web_write_number(struct buf *b, uint64_t n);

#endif
