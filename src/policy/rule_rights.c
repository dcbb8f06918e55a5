/* How the statement describes the rights of persons. */
#include "policy/check.h"
#include "policy/prose.h"

#define REQUESTS "request|disclosure|correction|開示|請求|訂正|利用停止"
#define FEE "fee>|fees>|手数料"

/* What is found at a wording. */
struct found {
	enum finding_code code;
	const char *message, *hint;
};

/* Reports O at PATTERN in line L of D. */
static void at_line(struct compile *c, const struct document *d, const struct line *l, const char *pattern, struct found o)
{
	findings_add(c->f, o.code, prose_at(d, l, phrase_find(l->text, pattern)), str_of(o.hint), "%s", o.message);
}

/* A list of refusals, and nothing about telling that and why (APPI 33(3), 36). */
static void reason(struct compile *c, const struct document *d)
{
	static const char refusals[] = "not make the disclosure|will not disclose|may refuse|unable to meet|may decline|cannot respond|cannot comply|not be able to respond|応じられない|応じない|お断りします|お断りする|お断りいたします|開示しない|不開示";
	const struct line *l = prose_line(d, "requests.refuse", REQUESTS, refusals);

	if (!l)
		return;
	for (size_t i = d->sections[l->section].first; i < d->sections[l->section].end; i++)
		if (phrase_in(d->lines[i].text, "reason|why|理由"))
			return;
	at_line(c, d, l, refusals, (struct found){FINDING_REFUSAL_WITHOUT_REASON,
		"refusals are listed here, and not that they are told with their reason",
		"say that the person is told without delay, and why (APPI 33(3), 36)"});
}

/* True when one sentence of D has PATTERN. */
static bool in_a_sentence(const struct document *d, const char *pattern)
{
	for (size_t i = 0; i < d->n; i++)
		for (struct str rest = d->lines[i].text; rest.n;)
			if (phrase_in(phrase_sentence(&rest), pattern))
				return true;
	return false;
}

/* A fee is said without saying for what; and "the same procedure" then charges for what is free. */
static void fee_scope(struct compile *c, const struct document *d)
{
	const struct line *l = prose_line(d, "requests.fee", NULL, FEE);
	static const char same[] = "same as|same procedure|同様|と同じ手続|に準じ";
	static const char scope[] = "disclos~yen|disclos~charge|disclos~fee|fee~disclos|free|no fee|no charge|開示~手数料|手数料~開示|手数料~かかりません|手数料~不要|無料|無償";

	if (!node_get(node_get(c->p->root, "requests"), "fee") || !l || in_a_sentence(d, scope) ||
	    !prose_line(d, NULL, REQUESTS, same))
		return;
	at_line(c, d, l, FEE, (struct found){FINDING_FEE_SCOPE_UNCLEAR, "the statement does not say which requests cost this fee",
		"say that it is for disclosure and notification of purposes, and that the others are free (APPI 38)"});
}

static void periods(struct compile *c, const struct document *d)
{
	static const char vague[] = "designated period|prescribed period|specified period|certain period|reasonable period|所定の期間|指定する期間|指定の期間|一定の期間|一定期間|相当の期間|相当期間|当社が定める期間|当社の定める期間";

	for (size_t i = 0; i < d->n; i++)
		if (phrase_in(d->lines[i].text, vague))
			at_line(c, d, &d->lines[i], vague, (struct found){FINDING_UNDEFINED_PERIOD, "how long this period is stands nowhere",
				"say it in days, months or years"});
}

/* Rights belong to any person, not to customers alone. */
static void requester(struct compile *c, const struct document *d)
{
	static const char narrowed[] = "when the customer requests|if the customer requests|when a customer requests|customers may request|customer may request|request from the customer|requests from customers|chosen by the customer|the customer's request|お客様が請求|お客様から請求|お客様からの請求|お客様からご請求|お客様が開示|お客様から開示|お客様が訂正|お客様から訂正|お客様は、開示|会員からの請求|お客様のご請求";

	for (size_t i = 0; i < d->n; i++)
		if (prose_about(d, d->lines[i].section, "requests", REQUESTS) && phrase_in(d->lines[i].text, narrowed))
			at_line(c, d, &d->lines[i], narrowed, (struct found){FINDING_REQUESTER_NARROWED,
				"this gives the right to customers only, and it belongs to every person whose data is held",
				"write \"the person\" (APPI 32-35)"});
}

