/* A scene of one of the examples, as its first published version. */
#include "gate/scene.h"

#include <stdio.h>
#include <string.h>

#include "test.h"

void scene_example(struct scene *s, struct str name)
{
	char dir[600];
	struct findings f;
	struct error e = {.code = CODE_NONE};
	struct policy *p;

	assert_int_equal(s->n_versions, 0);
	snprintf(dir, sizeof dir, "%s/../examples/%.*s", TEST_SOURCE_DIR, (int)name.n, name.p);
	findings_init(&f);
	assert_ok(policy_compile(dir, &f, &p, &e), &e);
	findings_free(&f);
	assert_non_null(p);
	registry_init(&s->registry, &s->arena);
	assert_ok(registry_assign(&s->registry, p, 1, &e), &e);
	p->version = 1;
	p->published = p->in_force = date_start(p->effective, p->zone);
	for (size_t i = 0; i < p->n_notices; i++)
		p->notices[i].wording.version = 1;
	for (size_t i = 0; i < p->n_consents; i++)
		p->consents[i].wording.version = 1;
	s->example = p;
	s->n_versions = 1;
}

uint32_t scene_example_number(const struct scene *s, const char *kind, struct str name)
{
	for (size_t i = 0; i < s->registry.n; i++)
		if (strcmp(s->registry.names[i].kind, kind) == 0 && str_eq(s->registry.names[i].name, name))
			return s->registry.names[i].number;
	return 0;
}
