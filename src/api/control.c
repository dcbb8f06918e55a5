#include "api/control.h"

#include <string.h>

#include "access/admin.h"
#include "access/import.h"
#include "access/sweep.h"
#include "api/changes.h"
#include "api/control_person.h"
#include "api/control_release.h"
#include "api/control_set.h"
#include "api/view.h"
#include "crypto/crypto.h"
#include "evidence/log.h"
#include "publish/texts.h"

/* Asking ---------------------------------------------------------------------------------------------------- */

static struct str text_of(const json_t *request, const char *key)
{
	const json_t *v = json_object_get(request, key);

	return json_is_string(v) ? (struct str){json_string_value(v), json_string_length(v)} : (struct str){NULL, 0};
}

static json_t *out_of_memory(struct error *e)
{
	(void)error_set(e, CODE_OUT_OF_MEMORY, "no memory for an answer"); /* ignored: only sets */
	return NULL;
}

/* True when OP was done; else E has why. */
static bool done(const struct op *op, struct error *e)
{
	if (op->outcome == OP_COMMITTED && op->error.code == CODE_NONE)
		return true;
	if (e->code == CODE_NONE)
		*e = op->error;
	return false;
}

/* Tokens ---------------------------------------------------------------------------------------------------- */

static bool expiry_of(struct access *a, const json_t *request, moment *out, struct error *e)
{
	struct str text = text_of(request, "expires");
	struct gated *g;
	struct duration d;

	*out = MOMENT_NONE;
	if (!text.n)
		return true;
	if (!duration_parse(text, &d)) {
		(void)error_set(e, CODE_USAGE, "expires is a duration such as P30D"); /* ignored: only sets */
		return false;
	}
	g = access_gated(a);
	*out = moment_plus(access_now(a), d, g && g->policy ? g->policy->zone : 0);
	gated_unref(g);
	return true;
}

static json_t *token_create(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	struct str person = text_of(request, "person");
	struct op_token t;
	json_t *answer = NULL;

	op_token_init(&t);
	t.name = text_of(request, "name");
	t.role = text_of(request, "role");
	if (!t.name.n || t.name.n > TOKEN_NAME || (person.n && !uuid_parse(person, &t.person)))
		(void)error_set(e, CODE_USAGE, "a token has a name of 200 bytes at the most, and its person is an id"); /* ignored: only sets */
	else if (expiry_of(a, request, &t.expires, e)) {
		access_run(reader, &t.op);
		if (done(&t.op, e))
			answer = json_pack("{s:s, s:I}", "token", t.text, "actor", (json_int_t)t.token.actor);
	}
	crypto_wipe(t.text, sizeof t.text);
	op_release(&t.op);
	return answer;
}

static json_t *token_revoke(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	struct op_token t;
	json_t *answer = NULL;

	(void)a;
	op_token_init(&t);
	t.revoke = true;
	t.name = text_of(request, "name");
	access_run(reader, &t.op);
	if (done(&t.op, e))
		answer = json_pack("{s:I}", "actor", (json_int_t)t.token.actor);
	op_release(&t.op);
	return answer;
}

static const char *role_name(const struct policy *p, uint32_t number)
{
	const struct policy_role *role = policy_role_numbered(p, number);

	return role ? role->id.p : "";
}

static json_t *token_list(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	struct db *d = access_reader_db(reader, e);
	struct gated *g = access_gated(a);
	const struct vault_token *list;
	struct arena arena;
	json_t *out = json_array();
	size_t n = 0;

	(void)request;
	arena_init(&arena, 0, false);
	if (!d || !ok(vault_token_load(d, &arena, &list, &n, e))) {
		json_decref(out);
		out = NULL;
	}
	for (size_t i = 0; out && i < n; i++)
		if (json_array_append_new(out, json_pack("{s:s%, s:s, s:I, s:o, s:o, s:o}", "name", list[i].name.p,
							 list[i].name.n, "role", role_name(g ? g->policy : NULL, list[i].role),
							 "actor", (json_int_t)list[i].actor, "created",
							 view_moment(list[i].created), "expires", view_moment(list[i].expires),
							 "revoked", view_moment(list[i].revoked))) != 0)
			break;
	access_reader_rest(reader);
	arena_free(&arena);
	gated_unref(g);
	return out ? json_pack("{s:o}", "tokens", out) : NULL;
}

/* Policy ---------------------------------------------------------------------------------------------------- */

static json_t *control_findings(const struct findings *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->n; i++) {
		const struct finding *x = &f->list[i];

		if (json_array_append_new(list, json_pack("{s:s, s:i, s:i, s:s, s:s, s:s%, s:s%}", "file", x->at.file, "line",
							  (int)x->at.line, "column", (int)x->at.column, "severity",
							  severity_text(finding_severity(x->code)), "code", finding_text(x->code),
							  "message", x->message.p, x->message.n, "hint",
							  x->hint.p ? x->hint.p : "", x->hint.n)) != 0)
			break;
	}
	return list;
}

