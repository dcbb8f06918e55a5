/*
 * A list or map in brackets or braces stays in one line when it fits there and has
 * no comment inside.  Else a list of scalars is filled line by line, and anything
 * else becomes a block, an entry a line.
 */
#include <string.h>

#include "policy/layout.h"
#include "policy/layout_private.h"

enum {
	STEP = 2,	/* columns a level */
	ALIGNED = 100,	/* comments behind something stay at their column up to here */
};

struct writer {
	struct buf *b;
	bool open_text; /* what was written last is a text whose empty lines at the end count: none may be added */
};

static void entries(struct writer *w, const struct layout_node *n, size_t indent, bool first_here);

static struct str last_line(const struct writer *w)
{
	struct str all = buf_view(w->b);
	size_t start = all.n;

	while (start > 0 && all.p[start - 1] != '\n')
		start--;
	return str_sub(all, start, all.n);
}

static size_t characters(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return n;
}

static void blanks(struct writer *w, size_t n)
{
	while (n--)
		buf_byte(w->b, ' ');
}

static struct str first_word(struct str text)
{
	return str_sub(text, 0, str_find(text, ' '));
}

/* TEXT as it stands behind a key or dash; PLAIN: the author wrote it without quotes, if perhaps over several lines. */
static void text_of(struct buf *b, struct str text, bool plain)
{
	struct str word = first_word(text);
	bool sign = str_is(word, "-") || str_is(word, "?") || str_is(word, ":");

	if (!plain)
		layout_scalar(b, text);
	else if (text.n && layout_one_line(text) && !sign)
		buf_str(b, text);
	else
		layout_quote(b, text);
}

/* Appends N, without its key, as it stands in one line. */
static void one_line(struct buf *b, const struct layout_node *n)
{
	if (n->kind == NODE_SCALAR) {
		text_of(b, n->text, n->style == LAYOUT_PLAIN);
		return;
	}
	buf_byte(b, n->kind == NODE_MAP ? '{' : '[');
	for (const struct layout_node *c = n->first; c; c = c->next) {
		if (c != n->first)
			buf_text(b, ", ");
		if (n->kind == NODE_MAP) {
			text_of(b, c->key, c->key_plain);
			buf_text(b, ": ");
		}
		if (c->kind != NODE_SCALAR || c->style != LAYOUT_PLAIN || c->text.n)
			one_line(b, c);
	}
	buf_byte(b, n->kind == NODE_MAP ? '}' : ']');
}

static bool all_scalars(const struct layout_node *n)
{
	for (const struct layout_node *c = n->first; c; c = c->next)
		if (c->kind != NODE_SCALAR)
			return false;
	return true;
}

/* True when N fits in one line that has USED columns already. */
static bool fits(const struct layout_node *n, size_t used)
{
	struct buf line;
	bool yes;

	buf_init(&line);
	one_line(&line, n);
	yes = buf_ok(&line) && used + layout_width(buf_view(&line)) <= LAYOUT_WIDTH;
	buf_free(&line);
	return yes;
}

/* True when N, behind USED columns, becomes a block: entries in lines of their own. */
static bool is_block(const struct layout_node *n, size_t used)
{
	if (n->kind == NODE_SCALAR || !n->first)
		return false;
	if (!n->flow || n->commented)
		return true;
	return !fits(n, used) && !(n->kind == NODE_LIST && all_scalars(n));
}

static void comment_lines(struct writer *w, const struct layout_comments *list, size_t indent, bool *first)
{
	for (const struct layout_comment *c = list->first; c; c = c->next) {
		if (c->blank && !*first && !w->open_text)
			buf_byte(w->b, '\n');
		blanks(w, indent);
		buf_str(w->b, c->text);
		buf_byte(w->b, '\n');
		w->open_text = *first = false;
	}
}

/* Ends the line, with the comments behind N. */
static void end_line(struct writer *w, const struct layout_node *n)
{
	size_t at = 0;

	for (const struct layout_comment *c = n->trailer.first; c; c = c->next) {
		size_t used = characters(last_line(w));

		if (c == n->trailer.first) {
			at = c->column > used + 1 && c->column <= ALIGNED ? c->column : used + STEP;
		} else {
			buf_byte(w->b, '\n');
			used = 0;
		}
		blanks(w, at - used);
		buf_str(w->b, c->text);
	}
	buf_byte(w->b, '\n');
}

