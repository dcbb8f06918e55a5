/* Rows of pseudonymized sets: made, and read. */
#include <string.h>

#include "vault/codec.h"
#include "vault/inside.h"
#include "vault/set.h"

enum { ROW_FORMAT = 1, ROW_AD = 2 + 16 + 2 * 4 + VAULT_SET_PLACE + 8, PAGE_MAX = 10000 };

#define NO_VALUE UINT32_MAX /* the length of a value that is not there */

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

/* Bytes that the N VALUES take: each behind its length. */
static size_t values_size(const struct str *values, size_t n)
{
	size_t size = 0;

	for (size_t i = 0; i < n; i++)
		size += 4 + values[i].n;
	return size;
}

static void values_write(const struct str *values, size_t n, unsigned char *out)
{
	for (size_t i = 0; i < n; i++) {
		put_u32(out, values[i].p ? (uint32_t)values[i].n : NO_VALUE);
		if (values[i].n)
			memcpy(out + 4, values[i].p, values[i].n);
		out += 4 + values[i].n;
	}
}

/* Reads BYTES into the N values at OUT; false when they are something else. */
static bool values_read(struct str bytes, struct str *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t length;

		if (bytes.n < 4)
			return false;
		length = get_u32((const unsigned char *)bytes.p);
		bytes = str_sub(bytes, 4, bytes.n);
		out[i] = (struct str){NULL, 0};
		if (length == NO_VALUE)
			continue;
		if (length > bytes.n)
			return false;
		out[i] = (struct str){bytes.p, length};
		bytes = str_sub(bytes, length, bytes.n);
	}
	return bytes.n == 0;
}

result vault_set_row_seal(const struct vault_reader *from, const struct vault_set_maker *m, const struct vault_set_source *s,
			  struct vault_set_row *out, struct error *e)
{
	size_t size = values_size(s->values, m->run->n_items), n = VAULT_SET_TOKEN + size, padded = padded_size(n);
	unsigned char ad[ROW_AD], *p, *text;

	if (size > VAULT_SET_ROW_MAX)
		return error_set(e, CODE_TOO_LARGE, "a row of a set is larger than %d bytes", VAULT_SET_ROW_MAX);
	p = arena_alloc(from->arena, CRYPTO_NONCE + padded + CRYPTO_TAG);
	if (!p)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a row of a set");
	text = p + CRYPTO_NONCE;
	out->purposes = s->purposes;
	vault_set_place(&m->link, m->run, s->subject, out->place);
	from->vault->entropy.fill(from->vault->entropy.ctx, p, CRYPTO_NONCE);
	link_hash(&m->link, STR("sekisho token 1"), s->subject, text, VAULT_SET_TOKEN);
	values_write(s->values, m->run->n_items, text + VAULT_SET_TOKEN);
	pad_text(text, n);
	row_ad(from->vault, m->run, out, ad);
	crypto_seal(&m->rows, p, (struct str){(const char *)ad, sizeof ad}, text, padded, text);
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

/* Takes the current row of S into PAGE when it may serve the purpose; else it is only counted. */
static result page_take(const struct vault_reader *from, struct db_stmt *s, struct vault_set_page *page, struct error *e)
{
	struct vault_set_row *row = (struct vault_set_row *)&page->rows[page->n];
	struct str place = db_blob(s, 0), sealed = db_blob(s, 2);

	row->purposes = (uint64_t)db_i64(s, 1);
	if (place.n != sizeof row->place)
		return error_set(e, CODE_SEAL_BROKEN, "a row of a set is not as it was written");
	memcpy(row->place, place.p, place.n);
	memcpy(page->after, place.p, place.n);
	if (!(row->purposes & page->purpose)) {
		page->withheld++;
		return RESULT_OK;
	}
	row->sealed = str_copy(from->arena, sealed);
	if (!row->sealed.p)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for rows of a set");
	page->n++;
	return RESULT_OK;
}

result vault_set_list(const struct vault_reader *from, const struct vault_set_run *run, struct vault_set_page *page,
		      struct error *e)
{
	unsigned char after[VAULT_SET_PLACE];
	struct db_stmt *s;
	result r = RESULT_OK;
	bool row = true;

