#include "evidence/start.h"

#include <unistd.h>

#include "base/file.h"
#include "evidence/place.h"

/* Reads the entries FROM to the end of H into the range TAIL, as if the log began there. */
static result read_tail(struct log_reader *r, const struct log_head *h, uint64_t from, struct merkle_range *tail,
			struct error *e)
{
	merkle_range_init(tail);
	for (uint64_t i = from; i < h->size; i++) {
		struct merkle_hash leaf;
		struct str entry;

		if (!ok(log_reader_entry(r, i, &entry, e))) {
			if (e && e->code != CODE_NO_SUCH_RESOURCE)
				return RESULT_FAIL;
			error_clear(e);
			return place_fail(e, CODE_LOG_CORRUPT, h->generation, i, "the log lacks an entry that its head covers");
		}
		merkle_leaf(entry, &leaf);
		merkle_range_add(tail, &leaf);
	}
	return RESULT_OK;
}

/* Compares TAIL, the entries from FROM on, with the end of H's range. */
static result compare_tail(const struct log_head *h, const struct merkle_range *tail, uint64_t from, struct error *e)
{
	const struct merkle_range *all = &h->range;
	uint64_t index = from;

	/* a whole tile is a subtree of the range only when it is not joined with the one before it */
	if (tail->size == TILE_WIDTH && !(h->size & TILE_WIDTH))
		return RESULT_OK;
	for (unsigned i = 0; i < tail->count; i++) {
		uint64_t left = tail->size - (index - from);

		if (!merkle_hash_eq(&tail->at[i], &all->at[all->count - tail->count + i]))
			return place_fail(e, CODE_LOG_CORRUPT, h->generation, index, "the entries from here on do not lead to the signed head");
		index += UINT64_C(1) << (63 - __builtin_clzll(left));
	}
	return RESULT_OK;
}

result start_check_tail(struct db *d, const struct log_head *h, struct error *e)
{
	uint64_t from = h->size ? (h->size - 1) & ~(uint64_t)(TILE_WIDTH - 1) : 0;
	struct log_reader *r = NULL;
	struct merkle_range tail;
	struct merkle_hash root;
	struct log_batch last;
	result done = RESULT_FAIL;

	if (h->size == 0)
		return RESULT_OK;
	TRY(log_reader_make(d, h->generation, &r, e));
	TRY_OUT(read_tail(r, h, from, &tail, e));
	TRY_OUT(compare_tail(h, &tail, from, e));
	TRY_OUT(log_reader_batch(r, h->size - 1, &last, e));
	merkle_range_root(&h->range, &root);
	if (last.first + last.count != h->size || !merkle_hash_eq(&last.root, &root))
		done = place_fail(e, CODE_LOG_CORRUPT, h->generation, last.first, "the last batch is not the one that the head was signed with");
	else
		done = RESULT_OK;
out:
	log_reader_free(r);
	return done;
}

/* Checks that the tree of H passed through C, a checkpoint no larger: each that was kept ended a batch. */
static result check_passed(struct db *d, const struct log_head *h, const struct checkpoint *c, struct error *e)
{
	struct log_reader *r = NULL;
	struct log_batch batch;
	result done = RESULT_FAIL;

	if (c->size == 0)
		return RESULT_OK;
	TRY(log_reader_make(d, h->generation, &r, e));
	TRY_OUT(log_reader_batch(r, c->size - 1, &batch, e));
	if (batch.first + batch.count == c->size && merkle_hash_eq(&batch.root, &c->root))
		done = RESULT_OK;
	else
		done = error_set(e, CODE_LOG_ROLLED_BACK, "the log has another history than the high-water file");
out:
	log_reader_free(r);
	return done;
}

/* Opens NOTE, signed by C's key for any generation of its log. */
static result open_note(struct str note, const struct log_config *c, struct checkpoint *out, struct error *e)
{
	struct str origin = str_sub(note, 0, str_find(note, '\n'));
	struct note_key key = note_key_of(origin, c->key->pub);
	struct error why = {0};

	if (!note_name_valid(origin) || !ok(checkpoint_open(note, &key, out, &why)))
		return error_at(e, CODE_LOG_CORRUPT, c->high_water, "the high-water file is no checkpoint of this log");
	if (!str_starts(origin, c->origin) || checkpoint_generation(origin) == 0)
		return error_at(e, CODE_LOG_CORRUPT, c->high_water, "the high-water file is of another log");
	return RESULT_OK;
}

result start_check_high_water(struct db *d, const struct log_head *h, const struct log_config *c, struct error *e)
{
	struct checkpoint known;
	struct buf note;
	uint64_t generation;
	result done = RESULT_FAIL;

	if (access(c->high_water, F_OK) != 0)
		return RESULT_OK;
	buf_init(&note);
	TRY_OUT(file_read(c->high_water, CHECKPOINT_MAX, &note, e));
	TRY_OUT(open_note(buf_view(&note), c, &known, e));
	generation = checkpoint_generation(known.origin);
	if (h->generation < generation || (h->generation == generation && h->size < known.size))
		done = error_set(e, CODE_LOG_ROLLED_BACK,
				 "the log ends at g%llu/%llu, but g%llu/%llu was reached before",
				 (unsigned long long)h->generation, (unsigned long long)h->size,
				 (unsigned long long)generation, (unsigned long long)known.size);
	else
		done = h->generation == generation ? check_passed(d, h, &known, e) : RESULT_OK;
out:
	buf_free(&note);
	return done;
}
