/*
 * The keys of what leaves, is derived, or is opened by exception: exceptions,
 * joint use, outsourcing, provision, de-identified sets.
 */
#include "policy/keys.h"

#include "policy/keys_sections.h"
#include "policy/words.h"

/* clang-format off */
#define NAME(called) \
	{"name", TYPED(TEXT), MEANS("what people call it", "呼び名"), .example = (called)}

static const char *const words_covers[] = {"use", "provide", "acquire", NULL};
static const char *const words_stated[] = {"stated", NULL};
static const char *const words_acquirer[] = {"parties", "responsible", NULL};
static const char *const words_provision_basis[] = {"opt_out", "succession", NULL};
static const char *const words_named_by[] = {"consent", "record", NULL};
static const char *const words_output[] = {"keep", NULL};
static const char *const words_output_moved[] = {"keep", "shift", NULL};
static const char *const words_date_level[] = {"month", "quarter", "year", "decade", NULL};

static const struct key keys_exception_law[] = {
	{"use", TYPED(STRING), MEANS("the ground for use", "利用の根拠"), .law = "APPI 18(3)", .example = "18-3-2"},
	{"provide", TYPED(STRING), MEANS("the ground for provision", "提供の根拠"), .law = "APPI 27(1)", .example = "27-1-2"},
	{"acquire", TYPED(STRING), MEANS("the ground for acquisition", "取得の根拠"), .law = "APPI 20(2)", .example = "20-2-2"},
	{.name = NULL},
};

static const struct key law_by_act = {"law", TYPED(MAP), .keys = keys_exception_law, MEANS("the ground for each act", "行為ごとの根拠"), .example = "{use: 18-3-2, provide: 27-1-2}"};

static const struct key keys_exception_approval[] = {
	{"by", TYPED(REF), .flags = KEY_REQUIRED, .ref = REF_ROLE, MEANS("the role that approves; another person than the claimant", "承認する役割"), .example = "officer"},
	{"afterwards", TYPED(DURATION), MEANS("opened at the claim, closed unless approved in this time", "事後承認の期限"), .example = "PT24H"},
	{.name = NULL},
};

const struct key keys_exception[] = {
	{"law", TYPED(STRING), .flags = KEY_REQUIRED, .other = &law_by_act, MEANS("the ground, as article-paragraph-item", "根拠となる条項号"), .law = "APPI 18(3), 20(2), 27(1)", .example = "27-1-1"},
	{"covers", FORM_LIST, TYPE_WORD, .flags = KEY_REQUIRED, .words = words_covers, MEANS("what it opens: use, provide, acquire", "対象の行為"), .example = "[provide]"},
	{"opens", FORM_LIST, TYPE_WORD, .flags = KEY_REQUIRED, .words = words_data_class, MEANS("the classes of data that it opens", "対象の区分"), .example = "[ordinary]"},
	{"facts", FORM_LIST, TYPE_ID, .flags = KEY_REQUIRED, MEANS("facts that a claim states", "申立てに要する事実"), .example = "[danger, why_no_consent]"},
	{"recipient", TYPED(WORD), .words = words_stated, MEANS("the claim states the recipient", "提供先の明示"), .example = "stated"},
	{"approval", TYPED(MAP), .flags = KEY_REQUIRED, .keys = keys_exception_approval, MEANS("who approves a claim", "承認"), .example = "{by: officer}"},
	{"for", TYPED(DURATION), .flags = KEY_REQUIRED, MEANS("how long it stays open", "有効期間"), .example = "PT24H"},
	{"text", TYPED(TEXT), MEANS("what it is for", "説明"), .example = "Warrants"},
	WAS,
	{.name = NULL},
};

static const struct key keys_every[] = {
	{"every", TYPED(DURATION), .flags = KEY_REQUIRED, MEANS("how often", "頻度"), .example = "P1Y"},
	{.name = NULL},
};

