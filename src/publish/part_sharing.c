/* Parts on what leaves: joint use, outsourcing, provision, transmission. */
#include "publish/fact.h"
#include "publish/part.h"
#include "publish/say.h"

/* Appends the organization ID, with its country when that is not the controller's. */
static void write_party(struct part *p, struct buf *b, struct str id)
{
	const struct policy *policy = p->in->policy;
	const struct node *all = node_get(policy->root, "organizations");
	struct str home = node_text(node_find(all, node_text(node_get(policy->root, "policy"), "organization")), "country");
	struct str country = node_text(node_find(all, id), "country");

	buf_str(b, fact_organization(policy, p->in->language, id));
	if (!country.n || str_eq(country, home))
		return;
	buf_text(b, part_ja(p) ? "（" : " (");
	fact_word(b, policy, p->in->language, country);
	buf_text(b, part_ja(p) ? "）" : ")");
}

json_t *part_organization(struct part *p, struct str id)
{
	struct buf b;

	buf_init(&b);
	write_party(p, &b, id);
	return part_take(&b);
}

static void write_until(struct part *p, struct buf *b, date until)
{
	if (until == DATE_NONE)
		return;
	buf_text(b, part_ja(p) ? "（" : " (until ");
	say_date(b, until, part_ja(p));
	buf_text(b, part_ja(p) ? "まで）" : ")");
}

/* Those who take part in A on the day of the page. */
static json_t *parties(struct part *p, const struct policy_arrangement *a)
{
	struct buf b;

	buf_init(&b);
	for (size_t i = 0; i < a->n_parties; i++) {
		const struct policy_party *one = &a->parties[i];

		if ((one->from != DATE_NONE && p->in->on < one->from) || (one->until != DATE_NONE && p->in->on > one->until))
			continue;
		if (b.n)
			buf_text(&b, part_ja(p) ? "、" : ", ");
		write_party(p, &b, one->organization);
		write_until(p, &b, one->until);
	}
	return part_take(&b);
}

json_t *part_purpose_list(struct part *p, const int *list, size_t n)
{
	struct buf b;

	buf_init(&b);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_text(&b, part_ja(p) ? "、" : "; ");
		buf_str(&b, policy_text_in(p->in->policy, &p->in->policy->purposes[list[i]].text, (int)p->in->language));
	}
	return part_take(&b);
}

/* How often the period at N comes round. */
json_t *part_every(struct part *p, const struct node *n)
{
	struct duration period;
	struct buf b, said;
	struct str s;

	buf_init(&said);
	if (duration_parse(n->text, &period))
		say_duration(&said, period, part_ja(p));
	s = buf_view(&said);
	if (!part_ja(p) && str_starts(s, STR("1 ")) && str_find(str_sub(s, 2, s.n), ' ') == s.n - 2)
		s = str_sub(s, 2, s.n); /* every month */
	buf_init(&b);
	say_with(&b, "every", part_ja(p), s);
	p->failed |= !buf_ok(&said);
	buf_free(&said);
	return part_take(&b);
}

/* The arrangement's own name, behind its section. */
static struct str own_id(const struct policy_arrangement *a)
{
	return str_sub(a->id, str_find(a->id, '.') + 1, a->id.n);
}

static const struct node *node_of(const struct part *p, const struct policy_arrangement *a)
{
	return node_at(p->in->policy->root, a->id);
}

/* Who answers for a joint use: name, address, representative (27(5)(iii)). */
static json_t *responsible(struct part *p, const struct policy_arrangement *a)
{
	const struct policy *policy = p->in->policy;
	struct str id = node_text(node_of(p, a), "responsible");
	const struct node *org = node_find(node_get(policy->root, "organizations"), id);
	const struct node *rep = node_get(org, "representative");
	struct buf b;

	buf_init(&b);
	buf_str(&b, fact_organization(policy, p->in->language, id));
	buf_text(&b, part_ja(p) ? "　" : ", ");
	buf_str(&b, fact_text(policy, p->in->language, node_get(org, "address")));
	buf_text(&b, part_ja(p) ? "　" : ", ");
	buf_str(&b, fact_text(policy, p->in->language, node_get(rep, "title")));
	buf_byte(&b, ' ');
	buf_str(&b, fact_text(policy, p->in->language, node_get(rep, "name")));
	return part_take(&b);
}

