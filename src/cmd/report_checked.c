/* What a check looked at and what it did not: in one line, in a list, as JSON. */
#include "cmd/report.h"

#include "policy/checked.h"
#include "policy/matters.h"

static void law_date(const struct findings *f, struct buf *b)
{
	if (f->checked.law == DATE_NONE)
		buf_text(b, "no date");
	else
		date_write(b, f->checked.law);
}

void report_checked(const struct findings *f, struct buf *b)
{
	size_t n_matters, n_unchecked;

	matters(&n_matters);
	unchecked(&n_unchecked);
	buf_text(b, "checked by the law of ");
	law_date(f, b);
	buf_printf(b, ": %zu rules, and %zu of %zu matters that have to be said; %zu known obligations are not checked here (--rules lists all)\n",
		   checked_rules(f), checked_matters(f), n_matters, n_unchecked);
}

static void json_field(struct buf *b, const char *name, const char *value)
{
	buf_printf(b, "\"%s\":", name);
	buf_json(b, str_of(value));
}

static void json_matters(const struct findings *f, struct buf *b)
{
	size_t n;
	const struct matter *list = matters(&n);

	for (size_t i = 0; i < n; i++) {
		buf_text(b, i ? ",\n{" : "\n{");
		json_field(b, "law", list[i].law);
		buf_byte(b, ',');
		json_field(b, "since", list[i].since);
		buf_byte(b, ',');
		json_field(b, "matter", list[i].en);
		buf_printf(b, ",\"asked\":%s}", checked_matter(f, i) ? "true" : "false");
	}
}

static void json_unchecked(struct buf *b)
{
	size_t n;
	const struct unchecked *list = unchecked(&n);

	for (size_t i = 0; i < n; i++) {
		buf_text(b, i ? ",\n{" : "\n{");
		json_field(b, "law", list[i].law);
		buf_byte(b, ',');
		json_field(b, "reason", unchecked_reason_text(list[i].reason));
		buf_byte(b, ',');
		json_field(b, "obligation", list[i].en);
		buf_byte(b, '}');
	}
}

void report_checked_json(const struct findings *f, struct buf *b)
{
	buf_text(b, "{\"law\":");
	if (f->checked.law == DATE_NONE) {
		buf_text(b, "null");
	} else {
		buf_byte(b, '"');
		date_write(b, f->checked.law);
		buf_byte(b, '"');
	}
	buf_printf(b, ",\"rules\":%zu,\"matters\":[", checked_rules(f));
	json_matters(f, b);
	buf_text(b, "],\"unchecked\":[");
	json_unchecked(b);
	buf_text(b, "]}");
}

static void rules(const struct findings *f, bool japanese, struct buf *b)
{
	for (int i = 0; i < FINDING_CODES; i++) {
		enum finding_code code = (enum finding_code)i;
		struct finding_entry entry = finding_explain(code, japanese);

		if (checked_rule(code, f->checked.pending))
			buf_printf(b, "%s\t%s\t%s\t%s\n", finding_text(code), severity_text(finding_severity(code)), *entry.law ? entry.law : "-",
				   entry.meaning);
	}
}

void report_rules(const struct findings *f, bool japanese, struct buf *b)
{
	size_t n, n_unchecked;
	const struct matter *list = matters(&n);
	const struct unchecked *open = unchecked(&n_unchecked);

	buf_text(b, japanese ? "# 検査した規則（法令の時点 " : "# rules checked, by the law of ");
	law_date(f, b);
	buf_text(b, japanese ? "）：コード、重大さ、法令、意味\n" : ": code, severity, law, meaning\n");
	rules(f, japanese, b);
	buf_text(b, japanese ? "\n# 記載すべき事項：この方針に求められるか、法令、いつから、内容\n" : "\n# matters that have to be said: asked of this policy or not, law, since, what\n");
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%s\t%s\t%s\t%s\n", checked_matter(f, i) ? "asked" : "-", list[i].law, *list[i].since ? list[i].since : "-",
			   japanese ? list[i].ja : list[i].en);
	buf_text(b, japanese ? "\n# ここでは検査していない既知の義務：法令、内容、理由\n" : "\n# known obligations that are not checked here: law, what, why\n");
	for (size_t i = 0; i < n_unchecked; i++)
		buf_printf(b, "%s\t%s\t%s\n", open[i].law, japanese ? open[i].ja : open[i].en, unchecked_reason_says(open[i].reason, japanese));
}
