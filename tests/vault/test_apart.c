/* What lies apart from records: tokens, texts, refs, values outside. */
#include "vault/keys.h"
#include "vault/outside.h"
#include "vault/refs.h"
#include "vault/rig.h"
#include "vault/text.h"
#include "vault/token.h"

static struct vault_person *someone(struct rig *r)
{
	struct vault_put put = rig_put(r, NAME_ITEM, "\"A\"");
	struct uuid id = rig_create(r, &put, 1);
	struct vault_person *person;
	struct vault_record *record;

	r->now++; /* the next person's id is a higher one */
	rig_load(r, &id, &person, &record);
	return person;
}

static void a_token_is_known_by_its_hash_alone(void **state)
{
	struct rig *r = rig_make();
	char text[VAULT_TOKEN_TEXT + 1], other[VAULT_TOKEN_TEXT + 1];
	unsigned char hash[VAULT_TOKEN_HASH], again[VAULT_TOKEN_HASH];

	(void)state;
	vault_token_make(r->vault, text, hash);
	assert_int_equal(strlen(text), VAULT_TOKEN_TEXT);
	assert_true(vault_token_hash(r->vault, str_of(text), again));
	assert_memory_equal(hash, again, sizeof hash);
	vault_token_make(r->vault, other, again);
	assert_memory_not_equal(hash, again, sizeof hash);
	text[20] ^= 1;
	assert_true(!vault_token_hash(r->vault, str_of(text), again) || memcmp(hash, again, sizeof hash) != 0);
	assert_false(vault_token_hash(r->vault, STR("skt_"), again));
	assert_false(vault_token_hash(r->vault, str_sub(str_of(other), 0, VAULT_TOKEN_TEXT - 1), again));
	other[0] = 'x';
	assert_false(vault_token_hash(r->vault, str_of(other), again));
	rig_free(r);
}

static void tokens_are_listed_and_a_name_stands_once(void **state)
{
	struct rig *r = rig_make();
	struct vault_token t = {.name = STR("billing"), .role = 3, .actor = 7, .created = r->now, .expires = MOMENT_NONE,
				.revoked = MOMENT_NONE}, second;
	const struct vault_token *list;
	char text[VAULT_TOKEN_TEXT + 1];
	bool found;
	size_t n;

	(void)state;
	vault_token_make(r->vault, text, t.hash);
	second = t;
	vault_token_make(r->vault, text, second.hash);
	second.person = uuid_make(r->now, &r->config.entropy);
	second.expires = r->now + 5;
	second.created++;
	vault_token_bind(r->vault, &t);
	vault_token_bind(r->vault, &second);
	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	assert_ok(vault_token_put(r->db, &t, &r->e), &r->e);
	assert_fails(vault_token_put(r->db, &second, &r->e), &r->e, CODE_DUPLICATE);
	db_rollback(r->db);
	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	assert_ok(vault_token_put(r->db, &t, &r->e), &r->e);
	assert_ok(vault_token_revoke(r->db, STR("billing"), r->now + 9, &found, &r->e), &r->e);
	assert_true(found);
	assert_ok(vault_token_revoke(r->db, STR("billing"), r->now + 9, &found, &r->e), &r->e);
	assert_false(found);
	assert_ok(vault_token_put(r->db, &second, &r->e), &r->e);
	rig_commit(r);
	assert_ok(vault_token_load(r->db, &r->arena, &list, &n, &r->e), &r->e);
	assert_int_equal(n, 2);
	assert_memory_equal(list[0].hash, t.hash, sizeof t.hash);
	assert_true(list[0].revoked == r->now + 9);
	assert_true(list[0].expires == MOMENT_NONE);
	assert_true(list[1].revoked == MOMENT_NONE);
	assert_true(list[1].expires == r->now + 5);
	assert_true(uuid_eq(&list[1].person, &second.person));
	assert_true(str_is(list[1].name, "billing"));
	assert_true(vault_token_genuine(r->vault, &list[0]));
	assert_true(vault_token_genuine(r->vault, &list[1]));
	rig_sql(r, "UPDATE vault_token SET role = 4 WHERE person IS NULL; UPDATE vault_token SET expires = NULL");
	assert_ok(vault_token_load(r->db, &r->arena, &list, &n, &r->e), &r->e);
	assert_false(vault_token_genuine(r->vault, &list[0]));
	assert_false(vault_token_genuine(r->vault, &list[1]));
	rig_free(r);
}

