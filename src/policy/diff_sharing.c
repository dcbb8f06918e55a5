/* What changes in who receives what, for which purposes, for how long, where, and on what basis. */
#include "policy/diff_private.h"
#include "policy/words.h"

#define ID(s) (int)(s).n, (s).p

/* Sharing: what the law asks depends on the kind ------------------------------------------------------------- */

static enum diff_act act_of(const struct policy_arrangement *a)
{
	static const enum diff_act provisions[] = {[PROVISION_CONSENT] = ACT_PROVISION_CONSENT,
						   [PROVISION_STATUTE] = ACT_PROVISION_STATUTE,
						   [PROVISION_OPT_OUT] = ACT_PROVISION_OPT_OUT,
						   [PROVISION_SUCCESSION] = ACT_PROVISION_SUCCESSION};

	if (a->kind == ARRANGEMENT_PROVISION)
		return provisions[a->basis];
	return a->kind == ARRANGEMENT_JOINT_USE ? ACT_JOINT_USE : ACT_OUTSOURCING;
}

static struct change_name organization_name(const struct policy *p, struct str id)
{
	return diff_name_node(p, node_get(node_find(node_get(p->root, "organizations"), id), "name"), id);
}

/* The parties of A, of the policy P, by the name of their organization. */
static struct change_name party_name(const struct policy *p, const struct policy_arrangement *a,
				     const struct policy_party *party)
{
	return party->organization.n ? organization_name(p, party->organization) : diff_name(p, a->recipient_class, a->id);
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

	if (c->answers[0])
		diff_act(c, act_of(a));
	c->what = arrangement_name(p, a);
	return c;
}

static struct diff_items shared(const struct policy *p, const struct policy_arrangement *a)
{
	return (struct diff_items){p, a->items, a->n_items};
}

/* The party of A that is the same organization as PARTY, or NULL. */
static const struct policy_party *same_party(const struct policy_arrangement *a, const struct policy_party *party)
{
	for (size_t i = 0; i < a->n_parties; i++)
		if (str_eq(a->parties[i].organization, party->organization))
			return &a->parties[i];
	return NULL;
}

/* The parties that X of P has and Y lacks, listed in C; NULL only counts. */
static size_t extra_parties(struct diff *d, const struct policy *p, const struct policy_arrangement *x,
			    const struct policy_arrangement *y, struct change *c)
{
	size_t n = 0;

	for (size_t i = 0; i < x->n_parties; i++) {
		if (same_party(y, &x->parties[i]))
			continue;
		n++;
		if (c)
			diff_more(d, c, party_name(p, x, &x->parties[i]));
	}
	return n;
}

static struct diff_served served(const struct policy *p, const struct policy_arrangement *a)
{
	return (struct diff_served){p, a->purposes, a->n_purposes};
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
	const struct diff_served then = served(d->before, x), now = served(d->after, y);
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
	if (diff_extra_purposes(d, now, then, NULL)) {
		c = sharing(d, FINDING_SHARED_PURPOSE_ADDED, d->after, y, ".purposes");
		diff_extra_purposes(d, now, then, c);
		reach_all(d, d->after, y, c);
	}
}

static void sharing_narrowed(struct diff *d, const struct policy_arrangement *x, const struct policy_arrangement *y)
{
	const struct diff_served then = served(d->before, x), now = served(d->after, y);
	struct change *c;

	if (!extra_parties(d, d->before, x, y, NULL) && !diff_extra_purposes(d, then, now, NULL) &&
	    !diff_extra(d, shared(d->before, x), shared(d->after, y), NULL))
		return;
	c = sharing(d, FINDING_SHARING_NARROWED, d->after, y, "");
	extra_parties(d, d->before, x, y, c);
	diff_extra_purposes(d, then, now, c);
	diff_extra(d, shared(d->before, x), shared(d->after, y), c);
}

/* Who takes part from when to when --------------------------------------------------------------------------- */

