/*
 * libyaml's events become nodes.  A stack of the maps and lists that are open
 * stands for the recursion; it is as deep as is allowed, so that no input can
 * exhaust anything.  Refused constructs (anchors, tags, a second document) are
 * reported and read over, so that one run finds them all; a syntax error, too deep
 * a nesting or a key that is no scalar ends the reading.
 */
#include "policy/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "policy/bytes.h"

struct level {
	struct node *node;
	struct node **tail; /* where the next child is linked in */
	struct str key;	    /* map: the key that waits for its value */
	struct place key_at;
	bool has_key;
};

struct reader {
	struct arena *a;
	struct findings *f;
	const char *file;
	struct str text;
	yaml_parser_t parser;
	struct level stack[YAML_DEPTH];
	size_t depth;
	struct node *root;
	unsigned documents;
	bool out_of_memory;
	bool stop;
};

static struct place place_of(const struct reader *r, yaml_mark_t mark)
{
	return (struct place){r->file, (uint32_t)mark.line + 1, (uint32_t)mark.column + 1};
}

static void found(struct reader *r, enum finding_code code, yaml_mark_t mark, const char *hint, const char *message)
{
	findings_add(r->f, code, place_of(r, mark), str_of(hint), "%s", message);
}

static int compare_keys(const void *x, const void *y)
{
	const struct node *const *a = x, *const *b = y;
	int order = str_cmp((*a)->key, (*b)->key);

	if (order)
		return order;
	if ((*a)->key_at.line != (*b)->key_at.line)
		return (*a)->key_at.line < (*b)->key_at.line ? -1 : 1;
	return (*a)->key_at.column < (*b)->key_at.column ? -1 : 1;
}

/* The map is whole: sorts its keys for look-up and reports those that stand twice (the first one counts). */
static void close_map(struct reader *r, struct node *map)
{
	size_t i = 0, kept = 0;

	map->by_key = arena_array(r->a, map->n ? map->n : 1, sizeof *map->by_key);
	if (!map->by_key) {
		r->out_of_memory = true;
		return;
	}
	for (struct node *c = map->first; c; c = c->next)
		map->by_key[i++] = c;
	qsort(map->by_key, map->n, sizeof *map->by_key, compare_keys);
	for (i = 0; i < map->n; i++) {
		struct node *c = map->by_key[i];

		if (kept && str_eq(map->by_key[kept - 1]->key, c->key))
			findings_add(r->f, FINDING_DUPLICATE_KEY, c->key_at, STR("a key stands once; take one of them out"),
				     "\"%.*s\" stands twice in this map, first in line %u", (int)c->key.n, c->key.p,
				     (unsigned)map->by_key[kept - 1]->key_at.line);
		else
			map->by_key[kept++] = c;
	}
	if (kept == map->n)
		return;
	/* Take the doubles out of the list of children too. */
	for (struct node **link = &map->first; *link;) {
		if (node_find(&(struct node){.kind = NODE_MAP, .by_key = map->by_key, .n = kept}, (*link)->key) == *link)
			link = &(*link)->next;
		else
			*link = (*link)->next;
	}
	map->n = 0;
	for (struct node *c = map->first; c; c = c->next)
		c->position = map->n++;
}

/* Links N into what is open; a map's key must have been read before. */
static void link_in(struct reader *r, struct node *n)
{
	struct level *l;

	if (!n)
		return; /* out of memory, noted */
	if (r->depth == 0) {
		if (r->documents == 1)
			r->root = n;
		return;
	}
	l = &r->stack[r->depth - 1];
	if (l->node->kind == NODE_MAP) {
		n->key = l->key;
		n->key_at = l->key_at;
		l->has_key = false;
	}
	*l->tail = n;
	l->tail = &n->next;
	n->position = l->node->n++;
}

static bool wants_key(const struct reader *r)
{
	return r->depth && r->stack[r->depth - 1].node->kind == NODE_MAP && !r->stack[r->depth - 1].has_key;
}

static struct node *new_node(struct reader *r, enum node_kind kind, yaml_mark_t mark)
{
	struct node *n = arena_new(r->a, struct node);

	if (!n) {
		r->out_of_memory = true;
		return NULL;
	}
	n->kind = kind;
	n->at = place_of(r, mark);
	return n;
}

static void open_level(struct reader *r, enum node_kind kind, const yaml_event_t *event)
{
	struct node *n;

	if (wants_key(r)) {
		found(r, FINDING_WRONG_TYPE, event->start_mark, "write a plain key", "a key is a map or a list");
		r->stop = true;
		return;
	}
	if (r->depth == YAML_DEPTH) {
		found(r, FINDING_YAML_DEPTH, event->start_mark, "", "nested deeper than 16 maps and lists");
		r->stop = true;
		return;
	}
	n = new_node(r, kind, event->start_mark);
	if (!n)
		return;
	link_in(r, n);
	r->stack[r->depth++] = (struct level){.node = n, .tail = &n->first};
}

static void close_level(struct reader *r)
{
	r->depth--;
	if (r->stack[r->depth].node->kind == NODE_MAP)
		close_map(r, r->stack[r->depth].node);
}

