#include "base/source.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static result read_descriptor(void *ctx, char *out, size_t cap, size_t *n, struct error *e)
{
	const struct descriptor_source *s = ctx;

	for (;;) {
		char text[128];
		ssize_t got = read(s->fd, out, cap);

		if (got >= 0) {
			*n = (size_t)got;
			return RESULT_OK;
		}
		if (errno != EINTR)
			return error_at(e, CODE_IO, s->name, "cannot read: %s",
					strerror_r(errno, text, sizeof text));
	}
}

static result read_memory(void *ctx, char *out, size_t cap, size_t *n, struct error *e)
{
	struct str *s = ctx;

	(void)e;
	*n = s->n < cap ? s->n : cap;
	if (*n)
		memcpy(out, s->p, *n);
	*s = str_sub(*s, *n, s->n);
	return RESULT_OK;
}

struct source source_descriptor(struct descriptor_source *s)
{
	return (struct source){read_descriptor, s};
}

struct source source_memory(struct str *s)
{
	return (struct source){read_memory, s};
}
