/* Rows of separated values: whatever comes, each row's fields can be read, and a faultless row written reads back the same. */
#include <stdint.h>
#include <stdlib.h>

#include "base/charset.h"
#include "base/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_round_trip(const struct csv_row *row)
{
	struct csv_options o = {.name = "again"};
	struct csv_reader *r = NULL;
	struct csv_row again;
	struct error e = {0};
	struct buf b;
	struct str text;
	bool more = false;

	buf_init(&b);
	for (size_t i = 0; i < row->count; i++) {
		buf_text(&b, i ? "," : "");
		csv_write(&b, row->field[i], ',');
	}
	buf_byte(&b, '\n');
	text = buf_view(&b);
	if (!ok(csv_open(&r, source_memory(&text), &o, &e)) || !ok(csv_next(r, &again, &more, &e)))
		abort();
	/* a lone empty field is an empty line; a byte order mark in front is skipped */
	if (more && !str_starts(buf_view(&b), STR("\xEF\xBB\xBF"))) {
		if (again.count != row->count)
			abort();
		for (size_t i = 0; i < row->count; i++)
			if (!str_eq(again.field[i], row->field[i]))
				abort();
	}
	csv_close(r);
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data + 1, size ? size - 1 : 0};
	struct csv_options o = {.name = "input", .max_row = 4096, .separator = ','};
	struct charset_decoder *d = NULL;
	struct csv_reader *r = NULL;
	struct csv_row row;
	struct error e = {0};
	bool more = true;

	if (!size)
		return 0;
	if (!ok(charset_open(&d, (enum charset)(data[0] % 3), source_memory(&text), "input", &e)) ||
	    !ok(csv_open(&r, charset_source(d), &o, &e)))
		abort();
	while (more && ok(csv_next(r, &row, &more, &e))) {
		if (!more)
			break;
		if (row.fault == CSV_FINE)
			check_round_trip(&row);
		else if (ok(csv_refuse(r, &row, &(struct error){0})))
			abort();
	}
	csv_close(r);
	charset_close(d);
	return 0;
}
