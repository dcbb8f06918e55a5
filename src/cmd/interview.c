/*
 * Each answer is put behind what was answered before and read as a file of answers
 * is, so that both are taken by the same rules; one that is wrong is asked again.
 */
#include "cmd/interview.h"

#include <stdio.h>
#include <stdlib.h>

#include "policy/answers.h"
#include "policy/layout.h"

enum { PROMPT_BYTES = 4096, MANY_PARTNERS = 100 };

struct interview {
	bool ja;
	struct buf *out;
	struct str line; /* the last answer, without blanks at its ends */
	char *memory;	 /* getline's */
	size_t cap;
	struct error *e;
};

struct choice {
	const char *word, *ja, *en;
};

static const struct choice people[] = {
	{"customers", "お客様", "customers"},
	{"employees", "従業者", "employees"},
	{"applicants", "採用選考の応募者", "applicants"},
	{"visitors", "来訪者", "visitors"},
	{.word = NULL},
};

static const struct choice channels[] = {
	{"web_form", "ウェブサイトの入力フォーム", "a form on the website"},
	{"paper", "申込書などの書面", "applications and other documents"},
	{"telephone", "電話", "telephone"},
	{"email", "電子メール", "e-mail"},
	{"counter", "店頭・窓口", "a shop or counter"},
	{.word = NULL},
};

static const struct choice purposes[] = {
	{"identity_check", "ご本人の確認", "confirming who the customer is"},
	{"billing", "代金・料金の請求", "invoicing"},
	{"delivery", "商品の配送", "delivering goods"},
	{"improvement", "品質の向上と新しい商品・サービスの企画", "improving and planning goods and services"},
	{.word = NULL},
};

static const struct choice marketing[] = {
	{"none", "しない", "none"},
	{"consent", "同意のある方にだけする", "only with consent"},
	{"announced", "利用目的として公表してする（お申し出で停止）", "announced as a purpose, stopped on objection"},
	{.word = NULL},
};

static const struct choice outsourcing[] = {
	{"printing", "印刷と発送", "printing and mailing"},
	{"delivery", "配送", "delivery"},
	{"hosting", "システム運用・クラウド", "running systems, a cloud service too"},
	{"payroll", "給与計算", "payroll accounting"},
	{.word = NULL},
};

/* Asks JA or EN, showing DEFAULTS when there is one, and reads a line. */
static result ask(struct interview *i, const char *ja, const char *en, const char *defaults)
{
	ssize_t n;

	printf("%s%s%s%s: ", i->ja ? ja : en, *defaults ? " [" : "", defaults, *defaults ? "]" : "");
	fflush(stdout);
	n = getline(&i->memory, &i->cap, stdin);
	if (n < 0)
		return error_set(i->e, CODE_IO, "the input ended before the last question; nothing was written");
	i->line = str_trim((struct str){i->memory, (size_t)n});
	if (!i->line.n)
		i->line = str_of(defaults);
	return RESULT_OK;
}

/* True when the answers with MORE behind them are taken; else says what is wrong with them. */
static bool taken(struct interview *i, struct str more)
{
	const struct node *root;
	struct findings f;
	struct arena a;
	struct buf all;
	bool yes;

	buf_init(&all);
	arena_init(&a, 0, false);
	findings_init(&f);
	buf_str(&all, buf_view(i->out));
	buf_str(&all, more);
	yes = ok(answers_read(&a, &(struct source_file){STR("answers"), buf_view(&all)}, true, &f, &root, i->e)) && f.n == 0;
	if (f.n)
		printf("  %.*s%s%.*s\n", (int)f.list[0].message.n, f.list[0].message.p, f.list[0].hint.n ? "; " : "",
		       (int)f.list[0].hint.n, f.list[0].hint.p);
	buf_free(&all);
	findings_free(&f);
	arena_free(&a);
	return yes;
}

