#include "evidence/entries.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence/place.h"

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory to verify the log");
}

struct database_worker {
	struct db *d;
	struct log_reader *reader;
};

static void database_close(void *worker)
{
	struct database_worker *w = worker;

	log_reader_free(w->reader);
	db_close(w->d);
	free(w);
}

static result database_open(void *ctx, void **worker, struct error *e)
{
	const struct entries_database *c = ctx;
	struct database_worker *w = calloc(1, sizeof *w);

	if (!w)
		return no_memory(e);
	if (!ok(db_open(c->url, DB_READ, &w->d, e)) || !ok(log_reader_make(w->d, c->generation, &w->reader, e))) {
		database_close(w);
		return RESULT_FAIL;
	}
	*worker = w;
	return RESULT_OK;
}

static result database_entry(void *worker, uint64_t index, struct str *entry, struct error *e)
{
	struct database_worker *w = worker;
	struct error why = {0};

	if (ok(log_reader_entry(w->reader, index, entry, &why)))
		return RESULT_OK;
	/* here all entries are asked for that the signed head covers */
	return error_at(e, why.code == CODE_NO_SUCH_RESOURCE ? CODE_LOG_CORRUPT : why.code, why.where, "%s",
			why.message);
}

struct entries entries_of_database(struct entries_database *d)
{
	return (struct entries){database_open, database_entry, NULL, database_close, d};
}

struct tiles_worker {
	const struct entries_tiles *tiles;
	bool there; /* a bundle is */
	uint64_t n;
	struct buf bundle;
	struct buf hashes;
	struct str rest;
	uint64_t next;
};

static void tiles_close(void *worker)
{
	struct tiles_worker *w = worker;

	buf_free(&w->bundle);
	buf_free(&w->hashes);
	free(w);
}

static result tiles_open(void *ctx, void **worker, struct error *e)
{
	struct tiles_worker *w = calloc(1, sizeof *w);

	if (!w)
		return no_memory(e);
	w->tiles = ctx;
	*worker = w;
	return RESULT_OK;
}

static result tiles_entry(void *worker, uint64_t index, struct str *entry, struct error *e)
{
	struct tiles_worker *w = worker;
	uint64_t n = index / TILE_WIDTH;

	if (!w->there || w->n != n || index < w->next) {
		const struct tile_id t = {TILE_ENTRIES, n, tile_width(TILE_ENTRIES, n, w->tiles->size)};

		w->there = false;
		if (t.width == 0)
			return place_fail(e, CODE_LOG_CORRUPT, 0, index, "the log has no such entry");
		TRY(tile_read(w->tiles->dir, &t, &w->bundle, e));
		w->there = true;
		w->n = n;
		w->rest = buf_view(&w->bundle);
		w->next = n * TILE_WIDTH;
	}
	do {
		if (!bundle_next(&w->rest, entry))
			return place_fail(e, CODE_LOG_CORRUPT, 0, w->next, "the bundle has fewer entries than it should");
	} while (w->next++ < index);
	return RESULT_OK;
}

static void tiles_compare(void *worker, uint64_t n, unsigned width, const struct merkle_hash *leaves, unsigned *bad)
{
	struct tiles_worker *w = worker;
	const struct tile_id t = {0, n, width};
	const struct merkle_hash *hashes;

	*bad = 0;
	if (!ok(tile_read(w->tiles->dir, &t, &w->hashes, NULL)))
		return;
	hashes = (const struct merkle_hash *)(const void *)w->hashes.p;
	while (*bad < width && merkle_hash_eq(&leaves[*bad], &hashes[*bad]))
		++*bad;
}

struct entries entries_of_tiles(struct entries_tiles *t)
{
	return (struct entries){tiles_open, tiles_entry, tiles_compare, tiles_close, t};
}

/* Notes where each ENTRIES_STRIDE-th line of X begins, and counts them. */
static result mark_lines(struct entries_export *x, struct error *e)
{
	const char *at = x->bytes.p, *end = x->bytes.p + x->bytes.n;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		uint64_t offset = (uint64_t)(at - x->bytes.p);

		if (!newline)
			return error_set(e, CODE_MALFORMED, "the last line of the exported file does not end");
		if (x->size++ % ENTRIES_STRIDE == 0)
			buf_add(&x->marks, &offset, sizeof offset);
		at = newline + 1;
	}
	return buf_ok(&x->marks) ? RESULT_OK : no_memory(e);
}

result entries_export_open(const char *path, struct entries_export *x, struct error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *map;

	*x = (struct entries_export){.size = 0};
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		if (fd >= 0)
			close(fd);
		return error_at(e, CODE_IO, path, "cannot read the exported file");
	}
	map = st.st_size ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
	close(fd);
	if (map == MAP_FAILED)
		return error_at(e, CODE_IO, path, "cannot read the exported file");
	x->mapped = map != NULL;
	x->bytes = (struct str){map, map ? (size_t)st.st_size : 0};
	return mark_lines(x, e);
}

void entries_export_close(struct entries_export *x)
{
	if (x->mapped)
		munmap((void *)(uintptr_t)x->bytes.p, x->bytes.n);
	buf_free(&x->marks);
	*x = (struct entries_export){.size = 0};
}

struct export_worker {
	const struct entries_export *x;
	struct str rest;
	uint64_t next;
};

static void export_close(void *worker)
{
	free(worker);
}

static result export_open(void *ctx, void **worker, struct error *e)
{
	struct export_worker *w = calloc(1, sizeof *w);

	if (!w)
		return no_memory(e);
	w->x = ctx;
	w->rest = w->x->bytes;
	*worker = w;
	return RESULT_OK;
}

static result export_entry(void *worker, uint64_t index, struct str *entry, struct error *e)
{
	struct export_worker *w = worker;
	size_t end;

	if (index >= w->x->size)
		return place_fail(e, CODE_LOG_CORRUPT, 0, index, "the exported file has no such entry");
	if (index != w->next) {
		uint64_t offset;

		memcpy(&offset, w->x->marks.p + index / ENTRIES_STRIDE * sizeof offset, sizeof offset);
		w->rest = str_sub(w->x->bytes, offset, w->x->bytes.n);
		w->next = index / ENTRIES_STRIDE * ENTRIES_STRIDE;
	}
	do {
		end = str_find(w->rest, '\n');
		*entry = str_sub(w->rest, 0, end);
		w->rest = str_sub(w->rest, end + 1, w->rest.n);
	} while (w->next++ < index);
	return RESULT_OK;
}

struct entries entries_of_export(struct entries_export *x)
{
	return (struct entries){export_open, export_entry, NULL, export_close, x};
}
