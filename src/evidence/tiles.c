#include "evidence/tiles.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

/* Tiles are made durable each time one of level 1 is full. */
#define SYNC_SPAN ((uint64_t)TILE_WIDTH * TILE_WIDTH)

/* The tile of one level that is being filled. */
struct filling {
	uint64_t n;
	unsigned width;
	unsigned written; /* width of the partial file that is there */
	struct merkle_hash hashes[TILE_WIDTH];
};

struct log_tiles {
	struct db *d;
	struct log_reader *reader;
	const struct note_key *key;
	uint64_t generation;
	bool bundles;
	char dir[PATH_MAX];
	bool is_published; /* the checkpoint file is that of */
	uint64_t published;
	struct merkle_range range; /* of all entries taken so far */
	struct filling level[TILE_LEVELS];
	struct buf bundle; /* of level[0] */
};

static void begin_anew(struct log_tiles *t)
{
	merkle_range_init(&t->range);
	for (size_t i = 0; i < TILE_LEVELS; i++) {
		t->level[i].n = 0;
		t->level[i].width = 0;
		t->level[i].written = 0;
	}
	buf_reset(&t->bundle);
}

/* Takes back what says how many entries are durable. */
static void forget_synced(const struct log_tiles *t)
{
	char path[PATH_MAX];

	if (ok(path_join(path, sizeof path, t->dir, "synced", NULL)))
		(void)unlink(path); /* ignored: what cannot be removed is found wrong again by the root */
}

/* Reads how many entries are durable; 0 when nothing says so. */
static uint64_t read_synced(const struct log_tiles *t)
{
	char path[PATH_MAX];
	struct buf b;
	uint64_t n = 0;

	buf_init(&b);
	if (!ok(path_join(path, sizeof path, t->dir, "synced", NULL)) || !ok(file_read(path, 32, &b, NULL)) ||
	    !str_to_u64(str_trim(buf_view(&b)), MERKLE_SIZE_MAX, &n) || n % SYNC_SPAN)
		n = 0;
	buf_free(&b);
	return n;
}

/* Fills LEVEL as it was at SIZE entries: each of its hashes is the root of a full tile below. */
static result refill(struct log_tiles *t, int level, uint64_t size, struct buf *b, struct error *e)
{
	struct filling *f = &t->level[level];
	uint64_t all = size >> (TILE_HEIGHT * level);

	f->n = all / TILE_WIDTH;
	f->width = (unsigned)(all % TILE_WIDTH);
	for (unsigned i = 0; level > 0 && i < f->width; i++) {
		const struct tile_id below = {level - 1, f->n * TILE_WIDTH + i, TILE_WIDTH};
		struct merkle_hash fold[TILE_WIDTH];

		TRY(tile_read(t->dir, &below, b, e));
		memcpy(fold, b->p, sizeof fold);
		merkle_fold(fold, TILE_WIDTH, &f->hashes[i]);
	}
	return RESULT_OK;
}

/* Adds to T's range the complete subtrees that the hashes of LEVEL make, largest first. */
static void join_range(struct log_tiles *t, int level)
{
	const struct filling *f = &t->level[level];
	unsigned from = 0;

	for (unsigned span = TILE_WIDTH / 2; span; span /= 2) {
		struct merkle_hash fold[TILE_WIDTH];

		if (!(f->width & span))
			continue;
		memcpy(fold, f->hashes + from, span * sizeof fold[0]);
		merkle_fold(fold, span, &t->range.at[t->range.count++]);
		from += span;
	}
}

/* Goes on where the durable tiles end. */
static void go_on(struct log_tiles *t)
{
	uint64_t size = read_synced(t);
	struct buf b;

	begin_anew(t);
	buf_init(&b);
	for (int level = TILE_LEVELS; level-- > 0;) {
		if (!ok(refill(t, level, size, &b, NULL))) {
			begin_anew(t);
			size = 0;
			break;
		}
		join_range(t, level);
	}
	t->range.size = size;
	buf_free(&b);
}

result log_tiles_open(struct db *d, uint64_t generation, const struct log_tiles_config *c, struct log_tiles **out,
		      struct error *e)
{
	struct log_tiles *t = calloc(1, sizeof *t);
	struct buf name;

	*out = NULL;
	if (!t)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the tiles");
	buf_init(&name);
	buf_byte(&name, 'g');
	buf_u64(&name, generation);
	t->d = d;
	t->key = c->key;
	t->generation = generation;
	t->bundles = c->bundles;
	TRY_OUT(path_join(t->dir, sizeof t->dir, c->dir, buf_c(&name), e));
	TRY_OUT(file_make_dir(t->dir, e));
	TRY_OUT(log_reader_make(d, generation, &t->reader, e));
	if (c->rebuild)
		forget_synced(t);
	go_on(t);
	*out = t;
out:
	buf_free(&name);
	if (!*out)
		log_tiles_close(t);
	return *out ? RESULT_OK : RESULT_FAIL;
}

void log_tiles_close(struct log_tiles *t)
{
	if (!t)
		return;
	log_reader_free(t->reader);
	buf_free(&t->bundle);
	free(t);
}

uint64_t log_tiles_size(const struct log_tiles *t)
{
	return t->published;
}

