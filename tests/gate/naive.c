#include "gate/naive.h"

#include <string.h>

static bool has(const uint64_t *set, size_t i)
{
	return set[i / 64] & (UINT64_C(1) << i % 64);
}

static void put(uint64_t *set, size_t i)
{
	set[i / 64] |= UINT64_C(1) << i % 64;
}

static bool one_of(enum action a, const char *letters)
{
	/* o opens, w brings in, c corrects, p on the whole person, f free of purpose */
	static const char kinds[ACTIONS] = {
		[ACTION_READ] = 'o',	[ACTION_LOOKUP] = 'o',	[ACTION_HISTORY] = 'o', [ACTION_CREATE] = 'w',
		[ACTION_UPDATE] = 'w',	[ACTION_CORRECT] = 'c', [ACTION_IMPORT] = 'w',	[ACTION_EXPORT] = 'o',
		[ACTION_PROVIDE] = 'o', [ACTION_ERASE] = 'p',	[ACTION_SUSPEND] = 'p', [ACTION_RESUME] = 'p',
		[ACTION_OBJECT] = 'p',	[ACTION_HOLD] = 'p',	[ACTION_RELEASE] = 'p', [ACTION_CONSENT] = 'p',
		[ACTION_EVENT] = 'p',	[ACTION_CLAIM] = 'f',	[ACTION_APPROVE] = 'f', [ACTION_PUBLISH] = 'f',
		[ACTION_TRACE] = 'f',	[ACTION_DEIDENTIFY] = 'o', [ACTION_AUDIT] = 'f',
	};

	return strchr(letters, kinds[a]);
}

static const struct policy_role *role_of(const struct naive *q)
{
	for (size_t i = 0; i < q->now->n_roles; i++)
		if (q->now->roles[i].number == q->r->actor.role)
			return &q->now->roles[i];
	return NULL;
}

static const struct policy_purpose *purpose_of(const struct naive *q)
{
	for (size_t i = 0; q->r->purpose_kind == PURPOSE_DECLARED && i < q->now->n_purposes; i++)
		if (str_eq(q->now->purposes[i].id, q->r->purpose))
			return &q->now->purposes[i];
	return NULL;
}

static bool by_person(const struct naive *q)
{
	return q->r->purpose_kind == PURPOSE_PERSON_REQUEST && !one_of(q->r->action, "f");
}

/* Checks 1 to 3, but for what the role collects. */
static enum code checks_1_to_3(const struct naive *q)
{
	const struct policy_role *role = role_of(q);
	const struct policy_purpose *p = purpose_of(q);

	if (!q->r->actor.active || !role)
		return CODE_UNAUTHORIZED;
	if (!one_of(q->r->action, "f")) {
		if (q->r->purpose_kind == PURPOSE_EXCEPTION)
			return CODE_EXCEPTION_SCOPE;
		if (q->r->purpose_kind == PURPOSE_NONE || (q->r->purpose_kind == PURPOSE_DECLARED && !q->r->purpose.n))
			return CODE_PURPOSE_MISSING;
		if (by_person(q) ? !q->r->request.open : !p)
			return CODE_PURPOSE_UNKNOWN;
		if (p && p->prohibited)
			return CODE_PURPOSE_PROHIBITED;
	}
	if (!(role->may >> q->r->action & 1))
		return CODE_ROLE_LACKS_ACTION;
	if (one_of(q->r->action, "f"))
		return CODE_NONE;
	if (by_person(q))
		return role->answers >> q->r->request.kind & 1 ? CODE_NONE : CODE_ROLE_LACKS_PURPOSE;
	for (size_t i = 0; i < role->n_purposes; i++)
		if (&q->now->purposes[role->purposes[i]] == p)
			return CODE_NONE;
	return CODE_ROLE_LACKS_PURPOSE;
}

/* What is said of one item on its way through the checks. */
struct way {
	const struct naive *q;
	const struct policy_role *role;
	const struct policy_purpose *purpose;
	const struct policy_category *category;
	const struct policy_item *item;
	bool lenient; /* the purpose is observed, and this item is none of those that never are */
	bool waived;
};

static bool is_number(const struct policy_item *i)
{
	return i->type == ITEM_INDIVIDUAL_NUMBER || i->class_ == DATA_INDIVIDUAL_NUMBER;
}

