/* policy/label.h - the numbers that headings and list items bear, and by which wordings refer to them; for policy/ alone. */
#ifndef SEKISHO_POLICY_LABEL_H
#define SEKISHO_POLICY_LABEL_H

#include <stdbool.h>

#include "base/str.h"

enum label_form {
	LABEL_BRACKETS, /* (2) */
	LABEL_PAREN,	/* 2) */
	LABEL_POINT,	/* 2. */
	LABEL_PLAIN,	/* 2 */
	LABEL_CIRCLED,	/* one character: the 2 in a circle */
	LABEL_ROMAN,	/* XII */
	LABEL_ARTICLE,	/* 第2条 */
	LABEL_CHAPTER,	/* 第2章 */
};

struct label {
	int value;
	enum label_form form;
	bool letters; /* small Roman instead of digits: (ii) */
	bool wide;    /* characters of full width, or one character for a Roman number */
	struct str text;
};

/* Reads a label at byte I of S into *OUT; false when none stands there.  LABEL_POINT and LABEL_PLAIN only for LEADING ones. */
bool label_at(struct str s, size_t i, bool leading, struct label *out);

/* True when A and B look the same but for the width of their characters. */
bool label_alike(const struct label *a, const struct label *b);

#endif
