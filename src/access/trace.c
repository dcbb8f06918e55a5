#include "access/trace.h"

#include <stdlib.h>

#include "access/access_private.h"
#include "access/record.h"
#include "evidence/reader.h"
#include "evidence/subject.h"
#include "vault/refs.h"

/* The places found so far, newest first, and where to stop. */
struct hunt {
	struct op_trace *in;
	const struct op_context *c;
	int64_t *places;
	size_t n, cap;
};

/* Adds what batch B, not yet in the index, has about the person. */
static result hunt_batch(struct hunt *h, const struct log_batch *b, uint64_t generation, struct error *e)
{
	const struct vault_ref *refs;
	size_t n;

	TRY(vault_open_refs(h->c->access->vault, b->refs, &h->in->op.arena, &refs, &n, e));
	for (size_t i = n; i-- > 0 && h->n < h->cap;) {
		int64_t place = log_place(generation, b->first + refs[i].entry);

		if (uuid_eq(&refs[i].subject, &h->in->id) && place < h->in->before)
			h->places[h->n++] = place;
	}
	return RESULT_OK;
}

/* Goes through the batches from the log's end back to what the index has. */
static result hunt_tail(struct hunt *h, struct log_reader *r, const struct log_head *head, uint64_t indexed,
			struct error *e)
{
	uint64_t at = head->size;

	while (at > indexed && h->n < h->cap) {
		struct log_batch b;

		TRY(log_reader_batch(r, at - 1, &b, e));
		TRY(hunt_batch(h, &b, head->generation, e));
		at = b.first;
	}
	return RESULT_OK;
}

/* The entries at the places found. */
static result hunt_read(struct hunt *h, struct log_reader *r, uint64_t generation, struct error *e)
{
	struct trace_use *uses = arena_array(&h->in->op.arena, h->n + 1, sizeof *uses);
	struct op_trace *in = h->in;

	if (!uses)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the uses");
	in->more = h->n > in->limit;
	for (size_t i = 0; i < h->n && in->n < in->limit; i++) {
		struct trace_use *u = &uses[in->n];
		struct str entry;

		u->generation = (uint64_t)h->places[i] >> LOG_PLACE_BITS;
		u->index = (uint64_t)h->places[i] & ((UINT64_C(1) << LOG_PLACE_BITS) - 1);
		if (u->generation != generation)
			continue; /* an older generation's entries are read from its own archive */
		TRY(log_reader_entry(r, u->index, &entry, e));
		u->entry = str_copy(&in->op.arena, entry);
		if (!u->entry.p)
			return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the uses");
		in->n++;
	}
	in->uses = uses;
	return RESULT_OK;
}

result trace_find(struct op_trace *in, const struct op_context *c, struct error *e)
{
	struct hunt h = {in, c, NULL, 0, in->limit + 1};
	struct log_reader *r = NULL;
	struct log_head head;
	uint64_t indexed;
	result done = RESULT_FAIL;

	in->n = 0;
	in->more = false;
	h.places = arena_array(&in->op.arena, h.cap, sizeof *h.places);
	if (!h.places)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the uses");
	TRY(log_head_read(c->db, 0, &head, e));
	TRY(subject_indexed(c->db, head.generation, &indexed, e));
	TRY_OUT(log_reader_make(c->db, head.generation, &r, e));
	TRY_OUT(hunt_tail(&h, r, &head, indexed, e));
	if (h.n < h.cap) {
		int64_t first_unindexed = log_place(head.generation, indexed);
		struct subject_page page = {
			.before = in->before < first_unindexed ? in->before : first_unindexed,
			.places = h.places + h.n,
			.cap = h.cap - h.n,
		};

		TRY_OUT(subject_list(c->db, &in->id, &page, e));
		h.n += page.n;
	}
	done = hunt_read(&h, r, head.generation, e);
out:
	log_reader_free(r);
	return done;
}

static result trace_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_trace *in = (struct op_trace *)op;
	struct record record = {.kind = ENTRY_TRACE};
	struct gate_verdict v;
	struct ask *ask;

	in->n = 0;
	in->more = false;
	TRY(ask_begin(op, c, ACTION_TRACE, &ask, e));
	op->ask = ask;
	record.ask = ask;
	if (uuid_parse(in->subject, &in->id))
		TRY(ask_person(op, c, ask, &in->id, e));
	ask_count(op, c, ask, &in->id, 1);
	TRY(ask_decide(op, c, ask, &v, e));
	if (op->error.code == CODE_NONE)
		TRY(trace_find(in, c, e));
	TRY(ask_reason(op, c, ask, e));
	ask_stores(op, ask);
	return record_decision(op, c, &record, e);
}

static result trace_store(struct op *op, const struct op_context *c, struct error *e)
{
	return ask_store(op, c, op->ask, e);
}

static const struct op_type trace_type = {.name = "trace", .prepare = trace_prepare, .store = trace_store, .fresh = true};

void op_trace_init(struct op_trace *t)
{
	*t = (struct op_trace){.before = INT64_MAX, .limit = 100};
	op_init(&t->op, &trace_type);
}
