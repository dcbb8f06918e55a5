/* The parts that are made from the facts: what a reader of the page finds in them. */
#include "example.h"

#include <string.h>

#include "policy/compile.h"
#include "publish/document.h"

enum { JA, EN };

static struct draft shop;

static int set_up(void **state)
{
	(void)state;
	example_read(TEST_SOURCE_DIR "/../examples/webshop", &shop);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	draft_free(&shop);
	return 0;
}

/* The part that TEXT asks for, as it is read aloud. */
static struct buf read_part(const struct policy *p, size_t language, const char *text)
{
	struct wording w = {.policy = p, .language = language, .on = p->effective, .file = "statement"};
	struct error e = {0};
	struct buf plain;
	json_t *blocks;

	buf_init(&plain);
	assert_ok(document_read(&w, str_of(text), &blocks, &e), &e);
	document_plain(blocks, &plain);
	json_decref(blocks);
	assert_true(buf_ok(&plain));
	return plain;
}

/* The part that TEXT asks for says each of SAYS, in this order, and nothing of SILENT (NULL ends both). */
static void part_says(const struct policy *p, size_t language, const char *text, const char *const *says,
		      const char *const *silent)
{
	struct buf plain = read_part(p, language, text);
	const char *at = buf_c(&plain);

	for (size_t i = 0; says[i]; i++) {
		const char *found = strstr(at, says[i]);

		if (!found)
			fail_msg("%s does not say \"%s\" there: %s", text, says[i], buf_c(&plain));
		at = found + strlen(says[i]);
	}
	for (size_t i = 0; silent && silent[i]; i++)
		if (strstr(buf_c(&plain), silent[i]))
			fail_msg("%s says \"%s\"", text, silent[i]);
	buf_free(&plain);
}

#define SAYS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void organizations_are_told_with_address_representative_and_brands(void **state)
{
	(void)state;
	part_says(shop.policy, EN, "{{> organizations}}",
		  SAYS("Hitsujigumo Shoten", "Kumomicho", "Sumi Nonohara", "Kura no Hondana", "Shioriito Co.", "Nui Fujidana",
		       "Shioriito Kids"),
		  SAYS("Tsumugi"));
	part_says(shop.policy, JA, "{{> organizations shioriito}}", SAYS("栞糸株式会社", "〒390-0000", "栞糸こども"),
		  SAYS("蔵の本棚"));
}

static void collection_says_who_holds_it_and_whose_business_it_was(void **state)
{
	(void)state;
	part_says(shop.policy, EN, "{{> collection bookshop_customer applicant}}",
		  SAYS("Hitsujigumo Shoten", "by succession of business (Kuramoto Shobo Co., Ltd., 1 April 2024)",
		       "from third parties (Hirameki Careers Co., Ltd.)"),
		  SAYS("Shioriito Co."));
}

static void cameras_are_told_with_their_place_and_time(void **state)
{
	(void)state;
	part_says(shop.policy, EN, "{{> cameras}}",
		  SAYS("Entrance, sales floor and till", "Images of security cameras", "Security of the shop", "30 days",
		       "Loading bay"),
		  SAYS("cookie"));
}

static void consents_say_how_they_end_and_who_gives_them_for_minors(void **state)
{
	(void)state;
	part_says(shop.policy, EN, "{{> consents mail_magazine advertising}}",
		  SAYS("Sending e-mail magazines", "website, e-mail, telephone", "under 16: by a guardian (Confirmation",
		       "by provision to an advertising network"),
		  SAYS("deferred"));
	part_says(shop.policy, JA, "{{> consents photo_promotion}}", SAYS("18歳未満の方は保護者の方の同意によります（"), NULL);
}

static void what_goes_abroad_is_told_by_country_with_basis_and_review(void **state)
{
	(void)state;
	part_says(shop.policy, EN, "{{> foreign}}",
		  SAYS("Quillpost", "United States of America", "Sending order confirmations", "equal to those of Japan", "every year",
		       "Careline", "Philippines", "Bildwacht", "Germany", "recognized as having an equal system"),
		  SAYS("Kakehashi", "Hayate"));
}

static void provision_says_its_ground_and_how_the_recipient_s_consent_is_confirmed(void **state)
{
	(void)state;
	part_says(shop.policy, EN, "{{> provision}}",
		  SAYS("Atodene", "encrypted connection", "your consent", "Hinata Ad Network", "How the recipient's consent is confirmed",
		       "sign of consent in each transmission"),
		  SAYS("Filed with the Commission"));
}

static void retention_says_what_a_law_keeps_and_which_use_is_shorter(void **state)
{
	(void)state;
	part_says(shop.policy, EN, "{{> retention}}",
		  SAYS("1 year from the end of the membership (where there is none, 5 years from the last order)",
		       "Orders, returns and exchanges, State of payments and refunds (kept by law)", "7 years from the last order",
		       "Use: Showing recommended goods", "2 years from"),
		  NULL);
	part_says(shop.policy, EN, "{{> retention camera_image}}", SAYS("30 days"), SAYS("Use: ", "membership"));
}

static void each_tag_is_told_with_its_name_consent_and_the_recipient_s_policy(void **state)
{
	(void)state;
	part_says(shop.policy, EN, "{{> external_transmission hinata_tag trustlens_script}}",
		  SAYS("Hinata Pixel", "Address of the goods' page", "by matching with its own members", "only with your consent",
		       "Open the page", "Privacy policy", "Trustlens Pte. Ltd. (Singapore)"),
		  SAYS("Meridian"));
	part_says(shop.policy, EN, "{{> cookies}}",
		  SAYS("session", "Statistics of use (only with your consent)", "13 months"), NULL);
}

