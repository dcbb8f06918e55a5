#include "deid/format.h"

#include <string.h>

#include "deid/detect.h"

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static const struct {
	const char *name;
	unsigned radix; /* characters of the alphabet, from its beginning */
} kinds[DEID_FORMATS] = {
	[DEID_FORMAT_NONE] = {"none", 0},
	[DEID_FORMAT_DIGITS] = {"digits", 10},
	[DEID_FORMAT_CAPITALS] = {"capitals", 36},
	[DEID_FORMAT_ALPHANUMERIC] = {"alphanumeric", 62},
};

const char *deid_format_name(enum deid_format_kind kind)
{
	return kinds[kind].name;
}

bool deid_format_of(struct str text, enum deid_format_kind *out)
{
	for (int k = DEID_FORMAT_DIGITS; k < DEID_FORMATS; k++)
		if (str_is(text, kinds[k].name)) {
			*out = (enum deid_format_kind)k;
			return true;
		}
	return false;
}

result deid_format_make(struct deid_format *f, enum deid_format_kind kind, struct str name, const struct crypto_key *key,
			struct error *e)
{
	*f = (struct deid_format){.kind = kind, .name = name};
	return ff1_make(&f->cipher, key->b, sizeof key->b, kinds[kind].radix, e);
}

void deid_format_free(struct deid_format *f)
{
	ff1_free(&f->cipher);
}

/* The numeral that the character C is in some kind; -1 when it stays as it is, -2 when no kind takes it. */
static int numeral(char c)
{
	unsigned char u = (unsigned char)c;

	if (u >= '0' && u <= '9')
		return u - '0';
	if (u >= 'A' && u <= 'Z')
		return u - 'A' + 10;
	if (u >= 'a' && u <= 'z')
		return u - 'a' + 36;
	return u >= ' ' && u < 0x7F ? -1 : -2;
}

/* Reads the N numerals of VALUE into X. */
static result take(const struct deid_format *f, struct str value, uint16_t *x, size_t *n, struct error *e)
{
	unsigned radix = kinds[f->kind].radix;

	*n = 0;
	for (size_t i = 0; i < value.n; i++) {
		int v = numeral(value.p[i]);

		if (v == -2)
			return error_set(e, CODE_ITEM_INVALID,
					 "only letters, digits and signs of ASCII are kept in their format; declare the column with --tokens");
		if (v >= (int)radix)
			return error_set(e, CODE_ITEM_INVALID, "a letter in a column of the format %s; %s would take it", kinds[f->kind].name,
					 kinds[v < 36 ? DEID_FORMAT_CAPITALS : DEID_FORMAT_ALPHANUMERIC].name);
		if (v >= 0 && *n == FF1_LENGTH)
			return error_set(e, CODE_ITEM_INVALID, "a value of more than %d letters and digits cannot be kept in its format",
					 FF1_LENGTH);
		if (v >= 0)
			x[(*n)++] = (uint16_t)v;
	}
	if (*n < ff1_shortest(radix))
		return error_set(e, CODE_ITEM_INVALID,
				 "there are so few values of %zu %s that they could be tried out; %zu at least are right, or declare "
				 "the column with --tokens",
				 *n, f->kind == DEID_FORMAT_DIGITS ? "digits" : "letters and digits", ff1_shortest(radix));
	return RESULT_OK;
}

/* Puts the numerals at X in the place of the letters and digits of the N characters at TEXT. */
static void put(const uint16_t *x, char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (numeral(text[i]) >= 0)
			text[i] = alphabet[*x++];
}

static result refuse_identifier(uint32_t found, struct error *e)
{
	int kind = 0;

	while (!(found >> kind & 1))
		kind++;
	return error_set(e, CODE_ITEM_INVALID,
			 "this has the form of a %s, and so would what it becomes; declare the column with --tokens or --remove",
			 deid_finding_name((enum deid_finding)kind));
}

static result walk(const struct deid_format *f, struct str value, bool back, struct buf *out, struct error *e)
{
	uint32_t found = deid_detect_field(f->name, value);
	uint16_t x[FF1_LENGTH];
	size_t n;
	char *text;

	TRY(take(f, value, x, &n, e));
	if (found)
		return refuse_identifier(found, e);
	text = buf_room(out, value.n);
	if (!text)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the table");
	memcpy(text, value.p, value.n);
	/* it ends, since enciphering again and again leads back to the value, which does not look like an identifier */
	do {
		TRY(back ? ff1_decrypt(&f->cipher, STR(""), x, n, e) : ff1_encrypt(&f->cipher, STR(""), x, n, e));
		put(x, text, value.n);
	} while (deid_detect_field(f->name, (struct str){text, value.n}));
	return RESULT_OK;
}

result deid_format_apply(const struct deid_format *f, struct str value, struct buf *out, struct error *e)
{
	return walk(f, value, false, out, e);
}

result deid_format_undo(const struct deid_format *f, struct str value, struct buf *out, struct error *e)
{
	return walk(f, value, true, out, e);
}
