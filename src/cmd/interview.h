/* cmd/interview.h - the questions for a first policy, asked on a terminal. */
#ifndef SEKISHO_CMD_INTERVIEW_H
#define SEKISHO_CMD_INTERVIEW_H

#include "base/result.h"
#include "base/str.h"

/*
 * Asks on standard output, in Japanese or English as JAPANESE says, reads answers
 * from standard input, asks again where one is wrong, and appends them to ANSWERS
 * as the YAML that answers_read takes.  Fails with io when the input ends before
 * the last question, out_of_memory.
 */
result interview(bool japanese, struct buf *answers, struct error *e);

#endif
