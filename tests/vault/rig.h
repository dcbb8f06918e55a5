/*
 * tests/vault/rig.h - an instance of one's own for a vault test: a directory, a
 * database, a clock that stands still, a policy category of a few items.
 */
#ifndef SEKISHO_TEST_VAULT_RIG_H
#define SEKISHO_TEST_VAULT_RIG_H

#include "test.h"

#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "vault/change.h"
#include "vault/index.h"
#include "vault/value.h"

enum { CUSTOMER = 7, NUMBER_ITEM = 11, NAME_ITEM, PHONE_ITEM, EMAIL_ITEM, NOTE_ITEM, RIG_ITEMS = 5 };

struct rig {
	char dir[128], file[160], key[160];
	struct db *db;
	struct vault *vault;
	struct arena arena;
	struct error e;
	moment now;
	struct vault_config config;
	struct policy_item items[RIG_ITEMS];
	struct policy_category customer;
};

/* The time that CTX points to. */
static moment rig_now(void *ctx)
{
	return *(moment *)ctx;
}

/* As rig_now for CTX: the clock stands still but for what a test adds. */
static int64_t rig_monotonic(void *ctx)
{
	return *(moment *)ctx;
}

/* Commits R's transaction. */
static inline void rig_commit(struct rig *r)
{
	enum db_outcome outcome;

	assert_ok(db_commit(r->db, &outcome, &r->e), &r->e);
}

/* Fills R's category. */
static inline void rig_policy(struct rig *r)
{
	static const struct {
		enum item_type type; const char *id; bool lookup, unique;
	} table[RIG_ITEMS] = {
		{ITEM_TEXT, "customer_number", true, true}, {ITEM_NAME, "name", false, false},
		{ITEM_PHONE, "phone", true, false},	    {ITEM_EMAIL, "email", true, false},
		{ITEM_LONG_TEXT, "note", false, false},
	};

	for (size_t i = 0; i < RIG_ITEMS; i++)
		r->items[i] = (struct policy_item){.id = str_of(table[i].id),
						   .number = NUMBER_ITEM + (uint32_t)i,
						   .type = table[i].type,
						   .lookup = table[i].lookup,
						   .unique = table[i].unique};
	r->customer = (struct policy_category){
		.id = STR("customer"), .number = CUSTOMER, .items = r->items, .n_items = RIG_ITEMS, .external_id = 0};
}

