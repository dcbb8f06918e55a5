#include "evidence/tile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h> /* rename */
#include <string.h>
#include <unistd.h>

#include "base/file.h"

/* Appends N in groups of three digits. */
static void write_number(struct buf *b, uint64_t n)
{
	uint64_t scale = 1;

	while (n / scale >= 1000)
		scale *= 1000;
	for (; scale; scale /= 1000) {
		unsigned group = (unsigned)(n / scale % 1000);

		if (scale > 1)
			buf_byte(b, 'x');
		buf_byte(b, (char)('0' + group / 100));
		buf_byte(b, (char)('0' + group / 10 % 10));
		buf_byte(b, (char)('0' + group % 10));
		if (scale > 1)
			buf_byte(b, '/');
	}
}

static void write_folder(struct buf *b, const struct tile_id *t)
{
	buf_text(b, "tile/");
	if (t->level == TILE_ENTRIES)
		buf_text(b, "entries");
	else
		buf_u64(b, (uint64_t)t->level);
	buf_byte(b, '/');
	write_number(b, t->n);
}

void tile_path(struct buf *b, const struct tile_id *t)
{
	write_folder(b, t);
	if (t->width < TILE_WIDTH) {
		buf_text(b, ".p/");
		buf_u64(b, t->width);
	}
}

/* Takes what stands before the next slash off PATH, and the slash. */
static struct str take_part(struct str *path)
{
	size_t end = str_find(*path, '/');
	struct str part = str_sub(*path, 0, end);

	*path = str_sub(*path, end + 1, path->n);
	return part;
}

/* Reads the groups of PATH into *N and *PARTIAL; what is left is the width of a partial tile. */
static bool read_number(struct str *path, uint64_t *n, bool *partial)
{
	*n = 0;
	for (int groups = 0; groups < 6; groups++) {
		struct str part = take_part(path);
		bool more = str_starts(part, STR("x"));
		uint64_t three;

		if (more)
			part = str_sub(part, 1, part.n);
		*partial = !more && part.n == 5 && str_is(str_sub(part, 3, 2), ".p");
		if (*partial)
			part.n = 3;
		if (part.n != 3 || !str_to_u64(part, 999, &three) || (groups == 0 && more && three == 0))
			return false;
		*n = *n * 1000 + three;
		if (!more)
			return true;
	}
	return false;
}

bool tile_path_read(struct str path, struct tile_id *out)
{
	struct str level;
	uint64_t number = 0, width = TILE_WIDTH;
	bool partial;

	if ((path.n && path.p[path.n - 1] == '/') || !str_is(take_part(&path), "tile"))
		return false;
	level = take_part(&path);
	if (!str_is(level, "entries") && (level.n != 1 || !str_to_u64(level, TILE_LEVELS - 1, &number)))
		return false;
	out->level = str_is(level, "entries") ? TILE_ENTRIES : (int)number;
	if (!read_number(&path, &out->n, &partial))
		return false;
	if (partial && (path.n > 3 || path.n == 0 || path.p[0] == '0' || !str_to_u64(path, TILE_WIDTH - 1, &width)))
		return false;
	out->width = (unsigned)width;
	return partial || path.n == 0;
}

unsigned tile_width(int level, uint64_t n, uint64_t size)
{
	uint64_t count = level > 0 ? size >> (TILE_HEIGHT * level) : size;

	if (n >= (count + TILE_WIDTH - 1) / TILE_WIDTH)
		return 0;
	return count - n * TILE_WIDTH < TILE_WIDTH ? (unsigned)(count - n * TILE_WIDTH) : TILE_WIDTH;
}

void bundle_add(struct buf *b, struct str entry)
{
	unsigned char *at = (unsigned char *)buf_room(b, 2 + entry.n);

	if (!at)
		return;
	at[0] = (unsigned char)(entry.n >> 8);
	at[1] = (unsigned char)entry.n;
	if (entry.n)
		memcpy(at + 2, entry.p, entry.n);
}

bool bundle_next(struct str *rest, struct str *entry)
{
	size_t n;

	if (rest->n < 2)
		return false;
	n = (size_t)(unsigned char)rest->p[0] << 8 | (unsigned char)rest->p[1];
	if (rest->n - 2 < n)
		return false;
	*entry = (struct str){rest->p + 2, n};
	*rest = (struct str){rest->p + 2 + n, rest->n - 2 - n};
	return true;
}

