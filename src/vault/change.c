/*
 * Changes as they are prepared: everything is sealed, wrapped and hashed here,
 * outside the sequencer; vault_store only runs statements.
 */
#include "vault/change.h"

#include <string.h>

#include "vault/items.h"
#include "vault/pending.h"
#include "vault/state.h"
#include "vault/value.h"

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory to prepare a change");
}

static result broken(struct error *e)
{
	return error_set(e, CODE_SEAL_BROKEN, "what a change rests on does not open");
}

void vault_new_person(struct vault *v, struct vault_person *out)
{
	unsigned char key[VAULT_LOG_KEY];
	struct wrap_place at = {WRAP_LOG, &out->id, 0, 0};

	*out = (struct vault_person){.id = uuid_make(clock_now(&v->clock), &v->entropy)};
	v->entropy.fill(v->entropy.ctx, key, sizeof key);
	out->epoch = vault_wrap(v, &at, key, sizeof key, out->log_key);
	crypto_wipe(key, sizeof key);
}

uint32_t vault_next_version(const struct vault_record *r)
{
	return r->version + 1;
}

result vault_change_begin(struct vault *v, struct arena *a, const struct vault_person *person,
			  struct vault_change **out, struct error *e)
{
	struct vault_change *c = arena_new(a, struct vault_change);

	*out = c;
	if (!c)
		return no_memory(e);
	c->vault = v;
	c->arena = a;
	c->person = person;
	return RESULT_OK;
}

/* The change of the record in CATEGORY in C, or NULL. */
static const struct pending_record *record_pending(const struct vault_change *c, uint32_t category)
{
	const struct pending_record *p = c->records;

	while (p && p->now.category != category)
		p = p->next;
	return p;
}

/* Begins in C the change *OUT of R, of the next version and as yet the same generation. */
static result record_begin(struct vault_change *c, const struct vault_record *r, struct pending_record **out,
			   struct error *e)
{
	struct pending_record *p = arena_new(c->arena, struct pending_record);
	struct vault_record *old = arena_new(c->arena, struct vault_record);

	if (!p || !old)
		return no_memory(e);
	if (record_pending(c, r->category))
		return error_set(e, CODE_INTERNAL, "a record is changed twice in one change");
	*old = *r; /* the change outlives the call that prepared it */
	p->old = old;
	p->now = *r;
	p->now.exists = true;
	p->now.version = vault_next_version(r);
	p->next = c->records;
	c->records = p;
	*out = p;
	return RESULT_OK;
}

/* Gives P the key *KEY, new and random, under the next generation. */
static void record_renew(struct vault_change *c, struct pending_record *p, struct crypto_key *key)
{
	struct wrap_place at = {WRAP_DATA, &p->now.person, p->now.category, ++p->now.generation};

	c->vault->entropy.fill(c->vault->entropy.ctx, key->b, sizeof key->b);
	p->now.epoch = vault_wrap(c->vault, &at, key->b, sizeof key->b, p->now.key);
	p->renew = true;
}

static result record_close(struct vault_change *c, struct pending_record *p, struct error *e)
{
	struct buf blob;
	const char *copy = NULL;

	buf_init(&blob);
	if (items_encode(p->now.items, p->now.n_items, c->arena, &blob))
		copy = arena_copy(c->arena, blob.p, blob.n);
	p->items = (struct str){copy, blob.n};
	buf_free(&blob);
	return copy ? RESULT_OK : no_memory(e);
}

static result keep_old(struct vault_change *c, struct pending_record *p, const struct vault_item *item, moment replaced,
		       struct error *e)
{
	struct pending_old *o;

	if (item->sealed.n == 0)
		return RESULT_OK;
	o = arena_new(c->arena, struct pending_old);
	if (!o)
		return no_memory(e);
	o->old = (struct vault_old_value){.value = *item, .replaced = replaced};
	o->next = p->history;
	p->history = o;
	return RESULT_OK;
}

static bool hash_in(const index_hash hash, const unsigned char (*hashes)[16], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (crypto_equal(hash, hashes[i], sizeof(index_hash)))
			return true;
	return false;
}

