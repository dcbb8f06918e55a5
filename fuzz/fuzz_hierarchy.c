/* Hierarchy files: whatever is taken is a tree whose every level joins values of the level below. */
#include <stdint.h>
#include <stdlib.h>

#include "deid/hierarchy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	struct deid_hierarchy h;
	struct error e = {0};

	if (ok(deid_hierarchy_read(&h, source_memory(&text), ';', "input", &e))) {
		if (h.levels == 0 || h.leaf.n == 0)
			abort();
		for (unsigned l = 0; l < h.levels; l++)
			for (uint32_t i = 0; i < h.leaf.n; i++) {
				uint32_t first = h.level[l].first[i];

				if (first > i || h.level[l].first[first] != first || h.level[l].size[i] == 0)
					abort();
				if (l && h.level[l].first[h.level[l - 1].first[i]] != first)
					abort();
			}
	} else if (e.code == CODE_NONE) {
		abort();
	}
	deid_hierarchy_free(&h);
	return 0;
}
