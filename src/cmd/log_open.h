/*
 * cmd/log_open.h - an instance's evidence, opened for reading only: also while a server has the instance.
 */
#ifndef SEKISHO_CMD_LOG_OPEN_H
#define SEKISHO_CMD_LOG_OPEN_H

#include "access/instance.h"
#include "evidence/nodes.h"

struct log_opened {
	struct instance instance;
	unsigned char pub[SIGN_PUBLIC]; /* of the instance's signing key */
	struct db *db;
	struct log_head head; /* of the generation that was asked for */
	struct note_key key;  /* that signs it; its name is the head's origin */
	char tiles[PATH_MAX]; /* the folder of the generation's tiles */
	struct log_reader *reader;
	struct log_nodes *nodes;
};

/*
 * Opens into L the log of generation GENERATION (0: the current one) of the
 * instance in DIR, in a read transaction; to be closed, on failure too.  Nothing
 * is verified.  Fails with instance_invalid, key_invalid, no_such_resource,
 * log_corrupt, database, io, out_of_memory.
 */
result log_opened_open(struct log_opened *l, const char *dir, uint64_t generation, struct error *e);

/* Closes L. */
void log_opened_close(struct log_opened *l);

/* Reads the public half of I's signing key into PUB.  Fails with io, key_invalid. */
result log_public_key(const struct instance *i, unsigned char pub[SIGN_PUBLIC], struct error *e);

/*
 * Reads GIVEN, a verifier key or a file that holds one, into *OUT, which points into
 * TEXT; TEXT is made empty by the caller and freed after the key.  Fails with
 * usage, io.
 */
result log_vkey_read(const char *given, struct buf *text, struct note_key *out, struct error *e);

#endif
