#include "cmd/report.h"

void report_text(const struct findings *f, struct buf *b)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct finding *o = &f->list[i];

		buf_text(b, o->at.file);
		if (o->at.line)
			buf_printf(b, ":%u:%u", (unsigned)o->at.line, (unsigned)o->at.column);
		buf_printf(b, ": %s[%s]: ", severity_text(finding_severity(o->code)), finding_text(o->code));
		buf_str(b, o->message);
		if (o->hint.n) {
			buf_text(b, "; ");
			buf_str(b, o->hint);
		}
		buf_byte(b, '\n');
	}
}

static void json_field(struct buf *b, const char *name, struct str value)
{
	buf_printf(b, "\"%s\":", name);
	buf_json(b, value);
}

void report_json(const struct findings *f, struct buf *b)
{
	buf_text(b, "{\"findings\":[");
	for (size_t i = 0; i < f->n; i++) {
		const struct finding *o = &f->list[i];

		buf_text(b, i ? ",\n{" : "\n{");
		json_field(b, "file", str_of(o->at.file));
		buf_printf(b, ",\"line\":%u,\"column\":%u,", (unsigned)o->at.line, (unsigned)o->at.column);
		json_field(b, "severity", str_of(severity_text(finding_severity(o->code))));
		buf_byte(b, ',');
		json_field(b, "code", str_of(finding_text(o->code)));
		buf_byte(b, ',');
		json_field(b, "message", o->message);
		buf_byte(b, ',');
		json_field(b, "hint", o->hint);
		buf_byte(b, '}');
	}
	buf_printf(b, "],\"errors\":%zu,\"warnings\":%zu,\"questions\":%zu,\"checked\":", f->count[SEVERITY_ERROR],
		   f->count[SEVERITY_WARNING], f->count[SEVERITY_QUESTION]);
	report_checked_json(f, b);
	buf_text(b, "}\n");
}

/* SARIF knows error, warning and note. */
static const char *sarif_level(enum severity s)
{
	return s == SEVERITY_ERROR ? "error" : s == SEVERITY_WARNING ? "warning" : "note";
}

static void sarif_rules(struct buf *b)
{
	for (int i = 0; i < FINDING_CODES; i++) {
		enum finding_code code = (enum finding_code)i;
		struct finding_entry entry = finding_explain(code, false);

		buf_text(b, i ? ",\n{" : "\n{");
		json_field(b, "id", str_of(finding_text(code)));
		buf_text(b, ",\"shortDescription\":{");
		json_field(b, "text", str_of(finding_meaning(code)));
		buf_text(b, "},\"help\":{");
		json_field(b, "text", str_of(entry.cure));
		buf_text(b, "},\"defaultConfiguration\":{");
		json_field(b, "level", str_of(sarif_level(finding_severity(code))));
		buf_text(b, "},\"properties\":{");
		json_field(b, "law", str_of(entry.law));
		buf_text(b, "}}");
	}
}

static void sarif_result(const struct finding *o, struct buf *b)
{
	buf_byte(b, '{');
	json_field(b, "ruleId", str_of(finding_text(o->code)));
	buf_printf(b, ",\"ruleIndex\":%d,", (int)o->code);
	json_field(b, "level", str_of(sarif_level(finding_severity(o->code))));
	buf_text(b, ",\"message\":{\"text\":");
	if (o->hint.n) {
		struct buf text;

		buf_init(&text);
		buf_str(&text, o->message);
		buf_text(&text, "; ");
		buf_str(&text, o->hint);
		buf_json(b, buf_view(&text));
		b->failed = b->failed || !buf_ok(&text);
		buf_free(&text);
	} else {
		buf_json(b, o->message);
	}
	buf_text(b, "},\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{");
	json_field(b, "uri", str_of(o->at.file));
	buf_byte(b, '}');
	if (o->at.line)
		buf_printf(b, ",\"region\":{\"startLine\":%u,\"startColumn\":%u}", (unsigned)o->at.line,
			   (unsigned)o->at.column);
	buf_text(b, "}}]}");
}

void report_sarif(const struct findings *f, struct buf *b)
{
	buf_text(b, "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{"
		    "\"tool\":{\"driver\":{\"name\":\"sekisho\",\"version\":\"" SEKISHO_VERSION "\",\"rules\":[");
	sarif_rules(b);
	buf_text(b, "]}},\"columnKind\":\"unicodeCodePoints\",\"results\":[");
	for (size_t i = 0; i < f->n; i++) {
		buf_text(b, i ? ",\n" : "\n");
		sarif_result(&f->list[i], b);
	}
	buf_text(b, "],\"properties\":{\"checked\":");
	report_checked_json(f, b);
	buf_text(b, "}}]}\n");
}