static struct way way_of(const struct naive *q, size_t item)
{
	struct way w = {.q = q, .role = role_of(q), .purpose = by_person(q) ? NULL : purpose_of(q)};

	w.category = &q->now->categories[q->r->category];
	w.item = &w.category->items[item];
	w.lenient = w.purpose && w.purpose->observe_until != DATE_NONE &&
		    rule_today(q) <= w.purpose->observe_until && !is_number(w.item) &&
		    w.item->class_ != DATA_SPECIAL_CARE && w.item->class_ != DATA_COMMUNICATION_SECRET;
	return w;
}

static bool needs_approval(const struct way *w)
{
	for (size_t i = 0; i < w->role->n_approvals; i++) {
		const struct policy_approval *a = &w->role->approvals[i];
		enum action action = w->q->r->action;

		if (a->action != action && !(a->action == ACTION_READ && action == ACTION_HISTORY))
			continue;
		if (!a->n_items || rule_uses(w->q->now, a->items, a->n_items, w->item->number))
			return true;
	}
	return false;
}

/* What the checks 3 (collects) to 7 say of one item. */
static enum code checks_3_to_7(struct way *w)
{
	const struct gate_request *r = w->q->r;

	if (one_of(r->action, "w") && !by_person(w->q) &&
	    !rule_uses(w->q->now, w->role->collects, w->role->n_collects, w->item->number))
		return CODE_ROLE_DOES_NOT_COLLECT;
	if (w->purpose && one_of(r->action, "oc")) {
		bool used = rule_uses(w->q->now, w->purpose->uses, w->purpose->n_uses, w->item->number);
		bool silent = w->purpose->needs_reason && !r->reason_given;

		if (!w->lenient && !used)
			return CODE_PURPOSE_MISMATCH;
		if (!w->lenient && silent)
			return CODE_REASON_MISSING;
		w->waived = !used || silent;
	}
	if (r->action == ACTION_PROVIDE || w->role->kind == ROLE_PARTNER)
		return CODE_RECIPIENT_UNKNOWN;
	if (r->limit_exceeded)
		return CODE_LIMIT_EXCEEDED;
	return !r->approved && needs_approval(w) ? CODE_APPROVAL_REQUIRED : CODE_NONE;
}

static bool in_category(const struct naive *q, uint32_t number)
{
	for (size_t i = 0; i < q->s->n_categories; i++)
		if (q->s->categories[i] == number)
			return true;
	return false;
}

/* Check 8. */
static bool is_there(const struct naive *q)
{
	const struct gate_request *r = q->r;
	bool making = r->action == ACTION_CREATE || r->action == ACTION_IMPORT;

	if (one_of(r->action, "f") && r->action != ACTION_TRACE)
		return true;
	if (by_person(q) && (!r->subject || memcmp(r->subject, &r->request.subject, sizeof *r->subject)))
		return false;
	if (!q->s)
		return making && !r->subject;
	return making || r->category == POLICY_NONE || in_category(q, q->now->categories[r->category].number);
}

static const struct person_value *value_of(const struct way *w)
{
	for (size_t i = 0; i < w->q->s->n_values; i++)
		if (w->q->s->values[i].item == w->item->number && w->q->s->values[i].category == w->category->number)
			return &w->q->s->values[i];
	return NULL;
}

/* Check 9; with KEPT, of the acquisitions that count there whether one is kept (12). */
static bool check_9(const struct way *w, const struct person_value *v, bool kept)
{
	for (size_t i = 0; i < v->n_acquired; i++) {
		const struct person_acquisition *a;

		if (v->acquired[i] >= w->q->s->n_acquisitions)
			continue;
		a = &w->q->s->acquisitions[v->acquired[i]];
		if ((w->purpose->basis == BASIS_CONSENT || rule_serves(w->q, w->item->number, w->purpose, a)) &&
		    (!kept || rule_kept(w->q, w->item->number, w->purpose->number, a)))
			return true;
	}
	return false;
}

static enum code check_10(const struct way *w)
{
	const struct policy *now = w->q->now;
	bool task = false, theirs = false;

