#include "access/check.h"

#include "crypto/crypto.h"
#include "vault/vault.h"

result access_check_keys(const struct instance *i, struct db *d, struct error *e)
{
	const struct vault_config c = {i->source, i->key, clock_system(), crypto_entropy()};
	struct vault *v = NULL;
	result r;

	TRY(crypto_init(e));
	r = vault_open(d, &c, &v, e);
	vault_close(v);
	return r;
}
