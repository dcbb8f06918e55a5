/*
 * The key-encryption keys: wrapping under the current one, and how an old one
 * comes to be destroyed.
 *
 * Nothing may be wrapped under a KEK any more when it goes.  A pass of rewrapping
 * therefore begins only when the current epoch is older than the grace, and
 * vault_store refuses what was wrapped under an older epoch from then on: behind
 * the pass nothing old can come in.  A KEK goes one grace after the pass, when no
 * snapshot from before it is still being read.
 */
#include <string.h>

#include "vault/codec.h"
#include "vault/inside.h"

enum {
	KEY_FORMAT = 1,
	WRAP_NONCE = 16,
	WRAP_AD = 2 + 16 + 16 + 3 * 4,
	KEK_AD = 2 + 16 + 4,
	KEK_SEALED = CRYPTO_NONCE + CRYPTO_KEY + CRYPTO_TAG,
	REWRAP_MAX = 1000,
};

/* The KEK of EPOCH, or the current one for 0, or NULL.  Under V's lock. */
static const struct kek *kek_find(const struct vault *v, uint32_t epoch)
{
	for (size_t i = v->n_keks; i > 0; i--)
		if (epoch == 0 || v->keks[i - 1].epoch == epoch)
			return &v->keks[i - 1];
	return NULL;
}

static void wrap_ad(const struct vault *v, const struct wrap_place *at, uint32_t epoch, unsigned char ad[WRAP_AD])
{
	ad[0] = KEY_FORMAT;
	ad[1] = (unsigned char)at->kind;
	memcpy(ad + 2, v->instance.b, 16);
	memcpy(ad + 18, at->subject->b, 16);
	put_u32(ad + 34, at->category);
	put_u32(ad + 38, at->number);
	put_u32(ad + 42, epoch);
}

uint32_t vault_wrap(struct vault *v, const struct wrap_place *at, const void *key, size_t n, unsigned char *out)
{
	unsigned char ad[WRAP_AD], nonce[CRYPTO_NONCE] = {0};
	const struct kek *k;
	uint32_t epoch;

	v->entropy.fill(v->entropy.ctx, nonce, WRAP_NONCE);
	memcpy(out, nonce, WRAP_NONCE);
	pthread_rwlock_rdlock(&v->lock);
	k = kek_find(v, 0);
	epoch = k->epoch;
	wrap_ad(v, at, epoch, ad);
	crypto_seal(k->key, nonce, (struct str){(const char *)ad, sizeof ad}, key, n, out + WRAP_NONCE);
	pthread_rwlock_unlock(&v->lock);
	return epoch;
}

bool vault_unwrap(struct vault *v, uint32_t epoch, const struct wrap_place *at, const unsigned char *wrapped, size_t n,
		  void *key)
{
	unsigned char ad[WRAP_AD], nonce[CRYPTO_NONCE] = {0};
	const struct kek *k;
	bool good;

	memcpy(nonce, wrapped, WRAP_NONCE);
	wrap_ad(v, at, epoch, ad);
	pthread_rwlock_rdlock(&v->lock);
	k = epoch ? kek_find(v, epoch) : NULL;
	good = k && crypto_open(k->key, nonce, (struct str){(const char *)ad, sizeof ad},
				(struct str){(const char *)wrapped + WRAP_NONCE, n + CRYPTO_TAG}, key);
	pthread_rwlock_unlock(&v->lock);
	if (!good)
		crypto_wipe(key, n);
	return good;
}

bool vault_rewrap(struct vault *v, const struct wrap_place *at, unsigned char *wrapped, size_t n, uint32_t *epoch)
{
	CRYPTO_WIPED key;

	if (!vault_unwrap(v, *epoch, at, wrapped, n, key.b))
		return false;
	*epoch = vault_wrap(v, at, key.b, n, wrapped);
	return true;
}

uint32_t vault_kek_derive(struct vault *v, uint32_t epoch, const char *context, struct crypto_key *out)
{
	const struct kek *k;

	pthread_rwlock_rdlock(&v->lock);
	k = kek_find(v, epoch);
	epoch = k ? k->epoch : 0;
	if (k)
		crypto_derive(k->key, context, 1, out);
	pthread_rwlock_unlock(&v->lock);
	return epoch;
}

/* A copy of what is public of the KEK of EPOCH (0: the current one); epoch 0 when it is gone. */
static struct kek kek_facts(struct vault *v, uint32_t epoch)
{
	const struct kek *k;
	struct kek facts = {0};

