#include "base/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

enum {
	BLOCK = 65536,
	LONGEST = 4, /* bytes of the longest character, in every set */
};

struct charset_decoder {
	enum charset set;
	struct source inner;
	const char *name;
	iconv_t conv; /* not for UTF-8 */

	/* where the next byte stands in the input */
	uint64_t offset;
	uint64_t line;
	uint64_t column;

	bool started; /* the place of a byte order mark is behind */
	bool ended;   /* the inner source is */

	char *raw; /* bytes not yet given: a cut character, or a whole block for iconv */
	size_t at;
	size_t n;
};

static const struct {
	const char *name;
	enum charset set;
} names[] = {
	{"utf-8", CHARSET_UTF8},	  {"utf8", CHARSET_UTF8},	{"shift_jis", CHARSET_SHIFT_JIS},
	{"shift-jis", CHARSET_SHIFT_JIS}, {"sjis", CHARSET_SHIFT_JIS},	{"cp932", CHARSET_SHIFT_JIS},
	{"ms932", CHARSET_SHIFT_JIS},	  {"windows-31j", CHARSET_SHIFT_JIS}, {"euc-jp", CHARSET_EUC_JP},
	{"eucjp", CHARSET_EUC_JP},	  {"euc-jp-ms", CHARSET_EUC_JP}, {"eucjp-ms", CHARSET_EUC_JP},
};

bool charset_from_name(struct str name, enum charset *out)
{
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strlen(names[i].name) == name.n && strncasecmp(names[i].name, name.p, name.n) == 0) {
			*out = names[i].set;
			return true;
		}
	}
	return false;
}

const char *charset_name(enum charset set)
{
	static const char *const usual[] = {"UTF-8", "Shift_JIS", "EUC-JP"};

	return usual[set];
}

result charset_open(struct charset_decoder **d, enum charset set, struct source inner, const char *name,
		    struct error *e)
{
	struct charset_decoder *made = calloc(1, sizeof *made);

	*d = NULL;
	if (!made)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a decoder");
	*made = (struct charset_decoder){.set = set, .inner = inner, .name = name, .line = 1, .column = 1};
	made->conv = (iconv_t)-1;
	made->raw = malloc(set == CHARSET_UTF8 ? LONGEST : BLOCK);
	if (!made->raw) {
		charset_close(made);
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a decoder");
	}
	if (set != CHARSET_UTF8) {
		made->conv = iconv_open("UTF-8", set == CHARSET_SHIFT_JIS ? "CP932" : "EUC-JP-MS");
		if (made->conv == (iconv_t)-1) {
			charset_close(made);
			return error_set(e, CODE_INTERNAL, "this machine cannot convert %s", charset_name(set));
		}
	}
	*d = made;
	return RESULT_OK;
}

void charset_close(struct charset_decoder *d)
{
	if (!d)
		return;
	if (d->conv != (iconv_t)-1)
		iconv_close(d->conv);
	free(d->raw);
	free(d);
}

static size_t characters(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += (s.p[i] & 0xC0) != 0x80;
	return n;
}

/* Moves the place over TEXT, well-formed UTF-8 that was just given. */
static void advance(struct charset_decoder *d, struct str text)
{
	const char *last = text.n ? memrchr(text.p, '\n', text.n) : NULL;
	uint64_t lines = 0;

	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	d->line += lines;
	if (last) {
		d->column = 1;
		text = str_sub(text, (size_t)(last - text.p) + 1, text.n);
	}
	d->column += characters(text);
}

static result bad_byte(const struct charset_decoder *d, unsigned char byte, bool cut, struct error *e)
{
	struct buf where;
	result r;

	buf_init(&where);
	buf_printf(&where, "%s:%llu:%llu", d->name, (unsigned long long)d->line, (unsigned long long)d->column);
	if (cut)
		r = error_at(e, CODE_ENCODING, buf_c(&where), "the input ends within a character of %s (at byte %llu)",
			     charset_name(d->set), (unsigned long long)d->offset);
	else if (d->offset == 0 && byte >= 0xFE)
		r = error_at(e, CODE_ENCODING, buf_c(&where), "the input begins as one in UTF-16 does; save it as UTF-8");
	else
		r = error_at(e, CODE_ENCODING, buf_c(&where),
			     "byte 0x%02X (at byte %llu) is no character of %s; state the input's encoding, such as "
			     "utf-8, shift_jis or euc-jp",
			     byte, (unsigned long long)d->offset, charset_name(d->set));
	buf_free(&where);
	return r;
}

