#include "test.h"

#include "crypto/sign.h"

/* RFC 8032 section 7.1, tests 1 and 3 */
static const struct {
	const char *seed;
	const char *pub;
	struct str text;
	const char *signature;
} vectors[] = {
	{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
	 "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
	 {"", 0},
	 "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24"
	 "655141438e7a100b"},
	{"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
	 "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
	 {"\xaf\x82", 2},
	 "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28d"
	 "c027beceea1ec40a"},
};

static void published_keys_give_their_signatures(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		unsigned char seed[SIGN_SEED], pub[SIGN_PUBLIC], expected[SIGN_SIGNATURE], made[SIGN_SIGNATURE];
		struct sign_key k;

		assert_true(hex_decode(str_of(vectors[i].seed), seed, sizeof seed));
		assert_true(hex_decode(str_of(vectors[i].pub), pub, sizeof pub));
		assert_true(hex_decode(str_of(vectors[i].signature), expected, sizeof expected));
		sign_key_of(&k, seed);
		assert_memory_equal(k.pub, pub, sizeof pub);
		sign_make(&k, vectors[i].text, made);
		assert_memory_equal(made, expected, sizeof made);
		assert_true(sign_verify(pub, vectors[i].text, made));
		made[i] ^= 1;
		assert_false(sign_verify(pub, vectors[i].text, made));
		made[i] ^= 1;
		assert_false(sign_verify(pub, STR("another text"), made));
		pub[0] ^= 1;
		assert_false(sign_verify(pub, vectors[i].text, made));
	}
}

static void new_key_signs_and_is_wiped(void **state)
{
	static const struct sign_key zero;
	struct entropy machine;
	struct sign_key k, other;
	unsigned char signature[SIGN_SIGNATURE];
	struct error e = {0};

	(void)state;
	assert_ok(crypto_init(&e), &e);
	machine = crypto_entropy();
	sign_key_new(&k, &machine);
	sign_key_new(&other, &machine);
	assert_memory_not_equal(k.pub, other.pub, sizeof k.pub);
	sign_make(&k, STR("text"), signature);
	assert_true(sign_verify(k.pub, STR("text"), signature));
	assert_false(sign_verify(other.pub, STR("text"), signature));
	sign_key_wipe(&k);
	assert_memory_equal(&k, &zero, sizeof k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_keys_give_their_signatures),
		cmocka_unit_test(new_key_signs_and_is_wiped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
