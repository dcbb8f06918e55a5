#include "cmd/starter.h"

#include <stdio.h>
#include <string.h>

#include "policy/answers.h"
#include "policy/layout.h"
#include "web/template.h"

/* What a task that is entrusted to others is called, and which data it needs. */
static const struct task {
	const char *word, *ja, *en, *purpose, *otherwise, *items;
} tasks[] = {
	{"printing", "書類の印刷と発送", "Printing and mailing documents", "billing", "provide_service", "customer: [name, address]"},
	{"delivery", "商品の配送", "Delivering goods", "delivery", "provide_service", "customer: [name, address, phone]"},
	{"hosting", "業務システムの運用（クラウドサービスの利用を含みます。）", "Running our systems, cloud services included", NULL, "inquiry", NULL},
	{"payroll", "給与計算", "Payroll accounting", NULL, "personnel",
	 "employee: [employee_number, name, address, bank_account, dependants]"},
	{.word = NULL},
};

/* The items that a system holds of each kind of people. */
static const char *const hosted[][2] = {
	{"customers", "customer: [customer_number, contact_details, orders]"},
	{"employees", "employee: [employee_number, name, address, phone]"},
	{"applicants", "applicant: [name, email, phone]"},
	{"visitors", "visitor: [name, belongs_to, entered_at]"},
	{NULL, NULL},
};

struct maker {
	const struct node *answers;
	json_t *view;
	struct buf countries, abroad;
	bool failed;
};

static void put(struct maker *m, json_t *map, const char *key, json_t *value)
{
	if (json_object_set_new(map, key, value) != 0)
		m->failed = true;
}

static void put_text(struct maker *m, json_t *map, const char *key, struct str text)
{
	put(m, map, key, json_stringn(text.p ? text.p : "", text.n));
}

static void put_true(struct maker *m, const char *key, bool value)
{
	put(m, m->view, key, json_boolean(value));
}

/* TEXT as a scalar of YAML. */
static void put_scalar(struct maker *m, json_t *map, const char *key, struct str text)
{
	struct buf b;

	buf_init(&b);
	layout_scalar(&b, text);
	put_text(m, map, key, buf_view(&b));
	m->failed = m->failed || !buf_ok(&b);
	buf_free(&b);
}

/* The text N (a string, or a map by language) in LANGUAGE, or DEFAULTS. */
static struct str in_language(const struct node *n, const char *language, const char *defaults)
{
	if (!n)
		return str_of(defaults);
	return n->kind == NODE_MAP ? node_text(n, language) : n->text;
}

/* The text N as PREFIX_ja and PREFIX_en of MAP, scalars of YAML. */
static void put_both(struct maker *m, json_t *map, const char *prefix, const struct node *n, const char *ja, const char *en)
{
	char key[32];

	snprintf(key, sizeof key, "%s_ja", prefix);
	put_scalar(m, map, key, in_language(n, "ja", ja));
	snprintf(key, sizeof key, "%s_en", prefix);
	put_scalar(m, map, key, in_language(n, "en", en));
}

/* Appends WORD to the list in B. */
static void listed(struct buf *b, const char *word)
{
	buf_printf(b, "%s%s", b->n ? ", " : "", word);
}

static void add_country(struct maker *m, struct str country)
{
	for (size_t i = 0; i + 2 <= m->countries.n; i += 4)
		if (str_eq(str_sub(buf_view(&m->countries), i, 2), country))
			return;
	if (m->countries.n)
		buf_text(&m->countries, ", ");
	buf_str(&m->countries, country);
}

static struct str country_of(const struct node *n)
{
	return node_get(n, "country") ? node_text(n, "country") : STR("JP");
}

/* An organization that the policy names by ID. */
static void add_organization(struct maker *m, const char *id, const struct node *n)
{
	json_t *map = json_object();

	put_text(m, map, "id", str_of(id));
	put_both(m, map, "name", node_get(n, "name"), "", "");
	put_text(m, map, "country", country_of(n));
	if (json_array_append_new(json_object_get(m->view, "organizations"), map) != 0)
		m->failed = true;
}