static void sets_are_told_by_name_and_anonymized_ones_with_their_measures(void **state)
{
	(void)state;
	part_says(shop.policy, EN, "{{> anonymized}}",
		  SAYS("Purchase statistics", "only to the decade", "20", "Statistics of clothing sizes", "50",
		       "For the security of this information", "answers within 10 days"),
		  SAYS("Demand forecast"));
	part_says(shop.policy, EN, "{{> pseudonymized}}", SAYS("Demand forecast", "only to the year", "2 years from its creation"),
		  SAYS("For the security"));
}

static void joint_uses_are_told_apart_with_who_obtains_the_data(void **state)
{
	(void)state;
	part_says(shop.policy, EN, "{{> joint_use points fraud}}",
		  SAYS("Tsumugi points", "Asatsuyu Bakery Co., Ltd. (until 30 June 2027)", "Giving, using and keeping account",
		       "Tsumugi Point Co., Ltd., 9-1 Hataoricho", "by each of the joint users: through forms, through joint use",
		       "Prevention of fraudulent orders", "Yamabiko Mail Order"),
		  SAYS("Shared membership"));
}

static void complaints_go_to_the_desk_the_certified_body_and_others(void **state)
{
	(void)state;
	part_says(shop.policy, EN, "{{> complaints}}",
		  SAYS("Personal Information Office", "0263-00-1144", "Association for Personal Information", "03-0000-4444",
		       "Consumer Affairs Center"),
		  SAYS("Customer Support"));
}

/* The example of the policy's cases with FROM, which stands there once, made TO. */
static void changed(struct arena *a, const char *from, const char *to, struct draft *d)
{
	struct error e = {0};
	struct findings f;
	struct source_file *file;
	const char *at;
	struct buf text;

	assert_ok(source_read(a, TEST_SOURCE_DIR "/cases/policy/example", &d->files, &e), &e);
	file = &d->files.files[source_find(&d->files, STR("policy.yaml")) - d->files.files];
	at = memmem(file->text.p, file->text.n, from, strlen(from));
	assert_non_null(at);
	buf_init(&text);
	buf_add(&text, file->text.p, (size_t)(at - file->text.p));
	buf_text(&text, to);
	buf_text(&text, at + strlen(from));
	file->text = str_copy(a, buf_view(&text));
	buf_free(&text);
	findings_init(&f);
	assert_ok(policy_compile_source(&d->files, &f, &d->policy, &e), &e);
	assert_int_equal(f.count[SEVERITY_ERROR], 0);
	findings_free(&f);
}

static void opt_out_is_told_with_all_its_matters(void **state)
{
	struct arena a;
	struct draft d = {0};

	(void)state;
	arena_init(&a, 0, false);
	changed(&a, "basis: {consent: partner_offer}, items: {customer: [name, email]}",
		"basis: opt_out, opt_out: {acquired: {ja: 申込書, en: Applications}, stop: inquiry, updated: {ja: 毎月, en: Every month}, "
		"filed: 2026-10-01}, from: 2026-12-01, items: {customer: [name, email]}",
		&d);
	part_says(d.policy, EN, "{{> provision}}",
		  SAYS("Example Insurance", "opt-out", "Applications", "Every month", "1 October 2026",
		       "Person in charge of personal information", "Provided from", "1 December 2026"),
		  SAYS("your consent"));
	part_says(d.policy, JA, "{{> provision}}", SAYS("オプトアウト", "取得の方法", "申込書", "個人情報担当", "2026年12月1日"), NULL);
	policy_free(d.policy);
	arena_free(&a);
}

static void an_unknown_country_says_why(void **state)
{
	struct arena a;
	struct draft d = {0};

	(void)state;
	arena_init(&a, 0, false);
	changed(&a, "recipient: insurer, purpose: partner_insurance,",
		"recipient: {class: {ja: 海外の保険会社, en: Insurers abroad}, named_by: consent}, foreign: {basis: consent, consent: partner_offer, "
		"country_unknown: {ja: 保険会社が決まっていないため, en: The insurer is chosen later}, measures_unknown: {ja: 同上, en: For the same reason}}, "
		"purpose: partner_insurance,",
		&d);
	part_says(d.policy, EN, "{{> foreign insurer}}",
		  SAYS("Insurers abroad", "The insurer is chosen later", "your consent", "For the same reason"), SAYS("Mail"));
	policy_free(d.policy);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(organizations_are_told_with_address_representative_and_brands),
		cmocka_unit_test(collection_says_who_holds_it_and_whose_business_it_was),
		cmocka_unit_test(cameras_are_told_with_their_place_and_time),
		cmocka_unit_test(consents_say_how_they_end_and_who_gives_them_for_minors),
		cmocka_unit_test(what_goes_abroad_is_told_by_country_with_basis_and_review),
		cmocka_unit_test(provision_says_its_ground_and_how_the_recipient_s_consent_is_confirmed),
		cmocka_unit_test(retention_says_what_a_law_keeps_and_which_use_is_shorter),
		cmocka_unit_test(each_tag_is_told_with_its_name_consent_and_the_recipient_s_policy),
		cmocka_unit_test(sets_are_told_by_name_and_anonymized_ones_with_their_measures),
		cmocka_unit_test(joint_uses_are_told_apart_with_who_obtains_the_data),
		cmocka_unit_test(complaints_go_to_the_desk_the_certified_body_and_others),
		cmocka_unit_test(opt_out_is_told_with_all_its_matters),
		cmocka_unit_test(an_unknown_country_says_why),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
