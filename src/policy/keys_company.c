/*
 * The keys of the company itself and of its promises to people: policy,
 * organizations, desks, requests, complaints, incidents, security, web.
 */
#include "policy/keys.h"

#include "policy/keys_sections.h"
#include "policy/words.h"

/* clang-format off */
static const char *const words_changes[] = {"purposes", "sharing", NULL};
static const char *const words_takes[] = {"inquiries", "complaints", "requests", NULL};
static const char *const words_chooser[] = {"person", "company", NULL};
static const char *const words_payer[] = {"requester", "company", NULL};
static const char *const words_no_data[] = {"tell", NULL};
static const char *const words_propagate[] = {"joint_use", "outsourcing", "provision", NULL};
static const char *const words_side[] = {"front", NULL};
static const char *const words_mismatch[] = {"ask", "refuse", NULL};
static const char *const words_tax[] = {"consumption", "included", "none", NULL};
static const char *const words_per[] = {"request", "person", NULL};
static const char *const words_customers[] = {"contracted", "others", NULL};
static const char *const words_then[] = {"lapse", NULL};
static const char *const words_commission[] = {"ppc", NULL};
static const char *const words_session[] = {"session", NULL};

static const struct key keys_ahead[] = {
	{"for", TYPED(DURATION), .flags = KEY_REQUIRED, MEANS("how long before it takes effect a revision is announced", "予告の期間"), .example = "P14D"},
	{"changes", FORM_LIST, TYPE_WORD, .words = words_changes, MEANS("the changes that need it; without it all", "対象の変更"), .example = "[purposes, sharing]"},
	{.name = NULL},
};

static const struct key keys_revision[] = {
	{"announce", FORM_LIST, TYPE_ID, .flags = KEY_OR_ONE, MEANS("where revisions are announced", "改定の公表"), .example = "[website, email]"},
	{"ahead", TYPED(MAP), .keys = keys_ahead, MEANS("the time promised between announcement and effect", "予告"), .example = "{for: P14D}"},
	{.name = NULL},
};

static const struct key keys_history[] = {
	{"from", TYPED(DATE), .flags = KEY_REQUIRED, MEANS("from this date", "開始日"), .example = "2005-03-30"},
	{"until", TYPED(DATE), .flags = KEY_REQUIRED, MEANS("through this date", "終了日"), .example = "2026-10-31"},
	{"purposes", FORM_LIST, TYPE_REF, .flags = KEY_REQUIRED, .ref = REF_PURPOSE, MEANS("what was promised then, in today's purposes", "当時の利用目的"), .example = "[billing]"},
	{"statement", TYPED(FILE), MEANS("the statement of that time", "当時の公表文"), .example = "history/2005"},
	{.name = NULL},
};

static const struct key keys_of_policy[] = {
	{"id", TYPED(ID), .flags = KEY_REQUIRED, MEANS("the policy's own id", "ポリシーの識別子"), .example = "kitahama"},
	{"organization", TYPED(REF), .flags = KEY_REQUIRED, .ref = REF_ORGANIZATION, MEANS("the controller", "事業者"), .law = "APPI 32(1)(i)", .example = "kitahama"},
	{"entities", FORM_LIST, TYPE_REF, .ref = REF_ORGANIZATION, MEANS("the other organizations that publish and keep this policy, each for the data that it holds", "このポリシーを共に定める他の事業者"), .law = "APPI 32(1)(i)", .example = "[kitahama_sales]"},
	{"established", TYPED(DATE), MEANS("when the policy was first made", "制定日"), .example = "2005-03-30"},
	{"revised", TYPED(DATE), MEANS("when it was last revised", "改定日"), .example = "2026-10-15"},
	{"effective", TYPED(DATE), .flags = KEY_REQUIRED, MEANS("in force from 00:00 of this date", "施行日"), .example = "2026-11-01"},
	{"languages", FORM_LIST, TYPE_LANGUAGE, .flags = KEY_REQUIRED, MEANS("the languages of all texts", "言語"), .example = "[ja, en]"},
	{"default_language", TYPED(LANGUAGE), MEANS("the language that counts; the first when not said", "正文の言語"), .example = "ja"},
	{"time_zone", TYPED(ZONE), MEANS("the zone of all dates; Asia/Tokyo when not said", "時間帯"), .example = "Asia/Tokyo"},
	{"law", TYPED(DATE), MEANS("checked against the law in force on this date", "準拠する法令の時点"), .example = "2026-11-01"},
	{"norms", FORM_LIST, TYPE_ID, MEANS("the norms that it follows", "準拠する規範"), .example = "[appi]"},
	{"revision", TYPED(MAP), .keys = keys_revision, MEANS("how revisions are announced", "改定の方法"), .example = "{announce: website}"},
	{"history", FORM_LIST, TYPE_MAP, .keys = keys_history, MEANS("what was promised before the first version published here", "過去の公表"), .law = "APPI 18(1)", .example = "[{from: 2005-03-30, until: 2026-10-31, purposes: [billing]}]"},
	{.name = NULL},
};

