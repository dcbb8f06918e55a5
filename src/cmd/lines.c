#include "cmd/lines.h"

#include <string.h>

enum { LINES_BLOCK = 1 << 16 };

void lines_init(struct lines *l, const char *name, size_t max)
{
	*l = (struct lines){.name = name, .max = max};
	buf_init(&l->held);
}

void lines_begin(struct lines *l, struct source source)
{
	l->source = source;
	buf_reset(&l->held);
	l->at = 0;
	l->line = 0;
	l->ended = false;
}

void lines_free(struct lines *l)
{
	buf_wipe(&l->held);
}

/* Reads another block behind what is held, and drops what was given. */
static result lines_fill(struct lines *l, struct error *e)
{
	size_t left = l->held.n - l->at, n;
	char *room;

	if (left > l->max)
		return error_at(e, CODE_TOO_LARGE, l->name, "line %llu is longer than %zu bytes", (unsigned long long)l->line + 1, l->max);
	if (l->at) {
		memmove(l->held.p, l->held.p + l->at, left);
		l->held.n = left;
		l->at = 0;
	}
	room = buf_room(&l->held, LINES_BLOCK);
	if (!room)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a line");
	TRY(l->source.read(l->source.ctx, room, LINES_BLOCK, &n, e));
	l->held.n -= LINES_BLOCK - n; /* the room that was not filled */
	l->ended = n == 0;
	return RESULT_OK;
}

result lines_next(struct lines *l, struct str *line, uint64_t *number, bool *more, struct error *e)
{
	size_t searched = 0;

	for (;;) {
		struct str rest = {l->held.p ? l->held.p + l->at : "", l->held.n - l->at};
		size_t end = searched + str_find(str_sub(rest, searched, rest.n), '\n');

		if (end == rest.n && !l->ended) {
			searched = rest.n;
			TRY(lines_fill(l, e));
			continue;
		}
		*more = rest.n != 0;
		if (!*more)
			return RESULT_OK;
		if (end > l->max)
			return error_at(e, CODE_TOO_LARGE, l->name, "line %llu is longer than %zu bytes",
					(unsigned long long)l->line + 1, l->max);
		l->at += end < rest.n ? end + 1 : end;
		*number = ++l->line;
		*line = str_trim(str_sub(rest, 0, end));
		if (line->n)
			return RESULT_OK;
		searched = 0;
	}
}
