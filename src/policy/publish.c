#include "policy/publish.h"

#include <string.h>

#include "crypto/hash.h"
#include "policy/compile.h"
#include "policy/diff.h"
#include "policy/registry.h"
#include "policy/source.h"
#include "policy/wording.h"

/* One row of policy_version at the statement S: compiles it and fills in what publication fixed. */
static result load_version(struct db_stmt *s, struct arena *a, uint32_t version, struct policy **out, struct error *e)
{
	struct str hash = db_blob(s, 3), packed = db_blob(s, 4);
	unsigned char computed[HASH_SIZE];
	struct source files;
	struct policy *p = NULL;

	hash_sha256(packed.p, packed.n, computed);
	if (db_i64(s, 0) != (int64_t)version || !str_eq(hash, (struct str){(const char *)computed, HASH_SIZE}))
		return error_set(e, CODE_DATABASE, "version %u of the policy is not as it was published",
				 (unsigned)version);
	TRY(source_unpack(a, packed, &files, e));
	TRY(policy_compile_stored(&files, &p, e));
	p->version = version;
	p->published = db_i64(s, 1);
	p->in_force = db_i64(s, 2);
	memcpy(p->hash, computed, HASH_SIZE);
	*out = p;
	return RESULT_OK;
}

static result add_version(struct policy_set *set, size_t *cap, struct policy *p, struct error *e)
{
	if (set->n == *cap) {
		struct policy **versions = arena_array(&set->arena, *cap ? *cap * 2 : 8, sizeof(struct policy *));

		if (!versions)
			return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the versions of the policy");
		if (set->n)
			memcpy(versions, set->versions, set->n * sizeof *versions);
		set->versions = versions;
		*cap = *cap ? *cap * 2 : 8;
	}
	set->versions[set->n++] = p;
	return RESULT_OK;
}

static result load_versions(struct db *d, struct policy_set *set, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_POLICY_VERSION_LIST, e);
	size_t cap = 0;
	bool row = false;

	if (!s)
		return RESULT_FAIL;
	for (;;) {
		struct policy *p = NULL;
		struct arena scratch;
		result loaded;

		TRY(db_step(s, &row, e));
		if (!row)
			return RESULT_OK;
		arena_init(&scratch, 0, false);
		loaded = load_version(s, &scratch, (uint32_t)set->n + 1, &p, e);
		arena_free(&scratch);
		if (!ok(loaded) || !ok(add_version(set, &cap, p, e))) {
			policy_free(p);
			db_reset(s);
			return RESULT_FAIL;
		}
	}
}

/* Numbers and wording versions of all of SET, with the names in R. */
static result number_versions(struct policy_set *set, struct registry *r, struct error *e)
{
	for (size_t i = 0; i < set->n; i++) {
		size_t before = r->n;

		TRY(registry_assign(r, set->versions[i], set->versions[i]->version, e));
		if (r->n != before)
			return error_set(e, CODE_DATABASE, "the registry lacks names of version %u of the policy",
					 (unsigned)set->versions[i]->version);
		if (!wording_versions(set->versions[i], i ? set->versions[i - 1] : NULL, r->a))
			return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the versions of wordings");
		if (i)
			policy_apply_answers(set->versions[i]);
	}
	return RESULT_OK;
}

static struct policy_set *new_set(void)
{
	struct arena arena;
	struct policy_set *set;

	arena_init(&arena, 0, false);
	set = arena_new(&arena, struct policy_set);
	if (set)
		set->arena = arena;
	return set;
}

result policy_set_load(struct db *d, struct policy_set **out, struct error *e)
{
	struct policy_set *set = new_set();
	struct arena scratch;
	struct registry names;
	result done = RESULT_FAIL;

	*out = NULL;
	arena_init(&scratch, 0, false);
	registry_init(&names, &scratch);
	if (!set) {
		done = error_set(e, CODE_OUT_OF_MEMORY, "no memory for the versions of the policy");
		goto out;
	}
	TRY_OUT(load_versions(d, set, e));
	TRY_OUT(registry_load(&names, d, e));
	TRY_OUT(number_versions(set, &names, e));
	*out = set;
	set = NULL;
	done = RESULT_OK;
out:
	arena_free(&scratch);
	policy_set_free(set);
	return done;
}

/* True when P differs from BEFORE in what `revision.ahead.changes` names (all, when it names nothing). */
static bool needs_ahead(const struct policy *p, const struct policy *before, const struct node *changes)
{
	static const struct {
		const char *change;
		const char *section;
	} sections[] = {
		{"purposes", "purposes"}, {"sharing", "joint_use"}, {"sharing", "outsourcing"}, {"sharing", "provision"}};

	if (!changes)
		return true;
	for (NODE_EACH(n, changes))
		for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
			if (str_is(n->text, sections[i].change) &&
			    !node_same(node_get(p->root, sections[i].section), node_get(before->root, sections[i].section)))
				return true;
	return false;
}

/* A revision is announced as long before it takes effect as the policy promises. */
static result check_ahead(const struct policy *p, const struct policy *before, moment now, struct error *e)
{
	const struct node *ahead = node_get(node_get(node_get(p->root, "policy"), "revision"), "ahead");
	struct duration length;
	date earliest;

	if (!duration_parse(node_text(ahead, "for"), &length) || !needs_ahead(p, before, node_get(ahead, "changes")))
		return RESULT_OK;
	earliest = date_plus(moment_date(now, p->zone), length);
	if (p->effective < earliest)
		return error_at(e, CODE_POLICY_DATE, "policy.yaml: policy.effective",
				"the policy promises to announce this change %s ahead: effective is sooner than that after today",
				node_text(ahead, "for").p);
	return RESULT_OK;
}