static const struct key keys_representative[] = {
	{"title", TYPED(TEXT), MEANS("the title", "役職"), .example = "President"},
	{"name", TYPED(TEXT), .flags = KEY_REQUIRED, MEANS("the name", "氏名"), .example = "(name)"},
	{.name = NULL},
};

static const struct key keys_organization[] = {
	{"name", TYPED(TEXT), .flags = KEY_REQUIRED, MEANS("the name", "名称"), .law = "APPI 32(1)(i)", .example = "{ja: 北浜クラウド株式会社, en: Kitahama Cloud}"},
	{"address", TYPED(TEXT), MEANS("the address", "住所"), .law = "APPI 32(1)(i)", .example = "Osaka"},
	{"postal_code", TYPED(STRING), MEANS("the postal code", "郵便番号"), .example = "541-0041"},
	{"representative", TYPED(MAP), .keys = keys_representative, MEANS("who represents it", "代表者"), .law = "APPI 32(1)(i)", .example = "{name: (name)}"},
	{"country", TYPED(COUNTRY), .flags = KEY_REQUIRED, MEANS("the country it is in", "所在国"), .law = "APPI 28", .example = "JP"},
	{"phone", FORM_LIST, TYPE_STRING, .flags = KEY_OR_ONE, MEANS("telephone numbers", "電話番号"), .example = "06-0000-0000"},
	{"email", TYPED(STRING), MEANS("e-mail address", "メールアドレス"), .example = "privacy@example.com"},
	{"url", TYPED(STRING), MEANS("its site", "ウェブサイト"), .example = "https://kitahama.example/"},
	{"brands", FORM_IDS, TYPE_TEXT, .noun = "brand", MEANS("the names under which it does business", "事業で使う名称（ブランド）"), .example = "{shop: Kitahama Shop}"},
	{.name = NULL},
};

static const struct key keys_deputy[] = {
	{"title", TYPED(TEXT), MEANS("the title", "役職"), .example = "Manager"},
	{"name", TYPED(TEXT), MEANS("the name", "氏名"), .example = "(name)"},
	{.name = NULL},
};

static const struct key keys_officer[] = {
	{"title", TYPED(TEXT), MEANS("the title", "役職"), .example = "General Manager"},
	{"name", TYPED(TEXT), MEANS("the name", "氏名"), .example = "(name)"},
	{"deputy", TYPED(MAP), .keys = keys_deputy, MEANS("who stands in", "代理"), .example = "{title: Manager}"},
	{"desk", TYPED(REF), .ref = REF_DESK, MEANS("the desk that reaches the officer", "連絡先"), .example = "inquiry"},
	{.name = NULL},
};

static const struct key address_text = {"address", TYPED(TEXT), MEANS("the address in words", "住所"), .example = "{ja: 大阪市, en: Osaka}"};

static const struct key keys_desk[] = {
	{"takes", FORM_LIST, TYPE_WORD, .words = words_takes, MEANS("what it takes", "受け付けるもの"), .example = "[inquiries]"},
	{"to", TYPED(TEXT), MEANS("to whom one writes", "宛先"), .example = "Person in charge"},
	{"phone", FORM_LIST, TYPE_STRING, .flags = KEY_OR_ONE, MEANS("telephone numbers", "電話番号"), .example = "06-0000-0000"},
	{"hours", TYPED(STRING), MEANS("opening hours, as OpenStreetMap writes them", "受付時間"), .example = "Mo-Fr 09:30-18:00; PH off"},
	{"email", TYPED(STRING), MEANS("e-mail address", "メールアドレス"), .example = "privacy@kitahama.example"},
	{"url", TYPED(STRING), MEANS("its page", "ウェブページ"), .example = "https://kitahama.example/privacy"},
	{"address", TYPED(REF), .ref = REF_ORGANIZATION, .other = &address_text, MEANS("the organization whose address it has", "住所（組織）"), .example = "kitahama"},
	{.name = NULL},
};

