#include "deid/dict.h"

#include <stdlib.h>
#include <string.h>

void deid_dict_init(struct deid_dict *d)
{
	*d = (struct deid_dict){.n = 0};
	arena_init(&d->text, 0, false);
}

void deid_dict_free(struct deid_dict *d)
{
	arena_free(&d->text);
	free(d->value);
	free(d->slot);
	deid_dict_init(d);
}

static uint64_t load8(const char *p)
{
	uint64_t w;

	memcpy(&w, p, 8);
	return w;
}

static uint64_t load4(const char *p)
{
	uint32_t w;

	memcpy(&w, p, 4);
	return w;
}

static uint64_t mix(uint64_t a, uint64_t b)
{
	unsigned __int128 m = (unsigned __int128)(a ^ UINT64_C(0x9E3779B97F4A7C15)) * (b ^ UINT64_C(0xD6E8FEB86659FD93));

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

/* Two words of T: up to sixteen bytes they are its bytes, so that equal words and lengths mean equal texts. */
static void words_of(struct str t, uint64_t word[2])
{
	if (t.n > 16) {
		uint64_t h = t.n;
		size_t i = 0;

		for (; i + 8 <= t.n; i += 8)
			h = mix(h, load8(t.p + i));
		word[0] = mix(h, load8(t.p + t.n - 8));
		word[1] = h;
	} else if (t.n >= 8) {
		word[0] = load8(t.p);
		word[1] = load8(t.p + t.n - 8);
	} else if (t.n >= 4) {
		word[0] = load4(t.p) | load4(t.p + t.n - 4) << 32;
		word[1] = 0;
	} else {
		word[0] = 0;
		word[1] = 0;
		for (size_t i = 0; i < t.n; i++)
			word[0] = word[0] << 8 | (unsigned char)t.p[i];
	}
}

uint64_t deid_text_hash(struct str text)
{
	uint64_t word[2];

	words_of(text, word);
	return mix(mix(word[0] + text.n, word[1]), text.n);
}

/* The slot that holds T, or the empty one where it would stand. */
static struct deid_dict_slot *slot_of(const struct deid_dict *d, struct str t, const uint64_t word[2])
{
	uint32_t i = (uint32_t)mix(word[0] + t.n, word[1]) & d->mask;

	for (;; i = (i + 1) & d->mask) {
		struct deid_dict_slot *s = &d->slot[i];

		if (s->number == 0)
			return s;
		if (s->word[0] == word[0] && s->word[1] == word[1] && s->length == (uint32_t)t.n &&
		    (t.n <= 16 || str_eq(d->value[s->number - 1], t)))
			return s;
	}
}

uint32_t deid_dict_find(const struct deid_dict *d, struct str text)
{
	uint64_t word[2];

	if (!d->slot)
		return DEID_NONE;
	words_of(text, word);
	return slot_of(d, text, word)->number - 1;
}

static bool grow(struct deid_dict *d)
{
	uint32_t cap = d->cap ? d->cap * 2 : 32;
	struct deid_dict_slot *old = d->slot, *slot;
	size_t old_slots = old ? (size_t)d->mask + 1 : 0;
	struct str *value;

	if (cap > UINT32_MAX / 4)
		return false;
	slot = calloc((size_t)cap * 2, sizeof *slot);
	if (!slot)
		return false;
	value = realloc(d->value, cap * sizeof *value);
	if (!value) {
		free(slot);
		return false;
	}
	d->value = value;
	d->cap = cap;
	d->slot = slot;
	d->mask = cap * 2 - 1;
	for (size_t i = 0; i < old_slots; i++)
		if (old[i].number)
			*slot_of(d, value[old[i].number - 1], old[i].word) = old[i];
	free(old);
	return true;
}

uint32_t deid_dict_add(struct deid_dict *d, struct str text)
{
	struct deid_dict_slot *s;
	uint64_t word[2];

	if (!d->slot && !grow(d))
		return DEID_NONE;
	words_of(text, word);
	s = slot_of(d, text, word);
	if (s->number)
		return s->number - 1;
	if (d->n == d->cap) {
		if (!grow(d))
			return DEID_NONE;
		s = slot_of(d, text, word);
	}
	d->value[d->n] = str_copy(&d->text, text);
	if (!d->value[d->n].p)
		return DEID_NONE;
	*s = (struct deid_dict_slot){{word[0], word[1]}, (uint32_t)text.n, d->n + 1};
	return d->n++;
}
