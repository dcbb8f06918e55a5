#include "evidence/export.h"

#include "base/csv.h"
#include "evidence/entry.h"

enum { EXPORT_BLOCK = 65536 };

static const char csv_header[] = "index,t,kind,actor,role,purpose,category,items,withheld,result,policy,request,nonce,"
				 "subject,facts\n";

/* Appends entry INDEX, seen as V, to B as a line of CSV. */
static void add_csv(struct buf *b, uint64_t index, const struct entry_view *v)
{
	const struct str fields[] = {
		v->t,	   str_of(entry_kind_name(v->kind)),
		v->actor,  v->role,
		v->purpose, v->category,
		v->items,  v->withheld,
		v->result, v->policy,
		v->request, v->nonce,
		v->subject, v->facts,
	};

	buf_u64(b, index);
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		buf_byte(b, ',');
		csv_write(b, fields[i], ',');
	}
	buf_byte(b, '\n');
}

static result add_line(struct buf *b, uint64_t index, struct str entry, enum export_format format, struct error *e)
{
	struct entry_view v;

	if (format == EXPORT_NDJSON) {
		if (str_find(entry, '\n') < entry.n)
			return error_set(e, CODE_MALFORMED, "an entry with a line end cannot be one line");
		buf_str(b, entry);
		buf_byte(b, '\n');
		return RESULT_OK;
	}
	if (!entry_scan(entry, &v))
		return error_set(e, CODE_MALFORMED, "entry %llu is not of a known form and kind",
				 (unsigned long long)index);
	add_csv(b, index, &v);
	return RESULT_OK;
}

/* Gives what B holds to SINK, and empties it. */
static result flush(struct buf *b, const struct export_sink *sink, struct error *e)
{
	if (!buf_ok(b))
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory to export the log");
	TRY(sink->write(sink->ctx, buf_view(b), e));
	buf_reset(b);
	return RESULT_OK;
}

result export_entries(struct log_reader *r, const struct export_span *span, enum export_format format,
		      const struct export_sink *sink, struct error *e)
{
	struct buf b;
	result done = RESULT_FAIL;

	buf_init(&b);
	if (format == EXPORT_CSV)
		buf_text(&b, csv_header);
	for (uint64_t i = span->from; i < span->to; i++) {
		struct str entry;

		TRY_OUT(log_reader_entry(r, i, &entry, e));
		TRY_OUT(add_line(&b, i, entry, format, e));
		if (b.n >= EXPORT_BLOCK)
			TRY_OUT(flush(&b, sink, e));
	}
	done = flush(&b, sink, e);
out:
	buf_free(&b);
	return done;
}