/* An id made of the English name NAME. */
static void put_id(struct maker *m, struct str name)
{
	struct buf b, scalar;

	buf_init(&b);
	for (size_t i = 0; i < name.n && b.n < 40; i++) {
		char c = name.p[i] >= 'A' && name.p[i] <= 'Z' ? (char)(name.p[i] - 'A' + 'a') : name.p[i];

		if ((c >= 'a' && c <= 'z') || (b.n && c >= '0' && c <= '9'))
			buf_byte(&b, c);
		else if (b.n && b.p[b.n - 1] != '_')
			buf_byte(&b, '_');
	}
	while (b.n && b.p[b.n - 1] == '_')
		b.n--;
	buf_init(&scalar);
	layout_scalar(&scalar, buf_view(&b)); /* in quotes where it would be a truth value, or is nothing */
	put_text(m, m->view, "id", buf_ok(&scalar) && scalar.p[0] != '"' ? buf_view(&b) : STR("company"));
	m->failed = m->failed || !buf_ok(&b) || !buf_ok(&scalar);
	buf_free(&scalar);
	buf_free(&b);
}

/* NAME for a comment: one line of it. */
static void put_plain(struct maker *m, struct str name)
{
	struct buf b;

	buf_init(&b);
	for (size_t i = 0; i < name.n; i++)
		buf_byte(&b, (unsigned char)name.p[i] < ' ' ? ' ' : name.p[i]);
	put_text(m, m->view, "company_plain", buf_view(&b));
	m->failed = m->failed || !buf_ok(&b);
	buf_free(&b);
}

static void put_company(struct maker *m, bool japanese)
{
	const struct node *company = node_get(m->answers, "company"), *desk = node_get(m->answers, "desk");
	const struct node *person = node_get(company, "representative"), *name = node_get(company, "name");

	put_id(m, in_language(name, "en", ""));
	put_plain(m, in_language(name, japanese ? "ja" : "en", ""));
	put_both(m, m->view, "name", name, "", "");
	put_both(m, m->view, "address", node_get(company, "address"), "", "");
	put_both(m, m->view, "title", node_get(person, "title"), "", "");
	put_both(m, m->view, "person", node_get(person, "name"), "", "");
	put_both(m, m->view, "officer", node_get(m->answers, "officer"), "管理部長", "General Manager of Administration");
	put_both(m, m->view, "desk", node_get(desk, "name"), "個人情報お問い合わせ窓口", "Personal Information Desk");
	put_text(m, m->view, "effective", node_text(m->answers, "effective"));
	put_scalar(m, m->view, "email", node_text(desk, "email"));
	put_scalar(m, m->view, "hours", node_get(desk, "hours") ? node_text(desk, "hours") : STR("Mo-Fr 10:00-17:00; PH off"));
	if (node_get(company, "postal_code"))
		put_scalar(m, m->view, "postal_code", node_text(company, "postal_code"));
	if (node_get(desk, "phone"))
		put_scalar(m, m->view, "phone", node_text(desk, "phone"));
}

/* Which people, channels and purposes there are. */
static void put_words(struct maker *m)
{
	struct buf channels;
	char key[40];

	buf_init(&channels);
	for (size_t i = 0; answers_people[i]; i++)
		put_true(m, answers_people[i], answers_has(m->answers, "people", answers_people[i]));
	for (size_t i = 0; answers_channels[i]; i++) {
		bool has = answers_has(m->answers, "channels", answers_channels[i]);

		snprintf(key, sizeof key, "ch_%s", answers_channels[i]);
		put_true(m, key, has);
		if (has)
			listed(&channels, answers_channels[i]);
	}
	for (size_t i = 0; answers_purposes[i]; i++) {
		snprintf(key, sizeof key, "p_%s", answers_purposes[i]);
		put_true(m, key, answers_has(m->answers, "purposes", answers_purposes[i]));
	}
	put_text(m, m->view, "channels", buf_view(&channels));
	m->failed = m->failed || !buf_ok(&channels);
	buf_free(&channels);
}

