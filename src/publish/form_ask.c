/* What a form asks: who, what, why, how the answer is wanted, with which papers. */
#include "publish/fact.h"
#include "publish/form_sections.h"
#include "publish/say.h"

/* The grounds of the law, with the paragraph that has them. */
static const struct {
	const char *ground, *law;
} grounds[] = {
	{"not_factual", "34-1"},	{"beyond_purpose", "35-1"}, {"improper", "35-1"}, {"unlawful_provision", "35-3"},
	{"no_longer_needed", "35-5"}, {"incident", "35-5"},	    {"harm", "35-5"},
};

static const struct node *requests_of(const struct form *f)
{
	return node_get(f->p.in->policy->root, "requests");
}

static void choice_word(struct form *f, json_t *items, const char *word)
{
	form_choice(f, items, str_of(say(word, part_ja(&f->p))), STR(""));
}

/* Which of the kinds that share this form is asked for. */
static void ask_what(struct form *f)
{
	json_t *items = NULL;

	if (f->kind->n == 1)
		return;
	form_section(f, "what", "form_what");
	items = form_choices(f, "kind", "form_what_mark", false);
	for (NODE_EACH(n, node_get(requests_of(f), "kinds")))
		if (form_is_for(f, n->text))
			choice_word(f, items, n->text.p);
}

static void ask_requester(struct form *f)
{
	const struct node *proxies = node_get(requests_of(f), "proxies"), *of = node_get(node_get(proxies, "statutory"), "of");
	json_t *items;

	if (!proxies)
		return;
	form_section(f, "requester", "form_requester");
	items = form_choices(f, "requester", "form_what_mark", true);
	choice_word(f, items, "form_self");
	for (NODE_EACH(n, of)) {
		if (str_is(n->text, "minor"))
			choice_word(f, items, "form_of_minor");
		else if (str_is(n->text, "adult_ward"))
			choice_word(f, items, "form_of_adult_ward");
		else
			form_choice(f, items, n->text, STR(""));
	}
	if (node_get(proxies, "statutory") && !of)
		choice_word(f, items, "form_statutory");
	if (node_get(proxies, "mandated"))
		choice_word(f, items, "form_mandated");
}

/* Allows a browser to fill in the last of FIELDS with what it knows as NAME. */
static void autofill(struct form *f, json_t *fields, const char *name)
{
	json_t *last = json_array_get(fields, json_array_size(fields) - 1);

	f->p.failed |= json_object_set_new(last, "auto", json_string(name)) != 0;
}

/* The company's own keys of the categories: "Customer number, if you know it". */
static void ask_keys(struct form *f, json_t *fields)
{
	const struct policy *p = f->p.in->policy;

	for (size_t c = 0; c < p->n_categories; c++) {
		const struct policy_category *of = &p->categories[c];
		json_t *field;
		struct buf label, id;

		if (of->external_id == POLICY_NONE || of->entrusted.set)
			continue;
		buf_init(&label);
		buf_init(&id);
		say_with(&label, "form_if_known", part_ja(&f->p),
			 policy_text_in(p, &of->items[of->external_id].label, (int)f->p.in->language));
		buf_printf(&id, "key-%zu", c);
		field = json_pack("{s:s, s:s, s:s, s:i}", "id", buf_c(&id), "label", buf_c(&label), "input", "text", "lines", 1);
		buf_free(&id);
		buf_free(&label);
		part_put(&f->p, fields, field);
	}
}

static void ask_person(struct form *f)
{
	json_t *fields;

	form_section(f, "person", "form_person");
	fields = form_fields(f);
	form_field(f, fields, "person-kana", "form_kana", "text");
	form_field(f, fields, "person-name", "form_name", "text");
	autofill(f, fields, "name");
	form_field(f, fields, "person-postal-code", "form_postal_code", "text");
	autofill(f, fields, "postal-code");
	form_field(f, fields, "person-address", "form_address", "address");
	autofill(f, fields, "street-address");
	form_field(f, fields, "person-former-address", "form_former_address", "address");
	form_field(f, fields, "person-phone", "form_phone", "tel");
	autofill(f, fields, "tel");
	form_field(f, fields, "person-email", "form_email", "email");
	autofill(f, fields, "email");
	ask_keys(f, fields);
}

static void ask_proxy(struct form *f)
{
	json_t *fields;

	if (!node_get(requests_of(f), "proxies"))
		return;
	form_section(f, "proxy", "form_proxy");
	fields = form_fields(f);
	form_field(f, fields, "proxy-kana", "form_kana", "text");
	form_field(f, fields, "proxy-name", "form_name", "text");
	form_field(f, fields, "proxy-postal-code", "form_postal_code", "text");
	form_field(f, fields, "proxy-address", "form_address", "address");
	form_field(f, fields, "proxy-phone", "form_phone", "tel");
}

static void ask_people(struct form *f)
{
	const struct policy *p = f->p.in->policy;
	json_t *items = NULL;

	if (p->n_categories < 2)
		return;
	items = form_choices(f, "people", "form_data_people", false);
	for (size_t c = 0; c < p->n_categories; c++)
		form_choice(f, items, policy_text_in(p, &p->categories[c].people, (int)f->p.in->language), STR(""));
}

