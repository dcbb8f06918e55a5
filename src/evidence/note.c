#include "evidence/note.h"

#include <string.h>

#include "crypto/hash.h"

enum { KEY_TYPE_ED25519 = 1, SIGNATURE_BYTES = NOTE_KEY_ID + SIGN_SIGNATURE };

/* "— " as UTF-8 */
#define DASH STR("\xE2\x80\x94 ")

/* The length of the white space of Unicode that S begins with, 0 when it begins with none. */
static size_t space_at(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;

	if (p[0] == ' ' || (p[0] >= '\t' && p[0] <= '\r'))
		return 1;
	if (s.n >= 2 && p[0] == 0xC2 && (p[1] == 0x85 || p[1] == 0xA0))
		return 2;
	if (s.n < 3)
		return 0;
	if (p[0] == 0xE1 && p[1] == 0x9A && p[2] == 0x80)
		return 3;
	if (p[0] == 0xE2 && p[1] == 0x80 && (p[2] <= 0x8A || p[2] == 0xA8 || p[2] == 0xA9 || p[2] == 0xAF))
		return 3;
	if (p[0] == 0xE2 && p[1] == 0x81 && p[2] == 0x9F)
		return 3;
	if (p[0] == 0xE3 && p[1] == 0x80 && p[2] == 0x80)
		return 3;
	return 0;
}

bool note_name_valid(struct str name)
{
	if (name.n == 0 || !str_utf8_valid(name) || str_find(name, '+') < name.n)
		return false;
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] < 0x20 || space_at(str_sub(name, i, name.n)))
			return false;
	return true;
}

struct note_key note_key_of(struct str name, const unsigned char pub[SIGN_PUBLIC])
{
	struct note_key k = {.name = name};
	unsigned char hash[HASH_SIZE];

	memcpy(k.pub, pub, sizeof k.pub);
	hash_sha256_parts((struct str[]){name, STR("\n\x01"), {(const char *)pub, SIGN_PUBLIC}}, 3, hash);
	memcpy(k.id, hash, sizeof k.id);
	return k;
}

/* Splits `<name>+<8 hex>+<base64(0x01 || 32 bytes)>` into its parts. */
static bool split_key(struct str text, struct str *name, unsigned char id[NOTE_KEY_ID], unsigned char bytes[32])
{
	size_t plus = str_find(text, '+');
	unsigned char typed[33];
	struct str rest = str_sub(text, plus + 1, text.n);
	size_t n;
	bool fine;

	*name = str_sub(text, 0, plus);
	fine = note_name_valid(*name) && rest.n > 9 && rest.p[8] == '+' &&
	       hex_decode(str_sub(rest, 0, 8), id, NOTE_KEY_ID) &&
	       base64_decode(str_sub(rest, 9, rest.n), typed, sizeof typed, &n) && n == sizeof typed &&
	       typed[0] == KEY_TYPE_ED25519;
	if (fine)
		memcpy(bytes, typed + 1, 32);
	crypto_wipe(typed, sizeof typed);
	return fine;
}

static void join_key(struct buf *b, struct str name, const unsigned char id[NOTE_KEY_ID],
		     const unsigned char bytes[32])
{
	unsigned char typed[33] = {KEY_TYPE_ED25519};

	memcpy(typed + 1, bytes, 32);
	buf_str(b, name);
	buf_byte(b, '+');
	buf_hex(b, id, NOTE_KEY_ID);
	buf_byte(b, '+');
	buf_base64(b, typed, sizeof typed);
	crypto_wipe(typed, sizeof typed);
}

bool note_key_read(struct str text, struct note_key *out)
{
	unsigned char id[NOTE_KEY_ID], pub[SIGN_PUBLIC];
	struct str name;

	if (!split_key(text, &name, id, pub))
		return false;
	*out = note_key_of(name, pub);
	return crypto_equal(out->id, id, sizeof id);
}

void note_key_write(struct buf *b, const struct note_key *k)
{
	join_key(b, k->name, k->id, k->pub);
}

#define SECRET_PREFIX STR("PRIVATE+KEY+")

