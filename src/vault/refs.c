#include "vault/refs.h"

#include <string.h>

#include "vault/codec.h"
#include "vault/inside.h"

enum {
	REFS_FORMAT = 1,
	REFS_NONCE = 16,
	REFS_HEAD = 1 + 4 + REFS_NONCE,
	REFS_AD = 2 + 16 + 4,
	REF_LEAST = 1 + 16,
};

result vault_log_mac(struct vault *v, const struct vault_person *person, const unsigned char nonce[VAULT_ENTRY_NONCE],
		     unsigned char out[VAULT_SUBJECT_MAC], struct error *e)
{
	unsigned char key[VAULT_LOG_KEY];
	struct str part = {(const char *)nonce, VAULT_ENTRY_NONCE};

	if (!person) {
		v->entropy.fill(v->entropy.ctx, out, VAULT_SUBJECT_MAC);
		return RESULT_OK;
	}
	if (!vault_log_key(v, person, key)) {
		memset(out, 0, VAULT_SUBJECT_MAC);
		return error_set(e, CODE_SEAL_BROKEN, "a person's log key does not open");
	}
	crypto_mac(key, sizeof key, &part, 1, out, VAULT_SUBJECT_MAC);
	crypto_wipe(key, sizeof key);
	return RESULT_OK;
}

static void refs_ad(const struct vault *v, uint32_t epoch, unsigned char ad[REFS_AD])
{
	ad[0] = REFS_FORMAT;
	ad[1] = 'R';
	memcpy(ad + 2, v->instance.b, 16);
	put_u32(ad + 18, epoch);
}

/* Appends REFS as numbers and ids; false when they do not ascend. */
static bool refs_write(const struct vault_ref *refs, size_t n, struct buf *out)
{
	struct writer w = {.out = out};
	uint32_t before = 0;

	for (size_t i = 0; i < n; i++) {
		if (refs[i].entry < before)
			return false;
		write_number(&w, refs[i].entry - before);
		buf_add(out, refs[i].subject.b, sizeof refs[i].subject.b);
		before = refs[i].entry;
	}
	return true;
}

result vault_seal_refs(struct vault *v, const struct vault_ref *refs, size_t n, struct buf *out, struct error *e)
{
	unsigned char ad[REFS_AD], nonce[CRYPTO_NONCE] = {0}, head[REFS_HEAD] = {REFS_FORMAT};
	CRYPTO_WIPED key;
	size_t start = out->n, length;
	uint32_t epoch;
	char *text;

	if (n == 0)
		return RESULT_OK;
	epoch = vault_kek_derive(v, 0, "sk-refs ", &key);
	put_u32(head + 1, epoch);
	v->entropy.fill(v->entropy.ctx, nonce, REFS_NONCE);
	memcpy(head + 5, nonce, REFS_NONCE);
	buf_add(out, head, sizeof head);
	if (!refs_write(refs, n, out))
		return error_set(e, CODE_INTERNAL, "the refs of a batch do not ascend");
	length = out->n - start - sizeof head;
	if (!buf_room(out, CRYPTO_TAG) || !buf_ok(out))
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the refs of a batch");
	text = out->p + start + sizeof head;
	refs_ad(v, epoch, ad);
	crypto_seal(&key, nonce, (struct str){(const char *)ad, sizeof ad}, text, length, (unsigned char *)text);
	return RESULT_OK;
}

uint32_t vault_refs_epoch(struct str sealed)
{
	if (sealed.n < REFS_HEAD + REF_LEAST + CRYPTO_TAG || sealed.p[0] != REFS_FORMAT)
		return 0;
	return get_u32((const unsigned char *)sealed.p + 1);
}

/* Reads TEXT into *REFS (in A) and *N. */
static bool refs_read(struct str text, struct arena *a, struct vault_ref **refs, size_t *n)
{
	struct reader r = {.rest = text};
	uint32_t entry = 0;

	*refs = arena_array(a, text.n / REF_LEAST, sizeof **refs);
	if (!*refs)
		return false;
	for (*n = 0; !r.bad && r.rest.n > 0; ++*n) {
		struct str id;

		entry += (uint32_t)read_number(&r, UINT32_MAX - entry);
		id = read_bytes(&r, sizeof(struct uuid));
		if (!id.p)
			return false;
		(*refs)[*n].entry = entry;
		memcpy((*refs)[*n].subject.b, id.p, id.n);
	}
	return !r.bad;
}

result vault_open_refs(struct vault *v, struct str sealed, struct arena *a, const struct vault_ref **refs, size_t *n,
		       struct error *e)
{
	unsigned char ad[REFS_AD], nonce[CRYPTO_NONCE] = {0};
	uint32_t epoch = vault_refs_epoch(sealed);
	struct vault_ref *list = NULL;
	unsigned char *text;
	size_t length;
	CRYPTO_WIPED key;

	*refs = NULL;
	*n = 0;
	if (sealed.n == 0)
		return RESULT_OK;
	if (!epoch || !vault_kek_derive(v, epoch, "sk-refs ", &key))
		return error_set(e, CODE_SEAL_BROKEN, "the refs of a batch cannot be read, or their key was destroyed");
	memcpy(nonce, sealed.p + 5, REFS_NONCE);
	length = sealed.n - REFS_HEAD - CRYPTO_TAG;
	text = arena_alloc(a, length);
	if (!text)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the refs of a batch");
	refs_ad(v, epoch, ad);
	if (!crypto_open(&key, nonce, (struct str){(const char *)ad, sizeof ad}, str_sub(sealed, REFS_HEAD, sealed.n),
			 text) ||
	    !refs_read((struct str){(const char *)text, length}, a, &list, n)) {
		*n = 0;
		return error_set(e, CODE_SEAL_BROKEN, "the refs of a batch do not open");
	}
	*refs = list;
	return RESULT_OK;
}
