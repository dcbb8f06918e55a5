#include "evidence/merkle.h"

#include <string.h>

#include "crypto/crypto.h"

bool merkle_hash_eq(const struct merkle_hash *a, const struct merkle_hash *b)
{
	return crypto_equal(a->b, b->b, sizeof a->b);
}

void merkle_leaf(struct str entry, struct merkle_hash *out)
{
	hash_sha256_parts((struct str[]){{"\0", 1}, entry}, 2, out->b);
}

void merkle_node(const struct merkle_hash *left, const struct merkle_hash *right, struct merkle_hash *out)
{
	unsigned char both[1 + 2 * HASH_SIZE];

	both[0] = 1;
	memcpy(both + 1, left->b, HASH_SIZE);
	memcpy(both + 1 + HASH_SIZE, right->b, HASH_SIZE);
	hash_sha256(both, sizeof both, out->b);
}

void merkle_fold(struct merkle_hash *hashes, size_t count, struct merkle_hash *out)
{
	for (; count > 1; count /= 2)
		for (size_t i = 0; i < count / 2; i++)
			merkle_node(&hashes[2 * i], &hashes[2 * i + 1], &hashes[i]);
	*out = hashes[0];
}

void merkle_range_init(struct merkle_range *r)
{
	r->size = 0;
	r->count = 0;
}

void merkle_range_add(struct merkle_range *r, const struct merkle_hash *leaf)
{
	struct merkle_hash h = *leaf;

	/* as a binary counter carries: each one at the end of the size is a subtree that this leaf completes */
	for (uint64_t carry = r->size; carry & 1; carry >>= 1)
		merkle_node(&r->at[--r->count], &h, &h);
	r->at[r->count++] = h;
	r->size++;
}

void merkle_range_root(const struct merkle_range *r, struct merkle_hash *out)
{
	if (r->count == 0) {
		hash_sha256(NULL, 0, out->b);
		return;
	}
	*out = r->at[r->count - 1];
	for (unsigned i = r->count - 1; i-- > 0;)
		merkle_node(&r->at[i], out, out);
}

struct str merkle_range_bytes(const struct merkle_range *r)
{
	return (struct str){(const char *)r->at, (size_t)r->count * HASH_SIZE};
}

bool merkle_range_read(struct merkle_range *r, uint64_t size, struct str bytes)
{
	unsigned count = (unsigned)__builtin_popcountll(size);

	if (size >= MERKLE_SIZE_MAX || bytes.n != (size_t)count * HASH_SIZE)
		return false;
	r->size = size;
	r->count = count;
	if (count)
		memcpy(r->at, bytes.p, bytes.n);
	return true;
}

/* The smallest power of two that N (from 1) fits in. */
static uint64_t power_for(uint64_t n)
{
	return n <= 1 ? 1 : UINT64_C(1) << (64 - __builtin_clzll(n - 1));
}

static bool subtree_valid(uint64_t start, uint64_t end)
{
	return start < end && end < MERKLE_SIZE_MAX && start % power_for(end - start) == 0;
}