/* A new instance, the caller's to free with rig_free. */
static inline struct rig *rig_make(void)
{
	struct rig *r = calloc(1, sizeof *r);
	const char *tmp = getenv("TMPDIR");

	assert_non_null(r);
	snprintf(r->dir, sizeof r->dir, "%s/sekisho-vault-XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(r->dir));
	snprintf(r->file, sizeof r->file, "%s/sekisho.db", r->dir);
	snprintf(r->key, sizeof r->key, "%s/root.key", r->dir);
	r->now = INT64_C(1796083200000); /* 2026-12-01 */
	assert_ok(crypto_init(&r->e), &r->e);
	r->config = (struct vault_config){KEY_FILE, r->key, {rig_now, rig_monotonic, &r->now}, crypto_entropy()};
	arena_init(&r->arena, 0, true);
	rig_policy(r);
	assert_ok(db_open(r->file, DB_CREATE, &r->db, &r->e), &r->e);
	assert_ok(db_migrate(r->db, &r->e), &r->e);
	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	assert_ok(vault_create(r->db, &r->config, &r->vault, &r->e), &r->e);
	rig_commit(r);
	return r;
}

/* Frees R and removes all that it left. */
static inline void rig_free(struct rig *r)
{
	char path[512];
	DIR *dir;

	vault_close(r->vault);
	db_close(r->db);
	arena_free(&r->arena);
	dir = opendir(r->dir);
	for (struct dirent *d = readdir(dir); d; d = readdir(dir)) {
		snprintf(path, sizeof path, "%s/%s", r->dir, d->d_name);
		unlink(path);
	}
	assert_int_equal(closedir(dir), 0);
	rmdir(r->dir);
	free(r);
}

/* A reader of R into its arena. */
static inline struct vault_reader rig_reader(struct rig *r)
{
	return (struct vault_reader){r->vault, r->db, &r->arena};
}

/* A value of R to write: ITEM (number) and its canonical JSON, NULL to take it out. */
static inline struct vault_put rig_put(struct rig *r, uint32_t item, const char *json)
{
	return (struct vault_put){.item = &r->items[item - NUMBER_ITEM], .external_id = item == NUMBER_ITEM,
				  .json = json ? str_of(json) : (struct str){NULL, 0}};
}

/* The state of PERSON with the values of RECORD after the N PUTS in the next version; in R's arena. */
static inline struct person_state rig_state(struct rig *r, const struct vault_person *person,
					    const struct vault_record *record, const struct vault_put *puts, size_t n)
{
	static const uint16_t first[] = {0};
	struct person_state s = person->state;
	uint32_t *categories = arena_array(&r->arena, 1, sizeof *categories);
	struct person_value *values = arena_array(&r->arena, RIG_ITEMS, sizeof *values);
	struct person_acquisition *acquisition = arena_new(&r->arena, struct person_acquisition);
	size_t count = 0;

	for (uint32_t item = NUMBER_ITEM; item < NUMBER_ITEM + RIG_ITEMS; item++) {
		const struct vault_item *old = vault_item_find(record, item);
		uint32_t version = old ? old->write->version : 0;

		for (size_t i = 0; i < n; i++)
			if (puts[i].item->number == item)
				version = puts[i].json.p ? vault_next_version(record) : 0;
		if (version)
			values[count++] = (struct person_value){CUSTOMER, item, version, first, 1};
	}
	categories[0] = CUSTOMER;
	*acquisition = (struct person_acquisition){3, 4, 1, 1, r->now};
	s.exists = true;
	s.categories = categories;
	s.n_categories = 1;
	s.acquisitions = acquisition;
	s.n_acquisitions = 1;
	s.values = values;
	s.n_values = count;
	return s;
}

/* Prepares the N PUTS on RECORD, the customer record of PERSON; in R's arena. */
static inline struct vault_change *rig_change(struct rig *r, const struct vault_person *person,
					      const struct vault_record *record, const struct vault_put *puts, size_t n)
{
	struct vault_by by = {.at = r->now, .actor = 5};
	struct person_state state = rig_state(r, person, record, puts, n);
	struct vault_change *c;

	assert_ok(vault_change_begin(r->vault, &r->arena, person, &c, &r->e), &r->e);
	assert_ok(vault_change_values(c, record, puts, n, &by, &r->e), &r->e);
	assert_ok(vault_change_state(c, &state, &r->e), &r->e);
	return c;
}

/* Stores C in a transaction of its own on R. */
static inline void rig_store(struct rig *r, struct vault_change *c)
{
	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	assert_ok(vault_store(c, r->db, &r->e), &r->e);
	rig_commit(r);
}

/* Creates in R a customer with the N PUTS and gives the id. */
static inline struct uuid rig_create(struct rig *r, const struct vault_put *puts, size_t n)
{
	struct vault_person *person = arena_new(&r->arena, struct vault_person);
	struct vault_record *record = arena_new(&r->arena, struct vault_record);

	vault_new_person(r->vault, person);
	vault_no_record(person, CUSTOMER, record);
	rig_store(r, rig_change(r, person, record, puts, n));
	return person->id;
}

/* Loads *PERSON and customer *RECORD of ID; both live in the arena of R. */
static inline void rig_load(struct rig *r, const struct uuid *id, struct vault_person **person,
			    struct vault_record **record)
{
	struct vault_reader from = rig_reader(r);

	*person = arena_new(&r->arena, struct vault_person);
	*record = arena_new(&r->arena, struct vault_record);
	assert_ok(db_begin_read(r->db, &r->e), &r->e);
	assert_ok(vault_load_person(&from, id, *person, &r->e), &r->e);
	assert_ok(vault_load_record(&from, *person, CUSTOMER, *record, &r->e), &r->e);
	db_rollback(r->db);
}

/* The value of ITEM of ID, "" when there is none; in R's arena. */
static inline const char *rig_value(struct rig *r, const struct uuid *id, uint32_t item)
{
	struct vault_reader from = rig_reader(r);
	struct vault_opened wanted = {.item = item};
	struct vault_person *person;
	struct vault_record *record;

	rig_load(r, id, &person, &record);
	assert_ok(vault_open_items(&from, person, record, &wanted, 1, &r->e), &r->e);
	return wanted.json.p ? str_copy(&r->arena, wanted.json).p : "";
}

/* How many persons of R are found with TEXT as ITEM; the first in *ID. */
static inline size_t rig_find(struct rig *r, uint32_t item, const char *text, struct uuid *id)
{
	json_t *value = json_string(text);
	struct vault_found found;

	assert_ok(vault_lookup(r->vault, r->db, &r->items[item - NUMBER_ITEM], value, &found, &r->e), &r->e);
	json_decref(value);
	if (found.n && id)
		*id = found.ids[0];
	return found.n;
}

/* Runs TEXT, what an enemy with the database could do, on R's. */
static inline void rig_sql(struct rig *r, const char *text)
{
	sqlite3 *handle;

	assert_int_equal(sqlite3_open(r->file, &handle), SQLITE_OK);
	assert_int_equal(sqlite3_exec(handle, text, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(handle), SQLITE_OK);
}

#endif
