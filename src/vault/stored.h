/*
 * vault/stored.h - what loading and changing share of the stored forms: inside the vault.
 */
#ifndef SEKISHO_VAULT_STORED_H
#define SEKISHO_VAULT_STORED_H

#include "crypto/crypto.h"
#include "vault/codec.h"
#include "vault/inside.h"

/* The MAC of the state BODY of SUBJECT in REVISION under V's key, into MAC. */
void state_mac(const struct vault *v, const struct uuid *subject, uint32_t revision, struct str body,
	       unsigned char mac[CRYPTO_MAC]);

/* The version that PERSON's state gives the record in CATEGORY; 0 when there is none. */
uint32_t person_record_version(const struct vault_person *person, uint32_t category);

/* An element of the blind index. */
typedef unsigned char index_hash[16];

/* The hash under which TEXT, normalized, is found as ITEM, into HASH. */
void index_hash_of(const struct vault *v, uint32_t item, struct str text, index_hash hash);

/* The hash of the contact value TEXT, normalized, of TYPE, into HASH. */
void objection_hash_of(const struct vault *v, uint32_t type, struct str text, index_hash hash);

#endif
