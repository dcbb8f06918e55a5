#include "web/template.h"

#include <string.h>

/*
 * A template is rendered as it is read: the scanner gives text and tags one
 * after the other, and a section runs its part of the text once for each
 * element.  The scanner alone knows delimiters and standalone lines.
 */

enum { TEMPLATE_DEPTH = 32 }; /* sections and partials within each other */

enum tag { TAG_END, TAG_TEXT, TAG_VALUE, TAG_RAW, TAG_SECTION, TAG_INVERTED, TAG_CLOSE, TAG_PARTIAL, TAG_COMMENT, TAG_DELIMITERS };

struct scan {
	struct str text;
	size_t at;
	struct str open, close; /* delimiters */
};

struct token {
	enum tag tag;
	struct str text;   /* literal text, or the name in the tag */
	struct str indent; /* of a partial alone on its line: what stands before it */
	size_t from;	   /* where it begins in the template */
};

struct scope {
	const json_t *value;
	const struct scope *outer;
};

struct render {
	const struct template_partials *partials;
	struct buf *out;
	struct error *error;
	int depth;
};

void html_escape(struct buf *out, struct str s)
{
	size_t done = 0;

	for (size_t i = 0; i < s.n; i++) {
		const char *reference;

		switch (s.p[i]) {
		case '&': reference = "&amp;"; break;
		case '<': reference = "&lt;"; break;
		case '>': reference = "&gt;"; break;
		case '"': reference = "&quot;"; break;
		case '\'': reference = "&#39;"; break;
		default: continue;
		}
		buf_add(out, s.p + done, i - done);
		buf_text(out, reference);
		done = i + 1;
	}
	buf_str(out, str_sub(s, done, s.n - done));
}

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Where NEEDLE first stands in S from FROM on, or S.n. */
static size_t find_from(struct str s, size_t from, struct str needle)
{
	const char *p = from < s.n ? memmem(s.p + from, s.n - from, needle.p, needle.n) : NULL;

	return p ? (size_t)(p - s.p) : s.n;
}

static result fault(const struct render *r, const struct scan *s, size_t at, const char *what)
{
	struct buf where;
	size_t line = 1;
	result failed;

	for (size_t i = 0; i < at && i < s->text.n; i++)
		line += s->text.p[i] == '\n';
	buf_init(&where);
	buf_text(&where, "line ");
	buf_u64(&where, line);
	failed = error_at(r->error, CODE_MALFORMED, buf_c(&where), "the template is not well-formed: %s", what);
	buf_free(&where);
	return failed;
}

static enum tag tag_of(char sign)
{
	switch (sign) {
	case '#': return TAG_SECTION;
	case '^': return TAG_INVERTED;
	case '/': return TAG_CLOSE;
	case '>': return TAG_PARTIAL;
	case '!': return TAG_COMMENT;
	case '=': return TAG_DELIMITERS;
	case '&': return TAG_RAW;
	default: return TAG_VALUE;
	}
}

/*
 * Widens [*FROM, *TO), where a tag stands, to its whole line when nothing but
 * blanks stand beside it there; false when something does.
 */
static bool alone_on_line(struct str text, size_t *from, size_t *to)
{
	size_t start = *from, end = *to;

	while (start > 0 && blank(text.p[start - 1]))
		start--;
	if (start > 0 && text.p[start - 1] != '\n')
		return false;
	while (end < text.n && blank(text.p[end]))
		end++;
	if (end + 1 < text.n && text.p[end] == '\r' && text.p[end + 1] == '\n')
		end += 2;
	else if (end < text.n && text.p[end] == '\n')
		end++;
	else if (end < text.n)
		return false;
	*from = start;
	*to = end;
	return true;
}

/* Takes the delimiters that the tag's content NAME sets: two words without blanks or "=". */
static bool take_delimiters(struct scan *s, struct str name)
{
	struct str open, close;
	size_t i = 0;

	while (i < name.n && !blank(name.p[i]) && name.p[i] != '\n')
		i++;
	open = str_sub(name, 0, i);
	close = str_trim(str_sub(name, i, name.n - i));
	if (open.n == 0 || close.n == 0 || str_find(open, '=') < open.n || str_find(close, '=') < close.n ||
	    str_find(close, ' ') < close.n)
		return false;
	s->open = open;
	s->close = close;
	return true;
}

