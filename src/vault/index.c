#include "vault/index.h"

#include <string.h>

#include "vault/pending.h"
#include "vault/value.h"

void index_hash_of(const struct vault *v, uint32_t item, struct str text, index_hash hash)
{
	CRYPTO_WIPED key;

	crypto_derive(v->index_key, "sk-item ", item, &key);
	crypto_mac(key.b, sizeof key.b, &text, 1, hash, sizeof(index_hash));
}

void objection_hash_of(const struct vault *v, uint32_t type, struct str text, index_hash hash)
{
	CRYPTO_WIPED key;

	crypto_derive(v->objection_key, "sk-type ", type, &key);
	crypto_mac(key.b, sizeof key.b, &text, 1, hash, sizeof(index_hash));
}

enum item_type element_type(const struct policy_item *item)
{
	return item->type == ITEM_LIST ? item->list_of : item->type;
}

bool vault_indexed(const struct policy_category *category, const struct policy_item *item)
{
	bool key = category->external_id != POLICY_NONE && item == &category->items[category->external_id];

	return (item->lookup || item->unique || key) && value_type_indexed(element_type(item));
}

/* What is gathered while a value's elements are gone through. */
struct gathering {
	const struct vault *vault;
	const struct policy_item *item;
	struct arena *arena;
	index_hash *hashes;
	size_t n, cap;
	struct pending_hash **contacts;
	struct error *error;
};

static bool gather_hash(void *ctx, struct str element)
{
	struct gathering *g = ctx;
	struct buf text;
	bool good;

	buf_init(&text);
	good = g->n < g->cap && value_lookup_text(element_type(g->item), element, &text);
	if (good) {
		size_t same = 0;

		index_hash_of(g->vault, g->item->number, buf_view(&text), g->hashes[g->n]);
		while (!crypto_equal(g->hashes[same], g->hashes[g->n], sizeof(index_hash)))
			same++;
		g->n += same == g->n;
	}
	buf_wipe(&text);
	return good;
}

result hashes_of(const struct vault *v, const struct policy_item *item, struct str json, struct arena *a,
		 struct hash_set *out, struct error *e)
{
	struct gathering g = {.vault = v, .item = item, .cap = json.n / 2 + 1}; /* an element takes two characters */

	if (g.cap > VALUE_ELEMENTS)
		g.cap = VALUE_ELEMENTS;
	g.hashes = arena_array(a, g.cap, sizeof *g.hashes);
	if (!g.hashes)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the look-up index");
	if (!value_each(json, gather_hash, &g))
		return error_set(e, CODE_ITEM_INVALID, "the value cannot be looked up");
	*out = (struct hash_set){g.hashes, g.n};
	return RESULT_OK;
}

result pending_hash_add(struct arena *a, uint32_t item, const index_hash hash, struct pending_hash **list,
			struct error *e)
{
	struct pending_hash *h = arena_new(a, struct pending_hash);

	if (!h)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the look-up index");
	h->item = item;
	memcpy(h->hash, hash, sizeof(index_hash));
	h->next = *list;
	*list = h;
	return RESULT_OK;
}

static bool gather_contact(void *ctx, struct str element)
{
	struct gathering *g = ctx;
	enum item_type type = element_type(g->item);
	index_hash hash;
	struct buf text;
	bool good = true;

	buf_init(&text);
	if (value_lookup_text(type, element, &text)) {
		objection_hash_of(g->vault, type, buf_view(&text), hash);
		good = ok(pending_hash_add(g->arena, g->item->number, hash, g->contacts, g->error));
	}
	buf_wipe(&text);
	return good;
}

result contacts_of(const struct vault *v, const struct policy_item *item, struct str json, struct arena *a,
		   struct pending_hash **list, struct error *e)
{
	struct gathering g = {.vault = v, .item = item, .arena = a, .contacts = list, .error = e};

	if (!value_type_contact(element_type(item)))
		return RESULT_OK;
	if (!value_each(json, gather_contact, &g))
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for contact hashes");
	return RESULT_OK;
}

static result find(struct db *d, uint32_t item, const index_hash hash, struct vault_found *out, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_VAULT_INDEX_FIND, e);
	bool row;

	if (!s)
		return RESULT_FAIL;
	db_bind_i64(s, 1, item);
	db_bind_blob(s, 2, hash, sizeof(index_hash));
	db_bind_i64(s, 3, VAULT_FOUND + 1);
	for (;;) {
		TRY(db_step(s, &row, e));
		if (!row)
			return RESULT_OK;
		if (out->n == VAULT_FOUND) {
			out->more = true;
			db_reset(s);
			return RESULT_OK;
		}
		if (db_uuid(s, 0, &out->ids[out->n]))
			out->n++;
	}
}

result vault_lookup(struct vault *v, struct db *d, const struct policy_item *item, const json_t *value,
		    struct vault_found *out, struct error *e)
{
	enum item_type type = element_type(item);
	char *number = json_is_number(value) ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
	struct str text = number ? str_of(number) : (struct str){json_string_value(value), json_string_length(value)};
	index_hash hash;
	struct buf normal;
	bool found;

	*out = (struct vault_found){.n = 0};
	buf_init(&normal);
	found = (number != NULL) == (type == ITEM_NUMBER) && text.p && value_lookup_text(type, text, &normal);
	if (found)
		index_hash_of(v, item->number, buf_view(&normal), hash);
	buf_wipe(&normal);
	free(number);
	if (!value_type_indexed(type))
		return error_set(e, CODE_ITEM_NOT_INDEXED, "values of this type are not looked up");
	return found ? find(d, item->number, hash, out, e) : RESULT_OK;
}
