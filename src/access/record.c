#include "access/record.h"

#include "access/access_private.h"
#include "access/counts.h"
#include "base/bits.h"
#include "vault/refs.h"

void record_text(struct record *r, enum entry_fact_key key, struct str text)
{
	if (text.n && r->n_facts < RECORD_FACTS)
		r->facts[r->n_facts++] = (struct entry_fact){.key = key, .text = text};
}

result record_wording(struct record *r, struct op *op, uint32_t version, struct str language, struct error *e)
{
	struct buf b;
	struct str text;

	buf_init(&b);
	buf_u64(&b, version);
	buf_byte(&b, '/');
	buf_str(&b, language);
	text = str_copy(&op->arena, buf_view(&b));
	buf_free(&b);
	if (!text.p)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for an entry");
	record_text(r, FACT_WORDING, text);
	return RESULT_OK;
}

void record_number(struct record *r, enum entry_fact_key key, int64_t number)
{
	if (r->n_facts < RECORD_FACTS)
		r->facts[r->n_facts++] = (struct entry_fact){.key = key, .number = number};
}

/* The items that the answer gives, and those that it withholds with their codes. */
struct split {
	struct str items[GATE_ITEMS];
	struct entry_withheld withheld[GATE_ITEMS];
};

static void split_items(const struct op *op, const struct record *r, struct split *s, struct entry *out)
{
	const struct gate_verdict *v = r->verdict;
	const struct policy_category *category = r->ask->category;
	bool refused = op->error.code != CODE_NONE;

	out->items = s->items;
	out->withheld = s->withheld;
	if (!category)
		return;
	for (size_t i = 0; i < v->n_items; i++) {
		enum code code = CODE_NONE;

		if (!bits_has(v->asked, i))
			continue;
		if (!bits_has(v->allowed, i))
			code = (enum code)v->codes[i];
		else if (refused)
			code = op->error.code;
		if (code == CODE_NONE)
			s->items[out->item_count++] = category->items[i].id;
		else
			s->withheld[out->withheld_count++] =
				(struct entry_withheld){category->items[i].id, str_of(code_text(code))};
	}
}

static struct str result_text(const struct op *op, const struct record *r)
{
	if (op->error.code != CODE_NONE)
		return STR("deny");
	if (r->verdict && r->verdict->verdict == VERDICT_PARTIAL)
		return STR("partial");
	if (r->verdict && r->verdict->verdict == VERDICT_OBSERVED)
		return STR("observed");
	return STR("allow");
}

/* The MACs of whom the entry is about, and for the refs their ids. */
static result name_subjects(struct op *op, const struct op_context *c, const struct record *r, struct entry *entry,
			    struct uuid **ids, struct error *e)
{
	const struct vault_person *one = r->person ? r->person : r->ask ? &r->ask->person : NULL;
	size_t n = r->no_subject ? 0 : r->several ? r->n_persons : 1;
	bool nobody = !r->several && one && uuid_is_nil(&one->id);
	unsigned char(*macs)[ENTRY_SUBJECT] = arena_array(&op->arena, n + 1, sizeof *macs);

	*ids = arena_array(&op->arena, n + 1, sizeof **ids);
	if (!macs || !*ids)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a log entry");
	for (size_t i = 0; i < n; i++) {
		const struct vault_person *p = r->several ? r->persons[i] : one;
		bool there = p && !nobody && (p->exists || r->person);

		TRY(vault_log_mac(c->access->vault, there ? p : NULL, entry->nonce, macs[i], e));
		if (there)
			(*ids)[i] = p->id;
	}
	entry->subjects = (const unsigned char(*)[ENTRY_SUBJECT])macs;
	entry->subject_count = n;
	return RESULT_OK;
}

/* "a7" for actor 7. */
static struct str actor_text(char out[12], uint32_t number)
{
	struct str s = {out + 12, 0};

	do {
		out[11 - s.n++] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	out[11 - s.n++] = 'a';
	s.p = out + 12 - s.n;
	return s;
}

/* The purpose as the entry may name it: what is unknown may be anything, so it is not repeated. */
static struct str purpose_text(const struct op *op, const struct ask *ask)
{
	if (!ask || ask->request.purpose_kind == PURPOSE_NONE)
		return (struct str){NULL, 0};
	if (ask->request.purpose_kind == PURPOSE_DECLARED &&
	    (!ask->policy || policy_purpose_find(ask->policy, op->purpose) == POLICY_NONE))
		return (struct str){NULL, 0};
	if (ask->request.purpose_kind == PURPOSE_PERSON_REQUEST && uuid_is_nil(&ask->request.request.subject))
		return (struct str){NULL, 0};
	return ask->request.purpose_kind == PURPOSE_EXCEPTION ? STR("exception") : op->purpose;
}

static void add_facts(struct op *op, const struct record *r, struct entry_fact *facts, struct entry *entry)
{
	size_t n = 0, i = 0;

	if (op->error.code != CODE_NONE)
		facts[n++] = (struct entry_fact){.key = FACT_CODE, .text = str_of(code_text(op->error.code))};
	if (r->ask && r->ask->has_reason)
		facts[n++] = (struct entry_fact){
			.key = FACT_REASON,
			.text = {(const char *)r->ask->reason.mac, sizeof r->ask->reason.mac},
		};
	while (i < r->n_facts)
		facts[n++] = r->facts[i++];
	entry->facts = facts;
	entry->fact_count = n;
}

result record_decision(struct op *op, const struct op_context *c, const struct record *r, struct error *e)
{
	struct entry_fact facts[RECORD_FACTS + 2];
	struct split split;
	char number[12];
	struct entry entry = {
		.t = c->now,
		.kind = r->kind,
		.policy = c->gated && c->gated->policy ? c->gated->policy->version : 0,
		.actor = actor_text(number, op->actor.number),
		.purpose = purpose_text(op, r->ask),
		.request = uuid_is_nil(&op->request) ? NULL : &op->request,
		.result = result_text(op, r),
	};
	struct uuid *ids;
	struct buf text;
	result made;

	if (r->ask && r->ask->role)
		entry.role = r->ask->role->id;
	if (r->ask && r->ask->category)
		entry.category = r->ask->category->id;
	if (r->ask && r->verdict)
		split_items(op, r, &split, &entry);
	add_facts(op, r, facts, &entry);
	c->access->entropy.fill(c->access->entropy.ctx, entry.nonce, sizeof entry.nonce);
	TRY(name_subjects(op, c, r, &entry, &ids, e));
	buf_init(&text);
	entry_write(&text, &entry);
	made = buf_ok(&text) ? op_entry_add(op, str_copy(&op->arena, buf_view(&text)), ids, entry.subject_count, e)
			     : error_set(e, CODE_OUT_OF_MEMORY, "no memory for a log entry");
	buf_free(&text);
	return made;
}