/* By whom and in which ways the data of the joint use A is obtained. */
static json_t *acquired(struct part *p, const struct node *n)
{
	bool responsible_only = str_is(node_text(n, "by"), "responsible");
	unsigned said = 0;
	struct buf b;
	size_t start;

	buf_init(&b);
	if (node_get(n, "by")) {
		buf_text(&b, say(responsible_only ? "acquired_by_responsible" : "acquired_by_parties", part_ja(p)));
		buf_text(&b, part_ja(p) ? "：" : ": ");
	}
	start = b.n;
	for (NODE_EACH(one, node_get(n, "through"))) {
		int channel = policy_channel_find(p->in->policy, one->text);
		enum channel_kind kind = channel == POLICY_NONE ? CHANNEL_KINDS : p->in->policy->channels[channel].kind;

		if (kind == CHANNEL_KINDS || (said & 1U << kind))
			continue;
		said |= 1U << kind;
		if (b.n > start)
			buf_text(&b, part_ja(p) ? "、" : ", ");
		fact_word(&b, p->in->policy, p->in->language, str_of(channel_kind_name(kind)));
	}
	return part_take(&b);
}

void part_joint_use(struct part *p)
{
	const struct policy *policy = p->in->policy;

	for (size_t i = 0; i < policy->n_arrangements; i++) {
		const struct policy_arrangement *a = &policy->arrangements[i];
		json_t *rows;

		if (a->kind != ARRANGEMENT_JOINT_USE || !part_wants(p, own_id(a)))
			continue;
		rows = PART_TABLE(p, "head_measure", "head_content");
		if (node_get(node_of(p, a), "name"))
			PART_ROW(p, rows, part_label(p, "head_name"), part_node(p, node_get(node_of(p, a), "name")));
		PART_ROW(p, rows, part_label(p, "head_items"), part_uses(p, a->items, a->n_items));
		PART_ROW(p, rows, part_label(p, "head_parties"), parties(p, a));
		PART_ROW(p, rows, part_label(p, "head_purpose"), part_purpose_list(p, a->purposes, a->n_purposes));
		PART_ROW(p, rows, part_label(p, "head_responsible"), responsible(p, a));
		if (node_get(node_of(p, a), "acquired"))
			PART_ROW(p, rows, part_label(p, "head_acquired"), acquired(p, node_get(node_of(p, a), "acquired")));
	}
}

/* True when A, which has one recipient, has ended before the day of the page. */
static bool ended(const struct part *p, const struct policy_arrangement *a)
{
	return a->n_parties && a->parties[0].until != DATE_NONE && p->in->on > a->parties[0].until;
}

/* The one recipient of A, or the class of them; who is announced before it begins is named too. */
static json_t *recipients(struct part *p, const struct policy_arrangement *a)
{
	struct buf b;

	if (!a->n_parties || !a->parties[0].organization.n)
		return part_text(policy_text_in(p->in->policy, &a->recipient_class, (int)p->in->language));
	buf_init(&b);
	write_party(p, &b, a->parties[0].organization);
	write_until(p, &b, a->parties[0].until);
	return part_take(&b);
}

void part_outsourcing(struct part *p)
{
	const struct policy *policy = p->in->policy;
	json_t *rows = PART_TABLE(p, "head_processor", "head_task", "head_items");

	for (size_t i = 0; i < policy->n_arrangements; i++) {
		const struct policy_arrangement *a = &policy->arrangements[i];

		if (a->kind == ARRANGEMENT_OUTSOURCING && part_wants(p, own_id(a)) && !ended(p, a))
			PART_ROW(p, rows, recipients(p, a), part_node(p, node_get(node_of(p, a), "task")),
			    part_uses(p, a->items, a->n_items));
	}
}

/* What the provision A rests on. */
static json_t *basis(struct part *p, const struct policy_arrangement *a)
{
	static const char *const words[] = {
		[PROVISION_CONSENT] = "basis_consent", [PROVISION_STATUTE] = "basis_statute",
		[PROVISION_OPT_OUT] = "basis_opt_out", [PROVISION_SUCCESSION] = "basis_succession",
	};
	struct buf b;

	if (a->basis != PROVISION_STATUTE)
		return part_label(p, words[a->basis]);
	buf_init(&b);
	buf_text(&b, say(words[a->basis], part_ja(p)));
	buf_text(&b, part_ja(p) ? "（" : " (");
	say_law(&b, a->statute, part_ja(p));
	buf_text(&b, part_ja(p) ? "）" : ")");
	return part_take(&b);
}

