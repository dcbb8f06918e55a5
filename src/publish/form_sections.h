/* publish/form_sections.h - the sections of a form; for publish/form.c alone. */
#ifndef SEKISHO_PUBLISH_FORM_SECTIONS_H
#define SEKISHO_PUBLISH_FORM_SECTIONS_H

#include "publish/part.h"

/* Which kinds of request a form is for. */
struct form_kind {
	const char *page, *title; /* its words; title NULL: it is put together from the kinds */
	const char *law[2];	  /* the articles that give the right */
	enum request_kind kinds[3];
	size_t n;
};

/* A form that is being made: P's blocks are those of the section under way. */
struct form {
	struct part p;
	const struct form_kind *kind;
	bool costs;
	json_t *clauses; /* the view's */
};

/* True when F is for the kind of request WORD. */
bool form_is_for(const struct form *f, struct str word);

/* The sections that ask: who, what, why, how, with which papers; and those that tell: fee, what happens next. */
void form_ask(struct form *f);
void form_tell(struct form *f);

/* Begins in F the section ANCHOR with the title WORD of form_words.def; what is put into F's part comes into it. */
void form_section(struct form *f, const char *anchor, const char *word);

/* Adds to F a paragraph: WORD; WORD with VALUE filled in; with the text in B, which is freed. */
void form_line(struct form *f, const char *word);
void form_line_with(struct form *f, const char *word, struct str value);
void form_line_take(struct form *f, const char *word, struct buf *b);

/* Adds to F fields, and gives their list (F's); adds to these FIELDS the one called ID, labelled by WORD, of the kind INPUT. */
json_t *form_fields(struct form *f);
void form_field(struct form *f, json_t *fields, const char *id, const char *word, const char *input);

/* Adds to F choices called ID under the label WORD, which exclude each other when ONE, and gives their items (F's); adds to ITEMS the TEXT with NOTE, which may be empty. */
json_t *form_choices(struct form *f, const char *id, const char *word, bool one);
void form_choice(struct form *f, json_t *items, struct str text, struct str note);

/* Adds to the ITEMS of F what the list N of the policy says, one each, with NOTE. */
void form_choices_of(struct form *f, json_t *items, const struct node *n, struct str note);

#endif
