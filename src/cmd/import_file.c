#include "cmd/import_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/csv.h"
#include "crypto/hash.h"

enum { PART = 1 << 20 };

/* Reads N bytes of FD from AT on into B.  Fails with io, out_of_memory. */
static result read_part(int fd, const char *path, off_t at, size_t n, struct buf *b, struct error *e)
{
	char *room = buf_room(b, n);
	size_t done = 0;

	if (!room)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a file");
	while (done < n) {
		ssize_t got = pread(fd, room + done, n - done, at + (off_t)done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return error_at(e, CODE_IO, path, "the file cannot be read: %s", got ? strerror(errno) : "it became shorter");
		done += (size_t)got;
	}
	return RESULT_OK;
}

result import_identity(const struct import_job *job, struct uuid *id, struct error *e)
{
	unsigned char hash[HASH_SIZE];
	int fd = open(job->file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat s;
	struct buf b;
	size_t part;
	result r = RESULT_FAIL;

	buf_init(&b);
	if (fd < 0 || fstat(fd, &s) != 0) {
		r = error_at(e, CODE_IO, job->file, "the file cannot be opened: %s", strerror(errno));
		goto out;
	}
	part = s.st_size > PART ? PART : (size_t)s.st_size;
	buf_printf(&b, "import\n%s\n%s\n%lld\n", job->category, job->channel, (long long)s.st_size);
	TRY_OUT(read_part(fd, job->file, 0, part, &b, e));
	TRY_OUT(read_part(fd, job->file, s.st_size - (off_t)part, part, &b, e));
	hash_sha256(b.p, b.n, hash);
	memcpy(id->b, hash, sizeof id->b);
	id->b[6] = (unsigned char)((id->b[6] & 0x0F) | 0x80); /* version 8: made by a rule of our own (RFC 9562) */
	id->b[8] = (unsigned char)((id->b[8] & 0x3F) | 0x80);
	r = RESULT_OK;
out:
	buf_wipe(&b);
	if (fd >= 0)
		(void)close(fd); /* ignored: only read from */
	return r;
}

static result reject_io(const struct rejects *r, struct error *e)
{
	return error_at(e, CODE_IO, r->path, "the rejected rows cannot be written: %s", strerror(errno));
}

static result rejects_open(struct rejects *r, struct error *e)
{
	int fd = open(r->path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (r->append ? O_APPEND : O_TRUNC), 0600);
	struct stat s;

	if (fd < 0 || fchmod(fd, 0600) != 0 || fstat(fd, &s) != 0 || !(r->file = fdopen(fd, "a"))) {
		if (fd >= 0)
			(void)close(fd); /* ignored: nothing was written */
		return reject_io(r, e);
	}
	if (s.st_size == 0 &&
	    fprintf(r->file, "line,column,code,reason,%.*s\n", (int)r->columns.n, r->columns.p) < 0)
		return reject_io(r, e);
	return RESULT_OK;
}

result rejects_add(struct rejects *r, const struct reject *row, struct error *e)
{
	struct buf b;
	bool written;

	if (!r->file)
		TRY(rejects_open(r, e));
	buf_init(&b);
	buf_u64(&b, row->line);
	buf_byte(&b, ',');
	csv_write(&b, row->column, ',');
	buf_byte(&b, ',');
	csv_write(&b, str_of(row->code), ',');
	buf_byte(&b, ',');
	csv_write(&b, str_of(row->reason), ',');
	buf_byte(&b, ',');
	buf_str(&b, row->original);
	buf_byte(&b, '\n');
	written = buf_ok(&b) && fwrite(b.p, 1, b.n, r->file) == b.n;
	buf_wipe(&b);
	return written ? RESULT_OK : reject_io(r, e);
}

result rejects_flush(struct rejects *r, struct error *e)
{
	if (r->file && (fflush(r->file) != 0 || fdatasync(fileno(r->file)) != 0))
		return reject_io(r, e);
	return RESULT_OK;
}

void rejects_close(struct rejects *r)
{
	if (r->file)
		(void)fclose(r->file); /* ignored: what counts was flushed */
	r->file = NULL;
}