bool merkle_included(uint64_t index, uint64_t start, uint64_t end, const struct merkle_hash *leaf,
		     const struct merkle_proof *p, const struct merkle_hash *root)
{
	uint64_t fn, sn;
	struct merkle_hash r = *leaf;

	if (!subtree_valid(start, end) || index < start || index >= end)
		return false;
	/* RFC 9162 section 2.1.3.2 */
	fn = index - start;
	sn = end - start - 1;
	for (unsigned i = 0; i < p->count; i++) {
		if (sn == 0)
			return false;
		if (fn & 1 || fn == sn) {
			merkle_node(&p->at[i], &r, &r);
			while (!(fn & 1) && fn) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			merkle_node(&r, &p->at[i], &r);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && merkle_hash_eq(&r, root);
}

/* The three numbers that go up the tree together: first and last leaf of the part, last leaf of the whole. */
struct climb {
	uint64_t fn;
	uint64_t sn;
	uint64_t tn;
};

static void up(struct climb *c)
{
	c->fn >>= 1;
	c->sn >>= 1;
	c->tn >>= 1;
}

bool merkle_consistent(const struct merkle_span *part, uint64_t size, const struct merkle_proof *p,
		       const struct merkle_hash *root)
{
	struct climb c;
	struct merkle_hash fr, sr;
	unsigned i = 0;

	if (part->start == part->end) {
		struct merkle_hash empty;

		hash_sha256(NULL, 0, empty.b);
		return part->end <= size && p->count == 0 && merkle_hash_eq(&part->root, &empty);
	}
	if (!subtree_valid(part->start, part->end) || part->end > size || size >= MERKLE_SIZE_MAX)
		return false;
	/* RFC 9162 section 2.1.4.2, with the first leaf of the part where that has 0 */
	c = (struct climb){part->start, part->end - 1, size - 1};
	if (c.sn == c.tn)
		while (c.fn != c.sn)
			up(&c);
	else
		while (c.fn != c.sn && c.sn & 1)
			up(&c);
	if (c.fn == c.sn) {
		fr = sr = part->root;
	} else {
		if (p->count == 0)
			return false;
		fr = sr = p->at[i++];
	}
	for (; i < p->count; i++) {
		if (c.tn == 0)
			return false;
		if (c.sn & 1 || c.sn == c.tn) {
			if (c.fn < c.sn)
				merkle_node(&p->at[i], &fr, &fr);
			merkle_node(&p->at[i], &sr, &sr);
			while (!(c.sn & 1) && c.sn)
				up(&c);
		} else {
			merkle_node(&sr, &p->at[i], &sr);
		}
		up(&c);
	}
	return c.tn == 0 && merkle_hash_eq(&fr, &part->root) && merkle_hash_eq(&sr, root);
}

bool merkle_continues(const struct merkle_span *old, uint64_t size, const struct merkle_proof *p,
		      const struct merkle_hash *root)
{
	if (old->start != 0 || (old->end == 0 && size != 0) || (old->end == size && !merkle_hash_eq(&old->root, root)))
		return false;
	return merkle_consistent(old, size, p, root);
}

/* The root of the leaves FROM to TO - 1, a subtree, into OUT: complete subtrees, joined from the right. */
static result span_root(const struct merkle_source *s, uint64_t from, uint64_t to, struct merkle_hash *out,
			struct error *e)
{
	struct merkle_range parts = {.count = 0};

	while (from < to) {
		unsigned height = 63 - (unsigned)__builtin_clzll(to - from);

		TRY(s->node(s->ctx, height, from >> height, &parts.at[parts.count], e));
		parts.count++;
		from += UINT64_C(1) << height;
	}
	merkle_range_root(&parts, out);
	return RESULT_OK;
}

result merkle_root(const struct merkle_source *s, uint64_t size, struct merkle_hash *out, struct error *e)
{
	return span_root(s, 0, size, out, e);
}

/*
 * The way down from the whole tree of TO leaves towards leaf (or old size) AT:
 * the siblings are met from the top, a proof has them from the bottom.
 */
static void reverse(struct merkle_proof *p)
{
	for (unsigned i = 0; i < p->count / 2; i++) {
		struct merkle_hash h = p->at[i];

		p->at[i] = p->at[p->count - 1 - i];
		p->at[p->count - 1 - i] = h;
	}
}

result merkle_prove_inclusion(const struct merkle_source *s, uint64_t index, uint64_t size, struct merkle_proof *p,
			      struct error *e)
{
	uint64_t from = 0, to = size;

	p->count = 0;
	if (index >= size || size >= MERKLE_SIZE_MAX)
		return error_set(e, CODE_MALFORMED, "entry %llu is not in a log of %llu entries",
				 (unsigned long long)index, (unsigned long long)size);
	while (to - from > 1) {
		uint64_t mid = from + power_for(to - from) / 2;
		bool left = index < mid;

		TRY(span_root(s, left ? mid : from, left ? to : mid, &p->at[p->count], e));
		p->count++;
		if (left)
			to = mid;
		else
			from = mid;
	}
	reverse(p);
	return RESULT_OK;
}

result merkle_prove_consistency(const struct merkle_source *s, uint64_t old, uint64_t size, struct merkle_proof *p,
				struct error *e)
{
	uint64_t from = 0, to = size;

	p->count = 0;
	if (old > size || size >= MERKLE_SIZE_MAX)
		return error_set(e, CODE_MALFORMED, "a log of %llu entries has no beginning of %llu",
				 (unsigned long long)size, (unsigned long long)old);
	if (old == 0)
		return RESULT_OK;
	while (to != old) {
		uint64_t mid = from + power_for(to - from) / 2;
		bool left = old <= mid;

		TRY(span_root(s, left ? mid : from, left ? to : mid, &p->at[p->count], e));
		p->count++;
		if (left)
			to = mid;
		else
			from = mid;
	}
	/* what is left is wholly old; its root is known to whoever has the old root when it is the whole old tree */
	if (from != 0) {
		TRY(span_root(s, from, to, &p->at[p->count], e));
		p->count++;
	}
	reverse(p);
	return RESULT_OK;
}
