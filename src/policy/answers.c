#include "policy/answers.h"

#include "policy/compile.h"
#include "policy/keys_sections.h"
#include "policy/shape.h"
#include "policy/yaml.h"

const char *const answers_people[] = {"customers", "employees", "applicants", "visitors", NULL};
const char *const answers_channels[] = {"web_form", "paper", "telephone", "email", "counter", NULL};
const char *const answers_purposes[] = {"identity_check", "billing", "delivery", "improvement", NULL};
const char *const answers_marketing[] = {"none", "consent", "announced", NULL};
const char *const answers_outsourcing[] = {"printing", "delivery", "hosting", "payroll", NULL};

/* clang-format off */
static const struct key keys_person[] = {
	{"title", TYPED(TEXT), .flags = KEY_REQUIRED, MEANS("the title of who represents the company", "代表者の役職"), .example = "{ja: 代表取締役, en: Representative Director}"},
	{"name", TYPED(TEXT), .flags = KEY_REQUIRED, MEANS("the name of who represents the company", "代表者の氏名"), .example = "{ja: 汐見 灯子, en: Toko Shiomi}"},
	{.name = NULL},
};

static const struct key keys_company[] = {
	{"name", TYPED(TEXT), .flags = KEY_REQUIRED, MEANS("the name of the company", "会社の名称"), .example = "{ja: はまかぜ商店株式会社, en: \"Hamakaze Shoten Co., Ltd.\"}"},
	{"address", TYPED(TEXT), .flags = KEY_REQUIRED, MEANS("its address", "住所"), .example = "{ja: 神奈川県横浜市架空町1番1号, en: \"1-1 Kakucho, Yokohama, Kanagawa\"}"},
	{"postal_code", TYPED(STRING), MEANS("its postal code", "郵便番号"), .example = "\"231-0000\""},
	{"representative", TYPED(MAP), .flags = KEY_REQUIRED, .keys = keys_person, MEANS("who represents it", "代表者"), .example = "{title: {ja: 代表取締役, en: Representative Director}, name: {ja: 汐見 灯子, en: Toko Shiomi}}"},
	{.name = NULL},
};

static const struct key keys_desk_answer[] = {
	{"name", TYPED(TEXT), MEANS("what the desk is called", "窓口の名称"), .example = "{ja: 個人情報お問い合わせ窓口, en: Personal Information Desk}"},
	{"email", TYPED(STRING), .flags = KEY_REQUIRED, MEANS("its e-mail address", "メールアドレス"), .example = "privacy@hamakaze.example"},
	{"phone", TYPED(STRING), MEANS("its telephone number", "電話番号"), .example = "\"045-000-0000\""},
	{"hours", TYPED(STRING), MEANS("its hours, as OpenStreetMap writes them", "受付時間（OpenStreetMap の書式）"), .example = "Mo-Fr 10:00-17:00; PH off"},
	{.name = NULL},
};

static const struct key keys_body[] = {
	{"name", TYPED(TEXT), .flags = KEY_REQUIRED, MEANS("the name of the company", "会社の名称"), .example = "{ja: 潮路印刷株式会社, en: \"Shioji Printing Co., Ltd.\"}"},
	{"country", TYPED(COUNTRY), MEANS("where it handles the data; JP when not said", "取り扱う国（書かないときは JP）"), .example = "JP"},
	{.name = NULL},
};

static const struct key keys_partner[] = {
	{"name", TYPED(TEXT), .flags = KEY_REQUIRED, MEANS("the name of the joint user", "共同利用者の名称"), .example = "{ja: はまかぜ物流株式会社, en: \"Hamakaze Logistics Co., Ltd.\"}"},
	{.name = NULL},
};

static const struct key keys_analytics[] = {
	{"name", TYPED(TEXT), .flags = KEY_REQUIRED, MEANS("the company that analyzes visits", "解析を行う会社"), .example = "{ja: ともしび解析社, en: \"Tomoshibi Analytics, Inc.\"}"},
	{"country", TYPED(COUNTRY), MEANS("its country; JP when not said", "その国（書かないときは JP）"), .example = "US"},
	{"opt_out", TYPED(STRING), MEANS("the page where it can be stopped", "停止できるページ"), .example = "https://analytics.example/opt-out"},
	{.name = NULL},
};

static const struct key keys_times[] = {
	{"customers", TYPED(DURATION), MEANS("data of customers, from the last contact; P5Y when not said", "お客様の情報（最後のご連絡から。書かないときは P5Y）"), .example = "P5Y"},
	{"applicants", TYPED(DURATION), MEANS("data of applicants, from the end of the selection; P1Y when not said", "応募者の情報（選考の終了から。書かないときは P1Y）"), .example = "P1Y"},
	{"visitors", TYPED(DURATION), MEANS("records of visits; P1Y when not said", "来訪の記録（書かないときは P1Y）"), .example = "P1Y"},
	{.name = NULL},
};