	pthread_rwlock_rdlock(&v->lock);
	k = kek_find(v, epoch);
	if (k)
		facts = (struct kek){.epoch = k->epoch, .created = k->created};
	pthread_rwlock_unlock(&v->lock);
	return facts;
}

uint32_t vault_epoch(struct vault *v)
{
	return kek_facts(v, 0).epoch;
}

bool vault_keys_due(struct vault *v)
{
	return clock_now(&v->clock) - kek_facts(v, 0).created >= (int64_t)VAULT_EPOCH_DAYS * MS_PER_DAY;
}

bool vault_epoch_storable(struct vault *v, uint32_t epoch)
{
	struct kek current = kek_facts(v, 0);

	return epoch == current.epoch ||
	       (epoch + 1 == current.epoch && clock_now(&v->clock) - current.created < VAULT_KEK_GRACE_MS);
}

static void kek_ad(const struct vault *v, uint32_t epoch, unsigned char ad[KEK_AD])
{
	ad[0] = KEY_FORMAT;
	ad[1] = 'K';
	memcpy(ad + 2, v->instance.b, 16);
	put_u32(ad + 18, epoch);
}

result vault_kek_insert(struct vault *v, struct db *d, uint32_t epoch, struct error *e)
{
	unsigned char ad[KEK_AD], sealed[KEK_SEALED];
	struct db_stmt *s = db_stmt(d, SQL_VAULT_KEK_INSERT, e);
	CRYPTO_WIPED kek;

	if (!s)
		return RESULT_FAIL;
	v->entropy.fill(v->entropy.ctx, kek.b, sizeof kek.b);
	v->entropy.fill(v->entropy.ctx, sealed, CRYPTO_NONCE);
	kek_ad(v, epoch, ad);
	crypto_seal(v->wrap_key, sealed, (struct str){(const char *)ad, sizeof ad}, kek.b, sizeof kek.b,
		    sealed + CRYPTO_NONCE);
	db_bind_i64(s, 1, epoch);
	db_bind_i64(s, 2, clock_now(&v->clock));
	db_bind_blob(s, 3, sealed, sizeof sealed);
	return db_run(s, e);
}

result vault_keys_rotate(struct vault *v, struct db *d, uint32_t *epoch, struct error *e)
{
	size_t standing;

	pthread_rwlock_rdlock(&v->lock);
	standing = v->n_keks;
	pthread_rwlock_unlock(&v->lock);
	if (standing >= VAULT_KEKS)
		return error_set(e, CODE_CONFLICT, "%d key-encryption keys stand; the old ones have to go first", VAULT_KEKS);
	*epoch = vault_epoch(v) + 1;
	return vault_kek_insert(v, d, *epoch, e);
}

/* Opens the KEK in the current row of S into the slab, behind those of V.  Under V's lock. */
static result kek_take(struct vault *v, struct db_stmt *s, struct error *e)
{
	int64_t epoch = db_i64(s, 0);
	struct str sealed = db_blob(s, 2);
	struct kek *k = &v->keks[v->n_keks];
	unsigned char ad[KEK_AD];

	if (epoch < 1 || epoch > UINT32_MAX || sealed.n != KEK_SEALED || v->n_keks == VAULT_KEKS)
		return error_set(e, CODE_KEY_INVALID, "the table of key-encryption keys is not as it was written");
	k->key = key_slab_take(v->slab);
	if (!k->key)
		return error_set(e, CODE_OUT_OF_MEMORY, "no place for a key-encryption key");
	k->epoch = (uint32_t)epoch;
	k->created = db_i64(s, 1);
	kek_ad(v, k->epoch, ad);
	if (!crypto_open(v->wrap_key, (const unsigned char *)sealed.p, (struct str){(const char *)ad, sizeof ad},
			 str_sub(sealed, CRYPTO_NONCE, sealed.n), k->key->b)) {
		key_slab_give(v->slab, k->key);
		return error_set(e, CODE_KEY_INVALID, "the key-encryption key of epoch %u does not open", k->epoch);
	}
	v->n_keks++;
	return RESULT_OK;
}

result vault_keys_reload(struct vault *v, struct db *d, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_VAULT_KEK_LIST, e);
	result r = RESULT_FAIL;
	bool row = true;

	if (!s)
		return r;
	pthread_rwlock_wrlock(&v->lock);
	while (v->n_keks > 0)
		key_slab_give(v->slab, v->keks[--v->n_keks].key);
	for (;;) {
		TRY_OUT(db_step(s, &row, e));
		if (!row)
			break;
		TRY_OUT(kek_take(v, s, e));
	}
	r = v->n_keks > 0 ? RESULT_OK : error_set(e, CODE_KEY_INVALID, "the database has no key-encryption key");
