#include "evidence/verify.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "evidence/place.h"
#include "evidence/subject.h"
#include "evidence/verify_run.h"

enum { THREADS_MAX = 8 };

static unsigned threads_of(const struct verify_config *c)
{
	long n = c->threads ? (long)c->threads : sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : (unsigned)n;
}

/* The lowest of the entries that MEMBER of R's chunks (its offset) names. */
static uint64_t lowest(const struct verify_run *r, size_t member)
{
	for (uint64_t i = 0; i < verify_chunks(r->size); i++) {
		uint64_t index;

		memcpy(&index, (const char *)&r->chunks[i] + member, sizeof index);
		if (index != VERIFY_NONE)
			return index;
	}
	return VERIFY_NONE;
}

/* One verification, from whatever source. */
struct task {
	const struct verify_config *c;
	struct verify_run run;
	struct verify_report *report;
	struct buf chunks;
	/* Narrows the report's bad entries; may be NULL. */
	void (*locate)(struct task *t);
	void *ctx;
};

static result check_root(struct task *t, const struct checkpoint *signed_head, struct error *e)
{
	struct verify_report *r = t->report;
	uint64_t form;

	TRY(verify_run_root(&t->run, t->run.size, &r->root, e));
	if (merkle_hash_eq(&r->root, &signed_head->root))
		return RESULT_OK;
	r->bad_first = 0;
	r->bad_last = t->run.size - 1;
	if (t->locate)
		t->locate(t);
	/* bytes that are no entry any more, where something is wrong, are what is wrong */
	form = lowest(&t->run, offsetof(struct verify_chunk, bad_form));
	if (form != VERIFY_NONE && form >= r->bad_first && form <= r->bad_last)
		r->bad_first = r->bad_last = form;
	return place_fail(e, CODE_LOG_CORRUPT, 0, r->bad_first, "the entries from here on do not lead to the signed root");
}

static result check_entries(struct task *t, struct error *e)
{
	struct verify_report *r = t->report;
	uint64_t leaf = lowest(&t->run, offsetof(struct verify_chunk, bad_leaf));
	uint64_t form = lowest(&t->run, offsetof(struct verify_chunk, bad_form));
	uint64_t index = lowest(&t->run, offsetof(struct verify_chunk, bad_index));

	if (leaf != VERIFY_NONE) {
		r->bad_first = r->bad_last = leaf;
		return place_fail(e, CODE_LOG_CORRUPT, 0, leaf, "the hash tile is missing or has another hash than the entry");
	}
	if (form != VERIFY_NONE) {
		r->bad_first = r->bad_last = form;
		return place_fail(e, CODE_MALFORMED, 0, form, "the entry is not of a known form and kind");
	}
	if (index != VERIFY_NONE) {
		r->bad_first = r->bad_last = index;
		return place_fail(e, CODE_LOG_CORRUPT, 0, index, "the entry is about someone whom the index by person lacks");
	}
	return RESULT_OK;
}

static result check_older(struct task *t, struct error *e)
{
	struct checkpoint older;
	struct merkle_hash root;

	if (t->c->older.n == 0)
		return RESULT_OK;
	TRY(checkpoint_open(t->c->older, t->c->key, &older, e));
	if (older.size > t->run.size)
		return error_set(e, CODE_LOG_ROLLED_BACK, "the log has %llu entries, the older checkpoint has %llu",
				 (unsigned long long)t->run.size, (unsigned long long)older.size);
	TRY(verify_run_root(&t->run, older.size, &root, e));
	if (!merkle_hash_eq(&root, &older.root))
		return error_set(e, CODE_LOG_CORRUPT, "the log does not continue the older checkpoint");
	return RESULT_OK;
}

/* Verifies the source of T against SIGNED_HEAD. */
static result verify(struct task *t, const struct checkpoint *signed_head, struct error *e)
{
	uint64_t count = verify_chunks(signed_head->size);

	t->run.size = signed_head->size;
	t->report->size = signed_head->size;
	t->run.chunks = (struct verify_chunk *)(void *)buf_room(&t->chunks, count * sizeof *t->run.chunks);
	if (!t->run.chunks)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory to verify the log");
	TRY(verify_run(&t->run, threads_of(t->c), e));
	TRY(check_root(t, signed_head, e));
	TRY(check_entries(t, e));
	return check_older(t, e);
}

static void count_person(void *ctx, uint64_t index, uint64_t persons)
{
	struct buf *counts = ctx;
	uint16_t *at = (uint16_t *)(void *)counts->p;

	if (index >= counts->n / sizeof *at)
		return;
	at[index] = (uint16_t)(persons > (uint64_t)(UINT16_MAX - at[index]) ? UINT16_MAX : at[index] + persons);
}

/* Reads how many persons the index has at each entry of H into COUNTS. */
static result read_index(struct db *d, const struct log_head *h, struct task *t, struct buf *counts, struct error *e)
{
	const struct subject_visitor v = {count_person, counts};
	uint64_t indexed;

	TRY(subject_indexed(d, h->generation, &indexed, e));
	if (indexed > h->size)
		return error_set(e, CODE_LOG_CORRUPT, "the index by person covers more than the log has");
	t->report->indexed = t->run.indexed = indexed;
	if (!buf_room(counts, indexed * sizeof(uint16_t)))
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory to verify the log");
	memset(counts->p, 0, counts->n);
	t->run.persons = (const uint16_t *)(const void *)counts->p;
	return subject_visit(d, h->generation, &v, e);
}

