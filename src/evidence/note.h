/*
 * evidence/note.h - signed notes (C2SP signed-note) with Ed25519 keys.
 *
 * A note is a UTF-8 text that ends in a newline, a blank line, and 1 to 16
 * signature lines `— <name> <base64(4-byte key id || signature)>`.  The
 * signature is over the text with its last newline.  The key id is the beginning
 * of SHA-256(name || 0x0A || 0x01 || public key).
 *
 * Ownership: what is read points into the text it was read from.  Pure.
 */
#ifndef SEKISHO_EVIDENCE_NOTE_H
#define SEKISHO_EVIDENCE_NOTE_H

#include "crypto/sign.h"

enum { NOTE_SIGNATURES_MAX = 16, NOTE_KEY_ID = 4, NOTE_SIZE_MAX = 65536 };

/* A key whose signatures are known. */
struct note_key {
	struct str name;
	unsigned char id[NOTE_KEY_ID];
	unsigned char pub[SIGN_PUBLIC];
};

/* True when NAME may name a key: UTF-8, not empty, without space or plus. */
bool note_name_valid(struct str name);

/* The known key NAME (valid, borrowed) with the public half PUB. */
struct note_key note_key_of(struct str name, const unsigned char pub[SIGN_PUBLIC]);

/* Reads TEXT, `<name>+<key id in hex>+<base64(0x01 || public key)>`, into *OUT; false when it is none or its id is wrong. */
bool note_key_read(struct str text, struct note_key *out);

/* Appends K to B in that form. */
void note_key_write(struct buf *b, const struct note_key *k);

/*
 * Reads TEXT, `PRIVATE+KEY+<name>+<key id>+<base64(0x01 || seed)>`, into *NAME and
 * *K, which the caller wipes; false when it is none.
 */
bool note_secret_read(struct str text, struct str *name, struct sign_key *k);

/* Appends NAME's key K to B in that form: a secret, for a buf that is wiped. */
void note_secret_write(struct buf *b, struct str name, const struct sign_key *k);

/* Appends to B the note of TEXT, which ends in a newline, signed by NAME's key K. */
void note_sign(struct buf *b, struct str text, struct str name, const struct sign_key *k);

/* As note_sign of TEXT, NAME and K to B, and gives the signature in RAW, too. */
void note_sign_raw(struct buf *b, struct str text, struct str name, const struct sign_key *k,
		   unsigned char raw[SIGN_SIGNATURE]);

/*
 * Opens NOTE: *TEXT is its text with the last newline when at least one of the
 * COUNT keys KNOWN has signed it and none of them failed; signatures of others
 * are ignored.  Fails with malformed, or log_corrupt (a known key's signature
 * does not verify, or none is there).
 */
result note_open(struct str note, const struct note_key *known, size_t count, struct str *text, struct error *e);

#endif
