/*
 * What the vault costs alone, without HTTP, gate and log: creating persons of ten
 * items, reading three of them, the bytes of the database per person.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "figures.h"
#include "vault/change.h"
#include "vault/refs.h"

enum { ITEMS = 10, CATEGORY = 1, BATCH = 64, PERSONS = 20000, STRIDE = 7919 };

/* About 243 bytes as one JSON object with its names; the number makes each person's values different. */
static const struct {
	enum item_type type;
	bool lookup;
	const char *before, *after;
} table[ITEMS] = {
	{ITEM_TEXT, true, "\"C-00", "\""},	      {ITEM_NAME, false, "\"Yamada T. ", "\""},
	{ITEM_ADDRESS, false, "\"Osaka, Kitahama 4-", "\""}, {ITEM_PHONE, false, "\"0901", "\""},
	{ITEM_EMAIL, true, "\"p", "@example.jp\""},  {ITEM_CODE, false, "\"f", "\""},
	{ITEM_DATE, false, "\"1980-01-01", "\""},     {ITEM_TEXT, false, "\"paid ", "\""},
	{ITEM_TEXT, false, "\"plan-", "\""},	      {ITEM_NUMBER, false, "", ""},
};

static struct {
	char dir[64], file[96], key[96];
	struct db *db;
	struct vault *vault;
	struct arena arena;
	struct policy_item items[ITEMS];
	struct uuid *ids;
	double create_us, disk;
} bench;

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* The value of item K of person I in the arena. */
static struct str value(size_t i, size_t k)
{
	struct buf b;
	struct str text;

	buf_init(&b);
	buf_text(&b, table[k].before);
	if (table[k].type != ITEM_CODE && table[k].type != ITEM_DATE)
		buf_u64(&b, 1000000 + i);
	buf_text(&b, table[k].after);
	text = str_copy(&bench.arena, buf_view(&b));
	buf_free(&b);
	return text;
}

static result create(size_t i, struct error *e)
{
	static const uint16_t first[] = {0};
	static const uint32_t categories[] = {CATEGORY};
	struct clock clock = clock_system();
	struct vault_put puts[ITEMS];
	struct person_value values[ITEMS];
	struct person_acquisition acquisition = {1, 1, 1, 1, clock_now(&clock)};
	struct person_state state = {.exists = true, .categories = categories, .n_categories = 1, .values = values,
				     .n_values = ITEMS, .acquisitions = &acquisition, .n_acquisitions = 1};
	struct vault_by by = {.at = acquisition.at, .actor = 1};
	struct vault_person person;
	struct vault_record record;
	struct vault_change *c;

	for (size_t k = 0; k < ITEMS; k++) {
		puts[k] = (struct vault_put){.item = &bench.items[k], .json = value(i, k)};
		values[k] = (struct person_value){CATEGORY, bench.items[k].number, 1, first, 1};
	}
	vault_new_person(bench.vault, &person);
	vault_no_record(&person, CATEGORY, &record);
	TRY(vault_change_begin(bench.vault, &bench.arena, &person, &c, e));
	TRY(vault_change_values(c, &record, puts, ITEMS, &by, e));
	TRY(vault_change_state(c, &state, e));
	TRY(vault_store(c, bench.db, e));
	bench.ids[i] = person.id;
	arena_reset(&bench.arena);
	return RESULT_OK;
}

static result read_one(size_t i, struct error *e)
{
	struct vault_reader from = {bench.vault, bench.db, &bench.arena};
	struct vault_opened wanted[] = {{.item = 2}, {.item = 4}, {.item = 5}};
	unsigned char nonce[VAULT_ENTRY_NONCE] = {0}, mac[VAULT_SUBJECT_MAC];
	struct vault_person person;
	struct vault_record record;

	TRY(vault_load_person(&from, &bench.ids[i], &person, e));
	TRY(vault_load_record(&from, &person, CATEGORY, &record, e));
	TRY(vault_open_items(&from, &person, &record, wanted, 3, e));
	TRY(vault_log_mac(bench.vault, &person, nonce, mac, e));
	if (!str_eq(wanted[0].json, value(i, 1)) || !wanted[1].json.p || !wanted[2].json.p)
		return error_set(e, CODE_INTERNAL, "another person's value");
	arena_reset(&bench.arena);
	return RESULT_OK;
}

