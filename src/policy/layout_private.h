/* policy/layout_private.h - a YAML file as laid out: nodes with their comments; for the layout_ files alone. */
#ifndef SEKISHO_POLICY_LAYOUT_PRIVATE_H
#define SEKISHO_POLICY_LAYOUT_PRIVATE_H

#include "base/arena.h"
#include "base/result.h"
#include "policy/node.h"

struct layout_comment {
	struct layout_comment *next;
	struct str text; /* from the sign on, without blanks at the end */
	size_t column;	 /* where the author put it, from 0 */
	bool blank;	 /* an empty line stands before it */
};

struct layout_comments {
	struct layout_comment *first, **tail;
};

enum layout_style { LAYOUT_PLAIN, LAYOUT_QUOTED, LAYOUT_TEXT /* literal or folded, kept by the line */ };

struct layout_node {
	enum node_kind kind;
	bool flow;	/* a list or map in brackets or braces */
	bool keyed;	/* stands in a map */
	bool blank;	/* an empty line stands before it */
	bool commented; /* a comment stands inside its brackets or braces, so it cannot be one line */
	bool folded;	/* a scalar that the author wrote over several lines */
	bool key_plain;
	enum layout_style style;
	struct str key, text;
	struct str source;		/* of LAYOUT_TEXT: as written, from its sign on */
	size_t source_indent;		/* of its lines */
	size_t column;			/* of a block: of its entries */
	struct layout_comments head;	/* lines before it */
	struct layout_comments trailer; /* behind it: the first on its line, the others in lines of their own below */
	struct layout_comments foot;	/* lines at the end of a list or map */
	struct layout_node *first, **tail, *next;
};

/* What a file has at the top: its root, which may be NULL, and comments where there is no root. */
struct layout_file {
	struct layout_node *root;
	struct layout_comments comments;
};

/* Reads TEXT, which yaml_read took without a finding, into *OUT in arena A.  Fails with out_of_memory. */
result layout_read(struct arena *a, struct str text, struct layout_file *out, struct error *e);

/* Appends FILE to OUT, laid out. */
void layout_write(const struct layout_file *file, struct buf *out);

/*
 * True when TEXT written without quotes would still be this text for every
 * program that reads YAML, in a flow list too.
 */
bool layout_plain(struct str text);

/* True when TEXT has no line ends, controls or other characters that only an escape can show. */
bool layout_one_line(struct str text);

/* True when TEXT, plain, is or might be taken for a number, a date, a truth value or nothing. */
bool layout_special(struct str text);

/* Appends TEXT to B, in quotes. */
void layout_quote(struct buf *b, struct str text);

/* The columns that TEXT takes. */
size_t layout_width(struct str text);

#endif