out:
	pthread_rwlock_unlock(&v->lock);
	db_reset(s);
	return r;
}

/* A wrapped key in a row that has to be rewrapped. */
struct old_key {
	struct uuid subject;
	uint32_t category, number, epoch;
	unsigned char wrapped[VAULT_WRAPPED_KEY];
};

/* Reads the wrapped key of N + 32 bytes in column COLUMN of S into K, with the epoch in the column before. */
static result old_key_read(struct db_stmt *s, int column, size_t n, struct old_key *k, struct error *e)
{
	struct str wrapped = db_blob(s, column);
	int64_t epoch = db_i64(s, column - 1);

	if (wrapped.n != n + WRAP_NONCE + CRYPTO_TAG || epoch < 1 || epoch > UINT32_MAX)
		return error_set(e, CODE_SEAL_BROKEN, "a wrapped key is not as it was written");
	k->epoch = (uint32_t)epoch;
	memcpy(k->wrapped, wrapped.p, wrapped.n);
	return RESULT_OK;
}

/* What there is to know to rewrap the rows of one kind: which statements, and what the second column is. */
struct rewrap_kind {
	enum wrap_kind kind;
	enum sql_id list, update;
};

static const struct rewrap_kind rewrap_records = {WRAP_DATA, SQL_VAULT_RECORD_KEYS, SQL_VAULT_RECORD_REWRAP};
static const struct rewrap_kind rewrap_outside = {WRAP_OUTSIDE, SQL_VAULT_OUTSIDE_KEYS, SQL_VAULT_OUTSIDE_REWRAP};

static result rewrap_row(struct vault *v, struct db *d, const struct rewrap_kind *kind, struct old_key *k,
			 struct error *e)
{
	struct wrap_place at = {kind->kind, &k->subject, k->category, k->number};
	struct db_stmt *s = db_stmt(d, kind->update, e);
	int n = 3;

	if (!s)
		return RESULT_FAIL;
	if (!vault_rewrap(v, &at, k->wrapped, CRYPTO_KEY, &k->epoch))
		return error_set(e, CODE_SEAL_BROKEN, "a wrapped key does not open");
	db_bind_uuid(s, 1, &k->subject);
	db_bind_i64(s, 2, k->category);
	if (kind->kind == WRAP_OUTSIDE)
		db_bind_i64(s, n++, k->number);
	db_bind_i64(s, n, k->epoch);
	db_bind_blob(s, n + 1, k->wrapped, sizeof k->wrapped);
	return db_run(s, e);
}

/* Rewraps the rows of KIND of SUBJECT that are older than EPOCH; *CHANGED is set when there are some. */
static result rewrap_rows(struct vault *v, struct db *d, const struct rewrap_kind *kind, const struct uuid *subject,
			  bool *changed, struct error *e)
{
	struct old_key key = {.subject = *subject};
	uint32_t epoch = vault_epoch(v);
	bool row;

	/* one at a time: a statement's rows may not be changed while it is read; each time there is one old row less */
	for (;;) {
		struct db_stmt *s = db_stmt(d, kind->list, e);

		if (!s)
			return RESULT_FAIL;
		db_bind_uuid(s, 1, subject);
		do {
			TRY(db_step(s, &row, e));
			if (!row)
				return RESULT_OK;
			key.category = (uint32_t)db_i64(s, 0);
			key.number = (uint32_t)db_i64(s, 1);
			TRY(old_key_read(s, 3, CRYPTO_KEY, &key, e));
		} while (key.epoch >= epoch);
		db_reset(s);
		TRY(rewrap_row(v, d, kind, &key, e));
		*changed = true;
	}
}

static result rewrap_person(struct vault *v, struct db *d, struct old_key *k, struct vault_rewrap *r, struct error *e)
{
	struct wrap_place at = {WRAP_LOG, &k->subject, 0, 0};
	bool changed = false;

	if (k->epoch < r->epoch) {
		struct db_stmt *s = db_stmt(d, SQL_VAULT_PERSON_REWRAP, e);

		if (!s)
			return RESULT_FAIL;
		if (!vault_rewrap(v, &at, k->wrapped, VAULT_LOG_KEY, &k->epoch))
			return error_set(e, CODE_SEAL_BROKEN, "a wrapped log key does not open");
		db_bind_uuid(s, 1, &k->subject);
		db_bind_i64(s, 2, k->epoch);
		db_bind_blob(s, 3, k->wrapped, VAULT_WRAPPED_LOG_KEY);
		TRY(db_run(s, e));
		changed = true;
	}
	TRY(rewrap_rows(v, d, &rewrap_records, &k->subject, &changed, e));
	TRY(rewrap_rows(v, d, &rewrap_outside, &k->subject, &changed, e));
	r->done += changed;
	return RESULT_OK;
}

