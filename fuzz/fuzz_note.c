/*
 * A signed note, a receipt and key texts: what is opened was signed and comes out
 * in its one form again; everything else is refused.
 */
#include <stdlib.h>

#include "evidence/proof.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

#define KEY STR("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx")

static void expect(const struct buf *made, struct str given)
{
	if (buf_ok(made) && !str_eq(buf_view(made), given))
		abort();
}

static void try_note(struct str note, const struct note_key *key)
{
	struct checkpoint c;
	struct str text;
	struct error e = {.code = CODE_NONE};
	struct buf b;

	if (!ok(note_open(note, key, 1, &text, &e))) {
		if (e.code != CODE_MALFORMED && e.code != CODE_LOG_CORRUPT)
			abort();
		return;
	}
	if (!checkpoint_read(text, &c))
		return;
	buf_init(&b);
	checkpoint_write(&b, &c);
	expect(&b, text);
	buf_free(&b);
}

static void try_checkpoint(struct str text)
{
	struct checkpoint c;
	struct buf b;

	if (!checkpoint_read(text, &c))
		return;
	buf_init(&b);
	checkpoint_write(&b, &c);
	expect(&b, text);
	buf_free(&b);
	if (checkpoint_generation(c.origin) >> 22)
		abort();
}

static void try_receipt(struct str receipt, const struct note_key *key)
{
	struct merkle_proof p;
	struct str note;
	struct buf b;
	uint64_t index;

	if (!proof_read(receipt, &index, &p, &note))
		return;
	buf_init(&b);
	proof_write(&b, index, &p, note);
	expect(&b, receipt);
	buf_free(&b);
	/* whatever it is, it does not prove an entry of another log */
	if (ok(proof_verify(receipt, STR("no entry"), key, &index, NULL)))
		abort();
}

static void try_key(struct str text)
{
	struct note_key k;
	struct sign_key secret;
	struct str name;
	struct buf b;

	buf_init(&b);
	if (note_key_read(text, &k)) {
		note_key_write(&b, &k);
		if (b.n != text.n) /* the id's hex may be in either case */
			abort();
	}
	if (note_secret_read(text, &name, &secret))
		sign_key_wipe(&secret);
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
	struct str text = {(const char *)data, n};
	struct note_key key;

	if (!note_key_read(KEY, &key))
		abort();
	try_note(text, &key);
	try_checkpoint(text);
	try_receipt(text, &key);
	try_key(text);
	return 0;
}