static void ask_data(struct form *f)
{
	enum request_kind kind = f->kind->kinds[0];
	json_t *fields;

	form_section(f, "data", "form_data");
	ask_people(f);
	fields = form_fields(f);
	form_field(f, fields, "data-which", "form_data_which", "long");
	if (kind == REQUEST_DISCLOSE_PROVISION_RECORDS) {
		form_field(f, fields, "data-records", "form_data_records", "long");
	} else if (kind == REQUEST_CORRECT) {
		form_field(f, fields, "data-wrong", "form_data_wrong", "long");
		form_field(f, fields, "data-right", "form_data_right", "long");
	}
	form_line(f, "form_data_help");
}

/* True when GROUND, of the kind before kind K of F, was shown already. */
static bool shown_before(const struct form *f, size_t k, struct str ground)
{
	for (size_t i = 0; i < k; i++)
		for (NODE_EACH(n, node_get(node_get(requests_of(f), "grounds"), request_kind_name(f->kind->kinds[i]))))
			if (str_eq(n->text, ground))
				return true;
	return false;
}

static void ground_choice(struct form *f, json_t *items, struct str ground)
{
	struct buf text, law;

	buf_init(&text);
	buf_init(&law);
	fact_word(&text, f->p.in->policy, f->p.in->language, ground);
	for (size_t i = 0; i < sizeof grounds / sizeof *grounds; i++)
		if (str_is(ground, grounds[i].ground))
			say_article(&law, str_of(grounds[i].law), part_ja(&f->p));
	f->p.failed |= !buf_ok(&text) || !buf_ok(&law);
	form_choice(f, items, buf_view(&text), buf_view(&law));
	buf_free(&law);
	buf_free(&text);
}

static void ask_grounds(struct form *f)
{
	const struct node *all = node_get(requests_of(f), "grounds");
	json_t *items = NULL, *fields;

	for (size_t k = 0; k < f->kind->n; k++)
		for (NODE_EACH(n, node_get(all, request_kind_name(f->kind->kinds[k])))) {
			if (shown_before(f, k, n->text))
				continue;
			if (!items) {
				form_section(f, "grounds", "form_grounds");
				items = form_choices(f, "ground", "form_what_mark", false);
			}
			ground_choice(f, items, n->text);
		}
	if (!items)
		return;
	fields = form_fields(f);
	form_field(f, fields, "circumstances", "form_data_circumstances", "long");
}

static void ask_delivery(struct form *f)
{
	const struct node *deliver = node_get(requests_of(f), "deliver"), *methods = node_get(deliver, "methods");
	struct str postage = node_text(deliver, "postage");
	struct buf b;

	if (!methods)
		return;
	form_section(f, "delivery", "form_delivery");
	if (str_is(node_text(deliver, "chosen_by"), "company")) {
		buf_init(&b);
		if (!fact_node(&b, f->p.in->policy, f->p.in->language, methods))
			buf_reset(&b);
		form_line_take(f, "form_delivery_company", &b);
	} else {
		form_choices_of(f, form_choices(f, "delivery", "form_delivery_choose", true), methods, STR(""));
	}
	if (postage.n)
		form_line(f, str_is(postage, "company") ? "form_postage_company" : "form_postage_requester");
}

static void ask_proxy_papers(struct form *f)
{
	const struct node *proxies = node_get(requests_of(f), "proxies"), *statutory = node_get(proxies, "statutory");
	const struct node *mandated = node_get(proxies, "mandated");
	struct str ward = str_of(say("form_adult_ward_only", part_ja(&f->p)));
	json_t *items;

	if (node_get(statutory, "minor_asked_from"))
		form_line_with(f, "form_minor_asked", node_text(statutory, "minor_asked_from"));
	if (statutory) {
		items = form_choices(f, "statutory-paper", "form_statutory_papers", false);
		form_choices_of(f, items, node_get(statutory, "documents"), STR(""));
		form_choices_of(f, items, node_get(statutory, "adult_ward"), ward);
	}
	if (mandated)
		form_choices_of(f, form_choices(f, "mandated-paper", "form_mandated_papers", false),
				node_get(mandated, "documents"), STR(""));
}

static void ask_papers(struct form *f)
{
	const struct node *identity = node_get(requests_of(f), "identity"), *documents = node_get(identity, "documents");
	const struct node *mask = node_get(node_get(requests_of(f), "papers"), "mask");
	struct buf b;

	form_section(f, "enclosed", "form_enclosed");
	if (documents)
		form_choices_of(f, form_choices(f, "identity", "form_identity", true), documents, STR(""));
	if (str_is(node_text(node_get(identity, "individual_number_card"), "side"), "front"))
		form_line(f, "form_identity_front");
	if (mask) {
		buf_init(&b);
		if (!fact_node(&b, f->p.in->policy, f->p.in->language, mask))
			buf_reset(&b);
		form_line_take(f, "form_mask", &b);
	}
	ask_proxy_papers(f);
}

void form_ask(struct form *f)
{
	ask_what(f);
	ask_requester(f);
	ask_person(f);
	ask_proxy(f);
	ask_data(f);
	ask_grounds(f);
	ask_delivery(f);
	ask_papers(f);
}