/* Reads the next persons behind R->after into LIST of LIMIT. */
static result rewrap_list(struct db *d, size_t limit, const struct vault_rewrap *r, struct old_key *list, size_t *n,
			  struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_VAULT_PERSON_AFTER, e);
	bool row;

	*n = 0;
	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, &r->after);
	db_bind_i64(s, 2, (int64_t)limit);
	for (;;) {
		TRY(db_step(s, &row, e));
		if (!row || *n == limit)
			return RESULT_OK;
		if (!db_uuid(s, 0, &list[*n].subject))
			return error_set(e, CODE_SEAL_BROKEN, "a person has no id");
		TRY(old_key_read(s, 2, VAULT_LOG_KEY, &list[*n], e));
		++*n;
	}
}

result vault_rewrap_step(struct vault *v, struct db *d, size_t limit, struct vault_rewrap *r, struct error *e)
{
	struct vault_rewrap next = *r;
	struct kek current = kek_facts(v, 0);
	moment now = clock_now(&v->clock);
	struct old_key *list;
	struct arena a;
	size_t n;
	result done = RESULT_FAIL;

	if (next.epoch == 0 && !r->no_grace && now - current.created < VAULT_KEK_GRACE_MS)
		return RESULT_OK;
	if (next.epoch == 0)
		next.epoch = current.epoch;
	arena_init(&a, 0, true);
	limit = limit < 1 ? 1 : limit > REWRAP_MAX ? REWRAP_MAX : limit;
	list = arena_array(&a, limit, sizeof *list);
	if (!list) {
		done = error_set(e, CODE_OUT_OF_MEMORY, "no memory to rewrap keys");
		goto out;
	}
	TRY_OUT(rewrap_list(d, limit, &next, list, &n, e));
	for (size_t i = 0; i < n; i++) {
		TRY_OUT(rewrap_person(v, d, &list[i], &next, e));
		next.after = list[i].subject;
	}
	next.finished = n < limit;
	if (next.finished)
		TRY_OUT(vault_set_rewrap(v, d, e));
	next.finished_at = now;
	*r = next;
	done = RESULT_OK;
out:
	arena_free(&a);
	return done;
}

result vault_keys_destroy(struct vault *v, struct db *d, const struct vault_rewrap *r,
			  const struct vault_refs_indexed *indexed, size_t *n, struct error *e)
{
	uint32_t epochs[VAULT_KEKS];
	size_t count = 0;
	struct db_stmt *s;

	*n = 0;
	if (!r->finished || (!r->no_grace && clock_now(&v->clock) - r->finished_at < VAULT_KEK_GRACE_MS))
		return RESULT_OK;
	pthread_rwlock_rdlock(&v->lock);
	for (size_t i = 0; i < v->n_keks && v->keks[i].epoch < r->epoch; i++)
		epochs[count++] = v->keks[i].epoch;
	pthread_rwlock_unlock(&v->lock);
	for (size_t i = 0; i < count; i++) {
		if (!indexed->all(indexed->ctx, epochs[i]))
			continue;
		s = db_stmt(d, SQL_VAULT_KEK_DELETE, e);
		if (!s)
			return RESULT_FAIL;
		db_bind_i64(s, 1, epochs[i]);
		TRY(db_run(s, e));
		++*n;
	}
	return RESULT_OK;
}

struct vault_finality vault_finality(struct vault *v, uint32_t epoch, moment now, struct duration keep, int zone)
{
	struct kek k = kek_facts(v, epoch);
	int64_t rest = 2 * VAULT_KEK_GRACE_MS + (int64_t)MS_PER_DAY;
	struct vault_finality f = {.epoch = epoch, .kek_until = now};

	if (k.epoch && k.created + (int64_t)VAULT_EPOCH_DAYS * MS_PER_DAY > now)
		f.kek_until = k.created + (int64_t)VAULT_EPOCH_DAYS * MS_PER_DAY;
	f.kek_until += k.epoch ? rest : 0;
	f.copies_until = moment_date(moment_plus(f.kek_until, keep, zone), zone) + 1;
	return f;
}