/* The path of T's file under DIR into OUT.  Fails with too_large, out_of_memory. */
static result full_path(const char *dir, const struct tile_id *t, char out[PATH_MAX], struct error *e)
{
	struct buf b;
	result r;

	buf_init(&b);
	tile_path(&b, t);
	r = path_join(out, PATH_MAX, dir, buf_c(&b), e);
	buf_free(&b);
	return r;
}

/* Cuts B, the content of a tile at least as wide as T, to T's width; false when it is too short, or whole and too long. */
static bool cut(const struct tile_id *t, bool exact, struct buf *b)
{
	struct str rest = buf_view(b), entry;
	size_t n = 0;

	if (t->level != TILE_ENTRIES) {
		n = (size_t)t->width * HASH_SIZE;
	} else {
		for (unsigned i = 0; i < t->width; i++)
			if (!bundle_next(&rest, &entry))
				return false;
		n = b->n - rest.n;
	}
	if (b->n < n || (exact && b->n != n))
		return false;
	b->n = n;
	return true;
}

result tile_read(const char *dir, const struct tile_id *t, struct buf *b, struct error *e)
{
	const struct tile_id full = {t->level, t->n, TILE_WIDTH};
	size_t max = t->level == TILE_ENTRIES ? BUNDLE_MAX : TILE_BYTES;
	bool exact = true;
	char path[PATH_MAX];

	TRY(full_path(dir, t, path, e));
	if (t->width < TILE_WIDTH && access(path, F_OK) != 0) {
		/* the partial one may be gone once the full one is there */
		TRY(full_path(dir, &full, path, e));
		exact = false;
	}
	buf_reset(b);
	TRY(file_read(path, max, b, e));
	if (!cut(t, exact, b))
		return error_at(e, CODE_LOG_CORRUPT, path, "the tile has not the length that it should");
	return RESULT_OK;
}

static result fail_at(struct error *e, const char *what, const char *path)
{
	char text[128];

	return error_at(e, CODE_IO, path, "cannot %s: %s", what, strerror_r(errno, text, sizeof text));
}

static result make_parent(const char *path, struct error *e)
{
	char folder[PATH_MAX];
	size_t n = (size_t)(strrchr(path, '/') - path);

	memcpy(folder, path, n);
	folder[n] = '\0';
	return file_make_dir(folder, e);
}

/* Opens TEMP, beside PATH, to be written; the folder is made when it is missing. */
static int open_temp(const char *temp, const char *path, struct error *e)
{
	int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 && errno == ENOENT && ok(make_parent(path, e)))
		fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	return fd;
}

result tile_write(const char *dir, const struct tile_id *t, struct str bytes, struct error *e)
{
	char path[PATH_MAX], temp[PATH_MAX + 8];
	bool written;
	int fd;

	TRY(full_path(dir, t, path, e));
	memcpy(temp, path, strlen(path));
	memcpy(temp + strlen(path), ".new", sizeof ".new");
	fd = open_temp(temp, path, e);
	if (fd < 0)
		return fail_at(e, "write the tile", path);
	written = write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n;
	if (close(fd) != 0 || !written || rename(temp, path) != 0) {
		result r = fail_at(e, "write the tile", path);

		(void)unlink(temp); /* ignored: the write's own failure is what is reported */
		return r;
	}
	return RESULT_OK;
}

result tile_sync_all(const char *dir, struct error *e)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool synced;

	if (fd < 0)
		return fail_at(e, "open the folder", dir);
	synced = syncfs(fd) == 0;
	if (close(fd) != 0 || !synced)
		return fail_at(e, "sync the tiles", dir);
	return RESULT_OK;
}

result tile_drop_partial(const char *dir, const struct tile_id *t, struct error *e)
{
	const struct tile_id partial = {t->level, t->n, 1};
	char path[PATH_MAX];
	struct dirent *one;
	DIR *folder;
	bool gone = true;

	TRY(full_path(dir, &partial, path, e));
	*strrchr(path, '/') = '\0';
	folder = opendir(path);
	if (!folder)
		return errno == ENOENT ? RESULT_OK : fail_at(e, "open the folder", path);
	while ((one = readdir(folder)) != NULL)
		if (one->d_name[0] != '.' && unlinkat(dirfd(folder), one->d_name, 0) != 0)
			gone = false;
	if (closedir(folder) != 0 || !gone || rmdir(path) != 0)
		return fail_at(e, "remove the folder", path);
	return RESULT_OK;
}
