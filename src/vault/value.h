/*
 * vault/value.h - values by their type: checked, canonical, and as they are looked up.
 *
 * What is sealed is the canonical JSON text of a value: a string, a number, or an
 * array of them for a list or `many`; a file may be an object of media and data.
 * Pure: no I/O, no keys.
 */
#ifndef SEKISHO_VAULT_VALUE_H
#define SEKISHO_VAULT_VALUE_H

#include <jansson.h>

#include "base/result.h"
#include "base/str.h"
#include "policy/policy.h"

enum {
	VALUE_MAX = 262144, /* bytes of one canonical value */
	VALUE_ELEMENTS = 1000, /* of a list, or of `many` */
};

/*
 * Checks VALUE by the type of ITEM and appends its canonical JSON text to OUT.
 * Strings stay as they were written, but for cards and individual numbers, of
 * which the digits stay.  Fails with item_invalid (the message says what is
 * wrong and never the value), too_large, out_of_memory.
 */
result value_check(const struct policy_item *item, const json_t *value, struct buf *out, struct error *e);

/*
 * Appends to OUT the text of one VALUE under which it is looked up: NFKC, case
 * folded, digits and separators by TYPE, so that those that people take for the
 * same are the same.  False when it can be nobody's (empty, of another type, or
 * of a type without look-up).
 */
bool value_lookup_text(enum item_type type, struct str value, struct buf *out);

/* True when values of this TYPE can be looked up: all but lists, long texts and files. */
bool value_type_indexed(enum item_type type);

/* True when TYPE is a way to reach a person: telephone, e-mail, address. */
bool value_type_contact(enum item_type type);

/*
 * Calls EACH with CTX for every string or number of the canonical JSON text
 * JSON, its characters unescaped.  False when JSON is none or EACH gave false.
 */
bool value_each(struct str json, bool (*each)(void *ctx, struct str element), void *ctx);

#endif
