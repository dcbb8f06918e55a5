#include "evidence/log.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "evidence/pack.h"
#include "evidence/place.h"
#include "evidence/reader.h"
#include "evidence/start.h"

struct log {
	/* set when it is opened */
	uint64_t generation;
	uint64_t epoch;
	char origin[LOG_NAME_MAX];
	struct note_key note_key;
	const struct sign_key *key;
	const char *high_water;

	/* the sequencer's */
	struct merkle_range committed;
	struct merkle_range pending; /* with what was appended since */
	struct buf pending_note;
	struct buf bundle; /* these three are only kept for their memory */
	struct buf packed;
	struct buf text;
	struct packer *packer;

	/* under the lock */
	pthread_mutex_t lock;
	uint64_t size;
	uint64_t kept; /* size in the high-water file; UINT64_MAX: not known */
	struct buf note;
};

static result insert_head(struct db *d, const struct log_config *c, uint64_t generation, struct error *e)
{
	char origin[LOG_NAME_MAX];
	struct checkpoint head = {.size = 0};
	struct merkle_range empty;
	struct db_stmt *s;
	struct buf note;
	result r = RESULT_FAIL;

	buf_init(&note);
	if (!place_log_name(c->origin, generation, origin)) {
		r = error_set(e, CODE_MALFORMED, "the origin cannot name a log");
		goto out;
	}
	merkle_range_init(&empty);
	merkle_range_root(&empty, &head.root);
	head.origin = str_of(origin);
	checkpoint_sign(&note, &head, c->key);
	if (!buf_ok(&note)) {
		r = error_set(e, CODE_OUT_OF_MEMORY, "no memory for a checkpoint");
		goto out;
	}
	s = db_stmt(d, SQL_LOG_HEAD_INSERT, e);
	if (!s)
		goto out;
	db_bind_i64(s, 1, (int64_t)generation);
	db_bind_text(s, 2, c->origin);
	db_bind_blob(s, 3, NULL, 0);
	db_bind_blob(s, 4, note.p, note.n);
	r = db_run(s, e);
out:
	buf_free(&note);
	return r;
}

result log_create(struct db *d, const struct log_config *c, struct error *e)
{
	return insert_head(d, c, 1, e);
}

result log_next_generation(struct db *d, const struct log_config *c, struct error *e)
{
	struct log_head head;

	TRY(log_head_read(d, 0, &head, e));
	return insert_head(d, c, head.generation + 1, e);
}

/* Takes the epoch after H's, so that whoever had the log before is fenced off. */
static result take_epoch(struct db *d, const struct log_head *h, struct error *e)
{
	enum db_outcome outcome;
	struct db_stmt *s;
	result r = RESULT_FAIL;

	TRY(db_begin_write(d, e));
	s = db_stmt(d, SQL_LOG_HEAD_TAKE, e);
	if (!s)
		goto out;
	db_bind_i64(s, 1, (int64_t)h->generation);
	db_bind_i64(s, 2, (int64_t)h->epoch);
	TRY_OUT(db_run(s, e));
	if (db_changes(d) == 1)
		return db_commit(d, &outcome, e);
	r = error_set(e, CODE_LOG_FENCED, "another process opened the log at the same moment");
out:
	db_rollback(d);
	return r;
}

static result fill(struct log *l, struct db *d, const struct log_config *c, struct error *e)
{
	struct log_head head;

	l->packer = packer_make();
	if (!l->packer)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the log");
	TRY(log_head_read(d, 0, &head, e));
	if (!place_log_name(c->origin, head.generation, l->origin))
		return error_set(e, CODE_LOG_CORRUPT, "the log has an origin that cannot name it");
	l->generation = head.generation;
	l->key = c->key;
	l->high_water = c->high_water;
	l->note_key = note_key_of(str_of(l->origin), c->key->pub);
	TRY(log_head_check(&head, &l->note_key, e));
	TRY(start_check_tail(d, &head, e));
	TRY(start_check_high_water(d, &head, c, e));
	TRY(take_epoch(d, &head, e));
	l->epoch = head.epoch + 1;
	l->committed = head.range;
	l->pending = head.range;
	l->size = head.size;
	l->kept = UINT64_MAX;
	buf_text(&l->note, head.note);
	return buf_ok(&l->note) ? RESULT_OK : error_set(e, CODE_OUT_OF_MEMORY, "no memory for the log");
}

result log_open(struct db *d, const struct log_config *c, struct log **out, struct error *e)
{
	struct log *l = calloc(1, sizeof *l);

	*out = NULL;
	if (!l)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the log");
	pthread_mutex_init(&l->lock, NULL);
	if (!ok(fill(l, d, c, e))) {
		log_close(l);
		return RESULT_FAIL;
	}
	*out = l;
	return RESULT_OK;
}

