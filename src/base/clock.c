#include "base/clock.h"

#include <string.h>
#include <time.h>

static int64_t clock_read(clockid_t id)
{
	struct timespec t;

	if (clock_gettime(id, &t) != 0)
		return 0;
	return (int64_t)t.tv_sec * MS_PER_SECOND + t.tv_nsec / 1000000;
}

static moment system_now(void *ctx)
{
	(void)ctx;
	return clock_read(CLOCK_REALTIME);
}

static int64_t system_monotonic(void *ctx)
{
	(void)ctx;
	return clock_read(CLOCK_MONOTONIC);
}

struct clock clock_system(void)
{
	return (struct clock){system_now, system_monotonic, NULL};
}

struct uuid uuid_make(moment now, const struct entropy *e)
{
	struct uuid u;
	uint64_t ms = (uint64_t)now;

	e->fill(e->ctx, u.b, sizeof u.b);
	for (int i = 0; i < 6; i++)
		u.b[i] = (unsigned char)(ms >> (40 - 8 * i));
	u.b[6] = (unsigned char)(0x70 | (u.b[6] & 0x0F));
	u.b[8] = (unsigned char)(0x80 | (u.b[8] & 0x3F));
	return u;
}

void uuid_write(struct buf *b, const struct uuid *u)
{
	static const unsigned char ends[] = {4, 6, 8, 10, 16};
	unsigned char from = 0;

	for (size_t i = 0; i < sizeof ends; i++) {
		if (i)
			buf_byte(b, '-');
		buf_hex(b, u->b + from, (size_t)(ends[i] - from));
		from = ends[i];
	}
}

bool uuid_parse(struct str s, struct uuid *out)
{
	char hex[32];
	size_t n = 0;

	if (s.n != UUID_TEXT)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (s.p[i] != '-')
				return false;
			continue;
		}
		hex[n++] = s.p[i];
	}
	return hex_decode((struct str){hex, sizeof hex}, out->b, sizeof out->b);
}

bool uuid_eq(const struct uuid *a, const struct uuid *b)
{
	return memcmp(a->b, b->b, sizeof a->b) == 0;
}

bool uuid_is_nil(const struct uuid *u)
{
	static const struct uuid nil;

	return uuid_eq(u, &nil);
}