/* "2020-04-01 – 2027-03-31" */
static struct change_name dates_name(struct diff *d, const struct policy_party *party)
{
	struct change_name name;
	struct buf b;

	buf_init(&b);
	if (party->from != DATE_NONE)
		date_write(&b, party->from);
	buf_text(&b, " – ");
	if (party->until != DATE_NONE)
		date_write(&b, party->until);
	name = diff_plain(str_trim(str_copy(d->out->a, buf_view(&b))));
	d->out->failed = d->out->failed || !buf_ok(&b);
	buf_free(&b);
	return name;
}

/* True when Y begins before X, or ends after it. */
static bool longer(const struct policy_party *x, const struct policy_party *y)
{
	bool earlier = x->from != DATE_NONE && (y->from == DATE_NONE || y->from < x->from);

	return earlier || (x->until != DATE_NONE && (y->until == DATE_NONE || y->until > x->until));
}

/* A new change of CODE about PARTY of A, now, at a path of its own where there are several; it is named in `more`. */
static struct change *of_party(struct diff *d, enum finding_code code, const struct policy_arrangement *a,
			       const struct policy_party *party, const char *key)
{
	struct change *c;
	struct buf path;

	buf_init(&path);
	if (a->kind == ARRANGEMENT_JOINT_USE)
		buf_printf(&path, ".parties.%.*s", ID(party->organization));
	buf_text(&path, key);
	c = sharing(d, code, d->after, a, buf_c(&path));
	buf_free(&path);
	c->what = diff_plain(a->id);
	diff_more(d, c, party_name(d->after, a, party));
	reach_all(d, d->after, a, c);
	return c;
}

static void party_dates(struct diff *d, const struct policy_arrangement *a, const struct policy_party *x,
			const struct policy_party *y)
{
	bool more = longer(x, y);
	struct change *c;

	if (!more && !longer(y, x))
		return;
	c = of_party(d, more ? FINDING_RECIPIENT_LONGER : FINDING_RECIPIENT_SHORTER, a, y, ".until");
	c->from = dates_name(d, x);
	c->to = dates_name(d, y);
}

/* Where ------------------------------------------------------------------------------------------------------ */

static struct str country(const struct policy *p, const struct policy_party *party)
{
	return node_text(node_find(node_get(p->root, "organizations"), party->organization), "country");
}

/* What changes in where PARTY of A is, now, seen from X (NULL: it did not take part). */
static void party_place(struct diff *d, const struct policy_arrangement *a, const struct policy_party *x,
			const struct policy_party *party)
{
	static const enum diff_act bases[] = {[FOREIGN_NONE] = ACT_FOREIGN_LAW,
					      [FOREIGN_CONSENT] = ACT_FOREIGN_CONSENT,
					      [FOREIGN_EQUAL_COUNTRY] = ACT_FOREIGN_EQUAL_COUNTRY,
					      [FOREIGN_EQUAL_SYSTEM] = ACT_FOREIGN_EQUAL_SYSTEM,
					      [FOREIGN_LAW] = ACT_FOREIGN_LAW};
	struct change *c;

	if (x && x->abroad && !party->abroad)
		of_party(d, FINDING_RECIPIENT_HOME, a, party, ".foreign")->what = party_name(d->after, a, party);
	if (!party->abroad || (x && x->abroad && x->foreign == party->foreign &&
			       str_eq(country(d->before, x), country(d->after, party))))
		return;
	c = of_party(d, FINDING_RECIPIENT_ABROAD, a, party, ".foreign");
	diff_act(c, bases[party->foreign]);
	c->what = party_name(d->after, a, party);
	c->to = diff_plain(country(d->after, party));
}

/* Lists in C, a change in D, the organizations that the list (or one id) X names and Y does not; NULL only counts. */
static size_t extra_bodies(struct diff *d, const struct node *x, const struct node *y, struct change *c)
{
	struct change found = {.n_more = 0};
	size_t n = diff_extra_words(d, x, y, &found);

	for (size_t i = 0; c && i < n; i++)
		diff_more(d, c, organization_name(d->after, found.more[i].plain));
	return n;
}

