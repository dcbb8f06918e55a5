#include "policy/phrase.h"

#include <string.h>

static char small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool word_char(char c)
{
	c = small(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

size_t phrase_char(const char *p, size_t n)
{
	size_t length = 1;

	while (length < n && ((unsigned char)p[length] & 0xC0) == 0x80)
		length++;
	return length;
}

/* True when PIECE stands at byte I of TEXT. */
static bool stands(struct str text, size_t i, struct str piece)
{
	bool whole = piece.n > 1 && piece.p[piece.n - 1] == '>';
	size_t n = piece.n - whole;

	if (text.n - i < n || (word_char(piece.p[0]) && i > 0 && word_char(text.p[i - 1])))
		return false;
	for (size_t k = 0; k < n; k++)
		if (small(text.p[i + k]) != small(piece.p[k]))
			return false;
	return !whole || i + n == text.n || !word_char(text.p[i + n]);
}

/* True when S has neither letters of two sizes nor marks: it is found byte by byte. */
static bool no_latin(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x80)
			return false;
	return true;
}

/* Where PIECE first stands in TEXT from byte FROM on, or TEXT.n. */
static size_t piece_find(struct str text, size_t from, struct str piece)
{
	if (from >= text.n)
		return text.n;
	if (no_latin(piece)) {
		const char *at = memmem(text.p + from, text.n - from, piece.p, piece.n);

		return at ? (size_t)(at - text.p) : text.n;
	}
	for (size_t i = from; i < text.n; i++)
		if (small(text.p[i]) == small(piece.p[0]) && stands(text, i, piece))
			return i;
	return text.n;
}

static size_t alternative_find(struct str text, struct str alternative)
{
	size_t first = text.n, from = 0;
	bool begun = false;

	while (alternative.n) {
		size_t n = str_find(alternative, '~'), at;

		if (n == 0)
			return text.n;
		at = piece_find(text, from, str_sub(alternative, 0, n));
		if (at >= text.n)
			return text.n;
		if (!begun)
			first = at;
		begun = true;
		from = at + n - (alternative.p[n - 1] == '>');
		alternative = str_sub(alternative, n + 1, alternative.n);
	}
	return first;
}

const char *phrase_find(struct str text, const char *pattern)
{
	struct str rest = str_of(pattern);
	size_t best = text.n;

	while (rest.n) {
		size_t n = str_find(rest, '|'), at = alternative_find(text, str_sub(rest, 0, n));

		if (at < best)
			best = at;
		rest = str_sub(rest, n + 1, rest.n);
	}
	return best < text.n ? text.p + best : NULL;
}

/* True when the full stop at byte AT of TEXT ends an abbreviation, such as that of "article", and not a sentence. */
static bool abbreviated(struct str text, size_t at)
{
	static const char *const short_forms[] = {"art", "arts", "para", "no", "nos", "co", "cf", "e.g", "i.e", "etc"};
	size_t from = at;

	while (from > 0 && (word_char(text.p[from - 1]) || text.p[from - 1] == '.'))
		from--;
	for (size_t i = 0; i < sizeof short_forms / sizeof *short_forms; i++)
		if (at - from == strlen(short_forms[i]) && stands(text, from, str_of(short_forms[i])))
			return true;
	return false;
}

struct str phrase_sentence(struct str *rest)
{
	size_t i = 0;

	*rest = str_trim(*rest);
	while (i < rest->n) {
		size_t n = phrase_char(rest->p + i, rest->n - i);
		bool full = n == 3 && str_has_at(*rest, i, "。");
		bool stop = rest->p[i] == '.' && i + 1 < rest->n && rest->p[i + 1] == ' ' && !abbreviated(*rest, i);

		i += n;
		if (full || stop)
			break;
	}
	{
		struct str sentence = str_sub(*rest, 0, i);

		*rest = str_sub(*rest, i, rest->n);
		return sentence;
	}
}