/* A list of scalars that is longer than a line. */
static void fill(struct writer *w, const struct layout_node *n, size_t indent)
{
	size_t used;

	buf_byte(w->b, '[');
	used = layout_width(last_line(w));
	for (const struct layout_node *c = n->first; c; c = c->next) {
		struct buf text;
		size_t width;

		buf_init(&text);
		one_line(&text, c);
		buf_byte(&text, c->next ? ',' : ']');
		width = layout_width(buf_view(&text));
		if (c != n->first && used + 1 + width > LAYOUT_WIDTH) {
			buf_byte(w->b, '\n');
			blanks(w, indent + STEP);
			used = indent + STEP;
		} else if (c != n->first) {
			buf_byte(w->b, ' ');
			used++;
		}
		buf_str(w->b, buf_view(&text));
		used += width;
		w->b->failed = w->b->failed || !buf_ok(&text);
		buf_free(&text);
	}
}

/* Takes an empty line, one of INDENT blanks at the most, off the end of TEXT; false when there is none. */
static bool ends_empty(struct str *text, size_t indent)
{
	size_t n = text->n, blanks_n = 0;

	if (n && text->p[n - 1] == '\n')
		n--;
	if (n && text->p[n - 1] == '\r')
		n--;
	while (n && text->p[n - 1] == ' ') {
		n--;
		blanks_n++;
	}
	if (blanks_n > indent || n == text->n || (n && text->p[n - 1] != '\n'))
		return false;
	text->n = n;
	return true;
}

/* A literal or folded text: its lines as they were, at their new place. */
static void kept_text(struct writer *w, const struct layout_node *n, size_t indent)
{
	struct str rest = n->source;
	size_t header = str_find(rest, '\n');
	struct str sign = str_trim(str_sub(rest, 0, header));
	bool keep = memchr(sign.p, '+', str_find(sign, '#')) != NULL, digit = true, blank = false;

	for (size_t i = 0; i < sign.n; i++) {
		digit = digit && sign.p[i] != '#' && sign.p[i] != ' ';
		buf_byte(w->b, digit && sign.p[i] >= '1' && sign.p[i] <= '9' ? '0' + STEP : sign.p[i]);
	}
	buf_byte(w->b, '\n');
	rest = str_sub(rest, header + 1, rest.n);
	while (!keep && rest.n && ends_empty(&rest, n->source_indent))
		;
	while (rest.n) {
		size_t end = str_find(rest, '\n'), from = 0;
		struct str line = str_sub(rest, 0, end);

		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		while (from < line.n && from < n->source_indent && line.p[from] == ' ')
			from++;
		if (from < line.n) {
			blanks(w, indent + STEP);
			buf_str(w->b, str_sub(line, from, line.n));
		}
		buf_byte(w->b, '\n');
		blank = str_trim(line).n == 0;
		rest = str_sub(rest, end + 1, rest.n);
	}
	w->open_text = keep || blank;
}

/* A scalar that the author wrote over several lines and that is longer than one: again over several. */
static void wrapped(struct writer *w, struct str text, size_t indent)
{
	size_t used = layout_width(last_line(w)), from = 0;

	while (from < text.n) {
		size_t end = from;
		struct str word;

		/* A word goes up to a single blank, for only there a line may end. */
		while (end < text.n &&
		       !(end > from && text.p[end] == ' ' && text.p[end - 1] != ' ' && end + 1 < text.n && text.p[end + 1] != ' '))
			end++;
		word = str_sub(text, from, end - from);
		if (from > 0 && used + 1 + layout_width(word) > LAYOUT_WIDTH && word.p[0] != '#') {
			buf_byte(w->b, '\n');
			blanks(w, indent + STEP);
			used = indent + STEP;
		} else if (from > 0) {
			buf_byte(w->b, ' ');
			used++;
		}
		buf_str(w->b, word);
		used += layout_width(word);
		from = end + 1;
	}
}

