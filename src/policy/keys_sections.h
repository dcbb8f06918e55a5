/*
 * policy/keys_sections.h - for the files that make up the table of keys: the
 * lists that refer to each other, and short ways to write a row.
 */
#ifndef SEKISHO_POLICY_KEYS_SECTIONS_H
#define SEKISHO_POLICY_KEYS_SECTIONS_H

#include "policy/keys.h"

#define TYPED(t) FORM_ONE, TYPE_##t
#define MEANS(english, japanese) .en = (english), .ja = (japanese)
#define WAS \
	{"was", TYPED(ID), MEANS("the id that it had before: its number carries over", "以前の識別子"), .example = "old_id"}

extern const struct key keys_event[];
extern const struct key keys_notice[];
extern const struct key keys_channel[];
extern const struct key keys_category[];
extern const struct key keys_purpose[];
extern const struct key keys_consent[];
extern const struct key keys_role[];
extern const struct key keys_exception[];
extern const struct key keys_joint_use[];
extern const struct key keys_outsourcing[];
extern const struct key keys_provision[];
extern const struct key keys_request[];
extern const struct key keys_anonymized[];
extern const struct key keys_pseudonymized[];

#endif
