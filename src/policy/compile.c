/* The passes of the compiler, in their order; see compile.h. */
#include "policy/compile.h"

#include "policy/examine.h"
#include "policy/yaml.h"

static struct policy *new_policy(void)
{
	struct arena arena;
	struct policy *p;

	arena_init(&arena, 256 * 1024, false);
	p = arena_new(&arena, struct policy);
	if (p)
		p->arena = arena;
	return p;
}

void policy_free(struct policy *p)
{
	struct arena arena;

	if (!p)
		return;
	arena = p->arena; /* which holds P */
	arena_free(&arena);
}

/* Reads the YAML file NAME of C's source, if there is one, into *OUT. */
static result read_yaml(struct compile *c, const char *name, const struct node **out, struct error *e)
{
	const struct source_file *file = source_find(c->files, str_of(name));
	struct node *root = NULL;

	*out = NULL;
	if (file)
		TRY(yaml_read(c->a, name, file->text, c->f, &root, e));
	*out = root;
	return RESULT_OK;
}

static result read_facts(struct compile *c, struct error *e)
{
	static const char *const names[] = {"policy.yaml", "decisions.yaml"};
	struct place at = {"policy.yaml", 0, 0};

	for (size_t i = 0; i < 2; i++) {
		const char *why = source_why_missing(c->files, str_of(names[i]));

		if (why)
			findings_add(c->f, FINDING_FILE_MISSING, (struct place){names[i], 0, 0}, STR("put the file itself there"), "this is %s", why);
	}
	if (!source_find(c->files, STR("policy.yaml")) && !source_why_missing(c->files, STR("policy.yaml")))
		findings_add(c->f, FINDING_FILE_MISSING, at, STR("the facts of a policy stand in policy.yaml"),
			     "the directory has no policy.yaml");
	TRY(read_yaml(c, "policy.yaml", &c->p->root, e));
	TRY(read_yaml(c, "decisions.yaml", &c->p->decisions, e));
	if (c->p->root && c->p->root->kind != NODE_MAP) {
		findings_add(c->f, FINDING_WRONG_TYPE, c->p->root->at, STR("begin with sekisho: 1"),
			     "policy.yaml is no map of keys");
		c->p->root = NULL;
	}
	return RESULT_OK;
}

typedef void pass(struct compile *c);

/* In their order; NULL ends them. */
static pass *const building[] = {build_head, build_names, build_data, build_sharing, build_acts, text_wordings,
				 text_statement, NULL};
static pass *const checking[] = {check_head, check_items, check_channels, check_purposes, check_roles, check_sharing,
				 check_requests, check_texts, check_wording, check_answers, NULL};

static void run(struct compile *c, pass *const *passes)
{
	for (size_t i = 0; passes[i] && !c->no_memory; i++)
		passes[i](c);
}

/* How a policy is compiled: with the checks or without, by the law of its own date or another, with what is pending. */
struct mode {
	bool checked, pending;
	date law;
	const struct policy_set *set; /* the versions before, or NULL */
};

/* Compiles FILES as M says into *OUT, NULL when there is nothing to look at. */
static result compile(const struct source *files, const struct mode *m, struct findings *f, struct policy **out,
		      struct error *e)
{
	struct policy *p = new_policy();
	struct compile c = {.p = p, .files = files, .f = f, .set = m->set};
	result done = RESULT_FAIL;

	*out = NULL;
	if (!p)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a policy");
	c.a = &p->arena;
	TRY_OUT(read_facts(&c, e));
	if (p->root) {
		build_languages(&c);
		if (m->checked)
			shape_check(&c);
		run(&c, building);
		if (m->law != DATE_NONE)
			p->law = m->law;
		if (m->checked)
			run(&c, checking);
		if (m->pending)
			check_pending(&c);
		if (m->checked)
			check_record(&c, m->pending);
	}
	if (c.no_memory || f->failed) {
		done = error_set(e, CODE_OUT_OF_MEMORY, "no memory for compiling the policy");
		goto out;
	}
	if (p->root) {
		*out = p;
		p = NULL;
	}
	done = RESULT_OK;
out:
	policy_free(p);
	return done;
}

result policy_compile_source(const struct source *files, struct findings *f, struct policy **out, struct error *e)
{
	const struct mode mode = {.checked = true, .law = DATE_NONE};

	TRY(compile(files, &mode, f, out, e));
	findings_sort(f);
	if (f->count[SEVERITY_ERROR]) {
		policy_free(*out);
		*out = NULL;
	}
	return RESULT_OK;
}

result policy_examine(const struct source *files, const struct policy_terms *t, struct findings *f, struct policy **out,
		      struct error *e)
{
	const struct mode mode = {.checked = true, .pending = t->pending, .law = t->law, .set = t->set};
	struct policy *p = NULL;
	result done = RESULT_FAIL;

	*out = NULL;
	if (!t->texts)
		return error_set(e, CODE_USAGE, "a policy is examined without a check of its texts");
	TRY_OUT(compile(files, &mode, f, &p, e));
	if (p && !f->count[SEVERITY_ERROR])
		TRY_OUT(t->texts(p, files, f, e));
	findings_sort(f);
	if (!f->count[SEVERITY_ERROR]) {
		*out = p;
		p = NULL;
	}
	done = RESULT_OK;
out:
	policy_free(p);
	return done;
}

result policy_compile_stored(const struct source *files, struct policy **out, struct error *e)
{
	const struct mode mode = {.law = DATE_NONE};
	struct findings unseen;
	result done;

	findings_init(&unseen);
	done = compile(files, &mode, &unseen, out, e);
	findings_free(&unseen);
	if (ok(done) && !*out)
		return error_set(e, CODE_DATABASE, "a stored policy has no readable policy.yaml");
	return done;
}

result policy_compile(const char *dir, struct findings *f, struct policy **out, struct error *e)
{
	struct arena a;
	struct source files;
	result done = RESULT_FAIL;

	*out = NULL;
	arena_init(&a, 0, false);
	TRY_OUT(source_read(&a, dir, &files, e));
	TRY_OUT(policy_compile_source(&files, f, out, e));
	done = RESULT_OK;
out:
	arena_free(&a);
	return done;
}
