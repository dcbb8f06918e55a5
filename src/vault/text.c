#include "vault/text.h"

#include <string.h>

#include "vault/inside.h"

enum { TEXT_FORMAT = 1, TEXT_HEAD = 1 + CRYPTO_NONCE, TEXT_AD = 2 + 3 * 16 };

/* The key of PERSON's texts, or of the instance's, into *KEY; false when the log key does not open. */
static bool text_key(struct vault *v, const struct vault_person *person, struct crypto_key *key)
{
	unsigned char log_key[VAULT_LOG_KEY];
	struct str use = STR("sekisho text 1");

	if (!person) {
		*key = *v->text_key;
		return true;
	}
	if (!vault_log_key(v, person, log_key))
		return false;
	crypto_mac(log_key, sizeof log_key, &use, 1, key->b, sizeof key->b);
	crypto_wipe(log_key, sizeof log_key);
	return true;
}

static void text_ad(const struct vault *v, const struct uuid *subject, const struct uuid *id, unsigned char ad[TEXT_AD])
{
	ad[0] = TEXT_FORMAT;
	ad[1] = 'T';
	memcpy(ad + 2, v->instance.b, 16);
	memcpy(ad + 18, subject->b, 16);
	memcpy(ad + 34, id->b, 16);
}

result vault_text_seal(struct vault *v, const struct vault_person *person, struct str text, struct arena *a,
		       struct vault_text *out, struct error *e)
{
	struct str parts[] = {{(const char *)out->id.b, sizeof out->id.b}, text};
	CRYPTO_WIPED key, mac_key;
	unsigned char ad[TEXT_AD], *sealed;

	*out = (struct vault_text){.id = uuid_make(clock_now(&v->clock), &v->entropy)};
	if (person)
		out->subject = person->id;
	if (text.n > VAULT_TEXT_MAX)
		return error_set(e, CODE_TOO_LARGE, "a text is longer than %d bytes", VAULT_TEXT_MAX);
	if (!text_key(v, person, &key))
		return error_set(e, CODE_SEAL_BROKEN, "a person's log key does not open");
	out->sealed.n = TEXT_HEAD + text.n + CRYPTO_TAG;
	sealed = arena_alloc(a, out->sealed.n);
	if (!sealed)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a text");
	sealed[0] = TEXT_FORMAT;
	v->entropy.fill(v->entropy.ctx, sealed + 1, CRYPTO_NONCE);
	text_ad(v, &out->subject, &out->id, ad);
	crypto_seal(&key, sealed + 1, (struct str){(const char *)ad, sizeof ad}, text.p, text.n, sealed + TEXT_HEAD);
	out->sealed.p = (const char *)sealed;
	crypto_derive(&key, "sk-tmac ", 1, &mac_key);
	crypto_mac(mac_key.b, sizeof mac_key.b, parts, 2, out->mac, sizeof out->mac);
	return RESULT_OK;
}

result vault_text_put(struct db *d, const struct vault_text *t, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_VAULT_TEXT_INSERT, e);

	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, &t->subject);
	db_bind_uuid(s, 2, &t->id);
	db_bind_blob(s, 3, t->sealed.p, t->sealed.n);
	return db_run(s, e);
}

/* Opens SEALED, the text ID of PERSON, into *OUT in A. */
static result text_open(const struct vault_reader *from, const struct vault_person *person, const struct uuid *id,
			struct str sealed, struct str *out, struct error *e)
{
	static const struct uuid nobody;
	unsigned char ad[TEXT_AD], *text;
	CRYPTO_WIPED key;
	size_t n = sealed.n - TEXT_HEAD - CRYPTO_TAG;

	if (sealed.n < TEXT_HEAD + CRYPTO_TAG || sealed.p[0] != TEXT_FORMAT || !text_key(from->vault, person, &key))
		return error_set(e, CODE_SEAL_BROKEN, "a text is not as it was written");
	text = arena_alloc(from->arena, n);
	if (!text)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a text");
	text_ad(from->vault, person ? &person->id : &nobody, id, ad);
	if (!crypto_open(&key, (const unsigned char *)sealed.p + 1, (struct str){(const char *)ad, sizeof ad},
			 str_sub(sealed, TEXT_HEAD, sealed.n), text))
		return error_set(e, CODE_SEAL_BROKEN, "a text does not open");
	*out = (struct str){(const char *)text, n};
	return RESULT_OK;
}

result vault_text_get(const struct vault_reader *from, const struct vault_person *person, const struct uuid *id,
		      struct str *out, struct error *e)
{
	static const struct uuid nobody;
	struct db_stmt *s = db_stmt(from->db, SQL_VAULT_TEXT_LOAD, e);
	result r = RESULT_OK;
	bool row;

	*out = (struct str){NULL, 0};
	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, person ? &person->id : &nobody);
	db_bind_uuid(s, 2, id);
	TRY(db_step(s, &row, e));
	if (row)
		r = text_open(from, person, id, db_blob(s, 0), out, e);
	db_reset(s);
	return r;
}