static void a_text_opens_for_its_person_only(void **state)
{
	struct rig *r = rig_make();
	struct vault_person *a = someone(r), *b = someone(r);
	struct vault_reader from = rig_reader(r);
	struct vault_text t, of_none, again;
	struct str text;

	(void)state;
	assert_ok(vault_text_seal(r->vault, a, STR("電話で依頼"), &r->arena, &t, &r->e), &r->e);
	assert_ok(vault_text_seal(r->vault, NULL, STR("several"), &r->arena, &of_none, &r->e), &r->e);
	assert_ok(vault_text_seal(r->vault, a, STR("電話で依頼"), &r->arena, &again, &r->e), &r->e);
	assert_memory_not_equal(t.mac, again.mac, sizeof t.mac);
	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	assert_ok(vault_text_put(r->db, &t, &r->e), &r->e);
	assert_ok(vault_text_put(r->db, &of_none, &r->e), &r->e);
	rig_commit(r);
	assert_ok(vault_text_get(&from, a, &t.id, &text, &r->e), &r->e);
	assert_true(str_is(text, "電話で依頼"));
	assert_ok(vault_text_get(&from, NULL, &of_none.id, &text, &r->e), &r->e);
	assert_true(str_is(text, "several"));
	assert_ok(vault_text_get(&from, b, &t.id, &text, &r->e), &r->e);
	assert_null(text.p);
	rig_sql(r, "UPDATE vault_text SET subject_id = (SELECT max(subject_id) FROM vault_person) WHERE length(sealed) > 50");
	assert_fails(vault_text_get(&from, b, &t.id, &text, &r->e), &r->e, CODE_SEAL_BROKEN);
	rig_free(r);
}

static void entries_of_one_person_share_nothing(void **state)
{
	struct rig *r = rig_make();
	struct vault_person *a = someone(r), fresh;
	unsigned char nonce[16] = {1}, one[16], two[16], again[16];

	(void)state;
	assert_ok(vault_log_mac(r->vault, a, nonce, one, &r->e), &r->e);
	assert_ok(vault_log_mac(r->vault, a, nonce, again, &r->e), &r->e);
	assert_memory_equal(one, again, 16);
	nonce[0] = 2;
	assert_ok(vault_log_mac(r->vault, a, nonce, two, &r->e), &r->e);
	assert_memory_not_equal(one, two, 16);
	assert_ok(vault_log_mac(r->vault, NULL, nonce, one, &r->e), &r->e);
	assert_ok(vault_log_mac(r->vault, NULL, nonce, again, &r->e), &r->e);
	assert_memory_not_equal(one, again, 16);
	vault_new_person(r->vault, &fresh);
	assert_ok(vault_log_mac(r->vault, &fresh, nonce, one, &r->e), &r->e);
	fresh.id.b[15] ^= 1;
	assert_fails(vault_log_mac(r->vault, &fresh, nonce, one, &r->e), &r->e, CODE_SEAL_BROKEN);
	rig_free(r);
}

static void refs_open_as_they_were_sealed_and_cost_little(void **state)
{
	struct rig *r = rig_make();
	struct vault_ref refs[] = {{0, {{1}}}, {0, {{2}}}, {2, {{0}}}, {200, {{3}}}};
	const struct vault_ref *opened;
	struct buf sealed;
	size_t n;

	(void)state;
	buf_init(&sealed);
	assert_ok(vault_seal_refs(r->vault, refs, 1, &sealed, &r->e), &r->e);
	assert_int_equal(sealed.n, 37 + 17);
	buf_reset(&sealed);
	assert_ok(vault_seal_refs(r->vault, refs, 4, &sealed, &r->e), &r->e);
	assert_int_equal(vault_refs_epoch(buf_view(&sealed)), 1);
	assert_ok(vault_open_refs(r->vault, buf_view(&sealed), &r->arena, &opened, &n, &r->e), &r->e);
	assert_int_equal(n, 4);
	assert_memory_equal(opened, refs, sizeof refs);
	for (size_t bit = 0; bit < sealed.n * 8; bit++) {
		sealed.p[bit / 8] = (char)(sealed.p[bit / 8] ^ 1 << bit % 8);
		assert_fails(vault_open_refs(r->vault, buf_view(&sealed), &r->arena, &opened, &n, &r->e), &r->e,
			     CODE_SEAL_BROKEN);
		sealed.p[bit / 8] = (char)(sealed.p[bit / 8] ^ 1 << bit % 8);
	}
	refs[1].entry = 3;
	buf_reset(&sealed);
	assert_fails(vault_seal_refs(r->vault, refs, 4, &sealed, &r->e), &r->e, CODE_INTERNAL);
	buf_free(&sealed);
	rig_free(r);
}

