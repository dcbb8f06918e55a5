/*
 * vault/fold.h - one keyed hash over many values, as they are read.
 *
 * It tells whether two readings found the same values in the same order, and,
 * without the instance's key, nothing else: not even whether a guess is right.
 */
#ifndef SEKISHO_VAULT_FOLD_H
#define SEKISHO_VAULT_FOLD_H

#include "vault/vault.h"

enum { VAULT_FOLD = 32 };

struct vault_fold {
	unsigned char key[VAULT_FOLD];
	unsigned char sum[VAULT_FOLD];
};

/* Begins F with the key of V; to be ended with vault_fold_end. */
void vault_fold_begin(struct vault_fold *f, const struct vault *v);

/* Adds VALUE to F; where one value ends and the next begins counts. */
void vault_fold_add(struct vault_fold *f, struct str value);

/* Gives the hash of all that was added to F in OUT, unless that is NULL, and wipes F. */
void vault_fold_end(struct vault_fold *f, unsigned char out[VAULT_FOLD]);

#endif
