/*
 * libyaml says where each scalar begins and ends, but not where comments are.  So
 * comments are looked for in what lies between scalars, where `#` begins nothing
 * else, and merged with the events by their place.  A comment with something
 * before it on its line belongs to what was read last.  One with a line of its own
 * waits for the next entry, unless a list or map ends first whose entries it is
 * indented like.
 */
#include <string.h>
#include <yaml.h>

#include "policy/layout_private.h"
#include "policy/yaml.h"

struct open {
	struct layout_node *node;
	size_t parent_column; /* of the entries of the block around it; SIZE_MAX at the top */
	struct layout_node *waiting; /* map: the key that waits for its value */
};

struct reader {
	struct arena *a;
	struct str text;
	size_t at, index; /* how far characters were counted: the byte, and its character */
	size_t scanned;	  /* up to where comments were looked for */
	struct open stack[YAML_DEPTH];
	size_t depth;
	struct layout_node *last; /* what was read last */
	struct layout_comments pending;
	struct layout_file *file;
	bool no_memory;
};

static void append(struct layout_comments *list, struct layout_comment *c)
{
	if (!list->first)
		list->tail = &list->first;
	c->next = NULL;
	*list->tail = c;
	list->tail = &c->next;
}

/* Moves what FROM has to the end of TO. */
static void move(struct layout_comments *from, struct layout_comments *to)
{
	struct layout_comment *next;

	for (struct layout_comment *c = from->first; c; c = next) {
		next = c->next;
		append(to, c);
	}
	from->first = NULL;
}

/* The byte where the character of MARK stands; marks come in their order, but for some that look back. */
static size_t byte_of(struct reader *r, yaml_mark_t mark)
{
	while (r->index > mark.index) {
		do
			r->at--;
		while (r->at > 0 && ((unsigned char)r->text.p[r->at] & 0xC0) == 0x80);
		r->index--;
	}
	while (r->index < mark.index && r->at < r->text.n) {
		do
			r->at++;
		while (r->at < r->text.n && ((unsigned char)r->text.p[r->at] & 0xC0) == 0x80);
		r->index++;
	}
	return r->at;
}

/* The length of the line end at AT of S, or 0; the same ones as libyaml's. */
static size_t line_end(struct str s, size_t at)
{
	if (at >= s.n)
		return 0;
	if (s.p[at] == '\r' && at + 1 < s.n && s.p[at + 1] == '\n')
		return 2;
	if (s.p[at] == '\n' || s.p[at] == '\r')
		return 1;
	if (str_has_at(s, at, "\xC2\x85"))
		return 2;
	return str_has_at(s, at, "\xE2\x80\xA8") || str_has_at(s, at, "\xE2\x80\xA9") ? 3 : 0;
}

/* The first byte of the line that AT is in. */
static size_t line_start(struct str s, size_t at)
{
	while (at > 0) {
		size_t back = at >= 3 && line_end(s, at - 3) == 3 ? 3 : at >= 2 && line_end(s, at - 2) == 2 ? 2 : 1;

		if (line_end(s, at - back) == back)
			return at;
		at--;
	}
	return 0;
}

static bool blank_between(struct str s, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (s.p[i] != ' ' && s.p[i] != '\t' && !line_end(s, i) && (i == from || line_end(s, i - 1) < 2))
			return false;
	return true;
}

/* True when the line before that of AT is there and has nothing in it. */
static bool blank_before(struct str s, size_t at)
{
	size_t start = line_start(s, at), back;

	if (start == 0)
		return false;
	back = line_start(s, start - 1);
	return blank_between(s, back, start);
}

static size_t columns(struct str s, size_t at)
{
	size_t count = 0;

	for (size_t i = line_start(s, at); i < at; i++)
		count += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return count;
}

/* True when C goes on a comment of LIST, in the line below at the same column. */
static bool continues(const struct reader *r, const struct layout_comments *list, const struct layout_comment *c)
{
	const struct layout_comment *l = list->first;

	while (l && l->next)
		l = l->next;
	return l && !r->pending.first && !c->blank && l->column == c->column &&
	       line_start(r->text, line_start(r->text, (size_t)(c->text.p - r->text.p)) - 1) ==
		       line_start(r->text, (size_t)(l->text.p - r->text.p));
}

/* True when the line of AT has up to there only dashes of entries, or marks of keys, whose value is still to come. */
static bool is_sign(struct str s, size_t at)
{
	for (size_t i = line_start(s, at); i <= at; i++)
		if (!strchr(" \t-?", s.p[i]))
			return false;
	return true;
}

