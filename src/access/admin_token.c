#include "access/access_private.h"
#include "access/admin.h"
#include "access/record.h"
#include "crypto/crypto.h"

static const struct policy_role *role_of(const struct op_token *t, const struct op_context *c)
{
	const struct policy *p = c->gated ? c->gated->policy : NULL;
	int role = p ? policy_role_find(p, t->role) : POLICY_NONE;

	return role == POLICY_NONE ? NULL : &p->roles[role];
}

/* Loads into *OUT and *N the tokens that are as they were made: what was changed in the database is nobody's. */
static result load_genuine(struct op *op, const struct op_context *c, const struct vault_token **out, size_t *n,
			   struct error *e)
{
	const struct vault_token *all;
	struct vault_token *list;
	size_t n_all;

	*n = 0;
	TRY(vault_token_load(c->db, &op->arena, &all, &n_all, e));
	list = arena_array(&op->arena, n_all + 1, sizeof *list);
	if (!list)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the tokens");
	for (size_t i = 0; i < n_all; i++)
		if (vault_token_genuine(c->access->vault, &all[i]))
			list[(*n)++] = all[i];
	*out = list;
	return RESULT_OK;
}

static const struct vault_token *token_named(const struct vault_token *list, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].revoked == MOMENT_NONE && str_eq(list[i].name, name))
			return &list[i];
	return NULL;
}

static uint32_t next_actor(const struct vault_token *list, size_t n)
{
	uint32_t next = ACTOR_SYSTEM + 1;

	for (size_t i = 0; i < n; i++)
		if (list[i].actor >= next)
			next = list[i].actor + 1;
	return next;
}

static void token_make(struct op_token *t, const struct op_context *c, const struct vault_token *list, size_t n)
{
	const struct policy_role *role = role_of(t, c);

	if (!role)
		(void)error_set(&t->op.error, CODE_USAGE, "the policy in force has no such role"); /* ignored: only sets */
	else if (token_named(list, n, t->name))
		(void)error_set(&t->op.error, CODE_DUPLICATE,
				"a token of this name stands; revoke it first, or take another name"); /* ignored: only sets */
	else if (t->expires != MOMENT_NONE && t->expires <= c->now)
		ask_refuse(&t->op, CODE_TIME_INVALID);
	if (t->op.error.code != CODE_NONE)
		return;
	t->token = (struct vault_token){
		.name = t->name,
		.role = role->number,
		.person = t->person,
		.actor = next_actor(list, n),
		.created = c->now,
		.expires = t->expires,
		.revoked = MOMENT_NONE,
	};
	vault_token_make(c->access->vault, t->text, t->token.hash);
	vault_token_bind(c->access->vault, &t->token);
}

static result token_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_token *t = (struct op_token *)op;
	struct record record = {.kind = ENTRY_TOKEN, .no_subject = true};
	const struct vault_token *list, *standing;
	struct buf by;
	size_t n;

	TRY(load_genuine(op, c, &list, &n, e));
	if (t->revoke) {
		standing = token_named(list, n, t->name);
		if (standing)
			t->token = *standing;
		else
			(void)error_set(&op->error, CODE_NOT_FOUND, "no token of this name stands"); /* ignored: only sets */
	} else {
		token_make(t, c, list, n);
	}
	op->stores = op->error.code == CODE_NONE;
	if (op->stores) {
		buf_init(&by);
		buf_byte(&by, 'a');
		buf_u64(&by, t->token.actor);
		record_text(&record, FACT_BY, str_copy(&op->arena, buf_view(&by)));
		buf_free(&by);
	}
	record_text(&record, FACT_ACTION, t->revoke ? STR("revoked") : STR("made"));
	if (op->stores && !t->revoke && t->expires != MOMENT_NONE)
		record.facts[record.n_facts++] = (struct entry_fact){.key = FACT_UNTIL, .number = t->expires};
	return record_decision(op, c, &record, e);
}

static result token_store(struct op *op, const struct op_context *c, struct error *e)
{
	const struct op_token *t = (const struct op_token *)op;
	bool found;

	if (!t->revoke)
		return vault_token_put(c->db, &t->token, e);
	TRY(vault_token_revoke(c->db, t->name, c->now, &found, e));
	return found ? RESULT_OK : error_set(e, CODE_INTERNAL, "a token that stood is gone");
}

/* From here on the token is known, or no longer: what was decided before is decided again. */
static void token_committed(struct op *op, struct access *a)
{
	struct op_token *t = (struct op_token *)op;
	struct token_actor actor = {
		.number = t->token.actor,
		.role = t->token.role,
		.person = t->token.person,
		.expires = t->token.expires,
		.revoked = t->revoke,
	};
	struct error e = {0};

	/* without memory a new token is not known until the next start: the asker is told that it was not made */
	if (!ok(tokens_put(a->tokens, t->token.hash, &actor, &e)))
		op->error = e;
	if (t->revoke)
		gates_bump(a->gates);
}

static const struct op_type token_type = {
	.name = "token",
	.prepare = token_prepare,
	.store = token_store,
	.committed = token_committed,
	.alone = true,
};

void op_token_init(struct op_token *t)
{
	*t = (struct op_token){.expires = MOMENT_NONE};
	op_init(&t->op, &token_type);
	t->op.actor.number = ACTOR_SYSTEM;
}
