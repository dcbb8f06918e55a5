#include "policy/bytes.h"

struct place bytes_place(const char *file, struct str text, size_t offset)
{
	struct place at = {file, 1, 1};

	for (size_t i = 0; i < offset && i < text.n; i++) {
		if (text.p[i] == '\n') {
			at.line++;
			at.column = 1;
		} else {
			at.column += ((unsigned char)text.p[i] & 0xC0) != 0x80;
		}
	}
	return at;
}

/* How many bytes of S are whole characters of UTF-8. */
static size_t valid_bytes(struct str s)
{
	size_t low = 0, high = s.n;

	while (low < high) { /* the longest beginning that is valid, or ends within a character */
		size_t middle = low + (high - low + 1) / 2, cut = middle;

		while (cut > 0 && middle - cut < 3 && ((unsigned char)s.p[cut - 1] & 0xC0) == 0x80)
			cut--;
		if (cut > 0 && ((unsigned char)s.p[cut - 1] & 0x80))
			cut--;
		if (str_utf8_valid(str_sub(s, 0, middle)) || str_utf8_valid(str_sub(s, 0, cut)))
			low = middle;
		else
			high = middle - 1;
	}
	while (low > 0 && !str_utf8_valid(str_sub(s, 0, low)))
		low--;
	return low;
}

bool bytes_utf8(const char *file, struct str text, struct findings *f)
{
	if (str_utf8_valid(text))
		return true;
	findings_add(f, FINDING_NOT_UTF8, bytes_place(file, text, valid_bytes(text)), STR("save the file as UTF-8"), "this is not UTF-8");
	return false;
}

/* The length of the character at AT of S when it is none for a wording, else 0. */
static size_t unseen(struct str s, size_t at)
{
	unsigned char c = (unsigned char)s.p[at], next = at + 1 < s.n ? (unsigned char)s.p[at + 1] : 0;
	unsigned char last = at + 2 < s.n ? (unsigned char)s.p[at + 2] : 0;

	if (c < ' ')
		return c != '\t' && c != '\n' && c != '\r';
	if (c == 0x7F)
		return 1;
	if (c == 0xC2 && next < 0xA0) /* U+0080 to U+009F */
		return 2;
	if (c == 0xE2 && next == 0x80 && last >= 0xAA && last <= 0xAE) /* U+202A to U+202E: embeddings and overrides */
		return 3;
	return c == 0xE2 && next == 0x81 && last >= 0xA6 && last <= 0xA9 ? 3 : 0; /* U+2066 to U+2069: isolates */
}

static unsigned number_of(struct str s, size_t at, size_t n)
{
	unsigned char c = (unsigned char)s.p[at];

	if (n == 1)
		return c;
	if (n == 2)
		return (unsigned)(c & 0x1F) << 6 | ((unsigned char)s.p[at + 1] & 0x3F);
	return (unsigned)(c & 0x0F) << 12 | ((unsigned)(unsigned char)s.p[at + 1] & 0x3F) << 6 | ((unsigned char)s.p[at + 2] & 0x3F);
}

bool bytes_wording(const char *file, struct str text, struct findings *f)
{
	size_t line = 0;

	if (!bytes_utf8(file, text, f))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		size_t n = unseen(text, i);

		if (n) {
			findings_add(f, FINDING_CONTROL_CHARACTER, bytes_place(file, text, i), STR("take it out"),
				     "the character U+%04X is not seen, but changes how the text reads", number_of(text, i, n));
			return false;
		}
		line = text.p[i] == '\n' ? 0 : line + 1;
		if (line > BYTES_OF_LINE) {
			findings_add(f, FINDING_FILE_TOO_LARGE, bytes_place(file, text, i + 1 - line),
				     STR("write paragraphs, each in a line or more of its own"), "this line is longer than 65,536 bytes");
			return false;
		}
	}
	return true;
}