/* Takes from the index what only OLD had and adds what only NOW has; UNIQUE marks what is added. */
static result index_move(struct vault_change *c, const struct vault_item *old, const struct vault_item *now,
			 const struct policy_item *unique, struct error *e)
{
	for (size_t i = 0; old && i < old->n_hashes; i++)
		if (!now || !hash_in(old->hashes[i], now->hashes, now->n_hashes))
			TRY(pending_hash_add(c->arena, old->item, old->hashes[i], &c->removes, e));
	for (size_t i = 0; now && i < now->n_hashes; i++) {
		if (old && hash_in(now->hashes[i], old->hashes, old->n_hashes))
			continue;
		TRY(pending_hash_add(c->arena, now->item, now->hashes[i], &c->adds, e));
		c->adds->unique = unique;
	}
	return RESULT_OK;
}

/* Seals the value of PUT for the record P with KEY as part of WRITE into *ITEM. */
static result put_seal(struct vault_change *c, const struct pending_record *p, const struct crypto_key *key,
		       const struct vault_put *put, struct vault_item *item, struct error *e)
{
	struct seal_place at = {.subject = &p->now.person, .category = p->now.category, .item = put->item->number,
				.version = p->now.version, .generation = p->now.generation, .nonce = item->write->nonce};
	bool indexed = (put->item->lookup || put->item->unique || put->external_id) &&
		       value_type_indexed(element_type(put->item));
	struct hash_set set = {NULL, 0};
	unsigned char *sealed;

	item->item = put->item->number;
	if (put->json.n > VALUE_MAX)
		return error_set(e, CODE_TOO_LARGE, "a value is larger than %d bytes", VALUE_MAX);
	if (indexed)
		TRY(hashes_of(c->vault, put->item, put->json, c->arena, &set, e));
	item->hashes = (const unsigned char(*)[16])set.hashes;
	item->n_hashes = set.n;
	if (!c->person->exists)
		TRY(contacts_of(c->vault, put->item, put->json, c->arena, &c->contacts, e));
	if (put->key_only)
		return item->n_hashes ? RESULT_OK : error_set(e, CODE_INTERNAL, "a key that is not indexed");
	item->sealed.n = vault_sealed_size(put->json.n);
	sealed = arena_alloc(c->arena, item->sealed.n);
	if (!sealed)
		return no_memory(e);
	vault_seal_value(c->vault, key, &at, put->json, sealed);
	item->sealed.p = (const char *)sealed;
	return RESULT_OK;
}

/* The place of ITEM in the N ascending ITEMS, or where it would stand. */
static size_t item_place(const struct vault_item *items, size_t n, uint32_t item)
{
	size_t i = 0;

	while (i < n && items[i].item < item)
		i++;
	return i;
}

/* Puts PUT among the ascending items of P, which have room for one more; *MADE names its write. */
static result put_value(struct vault_change *c, struct pending_record *p, const struct crypto_key *key,
			const struct vault_put *put, struct vault_item *made, struct error *e)
{
	const struct vault_write *write = made->write;
	struct vault_item *items = (struct vault_item *)p->now.items;
	const struct vault_item *old = vault_item_find(p->old, put->item->number);
	size_t at = item_place(items, p->now.n_items, put->item->number);
	bool there = at < p->now.n_items && items[at].item == put->item->number;

	if (there && items[at].write == write)
		return error_set(e, CODE_INTERNAL, "an item is written twice in one change");
	if (old)
		TRY(keep_old(c, p, old, write->at, e));
	if (there)
		memmove(items + at, items + at + 1, (--p->now.n_items - at) * sizeof *items);
	if (!put->json.p)
		return index_move(c, old, NULL, NULL, e);
	TRY(put_seal(c, p, key, put, made, e));
	TRY(index_move(c, old, made, put->item->unique || put->external_id ? put->item : NULL, e));
	memmove(items + at + 1, items + at, (p->now.n_items++ - at) * sizeof *items);
	items[at] = *made;
	return RESULT_OK;
}

result vault_change_values(struct vault_change *c, const struct vault_record *r, const struct vault_put *puts,
			   size_t n, const struct vault_by *by, struct error *e)
{
	struct vault_write *write = arena_new(c->arena, struct vault_write);
	struct vault_item *items = arena_array(c->arena, r->n_items + n, sizeof *items);
	struct pending_record *p;
	CRYPTO_WIPED key;

	if (!write || !items)
		return no_memory(e);
	TRY(record_begin(c, r, &p, e));
	*write = (struct vault_write){.version = p->now.version, .at = by->at, .actor = by->actor, .reason = by->reason};
	c->vault->entropy.fill(c->vault->entropy.ctx, write->nonce, sizeof write->nonce);
	if (!r->exists)
		record_renew(c, p, &key);
	else if (!vault_data_key(c->vault, r, &key))
		return broken(e);
	if (r->n_items)
		memcpy(items, r->items, r->n_items * sizeof *items);
	p->now.items = items;
	for (size_t i = 0; i < n; i++) {
		struct vault_item made = {.write = write};

		TRY(put_value(c, p, &key, &puts[i], &made, e));
	}
	return record_close(c, p, e);
}

