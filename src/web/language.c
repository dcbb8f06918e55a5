#include "web/language.h"

#include "publish/say.h"

static const char *const tags[WEB_LANGUAGES] = {[WEB_JA] = "ja", [WEB_EN] = "en"};

/* The language whose tag is TAG or begins it ("en-US"), or WEB_LANGUAGES. */
static enum web_language language_of(struct str tag)
{
	for (int i = 0; i < WEB_LANGUAGES; i++) {
		struct str primary = str_sub(tag, 0, str_find(tag, '-'));

		if (str_is(primary, tags[i]))
			return (enum web_language)i;
	}
	return WEB_LANGUAGES;
}

/* The weight of one part of Accept-Language ("en;q=0.8"), in thousandths. */
static uint64_t weight_of(struct str part)
{
	static const uint64_t scale[] = {1000, 100, 10, 1};
	size_t at = str_find(part, ';');
	struct str q = str_trim(str_sub(part, at + 1, part.n - at));
	uint64_t whole = 0, fraction = 0;
	struct str digits;

	if (at == part.n || !str_starts(q, STR("q=")))
		return 1000;
	q = str_sub(q, 2, q.n);
	at = str_find(q, '.');
	digits = str_sub(q, at + 1, 3);
	if (!str_to_u64(str_sub(q, 0, at), 1, &whole) || (digits.n > 0 && !str_to_u64(digits, 999, &fraction)))
		return 0;
	return whole * 1000 + fraction * scale[digits.n];
}

enum web_language web_language_choose(struct str query, struct str accept)
{
	enum web_language best = language_of(query);
	uint64_t most = 0;

	if (best != WEB_LANGUAGES)
		return best;
	best = WEB_JA;
	while (accept.n > 0) {
		struct str part = str_sub(accept, 0, str_find(accept, ','));
		enum web_language language = language_of(str_trim(str_sub(part, 0, str_find(part, ';'))));

		if (language != WEB_LANGUAGES && weight_of(part) > most) {
			most = weight_of(part);
			best = language;
		}
		accept = str_sub(accept, part.n + 1, accept.n);
	}
	return best;
}

const char *web_language_tag(enum web_language language)
{
	return tags[language];
}

void web_write_date(struct buf *b, date d, enum web_language language)
{
	say_date(b, d, language == WEB_JA);
}

void web_write_time(struct buf *b, moment m, int zone, enum web_language language)
{
	date d = moment_date(m, zone);
	int minutes = (int)((m - date_start(d, zone)) / (60 * MS_PER_SECOND));

	web_write_date(b, d, language);
	buf_printf(b, "%s%02d:%02d", language == WEB_JA ? " " : ", ", minutes / 60, minutes % 60);
}

void web_write_number(struct buf *b, uint64_t n)
{
	say_number(b, n);
}
