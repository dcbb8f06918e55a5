/*
 * policy/yaml.h - reads YAML into nodes, restricted to what a person reading the
 * file sees: UTF-8, one document, no anchors, aliases, tags, directives or
 * duplicate keys, bounded in size and depth.  Whatever is outside is a finding
 * with its place.
 */
#ifndef SEKISHO_POLICY_YAML_H
#define SEKISHO_POLICY_YAML_H

#include "base/result.h"
#include "policy/node.h"

enum {
	YAML_BYTES = 8 * 1024 * 1024, /* of a file at the most */
	YAML_DEPTH = 16,	      /* maps and lists in each other at the most */
};

/*
 * Reads TEXT, the content of FILE (a name that must live as long as the nodes),
 * into nodes of arena A.  *OUT is the root, the arena's, or NULL when there is a
 * finding that leaves nothing to look at; findings go to F.
 * Fails with out_of_memory only.
 */
result yaml_read(struct arena *a, const char *file, struct str text, struct findings *f, struct node **out,
		 struct error *e);

#endif
