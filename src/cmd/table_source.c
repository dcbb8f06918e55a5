#include "cmd/table_source.h"

#include <stdlib.h>

#include "base/file.h"

enum { URL_MAX = 4096 };

static result read_url(struct table_source *s, struct error *e)
{
	struct buf file;
	struct str url;
	result r;

	buf_init(&file);
	r = file_read(s->source_file, URL_MAX, &file, e);
	url = str_trim(buf_view(&file));
	if (ok(r))
		buf_str(&s->url, url);
	if (ok(r) && url.n == 0)
		r = error_at(e, CODE_USAGE, s->source_file, "the file holds no URL of a database");
	buf_wipe(&file);
	return r;
}

/* The URL, from the command line, a file or the environment, into S's. */
static result find_url(struct table_source *s, struct error *e)
{
	const char *variable = getenv("SEKISHO_SOURCE");

	if (s->source_file)
		return read_url(s, e);
	if (!s->source && variable && variable[0]) {
		buf_text(&s->url, variable);
		return RESULT_OK;
	}
	if (!s->source)
		return error_set(e, CODE_USAGE,
				 "no database is given for the query; give --source URL, --source-file FILE or the variable "
				 "SEKISHO_SOURCE");
	if (foreign_has_password(s->source))
		return error_set(e, CODE_USAGE,
				 "a password on the command line is seen by everyone on this machine; put the URL into a file for "
				 "--source-file, or the password into ~/.pgpass");
	buf_text(&s->url, s->source);
	return RESULT_OK;
}

result table_source_open(struct table_source *s, enum foreign_use use, struct error *e)
{
	buf_init(&s->url);
	arena_init(&s->counted.arena, 0, false);
	s->db = NULL;
	s->name = s->file = s->input;
	if (!s->input && !s->query && !s->source && !s->source_file)
		return error_set(e, CODE_USAGE, "no table is given; give --input FILE, or --source URL and --query SELECT");
	if (s->input && (s->query || s->source || s->source_file))
		return error_set(e, CODE_USAGE, "two tables are given; give --input, or --source and --query, not both");
	if (s->input)
		return RESULT_OK;
	if (s->source && s->source_file)
		return error_set(e, CODE_USAGE, "two databases are given; give --source or --source-file, not both");
	if (!s->query)
		return error_set(e, CODE_USAGE, "no query is given; give --query 'SELECT …'");
	TRY(find_url(s, e));
	if (!buf_ok(&s->url))
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the URL of the database");
	TRY(foreign_open(buf_c(&s->url), use, &s->db, e));
	s->name = foreign_label(s->db);
	s->file = foreign_file(s->db);
	TRY(foreign_query(s->db, str_of(s->query), e));
	s->at = (struct deid_query_rows){.f = s->db};
	s->counted.f = s->db;
	s->rows = use == FOREIGN_WRITE ? deid_rows_counted(&s->counted) : deid_rows_query(&s->at);
	return RESULT_OK;
}

void table_source_close(struct table_source *s)
{
	foreign_close(s->db);
	s->db = NULL;
	arena_free(&s->counted.arena);
	buf_wipe(&s->url);
}
