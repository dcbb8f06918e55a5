/* A statement in blocks: from plain text by its numbering and bullets, from HTML by its tags. */
#include <string.h>

#include "policy/outline_private.h"

enum { HEADING_BYTES = 240 }; /* a longer line is a sentence */

/* Plain text ------------------------------------------------------------------------------------------------- */

static bool starts_with_any(struct str s, const char *const *marks, size_t *n)
{
	for (; *marks; marks++)
		if (str_starts(s, str_of(*marks))) {
			*n = strlen(*marks);
			return true;
		}
	return false;
}

static size_t digits(struct str s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
		n++;
	return n;
}

/* Roman numerals with a full stop, or one of the characters for them. */
static bool is_chapter(struct str s)
{
	static const char *const marks[] = {"Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "Ⅵ", "Ⅶ", "Ⅷ", "Ⅸ", "Ⅹ", "Ⅺ", "Ⅻ", "第", "# ", "【", NULL};
	size_t n = 0;

	if (starts_with_any(s, marks, &n))
		return true;
	while (n < s.n && strchr("IVX", s.p[n]))
		n++;
	return n > 0 && n < s.n && s.p[n] == '.';
}

/* "1.", "1)", "(1)", "①", "■", "## ": a part of a chapter. */
static bool is_part(struct str s)
{
	static const char *const marks[] = {"①", "②", "③", "④", "⑤", "⑥", "⑦", "⑧", "⑨", "■", "□", "◆", "## ", "### ",
					    "１", "２", "３", "４", "５", "６", "７", "８", "９", NULL};
	static const char *const behind[] = {".", ")", "．", "）", "　", "、", NULL};
	size_t n = 0, skipped;

	if (starts_with_any(s, marks, &n))
		return true;
	n = digits(s);
	if (n && n < 3 && starts_with_any(str_sub(s, n, s.n), behind, &skipped))
		return true;
	return s.n > 3 && (s.p[0] == '(' && digits(str_sub(s, 1, s.n)) > 0);
}

static bool is_sentence(struct str s)
{
	return s.n > HEADING_BYTES || (s.n && s.p[s.n - 1] == '.') ||
	       (s.n > 3 && str_is(str_sub(s, s.n - 3, 3), "。"));
}

static void read_line(struct outline *d, struct str line, uint32_t number)
{
	static const char *const bullets[] = {"•", "・", "- ", "* ", "○", "●", "·", "‐", "–", NULL};
	struct str s = str_trim(line);
	size_t n = 0;

	if (starts_with_any(s, bullets, &n))
		outline_add(d, OUTLINE_ITEM, 0, number, str_sub(s, n, s.n));
	else if (is_chapter(s) && !is_sentence(s))
		outline_add(d, OUTLINE_HEADING, 1, number, s);
	else if (is_part(s) && !is_sentence(s))
		outline_add(d, OUTLINE_HEADING, 2, number, s);
	else
		outline_add(d, OUTLINE_PARAGRAPH, 0, number, s);
}

void outline_read_text(struct outline *d, struct str text)
{
	for (uint32_t number = 1; text.n; number++) {
		size_t n = str_find(text, '\n');

		read_line(d, str_sub(text, 0, n), number);
		text = str_sub(text, n + 1, text.n);
	}
}

/* HTML ------------------------------------------------------------------------------------------------------- */

/* What is being read: text gathers until a tag ends the block. */
struct html {
	struct outline *d;
	struct buf text;
	enum outline_kind kind;
	int level;
	uint32_t line;
	bool space;
};

static void flush(struct html *h)
{
	if (h->kind == OUTLINE_PARAGRAPH && h->text.n)
		read_line(h->d, buf_view(&h->text), h->line); /* numbered paragraphs are headings here too */
	else
		outline_add(h->d, h->kind, h->level, h->line, buf_view(&h->text));
	h->d->failed = h->d->failed || !buf_ok(&h->text);
	buf_reset(&h->text);
	h->kind = OUTLINE_PARAGRAPH;
	h->space = false;
}

static void put(struct html *h, struct str s)
{
	if (h->space && h->text.n)
		buf_byte(&h->text, ' ');
	h->space = false;
	buf_str(&h->text, s);
}

/* Appends the character C in UTF-8. */
static void put_character(struct html *h, uint32_t c)
{
	char s[4];
	size_t n = 0;

	if (c < 0x20 || (c >= 0x7F && c <= 0xA0) || (c >= 0xD800 && c < 0xE000) || c == 0xFEFF || (c & 0xFFFE) == 0xFFFE ||
	    c > 0x10FFFF) {
		h->space = true;
		return;
	}
	if (c < 0x80) {
		s[n++] = (char)c;
	} else if (c < 0x800) {
		s[n++] = (char)(0xC0 | c >> 6);
		s[n++] = (char)(0x80 | (c & 0x3F));
	} else {
		if (c >= 0x10000) {
			s[n++] = (char)(0xF0 | c >> 18);
			s[n++] = (char)(0x80 | (c >> 12 & 0x3F));
		} else {
			s[n++] = (char)(0xE0 | c >> 12);
		}
		s[n++] = (char)(0x80 | (c >> 6 & 0x3F));
		s[n++] = (char)(0x80 | (c & 0x3F));
	}
	put(h, (struct str){s, n});
}

/* Reads the reference at the start of S, an ampersand; gives its length. */
static size_t reference(struct html *h, struct str s)
{
	static const struct {
		const char *name;
		uint32_t c;
	} names[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}, {"nbsp", 0xA0}, {"copy", 0xA9}};
	size_t n = str_find(str_sub(s, 0, 12), ';');
	struct str name = str_sub(s, 1, n - 1);
	uint32_t c = 0;
	bool hex = name.n > 1 && (name.p[1] == 'x' || name.p[1] == 'X');

	if (n >= 12 || n >= s.n || n < 2) {
		put(h, STR("&"));
		return 1;
	}
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(name, names[i].name))
			c = names[i].c;
	for (size_t i = hex ? 2 : 1; name.p[0] == '#' && i < name.n; i++) {
		char digit = name.p[i];
		uint32_t value = digit >= '0' && digit <= '9' ? (uint32_t)(digit - '0')
				 : hex && (digit | 32) >= 'a' && (digit | 32) <= 'f' ? (uint32_t)((digit | 32) - 'a' + 10)
										     : 0;

		c = c * (hex ? 16 : 10) + value;
	}
	put_character(h, c);
	return n + 1;
}

