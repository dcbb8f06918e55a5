#include "publish/edition.h"

#include "policy/publish.h"
#include "publish/statement.h"
#include "publish/texts.h"

result edition_texts(const struct policy *p, const struct source *files, struct findings *f, struct error *e)
{
	const struct edition ed = {p, files, p->effective};

	return statement_check(&ed, f, e);
}

/* Examines the directory DIR by the terms T into *OUT. */
static result examine(const char *dir, const struct policy_terms *t, struct findings *f, struct draft *out, struct error *e)
{
	*out = (struct draft){.policy = NULL};
	arena_init(&out->arena, 0, false);
	TRY(source_read(&out->arena, dir, &out->files, e));
	TRY(policy_examine(&out->files, t, f, &out->policy, e));
	if (out->policy)
		out->edition = (struct edition){out->policy, &out->files, out->policy->effective};
	return RESULT_OK;
}

result draft_read(const char *dir, struct findings *f, struct draft *out, struct error *e)
{
	const struct policy_terms terms = {.texts = edition_texts, .law = DATE_NONE};

	return examine(dir, &terms, f, out, e);
}

result draft_check(const char *dir, date law, bool pending, struct findings *f, struct error *e)
{
	const struct policy_terms terms = {.texts = edition_texts, .law = law, .pending = pending};
	struct draft draft;
	result done = examine(dir, &terms, f, &draft, e);

	draft_free(&draft);
	return done;
}

void draft_free(struct draft *d)
{
	policy_free(d->policy);
	d->policy = NULL;
	arena_free(&d->arena);
}

/* The files of the version at the statement S, in A, to which they are copied. */
static struct source *read_files(struct db_stmt *s, struct arena *a, struct error *e)
{
	struct source *files = arena_new(a, struct source);
	struct str packed = str_copy(a, db_blob(s, 4));

	if (!files || !packed.p) {
		(void)error_set(e, CODE_OUT_OF_MEMORY, "no memory for the versions of the policy"); /* ignored: only sets */
		return NULL;
	}
	return ok(source_unpack(a, packed, files, e)) ? files : NULL;
}

static result read_editions(struct db *d, struct editions *all, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_POLICY_VERSION_LIST, e);
	bool row = false;

	if (!s)
		return RESULT_FAIL;
	while (all->n < all->set->n) {
		const struct policy *p = all->set->versions[all->n];
		struct source *files;

		TRY(db_step(s, &row, e));
		if (!row)
			return error_set(e, CODE_DATABASE, "a version of the policy is gone");
		files = read_files(s, &all->arena, e);
		if (!files) {
			db_reset(s);
			return RESULT_FAIL;
		}
		all->list[all->n++] = (struct edition){p, files, p->effective};
	}
	db_reset(s);
	return RESULT_OK;
}

result editions_load(struct db *d, struct editions **out, struct error *e)
{
	struct arena arena;
	struct editions *all;

	*out = NULL;
	arena_init(&arena, 0, false);
	all = arena_new(&arena, struct editions);
	if (!all) {
		arena_free(&arena);
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the versions of the policy");
	}
	all->arena = arena;
	if (ok(policy_set_load(d, &all->set, e))) {
		all->list = arena_array(&all->arena, all->set->n, sizeof *all->list);
		if (!all->list)
			(void)error_set(e, CODE_OUT_OF_MEMORY, "no memory for the versions of the policy"); /* ignored: only sets */
		else if (ok(read_editions(d, all, e)))
			*out = all;
	}
	if (*out)
		return RESULT_OK;
	editions_free(all);
	return RESULT_FAIL;
}

void editions_free(struct editions *e)
{
	struct arena arena;

	if (!e)
		return;
	policy_set_free(e->set);
	arena = e->arena; /* it holds E itself */
	arena_free(&arena);
}