/* The day from which A is in use, when that is said beforehand. */
static void from_row(struct part *p, json_t *rows, const struct policy_arrangement *a)
{
	struct buf b;

	if (!a->n_parties || a->parties[0].from == DATE_NONE ||
	    (a->basis != PROVISION_OPT_OUT && a->parties[0].from <= p->in->on))
		return;
	buf_init(&b);
	say_date(&b, a->parties[0].from, part_ja(p));
	PART_ROW(p, rows, part_label(p, "head_from"), part_take(&b));
}

/* The matters of 27(2) that the provision A by opt-out has besides, one a row. */
static void opt_out_rows(struct part *p, json_t *rows, const struct policy_arrangement *a)
{
	static const struct {
		const char *key, *head;
	} matters[] = {{"acquired", "head_acquired"}, {"updated", "head_updated"}, {"filed", "head_filed"}};
	const struct node *n = node_get(node_of(p, a), "opt_out");
	const struct node *desk = node_find(node_get(p->in->policy->root, "desks"), node_text(n, "stop"));

	for (size_t i = 0; i < sizeof matters / sizeof *matters; i++)
		if (node_get(n, matters[i].key))
			PART_ROW(p, rows, part_label(p, matters[i].head), part_node(p, node_get(n, matters[i].key)));
	if (desk)
		PART_ROW(p, rows, part_label(p, "head_stop"), part_node(p, node_get(desk, "to")));
}

/* A table for each provision, so that it can be read on a telephone. */
void part_provision(struct part *p)
{
	const struct policy *policy = p->in->policy;

	for (size_t i = 0; i < policy->n_arrangements; i++) {
		const struct policy_arrangement *a = &policy->arrangements[i];
		const struct node *n = node_of(p, a);
		json_t *rows;

		if (a->kind != ARRANGEMENT_PROVISION || !part_wants(p, own_id(a)) || ended(p, a))
			continue;
		rows = PART_TABLE(p, "head_measure", "head_content");
		PART_ROW(p, rows, part_label(p, "head_recipient"), recipients(p, a));
		PART_ROW(p, rows, part_label(p, "head_purpose"), part_purpose_list(p, a->purposes, a->n_purposes));
		PART_ROW(p, rows, part_label(p, "head_items"), part_uses(p, a->items, a->n_items));
		if (node_get(n, "method"))
			PART_ROW(p, rows, part_label(p, "head_method"), part_node(p, node_get(n, "method")));
		PART_ROW(p, rows, part_label(p, "head_ground"), basis(p, a));
		if (node_get(n, "confirmed"))
			PART_ROW(p, rows, part_label(p, "head_confirmed"), part_node(p, node_get(n, "confirmed")));
		if (a->basis == PROVISION_OPT_OUT)
			opt_out_rows(p, rows, a);
		from_row(p, rows, a);
	}
}

/* Abroad ------------------------------------------------------------------------------------------------------ */

/* The country of the organization ID, or why it is not known yet. */
static json_t *country(struct part *p, struct str id, const struct node *foreign)
{
	const struct policy *policy = p->in->policy;
	struct str code = node_text(node_find(node_get(policy->root, "organizations"), id), "country");
	struct buf b;

	if (!code.n)
		return part_node(p, node_get(foreign, "country_unknown"));
	buf_init(&b);
	fact_word(&b, policy, p->in->language, code);
	return part_take(&b);
}

/* What FOREIGN rests on. */
static json_t *foreign_basis(struct part *p, const struct node *foreign)
{
	static const char *const words[] = {"foreign_consent", "foreign_equal_country", "foreign_equal_system", "foreign_law"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_is(node_text(foreign, "basis"), words[i] + sizeof "foreign_" - 1))
			return part_label(p, words[i]);
	return part_text(STR(""));
}

/* What A's party I gets abroad, on FOREIGN as its basis, and why. */
static void foreign_rows(struct part *p, const struct policy_arrangement *a, const struct node *foreign, size_t i)
{
	const struct node *task = node_get(node_of(p, a), "task"), *review = node_get(node_get(foreign, "review"), "every");
	const struct node *unknown = node_get(foreign, "measures_unknown");
	struct str id = a->parties[i].organization;
	json_t *rows = PART_TABLE(p, "head_measure", "head_content");

	PART_ROW(p, rows, part_label(p, "head_recipient"),
	    id.n ? part_text(fact_organization(p->in->policy, p->in->language, id)) : recipients(p, a));
	PART_ROW(p, rows, part_label(p, "head_country"), country(p, id, foreign));
	PART_ROW(p, rows, part_label(p, "head_what_for"),
	    task ? part_node(p, task) : part_purpose_list(p, a->purposes, a->n_purposes));
	PART_ROW(p, rows, part_label(p, "head_items"), part_uses(p, a->items, a->n_items));
	PART_ROW(p, rows, part_label(p, "head_ground"), foreign_basis(p, foreign));
	if (unknown)
		PART_ROW(p, rows, part_label(p, "head_their_measures"), part_node(p, unknown));
	if (review)
		PART_ROW(p, rows, part_label(p, "head_checked"), part_every(p, review));
}

