#include "evidence/reader.h"

#include <stdlib.h>
#include <string.h>

#include "evidence/pack.h"
#include "evidence/place.h"

int64_t log_place(uint64_t generation, uint64_t index)
{
	return (int64_t)(generation << LOG_PLACE_BITS | index);
}

struct log_reader {
	struct db *d;
	uint64_t generation;
	struct unpacker *unpacker;
	struct buf bundle; /* of the batch that was read last */
	struct buf refs;
	struct log_batch batch; /* count 0: none was read yet */
	struct str rest;	/* of the bundle, from entry `next` on */
	uint64_t next;
};

/* Copies S with a NUL into the CAP bytes at OUT; false when it does not fit. */
static bool keep(char *out, size_t cap, struct str s)
{
	if (s.n >= cap)
		return false;
	if (s.n)
		memcpy(out, s.p, s.n);
	out[s.n] = '\0';
	return true;
}

static bool head_columns(struct db_stmt *s, struct log_head *out)
{
	out->generation = (uint64_t)db_i64(s, 0);
	out->epoch = (uint64_t)db_i64(s, 2);
	out->size = (uint64_t)db_i64(s, 3);
	return place_log_name(db_text(s, 1), out->generation, out->origin) &&
	       keep(out->note, sizeof out->note, db_blob(s, 5)) &&
	       merkle_range_read(&out->range, out->size, db_blob(s, 4));
}

result log_head_read(struct db *d, uint64_t generation, struct log_head *out, struct error *e)
{
	struct db_stmt *s = db_stmt(d, generation ? SQL_LOG_HEAD_OF : SQL_LOG_HEAD_CURRENT, e);
	bool row, fine;

	if (!s)
		return RESULT_FAIL;
	if (generation)
		db_bind_i64(s, 1, (int64_t)generation);
	TRY(db_step(s, &row, e));
	if (!row)
		return error_set(e, CODE_NO_SUCH_RESOURCE, "the log has no such generation");
	fine = head_columns(s, out);
	db_reset(s);
	return fine ? RESULT_OK : error_set(e, CODE_LOG_CORRUPT, "the log's head is malformed");
}

result log_head_check(const struct log_head *h, const struct note_key *key, struct error *e)
{
	struct checkpoint c;
	struct merkle_hash root;

	if (!str_is(key->name, h->origin))
		return error_set(e, CODE_LOG_CORRUPT, "the log's head is of another log than the key");
	TRY(checkpoint_open(str_of(h->note), key, &c, e));
	merkle_range_root(&h->range, &root);
	if (c.size != h->size || !merkle_hash_eq(&c.root, &root))
		return error_set(e, CODE_LOG_CORRUPT, "the log's head is not what was signed");
	return RESULT_OK;
}

result log_reader_make(struct db *d, uint64_t generation, struct log_reader **out, struct error *e)
{
	struct log_reader *r = calloc(1, sizeof *r);

	*out = NULL;
	if (r)
		r->unpacker = unpacker_make();
	if (!r || !r->unpacker) {
		free(r);
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory to read the log");
	}
	r->d = d;
	r->generation = generation;
	*out = r;
	return RESULT_OK;
}

void log_reader_free(struct log_reader *r)
{
	if (!r)
		return;
	unpacker_free(r->unpacker);
	buf_free(&r->bundle);
	buf_free(&r->refs);
	free(r);
}

/* Takes the row of S, looked for with INDEX, apart into R's batch. */
static result batch_columns(struct log_reader *r, struct db_stmt *s, uint64_t index, struct error *e)
{
	struct log_batch *b = &r->batch;
	uint64_t place = (uint64_t)db_i64(s, 0);
	struct str check = db_blob(s, 4);
	struct error unpack = {0};

	b->first = place & ((UINT64_C(1) << LOG_PLACE_BITS) - 1);
	b->count = (uint64_t)db_i64(s, 1);
	if (place >> LOG_PLACE_BITS != r->generation || b->count > LOG_BATCH_MAX || index - b->first >= b->count)
		return place_fail(e, CODE_NO_SUCH_RESOURCE, r->generation, index, "the log has no such entry");
	if (check.n != sizeof b->root.b + sizeof b->signature)
		return place_fail(e, CODE_LOG_CORRUPT, r->generation, b->first, "the batch's checkpoint is malformed");
	memcpy(b->root.b, check.p, sizeof b->root.b);
	memcpy(b->signature, check.p + sizeof b->root.b, sizeof b->signature);
	buf_reset(&r->bundle);
	buf_reset(&r->refs);
	buf_str(&r->refs, db_blob(s, 3));
	if (!buf_ok(&r->refs))
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory to read the log");
	if (!ok(unpacker_add(r->unpacker, db_blob(s, 2), &r->bundle, &unpack)))
		return place_fail(e, unpack.code, r->generation, b->first, unpack.message);
	b->bundle = buf_view(&r->bundle);
	b->refs = buf_view(&r->refs);
	r->rest = b->bundle;
	r->next = b->first;
	return RESULT_OK;
}

/* Makes the batch that holds INDEX R's. */
static result seek(struct log_reader *r, uint64_t index, struct error *e)
{
	struct db_stmt *s;
	bool row;
	result done;

	if (r->batch.count && index - r->batch.first < r->batch.count)
		return RESULT_OK;
	r->batch.count = 0;
	if (index >> LOG_PLACE_BITS)
		return place_fail(e, CODE_NO_SUCH_RESOURCE, r->generation, index, "the log has no such entry");
	s = db_stmt(r->d, SQL_LOG_BATCH_AT, e);
	if (!s)
		return RESULT_FAIL;
	db_bind_i64(s, 1, log_place(r->generation, index));
	TRY(db_step(s, &row, e));
	if (!row)
		return place_fail(e, CODE_NO_SUCH_RESOURCE, r->generation, index, "the log has no such entry");
	done = batch_columns(r, s, index, e);
	db_reset(s);
	if (!ok(done))
		r->batch.count = 0;
	return done;
}

result log_reader_batch(struct log_reader *r, uint64_t index, struct log_batch *out, struct error *e)
{
	TRY(seek(r, index, e));
	*out = r->batch;
	return RESULT_OK;
}

result log_reader_entry(struct log_reader *r, uint64_t index, struct str *entry, struct error *e)
{
	TRY(seek(r, index, e));
	if (index < r->next) {
		r->rest = r->batch.bundle;
		r->next = r->batch.first;
	}
	do {
		if (!bundle_next(&r->rest, entry)) {
			r->batch.count = 0;
			return place_fail(e, CODE_LOG_CORRUPT, r->generation, r->next, "the batch has fewer entries than it says");
		}
	} while (r->next++ < index);
	return RESULT_OK;
}

result log_reader_bundle(struct log_reader *r, uint64_t n, unsigned width, struct buf *b, struct error *e)
{
	for (unsigned i = 0; i < width; i++) {
		struct str entry;

		TRY(log_reader_entry(r, n * TILE_WIDTH + i, &entry, e));
		bundle_add(b, entry);
	}
	return buf_ok(b) ? RESULT_OK : error_set(e, CODE_OUT_OF_MEMORY, "no memory for a bundle");
}
