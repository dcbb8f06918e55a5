/* What changes in who receives what, in consents, and in what people may ask for. */
#include "policy/diff_private.h"
#include "policy/words.h"

#define ID(s) (int)(s).n, (s).p

/* Sharing: what the law asks depends on the kind ------------------------------------------------------------- */

static const struct change_act acts[ARRANGEMENT_KINDS] = {
#define X(kind, law, since, en, ja) [ARRANGEMENT_##kind] = {law, since, en, ja},
#include "policy/change_acts.def"
#undef X
};

/* The parties of A, of the policy P, by the name of their organization. */
static struct change_name party_name(const struct policy *p, const struct policy_arrangement *a,
				     const struct policy_party *party)
{
	const struct node *organizations = node_get(p->root, "organizations");

	if (!party->organization.n)
		return diff_name(p, a->recipient_class, a->id);
	return diff_name_node(p, node_get(node_find(organizations, party->organization), "name"), party->organization);
}

/* What A of P is called: its recipient where it has one, else its id. */
static struct change_name arrangement_name(const struct policy *p, const struct policy_arrangement *a)
{
	if (a->kind != ARRANGEMENT_JOINT_USE && a->n_parties)
		return party_name(p, a, &a->parties[0]);
	return (struct change_name){.plain = a->id};
}

static struct change *sharing(struct diff *d, enum finding_code code, const struct policy *p,
			      const struct policy_arrangement *a, const char *key)
{
	struct change *c = diff_add(d, code, "%.*s%s", ID(a->id), key);

	c->act = acts[a->kind];
	c->what = arrangement_name(p, a);
	return c;
}

static struct diff_items shared(const struct policy *p, const struct policy_arrangement *a)
{
	return (struct diff_items){p, a->items, a->n_items};
}

static bool has_party(const struct policy_arrangement *a, const struct policy_party *party)
{
	for (size_t i = 0; i < a->n_parties; i++)
		if (str_eq(a->parties[i].organization, party->organization))
			return true;
	return false;
}

/* The parties and purposes that X of P has and Y of Q lacks, listed in C; NULL only counts. */
static size_t extra_parties(struct diff *d, const struct policy *p, const struct policy_arrangement *x,
			    const struct policy_arrangement *y, struct change *c)
{
	size_t n = 0;

	for (size_t i = 0; i < x->n_parties; i++) {
		if (has_party(y, &x->parties[i]))
			continue;
		n++;
		if (c)
			diff_more(d, c, party_name(p, x, &x->parties[i]));
	}
	return n;
}

struct served {
	const struct policy *p;
	const struct policy_arrangement *a;
};

static size_t extra_purposes(struct diff *d, struct served x, struct served y, struct change *c)
{
	size_t n = 0;

	for (size_t i = 0; i < x.a->n_purposes; i++) {
		const struct policy_purpose *purpose = &x.p->purposes[x.a->purposes[i]];

		if (diff_lists(y.p, y.a->purposes, y.a->n_purposes, purpose->number))
			continue;
		n++;
		if (c)
			diff_more(d, c, diff_name(x.p, purpose->text, purpose->id));
	}
	return n;
}

/* Makes C, a change in D, reach all who have an item of A. */
static void reach_all(struct diff *d, const struct policy *p, const struct policy_arrangement *a, struct change *c)
{
	struct change found = {.n_more = 0};

	diff_extra(d, shared(p, a), (struct diff_items){.p = p}, &found);
	c->reach.items = found.reach.items;
	c->reach.n_items = found.reach.n_items;
}

static void sharing_widened(struct diff *d, const struct policy_arrangement *x, const struct policy_arrangement *y)
{
	const struct served then = {d->before, x}, now = {d->after, y};
	struct change *c;

	if (extra_parties(d, d->after, y, x, NULL)) {
		c = sharing(d, FINDING_RECIPIENT_ADDED, d->after, y, ".parties");
		extra_parties(d, d->after, y, x, c);
		reach_all(d, d->after, y, c);
	}
	if (diff_extra(d, shared(d->after, y), shared(d->before, x), NULL)) {
		c = sharing(d, FINDING_SHARED_ITEM_ADDED, d->after, y, ".items");
		diff_extra(d, shared(d->after, y), shared(d->before, x), c);
	}
	if (extra_purposes(d, now, then, NULL)) {
		c = sharing(d, FINDING_SHARED_PURPOSE_ADDED, d->after, y, ".purposes");
		extra_purposes(d, now, then, c);
		reach_all(d, d->after, y, c);
	}
}

static void sharing_narrowed(struct diff *d, const struct policy_arrangement *x, const struct policy_arrangement *y)
{
	const struct served then = {d->before, x}, now = {d->after, y};
	struct change *c;

	if (!extra_parties(d, d->before, x, y, NULL) && !extra_purposes(d, then, now, NULL) &&
	    !diff_extra(d, shared(d->before, x), shared(d->after, y), NULL))
		return;
	c = sharing(d, FINDING_SHARING_NARROWED, d->after, y, "");
	extra_parties(d, d->before, x, y, c);
	extra_purposes(d, then, now, c);
	diff_extra(d, shared(d->before, x), shared(d->after, y), c);
}