	if (w->purpose->basis == BASIS_CONSENT) {
		const struct person_consent *c = rule_consent(w->q, now->consents[w->purpose->consent].number);

		if (!c)
			return CODE_NO_CONSENT;
		if (c->withdrawn != MOMENT_NONE)
			return CODE_CONSENT_WITHDRAWN;
		if (!rule_covers(w->q, c, w->purpose->number, w->item->number))
			return CODE_CONSENT_SCOPE;
	}
	for (size_t i = 0; i < now->n_task_purposes; i++)
		task = task || &now->purposes[now->task_purposes[i]] == w->purpose;
	if (is_number(w->item) && !task)
		return CODE_INDIVIDUAL_NUMBER_TASK;
	if (w->item->class_ == DATA_COMMUNICATION_SECRET && w->purpose->basis != BASIS_CONSENT &&
	    w->purpose->basis != BASIS_STATUTE)
		return CODE_SECRECY_NO_CONSENT;
	for (size_t i = 0; i < w->category->entrusted.n_purposes; i++)
		theirs = theirs || &now->purposes[w->category->entrusted.purposes[i]] == w->purpose;
	return w->category->entrusted.set && !theirs ? CODE_OWN_USE : CODE_NONE;
}

static bool listed(const uint32_t *list, size_t n, uint32_t number)
{
	return !n || list[0] == number || (n > 1 && listed(list + 1, n - 1, number));
}

static bool objected(const struct way *w)
{
	const struct person_state *s = w->q->s;

	for (size_t i = 0; i < s->n_objections; i++) {
		bool named = !s->objections[i].n_means || !w->q->r->means.n;

		for (size_t m = 0; m < s->objections[i].n_means; m++)
			named = named || str_is(w->q->r->means, s->objections[i].means[m]);
		if (named && s->objections[i].purpose == w->purpose->number)
			return true;
	}
	return s->objects_to_all && w->purpose->may_object;
}

static enum code check_11(const struct way *w)
{
	const struct person_state *s = w->q->s;
	bool answering = w->q->r->action == ACTION_LOOKUP && w->role->answers;

	if (w->q->r->action == ACTION_CORRECT)
		return CODE_NONE;
	for (size_t i = 0; i < s->n_suspensions && !answering; i++)
		if (listed(s->suspensions[i].purposes, s->suspensions[i].n_purposes, w->purpose->number) &&
		    listed(s->suspensions[i].items, s->suspensions[i].n_items, w->item->number))
			return CODE_SUSPENDED;
	if (objected(w))
		return CODE_OBJECTED;
	for (size_t i = 0; i < w->purpose->n_stops_after; i++)
		if (rule_over(w->q, w->purpose->stops_after[i]))
			return CODE_AFTER_EVENT;
	return CODE_NONE;
}

/* Checks 9 to 12; *KNOWS is set when the item has a value that passes 9 and 10. */
static enum code checks_9_to_12(struct way *w, bool *knows)
{
	const struct person_value *v = value_of(w);
	bool nine = v ? check_9(w, v, false) : w->q->r->action != ACTION_CORRECT;
	bool twelve = !v || check_9(w, v, true);
	enum code ten = check_10(w), eleven = check_11(w);

	w->waived = w->waived || (w->lenient && (!nine || (v && !twelve)));
	nine = nine || w->lenient;
	*knows = *knows || (v && nine && ten == CODE_NONE);
	return !nine ? CODE_PURPOSE_NOT_BOUND
	       : ten != CODE_NONE ? ten
	       : eleven != CODE_NONE ? eleven
	       : !twelve && !w->lenient ? CODE_RETENTION_EXPIRED
					: CODE_NONE;
}

static void sum_up(struct gate_verdict *out)
{
	bool nothing = true, missing = false, watched = false;

	for (size_t i = 0; i < out->n_items; i++) {
		if (!has(out->asked, i))
			continue;
		nothing = nothing && !has(out->allowed, i);
		watched = watched || has(out->observed, i);
		if (has(out->allowed, i))
			continue;
		missing = missing || out->codes[i] == CODE_NOT_FOUND;
		if (out->code == CODE_NONE || out->codes[i] < out->code)
			out->code = out->codes[i];
	}
	if (nothing && missing)
		out->code = CODE_NOT_FOUND;
	out->verdict = watched ? VERDICT_OBSERVED
		       : nothing ? VERDICT_DENY
		       : out->code == CODE_NONE ? VERDICT_ALLOW
						: VERDICT_PARTIAL;
}

