#include "policy/set.h"

const struct policy *policy_set_at(const struct policy_set *s, moment t)
{
	for (size_t i = s->n; i-- > 0;)
		if (s->versions[i]->in_force <= t)
			return s->versions[i];
	return NULL;
}

const struct policy *policy_set_version(const struct policy_set *s, uint32_t n)
{
	return n >= 1 && n <= s->n ? s->versions[n - 1] : NULL;
}

void policy_set_free(struct policy_set *s)
{
	struct arena arena;

	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++)
		policy_free(s->versions[i]);
	arena = s->arena; /* which holds S */
	arena_free(&arena);
}