/* Reads the tag that begins at FROM: its kind and name into *T, its end into *TO. */
static result scan_tag(const struct render *r, const struct scan *s, size_t from, struct token *t, size_t *to)
{
	size_t inner = from + s->open.n, end;
	struct str name;

	if (inner < s->text.n && s->text.p[inner] == '{') {
		struct str close = STR("}}}");

		t->tag = TAG_RAW;
		end = find_from(s->text, ++inner, close);
		*to = end + close.n;
	} else {
		t->tag = inner < s->text.n ? tag_of(s->text.p[inner]) : TAG_VALUE;
		inner += t->tag != TAG_VALUE;
		end = find_from(s->text, inner, s->close);
		*to = end + s->close.n;
	}
	if (end >= s->text.n)
		return fault(r, s, from, "a tag is not closed");
	name = str_trim(str_sub(s->text, inner, end - inner));
	if (t->tag == TAG_DELIMITERS) {
		if (name.n == 0 || name.p[name.n - 1] != '=')
			return fault(r, s, from, "delimiters are set as {{=<% %>=}}");
		name = str_trim(str_sub(name, 0, name.n - 1));
	}
	t->text = name;
	return RESULT_OK;
}

/* Gives the next token of S in *T; TAG_END at the end. */
static result scan_next(const struct render *r, struct scan *s, struct token *t)
{
	size_t tag = find_from(s->text, s->at, s->open), from = tag, to = tag;

	*t = (struct token){.tag = TAG_END, .from = s->at};
	if (s->at >= s->text.n)
		return RESULT_OK;
	if (tag < s->text.n) {
		TRY(scan_tag(r, s, tag, t, &to));
		if (t->tag != TAG_VALUE && t->tag != TAG_RAW && alone_on_line(s->text, &from, &to))
			t->indent = str_sub(s->text, from, tag - from);
	}
	if (from > s->at) { /* the text before the tag first; the tag is read again by the next call */
		t->tag = TAG_TEXT;
		t->text = str_sub(s->text, s->at, from - s->at);
		s->at = from;
		return RESULT_OK;
	}
	t->from = tag;
	s->at = to;
	if (t->tag == TAG_DELIMITERS && !take_delimiters(s, t->text))
		return fault(r, s, tag, "delimiters are two words without blanks and \"=\"");
	return RESULT_OK;
}

static const json_t *member(const json_t *value, struct str name)
{
	return json_is_object(value) ? json_object_getn(value, name.p, name.n) : NULL;
}

/* What NAME stands for: "." the innermost value; else its first part from the innermost scope that has it, the rest from there. */
static const json_t *look_up(const struct scope *scope, struct str name)
{
	const json_t *found = NULL;
	size_t dot;

	if (str_is(name, "."))
		return scope->value;
	dot = str_find(name, '.');
	for (; scope && !found; scope = scope->outer)
		found = member(scope->value, str_sub(name, 0, dot));
	while (found && dot < name.n) {
		name = str_sub(name, dot + 1, name.n - dot - 1);
		dot = str_find(name, '.');
		found = member(found, str_sub(name, 0, dot));
	}
	return found;
}

static bool truthy(const json_t *v)
{
	if (json_is_array(v))
		return json_array_size(v) > 0;
	if (json_is_string(v))
		return json_string_length(v) > 0;
	return v && !json_is_null(v) && !json_is_false(v);
}

static void put_value(struct buf *out, const json_t *v, bool raw)
{
	if (json_is_string(v)) {
		struct str s = {json_string_value(v), json_string_length(v)};

		if (raw)
			buf_str(out, s);
		else
			html_escape(out, s);
	} else if (json_is_integer(v)) {
		buf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	} else if (json_is_real(v)) {
		buf_printf(out, "%.15g", json_real_value(v));
	} else if (json_is_boolean(v)) {
		buf_text(out, json_is_true(v) ? "true" : "false");
	}
}

static result render_scan(struct render *r, struct scan *s, const struct scope *scope, const struct token *section);

/* Moves S behind the end of the section T, which it is inside of, without rendering. */
static result skip_section(const struct render *r, struct scan *s, const struct token *t)
{
	struct token open[TEMPLATE_DEPTH], next;
	size_t n = 0;

	open[n++] = *t;
	while (n > 0) {
		TRY(scan_next(r, s, &next));
		if (next.tag == TAG_END)
			return fault(r, s, open[n - 1].from, "a section is not closed");
		if (next.tag == TAG_SECTION || next.tag == TAG_INVERTED) {
			if (n == TEMPLATE_DEPTH)
				return fault(r, s, next.from, "sections are too deep in each other");
			open[n++] = next;
		} else if (next.tag == TAG_CLOSE && !str_eq(next.text, open[--n].text)) {
			return fault(r, s, next.from, "a section is closed by another name");
		}
	}
	return RESULT_OK;
}