static json_t *publish(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	struct findings findings;
	struct op_publish p;
	struct buf hash;
	json_t *answer = NULL;

	(void)a;
	findings_init(&findings);
	buf_init(&hash);
	op_publish_init(&p);
	p.dir = json_string_value(json_object_get(request, "dir"));
	p.texts = edition_texts;
	p.findings = &findings;
	if (!p.dir) {
		(void)error_set(e, CODE_USAGE, "the policy's directory is missing"); /* ignored: only sets */
	} else {
		access_run(reader, &p.op);
		buf_hex(&hash, p.hash, sizeof p.hash);
		if (done(&p.op, e))
			answer = json_pack("{s:I, s:o, s:s, s:o}", "version", (json_int_t)p.version, "in_force",
					   view_moment(p.in_force), "hash", buf_c(&hash), "findings", control_findings(&findings));
		else if (e->code == CODE_POLICY_INVALID)
			/* the findings say more than the error: they go out, and the caller sees no version */
			answer = json_pack("{s:o}", "findings", control_findings(&findings));
	}
	op_release(&p.op);
	buf_free(&hash);
	findings_free(&findings);
	return answer;
}

/* The notice that people are shown when data of category C comes by CHANNEL; POLICY_NONE: none, or no such channel. */
static int notice_of(const struct policy *p, const struct policy_category *c, struct str channel)
{
	int found = policy_channel_find(p, channel);

	for (size_t i = 0; found != POLICY_NONE && i < c->n_channels; i++)
		if (c->channels[i].channel == found && c->channels[i].notice != POLICY_NONE)
			return c->channels[i].notice;
	return found == POLICY_NONE ? POLICY_NONE : p->channels[found].notice;
}

static json_t *item_view(const struct policy_item *item)
{
	return json_pack("{s:s, s:s, s:s*, s:b}", "id", item->id.p, "type", item_type_name(item->type), "list_of",
			 item->type == ITEM_LIST ? item_type_name(item->list_of) : NULL, "many", item->many ? 1 : 0);
}

/* What the items of a category are, for whoever has to make values of text. */
static json_t *category_view(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	struct gated *g = access_gated(a);
	const struct policy *p = g ? g->policy : NULL;
	int found = p ? policy_category_find(p, text_of(request, "category")) : POLICY_NONE;
	json_t *items = NULL, *answer = NULL;

	(void)reader;
	if (found == POLICY_NONE) {
		(void)error_set(e, CODE_CATEGORY_UNKNOWN, "%s", code_meaning(CODE_CATEGORY_UNKNOWN)); /* ignored: only sets */
	} else {
		const struct policy_category *c = &p->categories[found];
		int notice = notice_of(p, c, text_of(request, "channel"));

		items = json_array();
		for (size_t i = 0; i < c->n_items; i++)
			if (json_array_append_new(items, item_view(&c->items[i])) != 0)
				break;
		answer = json_pack("{s:o, s:s*}", "items", items, "notice", notice == POLICY_NONE ? NULL : p->notices[notice].id.p);
	}
	gated_unref(g);
	return answer;
}

/* Log ------------------------------------------------------------------------------------------------------- */

static json_t *log_key_view(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	struct buf b;
	json_t *v;

	(void)reader;
	(void)request;
	(void)e;
	buf_init(&b);
	note_key_write(&b, log_key(access_log(a)));
	v = json_pack("{s:s%}", "vkey", b.p, b.n);
	buf_free(&b);
	return v;
}

static json_t *key_rotate(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	uint32_t epoch;

	(void)a;
	(void)request;
	return ok(sweep_rotate(reader, &epoch, e)) ? json_pack("{s:I}", "epoch", (json_int_t)epoch) : NULL;
}

/* The table ------------------------------------------------------------------------------------------------- */

struct control_row {
	const char *op;
	json_t *(*call)(struct access *a, struct access_reader *reader, const json_t *request, struct error *e);
};

static const struct control_row rows[] = {
	{"token_create", token_create}, {"token_list", token_list}, {"token_revoke", token_revoke},
	{"policy_diff", changes_of_instance}, {"publish", publish},		{"log_key", log_key_view},  {"import", access_import},
	{"category", category_view},	{"get", control_get},	    {"erase", control_erase},
	{"key_rotate", key_rotate},
	{"hold", control_hold},		{"uses", control_uses},	    {"export", control_export},
	{"set_run", control_set_run}, {"set_read", control_set_read}, {"job_look", control_job_look}, {"job_call_off", control_job_call_off},
	{"set_destroy", control_set_destroy}, {"set_list", control_set_list},
	{"release_make", control_release_make}, {"release_deliver", control_release_deliver}, {"release_list", control_release_list},
};

json_t *control_call(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	struct str op = text_of(request, "op");
	json_t *answer;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (!str_is(op, rows[i].op))
			continue;
		answer = rows[i].call(a, reader, request, e);
		return answer || e->code != CODE_NONE ? answer : out_of_memory(e);
	}
	(void)error_set(e, CODE_USAGE, "there is no such command"); /* ignored: only sets */
	return NULL;
}
