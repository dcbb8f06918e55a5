#include "test.h"

#include "deid/detect.h"

static void assert_finds(const char *text, uint32_t expected)
{
	uint32_t found = deid_detect(str_of(text));

	if (found != expected)
		fail_msg("\"%s\": found %x instead of %x", text, found, expected);
}

static void identifiers_are_found_in_fields_and_in_free_text(void **state)
{
	(void)state;
	assert_finds("taro.yamada+x@example.co.jp", 1 << DEID_FOUND_EMAIL);
	assert_finds("返信先はtaro@example.jpです", 1 << DEID_FOUND_EMAIL);
	assert_finds("090-1234-5678", 1 << DEID_FOUND_PHONE);
	assert_finds("電話は０９０－１２３４－５６７８まで", 1 << DEID_FOUND_PHONE);
	assert_finds("03-1234-5678", 1 << DEID_FOUND_PHONE);
	assert_finds("+81-90-1234-5678", 1 << DEID_FOUND_PHONE);
	assert_finds("4111 1111 1111 1111", 1 << DEID_FOUND_CARD);
	assert_finds("card 378282246310005.", 1 << DEID_FOUND_CARD);
	assert_finds("123456789018", 1 << DEID_FOUND_INDIVIDUAL_NUMBER);
	assert_finds("1234-5678-9018", 1 << DEID_FOUND_INDIVIDUAL_NUMBER);
	assert_finds("旅券 TK1234567", 1 << DEID_FOUND_PASSPORT);
	assert_finds("東京都千代田区霞が関1-2-3", 1 << DEID_FOUND_ADDRESS);
	assert_finds("北浜市中央町３丁目", 1 << DEID_FOUND_ADDRESS);
	assert_finds("〒100-0001", 1 << DEID_FOUND_ADDRESS);
}

static void numbers_of_cards_and_schemes_are_found_by_their_form_or_their_words(void **state)
{
	(void)state;
	assert_finds("AB12345678CD", 1 << DEID_FOUND_RESIDENCE_CARD);
	assert_finds("在留カードＡＢ１２３４５６７８ＣＤです", 1 << DEID_FOUND_RESIDENCE_CARD);
	assert_finds("ＴＫ１２３４５６７", 1 << DEID_FOUND_PASSPORT);
	assert_finds("1234-567890", 1 << DEID_FOUND_PENSION);
	assert_finds("基礎年金番号 1234567890", 1 << DEID_FOUND_PENSION);
	assert_finds("記号１２３４ 番号５６７", 1 << DEID_FOUND_INSURANCE);
	assert_finds("被保険者番号：12345678", 1 << DEID_FOUND_INSURANCE);
	assert_finds("(03) 1234-5678", 1 << DEID_FOUND_PHONE);
	assert_finds("03(1234)5678", 1 << DEID_FOUND_PHONE);
	assert_finds("０１２０-123456", 1 << DEID_FOUND_PHONE);
	assert_finds("100-0001 東京都千代田区", 1 << DEID_FOUND_ADDRESS);
	assert_finds("〒１００－０００１", 1 << DEID_FOUND_ADDRESS);
	assert_finds("京都府京都市上京区室町通1番地", 1 << DEID_FOUND_ADDRESS);
	assert_finds("ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ", 1 << DEID_FOUND_EMAIL);
	assert_finds("1234ー5678ー9018", 1 << DEID_FOUND_INDIVIDUAL_NUMBER);
	assert_finds("tel 090-1234-5678 / taro@example.jp", 1 << DEID_FOUND_PHONE | 1 << DEID_FOUND_EMAIL);
}