void diff_sharing(struct diff *d)
{
	for (size_t i = 0; i < d->after->n_arrangements; i++) {
		const struct policy_arrangement *y = &d->after->arrangements[i];
		const struct policy_arrangement *x = diff_arrangement(d->before, y->number);

		if (!x) {
			diff_extra(d, shared(d->after, y), (struct diff_items){.p = d->before},
				   sharing(d, FINDING_SHARING_ADDED, d->after, y, ""));
			continue;
		}
		sharing_widened(d, x, y);
		sharing_narrowed(d, x, y);
	}
	for (size_t i = 0; i < d->before->n_arrangements; i++) {
		const struct policy_arrangement *x = &d->before->arrangements[i];

		if (!diff_arrangement(d->after, x->number))
			reach_all(d, d->before, x, sharing(d, FINDING_SHARING_REMOVED, d->before, x, ""));
	}
}

/* Consents and notices --------------------------------------------------------------------------------------- */

static struct diff_items scope(const struct policy *p, const struct policy_consent *c)
{
	return (struct diff_items){p, c->items, c->n_items};
}

static size_t extra_scope(struct diff *d, const struct policy_consent *x, const struct policy_consent *y,
			  struct change *c)
{
	size_t n = diff_extra(d, scope(d->after, y), scope(d->before, x), c);

	for (size_t i = 0; i < y->n_purposes; i++) {
		const struct policy_purpose *purpose = &d->after->purposes[y->purposes[i]];

		if (diff_lists(d->before, x->purposes, x->n_purposes, purpose->number))
			continue;
		n++;
		if (c)
			diff_more(d, c, diff_name(d->after, purpose->text, purpose->id));
	}
	return n;
}

static bool same_wording(const struct policy *p, const struct policy_wording *x, const struct policy *q,
			 const struct policy_wording *y)
{
	for (size_t i = 0; i < p->n_languages; i++)
		for (size_t j = 0; j < q->n_languages; j++)
			if (str_eq(p->languages[i], q->languages[j]) && !str_eq(x->text[i], y->text[j]))
				return false;
	return true;
}

static void wording(struct diff *d, const char *section, struct str id)
{
	diff_add(d, FINDING_WORDING_CHANGED, "%s.%.*s", section, ID(id))->what.plain = id;
}

static void consent_changed(struct diff *d, const struct policy_consent *x, const struct policy_consent *y)
{
	struct change *c;

	if (!same_wording(d->before, &x->wording, d->after, &y->wording))
		wording(d, "consents", y->id);
	if (!extra_scope(d, x, y, NULL) && str_eq(x->provision, y->provision))
		return;
	c = diff_add(d, FINDING_CONSENT_WIDENED, "consents.%.*s", ID(y->id));
	c->what.plain = y->id;
	extra_scope(d, x, y, c);
	if (!str_eq(x->provision, y->provision))
		diff_more(d, c, (struct change_name){.plain = y->provision});
	c->reach = (struct change_reach){.consent = y->number}; /* who has given it will be asked again */
}

static void notices(struct diff *d)
{
	for (size_t i = 0; i < d->after->n_notices; i++)
		for (size_t j = 0; j < d->before->n_notices; j++) {
			const struct policy_notice *y = &d->after->notices[i], *x = &d->before->notices[j];

			if (x->number == y->number && !same_wording(d->before, &x->wording, d->after, &y->wording))
				wording(d, "notices", y->id);
		}
}

void diff_consents(struct diff *d)
{
	notices(d);
	for (size_t i = 0; i < d->after->n_consents; i++) {
		const struct policy_consent *y = &d->after->consents[i], *x = diff_consent(d->before, y->number);

		if (x)
			consent_changed(d, x, y);
		else
			diff_add(d, FINDING_CONSENT_ADDED, "consents.%.*s", ID(y->id))->what.plain = y->id;
	}
	for (size_t i = 0; i < d->before->n_consents; i++) {
		const struct policy_consent *x = &d->before->consents[i];
		struct change *c;

		if (diff_consent(d->after, x->number))
			continue;
		c = diff_add(d, FINDING_CONSENT_REMOVED, "consents.%.*s", ID(x->id));
		c->what.plain = x->id;
		c->reach.consent = x->number;
	}
}

/* Requests --------------------------------------------------------------------------------------------------- */

static uint64_t fee_amount(const struct policy *p)
{
	uint64_t amount = 0;

	return str_to_u64(node_text(node_get(node_get(p->root, "requests"), "fee"), "amount"), UINT32_MAX, &amount) ? amount
														    : 0;
}

static struct change_name fee_name(const struct policy *p)
{
	struct str amount = node_text(node_get(node_get(p->root, "requests"), "fee"), "amount");

	return (struct change_name){.plain = amount.n ? amount : STR("0")};
}

void diff_requests(struct diff *d)
{
	uint64_t was = fee_amount(d->before), is = fee_amount(d->after);
	uint32_t gone = d->before->requests & ~d->after->requests, come = d->after->requests & ~d->before->requests;

	for (int k = 0; k < REQUEST_KINDS; k++) {
		const char *kind = words_request_kind[k];
		struct change *c;

		if (!((gone | come) >> k & 1))
			continue;
		c = diff_add(d, gone >> k & 1 ? FINDING_RIGHT_REMOVED : FINDING_RIGHT_ADDED, "requests.kinds.%s", kind);
		c->what.plain = str_of(kind);
		c->reach.everyone = true;
	}
	if (was != is) {
		struct change *c = diff_add(d, is > was ? FINDING_FEE_RAISED : FINDING_FEE_LOWERED, "requests.fee.amount");

		c->from = fee_name(d->before);
		c->to = fee_name(d->after);
		c->reach.everyone = true;
	}
}
