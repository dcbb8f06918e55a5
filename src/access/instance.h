/*
 * access/instance.h - an instance is a directory.
 *
 *   config.yaml        what it is: id, origin, where database and root key are (no secrets)
 *   keys/root.key      the root key (0600), unless config.yaml names another file or a passphrase
 *   keys/log.key       the log's signing key, sealed under the instance key (0600)
 *   sekisho.db         the database, unless config.yaml names one
 *   head               the highest head of the log that is known (evidence/log.h)
 *   tiles/             the log's tiles, derived
 *   policy/<version>/  the published policies, for reading; the database has them too
 *   run/               lock and control socket of the process that has it open
 */
#ifndef SEKISHO_ACCESS_INSTANCE_H
#define SEKISHO_ACCESS_INSTANCE_H

#include <limits.h>

#include "base/clock.h"
#include "base/result.h"
#include "policy/finding.h"
#include "vault/vault.h"

enum { INSTANCE_ORIGIN = 200 };

struct instance {
	char dir[PATH_MAX];
	char database[PATH_MAX]; /* path or URL */
	char origin[INSTANCE_ORIGIN + 1]; /* of the log, without its generation */
	char key[PATH_MAX];	 /* of the root key or passphrase file */
	enum key_source source;
	char log_key[PATH_MAX], head[PATH_MAX], tiles[PATH_MAX], lock[PATH_MAX], socket[PATH_MAX];
	struct duration key_backups; /* how long backups of the keys are kept: what erasure certificates count with */
};

/*
 * Fills *OUT with the paths of an instance in DIR as they are by default.  Fails
 * with too_large (a path).
 */
result instance_default(const char *dir, struct instance *out, struct error *e);

/* Reads DIR's config.yaml into *OUT.  Fails with instance_invalid (place and what would be right), io, out_of_memory. */
result instance_read(const char *dir, struct instance *out, struct error *e);

/* Writes I's config.yaml.  Fails with io, out_of_memory. */
result instance_write(const struct instance *i, struct error *e);

/* Takes I's lock for this process: *FD, the caller's to close.  Fails with instance_busy, io. */
result instance_lock(const struct instance *i, int *fd, struct error *e);

/* Removes what a failed making left of I: only files that an instance is made of, and never a database elsewhere. */
void instance_remove(const struct instance *i);

#endif
