/* policy/reference.h - the table of keys as a reference for people, in Markdown. */
#ifndef SEKISHO_POLICY_REFERENCE_H
#define SEKISHO_POLICY_REFERENCE_H

#include "base/str.h"

/*
 * Appends to B every key of policy.yaml and decisions.yaml, section by section:
 * path, type, meaning (in Japanese when JAPANESE is set, else in English), law and
 * example.
 */
void policy_reference_write(struct buf *b, bool japanese);

#endif
