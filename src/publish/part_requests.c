/* Parts on what people can ask for and whom they ask: requests, refusals, security, desks. */
#include "publish/fact.h"
#include "publish/part.h"
#include "publish/say.h"

static const struct node *requests_of(const struct part *p)
{
	return node_get(p->in->policy->root, "requests");
}

static void write_node(struct part *p, struct buf *b, const struct node *n)
{
	if (n && !fact_node(b, p->in->policy, p->in->language, n))
		p->failed |= !buf_ok(b);
}

/* The fee, and what it is taken for. */
static json_t *fee(struct part *p)
{
	const struct node *n = node_get(requests_of(p), "fee");
	bool ja = part_ja(p);
	struct buf b;

	if (!n)
		return part_label(p, "fee_none");
	buf_init(&b);
	if (ja)
		buf_text(&b, say("fee_of", ja));
	write_node(p, &b, node_get(n, "kinds"));
	if (ja)
		buf_text(&b, say("fee_of_end", ja));
	else
		buf_text(&b, ": ");
	write_node(p, &b, n);
	return part_take(&b);
}

void part_write_desk(const struct part *p, struct str id, struct buf *b)
{
	const struct policy *policy = p->in->policy;
	const struct node *n = node_find(node_get(policy->root, "desks"), id), *address = node_get(n, "address");
	const struct node *org = node_find(node_get(policy->root, "organizations"), node_text(n, "address"));
	const char *blank = part_ja(p) ? "　" : ", ";

	buf_str(b, fact_text(policy, p->in->language, node_get(n, "to")));
	if (address)
		buf_text(b, blank);
	if (org)
		part_write_address(p, org, b);
	else
		buf_str(b, fact_text(policy, p->in->language, address));
}

void part_write_address(const struct part *p, const struct node *org, struct buf *b)
{
	bool ja = part_ja(p);
	struct str postal = node_text(org, "postal_code");

	buf_str(b, fact_text(p->in->policy, p->in->language, node_get(org, "name")));
	if (postal.n && ja) {
		buf_text(b, "　〒");
		buf_str(b, postal);
	}
	if (node_get(org, "address")) {
		buf_text(b, ja ? "　" : ", ");
		buf_str(b, fact_text(p->in->policy, p->in->language, node_get(org, "address")));
	}
	if (postal.n && !ja) {
		buf_byte(b, ' ');
		buf_str(b, postal);
	}
}

static json_t *desk(struct part *p, struct str id)
{
	struct buf b;

	buf_init(&b);
	part_write_desk(p, id, &b);
	return part_take(&b);
}

static json_t *answer(struct part *p)
{
	const struct node *n = node_get(node_get(requests_of(p), "answer"), "within");
	bool ja = part_ja(p);
	struct buf b;

	buf_init(&b);
	if (n) {
		buf_text(&b, say("answer_within", ja));
		if (!ja)
			buf_byte(&b, ' ');
		write_node(p, &b, n);
		if (!ja)
			buf_byte(&b, ' ');
		buf_text(&b, say("answer_within_end", ja));
	}
	return part_take(&b);
}

void part_requests(struct part *p)
{
	const struct node *n = requests_of(p), *proxies = node_get(n, "proxies");
	json_t *rows = PART_TABLE(p, "head_measure", "head_content");

	PART_ROW(p, rows, part_label(p, "head_kind"), part_node(p, node_get(n, "kinds")));
	PART_ROW(p, rows, part_label(p, "head_identity"), part_node(p, node_get(node_get(n, "identity"), "documents")));
	if (node_get(proxies, "statutory"))
		PART_ROW(p, rows, part_label(p, "head_statutory"),
		    part_node(p, node_get(node_get(proxies, "statutory"), "documents")));
	if (node_get(proxies, "mandated"))
		PART_ROW(p, rows, part_label(p, "head_mandated"), part_node(p, node_get(node_get(proxies, "mandated"), "documents")));
	PART_ROW(p, rows, part_label(p, "head_how"), part_node(p, node_get(n, "by")));
	PART_ROW(p, rows, part_label(p, "head_send"), desk(p, node_text(n, "desk")));
	PART_ROW(p, rows, part_label(p, "head_fee"), fee(p));
	PART_ROW(p, rows, part_label(p, "head_answer"), answer(p));
}

/* "APPI 33-2-1" of a ground. */
static json_t *ground(struct part *p, const struct node *n)
{
	struct str law = node_text(n, "law");
	struct buf b;

	buf_init(&b);
	say_law(&b, law, part_ja(p));
	return part_take(&b);
}

void part_refusals(struct part *p)
{
	const struct node *all = node_get(requests_of(p), "refuse");
	json_t *rows;

	if (!all || !all->n)
		return;
	rows = PART_TABLE(p, "head_case", "head_kind", "head_ground");
	for (NODE_EACH(n, all)) {
		const struct node *of = node_get(n, "of");

		if (part_wants(p, n->key))
			PART_ROW(p, rows, part_node(p, node_get(n, "text")),
			    of && of->kind == NODE_LIST ? part_node(p, of) : part_label(p, "all_requests"), ground(p, n));
	}
}

