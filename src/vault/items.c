#include "vault/items.h"

#include <string.h>

#include "crypto/crypto.h"
#include "vault/codec.h"

enum { ITEMS_FORMAT = 1, BLOCK = 16, WRITE_LEAST = 4 + VAULT_WRITE_NONCE, ITEM_LEAST = 4 + BLOCK };

static void put_write(struct writer *w, const struct vault_write *write)
{
	bool reason = !uuid_is_nil(&write->reason);

	write_number(w, write->version);
	write_time(w, write->at);
	write_number(w, write->actor);
	write_number(w, reason);
	if (reason)
		buf_add(w->out, write->reason.b, sizeof write->reason.b);
	buf_add(w->out, write->nonce, sizeof write->nonce);
}

static void put_item(struct writer *w, const struct vault_item *item, uint32_t before, size_t write)
{
	write_number(w, item->item - before);
	write_number(w, write);
	write_number(w, item->n_hashes);
	buf_add(w->out, item->hashes, item->n_hashes * sizeof item->hashes[0]);
	write_number(w, item->sealed.n ? item->sealed.n / BLOCK - 1 : 0);
	buf_str(w->out, item->sealed);
}

bool items_encode(const struct vault_item *items, size_t n, struct arena *a, struct buf *out)
{
	const struct vault_write **writes = arena_array(a, n, sizeof *writes);
	size_t *places = arena_array(a, n, sizeof *places), n_writes = 0;
	struct writer w = {.out = out};

	if (!writes || !places)
		return false;
	for (size_t i = 0; i < n; i++) {
		while (places[i] < n_writes && writes[places[i]] != items[i].write)
			places[i]++;
		if (places[i] == n_writes)
			writes[n_writes++] = items[i].write;
	}
	buf_byte(out, ITEMS_FORMAT);
	write_number(&w, n_writes);
	for (size_t i = 0; i < n_writes; i++)
		put_write(&w, writes[i]);
	write_number(&w, n);
	for (size_t i = 0; i < n; i++)
		put_item(&w, &items[i], i ? items[i - 1].item : 0, places[i]);
	return buf_ok(out);
}

static void get_write(struct reader *r, struct vault_write *write)
{
	struct str bytes;

	write->version = read_u32(r);
	write->at = read_time(r);
	write->actor = read_u32(r);
	if (read_number(r, 1)) {
		bytes = read_bytes(r, sizeof write->reason.b);
		if (bytes.p)
			memcpy(write->reason.b, bytes.p, bytes.n);
	}
	bytes = read_bytes(r, sizeof write->nonce);
	if (bytes.p)
		memcpy(write->nonce, bytes.p, bytes.n);
}

static void get_item(struct reader *r, struct vault_item *item, uint32_t before, const struct vault_record *record)
{
	uint32_t step = read_u32(r);
	size_t write = (size_t)read_number(r, UINT32_MAX), blocks;

	if (step == 0 || step > UINT32_MAX - before || write >= record->n_writes)
		r->bad = true;
	item->item = before + step;
	item->n_hashes = read_count(r, sizeof item->hashes[0]);
	item->hashes = (const unsigned char(*)[16])read_bytes(r, item->n_hashes * sizeof item->hashes[0]).p;
	blocks = read_count(r, BLOCK);
	if (blocks == 0 && item->n_hashes == 0)
		r->bad = true;
	if (blocks > 0)
		item->sealed = read_bytes(r, blocks * BLOCK + CRYPTO_TAG);
	item->write = r->bad ? NULL : &record->writes[write];
}

bool items_decode(struct str bytes, struct arena *a, struct vault_record *r)
{
	struct reader in = {.rest = bytes};
	struct vault_write *writes;
	struct vault_item *items;

	if (read_number(&in, UINT32_MAX) != ITEMS_FORMAT)
		return false;
	r->n_writes = read_count(&in, WRITE_LEAST);
	writes = arena_array(a, r->n_writes, sizeof *writes);
	for (size_t i = 0; writes && i < r->n_writes; i++)
		get_write(&in, &writes[i]);
	r->writes = writes;
	r->n_items = read_count(&in, ITEM_LEAST);
	items = arena_array(a, r->n_items, sizeof *items);
	if (!writes || !items)
		return false;
	for (size_t i = 0; !in.bad && i < r->n_items; i++)
		get_item(&in, &items[i], i ? items[i - 1].item : 0, r);
	r->items = items;
	return !in.bad && in.rest.n == 0;
}