/* Takes the comment at AT, up to END. */
static void take_comment(struct reader *r, size_t at, size_t end)
{
	struct layout_comment *c = arena_new(r->a, struct layout_comment);
	size_t before = at;

	if (!c) {
		r->no_memory = true;
		return;
	}
	c->text = str_sub(r->text, at, end - at);
	while (c->text.n && (c->text.p[c->text.n - 1] == ' ' || c->text.p[c->text.n - 1] == '\t'))
		c->text.n--;
	c->column = columns(r->text, at);
	c->blank = blank_before(r->text, at);
	for (size_t i = 0; i < r->depth; i++)
		r->stack[i].node->commented = true;
	while (before > 0 && (r->text.p[before - 1] == ' ' || r->text.p[before - 1] == '\t'))
		before--;
	if (before == line_start(r->text, at)) {
		if (r->last && continues(r, &r->last->trailer, c))
			append(&r->last->trailer, c);
		else
			append(&r->pending, c);
	} else if (r->last && !is_sign(r->text, before - 1)) {
		append(&r->last->trailer, c);
	} else {
		append(&r->pending, c);
	}
}

/* Looks for comments from where the search stopped to END, and goes on from RESUME. */
static void scan(struct reader *r, size_t end, size_t resume)
{
	for (size_t i = r->scanned; i < end; i++) {
		size_t stop = i;

		if (r->text.p[i] != '#')
			continue;
		while (stop < r->text.n && !line_end(r->text, stop))
			stop++;
		take_comment(r, i, stop);
		i = stop;
	}
	if (resume > r->scanned)
		r->scanned = resume;
}

static struct layout_node *new_node(struct reader *r, size_t at)
{
	struct layout_node *n = arena_new(r->a, struct layout_node);

	if (!n) {
		r->no_memory = true;
		return NULL;
	}
	n->tail = &n->first;
	move(&r->pending, &n->head);
	n->blank = (!r->depth || !r->stack[r->depth - 1].node->flow) && blank_before(r->text, at);
	if (r->depth) {
		struct layout_node *parent = r->stack[r->depth - 1].node;

		*parent->tail = n;
		parent->tail = &n->next;
	} else {
		r->file->root = n;
	}
	r->last = n;
	return n;
}

/*
 * The node for what begins at AT: a new one in a list or at the top, the key's in a map.  Comments between a key and
 * its value go before the key, unless the value is a BLOCK: then they are its first entry's.
 */
static struct layout_node *begin(struct reader *r, size_t at, bool block)
{
	struct layout_node *n;

	if (!r->depth || r->stack[r->depth - 1].node->kind != NODE_MAP)
		return new_node(r, at);
	n = r->stack[r->depth - 1].waiting;
	r->stack[r->depth - 1].waiting = NULL;
	if (!block)
		move(&r->pending, &n->head);
	r->last = n;
	return n;
}

/* How far the lines of the text between START and END are indented: what its sign says, else its first line that has something. */
static size_t text_indent(const struct reader *r, size_t start, size_t end)
{
	size_t line = start;

	for (size_t i = start + 1; i < end && i < start + 3; i++)
		if (r->text.p[i] >= '1' && r->text.p[i] <= '9')
			return (size_t)(r->text.p[i] - '0') + (r->depth ? r->stack[r->depth - 1].node->column : 0);
	while (line < end && !line_end(r->text, line))
		line++;
	while (line < end) {
		size_t first = line + line_end(r->text, line);

		line = first;
		while (line < end && r->text.p[line] == ' ')
			line++;
		if (line < end && !line_end(r->text, line))
			return line - first;
	}
	return 0;
}

/* True when what stands between START and END has lines that end in another way than \n or \r\n. */
static bool other_ends(const struct reader *r, size_t start, size_t end)
{
	for (size_t i = start; i < end; i++)
		if (line_end(r->text, i) && r->text.p[i] != '\n' && !str_has_at(r->text, i, "\r\n"))
			return true;
	return false;
}

/*
 * A literal or folded text keeps its lines.  One of nothing but line ends, or whose last line ends with the file, or
 * with line ends of other kinds, is better said in quotes.
 */