static void a_columns_name_tells_what_its_numbers_are(void **state)
{
	(void)state;
	assert_int_equal(deid_detect_field(STR("個人番号"), STR("123456789012")), 1 << DEID_FOUND_INDIVIDUAL_NUMBER);
	assert_int_equal(deid_detect_field(STR("運転免許証番号"), STR("301234567899")), 1 << DEID_FOUND_LICENCE);
	assert_int_equal(deid_detect_field(STR("基礎年金番号"), STR("1234567890")), 1 << DEID_FOUND_PENSION);
	assert_int_equal(deid_detect_field(STR("保険証番号"), STR("5678")), 1 << DEID_FOUND_INSURANCE);
	assert_int_equal(deid_detect_field(STR("年金額"), STR("65000")), 0);
	assert_int_equal(deid_detect_field(STR("保険料"), STR("12000")), 0);
	assert_int_equal(deid_detect_field(STR("count"), STR("123456789012")), 0);
}

static void a_licence_is_told_by_its_check_digit(void **state)
{
	(void)state;
	/* 5 4 3 2 7 6 5 4 3 2 over 3012345678: 15+0+3+4+21+24+25+24+21+16 = 153, rest 10, check digit 1; the last digit counts reissues */
	assert_finds("301234567811", 1 << DEID_FOUND_LICENCE);
	assert_finds("301234567820", 0);
}

static void what_only_looks_alike_is_left_alone(void **state)
{
	(void)state;
	assert_finds("", 0);
	assert_finds("123456789012", 0); /* wrong check digit */
	assert_finds("4111 1111 1111 1112", 0);
	assert_finds("20-39", 0);
	assert_finds("2024-05-31", 0);
	assert_finds("user@", 0);
	assert_finds("@example.jp", 0);
	assert_finds("a@b", 0);
	assert_finds("Bachelors", 0);
	assert_finds("東京都", 0);
	assert_finds("関東", 0);
	assert_finds("1234567", 0);
	assert_finds("AB12345678", 0);
	assert_finds("<=50K", 0);
	assert_finds("ABC1234567", 0);	   /* three letters */
	assert_finds("TK1234567X", 0);	   /* a letter behind */
	assert_finds("AB12345678C", 0);	   /* one letter behind */
	assert_finds("ABC12345678CD", 0);
	assert_finds("7000012050002", 0);  /* a corporate number is nobody's */
	assert_finds("法人番号 7000012050002", 0);
	assert_finds("T7000012050002", 0); /* and so is an invoice number of it */
	assert_finds("A123456789018", 0);
	assert_finds("123-4567", 0);	   /* seven digits without mark or prefecture */
	assert_finds("1234567890", 0);	   /* ten digits alone may be anything */
	assert_finds("12345-67890", 0);
	assert_finds("株式市場は3-5%上がった", 0);
	assert_finds("区分2-1", 0);
	assert_finds("市販の薬を1-2錠", 0);
	assert_finds("本市では1-2月に行う", 0);
	assert_finds("被保険者は30名", 0);
	assert_finds("番号札 12", 0);
	assert_finds("2024年5月31日", 0);
	assert_finds("＠example.jp", 0);
	assert_finds("taro@example", 0);
	assert_finds("taro@example..jp", 0);
	assert_finds("年金 65000円", 0);
}

static void published_check_digits_agree(void **state)
{
	static const char *const numbers[] = {"983205673214", "123456789018", "111111111118", "999999999996", "100000000005",
					      "000000000000"};

	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		unsigned char d[12];

		for (size_t j = 0; j < 12; j++)
			d[j] = (unsigned char)(numbers[i][j] - '0');
		assert_true(deid_is_individual_number(d));
		d[11] = (unsigned char)((d[11] + 1) % 10);
		assert_false(deid_is_individual_number(d));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(identifiers_are_found_in_fields_and_in_free_text),
		cmocka_unit_test(numbers_of_cards_and_schemes_are_found_by_their_form_or_their_words),
		cmocka_unit_test(a_columns_name_tells_what_its_numbers_are),
		cmocka_unit_test(a_licence_is_told_by_its_check_digit),
		cmocka_unit_test(what_only_looks_alike_is_left_alone),
		cmocka_unit_test(published_check_digits_agree),
	};

	return cmocka_run_group_tests_name("deid/detect", tests, NULL, NULL);
}
