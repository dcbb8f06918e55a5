/*
 * deid/dict.h - the distinct values of a column, each with a number.
 *
 * A dictionary gives each text that is added the next number from 0.  It owns
 * the texts.  What is looked up most are short texts, so that up to sixteen
 * bytes are compared as two words without touching the text.
 *
 * One thread at a time may add; any may read.
 */
#ifndef SEKISHO_DEID_DICT_H
#define SEKISHO_DEID_DICT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

struct deid_dict_slot {
	uint64_t word[2];
	uint32_t length;
	uint32_t number; /* plus one; 0 marks an empty slot */
};

struct deid_dict {
	struct arena text;
	struct str *value; /* by number */
	struct deid_dict_slot *slot;
	uint32_t n;
	uint32_t cap;  /* of value */
	uint32_t mask; /* slots - 1 */
};

#define DEID_NONE UINT32_MAX

/* Makes D empty without allocating. */
void deid_dict_init(struct deid_dict *d);

/* Frees all that D holds; D is empty. */
void deid_dict_free(struct deid_dict *d);

/* The number of TEXT in D, or DEID_NONE when it is not there. */
uint32_t deid_dict_find(const struct deid_dict *d, struct str text);

/* The number of TEXT in D, added when it is not there; DEID_NONE when there is no memory (or no number left). */
uint32_t deid_dict_add(struct deid_dict *d, struct str text);

/* A hash of TEXT, all of it. */
uint64_t deid_text_hash(struct str text);

#endif