/* Who else answers for the policy, or holds a category under it. */
static void controllers(struct diff *d)
{
	static const char *const keys[] = {"organization", "entities"};
	const struct node *was = node_get(d->before->root, "policy"), *is = node_get(d->after->root, "policy");

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (extra_bodies(d, node_get(is, keys[i]), node_get(was, keys[i]), NULL)) {
			struct change *c = diff_add(d, FINDING_CONTROLLER_ADDED, "policy.%s", keys[i]);

			extra_bodies(d, node_get(is, keys[i]), node_get(was, keys[i]), c);
			c->reach.everyone = true;
		}
	for (size_t i = 0; i < d->after->n_categories; i++) {
		const struct policy_category *y = &d->after->categories[i], *x = diff_category(d->before, y->number);
		const struct node *had, *has;
		struct change *c;

		if (!x)
			continue;
		had = node_get(node_find(node_get(d->before->root, "categories"), x->id), "held_by");
		has = node_get(node_find(node_get(d->after->root, "categories"), y->id), "held_by");
		if (!had || (has && !extra_bodies(d, has, had, NULL)))
			continue;
		c = diff_add(d, FINDING_CONTROLLER_ADDED, "categories.%.*s.held_by", ID(y->id));
		extra_bodies(d, has ? has : node_get(is, "entities"), had, c);
		c->reach.category = y->number;
	}
}

static void countries(struct diff *d)
{
	const struct node *x = node_get(node_get(node_get(d->before->root, "security"), "environment"), "countries");
	const struct node *y = node_get(node_get(node_get(d->after->root, "security"), "environment"), "countries");

	if (diff_extra_words(d, y, x, NULL))
		diff_extra_words(d, y, x, diff_add(d, FINDING_COUNTRY_ADDED, "security.environment.countries"));
}

/* On what ---------------------------------------------------------------------------------------------------- */

static struct change_name basis_name(const struct policy *p, const struct policy_arrangement *a)
{
	if (a->basis == PROVISION_CONSENT && a->consent != POLICY_NONE)
		return diff_plain(p->consents[a->consent].id);
	if (a->basis == PROVISION_STATUTE)
		return diff_plain(a->statute);
	return a->basis == PROVISION_OPT_OUT ? diff_words("opt-out", "オプトアウト") : diff_words("succession", "事業の承継");
}

static bool same_basis(struct diff *d, const struct policy_arrangement *x, const struct policy_arrangement *y)
{
	if (x->basis != y->basis)
		return false;
	if (x->basis == PROVISION_STATUTE)
		return str_eq(x->statute, y->statute);
	return x->basis != PROVISION_CONSENT || x->consent == POLICY_NONE || y->consent == POLICY_NONE ||
	       d->before->consents[x->consent].number == d->after->consents[y->consent].number;
}

static void sharing_basis(struct diff *d, const struct policy_arrangement *x, const struct policy_arrangement *y)
{
	struct change *c;

	if (y->kind != ARRANGEMENT_PROVISION || same_basis(d, x, y))
		return;
	c = sharing(d, FINDING_SHARING_BASIS_CHANGED, d->after, y, ".basis");
	c->from = basis_name(d->before, x);
	c->to = basis_name(d->after, y);
	reach_all(d, d->after, y, c);
}

/* What was announced and filed of an opt-out beside items and recipient (27(2), 27(3)). */
static void opt_out(struct diff *d, const struct policy_arrangement *x, const struct policy_arrangement *y)
{
	static const struct {
		const char *key, *en, *ja;
	} matters[] = {{"acquired", "how the data was acquired", "取得の方法"},
		       {"updated", "how it is kept up to date", "更新の方法"},
		       {"stop", "where to ask for it to stop", "提供の停止を受け付ける窓口"}};
	const struct node *was = node_get(node_at(d->before->root, x->id), "opt_out");
	const struct node *is = node_get(node_at(d->after->root, y->id), "opt_out");
	struct change found = {.n_more = 0}, *c;

	for (size_t i = 0; was && is && i < sizeof matters / sizeof *matters; i++)
		if (!node_same(node_get(was, matters[i].key), node_get(is, matters[i].key)))
			diff_more(d, &found, diff_words(matters[i].en, matters[i].ja));
	if (!found.n_more)
		return;
	c = sharing(d, FINDING_OPT_OUT_CHANGED, d->after, y, ".opt_out");
	c->more = found.more;
	c->n_more = found.n_more;
	c->cap_more = found.cap_more;
	reach_all(d, d->after, y, c);
}

