/* What is kept of a release: whatever it says is refused, or means the same once it was written and read again. */
#include <stdint.h>
#include <stdlib.h>

#include "deid/release.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str written(const struct deid_release *r, struct buf *b)
{
	deid_release_write(r, b);
	return buf_view(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct deid_release first, second;
	struct error e = {0};
	struct arena a;
	struct buf once, twice;

	arena_init(&a, 0, false);
	buf_init(&once);
	buf_init(&twice);
	if (ok(deid_release_parse((struct str){(const char *)data, size}, &a, &first, &e))) {
		if (!ok(deid_release_parse(written(&first, &once), &a, &second, &e)) || second.records != first.records ||
		    !str_eq(buf_view(&once), written(&second, &twice)))
			abort();
		buf_reset(&twice);
		if (first.records < 1000)
			deid_release_csv(&first, &twice);
	}
	buf_free(&once);
	buf_free(&twice);
	arena_free(&a);
	return 0;
}
