#include "vault/fold.h"

#include <string.h>

#include "vault/inside.h"

void vault_fold_begin(struct vault_fold *f, const struct vault *v)
{
	CRYPTO_WIPED key;

	crypto_derive(v->instance_key, "sk-fold ", 1, &key);
	memcpy(f->key, key.b, sizeof f->key);
	memset(f->sum, 0, sizeof f->sum);
}

void vault_fold_add(struct vault_fold *f, struct str value)
{
	const struct str parts[] = {{(const char *)f->sum, sizeof f->sum}, value};
	unsigned char next[VAULT_FOLD];

	crypto_mac(f->key, sizeof f->key, parts, 2, next, sizeof next);
	memcpy(f->sum, next, sizeof f->sum);
}

void vault_fold_end(struct vault_fold *f, unsigned char out[VAULT_FOLD])
{
	if (out)
		memcpy(out, f->sum, sizeof f->sum);
	crypto_wipe(f, sizeof *f);
}