static const struct key keys_foreign[] = {
	{"basis", TYPED(WORD), .flags = KEY_REQUIRED, .missing = FINDING_FOREIGN_WITHOUT_BASIS, .words = words_foreign_basis, MEANS("on what basis data may go abroad", "外国提供の根拠"), .law = "APPI 28", .example = "equal_system"},
	{"consent", TYPED(REF), .ref = REF_CONSENT, MEANS("basis consent: which", "根拠となる同意"), .example = "abroad"},
	{"system", TYPED(ID), MEANS("basis equal_system: by contract, rules or certification", "相当措置の体制"), .law = "Enforcement Rules 16", .example = "contract"},
	{"information", TYPED(FILE), MEANS("what people are told of that country and of the recipient's measures: a wording", "外国の制度と提供先の措置の情報"), .law = "APPI 28(2), (3), Enforcement Rules 17(2), 18(3)", .example = "foreign/us"},
	{"country_unknown", TYPED(TEXT), MEANS("basis consent: why the country cannot be named yet, and what helps instead", "国名を特定できない理由と参考情報"), .law = "Enforcement Rules 17(3)", .example = "The hospital of treatment is chosen later"},
	{"measures_unknown", TYPED(TEXT), MEANS("basis consent: why nothing can be said of the recipient's measures", "提供先の措置について情報提供できない理由"), .law = "Enforcement Rules 17(4)", .example = "The recipient is chosen later"},
	{"review", TYPED(MAP), .keys = keys_every, MEANS("basis equal_system: how often the recipient's measures and its country's laws are checked", "相当措置の実施状況と外国の制度の確認の頻度"), .law = "APPI 28(3), Enforcement Rules 18(1)", .example = "{every: P1Y}"},
	{.name = NULL},
};

static const struct key keys_party[] = {
	{"organization", TYPED(REF), .flags = KEY_REQUIRED, .ref = REF_ORGANIZATION, MEANS("who takes part", "共同利用者"), .example = "kitahama_sales"},
	{"from", TYPED(DATE), MEANS("from this date", "開始日"), .example = "2020-04-01"},
	{"until", TYPED(DATE), MEANS("through this date", "終了日"), .example = "2027-03-31"},
	{"foreign", TYPED(MAP), .keys = keys_foreign, MEANS("on what basis data may go to it abroad", "外国にある場合の根拠"), .law = "APPI 28", .example = "{basis: equal_country}"},
	{.name = NULL},
};

static const struct key keys_acquired[] = {
	{"by", TYPED(WORD), .words = words_acquirer, MEANS("who acquires it", "取得する者"), .example = "parties"},
	{"through", FORM_LIST, TYPE_REF, .ref = REF_CHANNEL, MEANS("the channels", "取得経路"), .example = "[telephone, web_form]"},
	{.name = NULL},
};

const struct key keys_joint_use[] = {
	NAME("{ja: ポイントカード, en: Point card}"),
	{"items", TYPED(ITEMS), .flags = KEY_REQUIRED, .missing = FINDING_JOINT_USE_INCOMPLETE, MEANS("the items used jointly", "共同利用する項目"), .law = "APPI 27(5)(iii)", .example = "{customer: [name]}"},
	{"parties", FORM_LIST, TYPE_MAP, .flags = KEY_REQUIRED, .missing = FINDING_JOINT_USE_INCOMPLETE, .keys = keys_party, MEANS("who uses them", "共同利用者の範囲"), .law = "APPI 27(5)(iii)", .example = "[{organization: kitahama_sales}]"},
	{"purposes", FORM_LIST, TYPE_REF, .flags = KEY_REQUIRED, .missing = FINDING_JOINT_USE_INCOMPLETE, .ref = REF_PURPOSE, MEANS("the purposes of the users", "利用目的"), .law = "APPI 27(5)(iii)", .example = "[quality]"},
	{"responsible", TYPED(REF), .flags = KEY_REQUIRED, .missing = FINDING_JOINT_USE_INCOMPLETE, .ref = REF_ORGANIZATION, MEANS("who is responsible for managing the data", "管理責任者"), .law = "APPI 27(5)(iii)", .example = "kitahama"},
	{"acquired", TYPED(MAP), .keys = keys_acquired, MEANS("by whom and how it is acquired", "取得の方法"), .example = "{by: parties, through: [web_form]}"},
	{"foreign", TYPED(MAP), .keys = keys_foreign, MEANS("on what basis data may go abroad", "外国提供の根拠"), .law = "APPI 28", .example = "{basis: equal_country}"},
	WAS,
	{.name = NULL},
};

