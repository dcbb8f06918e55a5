#include "access/ask.h"

#include <string.h>

#include "access/access_private.h"
#include "access/approval.h"
#include "access/request.h"
#include "base/bits.h"
#include "crypto/hash.h"
#include "vault/value.h"

/* The actor as it is now: what was revoked or has run out since it asked is not active any more. */
static void ask_actor(struct op *op, const struct op_context *c, struct ask *ask)
{
	struct token_actor now = op->actor;
	bool known = now.number == ACTOR_SYSTEM || tokens_actor(c->access->tokens, op->actor.number, &now);

	if (known)
		op->actor = now;
	ask->request.actor = (struct gate_actor){
		.active = known && !now.revoked && (now.expires == MOMENT_NONE || c->now < now.expires),
		.number = now.number,
		.role = now.role,
		.person = now.person,
	};
	ask->role = policy_role_numbered(ask->policy, now.role);
}

/* What kind of purpose was sent; a person request is looked up (T9). */
static result ask_purpose(struct op *op, const struct op_context *c, struct ask *ask, struct error *e)
{
	static const struct str exception = {"exception:", 10}, request = {"person_request:", 15};
	struct person_request found;
	struct uuid id;

	ask->request.purpose = op->purpose;
	if (op->purpose.n == 0) {
		ask->request.purpose_kind = PURPOSE_NONE;
		return RESULT_OK;
	}
	if (str_starts(op->purpose, exception)) {
		ask->request.purpose_kind = PURPOSE_EXCEPTION;
		return RESULT_OK;
	}
	if (!str_starts(op->purpose, request)) {
		ask->request.purpose_kind = PURPOSE_DECLARED;
		return RESULT_OK;
	}
	ask->request.purpose_kind = PURPOSE_PERSON_REQUEST;
	if (!uuid_parse(str_sub(op->purpose, request.n, op->purpose.n), &id))
		return RESULT_OK;
	TRY(op_depends(op, &id, e));
	TRY(person_request_load(c->db, &id, &op->arena, &found, e));
	if (found.exists)
		ask->request.request = (struct gate_person_request){
			.open = found.state == PERSON_REQUEST_IDENTIFIED,
			.kind = found.kind,
			.subject = found.subject,
		};
	return RESULT_OK;
}

result ask_begin(struct op *op, const struct op_context *c, enum action action, struct ask **out, struct error *e)
{
	struct ask *ask = arena_new(&op->arena, struct ask);

	*out = ask;
	if (!ask)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for an operation");
	ask->policy = c->gated ? c->gated->policy : NULL;
	ask->request.action = action;
	ask->request.category = POLICY_NONE;
	ask->request.now = c->now;
	ask->request.means = op->means;
	ask->request.reason_given = op->reason.n != 0;
	ask->request.limit_exceeded = op->limit_exceeded;
	ask_actor(op, c, ask);
	return ask_purpose(op, c, ask, e);
}

void ask_refuse(struct op *op, enum code code)
{
	(void)error_set(&op->error, code, "%s", code_meaning(code)); /* ignored: only sets */
}

/* Refuses OP for a NAME that the policy does not have; names from outside are not repeated. */
static void refuse_unknown(struct op *op, enum code code, const char *what)
{
	(void)error_at(&op->error, code, what, "%s", code_meaning(code)); /* ignored: only sets */
}

result ask_items(struct op *op, struct ask *ask, struct str category, struct str items, struct error *e)
{
	int found = ask->policy ? policy_category_find(ask->policy, category) : POLICY_NONE;
	uint64_t *asked;

	ask->category_text = category;
	if (found == POLICY_NONE) {
		ask->category_text = (struct str){NULL, 0};
		refuse_unknown(op, CODE_CATEGORY_UNKNOWN, "/category");
		return RESULT_OK;
	}
	ask->category = &ask->policy->categories[found];
	ask->request.category = found;
	if (items.n == 0)
		return RESULT_OK;
	asked = arena_array(&op->arena, BITS_WORDS(GATE_ITEMS), sizeof *asked);
	if (!asked)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for an operation");
	while (items.n) {
		size_t comma = str_find(items, ',');
		int item = policy_item_find(ask->category, str_trim(str_sub(items, 0, comma)));

		if (item == POLICY_NONE)
			refuse_unknown(op, CODE_ITEM_UNKNOWN, "/items");
		else
			bits_add(asked, (size_t)item);
		items = str_sub(items, comma + 1, items.n);
	}
	ask->request.items = asked;
	return RESULT_OK;
}

