/*
 * Loading persons and records, opening values.  Everything here comes from a
 * database that an enemy may have written: nothing is used before its bounds are
 * checked, no state before its MAC is.
 */
#include <string.h>

#include "vault/change.h"
#include "vault/inside.h"
#include "vault/items.h"
#include "vault/state.h"
#include "vault/stored.h"

static result broken(struct error *e, const char *what)
{
	return error_set(e, CODE_SEAL_BROKEN, "%s", what);
}

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory to read a person");
}

void state_mac(const struct vault *v, const struct uuid *subject, uint32_t revision, struct str body,
	       unsigned char mac[CRYPTO_MAC])
{
	unsigned char number[4];
	struct str parts[] = {
		STR("sekisho state 1"),
		{(const char *)v->instance.b, sizeof v->instance.b},
		{(const char *)subject->b, sizeof subject->b},
		{(const char *)number, sizeof number},
		body,
	};

	put_u32(number, revision);
	crypto_mac(v->state_key->b, CRYPTO_KEY, parts, sizeof parts / sizeof parts[0], mac, CRYPTO_MAC);
}

/* Verifies STATE, body and MAC, as that of OUT->id and OUT->revision and decodes it into OUT. */
static result state_open(const struct vault_reader *from, struct str state, struct vault_person *out, struct error *e)
{
	unsigned char mac[CRYPTO_MAC];
	struct str body;

	if (state.n < sizeof mac)
		return broken(e, "a person's state is not as it was written");
	body = str_sub(state, 0, state.n - sizeof mac);
	state_mac(from->vault, &out->id, out->revision, body, mac);
	if (!crypto_equal(mac, state.p + body.n, sizeof mac))
		return broken(e, "a person's state does not verify");
	if (!state_decode(body, from->arena, &out->state, &out->versions))
		return broken(e, "a person's state cannot be read");
	return RESULT_OK;
}

/* Reads column N of S, a number of 32 bits from 1 on; 0 when it is none. */
static uint32_t column_u32(struct db_stmt *s, int n)
{
	int64_t v = db_i64(s, n);

	return v >= 1 && v <= UINT32_MAX ? (uint32_t)v : 0;
}

static result person_row(const struct vault_reader *from, struct db_stmt *s, struct vault_person *out, struct error *e)
{
	struct str log_key = db_blob(s, 2);

	out->epoch = column_u32(s, 0);
	out->revision = column_u32(s, 1);
	if (!out->epoch || !out->revision || log_key.n != sizeof out->log_key)
		return broken(e, "a person's row is not as it was written");
	memcpy(out->log_key, log_key.p, log_key.n);
	TRY(state_open(from, db_blob(s, 3), out, e));
	out->exists = true;
	return RESULT_OK;
}

result vault_load_person(const struct vault_reader *from, const struct uuid *id, struct vault_person *out,
			 struct error *e)
{
	struct db_stmt *s = db_stmt(from->db, SQL_VAULT_PERSON_LOAD, e);
	result r = RESULT_OK;
	bool row;

	*out = (struct vault_person){.id = *id};
	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, id);
	TRY(db_step(s, &row, e));
	if (row)
		r = person_row(from, s, out, e);
	db_reset(s);
	return r;
}

uint32_t person_record_version(const struct vault_person *person, uint32_t category)
{
	for (size_t i = 0; i < person->state.n_categories; i++)
		if (person->state.categories[i] == category)
			return person->versions[i];
	return 0;
}

void vault_no_record(const struct vault_person *person, uint32_t category, struct vault_record *out)
{
	*out = (struct vault_record){.person = person->id, .category = category};
}

static result record_row(const struct vault_reader *from, struct db_stmt *s, struct vault_record *out, struct error *e)
{
	struct str key = db_blob(s, 3), items = db_blob(s, 4);
	const char *copy;

	out->version = column_u32(s, 0);
	out->generation = column_u32(s, 1);
	out->epoch = column_u32(s, 2);
	if (!out->version || !out->generation || !out->epoch || key.n != sizeof out->key)
		return broken(e, "a record's row is not as it was written");
	memcpy(out->key, key.p, key.n);
	copy = arena_copy(from->arena, items.p, items.n);
	if (!copy)
		return no_memory(e);
	if (!items_decode((struct str){copy, items.n}, from->arena, out))
		return broken(e, "a record cannot be read");
	out->exists = true;
	return RESULT_OK;
}

result vault_load_record(const struct vault_reader *from, const struct vault_person *person, uint32_t category,
			 struct vault_record *out, struct error *e)
{
	struct db_stmt *s = db_stmt(from->db, SQL_VAULT_RECORD_LOAD, e);
	uint32_t version = person_record_version(person, category);
	result r = RESULT_OK;
	bool row;

	vault_no_record(person, category, out);
	if (!s)
		return RESULT_FAIL;
	if (!version)
		return RESULT_OK;
	db_bind_uuid(s, 1, &person->id);
	db_bind_i64(s, 2, category);
	TRY(db_step(s, &row, e));
	if (row)
		r = record_row(from, s, out, e);
	db_reset(s);
	if (ok(r) && out->version != version)
		return broken(e, "a record is missing or of another version than the person's state");
	return r;
}

