/*
 * The instance: its root key, the instance key that the root key wraps, and what
 * is derived from that.
 */
#include "vault/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "vault/codec.h"
#include "vault/inside.h"

enum {
	ROOT_FORMAT = 1,
	ROOT_HEAD = 2 + CRYPTO_SALT + 2 * 4, /* format, source, salt, passes, KiB */
	ROOT_SEALED = ROOT_HEAD + CRYPTO_NONCE + CRYPTO_KEY + CRYPTO_TAG,
	ROOT_AD = ROOT_HEAD + 16,
	SECRET_MAX = 4096, /* bytes of a key or passphrase file */
	FIXED_KEYS = 8,
};

/* A secret as its file holds it. */
struct secret {
	char text[SECRET_MAX];
	size_t n;
};

static void secret_wipe(struct secret *s)
{
	crypto_wipe(s, sizeof *s);
}

/* Reads all of FD, the file PATH, into S. */
static result secret_fill(int fd, const char *path, struct secret *s, struct error *e)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return error_set(e, CODE_IO, "%s is no regular file", path);
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0 || (st.st_uid != geteuid() && st.st_uid != 0))
		return error_set(e, CODE_KEY_MODE, "%s may be read by its owner only (chmod 600), who must be us", path);
	while ((n = read(fd, s->text + s->n, sizeof s->text - s->n)) != 0) {
		if (n < 0 && errno != EINTR)
			return error_set(e, CODE_IO, "%s: %s", path, strerror(errno));
		if (n > 0)
			s->n += (size_t)n;
		if (s->n == sizeof s->text)
			return error_set(e, CODE_KEY_INVALID, "%s is larger than a key", path);
	}
	return RESULT_OK;
}

static result secret_read(const char *path, struct secret *s, struct error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	result r;

	if (fd < 0)
		return error_set(e, CODE_IO, "%s: %s", path, strerror(errno));
	r = secret_fill(fd, path, s, e);
	close(fd);
	return r;
}

/* Derives the root key of C into *ROOT: from the file as it is, or by HEAD's salt and cost. */
static result root_key(const struct vault_config *c, const unsigned char head[ROOT_HEAD], struct crypto_key *root,
		       struct error *e)
{
	__attribute__((cleanup(secret_wipe))) struct secret s = {.n = 0};
	struct crypto_cost cost = {get_u32(head + 2 + CRYPTO_SALT), get_u32(head + 6 + CRYPTO_SALT)};
	struct str text;

	TRY(secret_read(c->path, &s, e));
	text = str_trim((struct str){s.text, s.n});
	if (c->source == KEY_PASSPHRASE) {
		if (text.n == 0)
			return error_set(e, CODE_KEY_INVALID, "%s holds no passphrase", c->path);
		return crypto_passphrase(text, head + 2, cost, root, e);
	}
	if (!hex_decode(text, root->b, sizeof root->b))
		return error_set(e, CODE_KEY_INVALID, "%s holds no key of 64 hex digits", c->path);
	return RESULT_OK;
}

/* Makes the key file of C unless there is one. */
static result root_file(const struct vault_config *c, struct error *e)
{
	CRYPTO_WIPED root;
	struct buf text;
	result r;

	if (c->source != KEY_FILE || access(c->path, F_OK) == 0)
		return RESULT_OK;
	buf_init(&text);
	c->entropy.fill(c->entropy.ctx, root.b, sizeof root.b);
	buf_hex(&text, root.b, sizeof root.b);
	buf_byte(&text, '\n');
	r = buf_ok(&text) ? file_write(c->path, text.p, text.n, S_IRUSR | S_IWUSR, e)
			  : error_set(e, CODE_OUT_OF_MEMORY, "no memory for the root key");
	buf_wipe(&text);
	return r;
}

static void root_ad(const struct uuid *instance, const unsigned char head[ROOT_HEAD], unsigned char ad[ROOT_AD])
{
	memcpy(ad, head, ROOT_HEAD);
	memcpy(ad + ROOT_HEAD, instance->b, 16);
}

static result vault_make(const struct vault_config *c, struct vault **out, struct error *e)
{
	struct vault *v;
	result r;

	*out = NULL;
	TRY(crypto_init(e));
	v = calloc(1, sizeof *v);
	if (!v)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the vault");
	r = key_slab_make(FIXED_KEYS + VAULT_KEKS, &v->slab, e);
	if (!ok(r)) {
		free(v);
		return r;
	}
	pthread_rwlock_init(&v->lock, NULL);
	v->clock = c->clock;
	v->entropy = c->entropy;
	v->instance_key = key_slab_take(v->slab);
	v->wrap_key = key_slab_take(v->slab);
	v->state_key = key_slab_take(v->slab);
	v->token_key = key_slab_take(v->slab);
	v->index_key = key_slab_take(v->slab);
	v->objection_key = key_slab_take(v->slab);
	v->text_key = key_slab_take(v->slab);
	*out = v;
	return RESULT_OK;
}

