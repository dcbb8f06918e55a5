#include "access/open.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access/counts.h"
#include "base/file.h"
#include "crypto/crypto.h"
#include "evidence/entry.h"
#include "evidence/note.h"
#include "evidence/reader.h"
#include "policy/publish.h"

enum { LOG_KEY_MAX = 1024 };

/* The clock of the machine may be wrong by this much against the log's last entry; more, and decisions would be too. */
enum { CLOCK_SLACK_MS = 600000 };

static result check_mode(const char *path, struct error *e)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return error_at(e, CODE_IO, path, "the key file cannot be read");
	if (st.st_mode & 077)
		return error_at(e, CODE_KEY_MODE, path, "others can read this key; make it mode 0600");
	return RESULT_OK;
}

static result log_key_read(struct access *a, struct error *e)
{
	struct str name;
	struct buf text;
	result r;

	TRY(check_mode(a->instance.log_key, e));
	buf_init(&text);
	r = file_read(a->instance.log_key, LOG_KEY_MAX, &text, e);
	if (ok(r) && !note_secret_read(str_trim(buf_view(&text)), &name, &a->log_key))
		r = error_at(e, CODE_KEY_INVALID, a->instance.log_key, "this is no signing key of a log");
	else if (ok(r) && !str_eq(name, str_of(a->instance.origin)))
		r = error_at(e, CODE_KEY_INVALID, a->instance.log_key, "this signing key is of another log");
	buf_wipe(&text);
	return r;
}

static result log_key_make(struct access *a, struct error *e)
{
	struct buf text;
	result r;

	sign_key_new(&a->log_key, &a->entropy);
	buf_init(&text);
	note_secret_write(&text, str_of(a->instance.origin), &a->log_key);
	buf_byte(&text, '\n');
	r = buf_ok(&text) ? file_write(a->instance.log_key, text.p, text.n, 0600, e)
			  : error_set(e, CODE_OUT_OF_MEMORY, "no memory for a key");
	buf_wipe(&text);
	return r;
}

static struct log_config log_config_of(const struct access *a)
{
	return (struct log_config){str_of(a->instance.origin), &a->log_key, a->instance.head};
}

static struct vault_config vault_config_of(const struct access *a)
{
	return (struct vault_config){a->instance.source, a->instance.key, a->clock, a->entropy};
}

/* A row that was changed in the database is nobody's token: what it opens is said by who holds the key alone. */
static result tokens_fill(struct access *a, struct error *e)
{
	const struct vault_token *list;
	struct arena arena;
	result r;
	size_t n;

	arena_init(&arena, 0, false);
	r = vault_token_load(a->writer, &arena, &list, &n, e);
	for (size_t i = 0; ok(r) && i < n; i++) {
		struct token_actor actor = {
			.number = list[i].actor,
			.role = list[i].role,
			.person = list[i].person,
			.expires = list[i].expires,
			.revoked = list[i].revoked != MOMENT_NONE,
		};

		if (vault_token_genuine(a->vault, &list[i]))
			r = tokens_put(a->tokens, list[i].hash, &actor, e);
	}
	arena_free(&arena);
	return r;
}

/* The time of the log's last entry is where the clock goes on from. */
static result clock_check(struct access *a, struct error *e)
{
	struct log_reader *r = NULL;
	struct entry_view view;
	struct str entry;
	moment last;
	result done = RESULT_FAIL;

	if (log_size(a->log) == 0)
		return RESULT_OK;
	TRY(log_reader_make(a->writer, log_generation(a->log), &r, e));
	TRY_OUT(log_reader_entry(r, log_size(a->log) - 1, &entry, e));
	if (!entry_scan(entry, &view) || !moment_parse(view.t, &last)) {
		done = error_set(e, CODE_LOG_CORRUPT, "the log's last entry has no time");
		goto out;
	}
	if (last > clock_now(&a->machine) + CLOCK_SLACK_MS) {
		done = error_set(e, CODE_CLOCK, "the log's last entry is later than the clock says now; set the clock");
		goto out;
	}
	if (last > a->floor)
		a->floor = last;
	done = RESULT_OK;
out:
	log_reader_free(r);
	return done;
}

static result tables_make(struct access *a, struct error *e)
{
	TRY(changed_new(&a->changed, e));
	TRY(gates_new(&a->gates, e));
	TRY(tokens_new(&a->tokens, e));
	return counts_new(&a->counts, e);
}

result access_open_parts(struct access *a, const char *dir, struct error *e)
{
	struct vault_config vault = vault_config_of(a);
	struct log_config log;
	struct policy_set *set = NULL;

	TRY(crypto_init(e));
	TRY(instance_read(dir, &a->instance, e));
	TRY(instance_lock(&a->instance, &a->lock, e));
	TRY(tables_make(a, e));
	TRY(db_open(a->instance.database, DB_WRITE, &a->writer, e));
	TRY(db_migrate(a->writer, e));
	vault = vault_config_of(a);
	TRY(vault_open(a->writer, &vault, &a->vault, e));
	TRY(log_key_read(a, e));
	log = log_config_of(a);
	TRY(log_open(a->writer, &log, &a->log, e));
	a->last_erasure = log_size(a->log);
	TRY(clock_check(a, e));
	TRY(policy_set_load(a->writer, &set, e));
	TRY(gates_replace(a->gates, set, clock_now(&a->clock), e));
	return tokens_fill(a, e);
}