static void take_text(struct reader *r, struct layout_node *n, size_t start, size_t end)
{
	bool quoted = other_ends(r, start, end) ||
		      (end == r->text.n ? !line_end(r->text, end - 1) : !memchr(r->text.p + end, '\n', r->text.n - end));
	size_t header = start, last = 0;

	while (last < n->text.n && n->text.p[last] == '\n')
		last++;
	if (last < n->text.n && !quoted) {
		n->style = LAYOUT_TEXT;
		n->source = str_copy(r->a, str_sub(r->text, start, end - start));
		n->source_indent = text_indent(r, start, end);
		r->no_memory = r->no_memory || !n->source.p;
		return;
	}
	n->style = LAYOUT_QUOTED;
	n->folded = false;
	while (header < r->text.n && !line_end(r->text, header))
		header++;
	r->scanned = start;
	scan(r, header, last < n->text.n ? r->text.n : end);
}

static void take_scalar(struct reader *r, const yaml_event_t *event, size_t start, size_t end)
{
	struct str text = {(const char *)event->data.scalar.value, event->data.scalar.length};
	struct layout_node *n;

	text = str_copy(r->a, text);
	if (!text.p) {
		r->no_memory = true;
		return;
	}
	if (r->depth && r->stack[r->depth - 1].node->kind == NODE_MAP && !r->stack[r->depth - 1].waiting) {
		n = new_node(r, start);
		if (!n)
			return;
		n->keyed = true;
		n->key = text;
		n->key_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
		r->stack[r->depth - 1].waiting = n;
		return;
	}
	n = begin(r, start, false);
	if (!n)
		return;
	n->kind = NODE_SCALAR;
	n->text = text;
	n->folded = event->start_mark.line != event->end_mark.line;
	if (event->data.scalar.style == YAML_LITERAL_SCALAR_STYLE || event->data.scalar.style == YAML_FOLDED_SCALAR_STYLE)
		take_text(r, n, start, end);
	else
		n->style = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE ? LAYOUT_PLAIN : LAYOUT_QUOTED;
}

static void open_node(struct reader *r, enum node_kind kind, bool flow, const yaml_event_t *event, size_t start)
{
	size_t outer = SIZE_MAX;
	struct layout_node *n;

	for (size_t i = r->depth; i-- > 0 && outer == SIZE_MAX;)
		if (!r->stack[i].node->flow)
			outer = r->stack[i].node->column;
	n = begin(r, start, !flow);
	if (!n)
		return;
	n->kind = kind;
	n->flow = flow;
	n->column = event->start_mark.column;
	r->stack[r->depth++] = (struct open){.node = n, .parent_column = outer};
}

/* The waiting comments that stand where the entries of a block do that ends are its own. */
static void close_node(struct reader *r)
{
	struct open *o = &r->stack[--r->depth];
	struct layout_comment *c, *next;

	if (o->node->flow) {
		move(&r->pending, o->node->first ? &o->node->foot : &o->node->head);
		r->last = o->node;
		return;
	}
	for (c = r->pending.first; c; c = next) {
		next = c->next;
		if (r->depth && (c->column < o->node->column || c->column <= o->parent_column))
			break;
		r->pending.first = next;
		append(&o->node->foot, c);
	}
	if (!r->pending.first)
		r->pending.tail = NULL;
}

static void take(struct reader *r, const yaml_event_t *event)
{
	size_t start = byte_of(r, event->start_mark), end;

	switch (event->type) {
	case YAML_SCALAR_EVENT:
		end = byte_of(r, event->end_mark);
		scan(r, start, end);
		take_scalar(r, event, start, end);
		break;
	case YAML_SEQUENCE_START_EVENT:
		scan(r, start, start);
		open_node(r, NODE_LIST, event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE, event, start);
		break;
	case YAML_MAPPING_START_EVENT:
		scan(r, start, start);
		open_node(r, NODE_MAP, event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE, event, start);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		scan(r, start, start);
		close_node(r);
		break;
	case YAML_DOCUMENT_END_EVENT:
		scan(r, r->text.n, r->text.n);
		move(&r->pending, &r->file->comments);
		break;
	default:
		break;
	}
}

result layout_read(struct arena *a, struct str text, struct layout_file *out, struct error *e)
{
	struct reader r = {.a = a, .text = text, .file = out};
	yaml_parser_t parser;
	bool end = false;

	*out = (struct layout_file){0};
	if (!yaml_parser_initialize(&parser))
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a layout");
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)(text.p ? text.p : ""), text.n);
	while (!end && !r.no_memory) {
		yaml_event_t event;

		if (!yaml_parser_parse(&parser, &event)) {
			r.no_memory = true; /* the text was read before, so nothing else can be wrong */
			break;
		}
		take(&r, &event);
		end = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return r.no_memory ? error_set(e, CODE_OUT_OF_MEMORY, "no memory for a layout") : RESULT_OK;
}
