/* policy/schema.h - the table of keys as JSON Schema, for editors. */
#ifndef SEKISHO_POLICY_SCHEMA_H
#define SEKISHO_POLICY_SCHEMA_H

#include "base/str.h"

/* Appends to B the JSON Schema (draft 7, which every editor reads) of policy.yaml and a line end. */
void schema_write(struct buf *b);

#endif
