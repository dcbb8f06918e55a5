#include "policy/layout.h"

#include <string.h>
#include <utf8proc.h>

#include "policy/layout_private.h"
#include "policy/yaml.h"

size_t layout_width(struct str text)
{
	size_t width = 0;

	for (size_t i = 0; i < text.n;) {
		utf8proc_int32_t c;
		utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)text.p + i, (utf8proc_ssize_t)(text.n - i), &c);

		if (n <= 0)
			return width + (text.n - i);
		width += (size_t)utf8proc_charwidth(c);
		i += (size_t)n;
	}
	return width;
}

static bool among(char c, const char *set)
{
	return c && strchr(set, c);
}

bool layout_special(struct str text)
{
	static const char *const words[] = {"true", "false", "yes", "no", "on", "off", "y", "n", "null", "~", "<<", "=", ".inf",
					    "+.inf", "-.inf", ".nan", NULL};
	bool digit = false;

	if (text.n == 0)
		return true;
	for (size_t i = 0; words[i]; i++)
		if (strlen(words[i]) == text.n && strncasecmp(words[i], text.p, text.n) == 0)
			return true;
	if (!among(text.p[0], "0123456789+-."))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (!among(text.p[i], "0123456789abcdefABCDEFoxOXinINTZtz+-._: "))
			return false;
		digit = digit || (text.p[i] >= '0' && text.p[i] <= '9');
	}
	return digit;
}

bool layout_one_line(struct str text)
{
	/* Next line, line and paragraph separator, byte order mark, and two that are no characters. */
	static const char *const shown_by_escapes[] = {"\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xEF\xBB\xBF", "\xEF\xBF\xBE",
						       "\xEF\xBF\xBF", NULL};

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c < ' ' || c == 0x7F || (c == 0xC2 && i + 1 < text.n && (unsigned char)text.p[i + 1] < 0xA0))
			return false;
		for (size_t j = 0; c >= 0xC2 && shown_by_escapes[j]; j++)
			if (str_has_at(text, i, shown_by_escapes[j]))
				return false;
	}
	return true;
}

bool layout_plain(struct str text)
{
	if (text.n == 0 || among(text.p[0], "-?:,[]{}#&*!|>'\"%@` ") || text.p[text.n - 1] == ' ' || text.p[text.n - 1] == ':' ||
	    str_starts(text, STR("...")) || !layout_one_line(text))
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (among(text.p[i], ",[]{}") || str_has_at(text, i, ": ") || str_has_at(text, i, ":?") || str_has_at(text, i, " #"))
			return false;
	return true;
}

/* Appends the character C, whose bytes are BYTES, between double quotes. */
static void escape(struct buf *b, utf8proc_int32_t c, struct str bytes)
{
	if (c == '"' || c == '\\')
		buf_printf(b, "\\%c", (int)c);
	else if (c == '\n')
		buf_text(b, "\\n");
	else if (c == '\t')
		buf_text(b, "\\t");
	else if (c == '\r')
		buf_text(b, "\\r");
	else if (c < ' ' || (c >= 0x7F && c < 0xA0))
		buf_printf(b, "\\x%02X", (unsigned)c);
	else if (c == 0x2028 || c == 0x2029 || c == 0xFEFF || c == 0xFFFE || c == 0xFFFF)
		buf_printf(b, "\\u%04X", (unsigned)c);
	else
		buf_str(b, bytes);
}

void layout_quote(struct buf *b, struct str text)
{
	bool marks = false;

	for (size_t i = 0; i < text.n; i++)
		marks = marks || among(text.p[i], "\"\\");
	if (marks && layout_one_line(text)) {
		buf_byte(b, '\'');
		for (size_t i = 0; i < text.n; i++)
			buf_str(b, text.p[i] == '\'' ? STR("''") : str_sub(text, i, 1));
		buf_byte(b, '\'');
		return;
	}
	buf_byte(b, '"');
	for (size_t i = 0; i < text.n;) {
		utf8proc_int32_t c;
		utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)text.p + i, (utf8proc_ssize_t)(text.n - i), &c);

		if (n <= 0) { /* an escape in the file made what is no text */
			b->failed = true;
			return;
		}
		escape(b, c, str_sub(text, i, (size_t)n));
		i += (size_t)n;
	}
	buf_byte(b, '"');
}

