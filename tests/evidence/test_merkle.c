#include "test.h"

#include <dirent.h>
#include <jansson.h>
#include <string.h>

#include "evidence/merkle.h"

enum { NAIVE_MAX = 300, VECTORS = 518 };

static struct merkle_hash leaves[NAIVE_MAX];

/* The root of the leaves FROM to TO - 1, as RFC 6962 section 2.1 defines it. */
static struct merkle_hash naive_root(size_t from, size_t to)
{
	struct merkle_hash left, right, out;
	size_t k = 1;

	if (from == to) {
		hash_sha256("", 0, out.b);
		return out;
	}
	if (to - from == 1)
		return leaves[from];
	while (k * 2 < to - from)
		k *= 2;
	left = naive_root(from, from + k);
	right = naive_root(from + k, to);
	merkle_node(&left, &right, &out);
	return out;
}

/* A source that only has the complete subtrees of a log of SIZE leaves. */
static result naive_node(void *ctx, unsigned height, uint64_t index, struct merkle_hash *out, struct error *e)
{
	size_t size = *(size_t *)ctx;
	uint64_t from = index << height, to = (index + 1) << height;

	if (to > size)
		return error_set(e, CODE_INTERNAL, "there is no such subtree");
	*out = naive_root((size_t)from, (size_t)to);
	return RESULT_OK;
}

static int make_leaves(void **state)
{
	(void)state;
	for (size_t i = 0; i < NAIVE_MAX; i++) {
		char entry[16];
		int n = snprintf(entry, sizeof entry, "entry %zu", i);

		merkle_leaf((struct str){entry, (size_t)n}, &leaves[i]);
	}
	return 0;
}

static void roots_are_those_of_rfc_6962(void **state)
{
	static const char *const entries[] = {"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
					      "606162636465666768696a6b6c6d6e6f"};
	static const char *const roots[] = {
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	};
	struct merkle_range r;

	(void)state;
	merkle_range_init(&r);
	for (size_t i = 0;; i++) {
		struct merkle_hash root, expected, leaf;
		unsigned char entry[16];
		size_t n;

		merkle_range_root(&r, &root);
		assert_true(hex_decode(str_of(roots[i]), expected.b, sizeof expected.b));
		assert_true(merkle_hash_eq(&root, &expected));
		if (i == sizeof entries / sizeof *entries)
			break;
		n = strlen(entries[i]) / 2;
		assert_true(hex_decode(str_of(entries[i]), entry, n));
		merkle_leaf((struct str){(char *)entry, n}, &leaf);
		merkle_range_add(&r, &leaf);
	}
}

static void range_gives_the_root_of_every_size(void **state)
{
	struct merkle_range r, again;

	(void)state;
	merkle_range_init(&r);
	for (size_t n = 0; n < NAIVE_MAX; n++) {
		struct merkle_hash root, expected = naive_root(0, n), sourced;
		struct merkle_source s = {naive_node, &n};
		struct error e = {0};

		merkle_range_root(&r, &root);
		assert_true(merkle_hash_eq(&root, &expected));
		assert_ok(merkle_root(&s, n, &sourced, &e), &e);
		assert_true(merkle_hash_eq(&sourced, &expected));
		assert_true(merkle_range_read(&again, n, merkle_range_bytes(&r)));
		merkle_range_root(&again, &root);
		assert_true(merkle_hash_eq(&root, &expected));
		assert_false(merkle_range_read(&again, n + 1, merkle_range_bytes(&r)) && again.count != r.count);
		merkle_range_add(&r, &leaves[n]);
	}
}

static void every_inclusion_is_proved_and_no_other(void **state)
{
	(void)state;
	for (size_t n = 1; n < NAIVE_MAX; n += n < 70 ? 1 : 13) {
		struct merkle_hash root = naive_root(0, n);
		struct merkle_source s = {naive_node, &n};

		for (size_t i = 0; i < n; i++) {
			struct merkle_proof p;
			struct error e = {0};

			assert_ok(merkle_prove_inclusion(&s, i, n, &p, &e), &e);
			assert_true(merkle_included(i, 0, n, &leaves[i], &p, &root));
			if (n == 1)
				continue;
			assert_false(merkle_included((i + 1) % n, 0, n, &leaves[i], &p, &root));
			assert_false(merkle_included(i, 0, n, &leaves[(i + 1) % n], &p, &root));
			p.at[i % p.count].b[i % HASH_SIZE] ^= 1;
			assert_false(merkle_included(i, 0, n, &leaves[i], &p, &root));
			p.at[i % p.count].b[i % HASH_SIZE] ^= 1;
			p.count--;
			assert_false(merkle_included(i, 0, n, &leaves[i], &p, &root));
		}
	}
}

static void every_older_tree_is_proved_and_no_other(void **state)
{
	(void)state;
	for (size_t n = 0; n < NAIVE_MAX; n += n < 70 ? 1 : 13) {
		struct merkle_hash root = naive_root(0, n);
		struct merkle_source s = {naive_node, &n};

		for (size_t old = 0; old <= n; old++) {
			struct merkle_span part = {0, old, naive_root(0, old)};
			struct merkle_proof p;
			struct error e = {0};

			assert_ok(merkle_prove_consistency(&s, old, n, &p, &e), &e);
			assert_int_equal(merkle_continues(&part, n, &p, &root), old > 0 || n == 0);
			part.root.b[old % HASH_SIZE] ^= 4;
			assert_false(merkle_continues(&part, n, &p, &root));
			part.root.b[old % HASH_SIZE] ^= 4;
			if (p.count == 0)
				continue;
			p.at[old % p.count].b[0] ^= 1;
			assert_false(merkle_continues(&part, n, &p, &root));
			p.at[old % p.count].b[0] ^= 1;
			p.count--;
			assert_false(merkle_continues(&part, n, &p, &root));
		}
	}
}