/* Finds the first batch of the database that does not end in the root that was signed with it. */
static result locate_batch(struct db *d, const struct log_head *h, struct task *t, struct error *e)
{
	struct verify_report *report = t->report;
	struct merkle_range range;
	struct log_reader *r = NULL;
	struct log_batch batch = {.count = 0};
	struct merkle_hash root;
	result done = RESULT_FAIL;

	TRY(log_reader_make(d, h->generation, &r, e));
	merkle_range_init(&range);
	while (range.size < h->size) {
		TRY_OUT(log_reader_batch(r, range.size, &batch, e));
		for (uint64_t i = 0; i < batch.count; i++) {
			struct merkle_hash leaf;
			struct str entry;

			TRY_OUT(log_reader_entry(r, batch.first + i, &entry, e));
			merkle_leaf(entry, &leaf);
			merkle_range_add(&range, &leaf);
		}
		merkle_range_root(&range, &root);
		if (!merkle_hash_eq(&root, &batch.root))
			break;
	}
	report->bad_first = batch.first;
	report->bad_last = batch.first + batch.count - 1;
	done = RESULT_OK;
out:
	log_reader_free(r);
	return done;
}

/* Finds the first entry between the report's bounds whose hash is not that of its tile file. */
static result locate_entry(struct db *d, const struct log_head *h, struct task *t, struct error *e)
{
	struct verify_report *report = t->report;
	struct log_reader *r = NULL;
	struct log_nodes *files = NULL;
	struct merkle_source s;
	result done = RESULT_FAIL;

	TRY_OUT(log_reader_make(d, h->generation, &r, e));
	TRY_OUT(log_nodes_make(t->c->tiles, NULL, h->size, &files, e));
	s = log_nodes_source(files);
	for (uint64_t i = report->bad_first; i <= report->bad_last; i++) {
		struct merkle_hash mine, file;
		struct str entry;

		TRY_OUT(log_reader_entry(r, i, &entry, e));
		TRY_OUT(s.node(s.ctx, 0, i, &file, e));
		merkle_leaf(entry, &mine);
		if (merkle_hash_eq(&mine, &file))
			continue;
		report->bad_first = report->bad_last = i;
		break;
	}
	done = RESULT_OK;
out:
	log_nodes_free(files);
	log_reader_free(r);
	return done;
}

struct database {
	struct db *d;
	struct log_head head;
};

static void locate_in_database(struct task *t)
{
	struct database *b = t->ctx;

	/* what cannot be narrowed stays as wide as it is known */
	if (ok(locate_batch(b->d, &b->head, t, NULL)) && t->c->tiles && ok(locate_entry(b->d, &b->head, t, NULL)))
		return;
}

result verify_database(const char *url, uint64_t generation, const struct verify_config *c, struct verify_report *r,
		       struct error *e)
{
	struct database b = {.d = NULL};
	struct entries_database source = {url, generation};
	struct task t = {.c = c, .report = r, .locate = locate_in_database, .ctx = &b};
	struct buf counts;
	struct checkpoint head;
	result done = RESULT_FAIL;

	*r = (struct verify_report){.size = 0};
	buf_init(&counts);
	TRY_OUT(db_open(url, DB_READ, &b.d, e));
	TRY_OUT(db_begin_read(b.d, e));
	TRY_OUT(log_head_read(b.d, generation, &b.head, e));
	TRY_OUT(log_head_check(&b.head, c->key, e));
	TRY_OUT(checkpoint_open(str_of(b.head.note), c->key, &head, e));
	TRY_OUT(read_index(b.d, &b.head, &t, &counts, e));
	source.generation = b.head.generation;
	t.run.source = entries_of_database(&source);
	done = verify(&t, &head, e);
out:
	buf_free(&t.chunks);
	buf_free(&counts);
	db_close(b.d);
	return done;
}

static void locate_in_tiles(struct task *t)
{
	uint64_t leaf = lowest(&t->run, offsetof(struct verify_chunk, bad_leaf));

	if (leaf != VERIFY_NONE)
		t->report->bad_first = t->report->bad_last = leaf;
}

result verify_tiles(const char *dir, const struct verify_config *c, struct verify_report *r, struct error *e)
{
	struct entries_tiles source = {dir, 0};
	struct task t = {.c = c, .report = r, .locate = locate_in_tiles};
	struct checkpoint head;
	char path[4096];
	struct buf note;
	result done = RESULT_FAIL;

	*r = (struct verify_report){.size = 0};
	buf_init(&note);
	TRY_OUT(path_join(path, sizeof path, dir, "checkpoint", e));
	TRY_OUT(file_read(path, CHECKPOINT_MAX, &note, e));
	TRY_OUT(checkpoint_open(buf_view(&note), c->key, &head, e));
	source.size = head.size;
	t.run.source = entries_of_tiles(&source);
	done = verify(&t, &head, e);
out:
	buf_free(&t.chunks);
	buf_free(&note);
	return done;
}

result verify_export(const char *path, struct str note, const struct verify_config *c, struct verify_report *r,
		     struct error *e)
{
	struct entries_export source;
	struct task t = {.c = c, .report = r};
	struct checkpoint head;
	result done = RESULT_FAIL;

	*r = (struct verify_report){.size = 0};
	TRY(checkpoint_open(note, c->key, &head, e));
	TRY_OUT(entries_export_open(path, &source, e));
	if (source.size != head.size) {
		r->size = head.size;
		r->bad_first = r->bad_last = source.size < head.size ? source.size : head.size;
		done = place_fail(e, CODE_LOG_CORRUPT, 0, r->bad_first, "the exported file has not as many entries as were signed");
		goto out;
	}
	t.run.source = entries_of_export(&source);
	done = verify(&t, &head, e);
out:
	entries_export_close(&source);
	buf_free(&t.chunks);
	return done;
}