void layout_scalar(struct buf *b, struct str text)
{
	if (layout_plain(text) && !layout_special(text))
		buf_str(b, text);
	else
		layout_quote(b, text);
}

/* True when A and B say the same. */
static bool same(const struct node *a, const struct node *b)
{
	const struct node *x, *y;

	if (!a || !b || a->kind != b->kind || a->n != b->n || !str_eq(a->key, b->key) || !str_eq(a->text, b->text) ||
	    (a->quoted != b->quoted && layout_special(a->text)))
		return false;
	for (x = a->first, y = b->first; x && y; x = x->next, y = y->next)
		if (!same(x, y))
			return false;
	return !x && !y;
}

result layout_yaml(const char *file, struct str text, struct findings *f, struct buf *out, struct error *e)
{
	size_t start = out->n;
	struct layout_file layout;
	struct node *before, *after;
	struct arena a;
	size_t known = f->n;
	result done = RESULT_FAIL;

	arena_init(&a, 0, false);
	TRY_OUT(yaml_read(&a, file, text, f, &before, e));
	if (!before || f->n > known) {
		done = RESULT_OK;
		goto out;
	}
	if (str_starts(text, STR("\xEF\xBB\xBF")))
		text = str_sub(text, 3, text.n);
	TRY_OUT(layout_read(&a, text, &layout, e));
	layout_write(&layout, out);
	if (!buf_ok(out)) {
		done = error_set(e, CODE_OUT_OF_MEMORY, "no memory for a layout");
		goto out;
	}
	TRY_OUT(yaml_read(&a, file, str_sub(buf_view(out), start, out->n), f, &after, e));
	if (f->n > known || !same(before, after))
		done = error_at(e, CODE_MALFORMED, file, "cannot be laid out without changing what it says; write it in a plainer way");
	else
		done = RESULT_OK;
out:
	arena_free(&a);
	return done;
}

/* True when the blanks at the end of LINE break it: in a paragraph that goes on with NEXT. */
static bool breaks(struct str line, struct str next)
{
	struct str content = str_trim(line);

	return line.n >= 2 && line.p[line.n - 1] == ' ' && line.p[line.n - 2] == ' ' && content.n && str_trim(next).n &&
	       content.p[0] != '#' && content.p[content.n - 1] != '|';
}

static struct str without_end(struct str line)
{
	while (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

void layout_markdown(const char *file, struct str text, struct findings *f, struct buf *out)
{
	size_t kept = out->n;
	bool fence = false;

	if (!str_utf8_valid(text)) {
		findings_add(f, FINDING_NOT_UTF8, (struct place){file, 0, 0}, STR("save the file as UTF-8"), "this is not UTF-8");
		return;
	}
	if (str_starts(text, STR("\xEF\xBB\xBF")))
		text = str_sub(text, 3, text.n);
	while (text.n) {
		size_t end = str_find(text, '\n');
		struct str line = without_end(str_sub(text, 0, end)), content = line;

		text = str_sub(text, end + 1, text.n);
		if (str_starts(str_trim(line), STR("```")) || str_starts(str_trim(line), STR("~~~")))
			fence = !fence;
		while (!fence && content.n && among(content.p[content.n - 1], " \t\r"))
			content.n--;
		buf_str(out, content);
		if (!fence && breaks(line, without_end(str_sub(text, 0, str_find(text, '\n')))))
			buf_byte(out, '\\');
		buf_byte(out, '\n');
		if (content.n)
			kept = out->n;
	}
	if (buf_ok(out))
		out->n = kept;
}
