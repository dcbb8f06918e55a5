/*
 * A policy directory from outside: the input is split at NUL bytes into
 * policy.yaml, statement.ja.md and decisions.yaml.  Whatever it is, compiling
 * ends, finds something or gives a policy, and what was stored reads back.
 */
#include <stdlib.h>

#include "policy/compile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The policy's clauses and texts can be asked for. */
static void use(const struct policy *p)
{
	for (size_t i = 0; i < p->n_purposes; i++)
		if (policy_text_in(p, &p->purposes[i].text, p->default_language).n == SIZE_MAX)
			abort();
	if (policy_clause_of(p, STR("purposes.billing")).n == SIZE_MAX)
		abort();
}

/* What is packed is unpacked to the same files; any other bytes are refused or read, never more. */
static void store(struct arena *a, const struct source *s, struct str raw)
{
	struct source again;
	struct error e = {0};
	struct buf packed;

	buf_init(&packed);
	source_pack(s, &packed);
	if (buf_ok(&packed) && (!ok(source_unpack(a, buf_view(&packed), &again, &e)) || again.n != s->n))
		abort();
	if (ok(source_unpack(a, raw, &again, &e)) && again.n > SOURCE_FILES)
		abort();
	buf_free(&packed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = {(const char *)data, size};
	struct source_file files[3] = {{.name = STR("decisions.yaml")}, {.name = STR("policy.yaml")}, {.name = STR("statement.ja.md")}};
	static const int order[3] = {1, 2, 0}; /* of the input's parts */
	struct source s = {.files = files, .n = 3};
	struct findings f;
	struct policy *p = NULL;
	struct error e = {0};
	struct arena a;

	for (int i = 0; i < 3; i++) {
		size_t n = str_find(rest, '\0');

		files[order[i]].text = str_sub(rest, 0, n);
		rest = str_sub(rest, n + 1, rest.n);
	}
	arena_init(&a, 0, false);
	findings_init(&f);
	if (!ok(policy_compile_source(&s, &f, &p, &e)))
		abort();
	if (!p && f.count[SEVERITY_ERROR] == 0)
		abort();
	if (p)
		use(p);
	policy_free(p);
	if (ok(policy_compile_stored(&s, &p, &e))) {
		use(p);
		policy_free(p);
	}
	store(&a, &s, (struct str){(const char *)data, size});
	findings_free(&f);
	arena_free(&a);
	return 0;
}
