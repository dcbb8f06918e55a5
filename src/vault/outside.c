#include "vault/outside.h"

#include <string.h>

#include "vault/inside.h"
#include "vault/codec.h"
#include "vault/value.h"

enum {
	OUTSIDE_FORMAT = 1,
	OUTSIDE_PREFIX = 4,
	OUTSIDE_HEAD = 1 + 16 + 4 + 4 + CRYPTO_NONCE,
	OUTSIDE_AD = 2 + 2 * 16 + 2 * 4,
	BLOCK = 16,
};

bool vault_outside_parse(struct str text, struct arena *a, struct vault_outside *out)
{
	unsigned char *bytes;
	size_t n;

	if (text.n > VAULT_OUTSIDE_MAX || !str_starts(text, STR("sk1.")))
		return false;
	bytes = arena_alloc(a, text.n);
	if (!bytes || !base64url_decode(str_sub(text, OUTSIDE_PREFIX, text.n), bytes, text.n, &n))
		return false;
	if (n < OUTSIDE_HEAD + BLOCK + CRYPTO_TAG || (n - OUTSIDE_HEAD) % BLOCK || bytes[0] != OUTSIDE_FORMAT)
		return false;
	memcpy(out->subject.b, bytes + 1, 16);
	out->category = get_u32(bytes + 17);
	out->item = get_u32(bytes + 21);
	memcpy(out->nonce, bytes + 25, CRYPTO_NONCE);
	out->sealed = (struct str){(const char *)bytes + OUTSIDE_HEAD, n - OUTSIDE_HEAD};
	return true;
}

static struct wrap_place key_place(const struct vault_outside_key *k)
{
	return (struct wrap_place){WRAP_OUTSIDE, &k->subject, k->category, k->item};
}

static void key_make(struct vault *v, struct vault_outside_key *k)
{
	struct wrap_place at = key_place(k);
	CRYPTO_WIPED key;

	v->entropy.fill(v->entropy.ctx, key.b, sizeof key.b);
	k->epoch = vault_wrap(v, &at, key.b, sizeof key.b, k->key);
}

static result key_row(struct db_stmt *s, struct vault_outside_key *k, struct error *e)
{
	int64_t epoch = db_i64(s, 0);
	struct str key = db_blob(s, 1);

	if (epoch < 1 || epoch > UINT32_MAX || key.n != sizeof k->key)
		return error_set(e, CODE_SEAL_BROKEN, "a wrapped key is not as it was written");
	k->epoch = (uint32_t)epoch;
	memcpy(k->key, key.p, key.n);
	k->exists = true;
	return RESULT_OK;
}

result vault_outside_key_load(const struct vault_reader *from, const struct vault_person *person, uint32_t category,
			      uint32_t item, struct vault_outside_key *out, struct error *e)
{
	struct db_stmt *s = db_stmt(from->db, SQL_VAULT_OUTSIDE_LOAD, e);
	result r = RESULT_OK;
	bool row;

	*out = (struct vault_outside_key){.subject = person->id, .category = category, .item = item};
	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, &person->id);
	db_bind_i64(s, 2, category);
	db_bind_i64(s, 3, item);
	TRY(db_step(s, &row, e));
	if (row)
		r = key_row(s, out, e);
	else
		key_make(from->vault, out);
	db_reset(s);
	return r;
}

result vault_outside_key_put(struct db *d, const struct vault_outside_key *k, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_VAULT_OUTSIDE_INSERT, e);

	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, &k->subject);
	db_bind_i64(s, 2, k->category);
	db_bind_i64(s, 3, k->item);
	db_bind_i64(s, 4, k->epoch);
	db_bind_blob(s, 5, k->key, sizeof k->key);
	return db_run(s, e);
}

static void outside_ad(const struct vault *v, const struct vault_outside_key *k, unsigned char ad[OUTSIDE_AD])
{
	ad[0] = OUTSIDE_FORMAT;
	ad[1] = 'S';
	memcpy(ad + 2, v->instance.b, 16);
	memcpy(ad + 18, k->subject.b, 16);
	put_u32(ad + 34, k->category);
	put_u32(ad + 38, k->item);
}

/* Seals JSON under KEY with the head of K and appends it all to OUT in base64url. */
static bool outside_write(struct vault *v, const struct vault_outside_key *k, const struct crypto_key *key,
			  struct str json, struct buf *out)
{
	size_t padded = padded_size(json.n);
	unsigned char ad[OUTSIDE_AD], *p;
	struct buf bytes;
	bool good;

	buf_init(&bytes);
	p = (unsigned char *)buf_room(&bytes, OUTSIDE_HEAD + padded + CRYPTO_TAG);
	if (p) {
		p[0] = OUTSIDE_FORMAT;
		memcpy(p + 1, k->subject.b, 16);
		put_u32(p + 17, k->category);
		put_u32(p + 21, k->item);
		v->entropy.fill(v->entropy.ctx, p + 25, CRYPTO_NONCE);
		memcpy(p + OUTSIDE_HEAD, json.p, json.n);
		pad_text(p + OUTSIDE_HEAD, json.n);
		outside_ad(v, k, ad);
		crypto_seal(key, p + 25, (struct str){(const char *)ad, sizeof ad}, p + OUTSIDE_HEAD, padded,
			    p + OUTSIDE_HEAD);
		buf_text(out, "sk1.");
		buf_base64url(out, p, OUTSIDE_HEAD + padded + CRYPTO_TAG);
	}
	good = p && buf_ok(out);
	buf_wipe(&bytes);
	return good;
}

result vault_outside_seal(struct vault *v, const struct vault_outside_key *k, struct str json, struct buf *out,
			  struct error *e)
{
	struct wrap_place at = key_place(k);
	CRYPTO_WIPED key;

	if (json.n > VALUE_MAX)
		return error_set(e, CODE_TOO_LARGE, "a value is larger than %d bytes", VALUE_MAX);
	if (!vault_unwrap(v, k->epoch, &at, k->key, sizeof key.b, key.b))
		return error_set(e, CODE_SEAL_BROKEN, "the key of values outside does not open");
	if (!outside_write(v, k, &key, json, out))
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a sealed value");
	return RESULT_OK;
}

result vault_outside_open(struct vault *v, const struct vault_outside_key *k, const struct vault_outside *s,
			  struct arena *a, struct str *json, struct error *e)
{
	struct wrap_place at = key_place(k);
	unsigned char ad[OUTSIDE_AD], *text = arena_alloc(a, s->sealed.n);
	CRYPTO_WIPED key;
	size_t n;

	*json = (struct str){NULL, 0};
	if (!text)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a sealed value");
	outside_ad(v, k, ad);
	if (!k->exists || !uuid_eq(&k->subject, &s->subject) || k->category != s->category || k->item != s->item ||
	    !vault_unwrap(v, k->epoch, &at, k->key, sizeof key.b, key.b) ||
	    !crypto_open(&key, s->nonce, (struct str){(const char *)ad, sizeof ad}, s->sealed, text))
		return error_set(e, CODE_SEAL_BROKEN, "a sealed value does not open");
	n = unpadded_size(text, s->sealed.n - CRYPTO_TAG);
	if (n == SIZE_MAX)
		return error_set(e, CODE_SEAL_BROKEN, "a sealed value does not open");
	*json = (struct str){(const char *)text, n};
	return RESULT_OK;
}
