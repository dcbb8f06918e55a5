#include "access/housekeeper.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "access/access_private.h"
#include "access/counts.h"
#include "access/sweep.h"
#include "evidence/tiles.h"

enum {
	ROUND_MS = 100,		   /* between rounds */
	HIGH_WATER_MS = 10000,	   /* how far the high-water file may lag behind */
	TILES_MS = 1000,
	SLOW_MS = 60000,	   /* between rounds of what is slow: keys, what is due */
};

struct housekeeper {
	struct access *access;
	pthread_t thread;
	_Atomic bool erased; /* something is to go from the WAL */

	pthread_mutex_t lock;
	pthread_cond_t stop;
	bool stopping; /* under lock */

	/* the thread's own */
	struct access_reader *reader;
	struct db *files; /* for the WAL */
	struct db *log;	  /* what the tiles are made from */
	struct log_tiles *tiles;
	struct sweep *sweep;
	int64_t next_tiles, next_high_water, next_slow;
};

/* Writes the WAL back: what can be in every round, all of it when something was erased. */
static result tend_wal(struct housekeeper *h, struct error *e)
{
	struct db_wal wal;

	if (atomic_exchange(&h->erased, false)) {
		struct error busy = {0};

		if (ok(db_checkpoint(h->files, DB_CHECKPOINT_TRUNCATE, &wal, &busy)))
			return RESULT_OK;
		atomic_store(&h->erased, true); /* a reader is in the way: in the next round */
	}
	TRY(db_checkpoint(h->files, DB_CHECKPOINT_STEP, &wal, e));
	atomic_store(&h->access->wal_written, wal.pages - wal.left);
	return RESULT_OK;
}

static result tend_files(struct housekeeper *h, int64_t now, struct error *e)
{
	TRY(tend_wal(h, e));
	if (now >= h->next_tiles) {
		h->next_tiles = now + TILES_MS;
		TRY(log_write_tiles(h->tiles, e));
	}
	if (now >= h->next_high_water) {
		h->next_high_water = now + HIGH_WATER_MS;
		TRY(log_keep_high_water(h->access->log, e));
	}
	return RESULT_OK;
}

static result tend(struct housekeeper *h, struct error *e)
{
	struct access *a = h->access;
	int64_t now = clock_monotonic(&a->clock);

	TRY(gates_tick(a->gates, clock_now(&a->clock), e));
	TRY(tend_files(h, now, e));
	TRY(sweep_index(h->sweep, h->reader, e));
	if (now >= h->next_slow) {
		h->next_slow = now + SLOW_MS;
		TRY(sweep_keys(h->sweep, h->reader, e));
		TRY(sweep_forget(h->sweep, h->reader, e));
		TRY(sweep_due(h->sweep, h->reader, e));
		TRY(sweep_sets(a, h->reader, e));
	}
	return RESULT_OK;
}

/* Sleeps a round; false when it is time to stop. */
static bool sleep_round(struct housekeeper *h)
{
	struct timespec until;
	bool stopping;

	if (clock_gettime(CLOCK_REALTIME, &until) != 0)
		return false;
	until.tv_nsec += (long)ROUND_MS * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&h->lock);
	while (!h->stopping && pthread_cond_timedwait(&h->stop, &h->lock, &until) != ETIMEDOUT)
		;
	stopping = h->stopping;
	pthread_mutex_unlock(&h->lock);
	return !stopping;
}

static void *housekeeper_main(void *arg)
{
	struct housekeeper *h = arg;

	(void)pthread_setname_np(pthread_self(), "housekeeper"); /* ignored: a name for operators, no more */
	do {
		struct error e = {0};

		/* a step that fails (a full disk, say) is tried again in the next round */
		if (!ok(tend(h, &e)))
			counts_failed(access_counts(h->access));
	} while (sleep_round(h));
	return NULL;
}

static result housekeeper_open(struct housekeeper *h, struct error *e)
{
	struct access *a = h->access;
	struct log_tiles_config tiles = {.dir = a->instance.tiles, .key = log_key(a->log)};

	TRY(access_reader_open(a, &h->reader, e));
	TRY(db_open(a->instance.database, DB_WRITE, &h->files, e));
	TRY(db_open(a->instance.database, DB_READ, &h->log, e));
	TRY(log_tiles_open(h->log, log_generation(a->log), &tiles, &h->tiles, e));
	return sweep_new(a, &h->sweep, e);
}

static void housekeeper_free(struct housekeeper *h)
{
	sweep_free(h->sweep);
	log_tiles_close(h->tiles);
	db_close(h->log);
	db_close(h->files);
	access_reader_close(h->reader);
	free(h);
}

result housekeeper_start(struct access *a, struct housekeeper **out, struct error *e)
{
	struct housekeeper *h = calloc(1, sizeof *h);

	*out = NULL;
	if (!h)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the housekeeper");
	h->access = a;
	if (!ok(housekeeper_open(h, e))) {
		housekeeper_free(h);
		return RESULT_FAIL;
	}
	if (pthread_mutex_init(&h->lock, NULL) != 0 || pthread_cond_init(&h->stop, NULL) != 0 ||
	    pthread_create(&h->thread, NULL, housekeeper_main, h) != 0) {
		housekeeper_free(h);
		return error_set(e, CODE_INTERNAL, "cannot start the housekeeper's thread");
	}
	*out = h;
	return RESULT_OK;
}

void housekeeper_stop(struct housekeeper *h)
{
	if (!h)
		return;
	pthread_mutex_lock(&h->lock);
	h->stopping = true;
	pthread_mutex_unlock(&h->lock);
	pthread_cond_signal(&h->stop);
	(void)pthread_join(h->thread, NULL);	/* ignored: the thread exists and is joined once */
	(void)pthread_cond_destroy(&h->stop);	/* ignored: nobody waits any more */
	(void)pthread_mutex_destroy(&h->lock);	/* ignored: nobody holds it any more */
	(void)log_write_tiles(h->tiles, NULL);	/* ignored: tiles are derived, the next start writes them */
	housekeeper_free(h);
}

void access_erased(struct access *a)
{
	if (a->housekeeper)
		atomic_store(&a->housekeeper->erased, true);
}
