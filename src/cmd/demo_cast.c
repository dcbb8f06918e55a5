/* The eight people of examples/README.md, and the tokens to ask with. */
#include <string.h>

#include "access/acquire.h"
#include "access/consent.h"
#include "access/mark.h"
#include "api/control.h"
#include "cmd/demo.h"
#include "crypto/crypto.h"

enum { DAY_MS = 24 * 60 * 60 * 1000, SHOWN_MS = 5 * 60 * 1000, ZONE = 9 * 60, TRIES = 10 };

static const struct demo_role roles[DEMO_ROLES] = {
	{"LOADER", "loader"}, {"BILLING", "billing_app"}, {"MARKETING", "marketing_app"}, {"DESK", "privacy_desk"}, {"AUDITOR", "auditor"},
};

enum { LOADER, MARKETING = 2 };

/* One life: how the data came and what happened since.  Days are counted back from today. */
struct person {
	const char *variable, *number, *name, *kana, *birth;
	const char *channel, *notice; /* no notice: before the first policy */
	int days;
	const char *at; /* instead of days: date of old data */
	bool few;	/* only name, address and e-mail */
	const char *start, *end; /* contract, as dates; "" is the day of acquisition, NULL none */
	int end_days;		 /* instead of `end`, when not 0 */
	bool consents, withdraws;
};

static const struct person people[DEMO_PEOPLE] = {
	{.variable = "AOI", .number = "MA-AOI", .name = "佐藤 葵", .kana = "サトウ アオイ", .birth = "1988-02-29", .channel = "web_form", .notice = "sign_up", .days = 9, .start = ""},
	{.variable = "BENI", .number = "MA-BENI", .name = "鈴木 紅", .kana = "スズキ ベニ", .birth = "1979-07-07", .channel = "web_form", .notice = "sign_up", .days = 9, .start = "", .consents = true},
	{.variable = "CHIKA", .number = "MA-CHIKA", .name = "髙橋 千佳", .kana = "タカハシ チカ", .birth = "1990-12-31", .channel = "web_form", .notice = "sign_up", .days = 9, .start = "", .consents = true, .withdraws = true},
	{.variable = "DAI", .number = "MA-DAI", .name = "田中 大", .channel = "postcard", .notice = "survey", .days = 7, .few = true},
	{.variable = "EIJI", .number = "MA-EIJI", .name = "伊藤 英二", .kana = "イトウ エイジ", .birth = "1961-01-15", .channel = "old_files", .at = "2014-05-10", .start = "2014-05-10", .end = "2020-03-31"},
	{.variable = "FUMI", .number = "MA-FUMI", .name = "渡邉 文", .kana = "ワタナベ フミ", .birth = "2014-03-02", .channel = "web_form", .notice = "sign_up", .days = 9, .start = ""},
	{.variable = "GEN", .number = "MA-GEN", .name = "山本 元", .kana = "ヤマモト ゲン", .birth = "1970-10-10", .channel = "web_form", .notice = "sign_up", .days = 9, .start = "", .end_days = 3},
	{.variable = "HARU", .number = "MA-HARU", .name = "中村 春", .kana = "ナカムラ ハル", .birth = "1955-05-05", .channel = "old_files", .at = "2014-05-10", .start = "2014-05-10"},
};

const struct demo_role *demo_roles(void)
{
	return roles;
}

const char *demo_person_name(size_t i)
{
	return people[i].variable;
}

/* What the making of the cast has at hand. */
struct maker {
	struct access *access;
	struct access_reader *reader;
	struct demo_cast *cast;
	struct token_actor loader, marketing;
};

/* Runs OP as ACTOR for PURPOSE; fails with its error. */
static result run(struct maker *m, struct op *op, const struct token_actor *actor, const char *purpose, struct error *e)
{
	op->actor = *actor;
	op->purpose = str_of(purpose);
	op->request = uuid_make(access_now(m->access), access_entropy(m->access));
	access_run(m->reader, op);
	for (int tries = 1; op->outcome != OP_COMMITTED && code_class(op->error.code) == CLASS_BUSY && tries < TRIES; tries++)
		access_run(m->reader, op); /* a machine that is building meanwhile */
	if (op->outcome == OP_COMMITTED && op->error.code == CODE_NONE)
		return RESULT_OK;
	return error_at(e, op->error.code, op->error.where, "%s", op->error.message);
}

/* Tokens --------------------------------------------------------------------------------------------------- */

static result make_token(struct maker *m, size_t i, struct error *e)
{
	struct buf name;
	json_t *request, *answer = NULL;
	const char *token;

	buf_init(&name);
	buf_text(&name, roles[i].role);
	buf_text(&name, " of the demo of ");
	moment_write(&name, access_now(m->access));
	request = json_pack("{s:s, s:s, s:s, s:s}", "op", "token_create", "name", buf_c(&name), "role", roles[i].role, "expires", "P30D");
	buf_free(&name);
	if (request)
		answer = control_call(m->access, m->reader, request, e);
	token = json_string_value(json_object_get(answer, "token"));
	if (token && strlen(token) < DEMO_TOKEN)
		memcpy(m->cast->tokens[i], token, strlen(token) + 1);
	json_decref(request);
	json_decref(answer);
	return token ? RESULT_OK : error_set(e, CODE_OUT_OF_MEMORY, "no memory for a token");
}

