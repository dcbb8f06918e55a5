#include "publish/recipient.h"

#include "publish/fact.h"
#include "publish/part.h"
#include "publish/say.h"

/* The sentences of a statement; {} is filled in. */
enum sentence { TITLE, TO, IS_ANONYMIZED, RELEASE, RECORDS, ABOUT, PROVIDED_BY, DUTIES, DUTY_44, DUTY_45, DUTY_46, DESK, SENTENCES };

static const char *const sentences[SENTENCES][2] = {
	[TITLE] = {"Statement on the provision of anonymously processed information",
		   "匿名加工情報の提供に関する明示書"},
	[TO] = {"To: {}", "{} 御中"},
	[IS_ANONYMIZED] = {"The data provided with this statement is anonymously processed information under Article 2(6) of the Act on the "
			   "Protection of Personal Information (\"the Act\"). This is stated under Article 43(4) of the Act.",
			   "本書とともに提供するデータは、個人情報の保護に関する法律（以下「法」といいます。）第2条第6項に定める匿名加工情報です。"
			   "法第43条第4項の規定により、その旨を明示します。"},
	[RELEASE] = {"Release: {}", "提供回次：第{}回"},
	[RECORDS] = {"Records: {}", "件数：{}件"},
	[ABOUT] = {"Contents and processing", "含まれる情報の項目及び加工の内容"},
	[PROVIDED_BY] = {"Means of provision: {}", "提供の方法：{}"},
	[DUTIES] = {"Duties of the recipient", "受領者の義務"},
	[DUTY_44] = {"(1) Before you provide this data to a third party, publish the items of information contained in it and the means of "
		     "provision, and state to the third party that it is anonymously processed information (Article 44 of the Act).",
		     "(1) 本データを第三者に提供するときは、あらかじめ、含まれる個人に関する情報の項目及びその提供の方法を公表するとともに、"
		     "提供先に対し、匿名加工情報である旨を明示してください（法第44条）。"},
	[DUTY_45] = {"(2) Do not acquire the descriptions or individual identification codes that were removed, or information on the method "
		     "of processing, and do not collate this data with other information, in order to identify a person (Article 45 of the Act).",
		     "(2) 本人を識別するために、削除された記述等若しくは個人識別符号若しくは加工の方法に関する情報を取得し、"
		     "又は本データを他の情報と照合することは禁止されています（法第45条）。"},
	[DUTY_46] = {"(3) Endeavor to take necessary and appropriate measures for security control, for the handling of complaints and otherwise "
		     "for proper handling, and to publish what they are (Article 46 of the Act).",
		     "(3) 安全管理のために必要かつ適切な措置、苦情の処理その他の適正な取扱いを確保するために必要な措置を自ら講じ、"
		     "その内容を公表するよう努めてください（法第46条）。"},
	[DESK] = {"Inquiries: {}", "お問い合わせ先：{}"},
};

/* Appends sentence S with VALUE in the place of its {}, and a line end. */
static void put(struct buf *b, enum sentence s, bool ja, struct str value)
{
	struct str text = str_of(sentences[s][ja]);
	size_t at = str_find(text, '{');

	buf_str(b, str_sub(text, 0, at));
	if (at < text.n) {
		buf_str(b, value);
		buf_str(b, str_sub(text, at + 2, text.n));
	}
	buf_byte(b, '\n');
}

/* The rows of the table in BLOCKS, one a line. */
static void put_rows(struct buf *b, const json_t *blocks, bool ja)
{
	const json_t *block, *row;
	size_t i, k;

	json_array_foreach(blocks, i, block) {
		json_array_foreach(json_object_get(block, "rows"), k, row) {
			document_plain(json_array_get(row, 0), b);
			buf_text(b, ja ? "：" : ": ");
			document_plain(json_array_get(row, 1), b);
			buf_byte(b, '\n');
		}
	}
}

static void put_number(struct buf *b, enum sentence s, bool ja, uint64_t n)
{
	struct buf text;

	buf_init(&text);
	say_number(&text, n);
	put(b, s, ja, buf_view(&text));
	buf_free(&text);
}

static void put_head(struct buf *b, const struct recipient_letter *l, size_t language, bool ja)
{
	put(b, TITLE, ja, (struct str){NULL, 0});
	buf_byte(b, '\n');
	say_date(b, l->on, ja);
	buf_byte(b, '\n');
	put(b, TO, ja, fact_organization(l->policy, language, l->recipient));
	buf_str(b, fact_organization(l->policy, language, node_text(node_get(l->policy->root, "policy"), "organization")));
	buf_text(b, "\n\n");
	put(b, IS_ANONYMIZED, ja, (struct str){NULL, 0});
	buf_byte(b, '\n');
	if (l->release) {
		put_number(b, RELEASE, ja, l->release);
		put_number(b, RECORDS, ja, l->records);
	}
}

static void put_tail(struct buf *b, const struct recipient_letter *l, size_t language, bool ja)
{
	const struct node *desk = node_at(l->policy->root, STR("complaints"));
	struct buf text;

	buf_init(&text);
	if (l->means.n) {
		fact_word(&text, l->policy, language, l->means);
		put(b, PROVIDED_BY, ja, buf_view(&text));
	}
	buf_byte(b, '\n');
	put(b, DUTIES, ja, (struct str){NULL, 0});
	put(b, DUTY_44, ja, (struct str){NULL, 0});
	put(b, DUTY_45, ja, (struct str){NULL, 0});
	put(b, DUTY_46, ja, (struct str){NULL, 0});
	buf_reset(&text);
	part_write_desk(&(struct part){.in = &(struct wording){.policy = l->policy, .language = language}}, node_text(desk, "desk"),
			&text);
	if (text.n) {
		buf_byte(b, '\n');
		put(b, DESK, ja, buf_view(&text));
	}
	buf_free(&text);
}

result recipient_statement(const struct recipient_letter *l, size_t language, struct buf *out, struct error *e)
{
	const struct wording in = {.policy = l->policy, .language = language, .on = l->on, .file = "statement to the recipient"};
	bool ja = fact_ja(l->policy, language);
	json_t *blocks;

	TRY(part_make(&in, STR("anonymized"), l->set->id, &blocks, e));
	put_head(out, l, language, ja);
	put(out, ABOUT, ja, (struct str){NULL, 0});
	put_rows(out, blocks, ja);
	json_decref(blocks);
	put_tail(out, l, language, ja);
	return buf_ok(out) ? RESULT_OK : error_set(e, CODE_OUT_OF_MEMORY, "no memory for a statement");
}

void recipient_published(const struct policy *p, const struct policy_derived *set, size_t language, struct buf *out)
{
	bool ja = fact_ja(p, language);
	struct buf path;
	struct str clause;

	buf_init(&path);
	buf_text(&path, "deidentified.anonymized.");
	buf_str(&path, set->id);
	clause = policy_clause_of(p, buf_view(&path));
	buf_text(out, ja ? "プライバシーポリシー第" : "Published with version ");
	buf_u64(out, p->version);
	buf_text(out, ja ? "版（公表日：" : " of the privacy policy on ");
	say_date(out, moment_date(p->published, p->zone), ja);
	buf_text(out, ja ? "）により公表" : "");
	if (clause.n) {
		buf_text(out, ja ? "（条項：#" : ", clause #");
		buf_str(out, clause);
		buf_text(out, ja ? "）" : "");
	}
	buf_text(out, ja ? "。" : ".");
	buf_free(&path);
}