	if (run->state != SET_RUN_COMPLETE)
		return error_set(e, CODE_CONFLICT, "this run of the set is not complete");
	page->limit = page->limit < 1 ? 1 : page->limit > PAGE_MAX ? PAGE_MAX : page->limit;
	page->n = page->withheld = 0;
	page->rows = arena_array(from->arena, page->limit, sizeof *page->rows);
	if (!page->rows)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for rows of a set");
	s = db_stmt(from->db, SQL_VAULT_SET_ROW_LIST, e);
	if (!s)
		return RESULT_FAIL;
	memcpy(after, page->after, sizeof after);
	db_bind_i64(s, 1, run->set);
	db_bind_i64(s, 2, run->run);
	db_bind_blob(s, 3, after, sizeof after);
	db_bind_i64(s, 4, (int64_t)page->limit + 1);
	for (;;) {
		TRY(db_step(s, &row, e));
		page->more = row && page->n + page->withheld == page->limit;
		if (!row || page->more)
			break;
		r = page_take(from, s, page, e);
		if (!ok(r))
			break;
	}
	db_reset(s);
	return r;
}

/* Opens ROW of RUN under KEY into *OUT. */
static result row_open(const struct vault_reader *from, const struct crypto_key *key, const struct vault_set_run *run,
		       const struct vault_set_row *row, struct vault_set_opened *out, struct error *e)
{
	struct str *values = arena_array(from->arena, run->n_items + 1, sizeof *values);
	unsigned char ad[ROW_AD], *text = arena_alloc(from->arena, row->sealed.n);
	struct str sealed = row->sealed;
	size_t n = SIZE_MAX;

	if (!values || !text)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a row of a set");
	row_ad(from->vault, run, row, ad);
	if (sealed.n > CRYPTO_NONCE + CRYPTO_TAG &&
	    crypto_open(key, (const unsigned char *)sealed.p, (struct str){(const char *)ad, sizeof ad},
			str_sub(sealed, CRYPTO_NONCE, sealed.n), text))
		n = unpadded_size(text, sealed.n - CRYPTO_NONCE - CRYPTO_TAG);
	if (n == SIZE_MAX || n < VAULT_SET_TOKEN ||
	    !values_read((struct str){(const char *)text + VAULT_SET_TOKEN, n - VAULT_SET_TOKEN}, values, run->n_items))
		return error_set(e, CODE_SEAL_BROKEN, "a row of a set does not open");
	memcpy(out->token, text, sizeof out->token);
	out->values = values;
	return RESULT_OK;
}

result vault_set_open(const struct vault_reader *from, const struct vault_set_run *run, const struct vault_set_page *page,
		      const struct vault_set_opened **out, struct error *e)
{
	const struct wrap_place at = {WRAP_SET, &(const struct uuid){{0}}, run->set, run->run};
	struct vault_set_opened *rows = arena_array(from->arena, page->n + 1, sizeof *rows);
	CRYPTO_WIPED key;

	*out = NULL;
	if (!rows)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for rows of a set");
	if (run->state != SET_RUN_COMPLETE || !vault_unwrap(from->vault, run->epoch, &at, run->key, sizeof key.b, key.b))
		return error_set(e, CODE_SEAL_BROKEN, "the key of a set's run does not open");
	for (size_t i = 0; i < page->n; i++)
		TRY(row_open(from, &key, run, &page->rows[i], &rows[i], e));
	*out = rows;
	return RESULT_OK;
}

/* Loads the row of RUN at row->place by FROM; row->sealed is empty when there is none. */
static result row_load(const struct vault_reader *from, const struct vault_set_run *run, struct vault_set_row *row,
		       struct error *e)
{
	struct db_stmt *s = db_stmt(from->db, SQL_VAULT_SET_ROW_LOAD, e);
	bool there;

	row->sealed = (struct str){NULL, 0};
	if (!s)
		return RESULT_FAIL;
	db_bind_i64(s, 1, run->set);
	db_bind_i64(s, 2, run->run);
	db_bind_blob(s, 3, row->place, sizeof row->place);
	TRY(db_step(s, &there, e));
	if (!there)
		return RESULT_OK;
	row->purposes = (uint64_t)db_i64(s, 0);
	row->sealed = str_copy(from->arena, db_blob(s, 1));
	db_reset(s);
	return row->sealed.p ? RESULT_OK : error_set(e, CODE_OUT_OF_MEMORY, "no memory for a row of a set");
}

/* Seals ROW of RUN anew, under the same key, for PURPOSES. */
static result row_renew(const struct vault_reader *from, const struct vault_set_run *run, struct vault_set_row *row,
			uint64_t purposes, struct error *e)
{
	const struct wrap_place at = {WRAP_SET, &(const struct uuid){{0}}, run->set, run->run};
	unsigned char ad[ROW_AD], *p = (unsigned char *)arena_copy(from->arena, row->sealed.p, row->sealed.n);
	struct str sealed = row->sealed;
	CRYPTO_WIPED key;

	if (!p)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a row of a set");
	row_ad(from->vault, run, row, ad);
	if (!vault_unwrap(from->vault, run->epoch, &at, run->key, sizeof key.b, key.b) || sealed.n <= CRYPTO_NONCE + CRYPTO_TAG ||
	    !crypto_open(&key, (const unsigned char *)sealed.p, (struct str){(const char *)ad, sizeof ad},
			 str_sub(sealed, CRYPTO_NONCE, sealed.n), p + CRYPTO_NONCE))
		return error_set(e, CODE_SEAL_BROKEN, "a row of a set does not open");
	row->purposes = purposes;
	row_ad(from->vault, run, row, ad);
	from->vault->entropy.fill(from->vault->entropy.ctx, p, CRYPTO_NONCE);
	crypto_seal(&key, p, (struct str){(const char *)ad, sizeof ad}, p + CRYPTO_NONCE, sealed.n - CRYPTO_NONCE - CRYPTO_TAG,
		    p + CRYPTO_NONCE);
	row->sealed = (struct str){(const char *)p, sealed.n};
	return vault_set_row_put(from->db, run, row, e);
}

result vault_set_narrow(const struct vault_reader *from, const struct vault_set_run *run, const struct uuid *subject,
			uint64_t drop, struct error *e)
{
	struct vault_set_row row;
	CRYPTO_WIPED link;
	bool there;

	TRY(vault_set_link(from, run->set, &there, &link, e));
	if (!there)
		return error_set(e, CODE_SEAL_BROKEN, "the set has no link key");
	vault_set_place(&link, run, subject, row.place);
	TRY(row_load(from, run, &row, e));
	if (!row.sealed.p || !(row.purposes & drop))
		return RESULT_OK;
	if (!(row.purposes & ~drop))
		return vault_set_row_delete(from->db, run, row.place, e);
	return row_renew(from, run, &row, row.purposes & ~drop, e);
}
