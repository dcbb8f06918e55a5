#include "test.h"

#include "crypto/hash.h"

static void expect_hash(const struct str *parts, size_t count, const char *hex)
{
	unsigned char out[HASH_SIZE], expected[HASH_SIZE];

	assert_true(hex_decode(str_of(hex), expected, sizeof expected));
	hash_sha256_parts(parts, count, out);
	assert_memory_equal(out, expected, sizeof out);
}

/* FIPS 180-4, the examples of its hash */
static void known_texts_have_their_hash(void **state)
{
	const struct str abc[] = {{"abc", 3}}, split[] = {{"a", 1}, {NULL, 0}, {"bc", 2}};
	const struct str two[] = {STR("abcdbcdecdefdefgefghfghighijhijk"), STR("ijkljklmklmnlmnomnopnopq")};
	unsigned char out[HASH_SIZE], expected[HASH_SIZE];

	(void)state;
	expect_hash(NULL, 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	expect_hash(abc, 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	expect_hash(split, 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	expect_hash(two, 2, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	hash_sha256("abc", 3, out);
	hash_sha256_parts(abc, 1, expected);
	assert_memory_equal(out, expected, sizeof out);
}

static void output_may_be_the_input(void **state)
{
	unsigned char same[HASH_SIZE] = {1, 2, 3}, other[HASH_SIZE] = {1, 2, 3}, out[HASH_SIZE];

	(void)state;
	hash_sha256(other, sizeof other, out);
	hash_sha256(same, sizeof same, same);
	assert_memory_equal(same, out, sizeof out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_texts_have_their_hash),
		cmocka_unit_test(output_may_be_the_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
