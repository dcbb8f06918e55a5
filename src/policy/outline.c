#include "policy/outline_private.h"

#include <string.h>

void outline_add(struct outline *d, enum outline_kind kind, int level, uint32_t line, struct str text)
{
	struct str copy = str_copy(d->a, str_trim(text));

	if (!copy.p) {
		d->failed = true;
		return;
	}
	if (!copy.n || d->n == OUTLINE_BLOCKS)
		return;
	if (d->n == d->cap) {
		size_t cap = d->cap ? d->cap * 2 : 256;
		struct outline_block *blocks = arena_array(d->a, cap, sizeof *blocks);

		if (!blocks) {
			d->failed = true;
			return;
		}
		if (d->n)
			memcpy(blocks, d->blocks, d->n * sizeof *blocks);
		d->blocks = blocks;
		d->cap = cap;
	}
	d->blocks[d->n++] = (struct outline_block){.kind = kind, .level = level, .line = line, .text = copy};
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool has_word(struct str text, const char *word, size_t n)
{
	for (size_t i = 0; i + n <= text.n; i++) {
		size_t k = 0;

		while (k < n && lower(text.p[i + k]) == lower(word[k]))
			k++;
		if (k == n)
			return true;
	}
	return false;
}

bool outline_says(struct str text, const char *list)
{
	while (*list) {
		size_t n = strcspn(list, "|");

		if (has_word(text, list, n))
			return true;
		list += n + (list[n] == '|');
	}
	return false;
}

/* A statement is Japanese when it has kana: U+3041 to U+30FF. */
static bool has_kana(struct str text)
{
	for (size_t i = 0; i + 2 < text.n; i++)
		if ((unsigned char)text.p[i] == 0xE3 && (unsigned char)text.p[i + 1] >= 0x81 &&
		    (unsigned char)text.p[i + 1] <= 0x83)
			return true;
	return false;
}

/* True when the character at the start of S, of N bytes, may not stand in YAML. */
static bool is_control(const char *s, size_t n)
{
	unsigned char first = (unsigned char)s[0], second = n > 1 ? (unsigned char)s[1] : 0;

	if (n == 1)
		return (first < 0x20 && !strchr("\t\n\r", s[0])) || first == 0 || first == 0x7F;
	if (n == 2)
		return first == 0xC2 && second < 0xA0;
	return n == 3 && first == 0xEF && (second == 0xBB || second == 0xBF) && (unsigned char)s[2] >= 0xBE;
}

/* TEXT with question marks for bytes that are of no character, or of one that is not printed. */
static struct str made_valid(struct arena *a, struct str text)
{
	char *p = arena_copy(a, text.p ? text.p : "", text.n);

	for (size_t i = 0; p && i < text.n;) {
		size_t n = 1;

		while (n < 4 && i + n < text.n && ((unsigned char)p[i + n] & 0xC0) == 0x80)
			n++;
		while (n > 1 && !str_utf8_valid((struct str){p + i, n}))
			n--;
		if (!str_utf8_valid((struct str){p + i, n}) || is_control(p + i, n))
			memset(p + i, '?', n);
		i += n;
	}
	return (struct str){p, p ? text.n : 0};
}

result outline_read(struct arena *a, struct str text, bool html, struct outline *out, struct error *e)
{
	*out = (struct outline){.a = a};
	if (text.n > OUTLINE_BYTES)
		return error_set(e, CODE_TOO_LARGE, "a statement of more than 4 MB");
	text = made_valid(a, text);
	if (!text.p)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a statement");
	out->ja = has_kana(text);
	if (html)
		outline_read_html(out, text);
	else
		outline_read_text(out, text);
	outline_sort(out);
	if (out->failed)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a statement");
	return RESULT_OK;
}
