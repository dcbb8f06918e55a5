#include "api/changes.h"

#include "access/reach.h"
#include "policy/diff.h"
#include "policy/registry.h"

static json_t *sentence(const struct change *c, bool ja)
{
	struct buf b;
	json_t *v;

	buf_init(&b);
	change_write(c, ja, &b);
	v = json_stringn(buf_c(&b), b.n);
	buf_free(&b);
	return v;
}

static json_t *answers(const struct change *c)
{
	struct str rest = str_of(c->answers);
	json_t *list = json_array();

	while (rest.n) {
		size_t n = str_find(rest, ' ');

		if (json_array_append_new(list, json_stringn(rest.p, n)) != 0)
			break;
		rest = str_sub(rest, n + 1, rest.n);
	}
	return list;
}

static json_t *change_view(const struct change *c)
{
	return json_pack("{s:s, s:s%, s:i, s:i, s:{s:o, s:o}, s:{s:s, s:s, s:{s:s, s:s}}, s:o}", "code",
			 finding_text(c->code), "path", c->path.p, c->path.n, "line", (int)c->at.line, "column",
			 (int)c->at.column, "text", "en", sentence(c, false), "ja", sentence(c, true), "law", "article",
			 c->act.law, "in_force_since", c->act.since, "act", "en", c->act.en, "ja", c->act.ja, "answers",
			 answers(c));
}

/* PERSONS may be NULL. */
static json_t *changes_view(const struct changes *c, const uint64_t *persons)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->n; i++) {
		json_t *one = change_view(&c->list[i]);

		if (persons && change_reaches(&c->list[i]) &&
		    json_object_set_new(one, "persons", json_integer((json_int_t)persons[i])) != 0)
			break;
		if (json_array_append_new(list, one) != 0)
			break;
	}
	return json_pack("{s:o}", "changes", list);
}

/* The policy in DIR into *OUT; one with errors has no meaning to compare. */
static result compiled(const char *dir, struct policy **out, struct error *e)
{
	struct findings f;
	result done;

	findings_init(&f);
	done = policy_compile(dir, &f, out, e);
	if (ok(done) && !*out)
		done = error_at(e, CODE_POLICY_INVALID, dir, "the policy has %zu errors", f.count[SEVERITY_ERROR]);
	findings_free(&f);
	return done;
}

json_t *changes_of_directories(const char *before, const char *after, struct error *e)
{
	struct policy *p = NULL, *q = NULL;
	struct changes changes;
	struct arena a;
	json_t *view = NULL;

	arena_init(&a, 0, false);
	if (ok(compiled(before, &p, e)) && ok(compiled(after, &q, e)) && ok(policy_diff_number(p, q, e)) &&
	    ok(policy_diff(p, q, &a, &changes, e)))
		view = changes_view(&changes, NULL);
	if (!view && e->code == CODE_NONE)
		(void)error_set(e, CODE_OUT_OF_MEMORY, "no memory for the changes"); /* ignored: only sets */
	arena_free(&a);
	policy_free(p);
	policy_free(q);
	return view;
}

/* One side of a comparison: a version of the instance, or a directory compiled here. */
struct side {
	const struct policy *policy;
	struct policy *own; /* to be freed */
};

/* Takes the side NAME of REQUEST; a directory's names get their numbers from NAMES as if published as VERSION. */
static result side_take(const json_t *named, const struct policy_set *set, struct registry *names, uint32_t version,
			struct side *out, struct error *e)
{
	const char *text = json_string_value(named);
	uint64_t n;

	if (!text)
		return error_set(e, CODE_USAGE, "a directory or a version is missing");
	if (str_to_u64(str_of(text), UINT32_MAX, &n)) {
		out->policy = policy_set_version(set, (uint32_t)n);
		if (!out->policy)
			return error_set(e, CODE_USAGE, "there is no version %s", text);
		return RESULT_OK;
	}
	TRY(compiled(text, &out->own, e));
	out->policy = out->own;
	return registry_assign(names, out->own, version, e);
}

static json_t *counted(struct access_reader *reader, const struct policy *before, const struct policy *after,
		       struct arena *a, struct error *e)
{
	struct changes changes;
	uint64_t *persons;

	if (!ok(policy_diff(before, after, a, &changes, e)))
		return NULL;
	persons = arena_array(a, changes.n + 1, sizeof *persons);
	if (!persons || !ok(access_count_reach(reader, &changes, persons, e)))
		return NULL;
	return changes_view(&changes, persons);
}

json_t *changes_of_instance(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	struct gated *g = access_gated(a);
	struct side before = {NULL, NULL}, after = {NULL, NULL};
	struct db *d = access_reader_db(reader, e);
	struct registry names;
	struct arena arena;
	json_t *view = NULL;

	arena_init(&arena, 0, false);
	registry_init(&names, &arena);
	if (g && d && ok(registry_load(&names, d, e)) &&
	    ok(side_take(json_object_get(request, "before"), g->set, &names, (uint32_t)g->set->n + 1, &before, e)) &&
	    ok(side_take(json_object_get(request, "after"), g->set, &names, (uint32_t)g->set->n + 2, &after, e)))
		view = counted(reader, before.policy, after.policy, &arena, e);
	access_reader_rest(reader);
	policy_free(before.own);
	policy_free(after.own);
	arena_free(&arena);
	gated_unref(g);
	return view;
}
