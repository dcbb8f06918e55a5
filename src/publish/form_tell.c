/* What a form tells: the fee, where it goes, what happens next; and where it is signed. */
#include "publish/fact.h"
#include "publish/form_sections.h"
#include "publish/say.h"

static const struct node *requests_of(const struct form *f)
{
	return node_get(f->p.in->policy->root, "requests");
}

/* Adds to F WORD with what the node N of the policy says. */
static void line_node(struct form *f, const char *word, const struct node *n)
{
	struct buf b;

	buf_init(&b);
	if (n && !fact_node(&b, f->p.in->policy, f->p.in->language, n))
		buf_reset(&b);
	form_line_take(f, word, &b);
}

/* Adds to the ITEMS of F the way of paying N, under WORD. */
static void pay_choice(struct form *f, json_t *items, const char *word, const struct node *n)
{
	struct buf how, text;

	if (!n)
		return;
	buf_init(&how);
	buf_init(&text);
	if (!fact_node(&how, f->p.in->policy, f->p.in->language, n))
		buf_reset(&how);
	say_with(&text, word, part_ja(&f->p), buf_view(&how));
	f->p.failed |= !buf_ok(&how) || !buf_ok(&text);
	form_choice(f, items, buf_view(&text), STR(""));
	buf_free(&text);
	buf_free(&how);
}

static void tell_missing(struct form *f, const struct node *missing)
{
	if (!missing)
		return;
	form_line(f, "form_fee_missing");
	if (node_get(missing, "within"))
		line_node(f, str_is(node_text(missing, "then"), "lapse") ? "form_fee_lapse" : "form_fee_wait",
			  node_get(missing, "within"));
}

static void tell_fee(struct form *f)
{
	const struct node *fee = node_get(requests_of(f), "fee"), *pay = node_get(fee, "pay");
	json_t *items;

	form_section(f, "fee", "form_fee");
	if (!f->costs) {
		form_line(f, "form_fee_none");
		return;
	}
	line_node(f, str_is(node_text(fee, "per"), "person") ? "form_fee_person" : "form_fee_request", fee);
	if (pay) {
		items = form_choices(f, "pay", "form_pay", true);
		pay_choice(f, items, "form_pay_contracted", node_get(pay, "contracted"));
		pay_choice(f, items, "form_pay_others", node_get(pay, "others"));
	}
	tell_missing(f, node_get(fee, "missing"));
}

/* The last of FIELDS, a date, is written as day, month and year in the order of the language. */
static void date_units(struct form *f, json_t *fields)
{
	static const char *const units[] = {"year_unit", "month_unit", "day_unit"};
	json_t *list = json_array(), *last = json_array_get(fields, json_array_size(fields) - 1);
	bool ja = part_ja(&f->p);

	for (size_t i = 0; i < 3; i++)
		part_put(&f->p, list, json_string(say(units[ja ? i : 2 - i], ja)));
	f->p.failed |= json_object_set_new(last, "units", list) != 0;
}

static void ask_signature(struct form *f)
{
	json_t *fields;

	form_section(f, "signature", "form_sign");
	fields = form_fields(f);
	form_field(f, fields, "date", "form_date", "date");
	date_units(f, fields);
	form_field(f, fields, "sign", "form_signature", "sign");
}

static bool by_email(const struct form *f)
{
	for (NODE_EACH(n, node_get(requests_of(f), "by")))
		if (str_is(n->text, "email"))
			return true;
	return false;
}

static void tell_where(struct form *f)
{
	const struct node *requests = requests_of(f);
	struct str id = node_text(requests, "desk");
	const struct node *desk = node_find(node_get(f->p.in->policy->root, "desks"), id);
	struct buf b;

	buf_init(&b);
	part_write_desk(&f->p, id, &b);
	form_line_take(f, "form_send", &b);
	if (node_get(requests, "by"))
		line_node(f, "form_send_by", node_get(requests, "by"));
	if (by_email(f) && node_get(desk, "email"))
		line_node(f, "form_send_email", node_get(desk, "email"));
}

/* Adds to the items of F's list LIST WORD with what N says. */
static void step(struct form *f, json_t *list, const char *word, const struct node *n)
{
	struct buf value, text;

	buf_init(&value);
	buf_init(&text);
	if (n && !fact_node(&value, f->p.in->policy, f->p.in->language, n))
		buf_reset(&value);
	say_with(&text, word, part_ja(&f->p), buf_view(&value));
	f->p.failed |= !buf_ok(&value);
	part_item(&f->p, list, part_take(&text));
	buf_free(&value);
}