static const struct key keys_certified[] = {
	{"organization", TYPED(REF), .flags = KEY_REQUIRED, .ref = REF_ORGANIZATION, MEANS("the certified body", "認定個人情報保護団体"), .law = "APPI 32(1)(iv)", .example = "certified_body"},
	{"complaints_only", TYPED(TRUTH), MEANS("it takes complaints only, no inquiries", "苦情のみ"), .example = "true"},
	{.name = NULL},
};

static const struct key keys_within[] = {
	{"within", TYPED(DURATION), .flags = KEY_REQUIRED, MEANS("the time promised", "期間"), .example = "P14D"},
	{.name = NULL},
};

static const struct key keys_deliver[] = {
	{"methods", FORM_LIST, TYPE_TEXT, .flags = KEY_REQUIRED, MEANS("how an answer is delivered", "交付の方法"), .law = "APPI 33(1), Enforcement Rules 30", .example = "[electronic, paper]"},
	{"chosen_by", TYPED(WORD), .words = words_chooser, MEANS("who chooses", "選択する者"), .law = "APPI 33(1)", .example = "person"},
	{"postage", TYPED(WORD), .words = words_payer, MEANS("who pays the postage", "郵送料の負担"), .example = "requester"},
	{.name = NULL},
};

static const struct key keys_card[] = {
	{"side", TYPED(WORD), .words = words_side, MEANS("the side that is copied", "写しをとる面"), .example = "front"},
	{"needed_for", FORM_LIST, TYPE_ID, MEANS("what it is needed for", "必要な場合"), .example = "[individual_number]"},
	{.name = NULL},
};

static const struct key keys_identity[] = {
	{"documents", FORM_LIST, TYPE_TEXT, MEANS("documents that identify", "本人確認書類"), .law = "APPI 37, Order 12", .example = "[passport]"},
	{"individual_number_card", TYPED(MAP), .keys = keys_card, MEANS("how the card is taken", "個人番号カードの扱い"), .example = "{side: front}"},
	{"address_mismatch", TYPED(WORD), .words = words_mismatch, MEANS("what happens when addresses differ", "住所が一致しないとき"), .law = "APPI 37(2)", .example = "ask"},
	{.name = NULL},
};

static const struct key keys_statutory[] = {
	{"of", FORM_LIST, TYPE_ID, MEANS("of whom", "対象者"), .law = "Order 13", .example = "[minor]"},
	{"documents", FORM_LIST, TYPE_TEXT, MEANS("documents", "書類"), .example = "[family_register]"},
	{"adult_ward", FORM_LIST, TYPE_TEXT, MEANS("documents for an adult ward", "成年被後見人の書類"), .example = "[certificate_of_registered_matters]"},
	{"minor_asked_from", TYPED(COUNT), .min = 1, .max = 18, MEANS("from this age on a minor is asked too before a statutory agent is answered", "法定代理人に応じる前に、未成年者本人の意思も確かめる年齢"), .example = "15"},
	{.name = NULL},
};

static const struct key keys_mandated[] = {
	{"documents", FORM_LIST, TYPE_TEXT, MEANS("documents", "書類"), .law = "Order 13", .example = "[letter_of_authority_with_registered_seal]"},
	{.name = NULL},
};

static const struct key keys_proxies[] = {
	{"statutory", TYPED(MAP), .keys = keys_statutory, MEANS("statutory agents", "法定代理人"), .law = "APPI 37(3)", .example = "{of: [minor]}"},
	{"mandated", TYPED(MAP), .keys = keys_mandated, MEANS("agents mandated by the person", "任意代理人"), .law = "APPI 37(3)", .example = "{documents: [seal_certificate]}"},
	{.name = NULL},
};

static const struct key keys_papers[] = {
	{"dispose", TYPED(MAP), .keys = keys_within, MEANS("when papers are disposed of", "書類の廃棄"), .example = "{within: P1M}"},
	{"mask", FORM_LIST, TYPE_ID, MEANS("what is masked on them", "マスキング"), .example = "[individual_number]"},
	{.name = NULL},
};

static const struct key keys_fee_missing[] = {
	{"tell", TYPED(TRUTH), MEANS("the requester is told", "通知するか"), .example = "true"},
	{"within", TYPED(DURATION), MEANS("the time for paying", "支払期限"), .example = "P14D"},
	{"then", TYPED(WORD), .words = words_then, MEANS("what happens then", "その後"), .example = "lapse"},
	{.name = NULL},
};