void log_close(struct log *l)
{
	if (!l)
		return;
	packer_free(l->packer);
	buf_free(&l->pending_note);
	buf_free(&l->bundle);
	buf_free(&l->packed);
	buf_free(&l->text);
	buf_free(&l->note);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

/* Adds the entries of BATCH to L's pending tree and, as a bundle, to L's buffer. */
static result add_entries(struct log *l, const struct log_entries *batch, struct error *e)
{
	if (batch->count < 1 || batch->count > LOG_BATCH_MAX || batch->refs.n > LOG_REFS_MAX ||
	    l->pending.size + batch->count >= UINT64_C(1) << LOG_PLACE_BITS)
		return error_set(e, CODE_MALFORMED, "a batch of %zu entries cannot be appended", batch->count);
	buf_reset(&l->bundle);
	for (size_t i = 0; i < batch->count; i++) {
		struct merkle_hash leaf;

		if (batch->entry[i].n < 1 || batch->entry[i].n > ENTRY_MAX)
			return error_set(e, CODE_MALFORMED, "an entry of %zu bytes cannot be appended", batch->entry[i].n);
		bundle_add(&l->bundle, batch->entry[i]);
		merkle_leaf(batch->entry[i], &leaf);
		merkle_range_add(&l->pending, &leaf);
	}
	if (!buf_ok(&l->bundle))
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a batch");
	if (l->bundle.n > PACK_BUNDLE_MAX)
		return error_set(e, CODE_MALFORMED, "a batch of %zu bytes cannot be appended", l->bundle.n);
	buf_reset(&l->packed);
	return packer_add(l->packer, buf_view(&l->bundle), &l->packed, e);
}

/* Signs L's pending tree: the note into L's buffer, root and signature into CHECK. */
static result sign_pending(struct log *l, unsigned char check[HASH_SIZE + SIGN_SIGNATURE], struct error *e)
{
	struct checkpoint c = {.origin = str_of(l->origin), .size = l->pending.size};

	merkle_range_root(&l->pending, &c.root);
	buf_reset(&l->text);
	checkpoint_write(&l->text, &c);
	buf_reset(&l->pending_note);
	if (!buf_ok(&l->text))
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a checkpoint");
	memcpy(check, c.root.b, HASH_SIZE);
	note_sign_raw(&l->pending_note, buf_view(&l->text), c.origin, l->key, check + HASH_SIZE);
	return buf_ok(&l->pending_note) ? RESULT_OK : error_set(e, CODE_OUT_OF_MEMORY, "no memory for a checkpoint");
}

static result insert_batch(struct log *l, struct db *d, uint64_t first, const struct log_entries *batch,
			   const unsigned char check[HASH_SIZE + SIGN_SIGNATURE], struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_LOG_BATCH_INSERT, e);

	if (!s)
		return RESULT_FAIL;
	db_bind_i64(s, 1, log_place(l->generation, first));
	db_bind_i64(s, 2, (int64_t)batch->count);
	db_bind_blob(s, 3, l->packed.p, l->packed.n);
	db_bind_blob(s, 4, batch->refs.p, batch->refs.n);
	db_bind_blob(s, 5, check, HASH_SIZE + SIGN_SIGNATURE);
	return db_run(s, e);
}

static result move_head(struct log *l, struct db *d, uint64_t first, struct error *e)
{
	struct str frontier = merkle_range_bytes(&l->pending);
	struct db_stmt *s = db_stmt(d, SQL_LOG_HEAD_MOVE, e);

	if (!s)
		return RESULT_FAIL;
	db_bind_i64(s, 1, (int64_t)l->generation);
	db_bind_i64(s, 2, (int64_t)l->epoch);
	db_bind_i64(s, 3, (int64_t)first);
	db_bind_i64(s, 4, (int64_t)l->pending.size);
	db_bind_blob(s, 5, frontier.p, frontier.n);
	db_bind_blob(s, 6, l->pending_note.p, l->pending_note.n);
	TRY(db_run(s, e));
	if (db_changes(d) != 1)
		return error_set(e, CODE_LOG_FENCED, "another writer has moved the log's head");
	return RESULT_OK;
}

result log_append(struct log *l, struct db *d, const struct log_entries *batch, uint64_t *first, struct error *e)
{
	unsigned char check[HASH_SIZE + SIGN_SIGNATURE];

	*first = l->pending.size;
	TRY(add_entries(l, batch, e));
	TRY(sign_pending(l, check, e));
	/* the head first: a fenced writer must not meet the other's batch as a duplicate */
	TRY(move_head(l, d, *first, e));
	return insert_batch(l, d, *first, batch, check, e);
}

void log_committed(struct log *l)
{
	struct buf old;

	if (l->pending.size == l->committed.size)
		return;
	l->committed = l->pending;
	pthread_mutex_lock(&l->lock);
	old = l->note;
	l->note = l->pending_note;
	l->size = l->committed.size;
	pthread_mutex_unlock(&l->lock);
	l->pending_note = old;
}

void log_rolled_back(struct log *l)
{
	l->pending = l->committed;
}

uint64_t log_generation(const struct log *l)
{
	return l->generation;
}

uint64_t log_size(struct log *l)
{
	uint64_t size;

	pthread_mutex_lock(&l->lock);
	size = l->size;
	pthread_mutex_unlock(&l->lock);
	return size;
}

void log_checkpoint(struct log *l, struct buf *b)
{
	pthread_mutex_lock(&l->lock);
	buf_str(b, buf_view(&l->note));
	pthread_mutex_unlock(&l->lock);
}

const struct note_key *log_key(const struct log *l)
{
	return &l->note_key;
}

result log_keep_high_water(struct log *l, struct error *e)
{
	struct buf note;
	uint64_t size;
	result r;

	buf_init(&note);
	pthread_mutex_lock(&l->lock);
	size = l->size;
	if (size != l->kept)
		buf_str(&note, buf_view(&l->note));
	pthread_mutex_unlock(&l->lock);
	if (!buf_ok(&note))
		r = error_set(e, CODE_OUT_OF_MEMORY, "no memory for a checkpoint");
	else if (note.n == 0)
		r = RESULT_OK;
	else
		r = file_write(l->high_water, note.p, note.n, 0600, e);
	if (ok(r)) {
		pthread_mutex_lock(&l->lock);
		l->kept = size;
		pthread_mutex_unlock(&l->lock);
	}
	buf_free(&note);
	return r;
}
