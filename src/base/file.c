#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static result file_fail(struct error *e, const char *what, const char *path)
{
	char text[128];

	return error_at(e, CODE_IO, path, "cannot %s: %s", what, strerror_r(errno, text, sizeof text));
}

static result read_all(int fd, const char *path, size_t max, struct buf *b, struct error *e)
{
	for (;;) {
		char chunk[16384];
		ssize_t n = read(fd, chunk, sizeof chunk);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return file_fail(e, "read the file", path);
		if (n == 0)
			return buf_ok(b) ? RESULT_OK : error_set(e, CODE_OUT_OF_MEMORY, "no memory to read a file");
		if (b->n + (size_t)n > max)
			return error_at(e, CODE_TOO_LARGE, path, "the file is larger than %zu bytes", max);
		buf_add(b, chunk, (size_t)n);
		explicit_bzero(chunk, sizeof chunk); /* keys are read this way, too */
	}
}

result file_read(const char *path, size_t max, struct buf *b, struct error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	result r;

	if (fd < 0)
		return file_fail(e, "open the file", path);
	if (fstat(fd, &st) != 0)
		r = file_fail(e, "look at the file", path);
	else if (!S_ISREG(st.st_mode))
		r = error_at(e, CODE_IO, path, "this is not a regular file");
	else
		r = read_all(fd, path, max, b, e);
	if (close(fd) != 0 && ok(r))
		r = file_fail(e, "close the file", path);
	return r;
}

static result write_all(int fd, const char *path, const char *p, size_t n, struct error *e)
{
	while (n) {
		ssize_t w = write(fd, p, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return file_fail(e, "write the file", path);
		p += w;
		n -= (size_t)w;
	}
	if (fsync(fd) != 0)
		return file_fail(e, "sync the file", path);
	return RESULT_OK;
}

static result sync_parent(const char *path, struct error *e)
{
	char dir[PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) : 0;

	if (!slash)
		return file_sync_dir(".", e);
	if (n == 0)
		return file_sync_dir("/", e);
	if (n >= sizeof dir)
		return error_at(e, CODE_TOO_LARGE, path, "the path is too long");
	memcpy(dir, path, n);
	dir[n] = '\0';
	return file_sync_dir(dir, e);
}

result file_write(const char *path, const void *p, size_t n, mode_t mode, struct error *e)
{
	char temp[PATH_MAX];
	int len = snprintf(temp, sizeof temp, "%s.new-%ld", path, (long)getpid());
	int fd;
	result r;

	if (len < 0 || (size_t)len >= sizeof temp)
		return error_at(e, CODE_TOO_LARGE, path, "the path is too long");
	fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (fd < 0)
		return file_fail(e, "create the file", temp);
	r = write_all(fd, temp, p, n, e);
	if (close(fd) != 0 && ok(r))
		r = file_fail(e, "close the file", temp);
	if (ok(r) && rename(temp, path) != 0)
		r = file_fail(e, "put the file in its place", path);
	if (!ok(r)) {
		(void)unlink(temp); /* ignored: the write's own failure is what is reported */
		return r;
	}
	return sync_parent(path, e);
}

result file_sync_dir(const char *path, struct error *e)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	result r = RESULT_OK;

	if (fd < 0)
		return file_fail(e, "open the directory", path);
	if (fsync(fd) != 0)
		r = file_fail(e, "sync the directory", path);
	if (close(fd) != 0 && ok(r))
		r = file_fail(e, "close the directory", path);
	return r;
}

result file_make_dir(const char *path, struct error *e)
{
	char made[PATH_MAX];
	size_t n = strlen(path);

	if (n >= sizeof made)
		return error_at(e, CODE_TOO_LARGE, path, "the path is too long");
	memcpy(made, path, n + 1);
	for (size_t i = 1; i <= n; i++) {
		if (made[i] != '/' && made[i] != '\0')
			continue;
		made[i] = '\0';
		if (mkdir(made, 0700) != 0 && errno != EEXIST)
			return file_fail(e, "make the directory", made);
		made[i] = path[i];
	}
	return RESULT_OK;
}

result path_join(char *out, size_t cap, const char *dir, const char *name, struct error *e)
{
	size_t n = strlen(dir);
	int made = snprintf(out, cap, "%s%s%s", dir, n && dir[n - 1] == '/' ? "" : "/", name);

	if (made < 0 || (size_t)made >= cap)
		return error_at(e, CODE_TOO_LARGE, dir, "the path is too long");
	return RESULT_OK;
}
