/*
 * deid/say.h - what reports say, in English and in Japanese.
 *
 * A sentence stands in the code once in each language, side by side, with the same
 * arguments behind: SAY(s, "%s rows", "%s件", GROUPED(n)).
 */
#ifndef SEKISHO_DEID_SAY_H
#define SEKISHO_DEID_SAY_H

#include "base/str.h"
#include "deid/detect.h"
#include "deid/metric.h"
#include "deid/model.h"

enum deid_language {
	DEID_EN,
	DEID_JA,
	DEID_LANGUAGES,
};

/* The same text in each language. */
struct said {
	struct buf in[DEID_LANGUAGES];
};

/* Appends to SAID the format EN or JA with the arguments behind, which are evaluated twice. */
#define SAY(said, en, ja, ...)                                      \
	do {                                                        \
		buf_printf(&(said)->in[DEID_EN], en, ##__VA_ARGS__); \
		buf_printf(&(said)->in[DEID_JA], ja, ##__VA_ARGS__); \
	} while (0)

/* N with its digits in groups of three, as an argument of a format's %s. */
#define GROUPED(n) u64_grouped((n), (char[U64_GROUPED]){0})

/* The end of an English word that N things have. */
#define PLURAL(n) ((n) == 1 ? "" : "s")

/* Makes S empty. */
void said_init(struct said *s);

/* Frees what S holds. */
void said_free(struct said *s);

/* "en" or "ja" for LANGUAGE, as in the attribute lang.  Static. */
const char *deid_language_tag(enum deid_language language);

/* What F is called in LANGUAGE, in English with its article: "an e-mail address".  Static. */
const char *deid_finding_said(enum deid_finding f, enum deid_language language);

/* What the metric M measures, in LANGUAGE.  Static. */
const char *deid_metric_said(enum deid_metric_kind m, enum deid_language language);

/* Appends to S what the model M asks for; nothing for one that has no words here. */
void deid_model_said(const struct deid_model *m, struct said *s);

#endif
