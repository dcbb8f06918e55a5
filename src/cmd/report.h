/* cmd/report.h - findings as text, JSON and SARIF. */
#ifndef SEKISHO_CMD_REPORT_H
#define SEKISHO_CMD_REPORT_H

#include "policy/finding.h"

/* Appends F to B as a compiler prints it, one line a finding. */
void report_text(const struct findings *f, struct buf *b);

/* Appends F to B as one JSON object {"findings":[…],"errors","warnings","questions"} and a line end. */
void report_json(const struct findings *f, struct buf *b);

/* Appends F to B as a SARIF 2.1.0 log and a line end. */
void report_sarif(const struct findings *f, struct buf *b);

#endif
