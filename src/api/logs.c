/* The evidence log, as C2SP tlog-tiles has it, and entries with their proofs. */
#include "access/instance.h"
#include "api/handlers.h"
#include "base/file.h"
#include "evidence/entry.h"
#include "evidence/log.h"
#include "evidence/proof.h"

static const char text_plain[] = "text/plain; charset=utf-8";

static void fail(struct http_request *r, enum code code)
{
	struct error e = {0};

	(void)error_set(&e, code, "%s", code_meaning(code)); /* ignored: only sets */
	api_problem(r, &e);
}

/* The generation named as "g<number>" by TEXT, the current one when empty; 0 when it is none of this instance. */
static uint64_t generation_of(const struct api *a, struct str text)
{
	uint64_t current = log_generation(access_log(a->access));
	uint64_t n;

	if (!text.n)
		return current;
	if (text.p[0] != 'g' || !str_to_u64(str_sub(text, 1, text.n), UINT32_MAX, &n) || n > current)
		return 0;
	return n;
}

/* Whether the bearer of R's token may audit. */
static bool may_audit(const struct call *c)
{
	struct gated *g = access_gated(c->api->access);
	const struct policy_role *role = policy_role_numbered(g ? g->policy : NULL, c->actor.role);
	bool may = role && role->may >> ACTION_AUDIT & 1;

	gated_unref(g);
	return may;
}

/* Public parts ---------------------------------------------------------------------------------------------- */

static void checkpoint(struct http_request *r, struct api *a, struct str generation)
{
	struct access_reader *reader = api_reader(a);
	uint64_t g = generation_of(a, generation);
	struct error e = {0};
	struct log_head head;
	struct db *d;

	if (!g) {
		fail(r, CODE_NO_SUCH_RESOURCE);
		return;
	}
	d = reader ? access_reader_db(reader, &e) : NULL;
	if (!d || !ok(log_head_read(d, g, &head, &e))) {
		api_problem(r, &e);
		return;
	}
	http_set(r, "Cache-Control", STR("no-cache"));
	http_answer(r, 200, text_plain, str_of(head.note));
}

void handle_checkpoint(struct http_request *r, void *ctx)
{
	/* with a generation it is the pattern's first parameter, else there is none */
	checkpoint(r, ctx, http_param(r, 0));
}

void handle_vkey(struct http_request *r, void *ctx)
{
	struct api *a = ctx;
	struct buf b;

	buf_init(&b);
	note_key_write(&b, log_key(access_log(a->access)));
	buf_byte(&b, '\n');
	http_answer(r, 200, text_plain, buf_view(&b));
	buf_free(&b);
}

/* What one tile is made from. */
struct tile_source {
	struct log_head head;
	struct log_reader *reader;
	struct log_nodes *nodes;
	char dir[PATH_MAX]; /* borrowed by nodes */
};

static result source_open(struct api *a, uint64_t generation, struct tile_source *s, struct error *e)
{
	struct access_reader *reader = api_reader(a);
	struct db *d = reader ? access_reader_db(reader, e) : NULL;
	struct buf name;
	result r;

	s->reader = NULL;
	s->nodes = NULL;
	if (!d)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a reader");
	buf_init(&name);
	buf_byte(&name, 'g');
	buf_u64(&name, generation);
	r = path_join(s->dir, sizeof s->dir, access_instance(a->access)->tiles, buf_c(&name), e);
	buf_free(&name);
	TRY(r);
	TRY(log_head_read(d, generation, &s->head, e));
	TRY(log_reader_make(d, generation, &s->reader, e));
	return log_nodes_make(s->dir, s->reader, s->head.size, &s->nodes, e);
}

static void source_close(struct tile_source *s)
{
	log_nodes_free(s->nodes);
	log_reader_free(s->reader);
}

static result tile_bytes(struct tile_source *s, const struct tile_id *t, struct buf *out, struct error *e)
{
	const struct merkle_hash *hashes;

	if (t->level == TILE_ENTRIES)
		return log_reader_bundle(s->reader, t->n, t->width, out, e);
	TRY(log_nodes_tile(s->nodes, t, &hashes, e));
	buf_add(out, hashes, t->width * sizeof *hashes);
	return RESULT_OK;
}

