/* What changes in who may do what: roles, exceptions, the tasks of individual numbers, languages. */
#include "policy/diff_private.h"
#include "policy/words.h"

#define ID(s) (int)(s).n, (s).p

/* Roles ------------------------------------------------------------------------------------------------------ */

/* A role of the policy P. */
struct acting {
	const struct policy *p;
	const struct policy_role *role;
};

static bool has_set(struct acting x, uint32_t number)
{
	for (size_t i = 0; i < x.role->n_sets; i++)
		if (x.p->derived[x.role->sets[i]].number == number)
			return true;
	return false;
}

/* True when X needs an approval for the action of A that is as strict as A of P. */
static bool approves(struct acting x, const struct policy *p, const struct policy_approval *a)
{
	const struct diff_items needed = {p, a->items, a->n_items};

	for (size_t i = 0; i < x.role->n_approvals; i++) {
		const struct policy_approval *b = &x.role->approvals[i];
		const struct diff_items given = {x.p, b->items, b->n_items};

		if (b->action != a->action || x.p->roles[b->by].number != p->roles[a->by].number)
			continue;
		if (b->n_items && (!a->n_items || diff_extra(NULL, needed, given, NULL)))
			continue;
		if (b->has_length && (!a->has_length || diff_lengths(a->length, b->length) == LONGER))
			continue;
		return true;
	}
	return false;
}

/* True when X has no such limit as Y has, or a higher one. */
static bool looser(uint64_t x, uint64_t y)
{
	return y && (!x || x > y);
}

/* Lists in C what X brings in and Y does not; an item that only one policy holds is told as such, not of each role. */
static void extra_collected(struct diff *d, struct acting x, struct acting y, struct change *c)
{
	const struct diff_items mine = {x.p, x.role->collects, x.role->n_collects};
	const struct diff_items theirs = {y.p, y.role->collects, y.role->n_collects};
	struct change found = {.n_more = 0};

	diff_extra(d, mine, theirs, &found);
	for (size_t i = 0; i < found.n_more; i++) /* one name and one number for each */
		if (diff_holds(y.p, found.reach.items[i]))
			diff_more(d, c, found.more[i]);
}

/* Lists in C, a change in D, what X may and Y may not (NULL: Y may nothing); C as NULL only counts.  Gives how much. */
static size_t extra_rights(struct diff *d, struct acting x, struct acting y, struct change *c)
{
	static const struct policy_role nothing = {.n_purposes = 0};
	const struct policy_role *z = y.role ? y.role : &nothing;
	const struct acting other = {y.p, z};
	const struct diff_served mine = {x.p, x.role->purposes, x.role->n_purposes}, theirs = {y.p, z->purposes, z->n_purposes};
	struct change unseen = {.n_more = 0}, *to = c ? c : &unseen;
	size_t before = to->n_more;

	diff_more_bits(d, to, x.role->may & ~z->may, words_action);
	diff_extra_lasting(d, mine, theirs, to);
	extra_collected(d, x, other, to);
	diff_more_bits(d, to, x.role->answers & ~z->answers, words_request_kind);
	for (size_t i = 0; i < x.role->n_sets; i++)
		if (!has_set(other, x.p->derived[x.role->sets[i]].number))
			diff_more(d, to, diff_plain(x.p->derived[x.role->sets[i]].id));
	if (looser(x.role->requests_per_second, z->requests_per_second))
		diff_more(d, to, diff_words("more requests in a second", "毎秒の要求数の上限"));
	if (looser(x.role->persons_per_hour, z->persons_per_hour))
		diff_more(d, to, diff_words("more persons in an hour", "毎時の人数の上限"));
	for (size_t i = 0; i < z->n_approvals; i++)
		if ((x.role->may >> z->approvals[i].action & 1) && !approves(x, y.p, &z->approvals[i]))
			diff_more(d, to, diff_words("less approval by a second person", "第二の承認の緩和"));
	to->reach = (struct change_reach){.everyone = false}; /* what a role may tells nothing of whom it will look at */
	return to->n_more - before;
}

static void role_changed(struct diff *d, struct acting x, struct acting y)
{
	struct change *c;

	if (extra_rights(d, y, x, NULL)) {
		c = diff_add(d, FINDING_ROLE_WIDENED, "roles.%.*s", ID(y.role->id));
		c->what = diff_plain(y.role->id);
		extra_rights(d, y, x, c);
	}
	if (extra_rights(d, x, y, NULL)) {
		c = diff_add(d, FINDING_ROLE_NARROWED, "roles.%.*s", ID(y.role->id));
		c->what = diff_plain(y.role->id);
		extra_rights(d, x, y, c);
	}
}