/* Writes what LEVEL holds, full or partial. */
static result write_level(struct log_tiles *t, int level, struct error *e)
{
	struct filling *f = &t->level[level];
	const struct tile_id hashes = {level, f->n, f->width};
	const struct tile_id entries = {TILE_ENTRIES, f->n, f->width};

	TRY(tile_write(t->dir, &hashes, (struct str){(const char *)f->hashes, f->width * sizeof f->hashes[0]}, e));
	if (level == 0 && t->bundles)
		TRY(tile_write(t->dir, &entries, buf_view(&t->bundle), e));
	f->written = f->width;
	return RESULT_OK;
}

static result write_full(struct log_tiles *t, int level, struct error *e)
{
	const struct tile_id hashes = {level, t->level[level].n, TILE_WIDTH};
	const struct tile_id entries = {TILE_ENTRIES, t->level[level].n, TILE_WIDTH};

	TRY(write_level(t, level, e));
	TRY(tile_drop_partial(t->dir, &hashes, e));
	if (level == 0 && t->bundles)
		TRY(tile_drop_partial(t->dir, &entries, e));
	return RESULT_OK;
}

static result sync_all(struct log_tiles *t, struct error *e)
{
	uint64_t size = t->range.size;
	char path[PATH_MAX];
	struct buf number;
	result r;

	TRY(tile_sync_all(t->dir, e));
	TRY(path_join(path, sizeof path, t->dir, "synced", e));
	buf_init(&number);
	buf_u64(&number, size);
	buf_byte(&number, '\n');
	r = buf_ok(&number) ? file_write(path, number.p, number.n, 0644, e)
			    : error_set(e, CODE_OUT_OF_MEMORY, "no memory for the tiles");
	buf_free(&number);
	return r;
}

/* Takes LEAF, the hash of ENTRY, into T; tiles that it fills are written. */
static result take(struct log_tiles *t, struct str entry, const struct merkle_hash *leaf, struct error *e)
{
	struct merkle_hash h = *leaf;

	merkle_range_add(&t->range, leaf);
	if (t->bundles)
		bundle_add(&t->bundle, entry);
	for (int level = 0; level < TILE_LEVELS; level++) {
		struct filling *f = &t->level[level];

		f->hashes[f->width++] = h;
		if (f->width < TILE_WIDTH)
			return RESULT_OK;
		TRY(write_full(t, level, e));
		merkle_fold(f->hashes, TILE_WIDTH, &h);
		f->n++;
		f->width = f->written = 0;
		if (level == 0)
			buf_reset(&t->bundle);
	}
	return error_set(e, CODE_INTERNAL, "no log is as long as that");
}

static result take_entries(struct log_tiles *t, uint64_t size, struct error *e)
{
	while (t->range.size < size) {
		struct merkle_hash leaf;
		struct str entry;

		TRY(log_reader_entry(t->reader, t->range.size, &entry, e));
		merkle_leaf(entry, &leaf);
		TRY(take(t, entry, &leaf, e));
		if (t->range.size % SYNC_SPAN == 0)
			TRY(sync_all(t, e));
	}
	return buf_ok(&t->bundle) ? RESULT_OK : error_set(e, CODE_OUT_OF_MEMORY, "no memory for a bundle");
}

static result write_partial(struct log_tiles *t, struct error *e)
{
	for (int level = 0; level < TILE_LEVELS; level++)
		if (t->level[level].width != t->level[level].written)
			TRY(write_level(t, level, e));
	return RESULT_OK;
}

static result publish(struct log_tiles *t, const struct log_head *h, struct error *e)
{
	char path[PATH_MAX];

	TRY(path_join(path, sizeof path, t->dir, "checkpoint", e));
	TRY(file_write(path, h->note, strlen(h->note), 0644, e));
	t->published = h->size;
	t->is_published = true;
	return RESULT_OK;
}

/* Brings T up to H; *FITS says whether its root came out. */
static result catch_up_once(struct log_tiles *t, const struct log_head *h, bool *fits, struct error *e)
{
	struct merkle_hash mine, signed_root;

	*fits = t->range.size <= h->size;
	if (!*fits)
		return RESULT_OK;
	TRY(take_entries(t, h->size, e));
	TRY(write_partial(t, e));
	merkle_range_root(&t->range, &mine);
	merkle_range_root(&h->range, &signed_root);
	*fits = merkle_hash_eq(&mine, &signed_root);
	return RESULT_OK;
}

/* As catch_up_once; after a failure T is where the durable tiles end, so that it can be tried again. */
static result catch_up(struct log_tiles *t, const struct log_head *h, bool *fits, struct error *e)
{
	if (ok(catch_up_once(t, h, fits, e)))
		return RESULT_OK;
	go_on(t);
	return RESULT_FAIL;
}

result log_write_tiles(struct log_tiles *t, struct error *e)
{
	struct log_head head;
	bool fits;

	TRY(log_head_read(t->d, t->generation, &head, e));
	if (t->is_published && t->published == head.size)
		return RESULT_OK;
	TRY(log_head_check(&head, t->key, e));
	TRY(catch_up(t, &head, &fits, e));
	if (!fits) {
		forget_synced(t); /* what lay there was of another log, or damaged */
		begin_anew(t);
		TRY(catch_up(t, &head, &fits, e));
	}
	if (!fits) {
		begin_anew(t);
		return error_set(e, CODE_LOG_CORRUPT, "the log's entries do not lead to its signed root");
	}
	return publish(t, &head, e);
}