void part_foreign(struct part *p)
{
	const struct policy *policy = p->in->policy;

	for (size_t i = 0; i < policy->n_arrangements; i++) {
		const struct policy_arrangement *a = &policy->arrangements[i];
		const struct node *n = node_of(p, a), *listed = node_get(n, "parties");

		for (size_t k = 0; k < a->n_parties && part_wants(p, own_id(a)); k++) {
			const struct node *one = listed ? listed->first : NULL;

			for (size_t j = 0; one && j < k; j++)
				one = one->next;
			one = node_get(one, "foreign") ? node_get(one, "foreign") : node_get(n, "foreign");
			if (!one || (a->parties[k].organization.n && !a->parties[k].abroad) ||
			    (a->parties[k].until != DATE_NONE && p->in->on > a->parties[k].until))
				continue;
			foreign_rows(p, a, one, k);
		}
	}
}

static bool is_page(struct str url)
{
	return str_starts(url, STR("https://")) || str_starts(url, STR("http://"));
}

/* A link to URL that reads as WORD does; URL itself when it is no page. */
static json_t *page(struct part *p, struct str url, const char *word)
{
	if (!is_page(url))
		return part_text(url);
	return json_pack("[{s:s%, s:o}]", "link", url.p, url.n, "content", part_label(p, word));
}

/* Telecommunications Business Act 27-12: what the tag at N sends, to whom, what for; and how to stop it. */
static void tag(struct part *p, const struct node *n)
{
	static const char *const texts[][2] = {
		{"sends", "head_sent"}, {"purpose", "head_our_purpose"}, {"their_purpose", "head_their_purpose"}};
	json_t *rows = PART_TABLE(p, "head_measure", "head_content");

	if (node_get(n, "name"))
		PART_ROW(p, rows, part_label(p, "head_tag"), part_node(p, node_get(n, "name")));
	PART_ROW(p, rows, part_label(p, "head_sent_to"), part_organization(p, node_text(n, "to")));
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		PART_ROW(p, rows, part_label(p, texts[i][1]), part_node(p, node_get(n, texts[i][0])));
	if (node_get(n, "consent"))
		PART_ROW(p, rows, part_label(p, "head_when"), part_label(p, "with_consent"));
	if (node_get(n, "opt_out"))
		PART_ROW(p, rows, part_label(p, "head_opt_out"), page(p, node_text(n, "opt_out"), "open_page"));
	if (node_get(n, "their_policy"))
		PART_ROW(p, rows, part_label(p, "head_their_policy"), page(p, node_text(n, "their_policy"), "open_policy"));
}

void part_external_transmission(struct part *p)
{
	for (NODE_EACH(n, node_get(node_get(p->in->policy->root, "web"), "external_transmission")))
		if (part_wants(p, n->key))
			tag(p, n);
}

/* What the cookie at N is for, and that it waits for a consent. */
static json_t *cookie_purpose(struct part *p, const struct node *n)
{
	struct buf b;

	buf_init(&b);
	if (!fact_node(&b, p->in->policy, p->in->language, node_get(n, "purpose")))
		p->failed |= !buf_ok(&b);
	if (node_get(n, "consent")) {
		buf_text(&b, part_ja(p) ? "（" : " (");
		buf_text(&b, say("with_consent", part_ja(p)));
		buf_text(&b, part_ja(p) ? "）" : ")");
	}
	return part_take(&b);
}

void part_cookies(struct part *p)
{
	const struct node *all = node_get(node_get(p->in->policy->root, "web"), "cookies");
	json_t *rows;

	if (!all || !all->n)
		return;
	rows = PART_TABLE(p, "head_name", "head_purpose", "head_period");
	for (NODE_EACH(n, all))
		if (part_wants(p, n->key))
			PART_ROW(p, rows, part_text(n->key), cookie_purpose(p, n), part_node(p, node_get(n, "keep")));
}
