/* A bearer token as it was sent: only the one form has a hash, and the same text always the same. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "db/db.h"
#include "vault/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Makes the instance's keys in the new database PATH with the key file KEY. */
static struct vault *vault_make(const char *path, const char *key)
{
	struct vault_config c = {KEY_FILE, key, clock_system(), crypto_entropy()};
	struct vault *vault = NULL;
	struct db *d = NULL;
	struct error e = {0};

	if (!ok(db_open(path, DB_CREATE, &d, &e)) || !ok(db_migrate(d, &e)) || !ok(db_begin_write(d, &e)) ||
	    !ok(vault_create(d, &c, &vault, &e)))
		abort();
	db_close(d);
	return vault;
}

/* One vault for all inputs; its files are gone when this returns. */
static struct vault *vault_once(void)
{
	static const char *const names[] = {"/key", "/db", "/db-wal", "/db-shm", ""};
	static struct vault *vault;
	char dir[] = "/tmp/sekisho-fuzz-XXXXXX", paths[2][64], path[64];
	struct error e = {0};

	if (vault)
		return vault;
	if (!ok(crypto_init(&e)) || !mkdtemp(dir))
		abort();
	snprintf(paths[0], sizeof paths[0], "%s/key", dir);
	snprintf(paths[1], sizeof paths[1], "%s/db", dir);
	vault = vault_make(paths[1], paths[0]);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s%s", dir, names[i]);
		(void)remove(path); /* ignored: a file that was not made */
	}
	return vault;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char hash[VAULT_TOKEN_HASH] = {0}, again[VAULT_TOKEN_HASH] = {0};
	struct vault *v = vault_once();
	struct str text = {(const char *)data, size};
	bool good = vault_token_hash(v, text, hash);

	if (good != vault_token_hash(v, text, again) || memcmp(hash, again, sizeof hash) != 0)
		abort();
	if (good && (size != VAULT_TOKEN_TEXT || memcmp(data, "skt_", 4) != 0))
		abort();
	return 0;
}
