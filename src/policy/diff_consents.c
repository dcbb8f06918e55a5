/* What changes in what people are asked to agree to, and in the wordings that they are shown. */
#include "policy/diff_private.h"

#define ID(s) (int)(s).n, (s).p

static struct diff_items scope(const struct policy *p, const struct policy_consent *c)
{
	return (struct diff_items){p, c->items, c->n_items};
}

/* A consent of the policy P. */
struct agreed {
	const struct policy *p;
	const struct policy_consent *consent;
};

/* What X covers and Y does not, listed in C, a change in D; NULL only counts.  Gives how much. */
static size_t extra_scope(struct diff *d, struct agreed x, struct agreed y, struct change *c)
{
	const struct diff_served mine = {x.p, x.consent->purposes, x.consent->n_purposes};
	const struct diff_served theirs = {y.p, y.consent->purposes, y.consent->n_purposes};
	size_t n = diff_extra(d, scope(x.p, x.consent), scope(y.p, y.consent), c) + diff_extra_purposes(d, mine, theirs, c);

	if (!x.consent->provision.n || str_eq(x.consent->provision, y.consent->provision))
		return n;
	if (c)
		diff_more(d, c, diff_plain(x.consent->provision));
	return n + 1;
}

/* What held a consent in bounds and is gone: ways to withdraw it, who consents for the young. */
static void consent_safeguards(struct diff *d, const struct policy_consent *x, const struct policy_consent *y)
{
	const struct node *was = node_get(node_find(node_get(d->before->root, "consents"), x->id), "withdraw");
	const struct node *is = node_get(node_find(node_get(d->after->root, "consents"), y->id), "withdraw");
	bool younger = y->minors_under < x->minors_under;
	struct change *c;

	if (!younger && !diff_extra_words(d, was, is, NULL))
		return;
	c = diff_add(d, FINDING_SAFEGUARD_REMOVED, "consents.%.*s", ID(y->id));
	c->what = diff_plain(y->id);
	diff_extra_words(d, was, is, c);
	if (younger)
		diff_more(d, c, diff_words("a guardian up to the same age", "同じ年齢までの保護者の同意"));
	c->reach.consent = y->number;
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
	const struct agreed was = {d->before, x}, is = {d->after, y};
	struct change *c;

	if (!same_wording(d->before, &x->wording, d->after, &y->wording))
		wording(d, "consents", y->id);
	consent_safeguards(d, x, y);
	if (extra_scope(d, is, was, NULL)) {
		c = diff_add(d, FINDING_CONSENT_WIDENED, "consents.%.*s", ID(y->id));
		c->what = diff_plain(y->id);
		extra_scope(d, is, was, c);
		c->reach = (struct change_reach){.consent = y->number}; /* who has given it will be asked again */
	}
	if (extra_scope(d, was, is, NULL)) {
		c = diff_add(d, FINDING_CONSENT_NARROWED, "consents.%.*s", ID(y->id));
		c->what = diff_plain(y->id);
		extra_scope(d, was, is, c);
		c->reach = (struct change_reach){.consent = y->number};
	}
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
