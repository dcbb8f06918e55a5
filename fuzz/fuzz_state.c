/* A person's state: what decodes encodes again, and decodes to as many of everything. */
#include <stdint.h>
#include <stdlib.h>

#include "vault/state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct person_state s, again;
	const uint32_t *versions;
	struct arena a;
	struct buf out;

	arena_init(&a, 0, false);
	buf_init(&out);
	if (state_decode((struct str){(const char *)data, size}, &a, &s, &versions)) {
		if (!state_encode(&s, versions, &out) || !state_decode(buf_view(&out), &a, &again, &versions))
			abort();
		if (again.n_values != s.n_values || again.n_consents != s.n_consents || again.n_holds != s.n_holds)
			abort();
	}
	buf_free(&out);
	arena_free(&a);
	return 0;
}