/* To whom what F asks for is passed on. */
static void step_passed_on(struct form *f, json_t *list)
{
	enum request_kind kind = f->kind->kinds[0];
	const struct node *to = node_get(requests_of(f), "propagate");
	bool ja = part_ja(&f->p);
	struct buf b, text, word;

	if (!to || kind < REQUEST_CORRECT)
		return;
	buf_init(&b);
	buf_init(&text);
	for (NODE_EACH(n, to)) {
		buf_init(&word);
		buf_printf(&word, "form_to_%s", n->text.p);
		if (b.n)
			buf_text(&b, ja ? "、" : ", ");
		buf_text(&b, say(buf_c(&word), ja));
		buf_free(&word);
	}
	say_with(&text, "form_passed_on", ja, buf_view(&b));
	part_item(&f->p, list, part_take(&text));
	buf_free(&b);
}

/* True when the ground of refusal N holds for F. */
static bool refuses(const struct form *f, const struct node *n)
{
	const struct node *of = node_get(n, "of");

	if (!of || of->kind != NODE_LIST)
		return true; /* all */
	for (NODE_EACH(one, of))
		if (form_is_for(f, one->text))
			return true;
	return false;
}

static bool asks_first(const struct form *f)
{
	for (NODE_EACH(n, node_get(requests_of(f), "refuse")))
		if (refuses(f, n) && node_is_true(node_get(n, "ask_first")))
			return true;
	return false;
}

static void tell_steps(struct form *f)
{
	const struct node *requests = requests_of(f), *answer = node_get(node_get(requests, "answer"), "within");
	const struct node *dispose = node_get(node_get(node_get(requests, "papers"), "dispose"), "within");
	json_t *list = part_list(&f->p);

	if (asks_first(f))
		step(f, list, "form_ask", NULL);
	step(f, list, answer ? "form_answer" : "form_answer_soon", answer);
	if (node_get(requests, "no_data"))
		step(f, list, "form_no_data", NULL);
	step_passed_on(f, list);
	step(f, list, "form_reason", NULL);
	if (dispose)
		step(f, list, "form_dispose", dispose);
}

static void tell_refusals(struct form *f)
{
	bool ja = part_ja(&f->p);
	json_t *list = NULL;

	for (NODE_EACH(n, node_get(requests_of(f), "refuse"))) {
		struct str law = node_text(n, "law");
		struct buf b;

		if (!refuses(f, n))
			continue;
		if (!list) {
			form_line(f, "form_refusals");
			list = part_list(&f->p);
		}
		buf_init(&b);
		if (!fact_node(&b, f->p.in->policy, f->p.in->language, n))
			buf_reset(&b);
		if (law.n) {
			buf_text(&b, ja ? "（" : " (");
			if (law.p[0] >= '0' && law.p[0] <= '9')
				say_article(&b, law, ja); /* of the act that the form rests on */
			else
				say_law(&b, law, ja);
			buf_text(&b, ja ? "）" : ")");
		}
		part_item(&f->p, list, part_take(&b));
	}
}

/* Tells of the organization ID, to which one can turn too. */
static void tell_body(struct form *f, struct str id)
{
	const struct node *body = node_find(node_get(f->p.in->policy->root, "organizations"), id);
	struct buf b;

	if (!body)
		return;
	buf_init(&b);
	part_write_address(&f->p, body, &b);
	if (node_get(body, "phone")) {
		buf_text(&b, part_ja(&f->p) ? "　" : ", ");
		if (!fact_node(&b, f->p.in->policy, f->p.in->language, node_get(body, "phone")))
			buf_reset(&b);
	}
	form_line_take(f, "form_escalate", &b);
}

static void tell_complaints(struct form *f)
{
	const struct node *complaints = node_get(f->p.in->policy->root, "complaints");
	const struct node *within = node_get(node_get(complaints, "answer"), "within");
	struct buf b;

	if (!complaints)
		return;
	buf_init(&b);
	part_write_desk(&f->p, node_text(complaints, "desk"), &b);
	form_line_take(f, "form_complaint", &b);
	if (within)
		line_node(f, "form_complaint_answer", within);
	tell_body(f, node_text(complaints, "escalate_to"));
	for (NODE_EACH(other, node_get(complaints, "others")))
		tell_body(f, other->text);
}

static void office_use(struct form *f)
{
	json_t *fields;

	form_section(f, "office", "form_office");
	fields = form_fields(f);
	form_field(f, fields, "received", "form_received", "office");
	form_field(f, fields, "number", "form_number", "office");
	form_field(f, fields, "checked", "form_checked", "office");
	form_field(f, fields, "in-charge", "form_in_charge", "office");
}

void form_tell(struct form *f)
{
	tell_fee(f);
	ask_signature(f);
	form_section(f, "next", "form_next");
	tell_where(f);
	tell_steps(f);
	tell_refusals(f);
	tell_complaints(f);
	office_use(f);
}
