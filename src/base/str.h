/*
 * base/str.h - text as pointer and length, and a builder that grows.
 *
 * A `struct str` does not own what it points to and need not end in NUL.  A
 * `struct buf` owns its bytes; it is filled by the buf_ functions and fails
 * once and for all: when memory ran out, `failed` is set, later calls do
 * nothing, and the caller asks buf_ok once at the end.
 */
#ifndef SEKISHO_BASE_STR_H
#define SEKISHO_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct str {
	const char *p;
	size_t n;
};

/* A str over a string literal. */
#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})

/* A str over the NUL-terminated C; of length 0 when C is NULL. */
struct str str_of(const char *c);

/* True when A and B have the same bytes. */
bool str_eq(struct str a, struct str b);

/* True when A's bytes are those of the NUL-terminated B. */
bool str_is(struct str a, const char *b);

/* True when A begins with PREFIX. */
bool str_starts(struct str a, struct str prefix);

/* True when WORD, NUL-terminated, stands in S from byte AT on. */
bool str_has_at(struct str s, size_t at, const char *word);

/* Less than, equal to or greater than 0 as A sorts before, with or after B (bytes, then length). */
int str_cmp(struct str a, struct str b);

/* S from byte FROM on, N bytes at most; empty when FROM is past the end. */
struct str str_sub(struct str s, size_t from, size_t n);

/* Where byte C first stands in S, or S.n when it does not. */
size_t str_find(struct str s, char c);

/* S without blanks, tabs and line ends at both ends. */
struct str str_trim(struct str s);

/* A copy of S in A, NUL behind it; {NULL, 0} when there is no memory.  The arena's. */
struct str str_copy(struct arena *a, struct str s);

/* Reads S, all of it, as a decimal number without sign into *OUT; false when it is none or above MAX. */
bool str_to_u64(struct str s, uint64_t max, uint64_t *out);

/* True when S is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms). */
bool str_utf8_valid(struct str s);

/* Number of edits (insert, delete, replace, swap of neighbours) from A to B, or LIMIT + 1 when more than LIMIT. */
unsigned str_distance(struct str a, struct str b, unsigned limit);

struct buf {
	char *p;
	size_t n;
	size_t cap;
	bool failed;
};

/* Makes B empty without allocating. */
void buf_init(struct buf *b);

/* Frees B's bytes; B is empty. */
void buf_free(struct buf *b);

/* As buf_free, and wipes the bytes first. */
void buf_wipe(struct buf *b);

/* Forgets the content, keeps the memory, clears `failed`. */
void buf_reset(struct buf *b);

/* True when every call so far had memory. */
bool buf_ok(const struct buf *b);

/* Makes room for N more bytes and gives a pointer to them (B's; valid until the next call), or NULL. */
char *buf_room(struct buf *b, size_t n);

/* Appends N bytes at P. */
void buf_add(struct buf *b, const void *p, size_t n);

/* Appends S. */
void buf_str(struct buf *b, struct str s);

/* Appends the NUL-terminated C. */
void buf_text(struct buf *b, const char *c);

/* Appends the byte C. */
void buf_byte(struct buf *b, char c);

/* Appends N in decimal. */
void buf_u64(struct buf *b, uint64_t n);

enum { U64_GROUPED = 28 };

/* N in decimal with its digits in groups of three, as text in ROOM; ROOM's. */
const char *u64_grouped(uint64_t n, char room[U64_GROUPED]);

/* Appends as printf would.  For messages and pages; not for secrets. */
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* As buf_printf for functions that take FORMAT and ARGS on. */
void buf_vprintf(struct buf *b, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* Appends S as a JSON string with its quotes (RFC 8259); S must be UTF-8. */
void buf_json(struct buf *b, struct str s);

/* Appends N bytes at P in lower-case hex. */
void buf_hex(struct buf *b, const void *p, size_t n);

/* Appends N bytes at P in base64 with padding (RFC 4648 section 4). */
void buf_base64(struct buf *b, const void *p, size_t n);

/* Appends N bytes at P in base64url without padding (RFC 4648 section 5). */
void buf_base64url(struct buf *b, const void *p, size_t n);

/* What B holds; B's, valid until the next call. */
struct str buf_view(const struct buf *b);

/* Appends a NUL that does not count and gives B's text, "" when B failed.  B's. */
const char *buf_c(struct buf *b);

/* The value of the hex digit C, either case, or -1. */
int hex_digit(char c);

/* Reads hex S (either case) into the N bytes at OUT; false unless S is exactly 2 N hex digits. */
bool hex_decode(struct str s, void *out, size_t n);

/*
 * Reads padded base64 S (RFC 4648 section 4, canonical: no spare bits, no blanks)
 * into OUT of CAP bytes and gives the number of bytes in *N; false otherwise.
 */
bool base64_decode(struct str s, void *out, size_t cap, size_t *n);

/* As base64_decode for unpadded base64url. */
bool base64url_decode(struct str s, void *out, size_t cap, size_t *n);

#endif
