#include "db/foreign_engine.h"

#include <stdlib.h>
#include <string.h>

static const char sqlite_scheme[] = "sqlite:";

static bool is_postgresql(const char *url)
{
	return str_starts(str_of(url), STR("postgresql://")) || str_starts(str_of(url), STR("postgres://"));
}

static bool is_sqlite(const char *url)
{
	return str_starts(str_of(url), str_of(sqlite_scheme)) && url[sizeof sqlite_scheme - 1] != '\0';
}

bool foreign_is_url(const char *url)
{
	return is_sqlite(url) || is_postgresql(url);
}

bool foreign_has_password(const char *url)
{
	return is_postgresql(url) && foreign_postgresql_has_password(url);
}

result foreign_open(const char *url, enum foreign_use use, struct foreign **out, struct error *e)
{
	*out = NULL;
	if (is_sqlite(url))
		return foreign_sqlite_open(url + sizeof sqlite_scheme - 1, use, out, e);
	if (is_postgresql(url))
		return foreign_postgresql_open(url, use, out, e);
	return error_set(e, CODE_USAGE, "a database is named sqlite:FILE or postgresql://HOST/DATABASE");
}

void foreign_close(struct foreign *f)
{
	if (!f)
		return;
	f->engine->close(f);
	arena_free(&f->arena);
	arena_free(&f->kept);
	arena_free(&f->all);
	free(f);
}

const char *foreign_label(const struct foreign *f)
{
	return f->label;
}

const char *foreign_file(const struct foreign *f)
{
	return f->file;
}

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a query");
}

result foreign_room(struct foreign *f, size_t count, struct error *e)
{
	arena_reset(&f->arena);
	f->columns = count;
	f->name = arena_array(&f->arena, count, sizeof *f->name);
	f->field = arena_array(&f->arena, count, sizeof *f->field);
	return f->name && f->field ? RESULT_OK : no_memory(e);
}

struct str foreign_line(const char *said)
{
	struct str s = str_of(said ? said : "");

	return str_trim(str_sub(s, 0, str_find(s, '\n')));
}

result foreign_refuse(struct error *e, const char *query, long at, bool characters, const char *said)
{
	struct str words = foreign_line(said);
	unsigned long line = 1, column = 1;
	struct buf where;

	buf_init(&where);
	for (long i = 0; i < at && *query; query++) {
		bool begins = ((unsigned char)*query & 0xC0) != 0x80; /* a character */

		i += !characters || ((unsigned char)query[1] & 0xC0) != 0x80;
		column = *query == '\n' ? 1 : column + begins;
		line += *query == '\n';
	}
	if (at >= 0)
		buf_printf(&where, "query:%lu:%lu", line, column);
	else
		buf_text(&where, "query");
	(void)error_at(e, CODE_QUERY_INVALID, buf_c(&where), "%.*s", (int)words.n, words.p); /* ignored: this fails anyway */
	buf_free(&where);
	return RESULT_FAIL;
}

/* QUERY without blanks at its ends and the semicolon that may end it: it is to stand within another. */
static struct str bare(struct str query)
{
	query = str_trim(query);
	if (query.n && query.p[query.n - 1] == ';')
		query = str_trim(str_sub(query, 0, query.n - 1));
	return query;
}

result foreign_query(struct foreign *f, struct str query, struct error *e)
{
	char *text;

	arena_reset(&f->kept);
	f->query_columns = 0;
	text = arena_copy(&f->kept, query.p, query.n);
	if (!text)
		return no_memory(e);
	if (memchr(query.p, '\0', query.n))
		return foreign_refuse(e, text, -1, false, "the query has a NUL byte");
	TRY(f->engine->prepare(f, text, true, e));
	f->asked = text;
	f->query = bare(str_of(text));
	f->query_name = arena_array(&f->kept, f->columns, sizeof *f->query_name);
	if (!f->query_name)
		return no_memory(e);
	for (size_t i = 0; i < f->columns; i++) {
		f->query_name[i] = str_copy(&f->kept, f->name[i]);
		if (!f->query_name[i].p)
			return no_memory(e);
	}
	f->query_columns = f->columns;
	return RESULT_OK;
}

const struct str *foreign_columns(const struct foreign *f, size_t *n)
{
	*n = f->query_columns;
	return f->query_name;
}

result foreign_start(struct foreign *f, struct error *e)
{
	return f->engine->prepare(f, f->asked, true, e);
}

result foreign_next(struct foreign *f, const struct str **row, bool *more, struct error *e)
{
	*row = f->field;
	return f->engine->next(f, more, e);
}
