#include "base/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static result fail(struct error *e, const char *what, const char *path)
{
	char text[128];

	return error_at(e, CODE_IO, path, "cannot %s: %s", what, strerror_r(errno, text, sizeof text));
}

result outfile_open(struct outfile *f, const char *path, unsigned mode, struct error *e)
{
	struct stat st;
	int n;

	*f = OUTFILE_NONE;
	buf_init(&f->pending);
	n = snprintf(f->temporary, sizeof f->temporary, "%s.new-%ld", path, (long)getpid());
	if (n < 0 || (size_t)n >= sizeof f->temporary)
		return error_at(e, CODE_TOO_LARGE, path, "the path is too long");
	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return error_at(e, CODE_IO, path, "this is no regular file and is not written over");
	memcpy(f->path, path, strlen(path) + 1);
	f->fd = open(f->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	return f->fd < 0 ? fail(e, "create the file", path) : RESULT_OK;
}

result outfile_flush(struct outfile *f, size_t least, struct error *e)
{
	struct str left = buf_view(&f->pending);

	if (!buf_ok(&f->pending))
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory to write a file");
	if (left.n < least)
		return RESULT_OK;
	while (left.n) {
		ssize_t w = write(f->fd, left.p, left.n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return fail(e, "write the file", f->path);
		left = str_sub(left, (size_t)w, left.n);
	}
	buf_reset(&f->pending);
	return RESULT_OK;
}

static result sync_directory(const char *path, struct error *e)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX];
	size_t n = slash ? (size_t)(slash - path) : 0;

	if (!slash)
		return file_sync_dir(".", e);
	if (n == 0)
		return file_sync_dir("/", e);
	memcpy(dir, path, n);
	dir[n] = '\0';
	return file_sync_dir(dir, e);
}

/* Writes F out and syncs it under its temporary name. */
static result settle(struct outfile *f, struct error *e)
{
	TRY(outfile_flush(f, 0, e));
	return fsync(f->fd) == 0 ? RESULT_OK : fail(e, "sync the file", f->path);
}

/* Gives F, which is settled, its name. */
static result put_in_place(struct outfile *f, struct error *e)
{
	int fd = f->fd;

	f->fd = -1;
	if (close(fd) != 0 || rename(f->temporary, f->path) != 0) {
		result r = fail(e, "put the file in its place", f->path);

		(void)unlink(f->temporary); /* ignored: the failure above is what is reported */
		return r;
	}
	buf_free(&f->pending);
	return sync_directory(f->path, e);
}

result outfile_commit(struct outfile *f, struct error *e)
{
	TRY(settle(f, e));
	return put_in_place(f, e);
}

result outfile_commit_all(struct outfile *f, size_t count, struct error *e)
{
	for (size_t i = 0; i < count; i++) {
		f[i].fresh = f[i].fd >= 0 && access(f[i].path, F_OK) != 0;
		if (f[i].fd >= 0)
			TRY(settle(&f[i], e));
	}
	for (size_t i = 0; i < count; i++) {
		if (f[i].fd < 0 || ok(put_in_place(&f[i], e)))
			continue;
		for (size_t k = i + 1; k-- > 0;)
			if (f[k].fresh)
				(void)unlink(f[k].path); /* ignored: the failure above is what is reported */
		return RESULT_FAIL;
	}
	return RESULT_OK;
}

void outfile_drop(struct outfile *f)
{
	buf_free(&f->pending);
	if (f->fd < 0)
		return;
	close(f->fd);
	f->fd = -1;
	(void)unlink(f->temporary); /* ignored: nothing more can be done */
}
