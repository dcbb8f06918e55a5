/* Rows of pseudonymized sets: made, and read. */
#include <string.h>

#include "vault/codec.h"
#include "vault/inside.h"
#include "vault/set.h"

enum { ROW_FORMAT = 1, ROW_AD = 2 + 16 + 2 * 4 + VAULT_SET_PLACE + 8, PAGE_MAX = 10000 };

static void put_u64(unsigned char *out, uint64_t n)
{
	put_u32(out, (uint32_t)(n >> 32));
	put_u32(out + 4, (uint32_t)n);
}

/* A hash of SUBJECT under the link key, for the USE that no other has, into the N bytes at OUT. */
static void link_hash(const struct crypto_key *link, struct str use, const struct uuid *subject, unsigned char *out, size_t n)
{
	struct str parts[] = {use, {(const char *)subject->b, sizeof subject->b}};

	crypto_mac(link->b, CRYPTO_KEY, parts, sizeof parts / sizeof *parts, out, n);
}

int32_t vault_set_days(const struct vault_set_maker *m, const struct uuid *subject, int32_t most)
{
	unsigned char hash[16];
	uint64_t n = 0;
	int32_t days;

	link_hash(&m->link, STR("sekisho days 1"), subject, hash, sizeof hash);
	for (size_t i = 0; i < sizeof n; i++)
		n = n << 8 | hash[i];
	days = (int32_t)(n % (2 * (uint64_t)most)) - most; /* -most to most - 1 */
	return days >= 0 ? days + 1 : days;
}

static void row_ad(const struct vault *v, const struct vault_set_run *run, const struct vault_set_row *row,
		   unsigned char ad[ROW_AD])
{
	ad[0] = ROW_FORMAT;
	ad[1] = 'P';
	memcpy(ad + 2, v->instance.b, 16);
	put_u32(ad + 18, run->set);
	put_u32(ad + 22, run->run);
	memcpy(ad + 26, row->place, VAULT_SET_PLACE);
	put_u64(ad + 26 + VAULT_SET_PLACE, row->purposes);
}

result vault_set_row_seal(const struct vault_reader *from, const struct vault_set_maker *m, const struct vault_set_source *s,
			  struct vault_set_row *out, struct error *e)
{
	size_t n = VAULT_SET_TOKEN + s->values.n, padded = padded_size(n);
	unsigned char ad[ROW_AD], *p;

	if (s->values.n > VAULT_SET_ROW_MAX)
		return error_set(e, CODE_TOO_LARGE, "a row of a set is larger than %d bytes", VAULT_SET_ROW_MAX);
	p = arena_alloc(from->arena, CRYPTO_NONCE + padded + CRYPTO_TAG);
	if (!p)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a row of a set");
	out->purposes = s->purposes;
	vault_set_place(&m->link, m->run, s->subject, out->place);
	from->vault->entropy.fill(from->vault->entropy.ctx, p, CRYPTO_NONCE);
	link_hash(&m->link, STR("sekisho token 1"), s->subject, p + CRYPTO_NONCE, VAULT_SET_TOKEN);
	memcpy(p + CRYPTO_NONCE + VAULT_SET_TOKEN, s->values.p, s->values.n);
	pad_text(p + CRYPTO_NONCE, n);
	row_ad(from->vault, m->run, out, ad);
	crypto_seal(&m->rows, p, (struct str){(const char *)ad, sizeof ad}, p + CRYPTO_NONCE, padded, p + CRYPTO_NONCE);
	out->sealed = (struct str){(const char *)p, CRYPTO_NONCE + padded + CRYPTO_TAG};
	return RESULT_OK;
}

result vault_set_row_put(struct db *d, const struct vault_set_run *run, const struct vault_set_row *row, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_VAULT_SET_ROW_PUT, e);

	if (!s)
		return RESULT_FAIL;
	db_bind_i64(s, 1, run->set);
	db_bind_i64(s, 2, run->run);
	db_bind_blob(s, 3, row->place, sizeof row->place);
	db_bind_i64(s, 4, (int64_t)row->purposes);
	db_bind_blob(s, 5, row->sealed.p, row->sealed.n);
	return db_run(s, e);
}