const struct vault_item *vault_item_find(const struct vault_record *r, uint32_t item)
{
	size_t low = 0, high = r->n_items;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (r->items[middle].item == item)
			return &r->items[middle];
		if (r->items[middle].item < item)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

bool vault_log_key(struct vault *v, const struct vault_person *person, unsigned char key[VAULT_LOG_KEY])
{
	struct wrap_place at = {WRAP_LOG, &person->id, 0, 0};

	return vault_unwrap(v, person->epoch, &at, person->log_key, VAULT_LOG_KEY, key);
}

bool vault_data_key(struct vault *v, const struct vault_record *r, struct crypto_key *key)
{
	struct wrap_place at = {WRAP_DATA, &r->person, r->category, r->generation};

	return vault_unwrap(v, r->epoch, &at, r->key, CRYPTO_KEY, key->b);
}

/* Opens ITEM of R with KEY into *OUT. */
static result open_one(const struct vault_reader *from, const struct vault_record *r, const struct crypto_key *key,
		       const struct vault_item *item, struct vault_opened *out, struct error *e)
{
	struct seal_place at = {.subject = &r->person, .category = r->category, .item = item->item,
				.version = item->write->version, .generation = r->generation, .nonce = item->write->nonce};
	unsigned char *text = arena_alloc(from->arena, item->sealed.n);

	if (!text)
		return no_memory(e);
	if (!vault_open_value(from->vault, key, &at, item->sealed, text, &out->json))
		return broken(e, "a sealed value does not open");
	return RESULT_OK;
}

/* The version in which PERSON's state says that ITEM of CATEGORY was written; 0: there is no value. */
static uint32_t value_version(const struct vault_person *person, uint32_t category, uint32_t item)
{
	for (size_t i = 0; i < person->state.n_values; i++)
		if (person->state.values[i].category == category && person->state.values[i].item == item)
			return person->state.values[i].version;
	return 0;
}

static void forget(struct vault_opened *opened, size_t n)
{
	for (size_t i = 0; i < n; i++)
		opened[i].json = (struct str){NULL, 0};
}

result vault_open_items(const struct vault_reader *from, const struct vault_person *person,
			const struct vault_record *r, struct vault_opened *wanted, size_t n, struct error *e)
{
	CRYPTO_WIPED key;
	bool have_key = false;

	forget(wanted, n);
	for (size_t i = 0; i < n; i++) {
		const struct vault_item *item = vault_item_find(r, wanted[i].item);

		if (item && item->sealed.n == 0)
			item = NULL;
		if ((item ? item->write->version : 0) != value_version(person, r->category, wanted[i].item)) {
			forget(wanted, n);
			return broken(e, "a value is missing or of another version than the person's state");
		}
		if (!item)
			continue;
		if (!have_key && !vault_data_key(from->vault, r, &key))
			return broken(e, "a record's key does not open");
		have_key = true;
		if (!ok(open_one(from, r, &key, item, &wanted[i], e))) {
			forget(wanted, n);
			return RESULT_FAIL;
		}
	}
	return RESULT_OK;
}

result vault_open_history(const struct vault_reader *from, const struct vault_record *r,
			  const struct vault_old_value *values, size_t n, struct vault_opened *out, struct error *e)
{
	CRYPTO_WIPED key;

	forget(out, n);
	if (n == 0)
		return RESULT_OK;
	if (!vault_data_key(from->vault, r, &key))
		return broken(e, "a record's key does not open");
	for (size_t i = 0; i < n; i++) {
		out[i].item = values[i].value.item;
		if (!ok(open_one(from, r, &key, &values[i].value, &out[i], e))) {
			forget(out, n);
			return RESULT_FAIL;
		}
	}
	return RESULT_OK;
}

result vault_person_there(struct db *d, const struct uuid *id, bool *there, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_VAULT_PERSON_LOAD, e);

	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, id);
	TRY(db_step(s, there, e));
	db_reset(s);
	return RESULT_OK;
}

result vault_persons_after(struct db *d, const struct uuid *after, struct uuid *ids, size_t cap, size_t *n,
			   struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_VAULT_PERSON_AFTER, e);

	*n = 0;
	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, after);
	db_bind_i64(s, 2, (int64_t)cap);
	for (;;) {
		bool row;

		TRY(db_step(s, &row, e));
		if (!row)
			return RESULT_OK;
		if (*n < cap && db_uuid(s, 0, &ids[*n]))
			(*n)++;
	}
}

result vault_revisions_after(struct db *d, const struct uuid *after, struct vault_revision *out, size_t cap, size_t *n,
			     struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_VAULT_PERSON_REVISIONS, e);

	*n = 0;
	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, after);
	db_bind_i64(s, 2, (int64_t)cap);
	for (;;) {
		bool row;

		TRY(db_step(s, &row, e));
		if (!row)
			return RESULT_OK;
		if (*n < cap && db_uuid(s, 0, &out[*n].id))
			out[(*n)++].revision = (uint32_t)db_i64(s, 1);
	}
}
