/*
 * vault/items.h - a record's values as a blob, and back: inside the vault.
 *
 * The layout is docs/formats-vault.md, Record.
 */
#ifndef SEKISHO_VAULT_ITEMS_H
#define SEKISHO_VAULT_ITEMS_H

#include "vault/read.h"

/* Appends to OUT the N ITEMS, ascending, with those writes that they name; false when memory ran out.  A is used on the way. */
bool items_encode(const struct vault_item *items, size_t n, struct arena *a, struct buf *out);

/* Reads BYTES, which must live as long, into the writes and items of *R, in A; false when they are none or memory ran out. */
bool items_decode(struct str bytes, struct arena *a, struct vault_record *r);

#endif
