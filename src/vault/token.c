#include "vault/token.h"

#include <string.h>

#include "vault/codec.h"
#include "vault/inside.h"

enum { TOKEN_BYTES = 32, TOKEN_PREFIX = 4 };

static void token_hash(const struct vault *v, const unsigned char bytes[TOKEN_BYTES], unsigned char hash[VAULT_TOKEN_HASH])
{
	struct str part = {(const char *)bytes, TOKEN_BYTES};

	crypto_mac(v->token_key->b, CRYPTO_KEY, &part, 1, hash, VAULT_TOKEN_HASH);
}

void vault_token_make(struct vault *v, char text[VAULT_TOKEN_TEXT + 1], unsigned char hash[VAULT_TOKEN_HASH])
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned char bytes[TOKEN_BYTES + 1] = {0}; /* one more, zero: the last character has spare bits */
	unsigned bit = 0;

	v->entropy.fill(v->entropy.ctx, bytes, TOKEN_BYTES);
	token_hash(v, bytes, hash);
	memcpy(text, "skt_", TOKEN_PREFIX);
	for (size_t i = TOKEN_PREFIX; i < VAULT_TOKEN_TEXT; i++, bit += 6) {
		unsigned pair = (unsigned)bytes[bit / 8] << 8 | bytes[bit / 8 + 1];

		text[i] = alphabet[pair >> (10 - bit % 8) & 0x3F];
	}
	text[VAULT_TOKEN_TEXT] = '\0';
	crypto_wipe(bytes, sizeof bytes);
}

bool vault_token_hash(struct vault *v, struct str text, unsigned char hash[VAULT_TOKEN_HASH])
{
	unsigned char bytes[TOKEN_BYTES];
	size_t n = 0;
	bool good = text.n == VAULT_TOKEN_TEXT && str_starts(text, STR("skt_")) &&
		    base64url_decode(str_sub(text, TOKEN_PREFIX, text.n), bytes, sizeof bytes, &n) && n == sizeof bytes;

	if (good)
		token_hash(v, bytes, hash);
	crypto_wipe(bytes, sizeof bytes);
	return good;
}

/* The MAC of what T says, into MAC. */
static void token_mac(const struct vault *v, const struct vault_token *t, unsigned char mac[VAULT_TOKEN_MAC])
{
	unsigned char numbers[4 * 2 + 8 * 2];
	struct str parts[] = {
		STR("sekisho token 1"),
		{(const char *)t->hash, sizeof t->hash},
		{(const char *)t->person.b, sizeof t->person.b},
		{(const char *)numbers, sizeof numbers},
		t->name,
	};

	put_u32(numbers, t->role);
	put_u32(numbers + 4, t->actor);
	put_u32(numbers + 8, (uint32_t)((uint64_t)t->created >> 32));
	put_u32(numbers + 12, (uint32_t)t->created);
	put_u32(numbers + 16, (uint32_t)((uint64_t)t->expires >> 32));
	put_u32(numbers + 20, (uint32_t)t->expires);
	crypto_mac(v->token_key->b, CRYPTO_KEY, parts, sizeof parts / sizeof parts[0], mac, VAULT_TOKEN_MAC);
}

void vault_token_bind(struct vault *v, struct vault_token *t)
{
	token_mac(v, t, t->mac);
}

bool vault_token_genuine(struct vault *v, const struct vault_token *t)
{
	unsigned char mac[VAULT_TOKEN_MAC];

	token_mac(v, t, mac);
	return crypto_equal(mac, t->mac, sizeof mac);
}

void vault_call_hash(struct vault *v, const struct str *parts, size_t n, unsigned char hash[VAULT_CALL_HASH])
{
	struct crypto_key key;

	crypto_derive(v->token_key, "call    ", 1, &key);
	crypto_mac(key.b, CRYPTO_KEY, parts, n, hash, VAULT_CALL_HASH);
	crypto_wipe(&key, sizeof key);
}

