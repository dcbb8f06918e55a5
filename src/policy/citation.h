/* policy/citation.h - citations of articles in wordings, in English and Japanese; for policy/ alone. */
#ifndef SEKISHO_POLICY_CITATION_H
#define SEKISHO_POLICY_CITATION_H

#include <stdbool.h>

#include "base/date.h"
#include "base/str.h"

struct citation {
	int article, sub, paragraph, item; /* sub: the 2 of "26-2"; 0 where none is given */
	struct str text;		   /* as it stands there */
	bool appi;			   /* of the Act on the Protection of Personal Information */
};

/*
 * Finds the next citation in TEXT, one line, from byte *FROM on, sets *FROM behind
 * it and *OUT to it; false when there is none.  Which law it is of is read from
 * what stands around it.
 */
bool citation_next(struct str text, size_t *from, struct citation *out);

/*
 * True when C, in a sentence and under a heading that say ABOUT and HEADING, has a
 * number of before the renumbering of 2022-04-01, read on the date LAW; *NOW is
 * the number of today.
 */
bool citation_stale(const struct citation *c, struct str about, struct str heading, date law, int *now);

/*
 * Reads S as digits: ASCII, full-width, Kanji up to 99, or small Roman (iv), from
 * byte *I on, which is set behind them; 0 when there is none.
 */
int citation_number(struct str s, size_t *i);

#endif
