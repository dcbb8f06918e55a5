/*
 * vault/normal.h - one form for what people take for the same: inside the vault.
 *
 * NFKC with case folding by utf8proc, then hyphens, blanks and digits by type.
 * What is appended is plaintext: the caller wipes the buffer.
 */
#ifndef SEKISHO_VAULT_NORMAL_H
#define SEKISHO_VAULT_NORMAL_H

#include "base/str.h"

/* What becomes of blanks. */
enum normal_blanks { NORMAL_COLLAPSE, NORMAL_DROP };

/*
 * Appends to OUT the text S in NFKC, case folded, every kind of hyphen as "-" (a
 * long-vowel mark too, but only between digits), without blanks at its ends and
 * inside as BLANKS says.  False when S is no UTF-8 or memory ran out.
 */
bool normal_text(struct str s, enum normal_blanks blanks, struct buf *out);

/*
 * Appends to OUT the ASCII digits of S, which may be of full width and separated by
 * blanks and hyphens.  False when S has anything else.
 */
bool normal_digits(struct str s, struct buf *out);

/*
 * Appends to OUT the telephone number S as "+" and digits: a Japanese one (0 and 9 or 10
 * digits) with 81 for its 0, an international one (+, 7 to 15 digits) as it is,
 * without the 0 that some write behind +81.  False when S is none.
 */
bool normal_phone(struct str s, struct buf *out);

#endif
