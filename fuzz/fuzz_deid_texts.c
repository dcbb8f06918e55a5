/* Models, rules, noise, aggregates and free text: each is taken or refused with a reason, and a rule makes a tree of what it accepts. */
#include <stdint.h>
#include <stdlib.h>

#include "deid/aggregate.h"
#include "deid/detect.h"
#include "deid/noise.h"
#include "deid/rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_rule(struct str text, struct str values)
{
	const struct deid_rule *r;
	struct deid_hierarchy h;
	struct deid_dict d;
	struct arena a;
	struct error e = {0};

	arena_init(&a, 0, false);
	deid_dict_init(&d);
	deid_hierarchy_init(&h);
	if (ok(deid_rule_parse(&a, text, &r, &e))) {
		while (values.n) {
			struct str v = str_sub(values, 0, str_find(values, ' '));

			values = str_sub(values, v.n + 1, values.n);
			if (deid_rule_accepts(r, v) && deid_dict_add(&d, v) == DEID_NONE)
				abort();
		}
		if (!ok(deid_rule_apply(r, &d, &h, &e)) && e.code != CODE_HIERARCHY_INVALID)
			abort();
	} else if (e.code != CODE_HIERARCHY_INVALID) {
		abort();
	}
	deid_hierarchy_free(&h);
	deid_dict_free(&d);
	arena_free(&a);
}

static void try_change(struct str text)
{
	struct deid_aggregate aggregate;
	struct deid_noise noise;
	struct error e = {0};

	if (!ok(deid_noise_parse(text, &noise, &e)) && e.code != CODE_MODEL_INVALID)
		abort();
	error_clear(&e);
	if (!ok(deid_aggregate_parse(text, &aggregate, &e)) && e.code != CODE_USAGE)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	size_t line = str_find(text, '\n');
	struct deid_model m;
	struct error e = {0};

	if (!ok(deid_model_parse(str_sub(text, 0, line), &m, &e)) && e.code != CODE_MODEL_INVALID)
		abort();
	try_change(str_sub(text, 0, line));
	(void)deid_detect_field(str_sub(text, 0, line), text); /* ignored: it has only to come back */
	try_rule(str_sub(text, 0, line), str_sub(text, line + 1, text.n));
	return 0;
}
