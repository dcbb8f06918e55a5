/*
 * What leads back from pseudonyms, as a file: it is refused, or written and read again it is the same.  A value that its
 * formats take comes back.
 */
#include <stdint.h>
#include <stdlib.h>

#include "deid/removed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_format(const struct deid_removed *r, const struct deid_removed_column *c, struct str value)
{
	struct deid_format f;
	struct error e = {0};
	struct buf became, back;
	CRYPTO_WIPED key;

	deid_removed_format_key(r, c->name, &key);
	buf_init(&became);
	buf_init(&back);
	if (!ok(deid_format_make(&f, c->format, c->name, &key, &e)))
		abort();
	if (ok(deid_format_apply(&f, value, &became, &e))) {
		if (!ok(deid_format_undo(&f, buf_view(&became), &back, &e)) || !str_eq(buf_view(&back), value))
			abort();
	} else if (e.code != CODE_ITEM_INVALID) {
		abort();
	}
	deid_format_free(&f);
	buf_free(&became);
	buf_free(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct crypto_key key = {{1}};
	struct str text = {(const char *)data, size};
	struct deid_removed first, second;
	struct error e = {0};
	struct buf once, twice;

	buf_init(&once);
	buf_init(&twice);
	if (ok(deid_removed_open(&key, text, &once, &e)))
		abort(); /* nobody seals by chance */
	error_clear(&e);
	buf_reset(&once);
	if (ok(deid_removed_read(&first, text, "removed", &e))) {
		if (!ok(deid_removed_write(&first, &once, &e)) || !ok(deid_removed_read(&second, buf_view(&once), "again", &e)) ||
		    !ok(deid_removed_write(&second, &twice, &e)) || !str_eq(buf_view(&once), buf_view(&twice)))
			abort();
		deid_removed_free(&second);
		for (const struct deid_removed_column *c = first.column; c; c = c->next)
			if (c->format)
				try_format(&first, c, c->name);
	} else if (e.code != CODE_MALFORMED) {
		abort();
	}
	deid_removed_free(&first);
	buf_free(&once);
	buf_free(&twice);
	return 0;
}
