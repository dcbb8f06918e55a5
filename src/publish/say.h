/*
 * publish/say.h - how dates, numbers, periods and the language's own words read in Japanese and in English.
 *
 * Everything is pure; JA chooses Japanese, else it is English.
 */
#ifndef SEKISHO_PUBLISH_SAY_H
#define SEKISHO_PUBLISH_SAY_H

#include "base/date.h"
#include "base/str.h"

/* Appends to B the date D, in Japanese when JA: "2026年11月1日", "1 November 2026". */
void say_date(struct buf *b, date d, bool ja);

/* Appends to B the number N with its digits in groups of three. */
void say_number(struct buf *b, uint64_t n);

/* Appends to B the period D, in Japanese when JA: "5年", "1年6か月", "14 days". */
void say_duration(struct buf *b, struct duration d, bool ja);

/* What the WORD of the policy language ("driving_licence", "JP") is called, in Japanese when JA; {NULL, 0} when it has no name here.  Static. */
struct str say_word(struct str word, bool ja);

/* What the pages call WORD ("head_purpose"), in Japanese when JA; WORD itself when it has no name here.  Static. */
const char *say(const char *word, bool ja);

/* Appends to B what WORD says, in Japanese when JA, with VALUE in the place of its "{}". */
void say_with(struct buf *b, const char *word, bool ja, struct str value);

/*
 * Appends to B the article LAW, "33-2-1", in Japanese when JA: "第33条第2項第1号",
 * "Article 33(2)(i)"; LAW itself when it is no such number.
 */
void say_article(struct buf *b, struct str law, bool ja);

/* Appends to B the LAW of a policy, "33-2-1" of the Act or "Labor Standards Act 109", in Japanese when JA; LAW itself when its act has no name here. */
void say_law(struct buf *b, struct str law, bool ja);

/* Appends to B the opening HOURS that OpenStreetMap's way of writing them says, in Japanese when JA; HOURS itself when they are of another kind. */
void say_hours(struct buf *b, struct str hours, bool ja);

#endif