/* Identity documents by plain e-mail. */
static void plain_mail(struct compile *c, const struct document *d)
{
	static const char mail[] = "email|e-mail|メール|電子メール";
	static const char safe[] = "encrypt|password|upload|do not attach|暗号|パスワード|アップロード|添付せず|添付しない|送信ページ";
	const struct node *requests = node_get(c->p->root, "requests");
	const struct node *by = node_get(requests, "by");
	const struct line *l = NULL;
	bool sent = false;

	for (NODE_EACH(n, by))
		sent = sent || str_is(n->text, "email");
	for (size_t i = 0; i < d->n && !l; i++)
		if (prose_about(d, d->lines[i].section, "requests", REQUESTS) && phrase_in(d->lines[i].text, mail) &&
		    phrase_in(d->lines[i].text, "send|sent|submit|by post|by mail|郵送|郵便|お送り|提出"))
			l = &d->lines[i];
	if (sent && l && node_get(requests, "identity") && !prose_line(d, "requests", REQUESTS, safe))
		at_line(c, d, l, mail, (struct found){FINDING_IDENTITY_RISK, "copies of identity documents are sent by plain e-mail",
			"offer an encrypted way, and say so"});
}

/* What the statement says of addresses that differ. */
static void addresses(struct compile *c, const struct document *d)
{
	static const char differ[] = "address~do not match|address~does not match|addresses differ~refus|住所~一致しない|住所~異なるときは、応じ";
	const struct line *l = prose_line(d, "requests", REQUESTS, differ);

	if (l)
		at_line(c, d, l, differ, (struct found){FINDING_ADDRESS_MISMATCH_REFUSED,
			"who has moved is refused, as addresses then differ", "ask instead of refusing (APPI 37(2))"});
}

/* A registered seal from every proxy, and no other way. */
static void burden(struct compile *c, const struct document *d)
{
	static const char seal[] = "seal|印鑑登録|印鑑証明";
	static const char none[] = "no registered seal|no seal|seal~not needed|seal~not required|without a registered seal|印鑑登録~要りません|印鑑登録~不要|印鑑登録~必要ありません|印鑑証明~要りません|印鑑証明~不要|印鑑証明~必要ありません";
	static const char other[] = "burden|another way|other way|instead|alternativ|負担|別の方法|ほかの方法|他の方法|これに代わる";
	const struct line *l = prose_line(d, "requests", REQUESTS, seal);

	if (l && !phrase_in(l->text, none) && !prose_line(d, "requests", REQUESTS, other))
		at_line(c, d, l, seal, (struct found){FINDING_PROXY_BURDEN, "every proxy needs a registered seal and its certificate",
			"offer another way where it is a burden (APPI 37(4))"});
}

/* Suspension and erasure on the grounds of 35(5) too. */
static void grounds(struct compile *c, const struct document *d)
{
	static const struct {
		const char *pattern, *name;
	} needed[] = {
		{"no longer need|longer necessary|no longer necessary|必要がなくな|必要なくな|不要とな", "data no longer needed"},
		{"incident|leak|漏えい|事故", "an incident"},
		{"rights or legitimate|legitimate interest|rights and interests|権利|正当な利益", "harm to rights or legitimate interests"},
	};
	static const char suspends[] = "suspen~use|cease~use|stop using|stop us|利用停止|利用の停止|利用を停止";
	const struct line *l = prose_line(d, "requests.grounds", "correction|suspension|訂正|利用停止", suspends);

	for (size_t i = 0; l && i < sizeof needed / sizeof *needed; i++)
		if (!prose_line(d, "requests.grounds", "correction|suspension|訂正|利用停止", needed[i].pattern)) {
			findings_add(c->f, FINDING_GROUNDS_NOT_STATED, prose_at(d, l, phrase_find(l->text, suspends)),
				     STR("add it, as the law gives it (APPI 35(5))"),
				     "suspension and erasure are described, and not on the ground of %s", needed[i].name);
			return;
		}
}

void rule_rights(struct compile *c, const struct document *d)
{
	periods(c, d);
	if (d->kind != DOCUMENT_STATEMENT)
		return;
	reason(c, d);
	fee_scope(c, d);
	requester(c, d);
	plain_mail(c, d);
	addresses(c, d);
	burden(c, d);
	grounds(c, d);
}