static bool is_tag(struct str name, const char *const *list)
{
	for (; *list; list++)
		if (name.n == strlen(*list) && outline_says(name, *list))
			return true;
	return false;
}

/* Where the element NAME, whose text nobody reads, is closed in S. */
static size_t skip_element(struct str s, struct str name)
{
	for (size_t i = 0; i + name.n + 2 <= s.n; i++) {
		size_t k = 0;

		while (k < name.n && (s.p[i + 2 + k] | 32) == (name.p[k] | 32))
			k++;
		if (s.p[i] == '<' && s.p[i + 1] == '/' && k == name.n)
			return i;
	}
	return s.n;
}

/* Takes the tag at the start of S; gives how much of S is done with. */
static size_t tag(struct html *h, struct str s)
{
	static const char *const blocks[] = {"p", "div", "br", "ul", "ol", "dl", "dt", "dd", "tr", "td", "th", "table", "section",
					     "article", "header", "footer", "nav", "main", "body", "hr", "li", "h1", "h2", "h3", "h4",
					     "h5", "h6", NULL};
	static const char *const unread[] = {"script", "style", "head", "noscript", "template", "svg", NULL};
	size_t n = str_find(s, '>'), end = 1;
	bool closing = s.n > 1 && s.p[1] == '/';
	struct str name;

	if (str_starts(s, STR("<!--"))) {
		for (size_t i = 4; i + 3 <= s.n; i++)
			if (str_is(str_sub(s, i, 3), "-->"))
				return i + 3;
		return s.n;
	}
	if (n >= s.n)
		return s.n;
	end += closing;
	while (end < n && s.p[end] != ' ' && s.p[end] != '/' && s.p[end] != '\t' && s.p[end] != '\n')
		end++;
	name = str_sub(s, closing ? 2 : 1, end - (closing ? 2 : 1));
	if (!closing && name.n && is_tag(name, unread))
		return n + 1 + skip_element(str_sub(s, n + 1, s.n), name);
	if (!is_tag(name, blocks))
		return n + 1;
	flush(h);
	if (!closing && name.n == 2 && (name.p[0] | 32) == 'h' && name.p[1] >= '1' && name.p[1] <= '6') {
		h->kind = OUTLINE_HEADING;
		h->level = name.p[1] <= '2' ? 1 : 2;
	} else if (!closing && is_tag(name, (const char *const[]){"li", "dd", NULL})) {
		h->kind = OUTLINE_ITEM;
	}
	return n + 1;
}

void outline_read_html(struct outline *d, struct str text)
{
	struct html h = {.d = d, .kind = OUTLINE_PARAGRAPH, .line = 1};
	uint32_t line = 1;

	buf_init(&h.text);
	while (text.n) {
		size_t n = 1;

		if (!h.text.n)
			h.line = line;
		if (text.p[0] == '<')
			n = tag(&h, text);
		else if (text.p[0] == '&')
			n = reference(&h, text);
		else if (strchr(" \t\r\n", text.p[0]))
			h.space = true;
		else
			put(&h, str_sub(text, 0, 1));
		for (size_t i = 0; i < n && i < text.n; i++)
			line += text.p[i] == '\n';
		text = str_sub(text, n, text.n);
	}
	flush(&h);
	buf_free(&h.text);
}