static result make_tokens(struct maker *m, struct error *e)
{
	for (size_t i = 0; i < DEMO_ROLES; i++)
		TRY(make_token(m, i, e));
	if (!access_actor(m->access, str_of(m->cast->tokens[LOADER]), &m->loader) ||
	    !access_actor(m->access, str_of(m->cast->tokens[MARKETING]), &m->marketing))
		return error_set(e, CODE_UNAUTHORIZED, "%s", code_meaning(CODE_UNAUTHORIZED));
	return RESULT_OK;
}

/* People --------------------------------------------------------------------------------------------------- */

static json_t *items_of(const struct person *p)
{
	struct buf email;
	json_t *items;

	buf_init(&email);
	buf_text(&email, p->number + 3);
	for (size_t i = 0; i < email.n; i++)
		email.p[i] = (char)(email.p[i] | 0x20); /* lower case */
	buf_text(&email, "@mail.example");
	items = json_pack("{s:s, s:s, s:s, s:s}", "customer_number", p->number, "name", p->name, "email", buf_c(&email), "address",
			  "兵庫県神戸市中央区港町3-12-8");
	buf_free(&email);
	if (!p->few && items) {
		json_t *more = json_pack("{s:s, s:s, s:s, s:[s], s:s, s:s, s:s}", "name_kana", p->kana, "phone", "078-000-1234", "birth_date",
					 p->birth, "services_used", "クラウド・スタンダード", "bank_account",
					 "灯台銀行 みなと支店 普通 0000000", "card_number", "4111 1111 1111 1111", "payment_status", "支払済");

		if (!more || json_object_update(items, more) != 0 ||
		    (p->notice && json_object_set_new(items, "gender", json_string("f")) != 0)) {
			json_decref(items);
			items = NULL;
		}
		json_decref(more);
	}
	return items;
}

/* The moment DAYS before now, or the beginning of the date AT. */
static moment when(struct maker *m, int days, const char *at)
{
	date d;

	if (at && date_parse(str_of(at), &d))
		return date_start(d, ZONE);
	return access_now(m->access) - (moment)days * DAY_MS;
}

static result make_person(struct maker *m, size_t i, struct error *e)
{
	const struct person *p = &people[i];
	struct op_acquire in;
	json_t *items = items_of(p);
	result r;

	if (!items)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a person");
	op_acquire_init(&in, ACQUIRE_CREATE);
	in.category = STR("customer");
	in.items = items;
	in.has_acquisition = true;
	in.acquisition.channel = str_of(p->channel);
	in.acquisition.at = when(m, p->days, p->at);
	in.acquisition.has_notice = p->notice != NULL;
	in.acquisition.notice = str_of(p->notice);
	in.acquisition.notice_version = 1;
	in.acquisition.language = STR("ja");
	in.acquisition.shown_at = in.acquisition.at - SHOWN_MS;
	r = run(m, &in.op, &m->loader, "provide_service", e);
	m->cast->ids[i] = in.id;
	op_release(&in.op);
	json_decref(items);
	return r;
}

static void write_id(const struct maker *m, size_t i, struct buf *b)
{
	buf_init(b);
	uuid_write(b, &m->cast->ids[i]);
}

static result make_event(struct maker *m, size_t i, const char *event, moment at, struct error *e)
{
	struct op_mark mark;
	struct buf id;
	result r;

	write_id(m, i, &id);
	op_mark_init(&mark, MARK_EVENT);
	mark.subject = buf_view(&id);
	mark.event = str_of(event);
	mark.on_date = moment_date(at, ZONE);
	r = run(m, &mark.op, &m->loader, "provide_service", e);
	op_release(&mark.op);
	buf_free(&id);
	return r;
}

static result make_consent(struct maker *m, size_t i, bool withdraw, struct error *e)
{
	struct op_consent c;
	struct buf id;
	result r;

	write_id(m, i, &id);
	op_consent_init(&c);
	c.subject = buf_view(&id);
	c.consent.consent = STR("marketing");
	c.consent.withdraw = withdraw;
	c.consent.version = 1;
	c.consent.language = STR("ja");
	c.consent.channel = STR("web");
	c.consent.at = access_now(m->access);
	r = run(m, &c.op, &m->marketing, "proposals", e);
	op_release(&c.op);
	buf_free(&id);
	return r;
}

static result make_life(struct maker *m, size_t i, struct error *e)
{
	const struct person *p = &people[i];

	TRY(make_person(m, i, e));
	if (p->start)
		TRY(make_event(m, i, "contract_start", when(m, p->days, p->start[0] ? p->start : NULL), e));
	if (p->end || p->end_days)
		TRY(make_event(m, i, "contract_end", when(m, p->end_days, p->end), e));
	if (p->consents)
		TRY(make_consent(m, i, false, e));
	return p->withdraws ? make_consent(m, i, true, e) : RESULT_OK;
}

result demo_cast_make(struct access *a, struct demo_cast *out, struct error *e)
{
	struct maker m = {.access = a, .cast = out};
	result r;

	TRY(access_reader_open(a, &m.reader, e));
	r = make_tokens(&m, e);
	for (size_t i = 0; ok(r) && i < DEMO_PEOPLE; i++)
		r = make_life(&m, i, e);
	access_reader_close(m.reader);
	return r;
}
