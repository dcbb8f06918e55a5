/* cmd/report.h - findings as text, JSON and SARIF. */
#ifndef SEKISHO_CMD_REPORT_H
#define SEKISHO_CMD_REPORT_H

#include "policy/finding.h"

/* Appends F to B as a compiler prints it, one line a finding. */
void report_text(const struct findings *f, struct buf *b);

/* Appends F to B as one JSON object {"findings":[…],"errors","warnings","questions","checked"} and a line end. */
void report_json(const struct findings *f, struct buf *b);

/* Appends F to B as a SARIF 2.1.0 log and a line end. */
void report_sarif(const struct findings *f, struct buf *b);

/* Appends to B one line on what F's check looked at, and that there is more. */
void report_checked(const struct findings *f, struct buf *b);

/* Appends to B the same as a JSON object, with every matter and every obligation that is not checked. */
void report_checked_json(const struct findings *f, struct buf *b);

/* Appends to B all rules of F's check, matters and obligations, one a line with tabs, in Japanese when JAPANESE is set. */
void report_rules(const struct findings *f, bool japanese, struct buf *b);

#endif