/* Asks until the answer under KEY, a line of YAML begun by LEAD, is taken; without an answer nothing is written when OPTIONAL. */
static result ask_scalar(struct interview *i, const char *lead, const char *ja, const char *en, const char *defaults, bool optional)
{
	for (;;) {
		struct buf line;
		bool good;

		TRY(ask(i, ja, en, defaults));
		if (!i->line.n && optional)
			return RESULT_OK;
		buf_init(&line);
		buf_text(&line, lead);
		layout_scalar(&line, i->line);
		buf_byte(&line, '\n');
		good = i->line.n && taken(i, buf_view(&line));
		if (good)
			buf_str(i->out, buf_view(&line));
		buf_free(&line);
		if (good)
			return RESULT_OK;
	}
}

/* Asks for a text in both languages, under LEAD at the indentation INDENT. */
static result ask_text(struct interview *i, int indent, const char *key, const char *ja, const char *en, const char *const defaults[2])
{
	char lead[64], prompt[2][PROMPT_BYTES];

	buf_printf(i->out, "%*s%s:\n", indent, "", key);
	snprintf(prompt[0], PROMPT_BYTES, "%s（日本語）", ja);
	snprintf(prompt[1], PROMPT_BYTES, "%s, in Japanese", en);
	snprintf(lead, sizeof lead, "%*sja: ", indent + 2, "");
	/* Half a text is none: the English one is not asked for yet, so its lack is not looked at. */
	do {
		TRY(ask(i, prompt[0], prompt[1], defaults[0]));
	} while (!i->line.n);
	buf_text(i->out, lead);
	layout_scalar(i->out, i->line);
	buf_byte(i->out, '\n');
	snprintf(prompt[0], PROMPT_BYTES, "%s（英語）", ja);
	snprintf(prompt[1], PROMPT_BYTES, "%s, in English", en);
	snprintf(lead, sizeof lead, "%*sen: ", indent + 2, "");
	return ask_scalar(i, lead, prompt[0], prompt[1], defaults[1], false);
}

static const char *const no_default[2] = {"", ""};

static void show(const struct interview *i, const struct choice *list)
{
	for (size_t k = 0; list[k].word; k++)
		printf("  %zu  %s\n", k + 1, i->ja ? list[k].ja : list[k].en);
}

/* The choice of LIST that WORD names by its number or word, or NULL. */
static const struct choice *chosen(const struct choice *list, struct str word)
{
	uint64_t number;

	for (size_t k = 0; list[k].word; k++)
		if (str_is(word, list[k].word) || (str_to_u64(word, 99, &number) && number == k + 1))
			return &list[k];
	return NULL;
}

/* Takes the next word of REST, words being parted by blanks and commas; false at the end. */
static bool next_word(struct str *rest, struct str *word)
{
	size_t n = 0;

	while (rest->n && (*rest->p == ' ' || *rest->p == ','))
		*rest = str_sub(*rest, 1, rest->n);
	while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != ',')
		n++;
	*word = str_sub(*rest, 0, n);
	*rest = str_sub(*rest, n, rest->n);
	return n > 0;
}

/* Reads the choices in the last answer into the bits of *BITS; false and a word about it when one is none. */
static bool read_choices(const struct interview *i, const struct choice *list, unsigned *bits)
{
	struct str rest = i->line, word;

	*bits = 0;
	while (next_word(&rest, &word)) {
		const struct choice *c = chosen(list, word);

		if (!c) {
			printf(i->ja ? "  「%.*s」は選べません。番号を、空けて並べてください\n" : "  \"%.*s\" is no choice; write numbers with blanks between\n",
			       (int)word.n, word.p);
			return false;
		}
		*bits |= 1u << (c - list);
	}
	return true;
}

/* Asks which of LIST hold; *BITS has them, LEAST of them at the least. */
static result ask_choices(struct interview *i, const struct choice *list, const char *ja, const char *en, bool needed, unsigned *bits)
{
	show(i, list);
	do {
		TRY(ask(i, ja, en, ""));
	} while (!read_choices(i, list, bits) || (needed && !*bits));
	return RESULT_OK;
}