/* Bytes at the end of S that may be the beginning of a character. */
static size_t cut_tail(struct str s)
{
	for (size_t back = 1; back < LONGEST && back <= s.n; back++) {
		unsigned char c = (unsigned char)s.p[s.n - back];

		if (c < 0x80)
			return 0;
		if (c >= 0xC0)
			return back < (c < 0xE0 ? 2U : c < 0xF0 ? 3U : 4U) ? back : 0;
	}
	return 0;
}

/* Length of the longest well-formed beginning of S. */
static size_t valid_length(struct str s)
{
	size_t i = 0;

	while (i < s.n) {
		size_t step = 1;

		while (step <= LONGEST && i + step <= s.n && !str_utf8_valid(str_sub(s, i, step)))
			step++;
		if (step > LONGEST || i + step > s.n)
			break;
		i += step;
	}
	return i;
}

static void drop_mark(struct charset_decoder *d, char *out, size_t *n)
{
	static const char mark[] = "\xEF\xBB\xBF";

	if (d->started || *n == 0)
		return;
	d->started = true;
	if (str_starts((struct str){out, *n}, STR(mark))) {
		*n -= 3;
		d->offset += 3;
		memmove(out, out + 3, *n);
	}
}

static result read_utf8(struct charset_decoder *d, char *out, size_t cap, size_t *n, struct error *e)
{
	size_t tail;

	*n = 0;
	while (*n == 0 && !d->ended) {
		size_t have = d->n, got, good;

		memcpy(out, d->raw, have);
		d->n = 0;
		do {
			TRY(d->inner.read(d->inner.ctx, out + have, cap - have, &got, e));
			have += got;
			d->ended = got == 0;
		} while (!d->started && !d->ended && have < 3);
		tail = d->ended ? 0 : cut_tail((struct str){out, have});
		have -= tail;
		memcpy(d->raw, out + have, tail);
		d->n = tail;
		drop_mark(d, out, &have);
		if (!str_utf8_valid((struct str){out, have})) {
			good = valid_length((struct str){out, have});
			advance(d, (struct str){out, good});
			d->offset += good;
			return bad_byte(d, (unsigned char)out[good],
					d->ended && cut_tail((struct str){out, have}) == have - good, e);
		}
		*n = have;
	}
	advance(d, (struct str){out, *n});
	d->offset += *n;
	return RESULT_OK;
}

static result refill(struct charset_decoder *d, struct error *e)
{
	size_t got;

	memmove(d->raw, d->raw + d->at, d->n - d->at);
	d->n -= d->at;
	d->at = 0;
	TRY(d->inner.read(d->inner.ctx, d->raw + d->n, BLOCK - d->n, &got, e));
	d->n += got;
	d->ended = got == 0;
	return RESULT_OK;
}

static result read_iconv(struct charset_decoder *d, char *out, size_t cap, size_t *n, struct error *e)
{
	*n = 0;
	for (;;) {
		char *in = d->raw + d->at;
		char *to = out;
		size_t left = d->n - d->at;
		size_t room = cap;
		size_t done = iconv(d->conv, &in, &left, &to, &room);
		int why = done == (size_t)-1 ? errno : 0;

		d->offset += d->n - d->at - left;
		d->at = d->n - left;
		*n = cap - room;
		advance(d, (struct str){out, *n});
		if (*n)
			return RESULT_OK;
		if (why == EILSEQ)
			return bad_byte(d, (unsigned char)d->raw[d->at], false, e);
		if (d->ended && left)
			return bad_byte(d, (unsigned char)d->raw[d->at], true, e);
		if (d->ended)
			return RESULT_OK;
		TRY(refill(d, e));
	}
}

static result read_decoded(void *ctx, char *out, size_t cap, size_t *n, struct error *e)
{
	struct charset_decoder *d = ctx;

	return d->set == CHARSET_UTF8 ? read_utf8(d, out, cap, n, e) : read_iconv(d, out, cap, n, e);
}

struct source charset_source(struct charset_decoder *d)
{
	return (struct source){read_decoded, d};
}
