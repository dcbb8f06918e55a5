/*
 * policy/shape.h - the parts of the first pass, for policy/ alone: walking along
 * the table of keys, scalars by type, references and guesses.
 */
#ifndef SEKISHO_POLICY_SHAPE_H
#define SEKISHO_POLICY_SHAPE_H

#include "policy/compile.h"
#include "policy/words.h"

/* Where the walk is. */
struct walk {
	struct compile *c;
	const struct node *root;
	const struct node *category; /* whose items may be named here, or NULL when not known */
	const char *noun;	     /* the thing declared around this: role "billing_app" */
	struct str id;
};

/* "did you mean": the offer that is nearest to a word, if one is near. */
struct guess {
	struct str word, best;
	unsigned distance; /* only what is nearer than this is taken */
};

/* A guess at WORD without any offer yet. */
struct guess guess_begin(struct str word);

/* Offers OFFER to G. */
void guess_offer(struct guess *g, struct str offer);

/* Appends `did you mean "…"?` to B; nothing when no offer of G was near. */
void guess_write(const struct guess *g, struct buf *b);

/* Reports "WHAT: VALUE" as CODE at AT with HINT, and W's policy as broken. */
void shape_wrong(struct walk *w, enum finding_code code, struct place at, struct str hint, const char *what,
		 struct str value);

/* True when S has the form of an id: [a-z][a-z0-9_]*, 200 bytes at the most. */
bool shape_id_form(struct str s);

/* Walks the MAP that may have KEYS. */
void shape_map(struct walk *w, const struct node *map, const struct key *keys);

/* Checks the scalar N by the type of KEY. */
void shape_scalar(struct walk *w, const struct node *n, const struct key *key);

/* Checks that VALUE, at AT under the key NAME, is one of WORDS. */
void shape_word(struct walk *w, struct str value, struct place at, const char *name, const char *const *words);

/* Checks that NAME, at AT, names something of KIND; FLAGS has KEY_GROUPS where a group will do. */
void shape_ref(struct walk *w, enum ref_kind kind, unsigned flags, struct str name, struct place at);

/* Reports what stands twice in the scalars of LIST. */
void shape_doubles(struct walk *w, const struct node *list);

#endif
