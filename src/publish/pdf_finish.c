/*
 * What cairo cannot say of a PDF is said in an incremental update behind it (ISO
 * 32000-1, 7.5.6): the catalog once more, with the language and a wish to show the title.
 */
#include <string.h>

#include "publish/pdf_private.h"

/* The number that stands behind KEY in S, which is looked for from the end; 0 when there is none. */
static uint64_t number_behind(struct str s, const char *key)
{
	size_t n = strlen(key);

	for (size_t at = s.n; at-- > 0;) {
		struct str rest;
		uint64_t number;

		if (!str_has_at(s, at, key))
			continue;
		rest = str_trim(str_sub(s, at + n, 20));
		rest = str_sub(rest, 0, strspn(rest.p, "0123456789"));
		return str_to_u64(rest, UINT32_MAX, &number) ? number : 0;
	}
	return 0;
}

/* What stands between << and >> of the object NUMBER of S; empty when it is not made as expected. */
static struct str dictionary_of(struct str s, uint64_t number)
{
	struct buf head;
	const char *at, *end;
	struct str found = {NULL, 0};

	buf_init(&head);
	buf_printf(&head, "\n%u 0 obj\n<<", (unsigned)number);
	at = buf_ok(&head) ? memmem(s.p, s.n, head.p, head.n) : NULL;
	if (at) {
		at += head.n;
		end = memmem(at, (size_t)(s.p + s.n - at), ">>\nendobj", 9);
		if (end)
			found = (struct str){at, (size_t)(end - at)};
	}
	buf_free(&head);
	return found;
}

void pdf_finish(struct buf *out, const char *language)
{
	struct str s = buf_view(out), catalog;
	uint64_t root = number_behind(s, "/Root "), size = number_behind(s, "/Size "), info = number_behind(s, "/Info ");
	uint64_t before = number_behind(s, "startxref\n");
	struct buf update;
	size_t at, table;

	if (!root || !size || !info || !before)
		return;
	catalog = dictionary_of(s, root);
	if (!catalog.n)
		return;
	buf_init(&update);
	buf_printf(&update, "%u 0 obj\n<<", (unsigned)root);
	buf_str(&update, catalog);
	buf_printf(&update, "   /Lang (%s)\n   /ViewerPreferences << /DisplayDocTitle true >>\n>>\nendobj\n", language);
	at = s.n;
	table = s.n + update.n;
	buf_printf(&update, "xref\n%u 1\n%010zu 00000 n \ntrailer\n<< /Size %u\n   /Root %u 0 R\n   /Info %u 0 R\n   /Prev %u\n>>\n",
		   (unsigned)root, at, (unsigned)size, (unsigned)root, (unsigned)info, (unsigned)before);
	buf_printf(&update, "startxref\n%zu\n%%%%EOF\n", table);
	if (buf_ok(&update))
		buf_str(out, buf_view(&update));
	buf_free(&update);
}