/* The purposes that customers are told, as a list of YAML and one by one; those of the staff are without offers. */
static void put_purposes(struct maker *m)
{
	json_t *each = json_array();
	struct buf told, staff;
	const char *words[12];
	size_t n = 0, own;

	buf_init(&told);
	buf_init(&staff);
	words[n++] = "provide_service";
	words[n++] = "inquiry";
	for (size_t i = 0; answers_purposes[i]; i++)
		if (answers_has(m->answers, "purposes", answers_purposes[i]))
			words[n++] = answers_purposes[i];
	own = n;
	if (str_is(node_text(m->answers, "marketing"), "announced"))
		words[n++] = "proposals";
	if (json_is_true(json_object_get(m->view, "has_joint")))
		words[n++] = "joint_service";
	if (json_is_true(json_object_get(m->view, "statistics")))
		words[n++] = "statistics";
	for (size_t i = 0; i < n; i++) {
		listed(&told, words[i]);
		if (i < own)
			listed(&staff, words[i]);
		if (json_array_append_new(each, json_pack("{s:s}", "id", words[i])) != 0)
			m->failed = true;
	}
	put(m, m->view, "customer_purpose_list", each);
	put_text(m, m->view, "customer_purposes", buf_view(&told));
	put_text(m, m->view, "staff_purposes", buf_view(&staff));
	m->failed = m->failed || !buf_ok(&told) || !buf_ok(&staff);
	buf_free(&told);
	buf_free(&staff);
}

/* The items that go to who does TASK. */
static void put_items(struct maker *m, json_t *map, const struct task *task)
{
	struct buf items;

	buf_init(&items);
	if (task->items)
		buf_text(&items, task->items);
	for (size_t i = 0; !task->items && hosted[i][0]; i++)
		if (answers_has(m->answers, "people", hosted[i][0]))
			listed(&items, hosted[i][1]);
	put_text(m, map, "items", buf_view(&items));
	m->failed = m->failed || !buf_ok(&items);
	buf_free(&items);
}

static void put_task(struct maker *m, json_t *list, const struct task *task, const struct node *n)
{
	bool chosen = task->purpose && answers_has(m->answers, "purposes", task->purpose), abroad = !str_is(country_of(n), "JP");
	json_t *map = json_object();
	char id[40];

	snprintf(id, sizeof id, "%s_processor", task->word);
	add_organization(m, id, n);
	put_text(m, map, "id", str_of(id));
	put_text(m, map, "task", str_of(task->word));
	put_scalar(m, map, "task_ja", str_of(task->ja));
	put_scalar(m, map, "task_en", str_of(task->en));
	put_text(m, map, "purposes", str_of(chosen ? task->purpose : task->otherwise));
	put_items(m, map, task);
	put(m, map, "abroad", json_boolean(abroad));
	if (abroad) {
		add_country(m, country_of(n));
		buf_printf(&m->abroad, "outsourcing.%s.foreign,", task->word);
	}
	if (json_array_append_new(list, map) != 0)
		m->failed = true;
}

static void put_outsourcing(struct maker *m)
{
	const struct node *out = node_get(m->answers, "outsourcing");
	json_t *list = json_array();

	for (const struct task *t = tasks; t->word; t++)
		if (node_get(out, t->word))
			put_task(m, list, t, node_get(out, t->word));
	put_true(m, "has_out", json_array_size(list) > 0);
	put_true(m, "has_abroad", m->abroad.n > 0);
	put(m, m->view, "out", list);
	buf_text(&m->abroad, "security.environment");
	put_text(m, m->view, "abroad_keeps", buf_view(&m->abroad));
}

static void put_joint_use(struct maker *m)
{
	json_t *list = json_array();
	size_t count = 0;

	for (NODE_EACH(n, node_get(m->answers, "joint_use"))) {
		char id[40];

		snprintf(id, sizeof id, "group_%zu", ++count);
		add_organization(m, id, n);
		if (json_array_append_new(list, json_pack("{s:s}", "id", id)) != 0)
			m->failed = true;
	}
	put(m, m->view, "joint", list);
	put_true(m, "has_joint", count > 0);
}

static void put_web(struct maker *m)
{
	const struct node *analytics = node_get(m->answers, "analytics");
	bool cookies = node_is_true(node_get(m->answers, "cookies"));

	put_true(m, "cookies", cookies);
	put_true(m, "analytics", analytics != NULL);
	put_true(m, "web", cookies || analytics);
	if (!analytics)
		return;
	add_organization(m, "analytics", analytics);
	if (node_get(analytics, "opt_out"))
		put_scalar(m, m->view, "opt_out", node_text(analytics, "opt_out"));
}

