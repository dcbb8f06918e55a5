/* A record's values: what decodes encodes again to as many values with as many bytes. */
#include <stdint.h>
#include <stdlib.h>

#include "vault/items.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vault_record r = {0}, again = {0};
	struct arena a;
	struct buf out;

	arena_init(&a, 0, false);
	buf_init(&out);
	if (items_decode((struct str){(const char *)data, size}, &a, &r)) {
		if (!items_encode(r.items, r.n_items, &a, &out) || !items_decode(buf_view(&out), &a, &again) ||
		    again.n_items != r.n_items)
			abort();
		for (size_t i = 0; i < r.n_items; i++)
			if (again.items[i].item != r.items[i].item || !str_eq(again.items[i].sealed, r.items[i].sealed))
				abort();
	}
	buf_free(&out);
	arena_free(&a);
	return 0;
}
