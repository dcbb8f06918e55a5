#include "access/limits.h"

#include <stdlib.h>
#include <string.h>

enum { HOUR_MS = 3600000, FIRST_SLOTS = 64 };

struct seen {
	struct uuid key;
	int64_t at;
	bool used;
};

struct limiter {
	int64_t second; /* of the requests counted below */
	uint64_t requests;
	struct seen *slots; /* open addressing, a power of two */
	size_t n_slots;
	size_t used;	/* slots taken, expired ones included */
	int64_t swept;	/* when expired ones were last taken out */
};

struct limiter *limiter_new(void)
{
	return calloc(1, sizeof(struct limiter));
}

void limiter_free(struct limiter *l)
{
	if (!l)
		return;
	free(l->slots);
	free(l);
}

int64_t limiter_request(struct limiter *l, uint64_t per_second, int64_t now_ms)
{
	int64_t second = now_ms / MS_PER_SECOND;

	if (!per_second)
		return 0;
	if (second != l->second) {
		l->second = second;
		l->requests = 0;
	}
	if (l->requests >= per_second)
		return MS_PER_SECOND - now_ms % MS_PER_SECOND;
	l->requests++;
	return 0;
}

static struct seen *seen_find(struct seen *slots, size_t n, const struct uuid *key)
{
	uint64_t h;
	size_t i;

	memcpy(&h, key->b + 8, sizeof h);
	for (i = h & (n - 1); slots[i].used; i = (i + 1) & (n - 1))
		if (uuid_eq(&slots[i].key, key))
			break;
	return &slots[i];
}

/* Copies what was asked for within the hour before NOW_MS into a table with room for MORE. */
static bool seen_sweep(struct limiter *l, size_t more, int64_t now_ms)
{
	size_t live = 0, n = FIRST_SLOTS;
	struct seen *slots;

	for (size_t i = 0; i < l->n_slots; i++)
		live += l->slots[i].used && now_ms - l->slots[i].at < HOUR_MS;
	while (n < (live + more) * 3)
		n *= 2;
	slots = calloc(n, sizeof *slots);
	if (!slots)
		return false;
	for (size_t i = 0; i < l->n_slots; i++)
		if (l->slots[i].used && now_ms - l->slots[i].at < HOUR_MS)
			*seen_find(slots, n, &l->slots[i].key) = l->slots[i];
	free(l->slots);
	l->slots = slots;
	l->n_slots = n;
	l->used = live;
	l->swept = now_ms;
	return true;
}

/* How long until the oldest of L falls out of the hour. */
static int64_t seen_wait(const struct limiter *l, int64_t now_ms)
{
	int64_t oldest = now_ms;

	for (size_t i = 0; i < l->n_slots; i++)
		if (l->slots[i].used && l->slots[i].at < oldest)
			oldest = l->slots[i].at;
	return oldest + HOUR_MS > now_ms ? oldest + HOUR_MS - now_ms : 1;
}

/* How many of KEYS are not yet counted. */
static size_t seen_new(const struct limiter *l, const struct uuid *keys, size_t n)
{
	size_t fresh = 0;

	for (size_t i = 0; i < n; i++)
		fresh += !seen_find(l->slots, l->n_slots, &keys[i])->used;
	return fresh;
}

int64_t limiter_persons(struct limiter *l, uint64_t per_hour, const struct uuid *keys, size_t n, int64_t now_ms)
{
	enum { SWEEP_MS = 5000 };
	size_t fresh;

	if (!per_hour)
		return 0;
	if ((l->used + n) * 2 >= l->n_slots && !seen_sweep(l, n, now_ms))
		return MS_PER_SECOND;
	fresh = seen_new(l, keys, n);
	if (fresh && l->used + fresh > per_hour && now_ms - l->swept >= SWEEP_MS) {
		/* looking through all of them is dear, so not for every refusal */
		if (!seen_sweep(l, n, now_ms))
			return MS_PER_SECOND;
		fresh = seen_new(l, keys, n);
	}
	if (fresh && l->used + fresh > per_hour)
		return seen_wait(l, now_ms);
	for (size_t i = 0; i < n; i++) {
		struct seen *s = seen_find(l->slots, l->n_slots, &keys[i]);

		if (s->used)
			continue;
		*s = (struct seen){keys[i], now_ms, true};
		l->used++;
	}
	return 0;
}
