#include <stdlib.h>
#include <string.h>

#include "policy/diff_private.h"
#include "policy/registry.h"

/* What the law asks, and the answers that show that it was done. */
struct asked {
	const char *answers;
	struct change_act act;
};

static const struct asked by_code[FINDING_CODES] = {
#define X(id, answers, law, since, en, ja, says_en, says_ja) [FINDING_##id] = {answers, {law, since, en, ja}},
#include "policy/changes.def"
#undef X
};

static const struct asked by_case[DIFF_ACTS] = {
#define X(id, answers, law, since, en, ja) [ACT_##id] = {answers, {law, since, en, ja}},
#include "policy/change_acts.def"
#undef X
};

static bool array_grow(struct arena *a, void **list, size_t *cap, size_t n, size_t size)
{
	size_t more = *cap ? *cap * 2 : 8;
	void *grown;

	if (n < *cap)
		return true;
	grown = arena_array(a, more, size);
	if (!grown)
		return false;
	if (n)
		memcpy(grown, *list, n * size);
	*list = grown;
	*cap = more;
	return true;
}

/* The place of the fact at PATH in P, or of the nearest around it. */
static struct place place_of(const struct policy *p, struct str path)
{
	while (path.n) {
		const struct node *n = node_at(p->root, path);

		if (n)
			return n->key.p ? n->key_at : n->at;
		while (path.n && path.p[path.n - 1] != '.')
			path.n--;
		path.n -= path.n > 0;
	}
	return (struct place){"policy.yaml", 1, 1};
}

struct change *diff_add(struct diff *d, enum finding_code code, const char *format, ...)
{
	struct changes *out = d->out;
	void *list = out->list;
	struct change *c = &d->lost;
	struct buf path;
	va_list args;

	buf_init(&path);
	va_start(args, format);
	buf_vprintf(&path, format, args);
	va_end(args);
	if (array_grow(out->a, &list, &out->cap, out->n, sizeof *out->list)) {
		out->list = list;
		c = &out->list[out->n++];
	} else {
		out->failed = true;
	}
	*c = (struct change){.code = code,
			     .act = by_code[code].act,
			     .answers = by_code[code].answers,
			     .path = str_copy(out->a, buf_view(&path))};
	if (!buf_ok(&path) || !c->path.p)
		out->failed = true;
	c->at = place_of(d->after, c->path);
	buf_free(&path);
	return c;
}

void diff_act(struct change *c, enum diff_act act)
{
	c->act = by_case[act].act;
	c->answers = by_case[act].answers;
}

bool change_is(enum finding_code code)
{
	return by_code[code].answers != NULL;
}

bool change_reaches(const struct change *c)
{
	return c->reach.everyone || c->reach.category || c->reach.consent || c->reach.n_items || c->reach.purpose;
}

void diff_more(struct diff *d, struct change *c, struct change_name name)
{
	void *list = c->more;

	if (!array_grow(d->out->a, &list, &c->cap_more, c->n_more, sizeof *c->more)) {
		d->out->failed = true;
		return;
	}
	c->more = list;
	c->more[c->n_more++] = name;
}

void diff_reach(struct diff *d, struct change *c, uint32_t number)
{
	uint32_t *items = arena_array(d->out->a, c->reach.n_items + 1, sizeof *items);

	if (!items) {
		d->out->failed = true;
		return;
	}
	if (c->reach.n_items)
		memcpy(items, c->reach.items, c->reach.n_items * sizeof *items);
	items[c->reach.n_items++] = number;
	c->reach.items = items;
}

struct change_name diff_name(const struct policy *p, struct policy_text text, struct str id)
{
	return (struct change_name){.of = p, .text = text, .plain = id};
}

struct change_name diff_name_node(const struct policy *p, const struct node *n, struct str id)
{
	struct change_name name = {.of = p, .plain = id};

	for (size_t i = 0; n && i < p->n_languages; i++) {
		const struct node *t = n->kind == NODE_MAP ? node_find(n, p->languages[i]) : n;

		if (t && t->kind == NODE_SCALAR)
			name.text.in[i] = t->text;
	}
	return name;
}

