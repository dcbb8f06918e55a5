/*
 * What is stored, without HTTP: the same rows by SQL alone (the baseline of
 * writing), import through the gate, bytes on disk, verifying a log of a million
 * entries, starting, and the memory of a server.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "client.h"
#include "crypto/crypto.h"
#include "db/db.h"
#include "evidence/entry.h"
#include "evidence/log.h"
#include "evidence/verify.h"
#include "figures.h"
#include "road.h"

enum {
	PERSON_BYTES = 230, RECORD_BYTES = 560, ENTRIES_BYTES = 110, /* what a person of ten items takes, by the file */
	BATCH_WRITE = 16,  /* creates in one commit with 64 connections */
	BATCH_IMPORT = 500,
	VERIFY_ENTRIES = 1000000,
};

static double now_s(void)
{
	struct timespec t;

	return clock_gettime(CLOCK_MONOTONIC, &t) == 0 ? (double)t.tv_sec + (double)t.tv_nsec / 1e9 : 0;
}

static void remove_tree(const char *path)
{
	pid_t child = fork();

	if (child == 0) {
		execlp("rm", "rm", "-rf", path, (char *)NULL);
		_exit(1);
	}
	if (child > 0)
		waitpid(child, NULL, 0);
}

/* SQL alone ------------------------------------------------------------------------------------------------- */

static struct {
	char dir[64];
	struct db *db;
	uint64_t n; /* persons so far */
	struct entropy entropy;
} alone;

static result alone_open(struct error *e)
{
	char path[128];

	if (alone.db)
		return RESULT_OK;
	memcpy(alone.dir, "./bench-alone-XXXXXX", 21);
	if (!mkdtemp(alone.dir))
		return error_set(e, CODE_IO, "cannot make a directory in the working directory");
	TRY(crypto_init(e));
	alone.entropy = crypto_entropy();
	snprintf(path, sizeof path, "%s/a.db", alone.dir);
	TRY(db_open(path, DB_CREATE, &alone.db, e));
	return db_migrate(alone.db, e);
}

static void alone_close(void)
{
	db_close(alone.db);
	alone.db = NULL;
	if (alone.dir[0])
		remove_tree(alone.dir);
	alone.dir[0] = '\0';
}

/* The rows of one person: state, record, two looked-up values and the external id. */
static result alone_person(const unsigned char *bytes, moment now, struct error *e)
{
	struct uuid id = uuid_make(now, &alone.entropy);
	struct db_stmt *s = db_stmt(alone.db, SQL_VAULT_PERSON_INSERT, e);

	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, &id);
	db_bind_i64(s, 2, 1);
	db_bind_i64(s, 3, 1);
	db_bind_blob(s, 4, bytes, 48);
	db_bind_blob(s, 5, bytes, PERSON_BYTES);
	TRY(db_run(s, e));
	if (!(s = db_stmt(alone.db, SQL_VAULT_RECORD_INSERT, e)))
		return RESULT_FAIL;
	db_bind_uuid(s, 1, &id);
	for (int n = 2; n <= 5; n++)
		db_bind_i64(s, n, 1);
	db_bind_blob(s, 6, bytes, 64);
	db_bind_blob(s, 7, bytes, RECORD_BYTES);
	TRY(db_run(s, e));
	for (int n = 1; n <= 3; n++) {
		struct uuid hash;

		alone.entropy.fill(alone.entropy.ctx, hash.b, sizeof hash.b);
		if (!(s = db_stmt(alone.db, SQL_VAULT_INDEX_INSERT, e)))
			return RESULT_FAIL;
		db_bind_i64(s, 1, n);
		db_bind_uuid(s, 2, &hash);
		db_bind_uuid(s, 3, &id);
		TRY(db_run(s, e));
	}
	return RESULT_OK;
}

static result alone_batch(unsigned persons, struct error *e)
{
	static unsigned char bytes[ENTRIES_BYTES * BATCH_IMPORT];
	struct clock clock = clock_system();
	enum db_outcome outcome;
	struct db_wal wal;
	struct db_stmt *s;

	TRY(db_begin_write(alone.db, e));
	for (unsigned i = 0; i < persons; i++)
		TRY(alone_person(bytes, clock_now(&clock), e));
	if (!(s = db_stmt(alone.db, SQL_LOG_BATCH_INSERT, e)))
		return RESULT_FAIL;
	db_bind_i64(s, 1, (int64_t)alone.n);
	db_bind_i64(s, 2, persons);
	db_bind_blob(s, 3, bytes, (size_t)ENTRIES_BYTES * persons);
	db_bind_blob(s, 4, bytes, 37 + 17 * (size_t)persons);
	db_bind_blob(s, 5, bytes, 96);
	TRY(db_run(s, e));
	alone.n += persons;
	TRY(db_commit(alone.db, &outcome, e));
	if (db_wal_pages(alone.db) > 8000)
		return db_checkpoint(alone.db, DB_CHECKPOINT_RESTART, &wal, e);
	return RESULT_OK;
}