void part_security(struct part *p)
{
	static const char *const kinds[] = {"organizational", "personnel", "physical", "technical"};
	const struct node *n = node_get(p->in->policy->root, "security");
	json_t *rows = PART_TABLE(p, "head_measure", "head_content");

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (node_get(n, kinds[i]))
			PART_ROW(p, rows, part_label(p, kinds[i]), part_node(p, node_get(n, kinds[i])));
}

static json_t *hours(struct part *p, struct str when)
{
	struct buf b;

	buf_init(&b);
	say_hours(&b, when, part_ja(p));
	return part_take(&b);
}

void part_desks(struct part *p)
{
	for (NODE_EACH(n, node_get(p->in->policy->root, "desks"))) {
		json_t *rows;

		if (!part_wants(p, n->key))
			continue;
		rows = PART_TABLE(p, "head_measure", "head_content");
		PART_ROW(p, rows, part_label(p, "head_to"), desk(p, n->key));
		if (node_get(n, "phone"))
			PART_ROW(p, rows, part_label(p, "head_phone"), part_node(p, node_get(n, "phone")));
		if (node_get(n, "hours"))
			PART_ROW(p, rows, part_label(p, "head_hours"), hours(p, node_text(n, "hours")));
		if (node_get(n, "email"))
			PART_ROW(p, rows, part_label(p, "head_email"), part_node(p, node_get(n, "email")));
	}
}

/* Name, address, representative and brands of the organization ID under the policy. */
static void organization(struct part *p, struct str id)
{
	const struct policy *policy = p->in->policy;
	const struct node *n = node_find(node_get(policy->root, "organizations"), id), *rep = node_get(n, "representative");
	json_t *rows = PART_TABLE(p, "head_measure", "head_content");
	struct buf b;

	PART_ROW(p, rows, part_label(p, "head_name"), part_node(p, node_get(n, "name")));
	buf_init(&b);
	if (node_get(n, "postal_code")) {
		buf_text(&b, part_ja(p) ? "〒" : "");
		buf_str(&b, node_text(n, "postal_code"));
		buf_text(&b, part_ja(p) ? "　" : ", ");
	}
	buf_str(&b, fact_text(policy, p->in->language, node_get(n, "address")));
	PART_ROW(p, rows, part_label(p, "head_address"), part_take(&b));
	buf_init(&b);
	buf_str(&b, fact_text(policy, p->in->language, node_get(rep, "title")));
	buf_byte(&b, ' ');
	buf_str(&b, fact_text(policy, p->in->language, node_get(rep, "name")));
	PART_ROW(p, rows, part_label(p, "head_representative"), part_take(&b));
	buf_init(&b);
	for (NODE_EACH(brand, node_get(n, "brands"))) {
		if (b.n)
			buf_text(&b, part_ja(p) ? "、" : ", ");
		buf_str(&b, fact_text(policy, p->in->language, brand));
	}
	if (b.n)
		PART_ROW(p, rows, part_label(p, "head_brands"), part_take(&b));
	else
		buf_free(&b);
}

void part_organizations(struct part *p)
{
	const struct node *head = node_get(p->in->policy->root, "policy");

	if (part_wants(p, node_text(head, "organization")))
		organization(p, node_text(head, "organization"));
	for (NODE_EACH(n, node_get(head, "entities")))
		if (part_wants(p, n->text))
			organization(p, n->text);
}

/* Address and telephone of the organization N. */
static json_t *reached(struct part *p, const struct node *n)
{
	static const char *const keys[] = {"address", "phone", "url"};
	struct buf b;

	buf_init(&b);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		if (!node_get(n, keys[i]))
			continue;
		if (b.n)
			buf_text(&b, part_ja(p) ? "　" : ", ");
		write_node(p, &b, node_get(n, keys[i]));
	}
	return part_take(&b);
}

static void other_body(struct part *p, json_t *rows, struct str id)
{
	const struct policy *policy = p->in->policy;

	PART_ROW(p, rows, part_text(fact_organization(policy, p->in->language, id)),
	    reached(p, node_find(node_get(policy->root, "organizations"), id)));
}

/* Where one can complain: the desk, the certified bodies, others. */
void part_complaints(struct part *p)
{
	const struct node *root = p->in->policy->root, *n = node_get(root, "complaints");
	const struct node *own = node_find(node_get(root, "desks"), node_text(n, "desk"));
	json_t *rows = PART_TABLE(p, "head_complaints_to", "head_contact");
	struct buf b;

	buf_init(&b);
	for (int i = 0; i < 2; i++) {
		const struct node *way = node_get(own, i == 0 ? "phone" : "email");

		if (b.n && way)
			buf_text(&b, part_ja(p) ? "　" : ", ");
		write_node(p, &b, way);
	}
	PART_ROW(p, rows, part_node(p, node_get(own, "to")), part_take(&b));
	for (NODE_EACH(body, node_get(root, "certified_bodies")))
		other_body(p, rows, node_text(body, "organization"));
	for (NODE_EACH(other, node_get(n, "others")))
		other_body(p, rows, other->text);
}