/* Writes the words of LIST that BITS has as the list KEY. */
static void write_words(struct interview *i, const char *key, const struct choice *list, unsigned bits)
{
	bool first = true;

	buf_printf(i->out, "%s: [", key);
	for (size_t k = 0; list[k].word; k++)
		if (bits >> k & 1) {
			buf_printf(i->out, "%s%s", first ? "" : ", ", list[k].word);
			first = false;
		}
	buf_text(i->out, "]\n");
}

static result ask_yes(struct interview *i, const char *ja, const char *en, bool *yes)
{
	for (;;) {
		TRY(ask(i, ja, en, "n"));
		if (str_is(i->line, "y") || str_is(i->line, "yes") || str_is(i->line, "はい")) {
			*yes = true;
			return RESULT_OK;
		}
		if (str_is(i->line, "n") || str_is(i->line, "no") || str_is(i->line, "いいえ")) {
			*yes = false;
			return RESULT_OK;
		}
		puts(i->ja ? "  y か n で答えてください" : "  answer y or n");
	}
}

static result ask_company(struct interview *i)
{
	static const char *const title[2] = {"代表取締役", "Representative Director"};
	static const char *const officer[2] = {"管理部長", "General Manager of Administration"};

	buf_text(i->out, "company:\n");
	TRY(ask_text(i, 2, "name", "会社の名称", "Name of the company", no_default));
	TRY(ask_text(i, 2, "address", "住所", "Its address", no_default));
	TRY(ask_scalar(i, "  postal_code: ", "郵便番号（なければ空欄）", "Postal code (may be left out)", "", true));
	buf_text(i->out, "  representative:\n");
	TRY(ask_text(i, 4, "title", "代表者の役職", "Title of who represents it", title));
	TRY(ask_text(i, 4, "name", "代表者の氏名", "Name of who represents it", no_default));
	TRY(ask_text(i, 0, "officer", "個人情報保護管理者の役職", "Title of the chief privacy officer", officer));
	buf_text(i->out, "desk:\n");
	TRY(ask_scalar(i, "  email: ", "個人情報の窓口のメールアドレス", "E-mail address of the desk for personal information", "", false));
	TRY(ask_scalar(i, "  phone: ", "窓口の電話番号（なければ空欄）", "Telephone of the desk (may be left out)", "", true));
	TRY(ask_scalar(i, "  hours: ", "窓口の受付時間", "Hours of the desk", "Mo-Fr 10:00-17:00; PH off", false));
	return ask_scalar(i, "effective: ", "施行日（例 2026-12-01）", "In force from (such as 2026-12-01)", "", false);
}

static result ask_partners(struct interview *i)
{
	bool yes;

	TRY(ask_yes(i, "グループ会社とお客様の情報を共同利用しますか", "Do companies of your group use data of customers jointly", &yes));
	if (yes)
		buf_text(i->out, "joint_use:\n");
	for (int count = 0; yes && count < MANY_PARTNERS; count++) {
		buf_text(i->out, "  -\n");
		TRY(ask_text(i, 4, "name", "共同利用者の名称", "Name of a joint user", no_default));
		TRY(ask_yes(i, "ほかにもありますか", "Is there another", &yes));
	}
	return RESULT_OK;
}

static result ask_customers(struct interview *i)
{
	const struct choice *way = NULL;
	unsigned bits;
	bool yes;

	TRY(ask_choices(i, channels, "お客様の情報の取得経路（番号を並べる）", "How does data of customers come in (numbers)", true, &bits));
	write_words(i, "channels", channels, bits);
	TRY(ask_choices(i, purposes, "サービスの提供とお問い合わせへの対応のほかの利用目的（番号を並べる。なければ空欄）",
			"Purposes beside providing services and answering inquiries (numbers, or nothing)", false, &bits));
	write_words(i, "purposes", purposes, bits);
	show(i, marketing);
	while (!way) {
		TRY(ask(i, "お客様へのご案内", "Offers to customers", "1"));
		way = chosen(marketing, i->line);
	}
	buf_printf(i->out, "marketing: %s\n", way->word);
	TRY(ask_partners(i));
	TRY(ask_yes(i, "お客様の情報から匿名加工情報を作成しますか", "Do you make anonymized information of data of customers", &yes));
	buf_printf(i->out, "statistics: %s\n", yes ? "true" : "false");
	return RESULT_OK;
}