/* Renders the section T, which S is inside of, with VALUE as the innermost scope; S is behind it afterwards. */
static result render_inside(struct render *r, struct scan *s, const struct scope *outer, const json_t *value,
			    const struct token *t)
{
	struct scope scope = {value, outer};

	return render_scan(r, s, value ? &scope : outer, t);
}

static result render_section(struct render *r, struct scan *s, const struct scope *scope, const struct token *t)
{
	const json_t *value = look_up(scope, t->text);
	struct scan start = *s;

	if (truthy(value) == (t->tag == TAG_INVERTED))
		return skip_section(r, s, t);
	if (t->tag == TAG_INVERTED)
		return render_inside(r, s, scope, NULL, t);
	if (!json_is_array(value))
		return render_inside(r, s, scope, value, t);
	for (size_t i = 0; i < json_array_size(value); i++) {
		*s = start;
		TRY(render_inside(r, s, scope, json_array_get(value, i), t));
	}
	return RESULT_OK;
}

/* Appends TEXT to OUT with INDENT before each of its lines. */
static void indent_lines(struct buf *out, struct str text, struct str indent)
{
	while (text.n > 0) {
		size_t line = str_find(text, '\n');

		line += line < text.n;
		buf_str(out, indent);
		buf_add(out, text.p, line);
		text = str_sub(text, line, text.n - line);
	}
}

static result render_partial(struct render *r, const struct scope *scope, const struct token *t)
{
	struct scan inner = {.open = STR("{{"), .close = STR("}}")};
	struct buf indented;
	result done = RESULT_FAIL;

	buf_init(&indented);
	if (!r->partials || !r->partials->find(r->partials->ctx, t->text, &inner.text)) {
		done = RESULT_OK;
		goto out;
	}
	if (t->indent.n > 0) {
		indent_lines(&indented, inner.text, t->indent);
		inner.text = buf_view(&indented);
		if (!buf_ok(&indented)) {
			done = error_set(r->error, CODE_OUT_OF_MEMORY, "no memory for a page");
			goto out;
		}
	}
	done = render_scan(r, &inner, scope, NULL);
out:
	buf_free(&indented);
	return done;
}

static result render_token(struct render *r, struct scan *s, const struct scope *scope, const struct token *t)
{
	switch (t->tag) {
	case TAG_TEXT:
		buf_str(r->out, t->text);
		return RESULT_OK;
	case TAG_VALUE:
	case TAG_RAW:
		put_value(r->out, look_up(scope, t->text), t->tag == TAG_RAW);
		return RESULT_OK;
	case TAG_SECTION:
	case TAG_INVERTED:
		return render_section(r, s, scope, t);
	case TAG_PARTIAL:
		return render_partial(r, scope, t);
	default:
		return RESULT_OK;
	}
}

/* Renders what S has until its end, or until the end of SECTION when there is one. */
static result render_scan(struct render *r, struct scan *s, const struct scope *scope, const struct token *section)
{
	result done = RESULT_FAIL;
	struct token t;

	if (r->depth == TEMPLATE_DEPTH)
		return fault(r, s, s->at, "sections and partials are too deep in each other");
	r->depth++;
	for (;;) {
		TRY_OUT(scan_next(r, s, &t));
		if (t.tag == TAG_END && section) {
			done = fault(r, s, section->from, "a section is not closed");
			goto out;
		}
		if (t.tag == TAG_CLOSE && !(section && str_eq(t.text, section->text))) {
			done = fault(r, s, t.from, "a section is closed by another name");
			goto out;
		}
		if (t.tag == TAG_END || t.tag == TAG_CLOSE)
			break;
		TRY_OUT(render_token(r, s, scope, &t));
	}
	done = RESULT_OK;
out:
	r->depth--;
	return done;
}

result template_render(struct str text, const json_t *view, const struct template_partials *partials, struct buf *out,
		       struct error *e)
{
	struct render r = {.partials = partials, .out = out, .error = e};
	struct scan s = {.text = text, .open = STR("{{"), .close = STR("}}")};
	struct scope scope = {.value = view};

	TRY(render_scan(&r, &s, &scope, NULL));
	if (!buf_ok(out))
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a page");
	return RESULT_OK;
}