/* Seals *ITEM of P, which is sealed under FROM for the old generation, under TO for the new one. */
static result reseal(struct vault_change *c, const struct pending_record *p, const struct crypto_key *from,
		     const struct crypto_key *to, struct vault_item *item, struct error *e)
{
	struct seal_place at = {.subject = &p->now.person, .category = p->now.category, .item = item->item,
				.version = item->write->version, .generation = p->old->generation,
				.nonce = item->write->nonce};
	unsigned char *bytes;
	struct str json;

	if (item->sealed.n == 0)
		return RESULT_OK;
	bytes = arena_alloc(c->arena, item->sealed.n);
	if (!bytes)
		return no_memory(e);
	if (!vault_open_value(c->vault, from, &at, item->sealed, bytes, &json))
		return broken(e);
	at.generation = p->now.generation;
	vault_seal_value(c->vault, to, &at, json, bytes);
	item->sealed.p = (const char *)bytes;
	return RESULT_OK;
}

static bool number_in(uint32_t number, const uint32_t *numbers, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (numbers[i] == number)
			return true;
	return false;
}

/* The keys of a move to a new generation, and what does not come along. */
struct move {
	struct crypto_key from, to; /* wiped by vault_change_erase_items */
	const uint32_t *erased;
	size_t n_erased;
};

/* Moves the current values of P's record, but for the erased. */
static result move_values(struct vault_change *c, struct pending_record *p, const struct move *m, struct error *e)
{
	struct vault_item *items = arena_array(c->arena, p->old->n_items, sizeof *items);

	if (!items)
		return no_memory(e);
	p->now.items = items;
	p->now.n_items = 0;
	for (size_t i = 0; i < p->old->n_items; i++) {
		struct vault_item *item = &items[p->now.n_items];

		*item = p->old->items[i];
		if (number_in(item->item, m->erased, m->n_erased)) {
			TRY(index_move(c, item, NULL, NULL, e));
			continue;
		}
		TRY(reseal(c, p, &m->from, &m->to, item, e));
		p->now.n_items++;
	}
	return record_close(c, p, e);
}

static result move_history(struct vault_change *c, struct pending_record *p, const struct vault_history *history,
			   const struct move *m, struct error *e)
{
	p->clear_history = true;
	for (size_t i = 0; i < history->n; i++) {
		struct vault_item item = history->values[i].value;

		if (number_in(item.item, m->erased, m->n_erased))
			continue;
		TRY(reseal(c, p, &m->from, &m->to, &item, e));
		TRY(keep_old(c, p, &item, history->values[i].replaced, e));
	}
	return RESULT_OK;
}

result vault_change_erase_items(struct vault_change *c, const struct vault_record *r, const struct vault_history *history,
				const uint32_t *items, size_t n, struct error *e)
{
	uint32_t *erased = arena_array(c->arena, n, sizeof *erased);
	struct move m = {.n_erased = n};
	struct pending_record *p;
	result done = RESULT_FAIL;

	if (!erased)
		return no_memory(e);
	TRY(record_begin(c, r, &p, e));
	if (n)
		memcpy(erased, items, n * sizeof *erased);
	m.erased = erased;
	p->blinded = erased;
	p->n_blinded = n;
	if (!vault_data_key(c->vault, r, &m.from))
		return broken(e);
	record_renew(c, p, &m.to);
	TRY_OUT(move_values(c, p, &m, e));
	TRY_OUT(move_history(c, p, history, &m, e));
	done = RESULT_OK;
out:
	crypto_key_wipe(&m.from);
	crypto_key_wipe(&m.to);
	return done;
}

result vault_change_erase_record(struct vault_change *c, const struct vault_record *r, struct error *e)
{
	struct pending_record *p;

	TRY(record_begin(c, r, &p, e));
	p->erase = true;
	p->clear_history = true;
	for (size_t i = 0; i < r->n_items; i++)
		TRY(index_move(c, &r->items[i], NULL, NULL, e));
	return RESULT_OK;
}

