/*
 * web/template.h - mustache over JSON: pages whose values are always escaped.
 *
 * A template is UTF-8 text with {{tags}} as https://mustache.github.io/mustache.5.html
 * describes them: values, sections, inverted sections, comments, partials,
 * other delimiters, dotted names.  {{name}} is escaped for HTML text and for
 * quoted attributes; {{{name}}} and {{&name}} are not, and belong only where the
 * program itself made the value.  There are no lambdas and no code in templates.
 *
 * What counts as false: what is missing, null, false, an empty list, an empty text.
 *
 * Ownership: nothing is kept over a call.  Threads: everything is pure.
 */
#ifndef SEKISHO_WEB_TEMPLATE_H
#define SEKISHO_WEB_TEMPLATE_H

#include <jansson.h>

#include "base/result.h"
#include "base/str.h"

/* Where partials are looked up: gives the text of NAME in *TEXT (borrowed for the rendering), or false. */
struct template_partials {
	bool (*find)(const void *ctx, struct str name, struct str *text);
	const void *ctx;
};

/*
 * Renders the template TEXT over VIEW and appends the result to OUT.  PARTIALS
 * resolves {{>name}}; NULL, or a name it does not know, renders as nothing.
 * Fails with malformed (a tag or section is not closed or closed by another
 * name, or nesting is deeper than 32; the place has the line of TEXT) or
 * out_of_memory; OUT then holds what was rendered before.
 */
result template_render(struct str text, const json_t *view, const struct template_partials *partials, struct buf *out,
		       struct error *e);

/* Appends S to OUT with & < > " ' written as references: fit for HTML text and quoted attributes. */
void html_escape(struct buf *out, struct str s);

#endif