/* True when a published version of SET that is not in force yet at NOW declares the anonymized set ID. */
static bool set_announced(const struct policy_set *set, moment now, struct str id)
{
	for (size_t i = 0; set && i < set->n; i++) {
		const struct policy *p = set->versions[i];
		int found = p->in_force > now ? policy_derived_find(p, id) : POLICY_NONE;

		if (found != POLICY_NONE && !p->derived[found].pseudonymized)
			return true;
	}
	return false;
}

void ask_set(struct op *op, const struct op_context *c, struct ask *ask, struct str set)
{
	int found = ask->policy ? policy_derived_find(ask->policy, set) : POLICY_NONE;

	ask->request.purpose_kind = PURPOSE_SET;
	ask->request.set = found;
	/* the first refusal counts: whoever may not do this learns by none which sets there are */
	if (!ask->request.actor.active)
		ask_refuse(op, CODE_UNAUTHORIZED);
	else if (!ask->role || !(ask->role->may >> ask->request.action & 1))
		ask_refuse(op, CODE_ROLE_LACKS_ACTION);
	if (found == POLICY_NONE || ask->policy->derived[found].from == POLICY_NONE) {
		ask->request.set = POLICY_NONE;
		refuse_unknown(op, c->gated && set_announced(c->gated->set, c->now, set) ? CODE_SET_NOT_PUBLISHED : CODE_SET_UNKNOWN,
			       "/set");
		return;
	}
	ask->request.category = ask->policy->derived[found].from;
	ask->category = &ask->policy->categories[ask->request.category];
	ask->category_text = ask->category->id;
	ask->request.items = ask->policy->derived[found].items;
}

result ask_person(struct op *op, const struct op_context *c, struct ask *ask, const struct uuid *id, struct error *e)
{
	const struct vault_reader from = op_vault(op, c);

	ask->id = *id;
	ask->request.subject = &ask->id;
	TRY(op_depends(op, id, e));
	return vault_load_person(&from, id, &ask->person, e);
}

void ask_count(struct op *op, const struct op_context *c, struct ask *ask, const struct uuid *keys, size_t n)
{
	struct token_asking asking;

	if (!op->counted && ask->role) {
		asking = (struct token_asking){
			.actor = op->actor.number,
			.keys = keys,
			.n = n,
			.requests_per_second = ask->role->requests_per_second,
			.persons_per_hour = ask->role->persons_per_hour,
			.now_ms = clock_monotonic(&c->access->clock),
		};
		op->limit_exceeded = !tokens_count(c->access->tokens, &asking, &op->retry_ms);
		op->counted = true;
	}
	ask->request.limit_exceeded = op->limit_exceeded;
}

result ask_reason(struct op *op, const struct op_context *c, struct ask *ask, struct error *e)
{
	const struct vault_person *person = ask->person.exists && !ask->reason_by_instance ? &ask->person : NULL;

	if (op->reason.n == 0)
		return RESULT_OK;
	if (op->reason.n > VAULT_TEXT_MAX) {
		ask_refuse(op, CODE_TOO_LARGE);
		return RESULT_OK;
	}
	TRY(vault_text_seal(c->access->vault, person, op->reason, &op->arena, &ask->reason, e));
	ask->has_reason = true;
	return RESULT_OK;
}

/* What an approval for ASK has to name. */
static result approval_wanted(const struct op *op, const struct ask *ask, struct arena *a, struct approval *out,
			      struct error *e)
{
	uint32_t *numbers;
	size_t n = 0;

	*out = (struct approval){
		.actor = op->actor.number,
		.action = ask->request.action,
		.purpose = op->purpose,
		.category = ask->category ? ask->category->number : 0,
		.subject = ask->id,
		.decided = MOMENT_NONE,
		.until = MOMENT_NONE,
	};
	if (!ask->category || !ask->request.items)
		return RESULT_OK;
	numbers = arena_array(a, ask->category->n_items, sizeof *numbers);
	if (!numbers)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for an approval");
	for (size_t i = 0; i < ask->category->n_items; i++)
		if (bits_has(ask->request.items, i))
			numbers[n++] = ask->category->items[i].number;
	out->items = (struct str){(const char *)numbers, n * sizeof *numbers};
	return RESULT_OK;
}

/* True when ASK's role needs an approval for this action, of whatever items. */
static bool approval_may_be_needed(const struct ask *ask)
{
	for (size_t i = 0; ask->role && i < ask->role->n_approvals; i++)
		if (ask->role->approvals[i].action == ask->request.action)
			return true;
	return false;
}

static bool verdict_wants_approval(const struct gate_verdict *v)
{
	if (v->code == CODE_APPROVAL_REQUIRED)
		return true;
	for (size_t i = 0; i < v->n_items; i++)
		if (bits_has(v->asked, i) && !bits_has(v->allowed, i) && v->codes[i] == CODE_APPROVAL_REQUIRED)
			return true;
	return false;
}