result vault_change_erase_person(struct vault_change *c, struct error *e)
{
	for (size_t i = 0; i < c->person->state.n_categories; i++) {
		const struct pending_record *p = record_pending(c, c->person->state.categories[i]);

		if (!p || !p->erase)
			return error_set(e, CODE_CONFLICT, "a record of the person is left");
	}
	c->end = PENDING_ERASED;
	return RESULT_OK;
}

result vault_change_objections(struct vault_change *c, const struct vault_record *r,
			       const struct policy_category *category, struct error *e)
{
	struct arena plain;
	struct vault_opened wanted;
	struct vault_reader from = {.vault = c->vault, .arena = &plain};
	result done = RESULT_FAIL;

	arena_init(&plain, 0, true);
	for (size_t i = 0; i < category->n_items; i++) {
		const struct policy_item *item = &category->items[i];

		if (!value_type_contact(element_type(item)))
			continue;
		wanted = (struct vault_opened){.item = item->number};
		TRY_OUT(vault_open_items(&from, c->person, r, &wanted, 1, e));
		if (wanted.json.p)
			TRY_OUT(contacts_of(c->vault, item, wanted.json, c->arena, &c->objections, e));
	}
	done = RESULT_OK;
out:
	arena_free(&plain);
	return done;
}

/* True when the values of CATEGORY in STATE are those of the N ITEMS, version by version. */
static bool values_agree(const struct person_state *state, uint32_t category, const struct vault_item *items, size_t n)
{
	size_t at = 0;

	for (size_t i = 0; i < state->n_values; i++) {
		const struct person_value *value = &state->values[i];

		if (value->category != category)
			continue;
		while (at < n && items[at].sealed.n == 0)
			at++;
		if (at == n || items[at].item != value->item || items[at].write->version != value->version)
			return false;
		at++;
	}
	while (at < n && items[at].sealed.n == 0)
		at++;
	return at == n;
}

/* True when the values of CATEGORY are the same in A and B, version by version. */
static bool values_same(const struct person_state *a, const struct person_state *b, uint32_t category)
{
	size_t i = 0, k = 0;

	for (;; i++, k++) {
		while (i < a->n_values && a->values[i].category != category)
			i++;
		while (k < b->n_values && b->values[k].category != category)
			k++;
		if (i == a->n_values || k == b->n_values)
			return i == a->n_values && k == b->n_values;
		if (a->values[i].item != b->values[k].item || a->values[i].version != b->values[k].version)
			return false;
	}
}

/* Numbers the records of STATE by C into VERSIONS; false when STATE has not exactly the records that there will be. */
static bool versions_of(const struct vault_change *c, const struct person_state *state, uint32_t *versions)
{
	size_t expected = c->person->state.n_categories;

	for (size_t i = 0; i < state->n_categories; i++) {
		const struct pending_record *p = record_pending(c, state->categories[i]);

		versions[i] = p ? p->now.version : person_record_version(c->person, state->categories[i]);
		if (!versions[i] || (p && p->erase) ||
		    (p && !values_agree(state, state->categories[i], p->now.items, p->now.n_items)) ||
		    (!p && !values_same(state, &c->person->state, state->categories[i])))
			return false;
	}
	for (const struct pending_record *p = c->records; p; p = p->next) {
		expected += !p->old->exists && !p->erase;
		expected -= p->old->exists && p->erase;
	}
	return state->n_categories == expected;
}

result vault_change_state(struct vault_change *c, const struct person_state *state, struct error *e)
{
	uint32_t *versions = arena_array(c->arena, state->n_categories, sizeof *versions);
	unsigned char mac[CRYPTO_MAC];
	struct buf body;
	bool good;

	if (!versions)
		return no_memory(e);
	buf_init(&body);
	good = versions_of(c, state, versions) && state_encode(state, versions, &body);
	if (good) {
		state_mac(c->vault, &c->person->id, c->person->revision + 1, buf_view(&body), mac);
		buf_add(&body, mac, sizeof mac);
		c->state = (struct str){buf_ok(&body) ? arena_copy(c->arena, body.p, body.n) : NULL, body.n};
	}
	buf_free(&body);
	if (!good)
		return error_set(e, CODE_INTERNAL, "the state does not agree with the records");
	if (!c->state.p)
		return no_memory(e);
	c->end = PENDING_STATE;
	return RESULT_OK;
}