static void items_of(const struct naive *q, struct gate_verdict *out)
{
	const struct policy_category *c = &q->now->categories[q->r->category];
	bool knows = role_of(q)->may >> ACTION_LOOKUP & 1, all = by_person(q);

	out->n_items = c->n_items;
	for (size_t i = 0; i < c->n_items; i++) {
		struct way w = way_of(q, i);
		enum code code;

		if (q->r->items ? !has(q->r->items, i)
				: w.purpose && !rule_uses(q->now, w.purpose->uses, w.purpose->n_uses, w.item->number))
			continue;
		put(out->asked, i);
		code = checks_3_to_7(&w);
		if (code == CODE_NONE && !is_there(q))
			code = CODE_NOT_FOUND;
		else if (code == CODE_NONE && !all && one_of(q->r->action, "oc"))
			code = checks_9_to_12(&w, &knows);
		out->codes[i] = (uint16_t)code;
		if (code == CODE_NONE)
			put(out->allowed, i);
		if (code == CODE_NONE && w.waived)
			put(out->observed, i);
	}
	for (size_t i = 0; i < c->n_items && !knows && !all && one_of(q->r->action, "oc"); i++) {
		if (!has(out->asked, i) || (out->codes[i] && out->codes[i] < CODE_NOT_FOUND))
			continue;
		out->codes[i] = CODE_NOT_FOUND;
		out->allowed[i / 64] &= ~(UINT64_C(1) << i % 64);
		out->observed[i / 64] &= ~(UINT64_C(1) << i % 64);
	}
}

void naive_decide(const struct naive *q, struct gate_verdict *out)
{
	const struct policy_role *role = role_of(q);
	const struct policy_purpose *p = purpose_of(q);
	bool approval = false, any = false;

	memset(out, 0, sizeof *out);
	out->code = checks_1_to_3(q);
	if (out->code != CODE_NONE) {
		for (size_t i = 0; one_of(q->r->action, "owc") && q->r->category >= 0 && q->r->items &&
				   i < q->now->categories[q->r->category].n_items;
		     i++) {
			out->n_items = i + 1;
			out->codes[i] = (uint16_t)out->code;
			if (has(q->r->items, i))
				put(out->asked, i);
		}
		return;
	}
	if (one_of(q->r->action, "pf")) {
		for (size_t i = 0; i < role->n_approvals; i++)
			approval = approval || role->approvals[i].action == q->r->action;
		if (one_of(q->r->action, "p") && p && p->needs_reason && !q->r->reason_given)
			out->code = CODE_REASON_MISSING;
		else if (role->kind == ROLE_PARTNER)
			out->code = CODE_RECIPIENT_UNKNOWN;
		else if (q->r->limit_exceeded)
			out->code = CODE_LIMIT_EXCEEDED;
		else if (approval && !q->r->approved)
			out->code = CODE_APPROVAL_REQUIRED;
		else if (!is_there(q))
			out->code = CODE_NOT_FOUND;
		out->verdict = out->code == CODE_NONE ? VERDICT_ALLOW : VERDICT_DENY;
		return;
	}
	if (q->r->category == POLICY_NONE) {
		out->code = CODE_CATEGORY_UNKNOWN;
		return;
	}
	items_of(q, out);
	for (size_t i = 0; i < out->n_items; i++)
		any = any || has(out->asked, i);
	if (any)
		sum_up(out);
	else
		out->code = CODE_PURPOSE_MISMATCH;
}

bool naive_serves(const struct naive *q, const struct policy_purpose *p, const uint64_t *items)
{
	const struct policy_category *c = &q->now->categories[q->r->category];
	bool some = false, knows = false;

	for (size_t i = 0; i < c->n_items; i++) {
		struct way w = {.q = q, .purpose = p, .category = c, .item = &c->items[i]};

		if (!has(items, i) || !value_of(&w))
			continue;
		some = true;
		if (checks_9_to_12(&w, &knows) != CODE_NONE)
			return false;
	}
	return some && !p->prohibited;
}