static const struct key keys_fee[] = {
	{"kinds", FORM_LIST, TYPE_WORD, .flags = KEY_REQUIRED, .words = words_request_kind, MEANS("kinds of request that cost a fee", "手数料のかかる請求"), .law = "APPI 38", .example = "[disclose]"},
	{"amount", TYPED(COUNT), .flags = KEY_REQUIRED, .max = 1000000, MEANS("yen", "金額（円）"), .law = "APPI 38(2)", .example = "1000"},
	{"tax", TYPED(WORD), .words = words_tax, MEANS("the consumption tax", "消費税"), .example = "consumption"},
	{"per", TYPED(WORD), .words = words_per, MEANS("counted by", "単位"), .example = "request"},
	{"pay", FORM_BY_WORD, TYPE_ID, .key_words = words_customers, MEANS("how it is paid", "支払方法"), .example = "{contracted: bill}"},
	{"missing", TYPED(MAP), .keys = keys_fee_missing, MEANS("what happens when it is missing", "未納のとき"), .example = "{tell: true, within: P14D}"},
	{.name = NULL},
};

static const struct key keys_refuse_approval[] = {
	{"by", TYPED(REF), .flags = KEY_REQUIRED, .ref = REF_ROLE, MEANS("the role that approves a refusal", "承認する役割"), .example = "officer"},
	{.name = NULL},
};

static const struct key keys_refuse[] = {
	{"law", TYPED(STRING), .flags = KEY_REQUIRED, MEANS("the ground in the law", "法律上の根拠"), .law = "APPI 33(2), 37", .example = "33-2-1"},
	{"of", FORM_LIST, TYPE_WORD, .flags = KEY_REQUIRED | KEY_OR_ALL, .words = words_request_kind, MEANS("the kinds of request that may be refused by it", "対象の請求"), .example = "[disclose]"},
	{"ask_first", TYPED(TRUTH), MEANS("the requester is asked to complete it first", "補正を求める"), .law = "APPI 37(2)", .example = "true"},
	{"approval", TYPED(MAP), .keys = keys_refuse_approval, MEANS("who approves it", "承認"), .example = "{by: officer}"},
	{"text", TYPED(TEXT), .flags = KEY_REQUIRED, MEANS("the ground in words", "理由"), .law = "APPI 36", .example = "Another law would be violated"},
	{.name = NULL},
};

static const struct key grounds = {"grounds", FORM_LIST, TYPE_ID, MEANS("the grounds of one kind", "請求の理由"), .example = "[not_factual]"};

const struct key keys_request[] = {
	{"kinds", FORM_LIST, TYPE_WORD, .flags = KEY_REQUIRED, .words = words_request_kind, MEANS("the requests that people may make", "請求の種類"), .law = "APPI 32-35", .example = "[disclose, correct]"},
	{"by", FORM_LIST, TYPE_ID, MEANS("how they are sent in", "受付の方法"), .law = "APPI 37(1), Order 12", .example = "[post, email]"},
	{"desk", TYPED(REF), .flags = KEY_REQUIRED, .ref = REF_DESK, MEANS("the desk", "窓口"), .law = "APPI 37(1), Order 12", .example = "inquiry"},
	{"forms", FORM_BY_WORD, TYPE_FILE, .key_words = words_request_kind, MEANS("the form of each kind", "書式"), .law = "APPI 37(1), Order 12", .example = "{disclose: forms/disclosure}"},
	{"answer", TYPED(MAP), .keys = keys_within, MEANS("the time of the answer", "回答期限"), .law = "APPI 33(2), 39", .example = "{within: P14D}"},
	{"deliver", TYPED(MAP), .keys = keys_deliver, MEANS("how it is delivered", "交付"), .law = "APPI 33(1)", .example = "{methods: [electronic, paper], chosen_by: person}"},
	{"grounds", FORM_BY_WORD, TYPE_MAP, .key_words = words_request_kind, .each = &grounds, MEANS("the grounds on which a request is granted", "請求の理由"), .law = "APPI 34, 35", .example = "{correct: [not_factual]}"},
	{"no_data", TYPED(WORD), .words = words_no_data, MEANS("what is said when nothing is held", "データがないとき"), .law = "APPI 33(3)", .example = "tell"},
	{"propagate", FORM_LIST, TYPE_WORD, .words = words_propagate, MEANS("to whom corrections and stops are passed on", "通知先"), .example = "[joint_use]"},
	{"identity", TYPED(MAP), .keys = keys_identity, MEANS("how a person is identified", "本人確認"), .law = "APPI 37, Order 12", .example = "{documents: [passport]}"},
	{"proxies", TYPED(MAP), .keys = keys_proxies, MEANS("who may ask for another", "代理人"), .law = "APPI 37(3)", .example = "{mandated: {documents: [seal_certificate]}}"},
	{"papers", TYPED(MAP), .keys = keys_papers, MEANS("what happens to papers sent in", "提出書類の扱い"), .example = "{dispose: {within: P1M}}"},
	{"fee", TYPED(MAP), .keys = keys_fee, MEANS("the fee", "手数料"), .law = "APPI 38", .example = "{kinds: [disclose], amount: 1000}"},
	{"refuse", FORM_IDS, TYPE_MAP, .keys = keys_refuse, .noun = "ground of refusal", MEANS("grounds on which a request is refused", "不開示等の理由"), .law = "APPI 33(2)", .example = "{harm: {law: 33-2-1, of: [disclose], text: Harm}}"},
	{.name = NULL},
};

