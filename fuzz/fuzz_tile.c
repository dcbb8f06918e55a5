/*
 * Bundles, tile paths, entries and packed batches as they may come from files and
 * rows: what is taken comes out in its one form again.
 */
#include <stdlib.h>

#include "evidence/entry.h"
#include "evidence/pack.h"
#include "evidence/tile.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

static void try_path(struct str path)
{
	struct tile_id t;
	struct buf b;

	if (!tile_path_read(path, &t))
		return;
	buf_init(&b);
	tile_path(&b, &t);
	if (buf_ok(&b) && !str_eq(buf_view(&b), path))
		abort();
	buf_free(&b);
}

static void try_bundle(struct str bytes)
{
	struct str rest = bytes, entry;
	struct buf b;

	buf_init(&b);
	while (bundle_next(&rest, &entry))
		bundle_add(&b, entry);
	if (buf_ok(&b) && !str_eq(buf_view(&b), str_sub(bytes, 0, bytes.n - rest.n)))
		abort();
	buf_free(&b);
}

static void try_entry(struct str text)
{
	struct entry_view v;

	if (!entry_scan(text, &v))
		return;
	if (v.kind <= ENTRY_NONE || v.kind >= ENTRY_KINDS || v.nonce.p < text.p ||
	    v.nonce.p + v.nonce.n > text.p + text.n || v.facts.n > text.n)
		abort();
}

static void try_packed(struct str packed)
{
	struct unpacker *u = unpacker_make();
	struct error e = {.code = CODE_NONE};
	struct buf b;

	if (!u)
		return;
	buf_init(&b);
	if (!ok(unpacker_add(u, packed, &b, &e)) && (e.code != CODE_LOG_CORRUPT || b.n) && e.code != CODE_OUT_OF_MEMORY)
		abort();
	buf_free(&b);
	unpacker_free(u);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
	struct str text = {(const char *)data, n};

	try_path(text);
	try_bundle(text);
	try_entry(text);
	try_packed(text);
	return 0;
}