static void what_is_not_there_has_no_proof(void **state)
{
	size_t n = 7;
	struct merkle_source s = {naive_node, &n};
	struct merkle_proof p;
	struct error e = {0};

	(void)state;
	assert_fails(merkle_prove_inclusion(&s, 7, 7, &p, &e), &e, CODE_MALFORMED);
	assert_fails(merkle_prove_inclusion(&s, 0, 0, &p, &e), &e, CODE_MALFORMED);
	assert_fails(merkle_prove_consistency(&s, 8, 7, &p, &e), &e, CODE_MALFORMED);
	assert_fails(merkle_prove_inclusion(&s, 6, 8, &p, &e), &e, CODE_INTERNAL);
}

static void fold_of_a_whole_tile_is_its_root(void **state)
{
	struct merkle_hash tile[256], root, expected = naive_root(0, 256);

	(void)state;
	memcpy(tile, leaves, sizeof tile);
	merkle_fold(tile, 256, &root);
	assert_true(merkle_hash_eq(&root, &expected));
}

/* The hash that KEY of the vector V gives; false when it has not the length of one. */
static bool vector_hash(json_t *v, struct merkle_hash *out)
{
	size_t n;

	return base64_decode(str_of(json_string_value(v)), out->b, sizeof out->b, &n) && n == sizeof out->b;
}

/* As vector_hash; what is too short, as some roots are whose value does not matter, has zeros behind it. */
static bool vector_root(json_t *v, struct merkle_hash *out)
{
	size_t n;

	memset(out, 0, sizeof *out);
	return base64_decode(str_of(json_string_value(v)), out->b, sizeof out->b, &n);
}

static bool vector_proof(json_t *v, struct merkle_proof *p)
{
	json_t *one;
	size_t i;

	p->count = 0;
	json_array_foreach(v, i, one)
		if (i >= MERKLE_PROOF_MAX || !vector_hash(one, &p->at[p->count++]))
			return false;
	return true;
}

/* The number that KEY of V gives, or OTHER when it has none; what is no size here is one that is too large. */
static uint64_t vector_number(json_t *v, const char *key, uint64_t other)
{
	json_t *number = json_object_get(v, key);
	double d;

	if (!number)
		return other;
	d = json_number_value(number);
	return d < 0 || d >= (double)MERKLE_SIZE_MAX ? MERKLE_SIZE_MAX : (uint64_t)d;
}

static bool vector_holds(json_t *v)
{
	struct merkle_hash root, leaf;
	struct merkle_proof p;
	struct merkle_span part;

	if (!vector_proof(json_object_get(v, "proof"), &p))
		return false;
	if (json_object_get(v, "leafHash"))
		return vector_root(json_object_get(v, "root"), &root) &&
		       vector_hash(json_object_get(v, "leafHash"), &leaf) &&
		       merkle_included(vector_number(v, "leafIdx", 0), vector_number(v, "start", 0),
				       vector_number(v, "end", vector_number(v, "treeSize", 0)), &leaf, &p, &root);
	part.start = vector_number(v, "start", 0);
	part.end = vector_number(v, "end", vector_number(v, "size1", 0));
	if (!vector_root(json_object_get(v, "root1"), &part.root) ||
	    !vector_root(json_object_get(v, "root2"), &root))
		return false;
	if (json_object_get(v, "size1"))
		return merkle_continues(&part, vector_number(v, "size2", 0), &p, &root);
	return merkle_consistent(&part, vector_number(v, "size", 0), &p, &root);
}

static void run_vector(const char *path)
{
	json_error_t why;
	json_t *v = json_load_file(path, JSON_DECODE_INT_AS_REAL, &why);

	if (!v)
		fail_msg("%s: %s", path, why.text);
	assert_true(json_is_boolean(json_object_get(v, "wantErr")));
	if (vector_holds(v) == json_is_true(json_object_get(v, "wantErr")))
		fail_msg("%s: %s: wrong verdict", path, json_string_value(json_object_get(v, "desc")));
	json_decref(v);
}

/* Runs the vectors under DIR and says how many. */
static unsigned run_vectors(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *one;
	unsigned n = 0;

	assert_non_null(d);
	while ((one = readdir(d)) != NULL) {
		char path[1024];

		if (one->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", dir, one->d_name);
		if (one->d_type == DT_DIR) {
			n += run_vectors(path);
		} else {
			run_vector(path);
			n++;
		}
	}
	closedir(d);
	return n;
}

static void published_vectors_get_their_verdict(void **state)
{
	(void)state;
	assert_int_equal(run_vectors(TEST_SOURCE_DIR "/data/tlog/testdata"), VECTORS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roots_are_those_of_rfc_6962),
		cmocka_unit_test(range_gives_the_root_of_every_size),
		cmocka_unit_test(every_inclusion_is_proved_and_no_other),
		cmocka_unit_test(every_older_tree_is_proved_and_no_other),
		cmocka_unit_test(what_is_not_there_has_no_proof),
		cmocka_unit_test(fold_of_a_whole_tile_is_its_root),
		cmocka_unit_test(published_vectors_get_their_verdict),
	};

	return cmocka_run_group_tests(tests, make_leaves, NULL);
}