static const struct key keys_complaints[] = {
	{"desk", TYPED(REF), .flags = KEY_REQUIRED, .ref = REF_DESK, MEANS("the desk", "窓口"), .law = "APPI 40", .example = "inquiry"},
	{"answer", TYPED(MAP), .keys = keys_within, MEANS("the time of the answer", "回答期限"), .example = "{within: P14D}"},
	{"escalate_to", TYPED(REF), .ref = REF_CERTIFIED_BODY, MEANS("the certified body to turn to", "申出先"), .law = "APPI 54", .example = "certified_body"},
	{"others", FORM_LIST, TYPE_REF, .ref = REF_ORGANIZATION, MEANS("other bodies that take complaints", "そのほかの申出先"), .example = "[consumer_center]"},
	{.name = NULL},
};

static const struct key keys_final[] = {
	{"usual", TYPED(DURATION), MEANS("usually", "通常"), .law = "Enforcement Rules 8(2)", .example = "P30D"},
	{"attack", TYPED(DURATION), MEANS("after an act against the company", "不正行為による場合"), .law = "Enforcement Rules 8(2)", .example = "P60D"},
	{.name = NULL},
};

static const struct key keys_incidents[] = {
	{"desk", TYPED(REF), .ref = REF_DESK, MEANS("the desk", "窓口"), .example = "inquiry"},
	{"report_to", FORM_LIST, TYPE_REF, .ref = REF_CERTIFIED_BODY, .words = words_commission, MEANS("to whom leaks are reported", "報告先"), .law = "APPI 26(1)", .example = "[ppc]"},
	{"preliminary", TYPED(MAP), .keys = keys_within, MEANS("the preliminary report", "速報"), .law = "Enforcement Rules 8(1)", .example = "{within: P5D}"},
	{"final", TYPED(MAP), .keys = keys_final, MEANS("the final report", "確報"), .law = "Enforcement Rules 8(2)", .example = "{usual: P30D, attack: P60D}"},
	{.name = NULL},
};

static const struct key keys_deidentified[] = {
	{"anonymized", FORM_IDS, TYPE_MAP, .keys = keys_anonymized, .noun = "anonymized set", MEANS("anonymously processed information", "匿名加工情報"), .law = "APPI 43", .example = "{statistics: {from: purchaser, output: {gender: keep}}}"},
	{"measures", FORM_LIST, TYPE_TEXT, MEANS("what is done for the security of anonymized sets and for complaints about them, as it is published", "匿名加工情報の安全管理と苦情処理の措置（公表するもの）"), .law = "APPI 43(6)", .example = "[One person answers for each set]"},
	{"pseudonymized", FORM_IDS, TYPE_MAP, .keys = keys_pseudonymized, .noun = "pseudonymized set", MEANS("pseudonymously processed information", "仮名加工情報"), .law = "APPI 41", .example = "{analysis: {from: customer, output: {gender: keep}, purposes: [analysis], keep: {for: P1Y, from: creation}}}"},
	{.name = NULL},
};

static const struct key keys_disposal[] = {
	{"within", TYPED(DURATION), .flags = KEY_REQUIRED, MEANS("the time after the need ends", "期間"), .example = "P1M"},
	{"witness", TYPED(REF), .ref = REF_ROLE, MEANS("the role that witnesses it", "立会い"), .example = "officer"},
	{.name = NULL},
};

