/* What changes in what people may ask for, on which grounds, how, and at what price. */
#include "policy/build.h"
#include "policy/diff_private.h"
#include "policy/words.h"

#define ID(s) (int)(s).n, (s).p

static const struct node *requests(const struct policy *p, const char *key)
{
	return node_get(node_get(p->root, "requests"), key);
}

/* A new change of CODE in D about "requests.KEY", which touches everyone. */
static struct change *of_requests(struct diff *d, enum finding_code code, const char *key, struct str id)
{
	struct change *c = diff_add(d, code, "requests.%s%.*s", key, ID(id));

	c->what = diff_plain(id);
	c->reach.everyone = true;
	return c;
}

static void kinds(struct diff *d)
{
	uint32_t gone = d->before->requests & ~d->after->requests, come = d->after->requests & ~d->before->requests;

	for (int k = 0; k < REQUEST_KINDS; k++)
		if ((gone | come) >> k & 1)
			of_requests(d, gone >> k & 1 ? FINDING_RIGHT_REMOVED : FINDING_RIGHT_ADDED, "kinds.",
				    str_of(words_request_kind[k]));
}

/* The fee ---------------------------------------------------------------------------------------------------- */

/* The amount that is paid, in thousandths, tax included as far as it is added. */
static uint64_t fee_amount(const struct policy *p)
{
	const struct node *fee = requests(p, "fee");
	uint64_t amount = 0;

	if (!str_to_u64(node_text(fee, "amount"), UINT32_MAX, &amount))
		return 0;
	return amount * 1000 + (str_is(node_text(fee, "tax"), "consumption") ? 1 : 0); /* the rate is not the policy's */
}

static struct change_name fee_name(struct diff *d, const struct policy *p)
{
	const struct node *fee = requests(p, "fee");
	struct str amount = node_text(fee, "amount");
	struct change_name name = diff_plain(amount.n ? amount : STR("0"));
	struct buf en, ja;

	if (!str_is(node_text(fee, "tax"), "consumption"))
		return name;
	buf_init(&en);
	buf_init(&ja);
	buf_printf(&en, "%.*s plus tax", ID(name.plain));
	buf_printf(&ja, "%.*s（税別）", ID(name.plain));
	name = (struct change_name){.plain = str_copy(d->out->a, buf_view(&en)), .plain_ja = str_copy(d->out->a, buf_view(&ja))};
	d->out->failed = d->out->failed || !buf_ok(&en) || !buf_ok(&ja);
	buf_free(&en);
	buf_free(&ja);
	return name;
}

static uint32_t fee_kinds(const struct policy *p)
{
	return build_word_bits(node_get(requests(p, "fee"), "kinds"), words_request_kind);
}

static void fee(struct diff *d)
{
	/* of the kinds that both grant: what becomes or ceases to be a right is told as such */
	uint32_t both = d->before->requests & d->after->requests, cost = fee_kinds(d->before) & both,
		 costs = fee_kinds(d->after) & both;
	uint64_t was = fee_amount(d->before), is = fee_amount(d->after);
	struct change *c;

	if (was != is) {
		c = of_requests(d, is > was ? FINDING_FEE_RAISED : FINDING_FEE_LOWERED, "fee.amount", STR(""));
		c->from = fee_name(d, d->before);
		c->to = fee_name(d, d->after);
	}
	if (costs & ~cost)
		diff_more_bits(d, of_requests(d, FINDING_FEE_WIDENED, "fee.kinds", STR("")), costs & ~cost,
			       words_request_kind);
	if (cost & ~costs)
		diff_more_bits(d, of_requests(d, FINDING_FEE_NARROWED, "fee.kinds", STR("")), cost & ~costs,
			       words_request_kind);
}

/* Grounds ---------------------------------------------------------------------------------------------------- */

static void grounds(struct diff *d)
{
	const struct node *x = requests(d->before, "grounds"), *y = requests(d->after, "grounds");

	for (NODE_EACH(is, y)) {
		const struct node *was = node_find(x, is->key);

		if (diff_extra_words(d, is, was, NULL))
			diff_extra_words(d, is, was, of_requests(d, FINDING_GROUND_ADDED, "grounds.", is->key));
	}
	for (NODE_EACH(was, x)) {
		const struct node *is = node_find(y, was->key);

		if (diff_extra_words(d, was, is, NULL))
			diff_extra_words(d, was, is, of_requests(d, FINDING_GROUND_REMOVED, "grounds.", was->key));
	}
}

