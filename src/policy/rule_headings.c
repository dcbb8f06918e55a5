/* Headings that promise what their text does not have, and texts whose headings hide what they have. */
#include "policy/check.h"
#include "policy/prose.h"

/* What a heading may name, and the wordings that keep its word. */
static const struct {
	const char *heading, *body, *name;
} concepts[] = {
	{"acquisition|acquiring|obtaining|collection|取得", "acqui|obtain|collect|gather|receiv|取得|収集|いただ|お預かり|入手", "acquisition"},
	{"provision,|and provision|providing", "provi|third part|disclos|share|提供|開示", "provision"},
	{"提供と|提供、|、提供", "提供|開示|渡", "provision"},
	{"correction of|correcting|and correct|rectif|是正", "correct|rectif|remed|cause|restor|是正|原因|改善|再発", "correction"},
	{"improvement|改善", "improv|review|audit|改善|見直し|向上", "improvement"},
	{"retention|保存期間|保管期間", "keep|kept|retain|year|month|day|保存|保管|年|月|日", "retention"},
	{"refus|応じられない|不開示", "refus|unable|cannot|decline|not be able|not make|応じ|不開示|お断り|できない", "refusal"},
	{"fee>|fees>|手数料", "fee|yen|free|charge|手数料|円|無料", "a fee"},
};

static bool body_has(const struct document *d, const struct section *s, const char *pattern)
{
	for (size_t i = s->first; i < s->whole_end; i++)
		if (phrase_in(d->lines[i].text, pattern))
			return true;
	return false;
}

static bool has_text(const struct document *d, const struct section *s)
{
	for (size_t i = s->first; i < s->whole_end; i++)
		if (d->lines[i].kind != LINE_BLANK && d->lines[i].kind != LINE_HEADING)
			return true;
	return false;
}

static void promised(struct compile *c, const struct document *d, size_t s)
{
	for (size_t i = 0; i < sizeof concepts / sizeof *concepts; i++)
		if (phrase_in(d->sections[s].title, concepts[i].heading) &&
		    !body_has(d, &d->sections[s], concepts[i].body))
			findings_add(c->f, FINDING_HEADING_WITHOUT_BODY, prose_heading(d, (long)s),
				     STR("write what the heading names, or name what is written"),
				     "the heading names %s, and the text below says nothing of it", concepts[i].name);
}

/* Rights to correction stand in a heading, and those to suspension are hidden below. */
static void hidden(struct compile *c, const struct document *d, size_t s)
{
	static const char corrects[] = "correct|訂正", suspends[] = "suspen|cease|stop|利用停止|停止", erases[] = "erasure|eliminat|消去";

	if (!phrase_in(d->sections[s].title, corrects) || !body_has(d, &d->sections[s], suspends) ||
	    body_has(d, &d->sections[s], "漏えい|leak"))
		return;
	for (size_t i = 1; i < d->n_sections; i++)
		if (phrase_in(d->sections[i].title, suspends) || phrase_in(d->sections[i].title, erases))
			return;
	findings_add(c->f, FINDING_HEADING_HIDES, prose_heading(d, (long)s), STR("name suspension in the heading too"),
		     "rights to suspension stand below a heading that names correction only");
}

void rule_headings(struct compile *c, const struct document *d)
{
	for (size_t s = 1; s < d->n_sections; s++) {
		if (!has_text(d, &d->sections[s]))
			continue;
		promised(c, d, s);
		hidden(c, d, s);
	}
}