static const struct key keys_individual_numbers[] = {
	{"tasks", FORM_LIST, TYPE_REF, .flags = KEY_REQUIRED, .ref = REF_PURPOSE, MEANS("the only purposes for which they are handled", "取り扱う事務"), .law = "Number Act 9", .example = "[withholding_tax]"},
	{"disposal", TYPED(MAP), .keys = keys_disposal, MEANS("how they are disposed of", "廃棄"), .law = "Number Act 20", .example = "{within: P1M, witness: officer}"},
	{.name = NULL},
};

static const struct key keys_environment[] = {
	{"countries", FORM_LIST, TYPE_COUNTRY, MEANS("countries where data is handled", "取り扱う国"), .law = "APPI 23", .example = "[JP, US]"},
	{.name = NULL},
};

static const struct key keys_security[] = {
	{"rules", TYPED(TEXT), MEANS("the internal rules", "規程"), .law = "APPI 23", .example = "Regulations"},
	{"organizational", FORM_LIST, TYPE_TEXT, MEANS("organizational measures", "組織的安全管理措置"), .law = "APPI 23", .example = "[incident_procedure]"},
	{"personnel", FORM_LIST, TYPE_TEXT, MEANS("personnel measures", "人的安全管理措置"), .law = "APPI 23", .example = "[yearly_training]"},
	{"physical", FORM_LIST, TYPE_TEXT, MEANS("physical measures", "物理的安全管理措置"), .law = "APPI 23", .example = "[area_control]"},
	{"technical", FORM_LIST, TYPE_TEXT, MEANS("technical measures", "技術的安全管理措置"), .law = "APPI 23", .example = "[encryption]"},
	{"environment", TYPED(MAP), .keys = keys_environment, MEANS("the external environment", "外的環境の把握"), .law = "APPI 23", .example = "{countries: [JP]}"},
	{.name = NULL},
};

static const struct key keys_cookie[] = {
	{"purpose", TYPED(TEXT), .flags = KEY_REQUIRED, MEANS("what it is for", "目的"), .example = "Keeping you signed in"},
	{"keep", TYPED(DURATION), .flags = KEY_OR_WORD, .words = words_session, MEANS("how long it stays, or `session`", "期間"), .example = "session"},
	{"consent", TYPED(REF), .ref = REF_CONSENT, MEANS("it is set only with this consent", "設定に要する同意"), .example = "analytics"},
	{.name = NULL},
};

static const struct key keys_transmission[] = {
	{"name", TYPED(TEXT), MEANS("the tag, module or service by which it is sent", "タグ・モジュール・サービスの名称"), .example = "Example Analytics"},
	{"to", TYPED(REF), .flags = KEY_REQUIRED, .ref = REF_ORGANIZATION, MEANS("who receives it", "送信先"), .law = "Telecommunications Business Act 27-12", .example = "analytics"},
	{"sends", TYPED(TEXT), .flags = KEY_REQUIRED, MEANS("what is sent", "送信される情報"), .law = "Telecommunications Business Act 27-12", .example = "Pages viewed"},
	{"purpose", TYPED(TEXT), .flags = KEY_REQUIRED, MEANS("what the company uses it for", "利用目的"), .law = "Telecommunications Business Act 27-12", .example = "Analysis of use"},
	{"their_purpose", TYPED(TEXT), .flags = KEY_REQUIRED, MEANS("what the recipient uses it for", "送信先の利用目的"), .law = "Telecommunications Business Act 27-12", .example = "The same"},
	{"opt_out", TYPED(STRING), MEANS("where one can refuse it", "オプトアウト"), .example = "https://analytics.example/opt-out"},
	{"their_policy", TYPED(STRING), MEANS("the recipient's own privacy policy", "送信先のプライバシーポリシー"), .example = "https://analytics.example/privacy"},
	{"consent", TYPED(REF), .ref = REF_CONSENT, MEANS("it is sent only with this consent", "送信に要する同意"), .law = "Telecommunications Business Act 27-12(iii)", .example = "analytics"},
	{.name = NULL},
};

static const struct key keys_web[] = {
	{"cookies", FORM_IDS, TYPE_MAP, .keys = keys_cookie, .noun = "cookie", MEANS("the site's own cookies", "クッキー"), .example = "{session: {purpose: Sign-in, keep: session}}"},
	{"external_transmission", FORM_IDS, TYPE_MAP, .keys = keys_transmission, .noun = "transmission", MEANS("what a visitor's device is made to send to others", "外部送信"), .law = "Telecommunications Business Act 27-12", .example = "{statistics: {to: analytics, sends: Pages, purpose: Analysis, their_purpose: The same}}"},
	{.name = NULL},
};