static const struct key keys_answers[] = {
	{"company", TYPED(MAP), .flags = KEY_REQUIRED, .keys = keys_company, MEANS("the company", "会社"), .example = "{name: …}"},
	{"desk", TYPED(MAP), .flags = KEY_REQUIRED, .keys = keys_desk_answer, MEANS("where people turn to", "個人情報の窓口"), .example = "{email: privacy@hamakaze.example}"},
	{"officer", TYPED(TEXT), MEANS("the title of the chief privacy officer", "個人情報保護管理者の役職"), .example = "{ja: 管理部長, en: General Manager of Administration}"},
	{"effective", TYPED(DATE), .flags = KEY_REQUIRED, MEANS("the day from which the policy is in force", "施行日"), .example = "2026-12-01"},
	{"people", FORM_LIST, TYPE_WORD, .flags = KEY_REQUIRED, .words = answers_people, MEANS("whose data is held: customers, employees, applicants, visitors", "どなたの情報を持つか（お客様、従業者、応募者、来訪者）"), .example = "[customers, employees, applicants, visitors]"},
	{"channels", FORM_LIST, TYPE_WORD, .words = answers_channels, MEANS("how data of customers comes in: web_form, paper, telephone, email, counter", "お客様の情報の取得経路（入力フォーム、書面、電話、メール、店頭）"), .example = "[web_form, paper, telephone]"},
	{"purposes", FORM_LIST, TYPE_WORD, .words = answers_purposes, MEANS("purposes beside providing the service and answering inquiries: identity_check, billing, delivery, improvement", "サービスの提供とお問い合わせへの対応のほかの利用目的（本人確認、請求、配送、品質向上）"), .example = "[billing, delivery, improvement]"},
	{"marketing", TYPED(WORD), .words = answers_marketing, MEANS("offers to customers: none, only with consent, or announced as a purpose", "お客様へのご案内（なし、同意のある方だけ、利用目的として公表）"), .example = "consent"},
	{"outsourcing", FORM_BY_WORD, TYPE_MAP, .key_words = answers_outsourcing, .keys = keys_body, MEANS("who works on behalf of the company: printing, delivery, hosting (a cloud too), payroll", "委託先（印刷・発送、配送、システム運用・クラウド、給与計算）"), .example = "{printing: {name: {ja: 潮路印刷株式会社, en: \"Shioji Printing Co., Ltd.\"}}, hosting: {name: {ja: ランタンクラウド社, en: \"Lantern Cloud, Inc.\"}, country: US}}"},
	{"joint_use", FORM_LIST, TYPE_MAP, .keys = keys_partner, MEANS("companies of the group that use data of customers jointly", "お客様の情報を共同利用するグループ会社"), .example = "[{name: {ja: はまかぜ物流株式会社, en: \"Hamakaze Logistics Co., Ltd.\"}}]"},
	{"cookies", TYPED(TRUTH), MEANS("the website uses a cookie to keep people signed in", "ウェブサイトでログインのためのクッキーを使う"), .example = "true"},
	{"analytics", TYPED(MAP), .keys = keys_analytics, MEANS("another company analyzes visits of the website", "ウェブサイトの利用状況を外部の会社が解析する"), .example = "{name: {ja: ともしび解析社, en: \"Tomoshibi Analytics, Inc.\"}, country: US, opt_out: https://analytics.example/opt-out}"},
	{"keep", TYPED(MAP), .keys = keys_times, MEANS("how long data is kept", "保存期間"), .example = "{customers: P5Y, applicants: P1Y, visitors: P1Y}"},
	{"statistics", TYPED(TRUTH), MEANS("anonymized information is made of data of customers", "お客様の情報から匿名加工情報を作成する"), .example = "false"},
	{.name = NULL},
};
/* clang-format on */

bool answers_has(const struct node *answers, const char *key, const char *word)
{
	for (NODE_EACH(n, node_get(answers, key)))
		if (str_is(n->text, word))
			return true;
	return false;
}

static void wrong(struct walk *w, struct place at, const char *hint, const char *message)
{
	findings_add(w->c->f, FINDING_WRONG_TYPE, at, str_of(hint), "%s", message);
}

