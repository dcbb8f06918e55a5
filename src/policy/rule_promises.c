/* Promises that bind more than the law asks, or that the facts do not keep. */
#include "policy/check.h"
#include "policy/prose.h"

/* True when some channel of CATEGORY binds its data to PURPOSE, or a consent or a relation does. */
static bool bound(const struct policy *p, int category, int purpose)
{
	const struct policy_category *k = &p->categories[category];

	if (p->purposes[purpose].basis == BASIS_CONSENT)
		return true;
	for (size_t i = 0; i < k->n_channels; i++) {
		const struct policy_channel *ch = &p->channels[k->channels[i].channel];
		int notice = k->channels[i].notice != POLICY_NONE ? k->channels[i].notice : ch->notice;

		if (notice != POLICY_NONE ? check_has(p->notices[notice].purposes, p->notices[notice].n_purposes, purpose)
					  : check_has(ch->purposes, ch->n_purposes, purpose))
			return true;
		for (size_t h = 0; ch->kind == CHANNEL_LEGACY && h < p->n_history; h++)
			if (check_has(p->history[h].purposes, p->history[h].n_purposes, purpose))
				return true;
	}
	return false;
}

/* The first purpose of a pseudonymized set for which its data was not obtained, or POLICY_NONE. */
static int new_purpose(const struct policy *p)
{
	for (size_t i = 0; i < p->n_derived; i++)
		for (size_t k = 0; p->derived[i].pseudonymized && p->derived[i].from != POLICY_NONE && k < p->derived[i].n_purposes; k++)
			if (!bound(p, p->derived[i].from, p->derived[i].purposes[k]))
				return p->derived[i].purposes[k];
	return POLICY_NONE;
}

static void initial_purpose(struct compile *c, const struct document *d)
{
	static const char initial[] = "initial purpose|original purpose|purposes for which~obtained|purpose for which~collected|当初の利用目的|取得したときの利用目的|取得時の利用目的|元の利用目的";
	int purpose = c->broken ? POLICY_NONE : new_purpose(c->p);
	const struct line *l = prose_line(d, "deidentified", "pseudonym|仮名加工", initial);

	if (l && purpose != POLICY_NONE)
		findings_add(c->f, FINDING_PROMISE_CONTRADICTED, prose_at(d, l, phrase_find(l->text, initial)),
			     STR("take the purpose out of the set, or announce the change (APPI 41(4), (9))"),
			     "only the purposes at acquisition are promised, and a set serves \"%.*s\", for which its data was not obtained",
			     ID(c->p->purposes[purpose].id));
}

/* What the law does not ask and the statement promises: it binds all the same. */
static void more_than_law(struct compile *c, const struct document *d)
{
	static const char items[] = "make public~item|publish~item|items~published|items~made public|項目~公表|公表~項目";
	static const char absolute[] = "guarantee that|we guarantee|completely secure|absolutely secure|never be leaked|100%|絶対に|完全に安全|万全を保証|保証いたします|決して漏えい";
	const struct line *l = NULL;

	for (size_t i = 0; i < d->n; i++)
		if (!l && prose_about(d, d->lines[i].section, "deidentified.pseudonymized", "pseudonym|仮名加工") &&
		    !phrase_in(d->sections[d->lines[i].section].title, "anonym|匿名") &&
		    phrase_in(d->lines[i].text, items))
			l = &d->lines[i];
	if (l) {
		findings_add(c->f, FINDING_OVER_PROMISE, prose_at(d, l, phrase_find(l->text, items)),
			     STR("keep it and answer in decisions.yaml, or take it out"),
			     "the law does not ask that items of pseudonymized information are published; who promises it is bound");
		findings_about(c->f, "deidentified", STR("pseudonymized"));
	}
	for (size_t i = 0; i < d->n; i++)
		if (phrase_in(d->lines[i].text, absolute))
			findings_add(c->f, FINDING_OVER_PROMISE, prose_at(d, &d->lines[i], phrase_find(d->lines[i].text, absolute)),
				     STR("promise what is done, not what never happens"), "nobody can keep a promise without limits");
}

/* Use after the end of a contract, with no end. */
static void no_end(struct compile *c, const struct document *d)
{
	static const char after[] = "after the termination~use|after termination~use|after the end of the contract~use|after a contract has ended~use|契約終了後~利用|契約の終了後~利用|契約が終了した後~利用|契約が終わった後~利用|退会後~利用|解約後~利用";
	static const char end[] = "](#|year|month|days|period for which|kept|年間|か月|ヶ月|日間|保存期間|保有期間|年を";

	for (size_t i = 0; i < d->n; i++)
		if (phrase_in(d->lines[i].text, after) && !phrase_in(d->lines[i].text, end))
			findings_add(c->f, FINDING_NO_END, prose_at(d, &d->lines[i], phrase_find(d->lines[i].text, after)),
				     STR("say how long, or link to the clause on keeping (APPI 22)"),
				     "use after the contract's end has no end here");
}

/* What speaks of a class of data that the facts do not have. */
static void unkept(struct compile *c, const struct document *d)
{
	static const char number[] = "individual number|my number|マイナンバー|個人番号|特定個人情報";
	const struct line *l = prose_line(d, NULL, NULL, number);

	if (l && !node_get(c->p->root, "individual_numbers"))
		findings_add(c->f, FINDING_SECTION_MISSING, prose_at(d, l, phrase_find(l->text, number)),
			     STR("add individual_numbers with its tasks and a clause on them, or do not speak of them (Number Act 9)"),
			     "individual numbers are spoken of, and the policy has no section on them");
}

void rule_promises(struct compile *c, const struct document *d)
{
	no_end(c, d);
	if (d->kind != DOCUMENT_STATEMENT)
		return;
	initial_purpose(c, d);
	more_than_law(c, d);
	unkept(c, d);
}