/* Takes the next character of *S; a run of blanks is one blank, and those at the end are none. */
static unsigned char next_byte(struct str *s)
{
	struct str rest = str_trim(*s);
	bool blank = rest.n && rest.p != s->p;
	unsigned char c = rest.n ? (unsigned char)rest.p[0] : 0;

	*s = blank ? rest : str_sub(rest, 1, rest.n);
	return blank ? ' ' : c;
}

static bool same_words(struct str x, struct str y)
{
	x = str_trim(x);
	y = str_trim(y);
	while (x.n && y.n)
		if (next_byte(&x) != next_byte(&y))
			return false;
	return x.n == y.n;
}

/* The language of Y that is language I of X, or -1. */
static int language_of(const struct policy *x, size_t i, const struct policy *y)
{
	for (size_t j = 0; j < y->n_languages; j++)
		if (str_eq(x->languages[i], y->languages[j]))
			return (int)j;
	return -1;
}

bool diff_reworded(struct change_name x, struct change_name y, struct change_name *from, struct change_name *to)
{
	int changed = -1, other = -1;

	*from = x;
	*to = y;
	for (size_t i = 0; i < x.of->n_languages && changed < 0; i++) {
		other = language_of(x.of, i, y.of);
		if (other >= 0 && !same_words(x.text.in[i], y.text.in[other]))
			changed = (int)i;
	}
	for (size_t i = 0; changed >= 0 && i < x.of->n_languages; i++) {
		int j = language_of(x.of, i, y.of);

		if (j < 0 || !same_words(x.text.in[i], y.text.in[j]))
			continue;
		from->text.in[i] = x.text.in[changed];
		to->text.in[j] = y.text.in[other];
	}
	return changed >= 0;
}

#define BY_NUMBER(name, type, array, count)                                      \
	const struct type *name(const struct policy *p, uint32_t number)         \
	{                                                                        \
		for (size_t i = 0; i < p->count; i++)                            \
			if (p->array[i].number == number)                        \
				return &p->array[i];                             \
		return NULL;                                                     \
	}

BY_NUMBER(diff_purpose, policy_purpose, purposes, n_purposes)
BY_NUMBER(diff_category, policy_category, categories, n_categories)
BY_NUMBER(diff_consent, policy_consent, consents, n_consents)
BY_NUMBER(diff_arrangement, policy_arrangement, arrangements, n_arrangements)
BY_NUMBER(diff_channel, policy_channel, channels, n_channels)
BY_NUMBER(diff_notice, policy_notice, notices, n_notices)
BY_NUMBER(diff_role, policy_role, roles, n_roles)
BY_NUMBER(diff_exception, policy_exception, exceptions, n_exceptions)
BY_NUMBER(diff_derived, policy_derived, derived, n_derived)

const struct policy_item *diff_item(const struct policy_category *k, uint32_t number)
{
	for (size_t i = 0; i < k->n_items; i++)
		if (k->items[i].number == number)
			return &k->items[i];
	return NULL;
}

bool diff_lists(const struct policy *p, const int *list, size_t n, uint32_t number)
{
	for (size_t i = 0; i < n; i++)
		if (p->purposes[list[i]].number == number)
			return true;
	return false;
}

static bool has_item(struct diff_items x, uint32_t number)
{
	for (size_t u = 0; u < x.n; u++) {
		const struct policy_category *k = &x.p->categories[x.uses[u].category];

		for (size_t i = 0; i < k->n_items; i++)
			if (k->items[i].number == number && bits_has(x.uses[u].items, i))
				return true;
	}
	return false;
}

bool diff_holds(const struct policy *p, uint32_t number)
{
	for (size_t i = 0; i < p->n_categories; i++)
		if (diff_item(&p->categories[i], number))
			return true;
	return false;
}

