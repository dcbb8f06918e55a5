/* Lines at both ends that are equal are set aside; between them a longest common subsequence is kept. */
#include "cmd/linediff.h"

#include <string.h>

enum { CONTEXT = 3, MOST_CELLS = 4 * 1024 * 1024 };

struct side {
	struct str *lines; /* each with its line end */
	size_t n;
};

/* One line of the diff: kept (in both), taken out, or put in. */
struct step {
	char sign;
	struct str line;
};

struct diff {
	struct arena arena;
	struct side a, b;
	struct step *steps;
	size_t n;
};

static bool split(struct arena *arena, struct str text, struct side *out)
{
	size_t count = 1;

	for (size_t i = 0; i < text.n; i++)
		count += text.p[i] == '\n';
	out->lines = arena_array(arena, count, sizeof *out->lines);
	if (!out->lines)
		return false;
	for (size_t at = 0; at < text.n; at += out->lines[out->n++].n)
		out->lines[out->n] = str_sub(text, at, str_find(str_sub(text, at, text.n), '\n') + 1);
	return true;
}

static void step(struct diff *d, char sign, struct str line)
{
	d->steps[d->n++] = (struct step){sign, line};
}

/* The steps between the equal ends: A from I to IEND becomes B from J to JEND. */
static void middle(struct diff *d, size_t i, size_t i_end, size_t j, size_t j_end)
{
	size_t rows = i_end - i + 1, columns = j_end - j + 1, first = i, begin = j;
	uint16_t *longest = NULL;

	if (rows <= MOST_CELLS / columns && rows < UINT16_MAX)
		longest = arena_array(&d->arena, rows * columns, sizeof *longest);
	for (size_t r = rows - 1; longest && r-- > 0;)
		for (size_t c = columns - 1; c-- > 0;) {
			uint16_t down = longest[(r + 1) * columns + c], right = longest[r * columns + c + 1];

			longest[r * columns + c] = str_eq(d->a.lines[first + r], d->b.lines[begin + c])
							   ? (uint16_t)(longest[(r + 1) * columns + c + 1] + 1)
							   : down > right ? down : right;
		}
	while (longest && i < i_end && j < j_end) {
		size_t r = i - first, c = j - begin;

		if (str_eq(d->a.lines[i], d->b.lines[j])) {
			step(d, ' ', d->a.lines[i++]);
			j++;
		} else if (longest[(r + 1) * columns + c] >= longest[r * columns + c + 1]) {
			step(d, '-', d->a.lines[i++]);
		} else {
			step(d, '+', d->b.lines[j++]);
		}
	}
	while (i < i_end)
		step(d, '-', d->a.lines[i++]);
	while (j < j_end)
		step(d, '+', d->b.lines[j++]);
}

static bool compare(struct diff *d)
{
	size_t head = 0, tail = 0;

	d->steps = arena_array(&d->arena, d->a.n + d->b.n + 1, sizeof *d->steps);
	if (!d->steps)
		return false;
	while (head < d->a.n && head < d->b.n && str_eq(d->a.lines[head], d->b.lines[head]))
		step(d, ' ', d->a.lines[head++]);
	while (tail < d->a.n - head && tail < d->b.n - head &&
	       str_eq(d->a.lines[d->a.n - 1 - tail], d->b.lines[d->b.n - 1 - tail]))
		tail++;
	middle(d, head, d->a.n - tail, head, d->b.n - tail);
	for (; tail > 0; tail--)
		step(d, ' ', d->a.lines[d->a.n - tail]);
	return true;
}

static void print_step(const struct step *s, struct buf *out)
{
	buf_byte(out, s->sign);
	buf_str(out, s->line);
	if (!s->line.n || s->line.p[s->line.n - 1] != '\n')
		buf_text(out, "\n\\ No newline at end of file\n");
}

/* Prints the hunk of the steps FROM to END; LINE_A and LINE_B are the lines where it begins, from 1. */
static void hunk(const struct diff *d, size_t from, size_t end, size_t line_a, size_t line_b, struct buf *out)
{
	size_t in_a = 0, in_b = 0;

	for (size_t i = from; i < end; i++) {
		in_a += d->steps[i].sign != '+';
		in_b += d->steps[i].sign != '-';
	}
	buf_printf(out, "@@ -%zu,%zu +%zu,%zu @@\n", in_a ? line_a : line_a - 1, in_a, in_b ? line_b : line_b - 1, in_b);
	for (size_t i = from; i < end; i++)
		print_step(&d->steps[i], out);
}

static void print(const struct diff *d, struct buf *out)
{
	size_t at = 0, line_a = 1, line_b = 1;

	while (at < d->n) {
		size_t change = at, from, end, quiet = 0;

		while (change < d->n && d->steps[change].sign == ' ')
			change++;
		if (change == d->n)
			return;
		from = change - at > CONTEXT ? change - CONTEXT : at;
		for (end = change; end < d->n && quiet <= 2 * CONTEXT; end++)
			quiet = d->steps[end].sign == ' ' ? quiet + 1 : 0;
		end -= quiet > CONTEXT ? quiet - CONTEXT : 0;
		line_a += from - at;
		line_b += from - at;
		hunk(d, from, end, line_a, line_b, out);
		for (at = from; at < end; at++) {
			line_a += d->steps[at].sign != '+';
			line_b += d->steps[at].sign != '-';
		}
	}
}

void linediff(const char *name, struct str before, struct str after, struct buf *out)
{
	struct diff d = {0};

	if (str_eq(before, after))
		return;
	arena_init(&d.arena, 0, false);
	if (split(&d.arena, before, &d.a) && split(&d.arena, after, &d.b) && compare(&d)) {
		buf_printf(out, "--- %s\n+++ %s\n", name, name);
		print(&d, out);
	} else {
		out->failed = true;
	}
	arena_free(&d.arena);
}
