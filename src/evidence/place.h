/*
 * evidence/place.h - names of logs and of places in them; seen inside this folder only.
 */
#ifndef SEKISHO_EVIDENCE_PLACE_H
#define SEKISHO_EVIDENCE_PLACE_H

#include "base/result.h"
#include "evidence/log.h"

enum { LOG_NAME_MAX = LOG_ORIGIN_MAX + 24 };

/* Writes `<ORIGIN>/g<GENERATION>` into OUT; false when ORIGIN is too long or cannot name a key. */
bool place_log_name(struct str origin, uint64_t generation, char out[LOG_NAME_MAX]);

/*
 * Sets E to CODE at the place `g<GENERATION>/<INDEX>`, or `<INDEX>` when
 * GENERATION is 0, with the message WHAT.  Fails always, with CODE.
 */
result place_fail(struct error *e, enum code code, uint64_t generation, uint64_t index, const char *what);

#endif
