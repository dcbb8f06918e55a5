/* Accept-Language and ?language=: whatever comes, one of our languages is chosen, and the query wins. */
#include <stdint.h>
#include <stdlib.h>

#include "web/language.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str accept = {(const char *)data, size};

	if (web_language_choose(STR(""), accept) >= WEB_LANGUAGES || web_language_choose(accept, STR("")) >= WEB_LANGUAGES)
		abort();
	if (web_language_choose(STR("en"), accept) != WEB_EN)
		abort();
	return 0;
}
