/* Articles cited by the numbers that they had before 2022-04-01. */
#include "policy/check.h"
#include "policy/citation.h"
#include "policy/prose.h"

static date law_date(const struct compile *c)
{
	return c->p->law != DATE_NONE ? c->p->law : c->p->effective;
}

/* The sentence of TEXT around byte I. */
static struct str sentence_at(struct str text, size_t i)
{
	struct str rest = text, sentence = phrase_sentence(&rest);

	while (sentence.n && (size_t)(sentence.p - text.p) + sentence.n <= i)
		sentence = phrase_sentence(&rest);
	return sentence;
}

static void stale(struct compile *c, const struct document *d, const struct line *l, const struct citation *o, int now)
{
	struct buf hint;

	buf_init(&hint);
	buf_printf(&hint, "today it is Article %d", now);
	if (o->paragraph)
		buf_printf(&hint, "(%d)", o->paragraph);
	buf_text(&hint, " (APPI as renumbered by Act No. 37 of 2021)");
	findings_add(c->f, FINDING_STALE_ARTICLE, prose_at(d, l, o->text.p), buf_view(&hint),
		     "\"%.*s\" is a number of before 2022-04-01", ID(o->text));
	buf_free(&hint);
}

void rule_articles(struct compile *c, const struct document *d)
{
	const struct line *first_stale = NULL, *first_new = NULL;
	struct str stale_text = {0}, new_text = {0};
	date law = law_date(c);

	for (size_t i = 0; i < d->n; i++) {
		const struct line *l = &d->lines[i];
		struct citation o;
		size_t from = 0;
		int now;

		while (citation_next(l->text, &from, &o)) {
			struct str heading = d->sections[l->section].title;

			if (citation_stale(&o, sentence_at(l->text, (size_t)(o.text.p - l->text.p)), heading, law, &now)) {
				stale(c, d, l, &o, now);
				if (!first_stale) {
					first_stale = l;
					stale_text = o.text;
				}
			} else if (o.appi && o.article >= 17 && o.article <= 46 && !first_new) {
				first_new = l;
				new_text = o.text;
			}
		}
	}
	if (first_stale && first_new)
		findings_add(c->f, FINDING_MIXED_NUMBERING, prose_at(d, first_new, new_text.p),
			     STR("cite the whole document by the numbers of today"),
			     "this document cites \"%.*s\" by today's numbers and \"%.*s\" by those of before 2022-04-01",
			     ID(new_text), ID(stale_text));
}