const struct key keys_outsourcing[] = {
	{"processor", TYPED(REF), .flags = KEY_REQUIRED, .ref = REF_ORGANIZATION, MEANS("who does the work", "委託先"), .law = "APPI 25", .example = "printing"},
	{"task", TYPED(TEXT), .flags = KEY_REQUIRED, MEANS("the work", "委託する業務"), .law = "APPI 27(5)(i)", .example = "Mailing invoices"},
	{"purposes", FORM_LIST, TYPE_REF, .flags = KEY_REQUIRED, .ref = REF_PURPOSE, MEANS("the purposes that it serves", "利用目的"), .example = "[billing]"},
	{"items", TYPED(ITEMS), .flags = KEY_REQUIRED, MEANS("the items that go there", "委託する項目"), .example = "{customer: [name, address]}"},
	{"clauses", FORM_LIST, TYPE_ID, MEANS("what the contract settles", "契約の条項"), .law = "APPI 25", .example = "[security, audit]"},
	{"review", TYPED(MAP), .keys = keys_every, MEANS("how often the processor is reviewed", "委託先の点検"), .law = "APPI 25", .example = "{every: P1Y}"},
	{"from", TYPED(DATE), MEANS("from this date", "開始日"), .example = "2026-04-01"},
	{"until", TYPED(DATE), MEANS("through this date", "終了日"), .example = "2027-03-31"},
	{"foreign", TYPED(MAP), .keys = keys_foreign, MEANS("on what basis data may go abroad", "外国提供の根拠"), .law = "APPI 28", .example = "{basis: equal_system, system: contract}"},
	WAS,
	{.name = NULL},
};

static const struct key keys_recipient_class[] = {
	{"class", TYPED(TEXT), .flags = KEY_REQUIRED, MEANS("the class of recipients", "提供先の属性"), .example = "Hospitals"},
	{"named_by", TYPED(WORD), .flags = KEY_REQUIRED, .words = words_named_by, MEANS("what names the one recipient: the consent, or (by statute or opt-out) the record of provision", "提供先を特定するもの（同意、または提供の記録）"), .law = "APPI 27, 29", .example = "consent"},
	{.name = NULL},
};

static const struct key recipient_class = {"recipient", TYPED(MAP), .keys = keys_recipient_class, MEANS("a class of recipients, each named by the consent or by the record of provision", "提供先の属性"), .example = "{class: Hospitals, named_by: consent}"};

static const struct key keys_provision_basis[] = {
	{"consent", TYPED(REF), .ref = REF_CONSENT, MEANS("the consent that it rests on", "根拠となる同意"), .law = "APPI 27(1)", .example = "partner_offer"},
	{"statute", TYPED(STRING), MEANS("the statute that it rests on", "根拠となる法令"), .law = "APPI 27(1)(i)", .example = "Income Tax Act 225"},
	{.name = NULL},
};

static const struct key keys_opt_out[] = {
	{"acquired", TYPED(TEXT), MEANS("how the data provided was acquired", "取得の方法"), .law = "APPI 27(2)(iv)", .example = "From public registers"},
	{"stop", TYPED(REF), .ref = REF_DESK, MEANS("the desk that takes a person's word that provision is to stop", "提供の停止を受け付ける窓口"), .law = "APPI 27(2)(vi), (vii)", .example = "inquiry"},
	{"updated", TYPED(TEXT), MEANS("how the data provided is kept up to date", "更新の方法"), .law = "APPI 27(2)(viii), Enforcement Rules 11", .example = "Every month"},
	{"filed", TYPED(DATE), MEANS("when it was filed with the Commission", "個人情報保護委員会への届出日"), .law = "APPI 27(2)", .example = "2026-09-01"},
	{.name = NULL},
};