static result ask_outsourcing(struct interview *i, bool customers, bool employees)
{
	const unsigned needs_customers = 3, needs_employees = 8; /* printing and delivery; payroll */
	unsigned bits;

	do {
		TRY(ask_choices(i, outsourcing, "委託している業務（番号を並べる。なければ空欄）", "What do you entrust to others (numbers, or nothing)",
				false, &bits));
	} while ((!customers && bits & needs_customers) || (!employees && bits & needs_employees));
	if (bits)
		buf_text(i->out, "outsourcing:\n");
	for (size_t k = 0; outsourcing[k].word; k++) {
		if (!(bits >> k & 1))
			continue;
		printf("%s\n", i->ja ? outsourcing[k].ja : outsourcing[k].en);
		buf_printf(i->out, "  %s:\n", outsourcing[k].word);
		TRY(ask_text(i, 4, "name", "委託先の名称", "Name of the processor", no_default));
		TRY(ask_scalar(i, "    country: ", "取り扱う国（2文字の国コード）", "Country where it handles the data (two letters)", "JP", false));
	}
	return RESULT_OK;
}

static result ask_web(struct interview *i)
{
	bool yes;

	TRY(ask_yes(i, "ウェブサイトでログインのためのクッキーを使いますか", "Does your website use a cookie to keep people signed in", &yes));
	buf_printf(i->out, "cookies: %s\n", yes ? "true" : "false");
	TRY(ask_yes(i, "ウェブサイトの利用状況を外部の会社に送って解析しますか", "Does another company analyze visits of your website", &yes));
	if (!yes)
		return RESULT_OK;
	buf_text(i->out, "analytics:\n");
	TRY(ask_text(i, 2, "name", "解析を行う会社の名称", "Name of that company", no_default));
	TRY(ask_scalar(i, "  country: ", "その国（2文字の国コード）", "Its country (two letters)", "JP", false));
	return ask_scalar(i, "  opt_out: ", "停止できるページ（なければ空欄）", "The page where it can be stopped (may be left out)", "", true);
}

static result ask_times(struct interview *i, unsigned who)
{
	if (!(who & 13)) /* customers, applicants, visitors */
		return RESULT_OK;
	puts(i->ja ? "保存期間は P5Y（5年）、P6M（6か月）のように書きます" : "Times of keeping are written P5Y (five years), P6M (six months)");
	buf_text(i->out, "keep:\n");
	if (who & 1)
		TRY(ask_scalar(i, "  customers: ", "お客様の情報（最後のご連絡から）", "Data of customers, from the last contact", "P5Y", false));
	if (who & 4)
		TRY(ask_scalar(i, "  applicants: ", "応募者の情報（選考の終了から）", "Data of applicants, from the end of the selection", "P1Y", false));
	if (who & 8)
		TRY(ask_scalar(i, "  visitors: ", "来訪の記録", "Records of visits", "P1Y", false));
	return RESULT_OK;
}

static result ask_all(struct interview *i)
{
	unsigned who;

	TRY(ask_company(i));
	TRY(ask_choices(i, people, "どなたの個人情報を持ちますか（番号を並べる）", "Whose personal information do you hold (numbers)", true, &who));
	write_words(i, "people", people, who);
	if (who & 1)
		TRY(ask_customers(i));
	TRY(ask_outsourcing(i, who & 1, who & 2));
	TRY(ask_web(i));
	return ask_times(i, who);
}

result interview(bool japanese, struct buf *answers, struct error *e)
{
	struct interview i = {.ja = japanese, .out = answers, .e = e};
	result done = ask_all(&i);

	free(i.memory);
	if (ok(done) && !buf_ok(answers))
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the answers");
	return done;
}
