#include "cmd/log_open.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"

enum { KEY_TEXT_MAX = 1024 };

result log_public_key(const struct instance *i, unsigned char pub[SIGN_PUBLIC], struct error *e)
{
	struct sign_key key;
	struct buf text;
	struct str name;
	result r;

	buf_init(&text);
	r = file_read(i->log_key, KEY_TEXT_MAX, &text, e);
	if (ok(r) && !note_secret_read(str_trim(buf_view(&text)), &name, &key))
		r = error_at(e, CODE_KEY_INVALID, i->log_key, "this is no signing key of a log");
	if (ok(r)) {
		memcpy(pub, key.pub, SIGN_PUBLIC);
		sign_key_wipe(&key);
	}
	buf_wipe(&text);
	return r;
}

result log_opened_open(struct log_opened *l, const char *dir, uint64_t generation, struct error *e)
{
	memset(l, 0, sizeof *l);
	TRY(instance_read(dir, &l->instance, e));
	TRY(log_public_key(&l->instance, l->pub, e));
	TRY(db_open(l->instance.database, DB_READ, &l->db, e));
	TRY(db_begin_read(l->db, e));
	TRY(log_head_read(l->db, generation, &l->head, e));
	l->key = note_key_of(str_of(l->head.origin), l->pub);
	if (snprintf(l->tiles, sizeof l->tiles, "%s/g%llu", l->instance.tiles, (unsigned long long)l->head.generation) >=
	    (int)sizeof l->tiles)
		return error_at(e, CODE_TOO_LARGE, l->instance.tiles, "the path is too long");
	TRY(log_reader_make(l->db, l->head.generation, &l->reader, e));
	return log_nodes_make(l->tiles, l->reader, l->head.size, &l->nodes, e);
}

void log_opened_close(struct log_opened *l)
{
	log_nodes_free(l->nodes);
	log_reader_free(l->reader);
	db_close(l->db);
}

result log_vkey_read(const char *given, struct buf *text, struct note_key *out, struct error *e)
{
	buf_text(text, given);
	if (note_key_read(buf_view(text), out))
		return RESULT_OK;
	buf_reset(text);
	TRY(file_read(given, KEY_TEXT_MAX, text, e));
	if (note_key_read(str_trim(buf_view(text)), out))
		return RESULT_OK;
	return error_at(e, CODE_USAGE, given, "this is no verifier key, and no file with one; sekisho log key prints it");
}