/* Making an instance ------------------------------------------------------------------------------------------ */

static result plan_paths(const struct access_plan *plan, struct instance *i, struct error *e)
{
	const char *key = plan->passphrase_file ? plan->passphrase_file : plan->key_file;
	char whole[PATH_MAX];

	TRY(instance_default(plan->dir, i, e));
	i->source = plan->passphrase_file ? KEY_PASSPHRASE : KEY_FILE;
	if (key) {
		/* the file may not be there yet: then its directory is */
		if (!realpath(key, whole))
			TRY(path_join(whole, sizeof whole, key, "", e));
		TRY(path_join(i->key, sizeof i->key, whole, "", e));
		i->key[strlen(i->key) - 1] = '\0';
	}
	if (plan->database)
		TRY(path_join(i->database, sizeof i->database, plan->database, "", e));
	if (plan->database)
		i->database[strlen(i->database) - 1] = '\0';
	return RESULT_OK;
}

static result dir_is_free(const char *dir, struct error *e)
{
	if (access(dir, F_OK) == 0 && rmdir(dir) != 0)
		return error_at(e, CODE_CONFLICT, dir, "this directory is there already and is not empty");
	return RESULT_OK;
}

static void origin_set(struct access *a, struct str origin)
{
	struct buf b;

	buf_init(&b);
	if (origin.n) {
		buf_str(&b, origin);
	} else {
		buf_text(&b, "sekisho.invalid/");
		uuid_write(&b, vault_instance(a->vault));
	}
	if (buf_ok(&b) && b.n <= INSTANCE_ORIGIN)
		memcpy(a->instance.origin, buf_c(&b), b.n + 1);
	buf_free(&b);
}

/* The first entry of the log: the first policy is published. */
static result first_entry(struct access *a, const struct policy_published *p, moment now, struct error *e)
{
	struct entry_fact facts[] = {
		{.key = FACT_NUMBER, .number = p->version},
		{.key = FACT_HASH, .text = {(const char *)p->hash, sizeof p->hash}},
	};
	struct entry entry = {.t = now,
			      .kind = ENTRY_PUBLISH,
			      .actor = STR("a1"),
			      .result = STR("allow"),
			      .policy = p->version,
			      .facts = facts,
			      .fact_count = 2};
	struct log_entries batch;
	struct buf text;
	struct str bytes;
	uint64_t first;
	result r;

	a->entropy.fill(a->entropy.ctx, entry.nonce, sizeof entry.nonce);
	buf_init(&text);
	entry_write(&text, &entry);
	bytes = buf_view(&text);
	batch = (struct log_entries){&bytes, 1, {NULL, 0}};
	r = buf_ok(&text) ? log_append(a->log, a->writer, &batch, &first, e)
			  : error_set(e, CODE_OUT_OF_MEMORY, "no memory for a log entry");
	buf_free(&text);
	return r;
}

static result commit(struct db *d, struct error *e)
{
	enum db_outcome outcome;

	return db_commit(d, &outcome, e);
}

/* Keys and empty log, in a first transaction. */
static result make_vault(struct access *a, struct str origin, struct error *e)
{
	struct vault_config vault = vault_config_of(a);
	struct log_config log;

	TRY(db_begin_write(a->writer, e));
	TRY(vault_create(a->writer, &vault, &a->vault, e));
	origin_set(a, origin);
	TRY(log_key_make(a, e));
	log = log_config_of(a);
	TRY(log_create(a->writer, &log, e));
	TRY(commit(a->writer, e));
	return log_open(a->writer, &log, &a->log, e);
}

/* The first published policy and its entry, in one transaction. */
static result make_policy(struct access *a, const struct access_plan *plan, struct findings *f, struct error *e)
{
	moment now = clock_now(&a->clock);
	const struct policy_candidate candidate = {.texts = plan->texts, .now = now};
	struct policy_published published;

	TRY(db_begin_write(a->writer, e));
	TRY(policy_publish_dir(a->writer, plan->policy_dir, &candidate, f, &published, e));
	TRY(first_entry(a, &published, now, e));
	TRY(commit(a->writer, e));
	log_committed(a->log);
	return log_keep_high_water(a->log, e);
}

static result make_all(struct access *a, const struct access_plan *plan, struct findings *f, struct error *e)
{
	char keys[PATH_MAX];

	TRY(crypto_init(e));
	TRY(path_join(keys, sizeof keys, a->instance.dir, "keys", e));
	TRY(file_make_dir(keys, e));
	TRY(instance_lock(&a->instance, &a->lock, e));
	TRY(db_open(a->instance.database, DB_CREATE, &a->writer, e));
	TRY(db_migrate(a->writer, e));
	TRY(make_vault(a, plan->origin, e));
	TRY(make_policy(a, plan, f, e));
	return instance_write(&a->instance, e); /* last: without it the directory is no instance */
}

result access_init(const struct access_plan *plan, const struct access_options *o, struct findings *f, struct error *e)
{
	struct access *a = calloc(1, sizeof *a);
	result r = RESULT_FAIL;

	if (!a)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for an instance");
	a->lock = -1;
	a->machine = o->clock;
	a->clock = o->clock;
	a->entropy = o->entropy;
	if (ok(dir_is_free(plan->dir, e)) && ok(plan_paths(plan, &a->instance, e)))
		r = make_all(a, plan, f, e);
	if (!ok(r) && a->lock >= 0)
		instance_remove(&a->instance);
	access_close(a);
	return r;
}
