/*
 * policy/words.h - the closed lists of words of the language.
 *
 * Each list ends with NULL; where policy.h has an enum, a word's position is the
 * enum's value.
 */
#ifndef SEKISHO_POLICY_WORDS_H
#define SEKISHO_POLICY_WORDS_H

#include "base/str.h"

extern const char *const words_action[];
extern const char *const words_request_kind[];
extern const char *const words_role_kind[];
extern const char *const words_item_type[];
extern const char *const words_data_class[];
extern const char *const words_leaves_by[];
extern const char *const words_channel_kind[];
extern const char *const words_foreign_basis[]; /* enum foreign_basis less one: FOREIGN_NONE has no word */

/* The position of S in WORDS, or -1. */
int words_find(const char *const *words, struct str s);

#endif
