/* policy/build.h - the parts of building that its files share; for policy/ alone. */
#ifndef SEKISHO_POLICY_BUILD_H
#define SEKISHO_POLICY_BUILD_H

#include "base/bits.h"
#include "policy/compile.h"

/* The map under SECTION of C's file, or NULL when there is none.  The policy's. */
const struct node *build_section(const struct compile *c, const char *section);

/* The position in WORDS of the scalar under KEY of MAP, or FALLBACK. */
int build_word(const struct node *map, const char *key, const char *const *words, int fallback);

/* A bit per word of WORDS that the list N names; all for a scalar (`all`). */
uint32_t build_word_bits(const struct node *n, const char *const *words);

/*
 * The items of category CATEGORY that N names: a list of items and groups, a map
 * by item, or a scalar (`all`).  The arena's; NULL when memory ran out.
 */
uint64_t *build_bits(struct compile *c, int category, const struct node *n);

/* Reads the columns of the set SET, their treatments and models, into O, whose items are known. */
void build_outputs(struct compile *c, const struct node *set, struct policy_derived *o);

#endif
