#include "evidence/place.h"

#include <string.h>

bool place_log_name(struct str origin, uint64_t generation, char out[LOG_NAME_MAX])
{
	struct buf b;
	bool fine;

	buf_init(&b);
	buf_str(&b, origin);
	buf_text(&b, "/g");
	buf_u64(&b, generation);
	buf_byte(&b, '\0');
	fine = buf_ok(&b) && origin.n <= LOG_ORIGIN_MAX && note_name_valid(origin) && b.n <= LOG_NAME_MAX;
	if (fine)
		memcpy(out, b.p, b.n);
	buf_free(&b);
	return fine;
}

result place_fail(struct error *e, enum code code, uint64_t generation, uint64_t index, const char *what)
{
	struct buf b;
	result r;

	buf_init(&b);
	if (generation) {
		buf_byte(&b, 'g');
		buf_u64(&b, generation);
		buf_byte(&b, '/');
	}
	buf_u64(&b, index);
	r = error_at(e, code, buf_c(&b), "%s", what);
	buf_free(&b);
	return r;
}
