/* Wordings: what people are shown, by language, with its hash. */
#include "policy/text.h"

#include <string.h>

#include "crypto/hash.h"
#include "policy/bytes.h"

struct str text_file_name(struct compile *c, struct str name, struct str language)
{
	struct buf b;
	struct str file;

	buf_init(&b);
	buf_printf(&b, "%.*s.%.*s.md", (int)name.n, name.p, (int)language.n, language.p);
	file = str_copy(c->a, buf_view(&b));
	buf_free(&b);
	if (!file.p)
		c->no_memory = true;
	return file;
}

const struct source_file *text_file(struct compile *c, struct str name, size_t language, struct place at)
{
	struct str file_name = text_file_name(c, name, c->p->languages[language]);
	const struct source_file *file = file_name.p ? source_find(c->files, file_name) : NULL;
	struct buf hint;
	const char *why;

	if (!file_name.p)
		return NULL;
	if (file && !bytes_wording(file_name.p, file->text, c->f))
		return NULL;
	if (file && str_trim(file->text).n)
		return file;
	why = source_why_missing(c->files, file_name);
	buf_init(&hint);
	buf_printf(&hint, why ? "put the file itself there" : "write %s", file_name.p);
	findings_add(c->f, FINDING_MISSING_WORDING, at, buf_view(&hint), "the wording %s is %s", file_name.p,
		     file ? "empty" : why ? why : "missing");
	buf_free(&hint);
	return NULL;
}

bool text_files(struct compile *c, struct str name, struct place at)
{
	bool all = true;

	for (size_t i = 0; i < c->p->n_languages && !c->no_memory; i++)
		all = text_file(c, name, i, at) != NULL && all;
	return all;
}

/* The wording of the thing ID: its `text` at N, or the files DIR/ID.<language>.md. */
static void wording(struct compile *c, const char *dir, struct str id, const struct node *n, struct place at,
		    struct policy_wording *w)
{
	struct policy_text inlined = {0};
	struct buf name;

	build_text(c, n, &inlined);
	buf_init(&name);
	buf_printf(&name, "%s/%.*s", dir, (int)id.n, id.p);
	for (size_t i = 0; i < c->p->n_languages && !c->no_memory; i++) {
		const struct source_file *file;

		w->text[i] = inlined.in[i];
		if (!n) {
			file = text_file(c, buf_view(&name), i, at);
			if (file)
				w->text[i] = str_copy(c->a, file->text);
		}
		w->has[i] = w->text[i].n > 0;
		if (w->has[i])
			hash_sha256(w->text[i].p, w->text[i].n, w->hash[i]);
	}
	buf_free(&name);
}

void text_wordings(struct compile *c)
{
	struct policy *p = c->p;

	for (size_t i = 0; i < p->n_notices; i++) {
		struct policy_notice *o = &p->notices[i];

		wording(c, "notices", o->id, node_get(node_find(node_get(p->root, "notices"), o->id), "text"), o->at,
			&o->wording);
	}
	for (size_t i = 0; i < p->n_consents; i++) {
		struct policy_consent *o = &p->consents[i];

		wording(c, "consents", o->id, node_get(node_find(node_get(p->root, "consents"), o->id), "text"), o->at,
			&o->wording);
	}
}
