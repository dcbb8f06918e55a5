/*
 * policy/prose.h - what a policy says in words, read for the rules that look at
 * wording; for policy/ alone.
 *
 * A document is one file in one language: lines with their kind, sections with
 * their heading and the clause that they belong to.  Insertions ({{path}}) stay as
 * they are written.  All of it is in the policy's arena, apart from the text of
 * files, which is the source's.
 */
#ifndef SEKISHO_POLICY_PROSE_H
#define SEKISHO_POLICY_PROSE_H

#include "policy/compile.h"
#include "policy/phrase.h"

enum line_kind { LINE_BLANK, LINE_HEADING, LINE_BULLET, LINE_NUMBERED, LINE_TEXT };

struct line {
	struct str text; /* without indentation, the mark of a heading or bullet, and the braces of a clause */
	enum line_kind kind;
	uint32_t number;
	size_t section;
	struct str whole; /* the line as it stands in the file */
};

struct section {
	struct str title;
	unsigned level; /* of its heading; 0: what stands before the first */
	size_t first, end; /* lines of its body, up to the next heading */
	size_t whole_end; /* up to the next heading of its level or above */
	long parent; /* -1: none */
	const struct policy_clause *clause; /* its own, or that of the section around it; may be NULL */
};

enum document_kind { DOCUMENT_STATEMENT, DOCUMENT_WORDING, DOCUMENT_FORM };

struct document {
	const char *file;
	enum document_kind kind;
	bool japanese, english; /* neither: no rule about what must be said looks at it */
	struct line *lines;
	size_t n;
	struct section *sections;
	size_t n_sections;
};

/*
 * Reads TEXT, the content of FILE in the language LANGUAGE, into *OUT; false when
 * memory ran out, with C's no_memory set.
 */
bool prose_read(struct compile *c, const char *file, struct str language, struct str text, struct document *out);

/* The place of P, which is in line L of document D. */
struct place prose_at(const struct document *d, const struct line *l, const char *p);

/*
 * True when section S of D is about the fact at PATH: its clause keeps it, or
 * something in it or around it that is more than the whole policy; or its heading,
 * or one around it, has the pattern HEADING.
 */
bool prose_about(const struct document *d, size_t s, const char *path, const char *heading);

/*
 * The first line of D that has PATTERN in a section about PATH or HEADING (both
 * NULL: anywhere), or NULL; headings count.  D's.
 */
const struct line *prose_line(const struct document *d, const char *path, const char *heading, const char *pattern);

/* The first section of D that is about PATH or HEADING, or -1. */
long prose_section(const struct document *d, const char *path, const char *heading);

/* The place at which something missing in section S of D is reported: its heading, or the start of the file. */
struct place prose_heading(const struct document *d, long s);

/* The rules over D, one document of C; each reports what it finds. */
void rule_articles(struct compile *c, const struct document *d);
void rule_references(struct compile *c, const struct document *d);
void rule_lists(struct compile *c, const struct document *d);
void rule_terms(struct compile *c, const struct document *d);
void rule_names(struct compile *c, const struct document *d);
void rule_headings(struct compile *c, const struct document *d);
void rule_sharing(struct compile *c, const struct document *d);
void rule_rights(struct compile *c, const struct document *d);
void rule_promises(struct compile *c, const struct document *d);
void rule_matters(struct compile *c, const struct document *d);

#endif