/* A new instance in a directory of its own. */
static result make_instance(struct error *e)
{
	struct db_wal wal;
	struct vault_config config = {KEY_FILE, bench.key, clock_system(), crypto_entropy()};
	enum db_outcome outcome;

	snprintf(bench.dir, sizeof bench.dir, "/tmp/sekisho-bench-XXXXXX");
	if (!mkdtemp(bench.dir))
		return error_set(e, CODE_IO, "no directory under /tmp");
	snprintf(bench.file, sizeof bench.file, "%s/db", bench.dir);
	snprintf(bench.key, sizeof bench.key, "%s/key", bench.dir);
	for (size_t k = 0; k < ITEMS; k++)
		bench.items[k] = (struct policy_item){
			.number = (uint32_t)k + 1, .type = table[k].type, .lookup = table[k].lookup};
	TRY(crypto_init(e));
	TRY(db_open(bench.file, DB_CREATE, &bench.db, e));
	TRY(db_migrate(bench.db, e));
	TRY(db_begin_write(bench.db, e));
	TRY(vault_create(bench.db, &config, &bench.vault, e));
	TRY(db_commit(bench.db, &outcome, e));
	return db_checkpoint(bench.db, DB_CHECKPOINT_TRUNCATE, &wal, e);
}

static result fill(struct error *e)
{
	struct stat before, after;
	enum db_outcome outcome;
	struct db_wal wal;
	double start;

	arena_init(&bench.arena, 65536, true);
	bench.ids = calloc(PERSONS, sizeof *bench.ids);
	if (!bench.ids)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for ids");
	TRY(make_instance(e));
	stat(bench.file, &before);
	start = now_us();
	for (size_t i = 0; i < PERSONS; i++) {
		if (i % BATCH == 0)
			TRY(db_begin_write(bench.db, e));
		TRY(create(i, e));
		if (i % BATCH == BATCH - 1 || i == PERSONS - 1)
			TRY(db_commit(bench.db, &outcome, e));
	}
	bench.create_us = (now_us() - start) / PERSONS;
	TRY(db_checkpoint(bench.db, DB_CHECKPOINT_TRUNCATE, &wal, e));
	stat(bench.file, &after);
	bench.disk = (double)(after.st_size - before.st_size) / PERSONS;
	return RESULT_OK;
}

static result run_read(const struct figure *f, int ms, struct sample *out, struct error *e)
{
	double start, until;
	size_t n = 0;

	(void)f;
	if (!bench.ids)
		TRY(fill(e));
	TRY(db_begin_read(bench.db, e));
	start = now_us();
	until = start + ms * 1000.0;
	for (; now_us() < until; n++)
		TRY(read_one(n * STRIDE % PERSONS, e));
	*out = (struct sample){.value = (double)n / ((now_us() - start) / 1e6)};
	db_rollback(bench.db);
	return RESULT_OK;
}

/* The creates and the bytes are measured once, while the instance is filled. */
static result run_filled(const struct figure *f, int ms, struct sample *out, struct error *e)
{
	(void)ms;
	if (!bench.ids)
		TRY(fill(e));
	*out = (struct sample){.value = f->n ? bench.disk : 1e6 / bench.create_us};
	return RESULT_OK;
}

static void close_instance(void)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	char path[128];

	if (!bench.ids)
		return;
	vault_close(bench.vault);
	db_close(bench.db);
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		snprintf(path, sizeof path, "%s%s", bench.file, ends[i]);
		unlink(path);
	}
	unlink(bench.key);
	rmdir(bench.dir);
	arena_free(&bench.arena);
	free(bench.ids);
	bench.ids = NULL;
}

const struct figure figures_vault[] = {
	{"vault_read", "/s", NULL, run_read, NULL, 0},
	{"vault_create", "/s", NULL, run_filled, NULL, 0},
	{"vault_disk", "B", NULL, run_filled, close_instance, 1},
	{0},
};
