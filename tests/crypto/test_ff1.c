#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/crypto.h"
#include "crypto/ff1.h"

static struct ff1 cipher_of(const char *key, unsigned radix)
{
	unsigned char bytes[32];
	struct error e = {0};
	struct ff1 f;

	assert_true(hex_decode(str_of(key), bytes, strlen(key) / 2));
	assert_ok(ff1_make(&f, bytes, strlen(key) / 2, radix, &e), &e);
	return f;
}

/* Numerals as digits, then small letters. */
static size_t numerals(const char *text, uint16_t *x)
{
	size_t n = strlen(text);

	for (size_t i = 0; i < n; i++)
		x[i] = (uint16_t)(text[i] <= '9' ? text[i] - '0' : text[i] - 'a' + 10);
	return n;
}

/* "Examples with Intermediate Values" that NIST published for SP 800-38G: FF1, samples 1 to 9 */
static void samples_of_the_standard_have_their_ciphertext(void **state)
{
	static const char k128[] = "2b7e151628aed2a6abf7158809cf4f3c",
			  k192[] = "2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f",
			  k256[] = "2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f7f036d6f04fc6a94";
	static const char digits[] = "0123456789", alnum[] = "0123456789abcdefghi", ten[] = "9876543210",
			  eleven[] = "7777pqrs777";
	static const struct {
		const char *key;
		unsigned radix;
		const char *tweak, *plain, *cipher;
	} samples[] = {
		{k128, 10, "", digits, "2433477484"},	     {k128, 10, ten, digits, "6124200773"},
		{k128, 36, eleven, alnum, "a9tv40mll9kdu509eum"}, {k192, 10, "", digits, "2830668132"},
		{k192, 10, ten, digits, "2496655549"},	     {k192, 36, eleven, alnum, "xbj3kv35jrawxv32ysr"},
		{k256, 10, "", digits, "6657667009"},	     {k256, 10, ten, digits, "1001623463"},
		{k256, 36, eleven, alnum, "xs8a0azh2avyalyzuwd"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
		struct ff1 f = cipher_of(samples[i].key, samples[i].radix);
		uint16_t x[20], plain[20], expected[20];
		size_t n = numerals(samples[i].plain, plain);
		struct error e = {0};

		numerals(samples[i].cipher, expected);
		memcpy(x, plain, sizeof x);
		assert_ok(ff1_encrypt(&f, str_of(samples[i].tweak), x, n, &e), &e);
		assert_memory_equal(x, expected, n * sizeof *x);
		assert_ok(ff1_decrypt(&f, str_of(samples[i].tweak), x, n, &e), &e);
		assert_memory_equal(x, plain, n * sizeof *x);
		ff1_free(&f);
	}
}

struct vector {
	unsigned radix;
	const char *key, *tweak;
	size_t n;
	uint16_t plain[260], cipher[260];
};

/*
 * Vectors that Project Wycheproof publishes for FF1 (Apache-2.0; tests 16 and 3071 of radix 26, 1580, 1591 and 1601
 * of 62, 574, 577, 595 and 607 of 65536): shortest strings, numbers at the edge of what a round reduces, a long one.
 */
static const struct vector vectors[] = {
	{26,
	 "0319599d6c7ca301230ec2b06c681097",
	 "125fd8f86c787e2d",
	 5,
	 {0, 3, 1, 1, 20},
	 {24, 7, 7, 20, 22}},
	{62,
	 "c4acbec2544b6a08d8b24841fc55fccf7450bfd64169fa7dbea965ccae52ac13",
	 "427713fa26fac273",
	 4,
	 {14, 18, 49, 14},
	 {0, 31, 35, 19}},
	{62,
	 "966abbf85a058a703c37afa2f0ee70d88271cfbdd780f98d",
	 "3409bef7dc1e87c7",
	 21,
	 {61, 61, 61, 61, 61, 61, 61, 61, 61, 61, 61, 61, 61, 61, 61, 61, 61, 61, 61, 61, 61},
	 {34, 9, 34, 2, 7, 54, 55, 14, 59, 44, 4, 51, 53, 0, 16, 34, 25, 50, 58, 33, 44}},
	{62,
	 "966abbf85a058a703c37afa2f0ee70d88271cfbdd780f98d",
	 "3409bef7dc1e87c7",
	 21,
	 {33, 30, 43, 21, 4, 52, 15, 41, 27, 38, 19, 49, 43, 32, 13, 10, 43, 9, 25, 13, 53},
	 {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
	{65536,
	 "5770c68113fac20abbd419d0c588e7929dd202a9829db695",
	 "1757c25aa53f40",
	 7,
	 {50266, 57397, 15617, 42816, 45101, 37681, 30357},
	 {30448, 57788, 4798, 62709, 9403, 46414, 3781}},
	{65536,
	 "5770c68113fac20abbd419d0c588e7929dd202a9829db695",
	 "8395f7bce898bf",
	 7,
	 {2566, 35718, 25478, 32578, 18772, 512, 25215},
	 {65535, 65535, 0, 50651, 49696, 35065, 5347}},
	{65536,
	 "51457a1a434804c4b210581136078cce2b56562af03b5e4b",
	 "b8519119f55eeaa7",
	 8,
	 {65535, 65535, 65535, 65535, 65535, 65535, 65535, 65535},
	 {21293, 5404, 22866, 37771, 40494, 14012, 43852, 50088}},
	{65536,
	 "51457a1a434804c4b210581136078cce2b56562af03b5e4b",
	 "b8519119f55eeaa7",
	 8,
	 {57721, 54645, 1305, 53576, 22038, 9921, 32405, 45730},
	 {65535, 65535, 65535, 65535, 65535, 65535, 65535, 65535}},
	{26,
	 "e3009a081a300a5d2c99b076d69e8479ab2e040342b7558d4fb8c6cf978e809f",
	 "ae2aa7fbd0c4542d",
	 260,
	 {24, 22, 24, 12, 24, 19, 18, 3, 19, 1, 17, 5, 15, 8, 2, 4, 4, 18, 10, 9, 18, 5, 2, 23, 5, 10, 20,
	  0, 17, 25, 17, 25, 17, 3, 19, 18, 14, 20, 25, 22, 20, 1, 14, 9, 4, 1, 25, 23, 21, 3, 24, 22, 3,
	  0, 18, 23, 8, 12, 7, 14, 10, 15, 9, 0, 23, 15, 21, 22, 25, 11, 5, 15, 5, 24, 7, 8, 11, 17, 16,
	  15, 25, 11, 13, 2, 4, 10, 2, 4, 20, 14, 15, 19, 20, 8, 25, 5, 3, 10, 23, 17, 6, 16, 6, 10, 6, 25,
	  10, 8, 12, 8, 13, 0, 21, 8, 11, 8, 10, 0, 7, 7, 7, 4, 1, 1, 2, 6, 25, 19, 3, 18, 15, 9, 21, 16,
	  9, 18, 20, 14, 5, 11, 7, 10, 13, 7, 4, 7, 25, 1, 11, 5, 23, 15, 3, 17, 0, 3, 4, 11, 16, 8, 11, 1,
	  2, 10, 21, 11, 24, 20, 15, 22, 8, 8, 12, 13, 9, 8, 16, 13, 1, 6, 4, 23, 14, 16, 4, 25, 19, 13,
	  13, 14, 16, 4, 22, 12, 22, 8, 14, 16, 5, 16, 13, 16, 16, 3, 0, 1, 18, 20, 20, 16, 16, 5, 23, 8,
	  10, 2, 6, 4, 19, 20, 24, 10, 5, 12, 5, 10, 4, 9, 0, 21, 20, 15, 5, 10, 11, 25, 2, 2, 9, 5, 22, 7,
	  3, 24, 1, 19, 5, 19, 14, 14, 9, 22, 14, 25, 24, 16, 12, 8, 21, 4},
	 {14, 16, 14, 24, 7, 12, 25, 1, 0, 18, 2, 22, 22, 23, 18, 1, 4, 5, 23, 6, 17, 18, 13, 4, 17, 3, 11,
	  6, 16, 8, 15, 2, 5, 22, 7, 11, 14, 10, 11, 14, 23, 17, 6, 15, 22, 24, 1, 22, 9, 0, 7, 14, 25, 10,
	  4, 14, 0, 12, 0, 3, 22, 20, 1, 1, 20, 8, 4, 23, 8, 22, 14, 17, 24, 17, 21, 7, 12, 22, 22, 12, 4,
	  5, 6, 24, 20, 6, 2, 5, 7, 22, 4, 23, 11, 7, 9, 9, 16, 14, 19, 4, 0, 6, 3, 16, 22, 24, 16, 21, 19,
	  22, 21, 18, 4, 13, 9, 1, 8, 22, 5, 8, 2, 4, 11, 7, 10, 4, 20, 13, 9, 16, 5, 23, 1, 11, 15, 23,
	  11, 13, 2, 5, 14, 18, 4, 2, 11, 22, 11, 3, 20, 12, 22, 4, 23, 22, 9, 8, 14, 17, 4, 9, 13, 20, 23,
	  11, 18, 11, 10, 15, 8, 12, 14, 24, 20, 20, 1, 18, 24, 15, 21, 6, 21, 6, 17, 3, 7, 2, 17, 5, 5,
	  19, 4, 19, 2, 12, 25, 22, 5, 13, 5, 22, 17, 10, 22, 20, 8, 25, 5, 24, 20, 22, 25, 12, 13, 12, 14,
	  12, 14, 1, 17, 7, 4, 19, 14, 1, 11, 5, 19, 0, 21, 22, 1, 19, 20, 23, 14, 1, 16, 8, 14, 0, 11, 3,
	  15, 14, 21, 6, 19, 25, 21, 0, 19, 18, 21, 18, 23, 1, 0, 5, 21, 20}},
};

static void vectors_of_other_radices_have_their_ciphertext(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		const struct vector *v = &vectors[i];
		struct ff1 f = cipher_of(v->key, v->radix);
		unsigned char tweak[16];
		struct str t = {(const char *)tweak, strlen(v->tweak) / 2};
		struct error e = {0};
		uint16_t x[260];

		assert_true(hex_decode(str_of(v->tweak), tweak, t.n));
		memcpy(x, v->plain, sizeof x);
		assert_ok(ff1_encrypt(&f, t, x, v->n, &e), &e);
		assert_memory_equal(x, v->cipher, v->n * sizeof *x);
		assert_ok(ff1_decrypt(&f, t, x, v->n, &e), &e);
		assert_memory_equal(x, v->plain, v->n * sizeof *x);
		ff1_free(&f);
	}
}

static void every_string_of_the_smallest_domain_has_another_of_its_own(void **state)
{
	static const struct {
		unsigned radix;
		size_t n;
		uint32_t strings;
	} domains[] = {{10, 6, 1000000}, {2, 20, 1 << 20}, {1000, 2, 1000000}};

	(void)state;
	for (size_t k = 0; k < sizeof domains / sizeof domains[0]; k++) {
		struct ff1 f = cipher_of("000102030405060708090a0b0c0d0e0f", domains[k].radix);
		unsigned char *seen = calloc(domains[k].strings, 1);
		uint32_t same = 0;
		struct error e = {0};

		assert_non_null(seen);
		/* a tenth of all, spread over the domain, under the sanitizers' pace: no two meet */
		for (uint32_t v = (uint32_t)k; v < domains[k].strings; v += 10) {
			uint16_t x[20];
			uint32_t at = v;

			for (size_t i = domains[k].n; i-- > 0; at /= domains[k].radix)
				x[i] = (uint16_t)(at % domains[k].radix);
			assert_ok(ff1_encrypt(&f, STR("t"), x, domains[k].n, &e), &e);
			for (size_t i = 0; i < domains[k].n; i++) {
				assert_true(x[i] < domains[k].radix);
				at = at * domains[k].radix + x[i];
			}
			assert_int_equal(seen[at], 0);
			seen[at] = 1;
			same += at == v;
		}
		/* a random permutation leaves one in its place on average; ten or more of a tenth are no chance */
		assert_true(same < 10);
		free(seen);
		ff1_free(&f);
	}
}

static uint16_t draw(const struct entropy *entropy, unsigned below)
{
	uint32_t v;

	entropy->fill(entropy->ctx, &v, sizeof v);
	return (uint16_t)(v % below);
}

static void strings_of_any_radix_and_length_come_back(void **state)
{
	static const unsigned radices[] = {2, 3, 10, 26, 36, 62, 255, 256, 257, 4096, 65535, 65536};
	struct error e = {0};
	struct entropy entropy;

	(void)state;
	assert_ok(crypto_init(&e), &e);
	entropy = crypto_entropy();
	for (size_t k = 0; k < sizeof radices / sizeof radices[0]; k++) {
		struct ff1 f = cipher_of("000102030405060708090a0b0c0d0e0f1011121314151617", radices[k]);
		size_t shortest = ff1_shortest(radices[k]);
		char tweak[FF1_TWEAK];

		memset(tweak, 'k', sizeof tweak);
		for (size_t n = shortest; n <= FF1_LENGTH; n += n < 40 ? 1 : 123) {
			uint16_t plain[FF1_LENGTH], x[FF1_LENGTH];
			struct str t = {tweak, n % (FF1_TWEAK + 1)};

			for (size_t i = 0; i < n; i++)
				plain[i] = n % 3 ? draw(&entropy, radices[k]) : (uint16_t)(radices[k] - 1);
			memcpy(x, plain, n * sizeof *x);
			assert_ok(ff1_encrypt(&f, t, x, n, &e), &e);
			for (size_t i = 0; i < n; i++)
				assert_true(x[i] < radices[k]);
			assert_ok(ff1_decrypt(&f, t, x, n, &e), &e);
			assert_memory_equal(x, plain, n * sizeof *x);
		}
		ff1_free(&f);
	}
}

static void key_tweak_and_every_numeral_matter(void **state)
{
	struct ff1 f = cipher_of("000102030405060708090a0b0c0d0e0f", 10);
	struct ff1 other = cipher_of("000102030405060708090a0b0c0d0e0e", 10);
	uint16_t first[16] = {0}, second[16] = {0}, third[16] = {0};
	struct error e = {0};

	(void)state;
	assert_ok(ff1_encrypt(&f, STR("a"), first, 16, &e), &e);
	assert_ok(ff1_encrypt(&f, STR("b"), second, 16, &e), &e);
	assert_ok(ff1_encrypt(&other, STR("a"), third, 16, &e), &e);
	assert_memory_not_equal(first, second, sizeof first);
	assert_memory_not_equal(first, third, sizeof first);
	for (size_t i = 0; i < 16; i++) {
		uint16_t x[16] = {0};
		size_t same = 0;

		x[i] = 1;
		assert_ok(ff1_encrypt(&f, STR("a"), x, 16, &e), &e);
		for (size_t k = 0; k < 16; k++)
			same += x[k] == first[k];
		assert_true(same < 10);
	}
	ff1_free(&f);
	ff1_free(&other);
}

static void shortest_strings_are_a_million_and_no_fewer(void **state)
{
	(void)state;
	assert_int_equal(ff1_shortest(2), 20);
	assert_int_equal(ff1_shortest(10), 6);
	assert_int_equal(ff1_shortest(26), 5);
	assert_int_equal(ff1_shortest(36), 4);
	assert_int_equal(ff1_shortest(99), 4);
	assert_int_equal(ff1_shortest(100), 3);
	assert_int_equal(ff1_shortest(999), 3);
	assert_int_equal(ff1_shortest(1000), 2);
	assert_int_equal(ff1_shortest(65536), 2);
}

static void what_is_too_short_long_or_large_is_refused_and_stays(void **state)
{
	struct ff1 f = cipher_of("000102030405060708090a0b0c0d0e0f", 10), none = {0};
	uint16_t x[FF1_LENGTH + 1] = {1, 2, 3, 4, 5, 6, 7}, before[FF1_LENGTH + 1];
	static const char tweak[FF1_TWEAK + 1];
	struct error e = {0};
	struct ff1 bad;

	(void)state;
	memcpy(before, x, sizeof x);
	assert_fails(ff1_encrypt(&f, STR(""), x, 5, &e), &e, CODE_ITEM_INVALID);
	assert_fails(ff1_decrypt(&f, STR(""), x, 5, &e), &e, CODE_ITEM_INVALID);
	assert_fails(ff1_encrypt(&f, STR(""), x, FF1_LENGTH + 1, &e), &e, CODE_ITEM_INVALID);
	assert_fails(ff1_encrypt(&f, (struct str){tweak, sizeof tweak}, x, 6, &e), &e, CODE_ITEM_INVALID);
	x[5] = before[5] = 10;
	assert_fails(ff1_encrypt(&f, STR(""), x, 6, &e), &e, CODE_ITEM_INVALID);
	assert_memory_equal(x, before, sizeof x);
	x[5] = 9;
	assert_ok(ff1_encrypt(&f, STR(""), x, FF1_LENGTH, &e), &e);
	ff1_free(&f);
	assert_fails(ff1_make(&bad, "0123456789", 10, 10, &e), &e, CODE_KEY_INVALID);
	ff1_free(&bad);
	assert_fails(ff1_make(&bad, "0123456789abcdef", 16, 1, &e), &e, CODE_USAGE);
	ff1_free(&bad);
	assert_fails(ff1_make(&bad, "0123456789abcdef", 16, FF1_RADIX + 1, &e), &e, CODE_USAGE);
	ff1_free(&bad);
	ff1_free(&none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_of_the_standard_have_their_ciphertext),
		cmocka_unit_test(vectors_of_other_radices_have_their_ciphertext),
		cmocka_unit_test(every_string_of_the_smallest_domain_has_another_of_its_own),
		cmocka_unit_test(strings_of_any_radix_and_length_come_back),
		cmocka_unit_test(key_tweak_and_every_numeral_matter),
		cmocka_unit_test(shortest_strings_are_a_million_and_no_fewer),
		cmocka_unit_test(what_is_too_short_long_or_large_is_refused_and_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