/* Whether P may follow the versions in SET. */
static result check_order(const struct policy *p, const struct policy_set *set, moment now, struct error *e)
{
	const struct policy *last;

	if (set->n == 0)
		return RESULT_OK;
	last = set->versions[set->n - 1];
	if (!str_eq(p->id, last->id))
		return error_at(e, CODE_POLICY_INVALID, "policy.yaml: policy.id",
				"the instance has the policy \"%.*s\", this is another", (int)last->id.n, last->id.p);
	for (size_t i = 0; i < set->n; i++)
		if (p->effective < set->versions[i]->effective)
			return error_at(e, CODE_POLICY_DATE, "policy.yaml: policy.effective",
					"effective is before that of version %u, which is published", (unsigned)i + 1);
	if (p->revised != DATE_NONE && last->revised != DATE_NONE && p->revised < last->revised)
		return error_at(e, CODE_POLICY_DATE, "policy.yaml: policy.revised",
				"revised is before that of the last version published");
	return check_ahead(p, last, now, e);
}

/* When P is published and in force (T1): a first version may have a past date and then counts from it. */
static void set_times(const struct policy *p, bool first, moment now, struct policy_published *out)
{
	moment start = date_start(p->effective, p->zone);

	out->effective = p->effective;
	out->published = first && start < now ? start : now;
	out->in_force = start > out->published ? start : out->published;
}

static result store(struct db *d, const struct policy_published *v, struct str packed, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_POLICY_VERSION_INSERT, e);
	struct buf effective;
	result done;

	if (!s)
		return RESULT_FAIL;
	buf_init(&effective);
	date_write(&effective, v->effective);
	db_bind_i64(s, 1, v->version);
	db_bind_text(s, 2, buf_view(&effective));
	db_bind_i64(s, 3, v->published);
	db_bind_i64(s, 4, v->in_force);
	db_bind_blob(s, 5, v->hash, sizeof v->hash);
	db_bind_blob(s, 6, packed.p, packed.n);
	done = db_run(s, e);
	buf_free(&effective);
	return done;
}

/* Every change of P, which has its numbers, from the last of SET was decided; what was not goes to F. */
static result check_decided(const struct policy *p, const struct policy_set *set, struct arena *a, struct findings *f,
			    struct error *e)
{
	const struct policy *last;
	struct changes changes;
	size_t undecided;

	if (set->n == 0)
		return RESULT_OK;
	last = set->versions[set->n - 1];
	TRY(policy_diff(last, p, a, &changes, e));
	undecided = changes_ask(&changes, p, last->version, f);
	if (f->failed)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for what has to be decided");
	if (undecided)
		return error_set(e, CODE_POLICY_INVALID, "%zu changes since version %u are not decided", undecided,
				 (unsigned)last->version);
	return RESULT_OK;
}

/* Freezes FILES as the version in OUT, with the NAMES that are new in it. */
static result freeze(struct db *d, const struct source *files, const struct registry *names,
		     struct policy_published *out, struct error *e)
{
	struct buf packed;
	result done = RESULT_FAIL;

	buf_init(&packed);
	source_pack(files, &packed);
	if (!buf_ok(&packed)) {
		done = error_set(e, CODE_OUT_OF_MEMORY, "no memory for storing the policy");
		goto out;
	}
	hash_sha256(packed.p, packed.n, out->hash);
	TRY_OUT(store(d, out, buf_view(&packed), e));
	TRY_OUT(registry_store(names, out->version, d, e));
	done = RESULT_OK;
out:
	buf_free(&packed);
	return done;
}

result policy_publish(struct db *d, const struct policy_candidate *c, struct findings *f, struct policy_published *out,
		      struct error *e)
{
	struct policy_terms terms = {.texts = c->texts, .law = DATE_NONE};
	struct policy_set *set = NULL;
	struct policy *p = NULL;
	struct registry names;
	struct arena a;
	result done = RESULT_FAIL;

	*out = (struct policy_published){0};
	arena_init(&a, 0, false);
	registry_init(&names, &a);
	TRY_OUT(policy_set_load(d, &set, e));
	terms.set = set;
	TRY_OUT(policy_examine(c->files, &terms, f, &p, e));
	if (!p) {
		done = error_set(e, CODE_POLICY_INVALID, "the policy has %zu errors", f->count[SEVERITY_ERROR]);
		goto out;
	}
	TRY_OUT(check_order(p, set, c->now, e));
	out->version = (uint32_t)set->n + 1;
	TRY_OUT(registry_load(&names, d, e));
	TRY_OUT(registry_assign(&names, p, out->version, e));
	TRY_OUT(check_decided(p, set, &a, f, e));
	set_times(p, set->n == 0, c->now, out);
	TRY_OUT(freeze(d, c->files, &names, out, e));
	done = RESULT_OK;
out:
	policy_set_free(set);
	policy_free(p);
	arena_free(&a);
	return done;
}

result policy_publish_dir(struct db *d, const char *dir, const struct policy_candidate *c, struct findings *f,
			  struct policy_published *out, struct error *e)
{
	struct policy_candidate candidate = *c;
	struct source files;
	struct arena a;
	result done;

	arena_init(&a, 0, false);
	candidate.files = &files;
	done = source_read(&a, dir, &files, e);
	if (ok(done))
		done = policy_publish(d, &candidate, f, out, e);
	arena_free(&a);
	return done;
}