static void tile(struct http_request *r, struct api *a, struct str generation, struct str rest)
{
	uint64_t g = generation_of(a, generation);
	struct tile_source s;
	struct error e = {0};
	struct tile_id t;
	struct buf path, out;
	bool is_tile;

	buf_init(&path);
	buf_text(&path, "tile/");
	buf_str(&path, rest);
	is_tile = g && tile_path_read(buf_view(&path), &t);
	buf_free(&path);
	if (!is_tile) {
		fail(r, CODE_NO_SUCH_RESOURCE);
		return;
	}
	if (t.level == TILE_ENTRIES) {
		struct call *c = call_begin(r, a);

		if (!c)
			return;
		if (!may_audit(c)) {
			call_refuse(c, ACTION_AUDIT);
			return;
		}
	}
	buf_init(&out);
	if (!ok(source_open(a, g, &s, &e)))
		api_problem(r, &e);
	else if (tile_width(t.level, t.n, s.head.size) < t.width)
		fail(r, CODE_NO_SUCH_RESOURCE);
	else if (!ok(tile_bytes(&s, &t, &out, &e)))
		api_problem(r, &e);
	else {
		/* what only some may see is in no cache that others ask */
		http_set(r, "Cache-Control", t.level == TILE_ENTRIES ? STR("private, max-age=604800, immutable")
								     : STR("public, max-age=604800, immutable"));
		http_answer(r, 200, "application/octet-stream", buf_view(&out));
	}
	source_close(&s);
	buf_free(&out);
}

void handle_tile(struct http_request *r, void *ctx)
{
	struct str second = http_param(r, 1);

	if (second.n)
		tile(r, ctx, http_param(r, 0), second);
	else
		tile(r, ctx, (struct str){NULL, 0}, http_param(r, 0));
}

/* Entries and proofs ---------------------------------------------------------------------------------------- */

/* Reads the entry that R names into OUT, if its bearer may see it; else it is answered. */
static bool entry_read(struct http_request *r, struct api *a, struct tile_source *s, uint64_t *index, struct buf *out)
{
	struct call *c = call_begin(r, a);
	uint64_t g = generation_of(a, http_param(r, 0));
	struct error e = {0};
	struct entry_view view;
	struct str entry;
	struct buf who;
	bool may;

	if (!c)
		return false;
	if (!g || !str_to_u64(http_param(r, 1), UINT64_MAX >> 1, index)) {
		fail(r, CODE_NO_SUCH_RESOURCE);
		return false;
	}
	if (!ok(source_open(a, g, s, &e)) || !ok(log_reader_entry(s->reader, *index, &entry, &e))) {
		api_problem(r, &e);
		return false;
	}
	buf_init(&who);
	buf_byte(&who, 'a');
	buf_u64(&who, c->actor.number);
	may = may_audit(c) || (entry_scan(entry, &view) && str_eq(view.actor, buf_view(&who)));
	buf_free(&who);
	if (!may) {
		call_refuse(c, ACTION_AUDIT);
		return false;
	}
	buf_str(out, entry);
	return true;
}

void handle_entry(struct http_request *r, void *ctx)
{
	struct tile_source s = {.reader = NULL};
	uint64_t index;
	struct buf out;

	buf_init(&out);
	if (entry_read(r, ctx, &s, &index, &out))
		http_answer(r, 200, "application/json", buf_view(&out));
	source_close(&s);
	buf_free(&out);
}

result api_log_receipt(struct api *a, uint64_t generation, uint64_t index, struct buf *out, struct error *e)
{
	struct tile_source s = {.reader = NULL};
	result r = source_open(a, generation, &s, e);

	if (ok(r))
		r = proof_make(s.nodes, &s.head, index, out, e);
	source_close(&s);
	return r;
}

void handle_proof(struct http_request *r, void *ctx)
{
	struct tile_source s = {.reader = NULL};
	struct error e = {0};
	uint64_t index;
	struct buf out;

	buf_init(&out);
	if (entry_read(r, ctx, &s, &index, &out)) {
		buf_reset(&out);
		if (ok(proof_make(s.nodes, &s.head, index, &out, &e)))
			http_answer(r, 200, text_plain, buf_view(&out));
		else
			api_problem(r, &e);
	}
	source_close(&s);
	buf_free(&out);
}