/* Lists in C, a change in D, for what else, or how more easily, X refuses than Y; NULL only counts. */
static size_t extra_refusal(struct diff *d, const struct node *x, const struct node *y, struct change *c)
{
	struct change unseen = {.n_more = 0}, *to = c ? c : &unseen;
	size_t before = to->n_more;

	if (x)
		diff_more_bits(d, to,
			       build_word_bits(node_get(x, "of"), words_request_kind) &
				       ~(y ? build_word_bits(node_get(y, "of"), words_request_kind) : 0),
			       words_request_kind);
	if (x && y && node_is_true(node_get(y, "ask_first")) && !node_is_true(node_get(x, "ask_first")))
		diff_more(d, to, diff_words("without asking first", "補正を求めずに"));
	if (x && y && node_get(y, "approval") && !node_get(x, "approval"))
		diff_more(d, to, diff_words("without approval", "承認を経ずに"));
	return to->n_more - before;
}

static void refusal(struct diff *d, const struct node *x, const struct node *y)
{
	const struct node *named = y ? y : x;
	const struct policy *p = y ? d->after : d->before;
	struct change *c;

	if (extra_refusal(d, y, x, NULL)) {
		c = of_requests(d, FINDING_REFUSAL_WIDENED, "refuse.", named->key);
		c->what = diff_name_node(p, node_get(named, "text"), named->key);
		extra_refusal(d, y, x, c);
	}
	if (extra_refusal(d, x, y, NULL)) {
		c = of_requests(d, FINDING_REFUSAL_NARROWED, "refuse.", named->key);
		c->what = diff_name_node(p, node_get(named, "text"), named->key);
		extra_refusal(d, x, y, c);
	}
}

static void refusals(struct diff *d)
{
	const struct node *x = requests(d->before, "refuse"), *y = requests(d->after, "refuse");

	for (NODE_EACH(is, y))
		refusal(d, node_find(x, is->key), is);
	for (NODE_EACH(was, x))
		if (!node_find(y, was->key))
			refusal(d, was, NULL);
}

/* Procedure -------------------------------------------------------------------------------------------------- */

/* How a fact of the procedure makes it harder. */
enum harder { LONGER_TIME, SHORTER_TIME, FEWER, MORE, THIS_WORD, OTHER_WORD };

struct burden {
	const char *path;
	enum harder when;
	const char *word; /* of THIS_WORD and OTHER_WORD */
	const char *en, *ja;
};

static const struct burden burdens[] = {
	{"requests.answer.within", LONGER_TIME, NULL, "the time of the answer", "回答の期限"},
	{"requests.by", FEWER, NULL, "ways to send them in", "受付の方法"},
	{"requests.deliver.methods", FEWER, NULL, "ways of delivery", "交付の方法"},
	{"requests.deliver.chosen_by", OTHER_WORD, "person", "who chooses the way of delivery", "交付の方法を選ぶ者"},
	{"requests.deliver.postage", THIS_WORD, "requester", "who pays the postage", "郵送料の負担"},
	{"requests.no_data", OTHER_WORD, "tell", "what is said when nothing is held", "データがないときの回答"},
	{"requests.propagate", FEWER, NULL, "who is told of corrections and stops", "訂正や停止を知らせる相手"},
	{"requests.identity.documents", FEWER, NULL, "documents that identify", "本人確認書類"},
	{"requests.identity.address_mismatch", THIS_WORD, "refuse", "when addresses differ", "住所が一致しないとき"},
	{"requests.proxies.statutory.of", FEWER, NULL, "for whom statutory agents ask", "法定代理人が請求できる本人"},
	{"requests.proxies.statutory.documents", MORE, NULL, "documents of a statutory agent", "法定代理人の書類"},
	{"requests.proxies.statutory.adult_ward", MORE, NULL, "documents for an adult ward", "成年被後見人の書類"},
	{"requests.proxies.mandated.documents", MORE, NULL, "documents of a mandated agent", "任意代理人の書類"},
	{"requests.papers.dispose.within", LONGER_TIME, NULL, "when papers are disposed of", "書類の廃棄"},
	{"requests.papers.mask", FEWER, NULL, "what is masked on papers", "書類で隠す部分"},
	{"requests.fee.missing.within", SHORTER_TIME, NULL, "the time for paying the fee", "手数料の支払期限"},
	{"complaints.answer.within", LONGER_TIME, NULL, "the time of the answer to complaints", "苦情への回答の期限"},
};

