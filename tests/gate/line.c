/* Lines taken apart: words, keys that end in a colon, dates and times of Japan. */
#include <stdio.h>

#include "gate/scene.h"
#include "test.h"

void line_bad(struct str text, const char *why)
{
	fail_msg("%s: %.*s", why, (int)text.n, text.p);
}

struct line line_of(struct str text)
{
	struct line l = {.n = 0};
	size_t at = 0;

	while (at < text.n) {
		size_t from;

		while (at < text.n && (text.p[at] == ' ' || text.p[at] == '\t'))
			at++;
		from = at;
		while (at < text.n && text.p[at] != ' ' && text.p[at] != '\t')
			at++;
		if (at == from || text.p[from] == '#')
			break;
		assert_true(l.n < SCENE_WORDS);
		l.words[l.n++] = str_sub(text, from, at - from);
	}
	return l;
}

static bool is_key(struct str word)
{
	return word.n && word.p[word.n - 1] == ':';
}

struct line line_after(const struct line *l, const char *key)
{
	struct line found = {.n = 0};
	size_t i = 0;

	while (i < l->n && !str_is(l->words[i], key))
		i++;
	for (i++; i < l->n && !is_key(l->words[i]); i++)
		found.words[found.n++] = l->words[i];
	return found;
}

struct str line_value(const struct line *l, const char *key)
{
	struct line found = line_after(l, key);

	return found.n ? found.words[0] : (struct str){NULL, 0};
}

bool line_says(const struct line *l, const char *key, const char *word)
{
	struct line found = line_after(l, key);

	for (size_t i = 0; i < found.n; i++)
		if (str_is(found.words[i], word))
			return true;
	return false;
}

date scene_date(struct str text)
{
	date d;

	if (!date_parse(text, &d))
		line_bad(text, "no date");
	return d;
}

moment scene_moment(struct str text)
{
	char whole[64];
	moment m;

	if (text.n == 10)
		return date_start(scene_date(text), SCENE_ZONE);
	snprintf(whole, sizeof whole, "%.*s+09:00", (int)text.n, text.p);
	if (!moment_parse(str_of(whole), &m))
		line_bad(text, "no time");
	return m;
}