/* Gives the key of NAME_ITEM of PERSON, stored. */
static struct vault_outside_key outside_key(struct rig *r, const struct vault_person *person)
{
	struct vault_reader from = rig_reader(r);
	struct vault_outside_key k;

	assert_ok(vault_outside_key_load(&from, person, CUSTOMER, NAME_ITEM, &k, &r->e), &r->e);
	assert_false(k.exists);
	assert_ok(db_begin_write(r->db, &r->e), &r->e);
	assert_ok(vault_outside_key_put(r->db, &k, &r->e), &r->e);
	rig_commit(r);
	assert_ok(vault_outside_key_load(&from, person, CUSTOMER, NAME_ITEM, &k, &r->e), &r->e);
	assert_true(k.exists);
	return k;
}

static void a_value_outside_opens_until_its_key_is_destroyed(void **state)
{
	struct rig *r = rig_make();
	struct vault_person *a = someone(r), *b = someone(r);
	struct vault_outside_key ka = outside_key(r, a), kb = outside_key(r, b), none;
	struct vault_reader from = rig_reader(r);
	struct vault_outside parsed;
	struct buf text;
	struct str json;

	(void)state;
	buf_init(&text);
	assert_ok(vault_outside_seal(r->vault, &ka, STR("\"5500\""), &text, &r->e), &r->e);
	assert_true(str_starts(buf_view(&text), STR("sk1.")));
	assert_true(vault_outside_parse(buf_view(&text), &r->arena, &parsed));
	assert_true(uuid_eq(&parsed.subject, &a->id));
	assert_int_equal(parsed.item, NAME_ITEM);
	assert_ok(vault_outside_open(r->vault, &ka, &parsed, &r->arena, &json, &r->e), &r->e);
	assert_true(str_is(json, "\"5500\""));
	assert_fails(vault_outside_open(r->vault, &kb, &parsed, &r->arena, &json, &r->e), &r->e, CODE_SEAL_BROKEN);
	parsed.subject = b->id;
	assert_fails(vault_outside_open(r->vault, &kb, &parsed, &r->arena, &json, &r->e), &r->e, CODE_SEAL_BROKEN);
	parsed.subject = a->id;
	rig_sql(r, "DELETE FROM vault_outside");
	assert_ok(vault_outside_key_load(&from, a, CUSTOMER, NAME_ITEM, &none, &r->e), &r->e);
	assert_fails(vault_outside_open(r->vault, &none, &parsed, &r->arena, &json, &r->e), &r->e, CODE_SEAL_BROKEN);
	buf_free(&text);
	rig_free(r);
}

static void what_is_no_sealed_value_is_not_parsed(void **state)
{
	static const char *const texts[] = {"", "sk1.", "sk1.AAAA", "sk2.AQ", "sk1.====", "SK1.AQ", "sk1.A"};
	struct rig *r = rig_make();
	struct vault_outside_key k = outside_key(r, someone(r));
	struct vault_outside parsed;
	struct buf text;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_false(vault_outside_parse(str_of(texts[i]), &r->arena, &parsed));
	buf_init(&text);
	assert_ok(vault_outside_seal(r->vault, &k, STR("1"), &text, &r->e), &r->e);
	for (size_t n = 0; n < text.n; n++)
		assert_false(vault_outside_parse(str_sub(buf_view(&text), 0, n), &r->arena, &parsed));
	buf_byte(&text, 'A');
	assert_false(vault_outside_parse(buf_view(&text), &r->arena, &parsed));
	buf_free(&text);
	rig_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_is_known_by_its_hash_alone),
		cmocka_unit_test(tokens_are_listed_and_a_name_stands_once),
		cmocka_unit_test(a_text_opens_for_its_person_only),
		cmocka_unit_test(entries_of_one_person_share_nothing),
		cmocka_unit_test(refs_open_as_they_were_sealed_and_cost_little),
		cmocka_unit_test(a_value_outside_opens_until_its_key_is_destroyed),
		cmocka_unit_test(what_is_no_sealed_value_is_not_parsed),
	};

	return cmocka_run_group_tests_name("vault/apart", tests, NULL, NULL);
}