/* Opens ROW of RUN under KEY into *OUT. */
static result row_open(const struct vault_reader *from, const struct crypto_key *key, const struct vault_set_run *run,
		       const struct vault_set_row *row, struct vault_set_opened *out, struct error *e)
{
	unsigned char ad[ROW_AD], *text;
	struct str sealed = row->sealed;
	size_t n;

	if (sealed.n < CRYPTO_NONCE + CRYPTO_TAG + VAULT_SET_TOKEN)
		return error_set(e, CODE_SEAL_BROKEN, "a row of a set is not as it was written");
	text = arena_alloc(from->arena, sealed.n);
	if (!text)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a row of a set");
	row_ad(from->vault, run, row, ad);
	if (!crypto_open(key, (const unsigned char *)sealed.p, (struct str){(const char *)ad, sizeof ad},
			 str_sub(sealed, CRYPTO_NONCE, sealed.n), text))
		return error_set(e, CODE_SEAL_BROKEN, "a row of a set does not open");
	n = unpadded_size(text, sealed.n - CRYPTO_NONCE - CRYPTO_TAG);
	if (n == SIZE_MAX || n < VAULT_SET_TOKEN)
		return error_set(e, CODE_SEAL_BROKEN, "a row of a set is not as it was written");
	memcpy(out->place, row->place, sizeof out->place);
	memcpy(out->token, text, sizeof out->token);
	out->values = (struct str){(const char *)text + VAULT_SET_TOKEN, n - VAULT_SET_TOKEN};
	return RESULT_OK;
}

/* Takes the current row of S into PAGE: opened when it may serve the purpose, else only counted. */
static result page_take(const struct vault_reader *from, struct db_stmt *s, const struct crypto_key *key,
			const struct vault_set_run *run, struct vault_set_page *page, struct error *e)
{
	struct vault_set_opened *rows = (struct vault_set_opened *)page->rows;
	struct vault_set_row row = {.purposes = (uint64_t)db_i64(s, 1), .sealed = db_blob(s, 2)};
	struct str place = db_blob(s, 0);

	if (place.n != sizeof row.place)
		return error_set(e, CODE_SEAL_BROKEN, "a row of a set is not as it was written");
	memcpy(row.place, place.p, place.n);
	memcpy(page->after, place.p, place.n);
	if (!(row.purposes & page->purpose)) {
		page->withheld++;
		return RESULT_OK;
	}
	TRY(row_open(from, key, run, &row, &rows[page->n], e));
	page->n++;
	return RESULT_OK;
}

result vault_set_read(const struct vault_reader *from, const struct vault_set_run *run, struct vault_set_page *page,
		      struct error *e)
{
	const struct wrap_place at = {WRAP_SET, &(const struct uuid){{0}}, run->set, run->run};
	unsigned char after[VAULT_SET_PLACE];
	struct db_stmt *s;
	CRYPTO_WIPED key;
	result r = RESULT_OK;
	size_t looked = 0;
	bool row = true;

	if (run->state != SET_RUN_COMPLETE)
		return error_set(e, CODE_CONFLICT, "this run of the set is not complete");
	page->limit = page->limit < 1 ? 1 : page->limit > PAGE_MAX ? PAGE_MAX : page->limit;
	page->n = page->withheld = 0;
	page->rows = arena_array(from->arena, page->limit, sizeof *page->rows);
	if (!page->rows)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for rows of a set");
	if (!vault_unwrap(from->vault, run->epoch, &at, run->key, sizeof key.b, key.b))
		return error_set(e, CODE_SEAL_BROKEN, "the key of a set's run does not open");
	s = db_stmt(from->db, SQL_VAULT_SET_ROW_LIST, e);
	if (!s)
		return RESULT_FAIL;
	db_bind_i64(s, 1, run->set);
	db_bind_i64(s, 2, run->run);
	memcpy(after, page->after, sizeof after);
	db_bind_blob(s, 3, after, sizeof after);
	db_bind_i64(s, 4, (int64_t)page->limit + 1);
	for (;;) {
		TRY(db_step(s, &row, e));
		page->more = row && looked == page->limit;
		if (!row || page->more)
			break;
		r = page_take(from, s, &key, run, page, e);
		if (!ok(r))
			break;
		looked++;
	}
	db_reset(s);
	return r;
}