static result run_alone(const struct figure *f, int ms, struct sample *out, struct error *e)
{
	double from, until;
	uint64_t before;

	TRY(alone_open(e));
	before = alone.n;
	from = now_s();
	until = from + ms / 1e3;
	while (now_s() < until)
		TRY(alone_batch(f->n, e));
	*out = (struct sample){.value = (double)(alone.n - before) / (now_s() - from)};
	return RESULT_OK;
}

/* Import ---------------------------------------------------------------------------------------------------- */

static result run_import(const struct figure *f, int ms, struct sample *out, struct error *e)
{
	double from, until;
	struct road *r;
	uint64_t before;

	(void)f;
	TRY(road_open(&r, e));
	before = r->created;
	from = now_s();
	until = from + ms / 1e3;
	while (now_s() < until) {
		TRY(road_import(r, r->created, r->created + BATCH_IMPORT, e));
		r->created += BATCH_IMPORT;
	}
	*out = (struct sample){.value = (double)(r->created - before) / (now_s() - from)};
	return RESULT_OK;
}

/* Disk ------------------------------------------------------------------------------------------------------ */

/* Bytes of the road's database, its WAL written back. */
static result database_bytes(struct road *r, double *bytes, struct error *e)
{
	struct db_wal wal;
	struct stat st;
	struct db *d;
	char path[128];
	bool written = false;

	snprintf(path, sizeof path, "%s/sekisho.db", r->dir);
	TRY(db_open(path, DB_WRITE, &d, e));
	/* the housekeeper may be at it, too */
	for (int i = 0; i < 100 && !written; i++) {
		written = ok(db_checkpoint(d, DB_CHECKPOINT_TRUNCATE, &wal, NULL));
		if (!written)
			usleep(20000);
	}
	db_close(d);
	if (!written || stat(path, &st) != 0)
		return error_set(e, CODE_IO, "cannot look at the database");
	*bytes = (double)st.st_size;
	return RESULT_OK;
}

static result run_disk(const struct figure *f, int ms, struct sample *out, struct error *e)
{
	enum { PEOPLE = 20000 };
	double before, after;
	struct road *r;

	(void)f;
	(void)ms;
	TRY(road_open(&r, e));
	TRY(database_bytes(r, &before, e));
	TRY(road_import(r, r->created, r->created + PEOPLE, e));
	r->created += PEOPLE;
	TRY(database_bytes(r, &after, e));
	*out = (struct sample){.value = (after - before) / PEOPLE};
	return RESULT_OK;
}

static result run_disk_read(const struct figure *f, int ms, struct sample *out, struct error *e)
{
	const struct figure reads = {.name = "read_64", .n = 64};
	double before, after;
	struct sample sample;
	struct road *r;
	uint64_t entries;

	(void)f;
	TRY(road_open(&r, e));
	TRY(database_bytes(r, &before, e));
	entries = log_size(access_log(r->access));
	TRY(figure_read(&reads, ms, &sample, e));
	usleep(1000000); /* the index by person follows */
	TRY(database_bytes(r, &after, e));
	*out = (struct sample){.value = (after - before) / (double)(log_size(access_log(r->access)) - entries),
			       .errors = sample.errors};
	return RESULT_OK;
}

/* Verifying ------------------------------------------------------------------------------------------------- */

static struct {
	char dir[64], database[128];
	struct sign_key key;
	struct note_key public;
	bool made;
} verified;

static result verify_fill(struct log *log, struct db *d, struct error *e)
{
	enum { BATCH = 1000 };
	static const char form[] =
		"{\"v\":1,\"t\":\"2026-12-01T00:00:00.%03uZ\",\"kind\":\"read\",\"actor\":\"a7\",\"role\":\"billing_app\",\"purpose\":"
		"\"billing\",\"category\":\"customer\",\"items\":[\"customer_number\",\"name\",\"address\"],\"result\":\"allow\","
		"\"policy\":1,\"nonce\":\"AAAAAAAAAAAAAAAA%06u\",\"subject\":\"AAAAAAAAAAAAAAAA%06u\"}";
	static char text[BATCH][300];
	struct str entries[BATCH];
	enum db_outcome outcome;
	uint64_t first;

	for (unsigned n = 0; n < VERIFY_ENTRIES; n += BATCH) {
		struct log_entries batch = {entries, BATCH, {NULL, 0}};

		for (unsigned i = 0; i < BATCH; i++) {
			int size = snprintf(text[i], sizeof text[i], form, i, n + i, n + i);

			entries[i] = (struct str){text[i], (size_t)size};
		}
		TRY(db_begin_write(d, e));
		TRY(log_append(log, d, &batch, &first, e));
		TRY(db_commit(d, &outcome, e));
		log_committed(log);
	}
	return RESULT_OK;
}

