/*
 * A company's statement from outside: the first byte says whether it is HTML.
 * Whatever it is, a draft comes of it, in UTF-8, and its policy.yaml is YAML.
 */
#include <stdlib.h>

#include "policy/outline.h"
#include "policy/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Aborts unless the draft of D is a policy.yaml that can be read. */
static void write(struct arena *a, const struct outline *d)
{
	struct findings f;
	struct buf policy, statement;
	struct error e = {0};
	struct node *root;

	buf_init(&policy);
	buf_init(&statement);
	findings_init(&f);
	outline_write_policy(d, &policy);
	outline_write_statement(d, &statement);
	if (buf_ok(&policy) && buf_ok(&statement) && ok(yaml_read(a, "policy.yaml", buf_view(&policy), &f, &root, &e)) &&
	    (!root || f.count[SEVERITY_ERROR] || !str_utf8_valid(buf_view(&statement))))
		abort();
	findings_free(&f);
	buf_free(&policy);
	buf_free(&statement);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outline d;
	struct error e = {0};
	struct arena a;

	if (size == 0)
		return 0;
	arena_init(&a, 0, false);
	if (ok(outline_read(&a, (struct str){(const char *)data + 1, size - 1}, data[0] == '<', &d, &e)))
		write(&a, &d);
	arena_free(&a);
	return 0;
}
