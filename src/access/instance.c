#include "access/instance.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "policy/yaml.h"

enum { CONFIG_MAX = 65536 };

static const char key_backups_default[] = "P30D";

result instance_default(const char *dir, struct instance *out, struct error *e)
{
	memset(out, 0, sizeof *out);
	TRY(path_join(out->dir, sizeof out->dir, dir, "", e));
	if (strlen(out->dir) > 1)
		out->dir[strlen(out->dir) - 1] = '\0';
	out->source = KEY_FILE;
	if (!duration_parse(str_of(key_backups_default), &out->key_backups))
		return error_set(e, CODE_INTERNAL, "the default keeping of key backups is no duration");
	TRY(path_join(out->database, sizeof out->database, out->dir, "sekisho.db", e));
	TRY(path_join(out->key, sizeof out->key, out->dir, "keys/root.key", e));
	TRY(path_join(out->log_key, sizeof out->log_key, out->dir, "keys/log.key", e));
	TRY(path_join(out->head, sizeof out->head, out->dir, "head", e));
	TRY(path_join(out->tiles, sizeof out->tiles, out->dir, "tiles", e));
	TRY(path_join(out->lock, sizeof out->lock, out->dir, "run/lock", e));
	return path_join(out->socket, sizeof out->socket, out->dir, "run/control.sock", e);
}

/* Copies the text under KEY of MAP into OUT of CAP bytes, when it is there; relative paths are the instance's. */
static result config_text(const struct node *map, const char *key, const char *dir, char *out, size_t cap, struct error *e)
{
	struct str text = node_text(map, key);

	if (text.n == 0)
		return RESULT_OK;
	if (dir && text.p[0] != '/' && !str_starts(text, STR("postgresql:")))
		return path_join(out, cap, dir, text.p, e);
	if (text.n >= cap)
		return error_at(e, CODE_INSTANCE_INVALID, key, "this text is too long");
	memcpy(out, text.p, text.n);
	out[text.n] = '\0';
	return RESULT_OK;
}

static result config_fail(const struct node *at, const char *what, struct error *e)
{
	struct buf where;
	result r;

	buf_init(&where);
	buf_printf(&where, "config.yaml:%u:%u", at ? at->at.line : 0, at ? at->at.column : 0);
	r = error_at(e, CODE_INSTANCE_INVALID, buf_c(&where), "%s", what);
	buf_free(&where);
	return r;
}

static result config_check_keys(const struct node *root, struct error *e)
{
	static const char *const known[] = {"sekisho_instance", "origin", "database", "key", "key_backups"};

	for (NODE_EACH(child, root)) {
		bool found = false;

		for (size_t i = 0; i < sizeof known / sizeof *known; i++)
			found = found || str_is(child->key, known[i]);
		if (!found)
			return config_fail(child, "unknown key; known are sekisho_instance, origin, database, key, key_backups", e);
	}
	return RESULT_OK;
}

static result config_key(const struct node *key, struct instance *out, struct error *e)
{
	if (!key)
		return RESULT_OK;
	if (key->kind != NODE_MAP || key->n != 1 || (!node_get(key, "file") && !node_get(key, "passphrase_file")))
		return config_fail(key, "key is {file: PATH} or {passphrase_file: PATH}", e);
	out->source = node_get(key, "file") ? KEY_FILE : KEY_PASSPHRASE;
	return config_text(key, out->source == KEY_FILE ? "file" : "passphrase_file", out->dir, out->key, sizeof out->key, e);
}

static result config_take(const struct node *root, struct instance *out, struct error *e)
{
	struct str keep = node_text(root, "key_backups");

	if (!root || root->kind != NODE_MAP || !str_is(node_text(root, "sekisho_instance"), "1"))
		return config_fail(root, "this is no configuration of an instance: `sekisho_instance: 1` is missing", e);
	TRY(config_check_keys(root, e));
	TRY(config_text(root, "origin", NULL, out->origin, sizeof out->origin, e));
	TRY(config_text(root, "database", out->dir, out->database, sizeof out->database, e));
	if (out->origin[0] == '\0')
		return config_fail(root, "origin is missing: HOST/PATH, the name of the log", e);
	if (keep.n && !duration_parse(keep, &out->key_backups))
		return config_fail(node_get(root, "key_backups"), "key_backups is a duration such as P30D", e);
	return config_key(node_get(root, "key"), out, e);
}

