#include "db/compose.h"

static const struct str none = {NULL, 0};

/* What B has, in A; B is freed. */
static struct str take(struct arena *a, struct buf *b, bool good)
{
	struct str s = none;

	if (good && buf_ok(b))
		s = (struct str){arena_copy(a, b->p ? b->p : "", b->n), b->n};
	buf_free(b);
	return s;
}

static struct str find(const struct compose_hole *holes, struct str name)
{
	for (; holes->name; holes++)
		if (str_is(name, holes->name))
			return holes->text;
	return none;
}

struct str compose(struct arena *a, const char *text, const struct compose_hole *holes)
{
	struct str rest = str_of(text);
	struct buf b;
	bool good = true;

	buf_init(&b);
	while (rest.n && good) {
		size_t at = str_find(rest, '{'), end = str_find(rest, '}');
		struct str fill;

		buf_str(&b, str_sub(rest, 0, at));
		if (at == rest.n)
			break;
		fill = find(holes, str_sub(rest, at + 1, end - at - 1));
		good = fill.p != NULL;
		if (good)
			buf_str(&b, fill);
		rest = str_sub(rest, end + 1, rest.n);
	}
	return take(a, &b, good);
}

struct str compose_list(struct arena *a, const struct str *at, size_t n, const char *between)
{
	struct buf b;
	bool good = at != NULL;

	buf_init(&b);
	for (size_t i = 0; good && i < n; i++) {
		buf_text(&b, i ? between : "");
		good = at[i].p != NULL;
		if (good)
			buf_str(&b, at[i]);
	}
	return take(a, &b, good);
}

struct str compose_name(struct arena *a, struct str name)
{
	struct buf b;

	buf_init(&b);
	buf_byte(&b, '"');
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '"')
			buf_byte(&b, '"');
		buf_byte(&b, name.p[i]);
	}
	buf_byte(&b, '"');
	return take(a, &b, true);
}

struct str compose_number(struct arena *a, const char *before, size_t n)
{
	struct buf b;

	buf_init(&b);
	buf_text(&b, before);
	buf_u64(&b, n);
	return take(a, &b, true);
}
