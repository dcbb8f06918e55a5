/* Hierarchy files of a policy: what is taken has each value once, in order, with one label; the rest is a finding. */
#include <stdint.h>
#include <stdlib.h>

#include "policy/finding.h"
#include "policy/levels.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct levels l = {.name = "levels.csv", .asked = {"facts.yaml", 1, 1}};
	struct policy_output o = {.item = 0};
	struct findings f;
	struct arena a;

	if (size == 0)
		return 0;
	l.level = data[0] % LEVELS_FIELDS + 1;
	l.text = (struct str){(const char *)data + 1, size - 1};
	arena_init(&a, 0, false);
	findings_init(&f);
	if (levels_read(&l, &a, &o, &f)) {
		if (o.n_leaves == 0 || f.n)
			abort();
		for (size_t i = 1; i < o.n_leaves; i++)
			if (str_cmp(o.leaves[i - 1].value, o.leaves[i].value) >= 0)
				abort();
	} else if (f.n == 0 && !f.failed) {
		abort();
	}
	findings_free(&f);
	arena_free(&a);
	return 0;
}