static void bind_moment(struct db_stmt *s, int n, moment m)
{
	if (m == MOMENT_NONE)
		db_bind_null(s, n);
	else
		db_bind_i64(s, n, m);
}

result vault_token_put(struct db *d, const struct vault_token *t, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_VAULT_TOKEN_INSERT, e);

	if (t->name.n > VAULT_TOKEN_NAME)
		return error_set(e, CODE_TOO_LARGE, "the name of a token has more than %d bytes", VAULT_TOKEN_NAME);
	if (!s)
		return RESULT_FAIL;
	db_bind_blob(s, 1, t->hash, sizeof t->hash);
	db_bind_text(s, 2, t->name);
	db_bind_i64(s, 3, t->role);
	if (uuid_is_nil(&t->person))
		db_bind_null(s, 4);
	else
		db_bind_uuid(s, 4, &t->person);
	db_bind_i64(s, 5, t->actor);
	db_bind_i64(s, 6, t->created);
	bind_moment(s, 7, t->expires);
	bind_moment(s, 8, t->revoked);
	db_bind_blob(s, 9, t->mac, sizeof t->mac);
	return db_run(s, e);
}

result vault_token_revoke(struct db *d, struct str name, moment at, bool *found, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_VAULT_TOKEN_REVOKE, e);

	*found = false;
	if (!s)
		return RESULT_FAIL;
	db_bind_text(s, 1, name);
	db_bind_i64(s, 2, at);
	TRY(db_run(s, e));
	*found = db_changes(d) > 0;
	return RESULT_OK;
}

/* Tokens as they come in, before their number is known. */
struct chain {
	struct chain *next;
	struct vault_token token;
};

static result token_row(struct db_stmt *s, struct arena *a, struct vault_token *t, struct error *e)
{
	struct str hash = db_blob(s, 0), mac = db_blob(s, 8);
	int64_t role = db_i64(s, 2), actor = db_i64(s, 4);

	t->name = str_copy(a, db_text(s, 1));
	if (!t->name.p)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for tokens");
	if (hash.n != sizeof t->hash || mac.n != sizeof t->mac || role < 0 || role > UINT32_MAX || actor < 0 || actor > UINT32_MAX ||
	    (!db_is_null(s, 3) && !db_uuid(s, 3, &t->person)))
		return error_set(e, CODE_DATABASE, "a token's row is not as it was written");
	memcpy(t->hash, hash.p, hash.n);
	memcpy(t->mac, mac.p, mac.n);
	t->role = (uint32_t)role;
	t->actor = (uint32_t)actor;
	t->created = db_i64(s, 5);
	t->expires = db_moment(s, 6);
	t->revoked = db_moment(s, 7);
	return RESULT_OK;
}

static result token_chain(struct db_stmt *s, struct arena *a, struct chain **first, size_t *n, struct error *e)
{
	struct chain **last = first;
	bool row;

	for (*n = 0;; ++*n) {
		TRY(db_step(s, &row, e));
		if (!row)
			return RESULT_OK;
		*last = arena_new(a, struct chain);
		if (!*last)
			return error_set(e, CODE_OUT_OF_MEMORY, "no memory for tokens");
		TRY(token_row(s, a, &(*last)->token, e));
		last = &(*last)->next;
	}
}

result vault_token_load(struct db *d, struct arena *a, const struct vault_token **out, size_t *n, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_VAULT_TOKEN_LIST, e);
	struct chain *first = NULL;
	struct vault_token *list;
	result r;

	*out = NULL;
	*n = 0;
	if (!s)
		return RESULT_FAIL;
	r = token_chain(s, a, &first, n, e);
	db_reset(s);
	TRY(r);
	list = arena_array(a, *n, sizeof *list);
	if (!list)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for tokens");
	for (size_t i = 0; i < *n; i++, first = first->next)
		list[i] = first->token;
	*out = list;
	return RESULT_OK;
}