/* True when Y, what the policy says now (NULL: nothing), is harder by B than X was. */
static bool harder(struct diff *d, const struct burden *b, const struct node *x, const struct node *y)
{
	struct duration was, is;
	bool timed = b->when == LONGER_TIME || b->when == SHORTER_TIME;

	if (timed && !y)
		return x && b->when == LONGER_TIME; /* no time is promised any more */
	if (timed)
		return x && duration_parse(x->text, &was) && duration_parse(y->text, &is) &&
		       diff_lengths(was, is) == (b->when == LONGER_TIME ? LONGER : SHORTER);
	if (b->when == FEWER)
		return diff_extra_words(d, x, y, NULL) > 0;
	if (b->when == MORE)
		return diff_extra_words(d, y, x, NULL) > 0;
	if (b->when == THIS_WORD)
		return y && str_is(y->text, b->word) && !(x && str_is(x->text, b->word));
	return x && str_is(x->text, b->word) && !(y && str_is(y->text, b->word));
}

/* The names of the list N, joined, in Japanese when JA. */
static struct str joined(struct diff *d, const struct node *n, bool ja)
{
	struct str text;
	struct buf b;

	buf_init(&b);
	for (NODE_EACH(e, n)) {
		const struct change_name name = diff_name_node(d->after, e, e->text);

		if (e != n->first)
			buf_text(&b, ja ? "、" : ", ");
		diff_say(&name, ja, &b);
	}
	text = str_copy(d->out->a, buf_view(&b));
	d->out->failed = d->out->failed || !buf_ok(&b) || !text.p;
	buf_free(&b);
	return text;
}

/* What node N of a procedure says: a period, or words. */
static struct change_name said(struct diff *d, const struct node *n)
{
	struct duration length;

	if (!n || (n->kind != NODE_SCALAR && !n->n))
		return diff_words("nothing", "定めなし");
	if (n->kind == NODE_SCALAR)
		return duration_parse(n->text, &length) ? diff_length(d, length) : diff_plain(n->text);
	return (struct change_name){.plain = joined(d, n, false), .plain_ja = joined(d, n, true)};
}

/* True when what is around PATH stands in one policy only: then it is told as a whole. */
static bool one_sided(struct diff *d, const char *path)
{
	struct str around = str_of(path);

	if (!str_starts(around, STR("requests.proxies.")))
		return false;
	while (around.p[around.n - 1] != '.')
		around.n--;
	around.n--;
	return !node_at(d->before->root, around) || !node_at(d->after->root, around);
}

static void procedure(struct diff *d)
{
	for (size_t i = 0; i < sizeof burdens / sizeof *burdens; i++) {
		const struct burden *b = &burdens[i];
		const struct node *x = node_at(d->before->root, str_of(b->path)), *y = node_at(d->after->root, str_of(b->path));
		bool more = harder(d, b, x, y), less = harder(d, b, y, x);
		struct change *c;

		if ((!more && !less) || one_sided(d, b->path))
			continue;
		c = diff_add(d, more ? FINDING_REQUEST_HARDER : FINDING_REQUEST_EASIER, "%s", b->path);
		c->what = diff_words(b->en, b->ja);
		c->from = said(d, x);
		c->to = said(d, y);
		c->reach.everyone = true;
	}
}

/* A kind of agent who may not ask any more at all. */
static void proxies(struct diff *d)
{
	static const struct {
		const char *key, *en, *ja;
	} agents[] = {{"statutory", "statutory agents", "法定代理人"}, {"mandated", "mandated agents", "任意代理人"}};

	for (size_t i = 0; i < sizeof agents / sizeof *agents; i++) {
		const struct node *x = node_get(requests(d->before, "proxies"), agents[i].key);
		const struct node *y = node_get(requests(d->after, "proxies"), agents[i].key);
		struct change *c;

		if ((x != NULL) == (y != NULL))
			continue;
		c = diff_add(d, x ? FINDING_REQUEST_HARDER : FINDING_REQUEST_EASIER, "requests.proxies.%s", agents[i].key);
		c->what = diff_words(agents[i].en, agents[i].ja);
		c->from = x ? diff_words("may ask", "請求できる") : diff_words("may not ask", "請求できない");
		c->to = y ? diff_words("may ask", "請求できる") : diff_words("may not ask", "請求できない");
		c->reach.everyone = true;
	}
}

void diff_requests(struct diff *d)
{
	kinds(d);
	fee(d);
	grounds(d);
	refusals(d);
	procedure(d);
	proxies(d);
}
