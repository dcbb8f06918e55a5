/* A sealed value from outside: what parses lies within the input and has a whole number of blocks. */
#include <stdint.h>
#include <stdlib.h>

#include "vault/outside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vault_outside out;
	struct arena a;
	unsigned sum = 0;

	arena_init(&a, 0, false);
	if (vault_outside_parse((struct str){(const char *)data, size}, &a, &out)) {
		if (out.sealed.n >= size || out.sealed.n % 16 || out.sealed.n < 32)
			abort();
		for (size_t i = 0; i < out.sealed.n; i++)
			sum += (unsigned char)out.sealed.p[i];
		if (sum > 255 * out.sealed.n)
			abort();
	}
	arena_free(&a);
	return 0;
}
