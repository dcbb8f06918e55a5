/*
 * evidence/start.h - what is checked before a log is opened; seen inside this folder only.
 */
#ifndef SEKISHO_EVIDENCE_START_H
#define SEKISHO_EVIDENCE_START_H

#include "evidence/reader.h"

/*
 * Checks in D that the entries of the last tile lead to what the head H says of
 * them, and that the last batch ends at H.  Fails with log_corrupt (the place
 * names the first bad entry), database, out_of_memory.
 */
result start_check_tail(struct db *d, const struct log_head *h, struct error *e);

/*
 * Checks that H, the head of D's log, is not behind C's high-water file (which
 * may be missing) and continues the tree that stands there.  Fails with
 * log_rolled_back, log_corrupt (the file is no checkpoint of C's key), io,
 * database.
 */
result start_check_high_water(struct db *d, const struct log_head *h, const struct log_config *c, struct error *e);

#endif