void diff_roles(struct diff *d)
{
	for (size_t i = 0; i < d->after->n_roles; i++) {
		const struct acting y = {d->after, &d->after->roles[i]};
		const struct acting x = {d->before, diff_role(d->before, y.role->number)};
		struct change *c;

		if (x.role) {
			role_changed(d, x, y);
			continue;
		}
		c = diff_add(d, FINDING_ROLE_ADDED, "roles.%.*s", ID(y.role->id));
		c->what = diff_plain(y.role->id);
		extra_rights(d, y, x, c);
	}
	for (size_t i = 0; i < d->before->n_roles; i++) {
		const struct policy_role *x = &d->before->roles[i];

		if (!diff_role(d->after, x->number))
			diff_add(d, FINDING_ROLE_REMOVED, "roles.%.*s", ID(x->id))->what = diff_plain(x->id);
	}
}

/* Exceptions ------------------------------------------------------------------------------------------------- */

static const char *const words_covers[] = {"use", "provide", "acquire", NULL}; /* the order of the COVERS_ bits */

static bool asks_fact(const struct policy_exception *o, struct str fact)
{
	for (size_t i = 0; i < o->n_facts; i++)
		if (str_eq(o->facts[i], fact))
			return true;
	return false;
}

/* Lists in C, a change in D, what X of P opens, or opens more easily, than Y of Q; NULL only counts.  Gives how much. */
static size_t extra_opening(struct diff *d, const struct policy_exception *x, const struct policy_exception *y,
			    struct change *c)
{
	struct change unseen = {.n_more = 0}, *to = c ? c : &unseen;
	size_t before = to->n_more;

	diff_more_bits(d, to, x->covers & ~y->covers, words_covers);
	diff_more_bits(d, to, x->opens & ~y->opens, words_data_class);
	for (size_t i = 0; i < y->n_facts; i++)
		if (!asks_fact(x, y->facts[i]))
			diff_more(d, to, diff_words("fewer facts to state", "示す事実の減少"));
	if (y->recipient_stated && !x->recipient_stated)
		diff_more(d, to, diff_words("no recipient stated", "提供先の明示が不要"));
	if (diff_lengths(y->length, x->length) == LONGER)
		diff_more(d, to, diff_words("longer open", "有効期間の延長"));
	if (x->has_afterwards && (!y->has_afterwards || diff_lengths(y->afterwards, x->afterwards) == LONGER))
		diff_more(d, to, diff_words("approved afterwards", "事後の承認"));
	return to->n_more - before;
}

static void exception_changed(struct diff *d, const struct policy_exception *x, const struct policy_exception *y)
{
	struct change *c;

	if (extra_opening(d, y, x, NULL)) {
		c = diff_add(d, FINDING_EXCEPTION_WIDENED, "exceptions.%.*s", ID(y->id));
		c->what = diff_plain(y->id);
		extra_opening(d, y, x, c);
	}
	if (extra_opening(d, x, y, NULL)) {
		c = diff_add(d, FINDING_EXCEPTION_NARROWED, "exceptions.%.*s", ID(y->id));
		c->what = diff_plain(y->id);
		extra_opening(d, x, y, c);
	}
}

static void tasks(struct diff *d)
{
	const struct diff_served was = {d->before, d->before->task_purposes, d->before->n_task_purposes};
	const struct diff_served is = {d->after, d->after->task_purposes, d->after->n_task_purposes};

	if (diff_extra_purposes(d, is, was, NULL))
		diff_extra_purposes(d, is, was, diff_add(d, FINDING_TASK_ADDED, "individual_numbers.tasks"));
}

static void languages(struct diff *d)
{
	struct change *c = NULL;

	for (size_t i = 0; i < d->before->n_languages; i++) {
		bool kept = false;

		for (size_t j = 0; j < d->after->n_languages; j++)
			kept = kept || str_eq(d->before->languages[i], d->after->languages[j]);
		if (kept)
			continue;
		if (!c)
			c = diff_add(d, FINDING_LANGUAGE_REMOVED, "policy.languages");
		diff_more(d, c, diff_plain(d->before->languages[i]));
	}
}

void diff_exceptions(struct diff *d)
{
	for (size_t i = 0; i < d->after->n_exceptions; i++) {
		const struct policy_exception *y = &d->after->exceptions[i], *x = diff_exception(d->before, y->number);
		struct change *c;

		if (x) {
			exception_changed(d, x, y);
			continue;
		}
		c = diff_add(d, FINDING_EXCEPTION_ADDED, "exceptions.%.*s", ID(y->id));
		c->what = diff_plain(y->id);
		diff_more_bits(d, c, y->covers, words_covers);
		diff_more_bits(d, c, y->opens, words_data_class);
	}
	for (size_t i = 0; i < d->before->n_exceptions; i++) {
		const struct policy_exception *x = &d->before->exceptions[i];

		if (!diff_exception(d->after, x->number))
			diff_add(d, FINDING_EXCEPTION_REMOVED, "exceptions.%.*s", ID(x->id))->what = diff_plain(x->id);
	}
	tasks(d);
	languages(d);
}
