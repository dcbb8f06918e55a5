/*
 * evidence/export.h - the log's entries written out.
 *
 * NDJSON is one entry a line, the very bytes that were hashed, so that the file
 * can be verified (verify_export); CSV is for people and spreadsheets.
 */
#ifndef SEKISHO_EVIDENCE_EXPORT_H
#define SEKISHO_EVIDENCE_EXPORT_H

#include "evidence/reader.h"

enum export_format { EXPORT_NDJSON, EXPORT_CSV };

struct export_sink {
	result (*write)(void *ctx, struct str bytes, struct error *e);
	void *ctx;
};

struct export_span {
	uint64_t from;
	uint64_t to; /* the first that is left out */
};

/*
 * Writes the entries SPAN of R in FORMAT to SINK, some at a time.
 * Fails as log_reader_entry, with malformed (an entry that is none, in CSV), or
 * as the sink.
 */
result export_entries(struct log_reader *r, const struct export_span *span, enum export_format format,
		      const struct export_sink *sink, struct error *e);

#endif