static result verify_make(struct error *e)
{
	struct log_config c = {STR("bench.invalid/log"), &verified.key, NULL};
	char head[128];
	enum db_outcome outcome;
	struct entropy entropy;
	struct db *d;
	struct log *log;

	TRY(crypto_init(e));
	entropy = crypto_entropy();
	memcpy(verified.dir, "./bench-verify-XXXXXX", 22);
	if (!mkdtemp(verified.dir))
		return error_set(e, CODE_IO, "cannot make a directory in the working directory");
	snprintf(verified.database, sizeof verified.database, "%s/a.db", verified.dir);
	snprintf(head, sizeof head, "%s/head", verified.dir);
	c.high_water = head;
	sign_key_new(&verified.key, &entropy);
	verified.public = note_key_of(STR("bench.invalid/log/g1"), verified.key.pub);
	TRY(db_open(verified.database, DB_CREATE, &d, e));
	TRY(db_migrate(d, e));
	TRY(db_begin_write(d, e));
	TRY(log_create(d, &c, e));
	TRY(db_commit(d, &outcome, e));
	TRY(log_open(d, &c, &log, e));
	TRY(verify_fill(log, d, e));
	log_close(log);
	db_close(d);
	verified.made = true;
	return RESULT_OK;
}

static result run_verify(const struct figure *f, int ms, struct sample *out, struct error *e)
{
	struct verify_config c = {.key = &verified.public};
	struct verify_report report;
	double from;

	(void)f;
	(void)ms;
	if (!verified.made)
		TRY(verify_make(e));
	from = now_s();
	TRY(verify_database(verified.database, 0, &c, &report, e));
	*out = (struct sample){.value = (now_s() - from) * 1e3, .errors = report.size != VERIFY_ENTRIES};
	return RESULT_OK;
}

static void verify_close(void)
{
	if (verified.dir[0])
		remove_tree(verified.dir);
	verified.dir[0] = '\0';
	verified.made = false;
}

/* A server of its own --------------------------------------------------------------------------------------- */

/* Kilobytes of PROCESS as its status has it under KEY ("VmRSS:"). */
static double kilobytes(pid_t process, const char *key)
{
	char path[64], line[128];
	double kb = 0;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/status", (int)process);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof line, file))
		if (strncmp(line, key, strlen(key)) == 0)
			kb = strtod(line + strlen(key), NULL);
	if (file)
		fclose(file);
	return kb;
}

/* Starts `sekisho serve` on the road's directory, which is closed here; its URL into URL once it listens. */
static result spawn(const char *dir, char *url, size_t cap, pid_t *child, struct error *e)
{
	char line[256];
	FILE *from;
	int pipes[2];

	if (pipe(pipes) != 0)
		return error_set(e, CODE_IO, "cannot make a pipe");
	*child = fork();
	if (*child == 0) {
		dup2(pipes[1], 1);
		close(pipes[0]);
		execl(BENCH_SEKISHO, "sekisho", "serve", dir, "--listen", "127.0.0.1:0", (char *)NULL);
		_exit(127);
	}
	close(pipes[1]);
	from = fdopen(pipes[0], "r");
	if (*child < 0 || !from || !fgets(line, sizeof line, from) || strncmp(line, "listening on ", 13) != 0)
		return error_set(e, CODE_IO, "the server does not start");
	line[strcspn(line, "\n")] = '\0';
	snprintf(url, cap, "%s", line + 13);
	fclose(from);
	return RESULT_OK;
}

static void stop(pid_t child)
{
	kill(child, SIGTERM);
	waitpid(child, NULL, 0);
}

static result run_start(const struct figure *f, int ms, struct sample *out, struct error *e)
{
	struct road *r;
	char url[256];
	double from;
	pid_t child;

	(void)f;
	(void)ms;
	TRY(road_open(&r, e));
	road_shut(r);
	from = now_s();
	TRY(spawn(r->dir, url, sizeof url, &child, e));
	*out = (struct sample){.value = (now_s() - from) * 1e3};
	stop(child);
	return road_again(r, e);
}

static result run_memory(const struct figure *f, int ms, struct sample *out, struct error *e)
{
	struct road *r;
	struct sample sample = {0};
	char url[256];
	result done;
	pid_t child;

	TRY(figure_read(&(struct figure){.n = f->n}, 100, &sample, e));
	TRY(road_open(&r, e));
	road_shut(r);
	TRY(spawn(r->dir, url, sizeof url, &child, e));
	done = figure_read_at(url, f->n, ms, &sample, e);
	*out = (struct sample){.value = kilobytes(child, "VmHWM:") / 1024, .errors = sample.errors};
	stop(child);
	TRY(done);
	return road_again(r, e);
}

const struct figure figures_storage[] = {
	{"sql_alone", "/s", NULL, run_alone, alone_close, BATCH_WRITE},
	{"sql_alone_import", "/s", NULL, run_alone, alone_close, BATCH_IMPORT},
	{"import", "/s", "sql_alone_import", run_import, road_close, 0},
	{"disk", "B", NULL, run_disk, road_close, 0},
	{"disk_read", "B", NULL, run_disk_read, road_close, 0},
	{"log_verify", "ms", NULL, run_verify, verify_close, 0},
	{"start", "ms", NULL, run_start, road_close, 0},
	{"memory", "MB", NULL, run_memory, road_close, 256},
	{.name = NULL},
};
