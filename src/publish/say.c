#include "publish/say.h"

struct said {
	const char *word, *en, *ja;
};

static const struct said words[] = {
#define X(word, en, ja) {word, en, ja},
#include "publish/words.def"
#include "publish/form_words.def"
#undef X
};

static const char *const months[] = {"January", "February", "March",	 "April",   "May",	"June",
				     "July",	"August",   "September", "October", "November", "December"};

void say_date(struct buf *b, date d, bool ja)
{
	int year, month, day;

	date_split(d, &year, &month, &day);
	if (ja)
		buf_printf(b, "%d年%d月%d日", year, month, day);
	else
		buf_printf(b, "%d %s %d", day, months[month - 1], year);
}

void say_number(struct buf *b, uint64_t n)
{
	char room[U64_GROUPED];

	buf_text(b, u64_grouped(n, room));
}

/* N of a unit, behind a blank in English when something stands before it. */
static void say_unit(struct buf *b, int64_t n, const char *ja_unit, const char *en_unit, size_t start)
{
	if (n == 0)
		return;
	if (ja_unit) {
		buf_printf(b, "%lld%s", (long long)n, ja_unit);
		return;
	}
	buf_printf(b, "%s%lld %s%s", b->n > start ? " " : "", (long long)n, en_unit, n == 1 ? "" : "s");
}

void say_duration(struct buf *b, struct duration d, bool ja)
{
	const int64_t hour = 3600 * (int64_t)MS_PER_SECOND, minute = 60 * (int64_t)MS_PER_SECOND;
	size_t start = b->n;

	say_unit(b, d.years, ja ? "年" : NULL, "year", start);
	say_unit(b, d.months, ja ? "か月" : NULL, "month", start);
	say_unit(b, d.days, ja ? "日" : NULL, "day", start);
	say_unit(b, d.ms / hour, ja ? "時間" : NULL, "hour", start);
	say_unit(b, d.ms % hour / minute, ja ? "分" : NULL, "minute", start);
	say_unit(b, d.ms % minute / MS_PER_SECOND, ja ? "秒" : NULL, "second", start);
}

struct str say_word(struct str word, bool ja)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_is(word, words[i].word))
			return str_of(ja ? words[i].ja : words[i].en);
	return (struct str){NULL, 0};
}

const char *say(const char *word, bool ja)
{
	struct str s = say_word(str_of(word), ja);

	return s.n ? s.p : word; /* from a literal: NUL behind it */
}

void say_with(struct buf *b, const char *word, bool ja, struct str value)
{
	struct str text = str_of(say(word, ja));
	size_t at = str_find(text, '{');

	buf_str(b, str_sub(text, 0, at));
	buf_str(b, value);
	if (at < text.n)
		buf_str(b, str_sub(text, at + 2, text.n));
}

/* The next number of LAW from byte *I on, which is set behind the hyphen after it; 0 when there is none. */
static unsigned next_number(struct str law, size_t *i)
{
	struct str rest = str_sub(law, *i, law.n);
	uint64_t n = 0;

	rest = str_sub(rest, 0, str_find(rest, '-'));
	*i += rest.n + 1;
	return str_to_u64(rest, 999, &n) ? (unsigned)n : 0;
}

void say_article(struct buf *b, struct str law, bool ja)
{
	static const char *const roman[] = {"", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"};
	size_t i = 0;
	unsigned article = next_number(law, &i), paragraph = next_number(law, &i), item = next_number(law, &i);

	if (!article || item >= sizeof roman / sizeof *roman) {
		buf_str(b, law);
		return;
	}
	buf_printf(b, ja ? "第%u条" : "Article %u", article);
	if (paragraph)
		buf_printf(b, ja ? "第%u項" : "(%u)", paragraph);
	if (item && ja)
		buf_printf(b, "第%u号", item);
	else if (item)
		buf_printf(b, "(%s)", roman[item]);
}
