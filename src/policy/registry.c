#include "policy/registry.h"

#include <string.h>

void registry_init(struct registry *r, struct arena *a)
{
	*r = (struct registry){.a = a};
}

static const char *const kinds[] = {"arrangement", "category", "channel", "consent", "derived", "event",
				    "exception",   "item",     "notice",  "purpose", "role",	NULL};

static const char *kind_of(struct str s)
{
	for (int i = 0; kinds[i]; i++)
		if (str_is(s, kinds[i]))
			return kinds[i];
	return NULL;
}

static bool add(struct registry *r, const char *kind, struct str name, uint32_t since, uint32_t number)
{
	struct str copy = str_copy(r->a, name);

	if (r->n == r->cap) {
		size_t cap = r->cap ? r->cap * 2 : 256;
		struct registry_name *names = arena_array(r->a, cap, sizeof *names);

		if (!names)
			return false;
		if (r->n)
			memcpy(names, r->names, r->n * sizeof *names);
		r->names = names;
		r->cap = cap;
	}
	if (!copy.p)
		return false;
	r->names[r->n++] = (struct registry_name){kind, copy, since, number};
	return true;
}

result registry_load(struct registry *r, struct db *d, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_REGISTRY_NAME_LIST, e);
	bool row = false;

	if (!s)
		return RESULT_FAIL;
	for (;;) {
		const char *kind;

		TRY(db_step(s, &row, e));
		if (!row)
			return RESULT_OK;
		kind = kind_of(db_text(s, 0));
		if (!kind) {
			db_reset(s);
			return error_set(e, CODE_DATABASE, "the registry has a name of an unknown kind");
		}
		if (!add(r, kind, db_text(s, 1), (uint32_t)db_i64(s, 2), (uint32_t)db_i64(s, 3))) {
			db_reset(s);
			return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the registry of names");
		}
	}
}

struct str registry_find(const struct registry *r, const char *kind, uint32_t number)
{
	for (size_t i = r->n; i-- > 0;)
		if (r->names[i].number == number && strcmp(r->names[i].kind, kind) == 0)
			return r->names[i].name;
	return (struct str){0};
}

/* The number whose latest name as of VERSION is NAME, or 0.  Names stand in the order of their versions. */
static uint32_t current(const struct registry *r, const char *kind, struct str name, uint32_t version)
{
	for (size_t i = r->n; i-- > 0;) {
		const struct registry_name *o = &r->names[i];

		if (o->since > version || strcmp(o->kind, kind) != 0 || !str_eq(o->name, name))
			continue;
		for (size_t j = i + 1; j < r->n; j++)
			if (r->names[j].since <= version && r->names[j].number == o->number &&
			    strcmp(r->names[j].kind, kind) == 0)
				return 0; /* it was renamed since */
		return o->number;
	}
	return 0;
}

static uint32_t next(const struct registry *r, const char *kind)
{
	uint32_t highest = 0;

	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->names[i].kind, kind) == 0 && r->names[i].number > highest)
			highest = r->names[i].number;
	return highest + 1;
}

/* The number of NAME of KIND as of VERSION, which was called WAS before (or empty); 0 when memory ran out. */
static uint32_t assign(struct registry *r, const char *kind, struct str name, struct str was, uint32_t version)
{
	uint32_t number = current(r, kind, name, version);

	if (number)
		return number;
	if (was.n)
		number = current(r, kind, was, version);
	if (!number)
		number = next(r, kind);
	return add(r, kind, name, version, number) ? number : 0;
}

static struct str joined(struct registry *r, struct str category, struct str item)
{
	struct buf b;
	struct str name;

	buf_init(&b);
	buf_printf(&b, "%.*s.%.*s", (int)category.n, category.p, (int)item.n, item.p);
	name = str_copy(r->a, buf_view(&b));
	buf_free(&b);
	return name;
}

/* An item moves with its category: its earlier name is that of either, or of both. */
static bool assign_items(struct registry *r, struct policy_category *k, uint32_t version)
{
	for (size_t i = 0; i < k->n_items; i++) {
		struct policy_item *o = &k->items[i];
		struct str name = joined(r, k->id, o->id), was = {0};

		if (k->was.n || o->was.n)
			was = joined(r, k->was.n ? k->was : k->id, o->was.n ? o->was : o->id);
		if (name.p)
			o->number = assign(r, "item", name, was, version);
		if (!o->number)
			return false;
	}
	return true;
}

#define ASSIGN(kind, array, count)                                                                         \
	for (size_t i_ = 0; i_ < (count); i_++) {                                                          \
		(array)[i_].number = assign(r, kind, (array)[i_].id, (array)[i_].was, version);            \
		if (!(array)[i_].number)                                                                   \
			return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the registry of names");    \
	}

result registry_assign(struct registry *r, struct policy *p, uint32_t version, struct error *e)
{
	ASSIGN("category", p->categories, p->n_categories)
	for (size_t i = 0; i < p->n_categories; i++)
		if (!assign_items(r, &p->categories[i], version))
			return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the registry of names");
	ASSIGN("purpose", p->purposes, p->n_purposes)
	ASSIGN("consent", p->consents, p->n_consents)
	ASSIGN("role", p->roles, p->n_roles)
	ASSIGN("channel", p->channels, p->n_channels)
	ASSIGN("notice", p->notices, p->n_notices)
	ASSIGN("event", p->events, p->n_events)
	ASSIGN("arrangement", p->arrangements, p->n_arrangements)
	ASSIGN("exception", p->exceptions, p->n_exceptions)
	ASSIGN("derived", p->derived, p->n_derived)
	return RESULT_OK;
}

result registry_store(const struct registry *r, uint32_t version, struct db *d, struct error *e)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct registry_name *o = &r->names[i];
		struct db_stmt *s;

		if (o->since != version)
			continue;
		s = db_stmt(d, SQL_REGISTRY_NAME_INSERT, e);
		if (!s)
			return RESULT_FAIL;
		db_bind_text(s, 1, str_of(o->kind));
		db_bind_text(s, 2, o->name);
		db_bind_i64(s, 3, o->since);
		db_bind_i64(s, 4, o->number);
		TRY(db_run(s, e));
	}
	return RESULT_OK;
}
