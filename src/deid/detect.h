/*
 * deid/detect.h - does a value, or part of a free text, identify a person by itself?
 *
 * Numbers with check digits are recognized by them; the others by their form.
 * Full-width digits and hyphens count as their usual forms.  What is found is
 * told by kind, never by value.
 */
#ifndef SEKISHO_DEID_DETECT_H
#define SEKISHO_DEID_DETECT_H

#include <stdint.h>

#include "base/str.h"

/* The individual identification codes stand together. */
enum deid_finding {
	DEID_FOUND_EMAIL,
	DEID_FOUND_PHONE,
	DEID_FOUND_CARD,	      /* payment card: Luhn check digit and a known beginning */
	DEID_FOUND_INDIVIDUAL_NUMBER, /* 12 digits with their check digit */
	DEID_FOUND_PASSPORT,	      /* two letters and seven digits */
	DEID_FOUND_LICENCE,	      /* driving licence: 12 digits, prefecture's code first, with check digit */
	DEID_FOUND_RESIDENCE_CARD,    /* two letters, eight digits, two letters */
	DEID_FOUND_PENSION,	      /* basic pension number: four digits and six, or ten where the words say so */
	DEID_FOUND_INSURANCE,	      /* symbol and number of an insured person, where the words say so */
	DEID_FOUND_ADDRESS, /* municipality with a house number; a postcode with its mark or before a prefecture */
	DEID_FINDINGS,
};

/* The kinds found in TEXT, as bits 1 << kind. */
uint32_t deid_detect(struct str text);

/*
 * As deid_detect, for the field TEXT of the column NAME: what the name says that its
 * numbers are counts, too, be their check digits right or not.
 */
uint32_t deid_detect_field(struct str name, struct str text);

/* The name of KIND, such as "e-mail address".  Static. */
const char *deid_finding_name(enum deid_finding kind);

/* True when KIND is an individual identification code (APPI 2(2), Order 1) rather than a direct identifier. */
bool deid_finding_is_code(enum deid_finding kind);

/* True when D, 12 decimal digits, has the check digit of an individual number (Ordinance 85 of 2014, art. 5). */
bool deid_is_individual_number(const unsigned char *d);

#endif