const struct key keys_provision[] = {
	{"recipient", TYPED(REF), .flags = KEY_REQUIRED, .ref = REF_ORGANIZATION, .other = &recipient_class, MEANS("who receives it", "提供先"), .law = "APPI 27(1)", .example = "insurer"},
	{"purpose", TYPED(REF), .flags = KEY_REQUIRED, .ref = REF_PURPOSE, MEANS("the purpose of providing", "提供の目的"), .example = "partner_insurance"},
	{"basis", TYPED(MAP), .flags = KEY_REQUIRED | KEY_OR_WORD, .words = words_provision_basis, .keys = keys_provision_basis, MEANS("a consent, a statute, opt_out (refused until filed) or succession", "根拠"), .law = "APPI 27", .example = "{consent: partner_offer}"},
	{"items", TYPED(ITEMS), .flags = KEY_REQUIRED, MEANS("the items provided", "提供する項目"), .example = "{customer: [name, email]}"},
	{"method", TYPED(TEXT), MEANS("how it is provided", "提供の方法"), .example = "Encrypted file"},
	{"opt_out", TYPED(MAP), .keys = keys_opt_out, MEANS("basis opt_out: the other matters that are announced and filed", "オプトアウトの公表・届出事項"), .law = "APPI 27(2), Enforcement Rules 11", .example = "{acquired: From public registers, stop: inquiry, updated: Every month}"},
	{"confirmed", TYPED(TEXT), MEANS("personally-referable items: how it is confirmed that the recipient has the person's consent", "個人関連情報について、本人の同意を得ていることの確認の方法"), .law = "APPI 31(1)", .example = "The recipient declares it in writing"},
	{"from", TYPED(DATE), MEANS("from this date", "開始日"), .example = "2026-04-01"},
	{"until", TYPED(DATE), MEANS("through this date", "終了日"), .example = "2027-03-31"},
	{"foreign", TYPED(MAP), .keys = keys_foreign, MEANS("on what basis data may go abroad", "外国提供の根拠"), .law = "APPI 28", .example = "{basis: consent, consent: abroad}"},
	WAS,
	{.name = NULL},
};

static const struct key keys_generalize[] = {
	{"to", TYPED(WORD), .words = words_date_level, MEANS("dates: the level that is left", "日付の粒度"), .example = "year"},
	{"bands", TYPED(NUMBER), MEANS("numbers: the width of a band", "区間の幅"), .example = "10"},
	{"bottom", TYPED(NUMBER), MEANS("numbers: below it one band", "下限"), .example = "20"},
	{"top", TYPED(NUMBER), MEANS("numbers: above it one band", "上限"), .example = "80"},
	{"digits", TYPED(COUNT), .min = 1, .max = 20, MEANS("codes: digits that are left", "残す桁数"), .example = "3"},
	{"hierarchy", TYPED(STRING), MEANS("a hierarchy file of the policy's directory: each line has a value and what stands above it, level by level", "ポリシーのディレクトリにある階層ファイル。1行に値とその上位の区分を順に並べる"), .example = "hierarchies/region.csv"},
	{"level", TYPED(COUNT), .min = 1, .max = 31, MEANS("hierarchy: how many levels above the value is written", "階層ファイルで、値の何段上の区分を出力するか"), .example = "1"},
	{.name = NULL},
};

static const struct key output_value = {"output", TYPED(MAP), .flags = KEY_OR_WORD, .words = words_output, .keys = keys_generalize, MEANS("the value as it is, or how it is made coarser", "出力の方法"), .example = "{to: year}"};
static const struct key output_moved = {"output", TYPED(MAP), .flags = KEY_OR_WORD, .words = words_output_moved, .keys = keys_generalize, MEANS("the value as it is; `shift`, a date moved by days that are the same for all of a person's and stay secret; or how it is made coarser", "出力の方法。shift は、本人ごとに一定の日数だけ日付をずらす"), .example = "{to: year}"};

