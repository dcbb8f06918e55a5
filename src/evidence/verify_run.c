#include "evidence/verify_run.h"

#include "evidence/entry.h"

enum { THREADS_MAX = 8 };

uint64_t verify_chunks(uint64_t size)
{
	return size / VERIFY_CHUNK + (size % VERIFY_CHUNK != 0);
}

static void note_first(uint64_t *first, uint64_t index)
{
	if (*first == VERIFY_NONE)
		*first = index;
}

static void check_form(const struct verify_run *r, struct verify_chunk *c, uint64_t index, struct str entry)
{
	struct entry_view view;

	if (!entry_scan(entry, &view))
		note_first(&c->bad_form, index);
	else if (index < r->indexed && r->persons[index] < view.subject_count)
		note_first(&c->bad_index, index);
}

/* The leaves of one tile, to be compared with the source's own. */
struct leaves {
	unsigned width;
	struct merkle_hash at[TILE_WIDTH];
};

static void compare_tile(const struct verify_run *r, void *worker, struct verify_chunk *c, uint64_t n,
			 struct leaves *l)
{
	unsigned bad;

	if (r->source.compare && l->width) {
		r->source.compare(worker, n, l->width, l->at, &bad);
		if (bad < l->width)
			note_first(&c->bad_leaf, n * TILE_WIDTH + bad);
	}
	l->width = 0;
}

static result do_chunk(struct verify_run *r, void *worker, uint64_t number, struct error *e)
{
	struct verify_chunk *c = &r->chunks[number];
	uint64_t index = number * VERIFY_CHUNK;
	uint64_t end = r->size - index < VERIFY_CHUNK ? r->size : index + VERIFY_CHUNK;
	struct merkle_range range;
	struct leaves leaves = {.width = 0};

	*c = (struct verify_chunk){.bad_form = VERIFY_NONE, .bad_index = VERIFY_NONE, .bad_leaf = VERIFY_NONE};
	merkle_range_init(&range);
	for (; index < end; index++) {
		struct str entry;

		TRY(r->source.entry(worker, index, &entry, e));
		merkle_leaf(entry, &leaves.at[leaves.width]);
		merkle_range_add(&range, &leaves.at[leaves.width]);
		check_form(r, c, index, entry);
		if (++leaves.width == TILE_WIDTH)
			compare_tile(r, worker, c, index / TILE_WIDTH, &leaves);
	}
	compare_tile(r, worker, c, end / TILE_WIDTH, &leaves);
	if (range.size == VERIFY_CHUNK)
		c->root = range.at[0];
	else
		r->tail = range;
	return RESULT_OK;
}

/* The next chunk to be done, VERIFY_NONE when there is none, or when one has failed: all below that are taken. */
static uint64_t take_chunk(struct verify_run *r)
{
	uint64_t number = VERIFY_NONE;

	pthread_mutex_lock(&r->lock);
	if (r->failed == VERIFY_NONE && r->next < verify_chunks(r->size))
		number = r->next++;
	pthread_mutex_unlock(&r->lock);
	return number;
}

static void fail_chunk(struct verify_run *r, uint64_t number, const struct error *e)
{
	pthread_mutex_lock(&r->lock);
	if (number <= r->failed) {
		r->failed = number;
		r->error = *e;
	}
	pthread_mutex_unlock(&r->lock);
}

static void *work(void *arg)
{
	struct verify_run *r = arg;
	struct error e = {0};
	void *worker;
	uint64_t number;

	if (!ok(r->source.open(r->source.ctx, &worker, &e))) {
		fail_chunk(r, 0, &e);
		return NULL;
	}
	while ((number = take_chunk(r)) != VERIFY_NONE) {
		if (!ok(do_chunk(r, worker, number, &e))) {
			fail_chunk(r, number, &e);
			break;
		}
	}
	r->source.close(worker);
	return NULL;
}

result verify_run(struct verify_run *r, unsigned threads, struct error *e)
{
	pthread_t thread[THREADS_MAX];
	unsigned started = 0;

	r->next = 0;
	r->failed = VERIFY_NONE;
	merkle_range_init(&r->tail);
	pthread_mutex_init(&r->lock, NULL);
	/* this thread works, too; one that cannot be started is one less */
	while (started + 1 < threads && started < THREADS_MAX && pthread_create(&thread[started], NULL, work, r) == 0)
		started++;
	work(r);
	while (started > 0)
		pthread_join(thread[--started], NULL);
	pthread_mutex_destroy(&r->lock);
	if (r->failed == VERIFY_NONE)
		return RESULT_OK;
	return error_at(e, r->error.code, r->error.where, "%s", r->error.message);
}

/* Hashes the entries FROM to TO - 1 of R into RANGE, as if the log began there. */
static result hash_entries(struct verify_run *r, uint64_t from, uint64_t to, struct merkle_range *range,
			   struct error *e)
{
	void *worker;
	result done = RESULT_FAIL;

	TRY(r->source.open(r->source.ctx, &worker, e));
	for (uint64_t i = from; i < to; i++) {
		struct merkle_hash leaf;
		struct str entry;

		TRY_OUT(r->source.entry(worker, i, &entry, e));
		merkle_leaf(entry, &leaf);
		merkle_range_add(range, &leaf);
	}
	done = RESULT_OK;
out:
	r->source.close(worker);
	return done;
}

result verify_run_root(struct verify_run *r, uint64_t size, struct merkle_hash *root, struct error *e)
{
	struct merkle_range all, rest;

	merkle_range_init(&all);
	merkle_range_init(&rest);
	for (uint64_t i = 0; i < size / VERIFY_CHUNK; i++)
		merkle_range_add(&all, &r->chunks[i].root); /* a range of chunks has the shape of one of leaves */
	if (size == r->size)
		rest = r->tail;
	else
		TRY(hash_entries(r, size / VERIFY_CHUNK * VERIFY_CHUNK, size, &rest, e));
	for (unsigned i = 0; i < rest.count; i++)
		all.at[all.count++] = rest.at[i];
	merkle_range_root(&all, root);
	return RESULT_OK;
}
