/*
 * Markdown of a wording from outside, over a small policy: whatever it is, reading
 * ends with a tree that HTML and a PDF's text can be made of, in which nothing
 * leads where a page must not.
 */
#include <stdlib.h>
#include <string.h>

#include "policy/compile.h"
#include "publish/document.h"
#include "web/blocks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char policy_yaml[] =
	"policy: {id: a, organization: a, effective: 2026-11-01, languages: [ja, en], default_language: ja, time_zone: Asia/Tokyo}\n"
	"organizations: {a: {name: {ja: 甲, en: A}, country: JP}, b: {name: {ja: 乙, en: B}, country: US}}\n"
	"desks: {d: {to: {ja: 係, en: Desk}, address: a, phone: 06-0000-0000}}\n"
	"requests: {kinds: [disclose], by: [post], desk: d, fee: {amount: 1000, tax: consumption, kinds: [disclose]}}\n"
	"web: {external_transmission: {x: {to: b, sends: {ja: 頁, en: Page}, opt_out: 'https://b.example/'}}}\n";
static const char statement[] = "# T\n\n## C {#c keeps=web}\n\nx\n";

/* Nothing that the policy's authors did not mean comes out as a tag or a link. */
static void check_html(const struct buf *b)
{
	static const char *const never[] = {"<script", "<img", "<iframe", "javascript:", "onerror=\""};

	for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
		const char *found = b->n ? memmem(b->p, b->n, never[i], strlen(never[i])) : NULL;

		if (found && (never[i][0] == '<' || (found > b->p && memcmp(found - 1, "\"", 1) == 0)))
			abort();
	}
}

static void read_once(const struct policy *p, size_t language, struct str text)
{
	struct findings f;
	struct wording w = {p, language, p->effective, "t.md", &f};
	const struct blocks_style style = {"", 2};
	struct error e = {0};
	struct buf out;
	json_t *v;

	findings_init(&f);
	if (!ok(document_read(&w, text, &v, &e)))
		abort();
	buf_init(&out);
	blocks_html(v, &style, &out);
	check_html(&out);
	buf_reset(&out);
	document_plain(v, &out);
	buf_free(&out);
	json_decref(v);
	findings_free(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source_file files[] = {{STR("policy.yaml"), STR(policy_yaml)}, {STR("statement.en.md"), STR(statement)},
				      {STR("statement.ja.md"), STR(statement)}};
	const struct source s = {.files = files, .n = 3};
	struct error e = {0};
	struct policy *p;

	if (!ok(policy_compile_stored(&s, &p, &e)))
		abort();
	read_once(p, 0, (struct str){(const char *)data, size});
	read_once(p, 1, (struct str){(const char *)data, size});
	policy_free(p);
	return 0;
}
