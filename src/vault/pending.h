/*
 * vault/pending.h - a change as it waits to be stored: inside the vault.
 */
#ifndef SEKISHO_VAULT_PENDING_H
#define SEKISHO_VAULT_PENDING_H

#include "vault/change.h"
#include "vault/stored.h"

/* One row to add to or take from an index. */
struct pending_hash {
	struct pending_hash *next;
	const struct policy_item *unique; /* set: no other person may have it */
	uint32_t item;
	index_hash hash;
};

struct pending_old {
	struct pending_old *next;
	struct vault_old_value old;
};

struct pending_record {
	struct pending_record *next;
	const struct vault_record *old;
	struct vault_record now; /* without writes of its own */
	bool erase;
	bool renew;		    /* generation, epoch and key are new */
	bool clear_history;	    /* before HISTORY goes in */
	struct pending_old *history; /* to be inserted */
	const uint32_t *blinded;    /* items whose outside keys go */
	size_t n_blinded;
	struct str items; /* the blob */
};

enum pending_end { PENDING_OPEN, PENDING_STATE, PENDING_ERASED };

struct vault_change {
	struct vault *vault;
	struct arena *arena;
	const struct vault_person *person;
	struct pending_record *records;
	struct pending_hash *adds, *removes;
	struct pending_hash *contacts;	 /* of a new person: looked for among the objections */
	struct pending_hash *objections; /* to be left */
	enum pending_end end;
	struct str state; /* body and MAC */
};

/* The type whose rules hold for one element of ITEM. */
enum item_type element_type(const struct policy_item *item);

/* The hashes of one value. */
struct hash_set {
	index_hash *hashes;
	size_t n;
};

/*
 * Hashes each element of JSON as ITEM with V's keys into *OUT, in A, each once.
 * Fails with item_invalid (an element that is nothing once normalized),
 * out_of_memory.
 */
result hashes_of(const struct vault *v, const struct policy_item *item, struct str json, struct arena *a,
		 struct hash_set *out, struct error *e);

/* Puts in front of *LIST, in A, the hash by V of each contact value of ITEM in JSON.  Fails with out_of_memory. */
result contacts_of(const struct vault *v, const struct policy_item *item, struct str json, struct arena *a,
		   struct pending_hash **list, struct error *e);

/* Puts in front of *LIST, in A, a row of ITEM and HASH.  Fails with out_of_memory. */
result pending_hash_add(struct arena *a, uint32_t item, const index_hash hash, struct pending_hash **list,
			struct error *e);

#endif
