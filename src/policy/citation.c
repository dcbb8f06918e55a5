#include "policy/citation.h"

#include <string.h>

#include "policy/phrase.h"

#define ACT "Act on the Protection of Personal Information|Personal Information Protection Act|Personal Information Protection Law|Protection of Personal Information Act|APPI>"
#define ACT_JA "個人情報の保護に関する法律|個人情報保護法"

/* A decimal digit at byte I, ASCII or full-width; its length in *N.  -1 when there is none. */
static int digit(struct str s, size_t i, size_t *n)
{
	*n = 1;
	if (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
		return s.p[i] - '0';
	*n = 3;
	if (i + 3 <= s.n && str_has_at(s, i, "\xEF\xBC")) {
		int d = (unsigned char)s.p[i + 2] - 0x90;

		return d >= 0 && d <= 9 ? d : -1;
	}
	return -1;
}

static int kanji(struct str s, size_t i)
{
	static const char *const digits[] = {"〇", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"};

	for (int d = 0; d <= 10; d++)
		if (str_has_at(s, i, digits[d]))
			return d;
	return -1;
}

static int kanji_number(struct str s, size_t *i)
{
	int number = 0, last = 0, d;

	while ((d = kanji(s, *i)) >= 0 && number < 100) {
		if (d == 10) {
			number += (last ? last : 1) * 10;
			last = 0;
		} else {
			last = last * 10 + d;
		}
		*i += 3;
		if (last > 999)
			return 0;
	}
	return number + last;
}

static int roman(struct str s, size_t *i)
{
	static const struct {
		const char *text;
		int value;
	} numbers[] = {{"viii", 8}, {"vii", 7}, {"iii", 3}, {"iv", 4}, {"ix", 9}, {"vi", 6}, {"ii", 2}, {"v", 5}, {"x", 10}, {"i", 1}};

	for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
		size_t n = strlen(numbers[k].text);

		if (str_has_at(s, *i, numbers[k].text) && !(*i + n < s.n && s.p[*i + n] >= 'a' && s.p[*i + n] <= 'z')) {
			*i += n;
			return numbers[k].value;
		}
	}
	return 0;
}

int citation_number(struct str s, size_t *i)
{
	size_t n;
	int number = 0;

	if (digit(s, *i, &n) < 0)
		return kanji(s, *i) >= 0 ? kanji_number(s, i) : roman(s, i);
	for (int d = digit(s, *i, &n); d >= 0 && number < 100000; d = digit(s, *i, &n)) {
		number = number * 10 + d;
		*i += n;
	}
	return number;
}

/* Takes " (5)", ", paragraph 5", "paragraph (5)" and the like, of WORD, at byte *I; 0 when there is none. */
static int english_part(struct str s, size_t *i, const char *word)
{
	size_t k = *i;
	bool named = false, bracket;
	int number;

	while (k < s.n && (s.p[k] == ' ' || s.p[k] == ','))
		k++;
	if (str_has_at(s, k, word)) {
		named = true;
		k += strlen(word);
		while (k < s.n && s.p[k] == ' ')
			k++;
	}
	bracket = k < s.n && s.p[k] == '(';
	k += bracket;
	if (!named && !bracket)
		return 0;
	number = citation_number(s, &k);
	if (!number || (bracket && !(k < s.n && s.p[k] == ')')))
		return 0;
	*i = k + bracket;
	return number;
}

static bool english(struct str s, size_t i, struct citation *c)
{
	static const char *const words[] = {"Articles ", "Article ", "article ", "Art. ", "Art."};
	size_t k = i;

	for (size_t w = 0; w < sizeof words / sizeof *words && k == i; w++)
		if (str_has_at(s, i, words[w]))
			k += strlen(words[w]);
	if (k == i)
		return false;
	while (k < s.n && s.p[k] == ' ')
		k++;
	if (k >= s.n || s.p[k] < '0' || s.p[k] > '9')
		return false;
	*c = (struct citation){.article = citation_number(s, &k)};
	if (k + 1 < s.n && s.p[k] == '-' && s.p[k + 1] >= '0' && s.p[k + 1] <= '9') {
		k++;
		c->sub = citation_number(s, &k);
	}
	c->paragraph = english_part(s, &k, "paragraph");
	c->item = english_part(s, &k, "item");
	c->text = str_sub(s, i, k - i);
	return true;
}

/* Takes 第N and the word UNIT at byte *I; 0 when there is none. */
static int japanese_part(struct str s, size_t *i, const char *unit)
{
	size_t k = *i;
	int number;

	if (!str_has_at(s, k, "第"))
		return 0;
	k += strlen("第");
	number = citation_number(s, &k);
	if (!number || !str_has_at(s, k, unit))
		return 0;
	*i = k + strlen(unit);
	return number;
}

static bool japanese(struct str s, size_t i, struct citation *c)
{
	size_t k = i;

	*c = (struct citation){.article = japanese_part(s, &k, "条")};
	if (!c->article)
		return false;
	if (str_has_at(s, k, "の")) {
		size_t after = k + strlen("の"), n;

		if (digit(s, after, &n) >= 0 || kanji(s, after) >= 0) {
			k = after;
			c->sub = citation_number(s, &k);
		}
	}
	c->paragraph = japanese_part(s, &k, "項");
	c->item = japanese_part(s, &k, "号");
	c->text = str_sub(s, i, k - i);
	return true;
}

static bool ends(struct str s, const char *word)
{
	size_t n = strlen(word);

	return s.n >= n && str_has_at(s, s.n - n, word);
}

/* What stands right before a Japanese citation tells its law: of the one before when they are joined. */
static bool japanese_appi(struct str before, bool joined)
{
	static const char *const others[] = {"規則", "施行令", "条例", "政令", "省令", "規約", "約款", "規程", NULL};

	while (before.n && (ends(before, " ") || ends(before, "の")))
		before.n -= ends(before, " ") ? 1 : 3;
	if (ends(before, "個人情報保護法") || ends(before, "個人情報の保護に関する法律") || ends(before, "（個人情報保護法）"))
		return true;
	for (size_t i = 0; others[i]; i++)
		if (ends(before, others[i]))
			return false;
	if (ends(before, "同法"))
		return joined;
	if (ends(before, "法") || ends(before, "法律") || ends(before, "番号法）")) {
		struct str law = str_sub(before, 0, before.n - strlen("法"));

		/* "法第27条" alone, as after "（以下「法」という。）" */
		return law.n == 0 || ends(law, "、") || ends(law, "。") || ends(law, "は") || ends(law, "「") || ends(law, "（");
	}
	return joined && (ends(before, "と") || ends(before, "及び") || ends(before, "および") || ends(before, "又は") ||
			  ends(before, "または") || ends(before, "、") || ends(before, "並びに"));
}

/* The law of an English citation is named behind it, or before it. */
static bool english_appi(struct str before, struct str behind)
{
	const char *act = phrase_find(behind, ACT), *law = phrase_find(behind, "Act|Law|Ordinance|Regulation|Code|Rules|GDPR");
	const char *own = phrase_find(behind, "of the Act>|of the Law>");

	if (act && (!law || act <= law || act - behind.p < law - behind.p + 24))
		return law ? act <= law + 1 || law == act : true;
	if (own && !phrase_in(str_sub(behind, (size_t)(own - behind.p), 14), "of the Act on|of the Act for")) {
		const char *first = phrase_find(behind, "of the |of ");

		return first && own <= first;
	}
	return !law && phrase_in(before, ACT);
}

bool citation_next(struct str text, size_t *from, struct citation *out)
{
	bool joined = false; /* the citation before was of the Act */
	size_t i = 0;

	while (i < text.n) {
		bool ja = false, found = false;

		if (text.p[i] == 'A' || text.p[i] == 'a')
			found = english(text, i, out);
		else if (str_has_at(text, i, "第"))
			found = ja = japanese(text, i, out);
		if (!found) {
			i += phrase_char(text.p + i, text.n - i);
			continue;
		}
		if (ja)
			out->appi = japanese_appi(str_sub(text, 0, i), joined);
		else
			out->appi = english_appi(str_sub(text, 0, i), str_sub(text, i + out->text.n, text.n));
		joined = out->appi;
		i += out->text.n;
		if (i > *from) {
			*from = i;
			return true;
		}
	}
	return false;
}

static const struct {
	int article, paragraphs;
} now_articles[] = {
#define NOW(article, paragraphs) {article, paragraphs},
#define ITEMS(article, paragraph, items)
#define WAS(article, sub, now, before, subject)
#include "policy/articles.def"
#undef NOW
#undef ITEMS
#undef WAS
};

static const struct {
	int article, paragraph, items;
} now_items[] = {
#define NOW(article, paragraphs)
#define ITEMS(article, paragraph, items) {article, paragraph, items},
#define WAS(article, sub, now, before, subject)
#include "policy/articles.def"
#undef NOW
#undef ITEMS
#undef WAS
};

static const struct {
	int article, sub, now;
	const char *before, *subject;
} was_articles[] = {
#define NOW(article, paragraphs)
#define ITEMS(article, paragraph, items)
#define WAS(article, sub, now, before, subject) {article, sub, now, before, subject},
#include "policy/articles.def"
#undef NOW
#undef ITEMS
#undef WAS
};

/* True when the law of today has the paragraph and item that C names. */
static bool exists_now(const struct citation *c)
{
	for (size_t i = 0; i < sizeof now_articles / sizeof *now_articles; i++)
		if (now_articles[i].article == c->article && c->paragraph > now_articles[i].paragraphs)
			return false;
	for (size_t i = 0; i < sizeof now_items / sizeof *now_items; i++)
		if (now_items[i].article == c->article && now_items[i].paragraph == c->paragraph)
			return c->item <= now_items[i].items;
	return true;
}

static bool says(struct str about, struct str heading, const char *pattern)
{
	return *pattern && (phrase_in(about, pattern) || phrase_in(heading, pattern));
}

bool citation_stale(const struct citation *c, struct str about, struct str heading, date law, int *now)
{
	if (!c->appi || law < date_make(2022, 4, 1))
		return false;
	for (size_t i = 0; i < sizeof was_articles / sizeof *was_articles; i++) {
		if (was_articles[i].article != c->article || was_articles[i].sub != c->sub)
			continue;
		*now = was_articles[i].now;
		if (c->sub || c->article < 17 || !exists_now(c))
			return true;
		return says(about, heading, was_articles[i].before) && !says(about, heading, was_articles[i].subject);
	}
	return false;
}