static void scalar(struct writer *w, const struct layout_node *n, size_t indent)
{
	struct buf text;

	if (n->style == LAYOUT_TEXT) {
		kept_text(w, n, indent);
		return;
	}
	buf_init(&text);
	one_line(&text, n);
	if (n->folded && layout_width(last_line(w)) + layout_width(buf_view(&text)) > LAYOUT_WIDTH)
		wrapped(w, buf_view(&text), indent);
	else
		buf_str(w->b, buf_view(&text));
	w->b->failed = w->b->failed || !buf_ok(&text);
	buf_free(&text);
	end_line(w, n);
}

/* What stands behind a key or a dash, with its line end, when that is no block; INDENT is that of the entry. */
static void value(struct writer *w, const struct layout_node *n, size_t indent)
{
	if (n->kind == NODE_SCALAR && n->style == LAYOUT_PLAIN && n->text.n == 0) {
		end_line(w, n);
		return;
	}
	if (last_line(w).n)
		buf_byte(w->b, ' ');
	if (n->kind == NODE_SCALAR) {
		scalar(w, n, indent);
		return;
	}
	if (!n->first || fits(n, layout_width(last_line(w))))
		one_line(w->b, n);
	else
		fill(w, n, indent);
	end_line(w, n);
}

static void map_entry(struct writer *w, const struct layout_node *n, size_t indent)
{
	struct str word = first_word(n->key);

	/* In the first column these begin and end a document. */
	text_of(w->b, n->key, n->key_plain && !str_is(word, "---") && !str_is(word, "..."));
	buf_byte(w->b, ':');
	if (!is_block(n, layout_width(last_line(w)) + 1)) {
		value(w, n, indent);
		return;
	}
	end_line(w, n);
	entries(w, n, indent + STEP, false);
}

/*
 * The comments of the entry N of a list, all before its dash: behind a dash that
 * begins a block there is no place for any.
 */
static void lead(struct writer *w, const struct layout_node *n, size_t indent, bool *first)
{
	comment_lines(w, &n->head, indent, first);
	if (!is_block(n, indent + STEP))
		return;
	comment_lines(w, &n->trailer, indent, first);
	if (n->kind == NODE_MAP)
		comment_lines(w, &n->first->head, indent, first);
	else
		lead(w, n->first, indent, first);
}

static void list_entry(struct writer *w, const struct layout_node *n, size_t indent)
{
	buf_byte(w->b, '-');
	if (!is_block(n, indent + STEP)) {
		value(w, n, indent);
		return;
	}
	buf_byte(w->b, ' ');
	entries(w, n, indent + STEP, true);
}

/* The entries of the block N at INDENT; FIRST_HERE: the line is begun, and the comments before the first are written. */
static void entries(struct writer *w, const struct layout_node *n, size_t indent, bool first_here)
{
	bool first = true;

	for (const struct layout_node *c = n->first; c; c = c->next) {
		bool here = first_here && c == n->first;

		if (!here && n->kind == NODE_MAP)
			comment_lines(w, &c->head, indent, &first);
		else if (!here)
			lead(w, c, indent, &first);
		if (c->blank && !first && !here && !n->flow && !w->open_text)
			buf_byte(w->b, '\n');
		w->open_text = false;
		if (!here)
			blanks(w, indent);
		if (n->kind == NODE_MAP)
			map_entry(w, c, indent);
		else
			list_entry(w, c, indent);
		first = false;
	}
	comment_lines(w, &n->foot, indent, &first);
}

void layout_write(const struct layout_file *file, struct buf *out)
{
	const struct layout_node *root = file->root;
	struct writer w = {.b = out};
	bool first = true;

	if (root) {
		comment_lines(&w, &root->head, 0, &first);
		if (is_block(root, 0)) {
			comment_lines(&w, &root->trailer, 0, &first);
			if (root->blank && !first)
				buf_byte(out, '\n');
			entries(&w, root, 0, false);
		} else {
			value(&w, root, 0);
		}
		first = false;
	}
	comment_lines(&w, &file->comments, 0, &first);
}
