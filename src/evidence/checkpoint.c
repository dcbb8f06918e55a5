#include "evidence/checkpoint.h"

void checkpoint_write(struct buf *b, const struct checkpoint *c)
{
	buf_str(b, c->origin);
	buf_byte(b, '\n');
	buf_u64(b, c->size);
	buf_byte(b, '\n');
	buf_base64(b, c->root.b, sizeof c->root.b);
	buf_byte(b, '\n');
}

/* Takes the next line off S, without its newline; false when there is none. */
static bool take_line(struct str *s, struct str *line)
{
	size_t end = str_find(*s, '\n');

	if (end == s->n)
		return false;
	*line = str_sub(*s, 0, end);
	*s = str_sub(*s, end + 1, s->n);
	return true;
}

bool checkpoint_read(struct str text, struct checkpoint *out)
{
	struct str size, root;
	size_t n;

	if (!take_line(&text, &out->origin) || !take_line(&text, &size) || !take_line(&text, &root) || text.n)
		return false;
	if (!note_name_valid(out->origin) || (size.n > 1 && size.p[0] == '0') ||
	    !str_to_u64(size, MERKLE_SIZE_MAX - 1, &out->size))
		return false;
	return base64_decode(root, out->root.b, sizeof out->root.b, &n) && n == sizeof out->root.b;
}

void checkpoint_sign(struct buf *b, const struct checkpoint *c, const struct sign_key *k)
{
	struct buf text;

	buf_init(&text);
	checkpoint_write(&text, c);
	if (buf_ok(&text))
		note_sign(b, buf_view(&text), c->origin, k);
	else
		b->failed = true;
	buf_free(&text);
}

result checkpoint_open(struct str note, const struct note_key *key, struct checkpoint *out, struct error *e)
{
	struct str text;

	TRY(note_open(note, key, 1, &text, e));
	if (!checkpoint_read(text, out))
		return error_set(e, CODE_MALFORMED, "the signed note is no checkpoint");
	if (!str_eq(out->origin, key->name))
		return error_set(e, CODE_LOG_CORRUPT, "the checkpoint is of another log than its key");
	return RESULT_OK;
}

uint64_t checkpoint_generation(struct str origin)
{
	uint64_t generation;
	size_t i = origin.n;

	while (i > 0 && origin.p[i - 1] >= '0' && origin.p[i - 1] <= '9')
		i--;
	if (i < 2 || origin.p[i - 1] != 'g' || origin.p[i - 2] != '/' || i == origin.n ||
	    origin.p[i] == '0' || !str_to_u64(str_sub(origin, i, origin.n), (1 << 22) - 1, &generation))
		return 0;
	return generation;
}