bool note_secret_read(struct str text, struct str *name, struct sign_key *k)
{
	unsigned char id[NOTE_KEY_ID], seed[SIGN_SEED];
	struct note_key key;
	bool fine;

	if (!str_starts(text, SECRET_PREFIX) || !split_key(str_sub(text, SECRET_PREFIX.n, text.n), name, id, seed))
		return false;
	sign_key_of(k, seed);
	crypto_wipe(seed, sizeof seed);
	key = note_key_of(*name, k->pub);
	fine = crypto_equal(key.id, id, sizeof id);
	if (!fine)
		sign_key_wipe(k);
	return fine;
}

void note_secret_write(struct buf *b, struct str name, const struct sign_key *k)
{
	struct note_key key = note_key_of(name, k->pub);

	buf_str(b, SECRET_PREFIX);
	join_key(b, name, key.id, k->seed);
}

void note_sign(struct buf *b, struct str text, struct str name, const struct sign_key *k)
{
	unsigned char raw[SIGN_SIGNATURE];

	note_sign_raw(b, text, name, k, raw);
}

void note_sign_raw(struct buf *b, struct str text, struct str name, const struct sign_key *k,
		   unsigned char raw[SIGN_SIGNATURE])
{
	struct note_key key = note_key_of(name, k->pub);
	unsigned char signature[SIGNATURE_BYTES];

	memcpy(signature, key.id, NOTE_KEY_ID);
	sign_make(k, text, raw);
	memcpy(signature + NOTE_KEY_ID, raw, SIGN_SIGNATURE);
	buf_str(b, text);
	buf_byte(b, '\n');
	buf_str(b, DASH);
	buf_str(b, name);
	buf_byte(b, ' ');
	buf_base64(b, signature, sizeof signature);
	buf_byte(b, '\n');
}

/* True when S is UTF-8 without control characters but the newline. */
static bool text_valid(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 && s.p[i] != '\n')
			return false;
	return str_utf8_valid(s);
}

/* Where the last blank line of NOTE stands: the end of the text; NOTE.n when there is none. */
static size_t text_end(struct str note)
{
	for (size_t i = note.n; i-- > 1;)
		if (note.p[i] == '\n' && note.p[i - 1] == '\n')
			return i;
	return note.n;
}

struct signature {
	struct str name;
	unsigned char bytes[SIGNATURE_BYTES + 64]; /* of kinds that are not known may be longer */
	size_t n;
};

/* Reads the signature line LINE, without its newline. */
static bool read_signature(struct str line, struct signature *s)
{
	size_t space;

	if (!str_starts(line, DASH))
		return false;
	line = str_sub(line, DASH.n, line.n);
	space = str_find(line, ' ');
	s->name = str_sub(line, 0, space);
	return note_name_valid(s->name) && space < line.n &&
	       base64_decode(str_sub(line, space + 1, line.n), s->bytes, sizeof s->bytes, &s->n) &&
	       s->n > NOTE_KEY_ID;
}

/* The key of KNOWN that S claims to be of, NULL when it is of none. */
static const struct note_key *key_of(const struct signature *s, const struct note_key *known, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(known[i].name, s->name) && crypto_equal(known[i].id, s->bytes, NOTE_KEY_ID))
			return &known[i];
	return NULL;
}

result note_open(struct str note, const struct note_key *known, size_t count, struct str *text, struct error *e)
{
	size_t end = text_end(note);
	struct str rest = str_sub(note, end + 1, note.n);
	unsigned signatures = 0, good = 0;

	if (note.n > NOTE_SIZE_MAX || end == note.n || !text_valid(note) || note.p[note.n - 1] != '\n')
		return error_set(e, CODE_MALFORMED, "this is no signed note");
	*text = str_sub(note, 0, end);
	while (rest.n) {
		size_t line = str_find(rest, '\n');
		const struct note_key *key;
		struct signature s;

		if (++signatures > NOTE_SIGNATURES_MAX || !read_signature(str_sub(rest, 0, line), &s))
			return error_set(e, CODE_MALFORMED, "signature line %u of the note is malformed, or one too many",
					 signatures);
		rest = str_sub(rest, line + 1, rest.n);
		key = key_of(&s, known, count);
		if (!key)
			continue;
		if (s.n != SIGNATURE_BYTES || !sign_verify(key->pub, *text, s.bytes + NOTE_KEY_ID))
			return error_set(e, CODE_LOG_CORRUPT, "the signature of a known key does not verify");
		good++;
	}
	if (!good)
		return error_set(e, CODE_LOG_CORRUPT, "no known key has signed the note");
	return RESULT_OK;
}
