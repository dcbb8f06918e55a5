/*
 * publish/part.h - the parts of a statement that are made from the facts alone.
 *
 * `{{> purposes}}` in a wording is replaced by a table or list; names of facts
 * behind the name choose and order them: `{{> purposes billing contact}}`.
 * docs/policy-language.md lists the parts.
 */
#ifndef SEKISHO_PUBLISH_PART_H
#define SEKISHO_PUBLISH_PART_H

#include "publish/document.h"

/* What a part is made of. */
struct part {
	const struct wording *in;
	struct str ids; /* names behind the part's, with blanks between; empty: all there are */
	json_t *blocks; /* what is made */
	bool failed;	/* memory ran out */
};

/* True when there is a part called NAME. */
bool part_known(struct str name);

/*
 * Makes the part NAME, which is known, of W's policy for the names IDS into *OUT,
 * a list of blocks, the caller's.  Fails with out_of_memory.
 */
result part_make(const struct wording *w, struct str name, struct str ids, json_t **out, struct error *e);

/* Appends to the list IN, which may be NULL, the value V (taken over, NULL counts as no memory) of P. */
void part_put(struct part *p, json_t *in, json_t *v);

/* True when P is to speak of ID. */
bool part_wants(const struct part *p, struct str id);

/* A cell or item of P that is TEXT; of the fact N, or empty without it; the items USES of P, by label.  NULL without memory.  The caller's. */
json_t *part_text(struct str text);
json_t *part_node(struct part *p, const struct node *n);
json_t *part_uses(struct part *p, const struct policy_uses *uses, size_t n);

/* The text in B as a cell; B is freed.  NULL without memory.  The caller's. */
json_t *part_take(struct buf *b);

/* Appends to B where one writes to the desk ID of P: its name with the address; name, postal code and address of the organization ORG. */
void part_write_desk(const struct part *p, struct str id, struct buf *b);
void part_write_address(const struct part *p, const struct node *org, struct buf *b);

/* True when P is made in Japanese. */
bool part_ja(const struct part *p);

/* A heading cell or label of P, said by WORD of publish/words.def.  NULL without memory.  The caller's. */
json_t *part_label(struct part *p, const char *word);

/* Adds to P's blocks a table with the N labels HEADS, and gives its rows (P's). */
json_t *part_table(struct part *p, const char *const *heads, size_t n);

/* Adds to P's blocks a list without numbers and gives its items (P's). */
json_t *part_list(struct part *p);

/* Adds to the ROWS of P's table, or to a two-column one's, a row of the N CELLS, which are taken over. */
void part_row(struct part *p, json_t *rows, json_t **cells, size_t n);

/* Adds to the items LIST of P one that is the content CONTENT, taken over. */
void part_item(struct part *p, json_t *list, json_t *content);

/* part_row and part_table with their cells and heads as arguments. */
#define PART_ROW(p, rows, ...) \
	part_row(p, rows, (json_t *[]){__VA_ARGS__}, sizeof((json_t *[]){__VA_ARGS__}) / sizeof(json_t *))
#define PART_TABLE(p, ...) \
	part_table(p, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* The parts by what they speak of; each fills its P. */
void part_purposes(struct part *p);
void part_collection(struct part *p);
void part_retention(struct part *p);
void part_joint_use(struct part *p);
void part_outsourcing(struct part *p);
void part_provision(struct part *p);
void part_external_transmission(struct part *p);
void part_cookies(struct part *p);
void part_requests(struct part *p);
void part_refusals(struct part *p);
void part_security(struct part *p);
void part_anonymized(struct part *p);
void part_pseudonymized(struct part *p);
void part_desks(struct part *p);
void part_organizations(struct part *p);
void part_complaints(struct part *p);
void part_cameras(struct part *p);
void part_consents(struct part *p);
void part_foreign(struct part *p);

/* The organization ID, with its country when that is not the controller's, as a cell of P.  NULL without memory.  The caller's. */
json_t *part_organization(struct part *p, struct str id);

/* The period N, "every month", as a cell of P.  NULL without memory.  The caller's. */
json_t *part_every(struct part *p, const struct node *n);

/* The purposes numbered in LIST, N of them, as a cell of P.  NULL without memory.  The caller's. */
json_t *part_purpose_list(struct part *p, const int *list, size_t n);

#endif