/* Asks the gate G. */
static void decide(const struct gate *g, const struct ask *ask, struct gate_verdict *v)
{
	struct gate_set_request r;

	if (!ask->of_set) {
		gate_decide(g, &ask->request, &ask->person.state, v);
		return;
	}
	r = *ask->of_set;
	r.actor = ask->request.actor;
	r.action = ask->request.action;
	r.purpose_kind = ask->request.purpose_kind;
	r.purpose = ask->request.purpose;
	r.reason_given = ask->request.reason_given;
	r.limit_exceeded = ask->request.limit_exceeded;
	r.approved = ask->request.approved;
	r.now = ask->request.now;
	gate_decide_set(g, &r, v);
}

/* Decides with the approvals that there are; leaves in ASK the one it rests on or wants. */
static result decide_approved(struct op *op, const struct op_context *c, struct ask *ask, struct gate_verdict *v,
			      struct error *e)
{
	const struct gate *gate = c->gated->gate;
	struct approval wanted;

	TRY(approval_wanted(op, ask, &op->arena, &wanted, e));
	wanted.asked = c->now;
	wanted.state = APPROVAL_APPROVED;
	TRY(approval_find(c->db, &wanted, &op->arena, &ask->approval, e));
	ask->request.approved = !uuid_is_nil(&ask->approval.id);
	decide(gate, ask, v);
	if (ask->request.approved) {
		ask->approval_once = ask->approval.until == MOMENT_NONE;
		return op_depends(op, &ask->approval.id, e);
	}
	if (!verdict_wants_approval(v))
		return RESULT_OK;
	wanted.state = APPROVAL_PENDING;
	TRY(approval_find(c->db, &wanted, &op->arena, &ask->approval, e));
	if (!uuid_is_nil(&ask->approval.id))
		return RESULT_OK;
	ask->approval = wanted;
	ask->approval.id = uuid_make(c->now, &c->access->entropy);
	ask->approval_new = true;
	return RESULT_OK;
}

result ask_decide(struct op *op, const struct op_context *c, struct ask *ask, struct gate_verdict *v, struct error *e)
{
	if (!ask->policy) {
		memset(v, 0, sizeof *v);
		v->code = CODE_PURPOSE_UNKNOWN;
	} else if (approval_may_be_needed(ask)) {
		TRY(decide_approved(op, c, ask, v, e));
	} else {
		decide(c->gated->gate, ask, v);
	}
	if (op->error.code != CODE_NONE)
		v->verdict = VERDICT_DENY;
	else if (v->verdict == VERDICT_DENY)
		ask_refuse(op, v->code);
	return RESULT_OK;
}

void ask_stores(struct op *op, const struct ask *ask)
{
	if (ask->has_reason || ask->approval_new || (ask->approval_once && op->error.code == CODE_NONE))
		op->stores = true;
}

result ask_store(const struct op *op, const struct op_context *c, const struct ask *ask, struct error *e)
{
	if (ask->has_reason)
		TRY(vault_text_put(c->db, &ask->reason, e));
	if (ask->approval_new)
		TRY(approval_put(c->db, &ask->approval, e));
	if (ask->approval_once && op->error.code == CODE_NONE) {
		struct approval used = ask->approval;

		used.state = APPROVAL_USED;
		TRY(approval_update(c->db, &used, e));
	}
	return RESULT_OK;
}

/* For each element of a looked-up value its key, handed to `add`. */
struct key_maker {
	struct op *op;
	const struct policy_item *item;
	result (*add)(struct op *op, const struct uuid *key, struct error *e);
	struct error *e;
	struct buf text;
};

static bool key_element(void *ctx, struct str element)
{
	struct key_maker *m = ctx;
	unsigned char digest[HASH_SIZE];
	struct uuid key;

	buf_reset(&m->text);
	if (!value_lookup_text(m->item->type, element, &m->text))
		return true; /* it is found nowhere, so nothing depends on it */
	buf_add(&m->text, &m->item->number, sizeof m->item->number);
	if (!buf_ok(&m->text))
		return false;
	hash_sha256(m->text.p, m->text.n, digest);
	memcpy(key.b, digest, sizeof key.b);
	return ok(m->add(m->op, &key, m->e));
}

result ask_value_keys(struct op *op, const struct policy_item *item, struct str json,
		      result (*add)(struct op *op, const struct uuid *key, struct error *e), struct error *e)
{
	struct key_maker m = {op, item, add, e, {NULL, 0, 0, false}};
	bool made = value_each(json, key_element, &m);

	buf_wipe(&m.text);
	return made ? RESULT_OK : error_set(e, CODE_OUT_OF_MEMORY, "no memory for an operation");
}
