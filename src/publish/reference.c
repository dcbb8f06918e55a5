#include "publish/reference.h"

/* Appends the code point C to B as UTF-8; U+FFFD for what is none. */
static void put_code_point(struct buf *b, uint32_t c)
{
	if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		c = 0xFFFD;
	if (c < 0x80) {
		buf_byte(b, (char)c);
	} else if (c < 0x800) {
		buf_byte(b, (char)(0xC0 | c >> 6));
		buf_byte(b, (char)(0x80 | (c & 0x3F)));
	} else {
		if (c < 0x10000) {
			buf_byte(b, (char)(0xE0 | c >> 12));
		} else {
			buf_byte(b, (char)(0xF0 | c >> 18));
			buf_byte(b, (char)(0x80 | (c >> 12 & 0x3F)));
		}
		buf_byte(b, (char)(0x80 | (c >> 6 & 0x3F)));
		buf_byte(b, (char)(0x80 | (c & 0x3F)));
	}
}

void reference_write(struct buf *b, struct str s)
{
	static const struct {
		const char *name, *text;
	} names[] = {{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&nbsp;", "\u00A0"}, {"&copy;", "©"}};
	bool hex = s.n > 3 && (s.p[2] == 'x' || s.p[2] == 'X');
	uint32_t c = 0;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(s, names[i].name)) {
			buf_text(b, names[i].text);
			return;
		}
	if (s.n < 4 || s.p[1] != '#') {
		buf_str(b, s);
		return;
	}
	for (size_t i = hex ? 3 : 2; i + 1 < s.n && c <= 0x10FFFF; i++) {
		unsigned digit = (unsigned)(unsigned char)s.p[i];

		digit = digit >= 'a' ? digit - 'a' + 10 : digit >= 'A' ? digit - 'A' + 10 : digit - '0';
		c = c * (hex ? 16 : 10) + digit;
	}
	put_code_point(b, c);
}