#define OUTPUT(value) \
	{"output", FORM_BY_REF, TYPE_MAP, .flags = KEY_REQUIRED, .key_ref = REF_OWN_ITEM, .each = &(value), MEANS("the only columns of the set, each with its treatment", "出力する項目と加工"), .law = "APPI 43(3)", .example = "{gender: keep, age: {bands: 10}}"}

static const struct key keys_model[] = {
	{"k", TYPED(COUNT), .flags = KEY_REQUIRED, .min = 2, .max = 1000000, MEANS("the smallest class: records that are alike in all columns but those under l and t", "最小の集団（l、t の対象でない全ての項目が同じ記録の数）"), .example = "10"},
	{"l", FORM_BY_REF, TYPE_COUNT, .key_ref = REF_OWN_ITEM, .min = 2, .max = 1000000, MEANS("by column: how many different values each class has at least", "項目ごとに、各集団に含まれる異なる値の最少数"), .example = "{purchase: 3}"},
	{"t", FORM_BY_REF, TYPE_NUMBER, .key_ref = REF_OWN_ITEM, MEANS("by column: how far the shares of its values in a class are from those in the whole set at most (half the sum of the differences), between 0 and 1", "項目ごとに、各集団と全体とで値の構成比が異なる程度の上限（構成比の差の合計の半分。0から1まで）"), .example = "{purchase: 0.2}"},
	{.name = NULL},
};

const struct key keys_anonymized[] = {
	NAME("{ja: 購買統計, en: Purchase statistics}"),
	{"from", TYPED(REF), .flags = KEY_REQUIRED, .ref = REF_CATEGORY, MEANS("the category that it is made from", "元の区分"), .law = "APPI 43", .example = "purchaser"},
	OUTPUT(output_value),
	{"model", TYPED(MAP), .flags = KEY_REQUIRED, .keys = keys_model, MEANS("the privacy models that it meets", "匿名性の基準"), .law = "Enforcement Rules 34", .example = "{k: 10}"},
	{"every", TYPED(DURATION), MEANS("how often it is made", "作成の頻度"), .example = "P1M"},
	{"recipients", FORM_LIST, TYPE_REF, .ref = REF_ORGANIZATION, MEANS("who receives it", "提供先"), .law = "APPI 43(4)", .example = "[research_buyer]"},
	{"deliver", FORM_LIST, TYPE_TEXT, MEANS("how it is delivered", "提供の方法"), .law = "APPI 43(4)", .example = "[email]"},
	WAS,
	{.name = NULL},
};

const struct key keys_pseudonymized[] = {
	NAME("{ja: 購買分析, en: Purchase analysis}"),
	{"from", TYPED(REF), .flags = KEY_REQUIRED, .ref = REF_CATEGORY, MEANS("the category that it is made from", "元の区分"), .law = "APPI 41", .example = "customer"},
	OUTPUT(output_moved),
	{"purposes", FORM_LIST, TYPE_REF, .flags = KEY_REQUIRED, .ref = REF_PURPOSE, MEANS("the purposes that it serves", "利用目的"), .law = "APPI 41(3)", .example = "[analysis]"},
	{"keep", TYPED(MAP), .flags = KEY_REQUIRED, .keys = keys_clock, MEANS("how long it is kept", "保存期間"), .law = "APPI 41(5)", .example = "{for: P1Y, from: creation}"},
	{"leaves_by", FORM_LIST, TYPE_WORD, .words = words_leaves_by, MEANS("the only ways in which it leaves", "提供できる場合"), .law = "APPI 41(6)", .example = "[outsourcing]"},
	WAS,
	{.name = NULL},
};
/* clang-format on */