/* Reports the answer KEY at N when it is about PEOPLE, whom no answer names. */
static void about(struct walk *w, const struct node *answers, const struct node *n, const char *people)
{
	if (n && !answers_has(answers, "people", people))
		findings_add(w->c->f, FINDING_WRONG_TYPE, node_place(n), STR("add them to people, or leave this out"),
			     "\"%.*s\" is about %s, whom people does not name", (int)n->key.n, n->key.p, people);
}

/* Answers that have to go together. */
static void check_together(struct walk *w, const struct node *answers)
{
	static const char *const of_customers[] = {"channels", "purposes", "joint_use", NULL};
	const struct node *marketing = node_get(answers, "marketing"), *statistics = node_get(answers, "statistics");
	const struct node *keep = node_get(answers, "keep"), *out = node_get(answers, "outsourcing");

	if (node_get(answers, "people") && !node_get(answers, "people")->n)
		wrong(w, node_get(answers, "people")->at, "for example people: [customers, employees]", "nobody's data is held");
	for (size_t i = 0; of_customers[i]; i++)
		if (node_get(answers, of_customers[i]) && node_get(answers, of_customers[i])->n)
			about(w, answers, node_get(answers, of_customers[i]), "customers");
	about(w, answers, marketing && !str_is(marketing->text, "none") ? marketing : NULL, "customers");
	about(w, answers, node_is_true(statistics) ? statistics : NULL, "customers");
	for (size_t i = 0; answers_people[i]; i++)
		about(w, answers, node_get(keep, answers_people[i]), answers_people[i]);
	about(w, answers, node_get(out, "printing"), "customers");
	about(w, answers, node_get(out, "delivery"), "customers");
	about(w, answers, node_get(out, "payroll"), "employees");
	if (answers_has(answers, "people", "customers") && (!node_get(answers, "channels") || !node_get(answers, "channels")->n))
		wrong(w, node_place(node_get(answers, "people")), "for example channels: [web_form, paper]", "customers need at least one of channels");
}

/* Single values that the language itself does not look at. */
static void check_values(struct walk *w, const struct node *answers)
{
	const struct node *email = node_get(node_get(answers, "desk"), "email"), *opt_out = node_get(node_get(answers, "analytics"), "opt_out");

	if (email && (str_find(email->text, '@') == 0 || str_find(email->text, '@') + 1 >= email->text.n || str_find(email->text, ' ') < email->text.n))
		wrong(w, email->at, "for example privacy@hamakaze.example", "this is no e-mail address");
	if (opt_out && (!str_starts(opt_out->text, STR("https://")) || str_find(opt_out->text, ' ') < opt_out->text.n))
		wrong(w, opt_out->at, "for example https://analytics.example/opt-out", "this is no address of a page");
}

static void take_out_missing(struct findings *f)
{
	for (size_t i = f->n; i-- > 0;)
		if (f->list[i].code == FINDING_MISSING_KEY)
			findings_remove(f, i);
}

result answers_read(struct arena *a, const struct source_file *file, bool part, struct findings *f, const struct node **out,
		    struct error *e)
{
	struct policy both = {.languages = {STR("ja"), STR("en")}, .n_languages = 2};
	const struct source none = {0};
	struct compile c = {.p = &both, .a = a, .files = &none, .f = f};
	struct walk w = {.c = &c};
	struct node *root;

	*out = NULL;
	TRY(yaml_read(a, file->name.p, file->text, f, &root, e));
	if (!root)
		return RESULT_OK;
	if (root->kind != NODE_MAP) {
		findings_add(f, FINDING_WRONG_TYPE, root->at, STR("begin with company:"), "answers are a map of keys");
		return RESULT_OK;
	}
	w.root = root;
	shape_map(&w, root, keys_answers);
	if (!c.broken) {
		check_values(&w, root);
		if (!part)
			check_together(&w, root);
	}
	if (part)
		take_out_missing(f);
	findings_sort(f);
	*out = root;
	return RESULT_OK;
}

/* One key of the example with what it means, indented by DEPTH levels. */
static void example_key(struct buf *b, const struct key *k, bool japanese, int depth)
{
	buf_printf(b, "%*s# %s%s\n%*s%s:", depth * 2, "", japanese ? k->ja : k->en,
		   k->flags & KEY_REQUIRED ? (japanese ? "（必須）" : " (required)") : "", depth * 2, "", k->name);
	if (k->form == FORM_ONE && k->type == TYPE_MAP && depth == 0) {
		buf_byte(b, '\n');
		for (const struct key *inner = k->keys; inner->name; inner++)
			example_key(b, inner, japanese, depth + 1);
	} else {
		buf_printf(b, " %s\n", k->example);
	}
}

void answers_example(struct buf *b, bool japanese)
{
	for (const struct key *k = keys_answers; k->name; k++)
		example_key(b, k, japanese, 0);
}