static void scalar(struct reader *r, const yaml_event_t *event)
{
	struct str text = {(const char *)event->data.scalar.value, event->data.scalar.length};
	struct node *n;

	text = str_copy(r->a, text);
	if (!text.p) {
		r->out_of_memory = true;
		return;
	}
	if (wants_key(r)) {
		struct level *l = &r->stack[r->depth - 1];

		l->key = text;
		l->key_at = place_of(r, event->start_mark);
		l->has_key = true;
		return;
	}
	n = new_node(r, NODE_SCALAR, event->start_mark);
	if (!n)
		return;
	n->text = text;
	n->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	link_in(r, n);
}

static void refuse_anchor(struct reader *r, const yaml_event_t *event, const unsigned char *anchor)
{
	if (anchor)
		found(r, FINDING_YAML_ANCHOR, event->start_mark, "write the value where it holds",
		      "anchors (&name) are not taken");
}

static void refuse_tag(struct reader *r, const yaml_event_t *event, const unsigned char *tag)
{
	if (tag)
		found(r, FINDING_YAML_TAG, event->start_mark, "leave the tag out: a key says what its value is",
		      "tags (!name) are not taken");
}

static void document_start(struct reader *r, const yaml_event_t *event)
{
	if (event->data.document_start.version_directive ||
	    event->data.document_start.tag_directives.start != event->data.document_start.tag_directives.end)
		found(r, FINDING_YAML_TAG, event->start_mark, "leave the line with % out", "directives are not taken");
	if (++r->documents == 2)
		found(r, FINDING_YAML_DOCUMENTS, event->start_mark, "keep one document in a file",
		      "a second document begins here");
}

/* An alias stands for a value; a null scalar takes its place so that keys and values stay in step. */
static void alias(struct reader *r, const yaml_event_t *event)
{
	found(r, FINDING_YAML_ANCHOR, event->start_mark, "write the value where it holds", "aliases (*name) are not taken");
	if (wants_key(r))
		r->stop = true;
	else
		link_in(r, new_node(r, NODE_SCALAR, event->start_mark));
}

static void take(struct reader *r, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		document_start(r, event);
		break;
	case YAML_ALIAS_EVENT:
		alias(r, event);
		break;
	case YAML_SCALAR_EVENT:
		refuse_anchor(r, event, event->data.scalar.anchor);
		refuse_tag(r, event, event->data.scalar.tag);
		scalar(r, event);
		break;
	case YAML_SEQUENCE_START_EVENT:
		refuse_anchor(r, event, event->data.sequence_start.anchor);
		refuse_tag(r, event, event->data.sequence_start.tag);
		open_level(r, NODE_LIST, event);
		break;
	case YAML_MAPPING_START_EVENT:
		refuse_anchor(r, event, event->data.mapping_start.anchor);
		refuse_tag(r, event, event->data.mapping_start.tag);
		open_level(r, NODE_MAP, event);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		close_level(r);
		break;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		break;
	}
}

/* libyaml gives the problem's place, or for a bad character only its offset. */
static void syntax_error(struct reader *r)
{
	struct place at = place_of(r, r->parser.problem_mark);

	if (r->parser.error == YAML_MEMORY_ERROR) {
		r->out_of_memory = true;
		return;
	}
	if (r->parser.error == YAML_READER_ERROR)
		at = bytes_place(r->file, r->text, r->parser.problem_offset);
	findings_add(r->f, FINDING_YAML_SYNTAX, at, (struct str){0}, "not well-formed YAML: %s%s%s",
		     r->parser.problem ? r->parser.problem : "unreadable", r->parser.context ? ", " : "",
		     r->parser.context ? r->parser.context : "");
}

static void read_events(struct reader *r)
{
	bool end = false;

	while (!end && !r->stop && !r->out_of_memory) {
		yaml_event_t event;

		if (!yaml_parser_parse(&r->parser, &event)) {
			syntax_error(r);
			r->stop = true;
			return;
		}
		take(r, &event);
		end = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
}

/* The text without a byte order mark, or a finding and false. */
static bool admit(const char *file, struct str *text, struct findings *f)
{
	if (text->n > YAML_BYTES) {
		findings_add(f, FINDING_FILE_TOO_LARGE, (struct place){file, 0, 0}, (struct str){0},
			     "larger than 8 MB");
		return false;
	}
	if (!bytes_utf8(file, *text, f))
		return false;
	if (str_starts(*text, STR("\xEF\xBB\xBF")))
		*text = str_sub(*text, 3, text->n);
	return true;
}

result yaml_read(struct arena *a, const char *file, struct str text, struct findings *f, struct node **out,
		 struct error *e)
{
	struct reader r = {.a = a, .f = f, .file = file};

	*out = NULL;
	if (!admit(file, &text, f))
		return RESULT_OK;
	if (!yaml_parser_initialize(&r.parser))
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for reading %s", file);
	r.text = text;
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)(text.p ? text.p : ""), text.n);
	read_events(&r);
	yaml_parser_delete(&r.parser);
	if (r.out_of_memory)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the nodes of %s", file);
	if (!r.stop && !r.root)
		findings_add(f, FINDING_YAML_DOCUMENTS, (struct place){file, 1, 1}, (struct str){0},
			     "the file has no content");
	if (!r.stop)
		*out = r.root;
	return RESULT_OK;
}