size_t diff_extra(struct diff *d, struct diff_items x, struct diff_items y, struct change *c)
{
	size_t n = 0;

	for (size_t u = 0; u < x.n; u++) {
		const struct policy_category *k = &x.p->categories[x.uses[u].category];

		for (size_t i = 0; i < k->n_items; i++) {
			const struct policy_item *item = &k->items[i];

			if (!bits_has(x.uses[u].items, i) || has_item(y, item->number))
				continue;
			n++;
			if (!c)
				continue;
			diff_more(d, c, diff_name(x.p, item->label, item->id));
			diff_reach(d, c, item->number);
		}
	}
	return n;
}

static size_t extra_purposes(struct diff *d, const struct diff_served *x, const struct diff_served *y, bool lasting,
			     struct change *c)
{
	size_t n = 0;

	for (size_t i = 0; i < x->n; i++) {
		const struct policy_purpose *purpose = &x->p->purposes[x->list[i]];

		if (diff_lists(y->p, y->list, y->n, purpose->number) || (lasting && !diff_purpose(y->p, purpose->number)))
			continue;
		n++;
		if (c)
			diff_more(d, c, diff_name(x->p, purpose->text, purpose->id));
	}
	return n;
}

size_t diff_extra_purposes(struct diff *d, struct diff_served x, struct diff_served y, struct change *c)
{
	return extra_purposes(d, &x, &y, false, c);
}

size_t diff_extra_lasting(struct diff *d, struct diff_served x, struct diff_served y, struct change *c)
{
	return extra_purposes(d, &x, &y, true, c);
}

/* True when LIST, or the scalar `all`, has the entry E: a word, or a text by language. */
static bool has_entry(const struct node *list, const struct node *e)
{
	if (list && list->kind == NODE_SCALAR)
		return str_is(list->text, "all") || str_eq(list->text, e->text);
	for (NODE_EACH(n, list))
		if (node_same(n, e))
			return true;
	return false;
}

size_t diff_extra_words(struct diff *d, const struct node *x, const struct node *y, struct change *c)
{
	const struct node *only = x && x->kind == NODE_SCALAR ? x : NULL;
	size_t n = 0;

	for (const struct node *e = only ? only : x ? x->first : NULL; e; e = only ? NULL : e->next) {
		if (has_entry(y, e))
			continue;
		n++;
		if (c)
			diff_more(d, c, diff_name_node(d->after, e, e->text));
	}
	return n;
}

void diff_more_bits(struct diff *d, struct change *c, uint32_t bits, const char *const *words)
{
	for (uint32_t i = 0; words[i]; i++)
		if (bits >> i & 1)
			diff_more(d, c, diff_plain(str_of(words[i])));
}

static int by_place(const void *x, const void *y)
{
	const struct change *a = x, *b = y;

	if (a->at.line != b->at.line)
		return a->at.line < b->at.line ? -1 : 1;
	if (a->at.column != b->at.column)
		return a->at.column < b->at.column ? -1 : 1;
	if (a->code != b->code)
		return a->code < b->code ? -1 : 1;
	return str_cmp(a->path, b->path);
}

result policy_diff(const struct policy *before, const struct policy *after, struct arena *a, struct changes *out,
		   struct error *e)
{
	struct diff d = {.before = before, .after = after, .out = out};

	*out = (struct changes){.a = a};
	diff_categories(&d);
	diff_uses(&d);
	diff_consents(&d);
	diff_sharing(&d);
	diff_requests(&d);
	diff_held(&d);
	diff_channels(&d);
	diff_roles(&d);
	diff_exceptions(&d);
	diff_sets(&d);
	diff_web(&d);
	if (out->failed)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for comparing two policies");
	if (out->n > 1)
		qsort(out->list, out->n, sizeof *out->list, by_place);
	return RESULT_OK;
}

result policy_diff_number(struct policy *before, struct policy *after, struct error *e)
{
	struct arena a;
	struct registry names;
	result done;

	arena_init(&a, 0, false);
	registry_init(&names, &a);
	done = registry_assign(&names, before, 1, e);
	if (ok(done))
		done = registry_assign(&names, after, 2, e);
	arena_free(&a);
	return done;
}
