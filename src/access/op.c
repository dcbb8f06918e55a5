#include "access/op.h"

#include <string.h>

#include "access/access_private.h"

enum { OP_BLOCK = 4096 };

void op_init(struct op *op, const struct op_type *type)
{
	memset(op, 0, sizeof *op);
	op->type = type;
	arena_init(&op->arena, OP_BLOCK, true);
	op->entries_end = &op->entries;
	op->status = 200;
}

void op_release(struct op *op)
{
	gated_unref(op->gated);
	op->gated = NULL;
	arena_free(&op->arena);
	op->entries = NULL;
	op->entries_end = &op->entries;
	op->n_entries = 0;
	op->depends = NULL;
	op->touches = NULL;
}

void op_reset(struct op *op)
{
	arena_reset(&op->arena);
	error_clear(&op->error);
	op->entries = NULL;
	op->entries_end = &op->entries;
	op->n_entries = 0;
	op->depends = NULL;
	op->touches = NULL;
	op->stores = false;
	op->ask = NULL;
	op->status = 200;
	op->replayed = false;
}

static result key_add(struct op *op, struct op_key **keys, const struct uuid *key, struct error *e)
{
	struct op_key *k = arena_new(&op->arena, struct op_key);

	if (!k)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for an operation");
	k->key = *key;
	k->next = *keys;
	*keys = k;
	return RESULT_OK;
}

result op_depends(struct op *op, const struct uuid *key, struct error *e)
{
	return key_add(op, &op->depends, key, e);
}

result op_touches(struct op *op, const struct uuid *key, struct error *e)
{
	return key_add(op, &op->touches, key, e);
}

struct vault_reader op_vault(struct op *op, const struct op_context *c)
{
	return (struct vault_reader){c->access->vault, c->db, &op->arena};
}

result op_entry_add(struct op *op, struct str bytes, const struct uuid *subjects, size_t n, struct error *e)
{
	struct op_entry *entry = arena_new(&op->arena, struct op_entry);

	if (!entry || !bytes.p)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a log entry");
	entry->bytes = bytes;
	entry->subjects = subjects;
	entry->n_subjects = n;
	*op->entries_end = entry;
	op->entries_end = &entry->next;
	op->n_entries++;
	return RESULT_OK;
}

/* The key of access/changed.h for OP's Idempotency-Key: two calls at once see each other. */
static struct uuid idempotency_key(const struct op *op)
{
	struct uuid key;

	memcpy(key.b, op->idempotency.key, sizeof key.b);
	return key;
}

static result find_earlier(struct op *op, const struct op_context *c, struct error *e)
{
	struct uuid key = idempotency_key(op);
	struct idempotency_answer earlier;

	TRY(op_depends(op, &key, e));
	TRY(op_touches(op, &key, e));
	TRY(idempotency_find(c->db, op->actor.number, &op->idempotency, &op->arena, &earlier, e));
	if (earlier.found && earlier.other_body)
		return error_set(&op->error, CODE_IDEMPOTENCY_KEY_REUSED, "%s", code_meaning(CODE_IDEMPOTENCY_KEY_REUSED));
	op->replayed = earlier.found;
	if (earlier.found) {
		op->status = earlier.status;
		op->replay = earlier.answer;
	}
	return RESULT_OK;
}

result op_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	if (op->idempotency.set && !ok(find_earlier(op, c, e)) && op->error.code == CODE_NONE)
		return RESULT_FAIL;
	return op->replayed ? RESULT_OK : op->type->prepare(op, c, e);
}

result op_store(struct op *op, const struct op_context *c, struct error *e)
{
	struct idempotency_row row = {.actor = op->actor.number, .status = op->status, .made = c->now};
	struct buf answer;
	result r;

	if (!op->stores)
		return RESULT_OK;
	TRY(op->type->store(op, c, e));
	if (!op->idempotency.set || op->error.code != CODE_NONE)
		return RESULT_OK;
	buf_init(&answer);
	op_answer(op, &answer);
	row.answer = buf_view(&answer);
	r = buf_ok(&answer) ? idempotency_put(c->db, &op->idempotency, &row, e)
			    : error_set(e, CODE_OUT_OF_MEMORY, "no memory for an answer");
	buf_free(&answer);
	return r;
}

void op_answer_log(const struct op *op, struct buf *out)
{
	buf_text(out, ",\"log\":{\"generation\":");
	buf_u64(out, op->generation);
	buf_text(out, ",\"index\":");
	buf_u64(out, op->first);
	buf_byte(out, '}');
}

void op_answer_id(const struct op *op, const struct uuid *id, struct buf *out)
{
	buf_text(out, "{\"id\":\"");
	uuid_write(out, id);
	buf_byte(out, '"');
	op_answer_log(op, out);
	buf_byte(out, '}');
}

void op_answer(const struct op *op, struct buf *out)
{
	if (op->replayed)
		buf_str(out, op->replay);
	else if (op->type->answer)
		op->type->answer(op, out);
}
