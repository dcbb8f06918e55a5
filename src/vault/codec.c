#include "vault/codec.h"

uint64_t read_number(struct reader *r, uint64_t max)
{
	uint64_t n = 0;

	for (unsigned shift = 0; shift < 64 && r->rest.n > 0; shift += 7) {
		unsigned char c = (unsigned char)*r->rest.p;

		r->rest = str_sub(r->rest, 1, r->rest.n);
		if (shift == 63 && c > 1)
			break;
		n |= (uint64_t)(c & 0x7F) << shift;
		if (c & 0x80)
			continue;
		if (n > max)
			break;
		return n;
	}
	r->bad = true;
	r->rest.n = 0;
	return 0;
}

uint32_t read_u32(struct reader *r)
{
	return (uint32_t)read_number(r, UINT32_MAX);
}

size_t read_count(struct reader *r, size_t each)
{
	size_t n = (size_t)read_number(r, r->rest.n / each);

	return r->bad || n * each > r->rest.n ? (r->bad = true, (size_t)0) : n;
}

moment read_time(struct reader *r)
{
	uint64_t n = read_number(r, UINT64_MAX);

	r->last_time += n >> 1 ^ (n & 1 ? UINT64_MAX : 0);
	return r->bad ? 0 : (moment)r->last_time;
}

struct str read_bytes(struct reader *r, size_t n)
{
	struct str s = {r->rest.p, n};

	if (n > r->rest.n) {
		r->bad = true;
		r->rest.n = 0;
		return (struct str){NULL, 0};
	}
	r->rest = str_sub(r->rest, n, r->rest.n);
	return s;
}

void write_number(struct writer *w, uint64_t n)
{
	for (; n > 0x7F; n >>= 7)
		buf_byte(w->out, (char)(unsigned char)(n | 0x80));
	buf_byte(w->out, (char)n);
}

void write_time(struct writer *w, moment m)
{
	uint64_t d = (uint64_t)m - w->last_time;

	w->last_time = (uint64_t)m;
	write_number(w, d << 1 ^ (d >> 63 ? UINT64_MAX : 0));
}
