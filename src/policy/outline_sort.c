/* Where each block belongs: by what its heading speaks of, the nearest that says something. */
#include "policy/outline_private.h"

/* Words of headings, and the key that the items under such a heading belong to; the first row that fits counts. */
static const struct {
	const char *key;
	const char *words;
} topics[] = {
	{"deidentified.pseudonymized", "pseudonymized|pseudonymised|仮名加工"},
	{"deidentified.anonymized", "anonymized|anonymised|匿名加工"},
	{"joint_use.group.purposes", "purpose of use of the joint|purposes of joint|purpose of joint|共同利用の目的|共同利用における利用目的|利用する者の利用目的|共同利用者の利用目的"},
	{"joint_use.group.items", "items of jointly|jointly used personal|items shared|shared items|data we share jointly|共同利用する個人|共同利用する項目|共同利用される|共同して利用される"},
	{"joint_use.group.responsible", "responsible for the joint|共同利用の責任|管理について責任|管理責任を有する"},
	{"joint_use.group.parties", "persons who jointly|jointly use the information|joint users|companies that share|共同利用者|共同して利用する者|共同利用する者"},
	{"joint_use.group.acquired", "method of acquiring|取得方法|取得の方法"},
	{"joint_use.group", "joint use|共同利用"},
	{"certified_bodies", "certified|認定個人情報保護団体"},
	{"requests.refuse", "will not make the disclosure|following cases|refus|cannot answer|応じられない|応じかねる|開示しない|不開示|お断り"},
	{"requests.fee", "fee|charge|手数料|費用"},
	{"requests.proxies", "proxy|legal representative|agent|代理人"},
	{"requests.identity", "identity|本人確認|ご本人の確認"},
	{"requests", "disclosure|your rights|rights of|correction|開示|訂正|利用停止|請求"},
	{"outsourcing", "outsourc|contractor|processor|委託"},
	{"provision", "third part|第三者"},
	{"notices", "voluntar|任意"},
	{"web.cookies", "cookie|browser|クッキー|ブラウザ"},
	{"security", "security management|security measures|how we protect|leak, loss|安全管理|安全対策|漏えい"},
	{"complaints", "complaint|苦情"},
	{"officer", "privacy officer|protection officer|保護管理者|個人情報保護責任者"},
	{"desks", "inquiry desk|contact|inquir|窓口|お問い合わせ|お問合せ"},
	{"organizations", "name and address|who we are|about us|事業者の名称|会社名|氏名又は名称"},
	{"categories.keep", "retention|how long|keep your|storage period|保存期間|保有期間|保管期間"},
	{"purposes", "purpose|why we use|how we use|利用目的|使用目的"},
	{"categories.items", "information we collect|what we collect|data we collect|information collected|items of personal|取得する情報|取得する個人情報|収集する|取得する項目"},
	{"policy", "revision|changes to this|改定|改訂|制定"},
	{"management_system", "improvement|継続的改善|継続的な改善"},
};

static const char *topic_of(struct str heading)
{
	for (size_t i = 0; i < sizeof topics / sizeof *topics; i++)
		if (outline_says(heading, topics[i].words))
			return topics[i].key;
	return NULL;
}

/* What a paragraph that leads a list in says of it, against its heading. */
static const char *leads_in(struct str paragraph)
{
	if (outline_says(paragraph, "services refer to|provision of service includes|サービスとは|サービスの提供には"))
		return "services";
	return NULL;
}

void outline_sort(struct outline *d)
{
	const char *chapter = NULL, *part = NULL, *lead = NULL;

	for (size_t i = 0; i < d->n; i++) {
		struct outline_block *block = &d->blocks[i];

		if (block->kind == OUTLINE_HEADING && block->level == 1) {
			chapter = topic_of(block->text);
			part = lead = NULL;
		} else if (block->kind == OUTLINE_HEADING) {
			const char *said = topic_of(block->text);

			lead = NULL;
			/* parts of one chapter say it more precisely; they do not leave what de-identified data is about */
			part = said ? said : part && chapter ? NULL : part;
			if (chapter && outline_says(str_of(chapter), "deidentified"))
				part = NULL;
		} else if (block->kind == OUTLINE_PARAGRAPH) {
			const char *said = leads_in(block->text);

			lead = said ? said : lead;
		}
		block->key = lead ? lead : part ? part : chapter;
	}
}
