#include "test.h"

#include <string.h>

#include "crypto/crypto.h"
#include "crypto/slab.h"

static struct str hex(const char *text, unsigned char *out)
{
	size_t n = strlen(text) / 2;

	assert_true(hex_decode(str_of(text), out, n));
	return (struct str){(const char *)out, n};
}

/* draft-irtf-cfrg-xchacha-03, appendix A.3.1 */
static void a_seal_is_xchacha20_poly1305_as_published(void **state)
{
	static const char text[] = "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for "
				   "the future, sunscreen would be it.";
	unsigned char ad[12], nonce[24], tag[16], out[sizeof text - 1 + CRYPTO_TAG];
	struct crypto_key key;

	(void)state;
	hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f", key.b);
	hex("404142434445464748494a4b4c4d4e4f5051525354555657", nonce);
	hex("c0875924c1c7987947deafd8780acf49", tag);
	crypto_seal(&key, nonce, hex("50515253c0c1c2c3c4c5c6c7", ad), text, sizeof text - 1, out);
	assert_memory_equal(out + sizeof text - 1, tag, sizeof tag);
}

static void a_seal_opens_only_with_its_key_nonce_data_and_every_bit(void **state)
{
	struct crypto_key key = {{1}}, other = {{2}};
	unsigned char nonce[CRYPTO_NONCE] = {3}, sealed[5 + CRYPTO_TAG], out[5];
	struct str all = {(const char *)sealed, sizeof sealed};

	(void)state;
	crypto_seal(&key, nonce, STR("ad"), "hello", 5, sealed);
	assert_true(crypto_open(&key, nonce, STR("ad"), all, out));
	assert_memory_equal(out, "hello", 5);
	assert_false(crypto_open(&other, nonce, STR("ad"), all, out));
	assert_memory_equal(out, "\0\0\0\0\0", 5);
	assert_false(crypto_open(&key, nonce, STR("ae"), all, out));
	assert_false(crypto_open(&key, nonce, STR("ad"), str_sub(all, 0, CRYPTO_TAG - 1), out));
	for (size_t i = 0; i < sizeof sealed * 8; i++) {
		sealed[i / 8] ^= (unsigned char)(1u << i % 8);
		assert_false(crypto_open(&key, nonce, STR("ad"), all, out));
		sealed[i / 8] ^= (unsigned char)(1u << i % 8);
	}
	nonce[0] ^= 1;
	assert_false(crypto_open(&key, nonce, STR("ad"), all, out));
}

static void a_mac_is_blake2b_over_its_parts(void **state)
{
	/* the reference vectors of keyed BLAKE2b: key 00..3f, message 00 01 02 */
	unsigned char key[64], message[3] = {0, 1, 2}, out[64], expected[64];
	struct str parts[] = {{(char *)message, 1}, {(char *)message + 1, 2}};

	(void)state;
	for (unsigned i = 0; i < sizeof key; i++)
		key[i] = (unsigned char)i;
	hex("33d0825dddf7ada99b0e7e307104ad07ca9cfd9692214f1561356315e784f3e5a17e364ae9dbb14cb2036df932b77f4b292761365fb328de7afdc6d8998f5fc1",
	    expected);
	crypto_mac(key, sizeof key, parts, 2, out, sizeof out);
	assert_memory_equal(out, expected, sizeof out);
}

static void derived_keys_differ_by_context_and_number(void **state)
{
	struct crypto_key master = {{7}}, a, b;

	(void)state;
	crypto_derive(&master, "contexta", 1, &a);
	crypto_derive(&master, "contexta", 1, &b);
	assert_true(crypto_equal(a.b, b.b, CRYPTO_KEY));
	crypto_derive(&master, "contexta", 2, &b);
	assert_false(crypto_equal(a.b, b.b, CRYPTO_KEY));
	crypto_derive(&master, "contextb", 1, &b);
	assert_false(crypto_equal(a.b, b.b, CRYPTO_KEY));
}

static void a_passphrase_with_a_cost_out_of_bounds_is_refused(void **state)
{
	unsigned char salt[CRYPTO_SALT] = {1};
	struct crypto_key a, b;
	struct error e = {0};

	(void)state;
	assert_ok(crypto_passphrase(STR("correct horse"), salt, (struct crypto_cost){1, 8192}, &a, &e), &e);
	assert_ok(crypto_passphrase(STR("correct horse"), salt, (struct crypto_cost){1, 8192}, &b, &e), &e);
	assert_true(crypto_equal(a.b, b.b, CRYPTO_KEY));
	assert_ok(crypto_passphrase(STR("correct hors"), salt, (struct crypto_cost){1, 8192}, &b, &e), &e);
	assert_false(crypto_equal(a.b, b.b, CRYPTO_KEY));
	assert_fails(crypto_passphrase(STR("x"), salt, (struct crypto_cost){0, 8192}, &a, &e), &e, CODE_KEY_INVALID);
	assert_fails(crypto_passphrase(STR("x"), salt, (struct crypto_cost){17, 8192}, &a, &e), &e, CODE_KEY_INVALID);
	assert_fails(crypto_passphrase(STR("x"), salt, (struct crypto_cost){1, 8191}, &a, &e), &e, CODE_KEY_INVALID);
	assert_fails(crypto_passphrase(STR("x"), salt, (struct crypto_cost){1, UINT32_MAX}, &a, &e), &e, CODE_KEY_INVALID);
}

static void a_place_of_a_slab_is_wiped_and_taken_again(void **state)
{
	struct key_slab *s = NULL;
	struct crypto_key *a, *b, zero = {{0}};
	struct error e = {0};

	(void)state;
	assert_fails(key_slab_make(0, &s, &e), &e, CODE_INTERNAL);
	assert_ok(key_slab_make(2, &s, &e), &e);
	a = key_slab_take(s);
	b = key_slab_take(s);
	assert_non_null(a);
	assert_non_null(b);
	assert_ptr_not_equal(a, b);
	assert_null(key_slab_take(s));
	a->b[5] = 9;
	key_slab_give(s, a);
	assert_memory_equal(a->b, zero.b, sizeof zero.b);
	assert_ptr_equal(key_slab_take(s), a);
	key_slab_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_seal_is_xchacha20_poly1305_as_published),
		cmocka_unit_test(a_seal_opens_only_with_its_key_nonce_data_and_every_bit),
		cmocka_unit_test(a_mac_is_blake2b_over_its_parts),
		cmocka_unit_test(derived_keys_differ_by_context_and_number),
		cmocka_unit_test(a_passphrase_with_a_cost_out_of_bounds_is_refused),
		cmocka_unit_test(a_place_of_a_slab_is_wiped_and_taken_again),
	};
	struct error e = {0};

	if (!ok(crypto_init(&e)))
		return 1;
	return cmocka_run_group_tests_name("crypto/crypto", tests, NULL, NULL);
}