static const struct key keys_every[] = {
	{"every", TYPED(DURATION), .flags = KEY_REQUIRED, MEANS("how often", "頻度"), .example = "P1Y"},
	{.name = NULL},
};

static const struct key keys_management[] = {
	{"standard", TYPED(STRING), MEANS("the standard", "規格"), .example = "JIS Q 15001"},
	{"review", TYPED(MAP), .keys = keys_every, MEANS("management review", "見直し"), .example = "{every: P1Y}"},
	{"training", TYPED(MAP), .keys = keys_every, MEANS("training", "教育"), .law = "APPI 24", .example = "{every: P1Y}"},
	{"audit", TYPED(MAP), .keys = keys_every, MEANS("audit", "監査"), .example = "{every: P1Y}"},
	{.name = NULL},
};

const struct key keys_policy[] = {
	{"sekisho", TYPED(COUNT), .flags = KEY_REQUIRED, .min = 1, .max = 1, MEANS("the version of the language", "言語の版"), .example = "1"},
	{"policy", TYPED(MAP), .flags = KEY_REQUIRED, .keys = keys_of_policy, MEANS("the policy itself: dates, languages, revisions", "ポリシーの基本事項"), .example = "{id: kitahama, organization: kitahama, effective: 2026-11-01, languages: [ja]}"},
	{"organizations", FORM_IDS, TYPE_MAP, .flags = KEY_REQUIRED, .keys = keys_organization, .noun = "organization", MEANS("every body that the policy names", "組織"), .example = "{kitahama: {name: Kitahama, country: JP}}"},
	{"officer", TYPED(MAP), .flags = KEY_REQUIRED, .keys = keys_officer, MEANS("the chief privacy officer", "個人情報保護管理者"), .example = "{title: General Manager}"},
	{"desks", FORM_IDS, TYPE_MAP, .flags = KEY_REQUIRED, .keys = keys_desk, .noun = "desk", MEANS("where people turn to", "窓口"), .law = "APPI 40", .example = "{inquiry: {email: privacy@example.com}}"},
	{"certified_bodies", FORM_LIST, TYPE_MAP, .keys = keys_certified, MEANS("certified bodies that the company belongs to", "認定個人情報保護団体"), .law = "APPI 32(1)(iv)", .example = "[{organization: certified_body}]"},
	{"links", FORM_IDS, TYPE_STRING, .noun = "link", MEANS("pages that the statement refers to", "関連ページ"), .example = "{site_terms: https://kitahama.example/terms}"},
	{"services", FORM_IDS, TYPE_TEXT, .noun = "service", MEANS("the company's services", "サービス"), .example = "{platform: Hosting}"},
	{"events", FORM_IDS, TYPE_MAP, .keys = keys_event, .noun = "event", .max = 1024, MEANS("dates of a person that clocks count from", "起算の出来事"), .example = "{contract_end: {}}"},
	{"notices", FORM_IDS, TYPE_MAP, .flags = KEY_REQUIRED, .keys = keys_notice, .noun = "notice", .max = 1024, MEANS("what people are shown or told", "通知"), .law = "APPI 21", .example = "{sign_up: {purposes: [billing]}}"},
	{"channels", FORM_IDS, TYPE_MAP, .flags = KEY_REQUIRED, .keys = keys_channel, .noun = "channel", .max = 1024, MEANS("how data comes in; a closed list", "取得経路"), .law = "APPI 20(1), 21", .example = "{web_form: {kind: form, written: true, notice: sign_up}}"},
	{"categories", FORM_IDS, TYPE_MAP, .flags = KEY_REQUIRED, .keys = keys_category, .noun = "category", .max = 64, MEANS("what is held, of whom", "個人データの区分"), .example = "{customer: {channels: [web_form], items: {name: {type: name}}, keep: {for: P5Y, from: contract_end}}}"},
	{"purposes", FORM_IDS, TYPE_MAP, .flags = KEY_REQUIRED, .keys = keys_purpose, .noun = "purpose", .max = 1024, MEANS("what data is used for", "利用目的"), .law = "APPI 17(1)", .example = "{billing: {text: Invoicing, uses: {customer: [name]}}}"},
	{"consents", FORM_IDS, TYPE_MAP, .keys = keys_consent, .noun = "consent", .max = 1024, MEANS("what people are asked to agree to", "同意"), .law = "APPI 18, 20(2), 27, 28", .example = "{marketing: {purposes: [proposals]}}"},
	{"roles", FORM_IDS, TYPE_MAP, .flags = KEY_REQUIRED, .keys = keys_role, .noun = "role", .max = 1024, MEANS("who may do what for which purposes", "役割"), .law = "APPI 23, 24", .example = "{billing_app: {kind: application, purposes: [billing], may: [read]}}"},
	{"exceptions", FORM_IDS, TYPE_MAP, .keys = keys_exception, .noun = "exception", .max = 64, MEANS("grounds of the law that this company opens", "法律上の例外"), .law = "APPI 18(3), 20(2), 27(1)", .example = "{warrant: {law: 27-1-1, covers: [provide], opens: [ordinary], facts: [statute], approval: {by: officer}, for: PT24H}}"},
	{"joint_use", FORM_IDS, TYPE_MAP, .keys = keys_joint_use, .noun = "joint use", .max = 256, MEANS("joint use", "共同利用"), .law = "APPI 27(5)(iii)", .example = "{group: {items: {customer: [name]}, parties: [{organization: kitahama_sales}], purposes: [quality], responsible: kitahama}}"},
	{"outsourcing", FORM_IDS, TYPE_MAP, .keys = keys_outsourcing, .noun = "outsourcing", .max = 1024, MEANS("processors", "委託"), .law = "APPI 25, 27(5)(i)", .example = "{letter_shop: {processor: printing, task: Mailing, purposes: [billing], items: {customer: [name]}}}"},
	{"provision", FORM_IDS, TYPE_MAP, .keys = keys_provision, .noun = "provision", .max = 1024, MEANS("provision to third parties", "第三者提供"), .law = "APPI 27", .example = "{insurer: {recipient: insurer, purpose: partner_insurance, basis: {consent: partner_offer}, items: {customer: [name]}}}"},
	{"requests", TYPED(MAP), .flags = KEY_REQUIRED, .keys = keys_request, MEANS("the rights of persons and how they are answered", "開示等の請求"), .law = "APPI 32-38", .example = "{kinds: [disclose], desk: inquiry}"},
	{"complaints", TYPED(MAP), .flags = KEY_REQUIRED, .keys = keys_complaints, MEANS("complaints", "苦情"), .law = "APPI 40", .example = "{desk: inquiry}"},
	{"incidents", TYPED(MAP), .keys = keys_incidents, MEANS("leaks and other incidents", "漏えい等"), .law = "APPI 26", .example = "{report_to: [ppc]}"},
	{"deidentified", TYPED(MAP), .keys = keys_deidentified, MEANS("sets made from personal data", "匿名加工情報・仮名加工情報"), .law = "APPI 41, 43", .example = "{anonymized: {}}"},
	{"individual_numbers", TYPED(MAP), .keys = keys_individual_numbers, MEANS("the tasks for which individual numbers are handled", "個人番号"), .law = "Number Act 9", .example = "{tasks: [withholding_tax]}"},
	{"security", TYPED(MAP), .flags = KEY_REQUIRED, .keys = keys_security, MEANS("security measures; evidence stands in registers", "安全管理措置"), .law = "APPI 23", .example = "{rules: Regulations}"},
	{"web", TYPED(MAP), .keys = keys_web, MEANS("the company's site", "ウェブサイト"), .example = "{cookies: {}}"},
	{"management_system", TYPED(MAP), .keys = keys_management, MEANS("the management system", "マネジメントシステム"), .example = "{standard: JIS Q 15001}"},
	{.name = NULL},
};

const struct key keys_decision[] = {
	{"about", TYPED(STRING), .flags = KEY_REQUIRED, MEANS("code and path of what is decided", "対象（コード:パス）"), .example = "purpose-widened:purposes.analysis"},
	{"since", TYPED(COUNT), .max = 4294967295u, MEANS("the published version from which the change is decided", "対象の版"), .example = "3"},
	{"answer", TYPED(ID), .flags = KEY_REQUIRED, MEANS("the answer", "回答"), .example = "related"},
	{"by", TYPED(REF), .flags = KEY_REQUIRED, .ref = REF_ROLE, MEANS("the role that decided", "決定者"), .example = "officer"},
	{"on", TYPED(DATE), .flags = KEY_REQUIRED, MEANS("when", "決定日"), .example = "2026-10-15"},
	{"why", TYPED(TEXT), .flags = KEY_REQUIRED, MEANS("why", "理由"), .law = "APPI 17(2)", .example = "Same kind of analysis"},
	{.name = NULL},
};
/* clang-format on */
