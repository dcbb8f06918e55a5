/*
 * policy/node.h - a YAML file as read: maps, lists and scalars with their places.
 *
 * Nodes are made by policy/yaml.h in the arena of their policy and are never
 * changed afterwards.  A scalar stays text; what it means is decided by the key
 * it stands under (policy/keys.h).
 */
#ifndef SEKISHO_POLICY_NODE_H
#define SEKISHO_POLICY_NODE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "policy/finding.h"

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node {
	enum node_kind kind;
	bool quoted;	     /* scalar: written with quotes or as a block, so never a truth value or number */
	struct place at;     /* of the value */
	struct str text;     /* scalar, NUL behind it */
	struct str key;	     /* in a map: the key it stands under */
	struct place key_at; /* in a map: of that key */
	struct node *first;  /* children in the order of the file */
	struct node *next;   /* next sibling */
	size_t n;	     /* number of children */
	size_t position;     /* among its siblings, from 0 */
	struct node **by_key; /* map: the children sorted by key */
};

/* for (NODE_EACH(child, parent)): goes through the children of PARENT, which may be NULL. */
#define NODE_EACH(child, parent) \
	const struct node *child = (parent) ? (parent)->first : NULL; child; child = child->next

/* The child of MAP under KEY, or NULL when there is none or MAP is NULL or no map.  The policy's. */
const struct node *node_get(const struct node *map, const char *key);

/* As node_get for a KEY that need not end in NUL. */
const struct node *node_find(const struct node *map, struct str key);

/*
 * The node at PATH from ROOT: keys joined by dots ("joint_use.group.items"); in a
 * list, an element is named by its position from 0.  An empty path is ROOT.
 * NULL when there is none.  The policy's.
 */
const struct node *node_at(const struct node *root, struct str path);

/* The text of the scalar under KEY of MAP; empty when there is none.  The policy's. */
struct str node_text(const struct node *map, const char *key);

/* True when X and Y say the same; the order of keys is not looked at, NULL is the same as NULL only. */
bool node_same(const struct node *x, const struct node *y);

/* True when N is a scalar written plainly as `true`. */
bool node_is_true(const struct node *n);

#endif