result instance_read(const char *dir, struct instance *out, struct error *e)
{
	char path[PATH_MAX];
	struct findings findings;
	struct node *root = NULL;
	struct arena arena;
	struct buf text;
	result r = RESULT_FAIL;

	findings_init(&findings);
	arena_init(&arena, 0, false);
	buf_init(&text);
	TRY_OUT(instance_default(dir, out, e));
	TRY_OUT(path_join(path, sizeof path, out->dir, "config.yaml", e));
	if (!ok(file_read(path, CONFIG_MAX, &text, NULL))) {
		r = error_at(e, CODE_INSTANCE_INVALID, path, "this is no instance: config.yaml cannot be read");
		goto out;
	}
	TRY_OUT(yaml_read(&arena, "config.yaml", buf_view(&text), &findings, &root, e));
	if (findings.count[SEVERITY_ERROR])
		r = error_at(e, CODE_INSTANCE_INVALID, path, "line %u: %s", findings.list[0].at.line, findings.list[0].message.p);
	else
		r = config_take(root, out, e);
out:
	buf_free(&text);
	arena_free(&arena);
	findings_free(&findings);
	return r;
}

/* PATH as config.yaml names it: relative when it lies inside the instance, so that the directory can be moved. */
static struct str config_path(const struct instance *i, const char *path)
{
	size_t n = strlen(i->dir);

	if (strncmp(path, i->dir, n) == 0 && path[n] == '/')
		return str_of(path + n + 1);
	return str_of(path);
}

result instance_write(const struct instance *i, struct error *e)
{
	char path[PATH_MAX];
	struct buf b;
	result r;

	TRY(path_join(path, sizeof path, i->dir, "config.yaml", e));
	buf_init(&b);
	buf_text(&b, "# What this instance is; no secrets. Paths that are not absolute are inside this directory.\n"
		     "sekisho_instance: 1\norigin: ");
	buf_json(&b, str_of(i->origin));
	buf_text(&b, "\ndatabase: ");
	buf_json(&b, config_path(i, i->database));
	buf_text(&b, i->source == KEY_FILE ? "\nkey: {file: " : "\nkey: {passphrase_file: ");
	buf_json(&b, config_path(i, i->key));
	buf_text(&b, "}\n# how long your backups of the keys are kept: erasure certificates count with it\nkey_backups: ");
	duration_write(&b, i->key_backups);
	buf_byte(&b, '\n');
	r = buf_ok(&b) ? file_write(path, b.p, b.n, 0600, e) : error_set(e, CODE_OUT_OF_MEMORY, "no memory");
	buf_free(&b);
	return r;
}

result instance_lock(const struct instance *i, int *fd, struct error *e)
{
	char run[PATH_MAX];
	bool busy;

	TRY(path_join(run, sizeof run, i->dir, "run", e));
	TRY(file_make_dir(run, e));
	*fd = open(i->lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*fd < 0)
		return error_at(e, CODE_IO, i->lock, "the lock cannot be opened");
	if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
		return RESULT_OK;
	busy = errno == EWOULDBLOCK;
	(void)close(*fd); /* ignored: nothing was written */
	*fd = -1;
	if (busy)
		return error_at(e, CODE_INSTANCE_BUSY, i->dir, "another process has this instance open");
	return error_at(e, CODE_IO, i->lock, "the lock cannot be taken");
}

void instance_remove(const struct instance *i)
{
	static const char *const names[] = {"keys/root.key", "keys/log.key", "sekisho.db", "sekisho.db-wal", "sekisho.db-shm",
					    "head",	     "run/lock",     "config.yaml", "keys",	    "run", ""};
	char path[PATH_MAX];

	for (size_t k = 0; k < sizeof names / sizeof *names; k++)
		if (ok(path_join(path, sizeof path, i->dir, names[k], NULL)))
			(void)remove(path); /* ignored: what is not there or not empty stays */
}
