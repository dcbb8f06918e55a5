/* Laws and opening hours, which a policy writes in short, as people write them. */
#include "publish/say.h"

static const struct {
	const char *en, *ja;
} laws[] = {
#define X(en, ja) {en, ja},
#include "publish/laws.def"
#undef X
};

static bool digit(struct str s, size_t i)
{
	return i < s.n && s.p[i] >= '0' && s.p[i] <= '9';
}

/* The number in S from byte *I on, which is set behind it. */
static struct str digits(struct str s, size_t *i)
{
	size_t from = *i;

	while (digit(s, *i))
		++*i;
	return str_sub(s, from, *i - from);
}

/* Laws -------------------------------------------------------------------------------------------------------- */

/* Appends the article S, "9(4)", of a law, or several, "13, 15": in Japanese its paragraph in brackets as 第4項. */
static void write_article(struct buf *b, struct str s, bool ja)
{
	size_t i = 0;

	if (!ja) {
		buf_text(b, ", Article ");
		buf_str(b, s);
		return;
	}
	buf_text(b, "第");
	buf_str(b, digits(s, &i));
	buf_text(b, "条");
	if (i < s.n && s.p[i] == '-') { /* 条の2 */
		i++;
		buf_text(b, "の");
		buf_str(b, digits(s, &i));
	}
	if (i < s.n && s.p[i] == '(' && digit(s, i + 1)) {
		i++;
		buf_text(b, "第");
		buf_str(b, digits(s, &i));
		buf_text(b, "項");
		i += i < s.n;
	}
	if (str_starts(str_sub(s, i, 2), STR(", ")) && digit(s, i + 2)) {
		buf_text(b, "、");
		write_article(b, str_sub(s, i + 2, s.n), ja);
		return;
	}
	buf_str(b, str_sub(s, i, s.n));
}

void say_law(struct buf *b, struct str law, bool ja)
{
	if (digit(law, 0)) {
		buf_text(b, say("law_article", ja));
		say_article(b, law, ja);
		return;
	}
	for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
		struct str en = str_of(laws[i].en), rest = str_sub(law, en.n, law.n);

		if (!str_starts(law, en) || (rest.n && rest.p[0] != ' '))
			continue;
		rest = str_trim(rest);
		if (rest.n && !digit(rest, 0))
			break;
		buf_text(b, ja ? laws[i].ja : laws[i].en);
		if (rest.n)
			write_article(b, rest, ja);
		return;
	}
	buf_str(b, law);
}

/* Hours --------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *short_name, *en, *ja;
} days[] = {
	{"Mo", "Monday", "月曜日"}, {"Tu", "Tuesday", "火曜日"},  {"We", "Wednesday", "水曜日"}, {"Th", "Thursday", "木曜日"},
	{"Fr", "Friday", "金曜日"}, {"Sa", "Saturday", "土曜日"}, {"Su", "Sunday", "日曜日"},	 {"PH", "public holidays", "祝日"},
};

/* Appends the day at byte *I of S, which is set behind it; false when there is none. */
static bool write_day(struct buf *b, struct str s, size_t *i, bool ja)
{
	for (size_t k = 0; k < sizeof days / sizeof *days; k++)
		if (str_has_at(s, *i, days[k].short_name)) {
			buf_text(b, ja ? days[k].ja : days[k].en);
			*i += 2;
			return true;
		}
	return false;
}

/* Appends "Mo-Fr,Su", with "to" and "and", from byte *I of S on; false when it is none. */
static bool write_days(struct buf *b, struct str s, size_t *i, bool ja)
{
	for (;;) {
		if (!write_day(b, s, i, ja))
			return false;
		if (*i >= s.n || (s.p[*i] != '-' && s.p[*i] != ','))
			return true;
		if (s.p[*i] == '-')
			buf_text(b, ja ? "から" : " to ");
		else
			buf_text(b, ja ? "、" : ", ");
		++*i;
	}
}

/* Appends the time at byte *I of S, "09:30"; false when it is none. */
static bool write_time(struct buf *b, struct str s, size_t *i, bool ja)
{
	size_t at = *i;
	struct str hour = digits(s, i), minute;

	if (*i - at != 2 || *i >= s.n || s.p[(*i)++] != ':')
		return false;
	at = *i;
	minute = digits(s, i);
	if (*i - at != 2)
		return false;
	hour = hour.p[0] == '0' ? str_sub(hour, 1, 1) : hour;
	buf_str(b, hour);
	if (!ja)
		buf_printf(b, ":%.2s", minute.p);
	else if (str_is(minute, "00"))
		buf_text(b, "時");
	else
		buf_printf(b, "時%.2s分", minute.p);
	return true;
}

/* Appends "09:30-12:00,13:00-18:00" from byte *I of S to its end; false when it is none. */
static bool write_times(struct buf *b, struct str s, size_t *i, bool ja)
{
	for (;;) {
		if (!write_time(b, s, i, ja) || *i >= s.n || s.p[(*i)++] != '-')
			return false;
		buf_text(b, ja ? "から" : " to ");
		if (!write_time(b, s, i, ja))
			return false;
		buf_text(b, ja ? "まで" : "");
		if (*i >= s.n)
			return true;
		if (s.p[(*i)++] != ',')
			return false;
		buf_text(b, ja ? "、" : ", ");
	}
}

/* Appends one rule, "Mo-Fr 09:30-18:00" or "PH off"; false when it is not understood. */
static bool write_rule(struct buf *b, struct str rule, bool ja)
{
	size_t i = 0;

	if (!write_days(b, rule, &i, ja) || i >= rule.n || rule.p[i++] != ' ')
		return false;
	if (str_is(str_sub(rule, i, rule.n), "off")) {
		buf_text(b, ja ? "を除く" : " excepted");
		return true;
	}
	buf_text(b, ja ? "の" : ", ");
	return write_times(b, rule, &i, ja);
}

void say_hours(struct buf *b, struct str hours, bool ja)
{
	struct str rest = hours;
	struct buf said;
	bool known = true;

	buf_init(&said);
	while (known && rest.n) {
		size_t n = str_find(rest, ';');

		if (said.n)
			buf_text(&said, ja ? "、" : "; ");
		known = write_rule(&said, str_trim(str_sub(rest, 0, n)), ja);
		rest = str_trim(str_sub(rest, n + 1, rest.n));
	}
	buf_str(b, known && buf_ok(&said) ? buf_view(&said) : hours);
	buf_free(&said);
}
