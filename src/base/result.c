#include "base/result.h"

#include <stdio.h>
#include <string.h>

struct code_row {
	const char *text;
	const char *meaning;
	enum error_class class_;
	int status;
};

static const struct code_row code_rows[CODE_COUNT] = {
	[CODE_NONE] = {"none", "no error", CLASS_NONE, 500},
#define X(id, text, class_, status, meaning) [id] = {text, meaning, class_, status},
#include "base/codes.def"
#undef X
};

static const struct code_row *code_row(enum code code)
{
	if ((int)code < 0 || code >= CODE_COUNT)
		return &code_rows[CODE_INTERNAL];
	return &code_rows[code];
}

static void error_fill(struct error *e, enum code code, const char *where, const char *format, va_list args)
	__attribute__((format(printf, 4, 0)));

static void error_fill(struct error *e, enum code code, const char *where, const char *format, va_list args)
{
	if (!e || e->code != CODE_NONE)
		return;
	e->code = code;
	if (vsnprintf(e->message, sizeof e->message, format, args) < 0)
		e->message[0] = '\0';
	e->where[0] = '\0';
	if (where && snprintf(e->where, sizeof e->where, "%s", where) < 0)
		e->where[0] = '\0';
}

result error_set(struct error *e, enum code code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	error_fill(e, code, NULL, format, args);
	va_end(args);
	return RESULT_FAIL;
}

result error_at(struct error *e, enum code code, const char *where, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	error_fill(e, code, where, format, args);
	va_end(args);
	return RESULT_FAIL;
}

void error_clear(struct error *e)
{
	e->code = CODE_NONE;
	e->message[0] = '\0';
	e->where[0] = '\0';
	e->status = 0;
}

const char *code_text(enum code code)
{
	return code_row(code)->text;
}

const char *code_meaning(enum code code)
{
	return code_row(code)->meaning;
}

enum error_class code_class(enum code code)
{
	return code_row(code)->class_;
}

int code_status(enum code code)
{
	return code_row(code)->status;
}

enum code code_from_text(const char *text)
{
	for (int c = 1; c < CODE_COUNT; c++)
		if (strcmp(code_rows[c].text, text) == 0)
			return (enum code)c;
	return CODE_NONE;
}
