/*
 * The keys of what the gate decides by: events, notices, channels, categories,
 * purposes, consents, roles.
 */
#include "policy/keys.h"

#include "policy/keys_sections.h"
#include "policy/words.h"

/* clang-format off */
static const char *const words_identifies[] = {"direct", "quasi", NULL};
static const char *const words_announced[] = {"announced", NULL};
static const char *const words_stop[] = {"stop", NULL};
static const char *const words_conduct[] = {"by_conduct", NULL};
static const char *const words_received[] = {"consented", "opt_out", "referable", "other", NULL};
static const char *const words_guardian[] = {"guardian", NULL};
static const char *const words_biometric[] = {"face", "iris", "voice", "gait", "vein", "fingerprint", "palm", "dna", NULL};
static const char *const words_clock_events[] = {"acquisition", "creation", NULL};

const struct key keys_clock[] = {
	{"for", TYPED(DURATION), .flags = KEY_REQUIRED, MEANS("how long", "期間"), .law = "APPI 22", .example = "P5Y"},
	{"from", TYPED(REF), .flags = KEY_REQUIRED, .ref = REF_EVENT, .words = words_clock_events, MEANS("the event from which it counts; `acquisition` is built in, `creation` for sets", "起算する出来事"), .example = "contract_end"},
	{"else", TYPED(MAP), .keys = keys_clock, MEANS("the clock that counts while the event has not happened", "出来事がまだないときの期間"), .example = "{for: P1Y, from: last_contact}"},
	{"law", TYPED(STRING), MEANS("the law that asks for it", "根拠となる法令"), .example = "Labor Standards Act 109"},
	{"reason", TYPED(TEXT), MEANS("why it is kept so long", "保存する理由"), .example = "{ja: 請求権の時効, en: Limitation of claims}"},
	{.name = NULL},
};

static const struct key keys_at_least[] = {
	{"for", TYPED(DURATION), .flags = KEY_REQUIRED, MEANS("how long at the least", "最低の期間"), .example = "P7Y"},
	{"from", TYPED(REF), .flags = KEY_REQUIRED, .ref = REF_EVENT, .words = words_clock_events, MEANS("the event from which it counts", "起算する出来事"), .example = "contract_end"},
	{"else", TYPED(MAP), .keys = keys_clock, MEANS("the clock that counts while the event has not happened", "出来事がまだないときの期間"), .example = "{for: P1Y, from: last_contact}"},
	{"items", FORM_LIST, TYPE_REF, .ref = REF_OWN_ITEM, .flags = KEY_GROUPS, MEANS("the items that must be kept; without it all", "対象の項目（ないときは全項目）"), .example = "[payment_status]"},
	{"law", TYPED(STRING), .flags = KEY_REQUIRED, MEANS("the law that asks for it", "根拠となる法令"), .example = "Corporation Tax Act 126"},
	{"reason", TYPED(TEXT), MEANS("why", "理由"), .example = "Books of account"},
	{.name = NULL},
};

static const struct key keys_acquire[] = {
	{"consent", TYPED(REF), .ref = REF_CONSENT, MEANS("the consent that is the ground", "根拠となる同意"), .law = "APPI 20(2)", .example = "health"},
	{"statute", TYPED(STRING), MEANS("the statute that is the ground", "根拠となる法令"), .law = "APPI 20(2)(i)", .example = "Industrial Safety and Health Act 66"},
	{"given", TYPED(WORD), .words = words_conduct, MEANS("the consent is given by conduct, under a notice", "掲示のもとで行動により同意とみなす"), .example = "by_conduct"},
	{"notice", TYPED(REF), .ref = REF_NOTICE, MEANS("the notice under which it is given", "そのときの掲示"), .example = "poster"},
	{.name = NULL},
};