static void responsible(struct diff *d, const struct policy_arrangement *x, const struct policy_arrangement *y)
{
	struct str was = node_text(node_at(d->before->root, x->id), "responsible");
	struct str is = node_text(node_at(d->after->root, y->id), "responsible");
	struct change *c;

	if (y->kind != ARRANGEMENT_JOINT_USE || str_eq(was, is))
		return;
	c = diff_add(d, FINDING_RESPONSIBLE_CHANGED, "%.*s.responsible", ID(y->id));
	c->what = diff_plain(y->id);
	c->from = organization_name(d->before, was);
	c->to = organization_name(d->after, is);
	reach_all(d, d->after, y, c);
}

/* What bound a processor and does no more. */
static void supervision(struct diff *d, const struct policy_arrangement *x, const struct policy_arrangement *y)
{
	const struct node *was = node_get(node_at(d->before->root, x->id), "clauses");
	const struct node *is = node_get(node_at(d->after->root, y->id), "clauses");
	bool rarer = x->review.years || x->review.months || x->review.days || x->review.ms;
	struct change *c;

	rarer = rarer && ((!y->review.years && !y->review.months && !y->review.days && !y->review.ms) ||
			  diff_lengths(x->review, y->review) == LONGER);
	if (y->kind != ARRANGEMENT_OUTSOURCING || (!rarer && !diff_extra_words(d, was, is, NULL)))
		return;
	c = diff_add(d, FINDING_SAFEGUARD_REMOVED, "%.*s", ID(y->id));
	c->what = arrangement_name(d->after, y);
	diff_extra_words(d, was, is, c);
	if (rarer)
		diff_more(d, c, diff_words("a review as often as now", "現在の頻度の点検"));
	reach_all(d, d->after, y, c);
}

static void sharing_changed(struct diff *d, const struct policy_arrangement *x, const struct policy_arrangement *y)
{
	sharing_widened(d, x, y);
	sharing_narrowed(d, x, y);
	sharing_basis(d, x, y);
	opt_out(d, x, y);
	responsible(d, x, y);
	supervision(d, x, y);
	for (size_t i = 0; i < y->n_parties; i++) {
		const struct policy_party *was = same_party(x, &y->parties[i]);

		if (was)
			party_dates(d, y, was, &y->parties[i]);
		party_place(d, y, was, &y->parties[i]);
	}
}

void diff_sharing(struct diff *d)
{
	for (size_t i = 0; i < d->after->n_arrangements; i++) {
		const struct policy_arrangement *y = &d->after->arrangements[i];
		const struct policy_arrangement *x = diff_arrangement(d->before, y->number);

		if (x) {
			sharing_changed(d, x, y);
			continue;
		}
		diff_extra(d, shared(d->after, y), (struct diff_items){.p = d->before},
			   sharing(d, FINDING_SHARING_ADDED, d->after, y, ""));
		for (size_t k = 0; k < y->n_parties; k++)
			party_place(d, y, NULL, &y->parties[k]);
	}
	countries(d);
	controllers(d);
	for (size_t i = 0; i < d->before->n_arrangements; i++) {
		const struct policy_arrangement *x = &d->before->arrangements[i];

		if (!diff_arrangement(d->after, x->number))
			reach_all(d, d->before, x, sharing(d, FINDING_SHARING_REMOVED, d->before, x, ""));
	}
}