/* From the instance key: one key for each use. */
static void derive_keys(struct vault *v)
{
	crypto_derive(v->instance_key, "sk-wrap ", 1, v->wrap_key);
	crypto_derive(v->instance_key, "sk-state", 1, v->state_key);
	crypto_derive(v->instance_key, "sk-token", 1, v->token_key);
	crypto_derive(v->instance_key, "sk-index", 1, v->index_key);
	crypto_derive(v->instance_key, "sk-objec", 1, v->objection_key);
	crypto_derive(v->instance_key, "sk-text ", 1, v->text_key);
}

static result instance_insert(struct vault *v, struct db *d, const struct vault_config *c, struct error *e)
{
	struct crypto_cost cost = c->source == KEY_PASSPHRASE ? crypto_cost_new() : (struct crypto_cost){0};
	unsigned char sealed[ROOT_SEALED] = {ROOT_FORMAT, (unsigned char)c->source}, ad[ROOT_AD];
	struct db_stmt *s = db_stmt(d, SQL_VAULT_INSTANCE_INSERT, e);
	CRYPTO_WIPED root;

	if (!s)
		return RESULT_FAIL;
	if (c->source == KEY_PASSPHRASE)
		v->entropy.fill(v->entropy.ctx, sealed + 2, CRYPTO_SALT);
	put_u32(sealed + 2 + CRYPTO_SALT, cost.passes);
	put_u32(sealed + 6 + CRYPTO_SALT, cost.kib);
	TRY(root_key(c, sealed, &root, e));
	v->entropy.fill(v->entropy.ctx, sealed + ROOT_HEAD, CRYPTO_NONCE);
	root_ad(&v->instance, sealed, ad);
	crypto_seal(&root, sealed + ROOT_HEAD, (struct str){(const char *)ad, sizeof ad}, v->instance_key->b, CRYPTO_KEY,
		    sealed + ROOT_HEAD + CRYPTO_NONCE);
	db_bind_uuid(s, 1, &v->instance);
	db_bind_blob(s, 2, sealed, sizeof sealed);
	return db_run(s, e);
}

result vault_create(struct db *d, const struct vault_config *c, struct vault **out, struct error *e)
{
	struct vault *v;
	result r = RESULT_FAIL;

	TRY(vault_make(c, &v, e));
	v->instance = uuid_make(clock_now(&c->clock), &c->entropy);
	c->entropy.fill(c->entropy.ctx, v->instance_key->b, CRYPTO_KEY);
	derive_keys(v);
	TRY_OUT(root_file(c, e));
	TRY_OUT(instance_insert(v, d, c, e));
	TRY_OUT(vault_kek_insert(v, d, 1, e));
	TRY_OUT(vault_keys_reload(v, d, e));
	*out = v;
	return RESULT_OK;
out:
	vault_close(v);
	*out = NULL;
	return r;
}

/* Opens the instance key in the current row of S into V's. */
static result instance_key(struct vault *v, const struct vault_config *c, struct db_stmt *s, struct error *e)
{
	struct str sealed = db_blob(s, 1);
	const unsigned char *head = (const unsigned char *)sealed.p;
	unsigned char ad[ROOT_AD];
	CRYPTO_WIPED root;

	if (sealed.n != ROOT_SEALED || head[0] != ROOT_FORMAT || !db_uuid(s, 0, &v->instance))
		return error_set(e, CODE_INSTANCE_INVALID, "the database's instance is not as it was written");
	if (head[1] != (unsigned char)c->source)
		return error_set(e, CODE_KEY_INVALID, "this instance's root key comes from a %s",
				 head[1] == KEY_PASSPHRASE ? "passphrase" : "key file");
	TRY(root_key(c, head, &root, e));
	root_ad(&v->instance, head, ad);
	if (!crypto_open(&root, head + ROOT_HEAD, (struct str){(const char *)ad, sizeof ad},
			 str_sub(sealed, ROOT_HEAD + CRYPTO_NONCE, sealed.n), v->instance_key->b))
		return error_set(e, CODE_KEY_INVALID, "%s does not open this instance: it is another's", c->path);
	return RESULT_OK;
}

result vault_open(struct db *d, const struct vault_config *c, struct vault **out, struct error *e)
{
	struct db_stmt *s = NULL;
	struct vault *v;
	result r = RESULT_FAIL;
	bool row = false;

	TRY(vault_make(c, &v, e));
	s = db_stmt(d, SQL_VAULT_INSTANCE_LOAD, e);
	if (!s)
		goto out;
	TRY_OUT(db_step(s, &row, e));
	if (!row) {
		r = error_set(e, CODE_INSTANCE_INVALID, "the database holds no instance");
		goto out;
	}
	TRY_OUT(instance_key(v, c, s, e));
	db_reset(s);
	derive_keys(v);
	TRY_OUT(vault_keys_reload(v, d, e));
	*out = v;
	return RESULT_OK;
out:
	if (s)
		db_reset(s);
	vault_close(v);
	*out = NULL;
	return r;
}

void vault_close(struct vault *v)
{
	if (!v)
		return;
	pthread_rwlock_destroy(&v->lock);
	key_slab_free(v->slab);
	free(v);
}

const struct uuid *vault_instance(const struct vault *v)
{
	return &v->instance;
}