static const struct key keys_item[] = {
	{"type", TYPED(WORD), .flags = KEY_REQUIRED, .words = words_item_type, MEANS("what a value is; every value is checked by it", "値の型"), .example = "phone"},
	{"label", TYPED(TEXT), MEANS("its name for people", "表示名"), .example = "{ja: 電話番号, en: Telephone number}"},
	{"class", TYPED(WORD), .words = words_data_class, MEANS("the class of the law that it falls under; ordinary when not said", "法律上の区分"), .law = "APPI 2", .example = "special_care"},
	{"biometric", TYPED(WORD), .words = words_biometric, MEANS("a feature of the body by which a person is recognized: an individual identification code", "身体の特徴による個人識別符号"), .law = "APPI 2(2)(i), Order 1(i)", .example = "face"},
	{"identifies", TYPED(WORD), .words = words_identifies, MEANS("whether it identifies a person alone, or together with others", "単独で（または組合せで）識別するか"), .law = "APPI 2(1)", .example = "direct"},
	{"required", TYPED(TRUTH), MEANS("a record without it is not taken", "必須か"), .example = "true"},
	{"lookup", TYPED(TRUTH), MEANS("a keyed index finds persons by the exact value", "完全一致で検索できるか"), .example = "true"},
	{"unique", TYPED(TRUTH), MEANS("a second person with this value is refused", "二人目を拒むか"), .example = "true"},
	{"many", TYPED(TRUTH), MEANS("holds several values, kept and bound as one list", "複数の値を持つか"), .example = "true"},
	{"of", TYPED(REF), .ref = REF_CATEGORY, MEANS("type person: the category of the other person", "他の本人の区分（person 型）"), .example = "contact_person"},
	{"items_of", TYPED(WORD), .words = words_item_type, MEANS("type list: the type of its elements", "要素の型（list 型）"), .example = "text"},
	{"values", FORM_CODES, TYPE_TEXT, MEANS("type code: the codes that are taken, with their names", "取り得る値（code 型）"), .example = "{f: Female, m: Male}"},
	{"media", FORM_LIST, TYPE_STRING, MEANS("type file: the media types that are taken", "受け付ける形式（file 型）"), .example = "[image/jpeg]"},
	{"min", TYPED(NUMBER), MEANS("type number: the least", "最小（number 型）"), .example = "0"},
	{"max", TYPED(NUMBER), MEANS("type number: the most", "最大（number 型）"), .example = "130"},
	{"acquire", TYPED(MAP), .keys = keys_acquire, MEANS("the ground on which it may be acquired; special care needs one", "取得の根拠（要配慮個人情報には必須）"), .law = "APPI 20(2)", .example = "{statute: Industrial Safety and Health Act 66}"},
	{"keep", TYPED(MAP), .keys = keys_clock, MEANS("how long it is kept, instead of its category's", "保存期間（区分の期間に代わる）"), .law = "APPI 22", .example = "{for: P6M, from: acquisition}"},
	WAS,
	{.name = NULL},
};

static const struct key keys_category_channel[] = {
	{"notice", TYPED(REF), .ref = REF_NOTICE, MEANS("the notice shown here, instead of the channel's own", "この区分で示す通知"), .example = "shop"},
	{.name = NULL},
};

static const struct key channels_by_ref = {
	"channels", FORM_BY_REF, TYPE_MAP, .key_ref = REF_CHANNEL, .keys = keys_category_channel, MEANS("the channels, each with the notice shown for this category", "取得経路と通知"), .example = "{web_form: {notice: shop}}"};

static const struct key keys_entrusted[] = {
	{"by", TYPED(REF), .flags = KEY_REQUIRED, .ref = REF_ORGANIZATION, MEANS("the client whose data it is", "委託元"), .example = "client"},
	{"task", TYPED(TEXT), .flags = KEY_REQUIRED, MEANS("the task that was entrusted", "委託された業務"), .example = "Payroll"},
	{"purposes", FORM_LIST, TYPE_REF, .flags = KEY_REQUIRED, .ref = REF_PURPOSE, MEANS("the only purposes that it serves", "利用できる目的"), .law = "APPI 25", .example = "[client_payroll]"},
	{.name = NULL},
};

static const struct key group_items = {"group", FORM_LIST, TYPE_REF, .ref = REF_OWN_ITEM, MEANS("the items of a group", "まとまりの項目"), .example = "[name, phone]"};