static void put_rest(struct maker *m)
{
	const struct node *keep = node_get(m->answers, "keep");
	struct str marketing = node_text(m->answers, "marketing");
	bool joint = json_is_true(json_object_get(m->view, "has_joint")), out = json_is_true(json_object_get(m->view, "has_out"));
	bool statistics = node_is_true(node_get(m->answers, "statistics"));

	put_text(m, m->view, "keep_customers", node_get(keep, "customers") ? node_text(keep, "customers") : STR("P5Y"));
	put_text(m, m->view, "keep_applicants", node_get(keep, "applicants") ? node_text(keep, "applicants") : STR("P1Y"));
	put_text(m, m->view, "keep_visitors", node_get(keep, "visitors") ? node_text(keep, "visitors") : STR("P1Y"));
	put_true(m, "marketing", str_is(marketing, "consent") || str_is(marketing, "announced"));
	put_true(m, "marketing_consent", str_is(marketing, "consent"));
	put_true(m, "statistics", statistics);
	put_true(m, "demographics", statistics || answers_has(m->answers, "purposes", "improvement"));
	put_true(m, "has_events", answers_has(m->answers, "people", "customers") || answers_has(m->answers, "people", "employees") ||
					  answers_has(m->answers, "people", "applicants"));
	put_true(m, "propagates", joint || out);
	put_text(m, m->view, "propagate", str_of(joint && out ? "joint_use, outsourcing" : joint ? "joint_use" : "outsourcing"));
	put_text(m, m->view, "countries", buf_view(&m->countries));
}

/* Fills in the template T and lays it out; *TEXT is empty when the answers need no such file. */
static result make(struct arena *a, const struct maker *m, const struct web_asset *t, const char *path, struct str *text,
		   struct error *e)
{
	struct findings f;
	struct buf filled, laid_out;
	result done = RESULT_FAIL;

	buf_init(&filled);
	buf_init(&laid_out);
	findings_init(&f);
	TRY_OUT(template_render(t->body, m->view, NULL, &filled, e));
	if (str_trim(buf_view(&filled)).n) {
		if (strstr(path, ".yaml"))
			TRY_OUT(layout_yaml(path, buf_view(&filled), &f, &laid_out, e));
		else
			layout_markdown(path, buf_view(&filled), &f, &laid_out);
		if (f.n) {
			done = error_at(e, CODE_MALFORMED, path, "%.*s", (int)f.list[0].message.n, f.list[0].message.p);
			goto out;
		}
	}
	*text = str_copy(a, buf_view(&laid_out));
	if (!buf_ok(&laid_out) || !text->p) {
		done = error_set(e, CODE_OUT_OF_MEMORY, "no memory for a policy");
		goto out;
	}
	done = RESULT_OK;
out:
	findings_free(&f);
	buf_free(&filled);
	buf_free(&laid_out);
	return done;
}

/* The path of the file that the template NAME makes: "notices-x.ja.md" is that of notices/. */
static char *path_of(struct arena *a, struct str name)
{
	char *path = arena_copy(a, name.p, name.n);
	char *dash = path ? strchr(path, '-') : NULL;

	if (dash)
		*dash = '/';
	return path;
}

static result make_all(struct arena *a, const struct maker *m, struct starter_file *out, size_t *n, struct error *e)
{
	*n = 0;
	for (size_t i = 0; i < web_start_count; i++) {
		struct starter_file *f = &out[*n];

		f->path = path_of(a, web_start[i].name);
		if (!f->path || *n == STARTER_FILES)
			return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a policy");
		TRY(make(a, m, &web_start[i], f->path, &f->text, e));
		*n += f->text.n > 0;
	}
	return RESULT_OK;
}

result starter_make(struct arena *a, const struct node *answers, bool japanese, struct starter_file *out, size_t *n,
		    struct error *e)
{
	struct maker m = {.answers = answers, .view = json_object()};
	result done;

	buf_init(&m.countries);
	buf_init(&m.abroad);
	put(&m, m.view, "organizations", json_array());
	put_true(&m, "ja", japanese);
	put_true(&m, "en", !japanese);
	add_country(&m, STR("JP"));
	put_company(&m, japanese);
	put_words(&m);
	put_outsourcing(&m);
	put_joint_use(&m);
	put_web(&m);
	put_rest(&m);
	put_purposes(&m);
	if (m.failed || !buf_ok(&m.countries) || !buf_ok(&m.abroad))
		done = error_set(e, CODE_OUT_OF_MEMORY, "no memory for a policy");
	else
		done = make_all(a, &m, out, n, e);
	json_decref(m.view);
	buf_free(&m.countries);
	buf_free(&m.abroad);
	return done;
}