const struct key keys_category[] = {
	{"people", TYPED(TEXT), MEANS("whose data it is", "対象の本人"), .example = "{ja: お客様, en: Customers}"},
	{"held_by", FORM_LIST, TYPE_REF, .flags = KEY_OR_ONE, .ref = REF_ENTITY, MEANS("which of the organizations under the policy hold it; all when not said", "保有する事業者（ないときは全事業者）"), .law = "APPI 16(2), 32(1)(i)", .example = "kitahama"},
	{"external_id", TYPED(REF), .ref = REF_OWN_ITEM, MEANS("the item that is the company's own key", "自社の管理番号である項目"), .example = "customer_number"},
	{"channels", FORM_LIST, TYPE_REF, .flags = KEY_REQUIRED, .ref = REF_CHANNEL, .other = &channels_by_ref, MEANS("how its data comes in", "取得経路"), .law = "APPI 20(1)", .example = "[web_form, telephone]"},
	{"groups", FORM_IDS, TYPE_MAP, .noun = "group", .each = &group_items, MEANS("names for several items, usable wherever items are listed", "項目のまとまり"), .example = "{contact_details: [name, phone]}"},
	{"items", FORM_IDS, TYPE_MAP, .flags = KEY_REQUIRED, .keys = keys_item, .noun = "item", .max = 512, MEANS("what is held", "保有する項目"), .example = "{name: {type: name}}"},
	{"keep", TYPED(MAP), .flags = KEY_REQUIRED, .missing = FINDING_CATEGORY_WITHOUT_KEEP, .keys = keys_clock, MEANS("how long its data is kept", "保存期間"), .law = "APPI 22", .example = "{for: P5Y, from: contract_end}"},
	{"at_least", TYPED(MAP), .keys = keys_at_least, MEANS("what a law wants kept, whatever else ends", "法令による最低の保存"), .example = "{for: P7Y, from: contract_end, law: Corporation Tax Act 126}"},
	{"entrusted", TYPED(MAP), .keys = keys_entrusted, MEANS("the data is a client's: it serves only the client's purposes", "委託を受けて扱うデータ"), .law = "APPI 25", .example = "{by: client, task: Payroll, purposes: [client_payroll]}"},
	WAS,
	{.name = NULL},
};

const struct key keys_event[] = {
	{"text", TYPED(TEXT), MEANS("what people call it, where a time of keeping is told", "呼び名（保存期間の表示に使う）"), .example = "{ja: 契約の終了, en: the end of the contract}"},
	{"cancelled_by", TYPED(REF), .ref = REF_EVENT, MEANS("a later event that undoes this one", "取り消す出来事"), .example = "contract_start"},
	WAS,
	{.name = NULL},
};

const struct key keys_notice[] = {
	{"purposes", FORM_LIST, TYPE_REF, .flags = KEY_REQUIRED, .ref = REF_PURPOSE, MEANS("the purposes that it tells", "知らせる利用目的"), .law = "APPI 21", .example = "[billing, contact]"},
	{"told", TYPED(TRUTH), MEANS("told or posted, not shown to each person", "口頭または掲示による"), .example = "true"},
	{"voluntary", TYPED(TEXT), MEANS("that giving is voluntary, and what follows from not giving", "任意性と、提供しない場合の結果"), .law = "JIS Q 15001 A.3.4.2.5", .example = "{ja: 任意です, en: Voluntary}"},
	{"text", TYPED(TEXT), MEANS("its wording, instead of the file notices/ID.<language>.md", "文言（ファイルに代わる）"), .example = "Calls may be recorded"},
	WAS,
	{.name = NULL},
};

const struct key keys_channel[] = {
	{"kind", TYPED(WORD), .flags = KEY_REQUIRED, .words = words_channel_kind, MEANS("what kind of channel it is", "経路の種類"), .example = "form"},
	{"written", TYPED(TRUTH), MEANS("direct written acquisition: the notice must be proven per person", "書面による直接取得"), .law = "APPI 21(2)", .example = "true"},
	{"notice", TYPED(REF), .ref = REF_NOTICE, MEANS("what is shown or told there", "示す通知"), .example = "sign_up"},
	{"purposes", FORM_LIST, TYPE_REF, .ref = REF_PURPOSE, MEANS("what its data is bound to when there is no notice", "通知がないときに結び付く目的"), .example = "[inquiry, contact]"},
	{"arrangement", TYPED(REF), .ref = REF_JOINT_USE, MEANS("kind joint_use: the joint use whose partners bring it in", "共同利用"), .example = "group"},
	{"provider", TYPED(REF), .ref = REF_ORGANIZATION, MEANS("kind third_party: who provides it; kind succession: whose business passed over", "提供元（承継では承継した事業の元の事業者）"), .law = "APPI 30, 27(5)(ii)", .example = "credit_bureau"},
	{"since", TYPED(DATE), MEANS("kind succession: the day on which the business passed over", "事業を承継した日"), .law = "APPI 18(2), 27(5)(ii)", .example = "2024-04-01"},
	{"place", TYPED(TEXT), MEANS("kind device: where the devices stand", "機器（カメラなど）を置く場所"), .law = "APPI 21(4)(iv)", .example = "{ja: 店舗の出入口, en: Entrances of the shops}"},
	{"obtained", TYPED(TEXT), MEANS("how the provider obtained it", "提供元の取得の経緯"), .law = "APPI 30(1)(ii)", .example = "Registered by its members"},
	{"received_as", TYPED(WORD), .words = words_received, MEANS("on what basis it was provided", "提供の根拠"), .law = "APPI 30", .example = "consented"},
	{"before", TYPED(DATE), MEANS("kind legacy: only what was acquired before this date", "この日より前に取得したもの"), .example = "2026-11-01"},
	WAS,
	{.name = NULL},
};

static const struct key keys_basis[] = {
	{"consent", TYPED(REF), .ref = REF_CONSENT, MEANS("the consent that it rests on", "根拠となる同意"), .example = "marketing"},
	{"statute", TYPED(STRING), MEANS("the statute that it rests on", "根拠となる法令"), .example = "Number Act 9(4)"},
	{.name = NULL},
};

static const struct key keys_contacts[] = {
	{"by", FORM_LIST, TYPE_ID, .flags = KEY_REQUIRED, MEANS("the means by which people are contacted", "連絡の手段"), .example = "[mail, phone]"},
	{.name = NULL},
};

static const struct key keys_observe[] = {
	{"until", TYPED(DATE), .flags = KEY_REQUIRED, MEANS("through this date refusals are only reported", "この日まで記録のみとする"), .example = "2027-03-31"},
	{.name = NULL},
};

const struct key keys_purpose[] = {
	{"text", TYPED(TEXT), .flags = KEY_REQUIRED, MEANS("the purpose as it is announced", "公表する利用目的"), .law = "APPI 17(1)", .example = "{ja: 料金の請求, en: Invoicing of fees}"},
	{"services", FORM_LIST, TYPE_REF, .flags = KEY_OR_ALL, .ref = REF_SERVICE, MEANS("the services that it belongs to", "関係するサービス"), .example = "all"},
	{"uses", TYPED(ITEMS), .flags = KEY_REQUIRED, MEANS("the only items that it may open", "利用する項目"), .law = "APPI 18(1)", .example = "{customer: [name, address]}"},
	{"basis", TYPED(MAP), .flags = KEY_OR_WORD, .words = words_announced, .keys = keys_basis, MEANS("what it rests on: announced, a consent or a statute", "根拠"), .law = "APPI 18", .example = "{consent: marketing}"},
	{"may_object", TYPED(TRUTH), MEANS("a person may object to it", "本人が中止を求められるか"), .law = "APPI 35(5)", .example = "true"},
	{"contacts_person", TYPED(MAP), .keys = keys_contacts, MEANS("people are contacted for it", "本人への連絡を伴うか"), .law = "APPI 41(8)", .example = "{by: [mail]}"},
	{"after", FORM_BY_REF, TYPE_WORD, .key_ref = REF_EVENT, .words = words_stop, MEANS("events after which it stops", "終了する出来事"), .example = "{contract_end: stop}"},
	{"related_to", FORM_LIST, TYPE_REF, .ref = REF_PURPOSE, MEANS("purposes whose data may serve this one too: one step, one way", "関連性を認める元の目的"), .law = "APPI 17(2)", .example = "[quality]"},
	{"keep", TYPED(MAP), .keys = keys_clock, MEANS("how long data serves it; it can only shorten", "この目的での保存期間（短縮のみ）"), .law = "APPI 22", .example = "{for: P3M, from: acquisition}"},
	{"needs_reason", TYPED(TRUTH), MEANS("a catch-all: each request states a reason", "理由の明示を要する"), .example = "true"},
	{"prohibited", TYPED(TRUTH), MEANS("never allowed, whoever asks", "禁止"), .law = "APPI 19", .example = "true"},
	{"observe", TYPED(MAP), .keys = keys_observe, MEANS("report only, for a time: refusals of some checks are recorded, not enforced", "試行（記録のみ）"), .example = "{until: 2027-03-31}"},
	WAS,
	{.name = NULL},
};

static const struct key keys_minors[] = {
	{"under", TYPED(COUNT), .flags = KEY_REQUIRED, .min = 1, .max = 30, MEANS("below this age a guardian consents", "この年齢未満は保護者による"), .example = "16"},
	{"by", TYPED(WORD), .flags = KEY_REQUIRED, .words = words_guardian, MEANS("who consents for them", "同意する者"), .example = "guardian"},
	{"birth_date", TYPED(REF), .ref = REF_ITEM, MEANS("the item with the birth date", "生年月日の項目"), .example = "customer.birth_date"},
	{"proof", FORM_LIST, TYPE_TEXT, MEANS("how the guardian shows to be one", "保護者であることの確認の方法"), .example = "[family_account, document]"},
	{.name = NULL},
};

const struct key keys_consent[] = {
	{"purposes", FORM_LIST, TYPE_REF, .ref = REF_PURPOSE, MEANS("the purposes that it covers", "対象の目的"), .law = "APPI 18(1)", .example = "[proposals]"},
	{"provision", TYPED(REF), .ref = REF_PROVISION, MEANS("the provision that it covers", "対象の第三者提供"), .law = "APPI 27(1)", .example = "insurer"},
	{"withdraw", FORM_LIST, TYPE_TEXT, MEANS("the ways to withdraw it", "撤回の方法"), .example = "[web, email]"},
	{"minors", TYPED(MAP), .keys = keys_minors, MEANS("who consents below an age", "未成年者の同意"), .example = "{under: 16, by: guardian}"},
	{"text", TYPED(TEXT), MEANS("its wording, instead of the file consents/ID.<language>.md", "文言（ファイルに代わる）"), .example = "I agree to …"},
	WAS,
	{.name = NULL},
};

static const struct key keys_limits[] = {
	{"requests_per_second", TYPED(COUNT), .min = 1, .max = 1000000000, MEANS("requests in a second", "毎秒の要求数"), .example = "2000"},
	{"persons_per_hour", TYPED(COUNT), .min = 1, .max = 1000000000, MEANS("distinct persons in an hour, unknown ones too", "毎時の人数"), .example = "200"},
	{.name = NULL},
};

static const struct key keys_approval[] = {
	{"by", TYPED(REF), .flags = KEY_REQUIRED, .ref = REF_ROLE, MEANS("the role that approves", "承認する役割"), .example = "officer"},
	{"for", TYPED(DURATION), MEANS("how long an approval serves; without it, once", "承認の有効期間（ないときは一回）"), .example = "PT8H"},
	{"items", TYPED(ITEMS), MEANS("needed only for these items", "対象の項目"), .example = "{employee: [my_number]}"},
	{.name = NULL},
};

const struct key keys_role[] = {
	{"kind", TYPED(WORD), .flags = KEY_REQUIRED, .words = words_role_kind, MEANS("what acts in it", "役割の種類"), .example = "staff"},
	{"purposes", FORM_LIST, TYPE_REF, .flags = KEY_REQUIRED, .ref = REF_PURPOSE, MEANS("the purposes it may act for", "許される目的"), .example = "[billing]"},
	{"may", FORM_LIST, TYPE_WORD, .flags = KEY_REQUIRED, .words = words_action, MEANS("what it may do", "許される操作"), .example = "[read, lookup]"},
	{"collects", TYPED(ITEMS), MEANS("what it may bring in", "取得できる項目"), .example = "{customer: all}"},
	{"sets", FORM_LIST, TYPE_REF, .ref = REF_DERIVED, MEANS("pseudonymized sets that it may open", "開ける仮名加工情報"), .law = "APPI 41", .example = "[service_analysis]"},
	{"answers", FORM_LIST, TYPE_WORD, .flags = KEY_OR_ALL, .words = words_request_kind, MEANS("kinds of a person's request that it fulfils", "応じる請求の種類"), .law = "APPI 32-35", .example = "all"},
	{"limits", TYPED(MAP), .keys = keys_limits, MEANS("how much it may ask for", "上限"), .example = "{persons_per_hour: 200}"},
	{"approval", FORM_BY_WORD, TYPE_MAP, .key_words = words_action, .keys = keys_approval, MEANS("actions that a second person approves first", "第二の承認を要する操作"), .example = "{export: {by: officer, for: PT1H}}"},
	{"organization", TYPED(REF), .ref = REF_ORGANIZATION, MEANS("kind partner: the organization it belongs to", "所属する組織（partner）"), .example = "kitahama_sales"},
	WAS,
	{.name = NULL},
};
/* clang-format on */
