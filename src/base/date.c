#include "base/date.h"

#include <string.h>

enum { MINUTE_MS = 60000, DURATION_MAX = 100000 };

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days from civil, after H. Hinnant, "chrono-compatible low-level date algorithms". */
static date days_from_civil(int y, int m, int d)
{
	int era, yoe, doy, doe;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

date date_make(int year, int month, int day)
{
	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > month_days(year, month))
		return DATE_NONE;
	return days_from_civil(year, month, day);
}

void date_split(date d, int *year, int *month, int *day)
{
	int z = d + 719468;
	int era = (z >= 0 ? z : z - 146096) / 146097;
	int doe = z - era * 146097;
	int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int mp = (5 * doy + 2) / 153;

	*day = doy - (153 * mp + 2) / 5 + 1;
	*month = mp < 10 ? mp + 3 : mp - 9;
	*year = yoe + era * 400 + (*month <= 2);
}

/* Reads exactly N digits at S[at] into *OUT. */
static bool digits(struct str s, size_t at, size_t n, int *out)
{
	uint64_t v;

	if (at + n > s.n || !str_to_u64(str_sub(s, at, n), 9999, &v))
		return false;
	*out = (int)v;
	return true;
}

bool date_parse(struct str s, date *out)
{
	int y, m, d;
	date made;

	if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-')
		return false;
	if (!digits(s, 0, 4, &y) || !digits(s, 5, 2, &m) || !digits(s, 8, 2, &d))
		return false;
	made = date_make(y, m, d);
	if (made == DATE_NONE)
		return false;
	*out = made;
	return true;
}

static void put_digits(char *at, int n, int v)
{
	for (int i = n - 1; i >= 0; i--) {
		at[i] = (char)('0' + v % 10);
		v /= 10;
	}
}

void date_write(struct buf *b, date d)
{
	char text[10] = "0000-00-00";
	int y, m, day;

	date_split(d, &y, &m, &day);
	put_digits(text, 4, y);
	put_digits(text + 5, 2, m);
	put_digits(text + 8, 2, day);
	buf_add(b, text, sizeof text);
}

int date_weekday(date d)
{
	int w = (d + 3) % 7; /* 1970-01-01 was a Thursday */

	return w < 0 ? w + 7 : w;
}

static date later_by_days(date d, int64_t days)
{
	return days > INT32_MAX - (int64_t)d ? INT32_MAX : (date)(d + days);
}

/*
 * D plus the years and months of P into *OUT; false when there is no
 * corresponding day and *OUT is the month's last, or the calendar's.
 */
static bool corresponding_day(date d, struct duration p, date *out)
{
	int y, m, day;
	int64_t month;
	bool there;

	date_split(d, &y, &m, &day);
	month = (int64_t)y * 12 + (m - 1) + (int64_t)p.years * 12 + p.months;
	if (month / 12 > 9999) {
		*out = date_make(9999, 12, 31);
		return false;
	}
	y = (int)(month / 12);
	m = (int)(month % 12) + 1;
	there = day <= month_days(y, m);
	*out = days_from_civil(y, m, there ? day : month_days(y, m));
	return there;
}

date date_plus(date d, struct duration p)
{
	date day;

	(void)corresponding_day(d, p, &day); /* ignored: the month's last day will do as well */
	return later_by_days(day, p.days);
}

date date_period_end(date d, struct duration p)
{
	date end;

	if (corresponding_day(d + 1, p, &end))
		end--;
	return later_by_days(end, p.days + p.ms / MS_PER_DAY);
}

date date_age_eve(date birth, int age)
{
	int y, m, d;

	/* someone born on 29 February reaches an age at the end of 28 February, in every year */
	date_split(birth, &y, &m, &d);
	if (m == 2 && d == 29 && !is_leap(y + age))
		return days_from_civil(y + age, 2, 28);
	return days_from_civil(y + age, m, d) - 1;
}

int date_age(date birth, date on)
{
	int by, bm, bd, y, m, d, age;

	date_split(birth, &by, &bm, &bd);
	date_split(on, &y, &m, &d);
	age = y - by;
	if (on <= date_age_eve(birth, age))
		age--;
	return age;
}

/* Reads the optional fraction of a second at S[*at] into *MS; digits past the third are cut. */
static bool fraction_parse(struct str s, size_t *at, int *ms)
{
	int scale = 100;
	size_t first;

	*ms = 0;
	if (*at >= s.n || s.p[*at] != '.')
		return true;
	first = ++*at;
	for (; *at < s.n && s.p[*at] >= '0' && s.p[*at] <= '9'; (*at)++) {
		*ms += scale * (s.p[*at] - '0');
		scale /= 10;
	}
	return *at > first;
}

/* Reads "Z" or "+hh:mm" as all of S into *ZONE, minutes east. */
static bool offset_parse(struct str s, int *zone)
{
	int h, m;

	if (s.n == 1 && (s.p[0] == 'Z' || s.p[0] == 'z')) {
		*zone = 0;
		return true;
	}
	if (s.n != 6 || (s.p[0] != '+' && s.p[0] != '-') || s.p[3] != ':')
		return false;
	if (!digits(s, 1, 2, &h) || !digits(s, 4, 2, &m) || h > 23 || m > 59)
		return false;
	*zone = (h * 60 + m) * (s.p[0] == '-' ? -1 : 1);
	return true;
}

bool moment_parse(struct str s, moment *out)
{
	int h, m, sec, ms, zone;
	size_t at = 19;
	date d;

	if (s.n < 20 || (s.p[10] != 'T' && s.p[10] != 't') || s.p[13] != ':' || s.p[16] != ':')
		return false;
	if (!date_parse(str_sub(s, 0, 10), &d) || !digits(s, 11, 2, &h) || !digits(s, 14, 2, &m) ||
	    !digits(s, 17, 2, &sec) || h > 23 || m > 59 || sec > 60)
		return false;
	if (!fraction_parse(s, &at, &ms) || !offset_parse(str_sub(s, at, s.n), &zone))
		return false;
	*out = (int64_t)d * MS_PER_DAY + ((int64_t)h * 3600 + (int64_t)(m - zone) * 60 + sec) * MS_PER_SECOND + ms;
	return true;
}

static date floor_days(int64_t ms, int64_t *rest)
{
	int64_t d = ms / MS_PER_DAY;
	int64_t r = ms % MS_PER_DAY;

	if (r < 0) {
		r += MS_PER_DAY;
		d--;
	}
	*rest = r;
	return (date)d;
}

void moment_write(struct buf *b, moment m)
{
	char text[14] = "T00:00:00.000Z";
	int64_t rest;
	int ms;

	date_write(b, floor_days(m, &rest));
	ms = (int)rest;
	put_digits(text + 1, 2, ms / 3600000);
	put_digits(text + 4, 2, ms / MINUTE_MS % 60);
	put_digits(text + 7, 2, ms / MS_PER_SECOND % 60);
	put_digits(text + 10, 3, ms % MS_PER_SECOND);
	buf_add(b, text, sizeof text);
}

date moment_date(moment m, int zone)
{
	int64_t rest;

	return floor_days(m + (int64_t)zone * MINUTE_MS, &rest);
}

moment date_start(date d, int zone)
{
	return (int64_t)d * MS_PER_DAY - (int64_t)zone * MINUTE_MS;
}

moment moment_plus(moment m, struct duration p, int zone)
{
	int64_t rest;
	date d = floor_days(m + (int64_t)zone * MINUTE_MS, &rest);

	return date_start(date_plus(d, p), zone) + rest + p.ms;
}

/* One "number letter" step of a duration. */
static bool duration_step(struct str s, size_t *at, int32_t *n, char *unit)
{
	size_t from = *at;
	uint64_t v;

	while (*at < s.n && s.p[*at] >= '0' && s.p[*at] <= '9')
		(*at)++;
	if (*at >= s.n || !str_to_u64(str_sub(s, from, *at - from), DURATION_MAX, &v))
		return false;
	*n = (int32_t)v;
	*unit = s.p[(*at)++];
	return true;
}

static bool duration_date_step(struct duration *p, int32_t n, char unit)
{
	switch (unit) {
	case 'Y':
		p->years = n;
		return true;
	case 'M':
		p->months = n;
		return true;
	case 'W':
		p->days += n * 7;
		return true;
	case 'D':
		p->days += n;
		return true;
	default:
		return false;
	}
}

static bool duration_time_step(struct duration *p, int32_t n, char unit)
{
	int64_t ms = unit == 'H' ? 3600000 : unit == 'M' ? MINUTE_MS : unit == 'S' ? MS_PER_SECOND : 0;

	p->ms += n * ms;
	return ms != 0;
}

bool duration_parse(struct str s, struct duration *out)
{
	static const char date_units[] = "YMWD", time_units[] = "HMS";
	const char *units = date_units;
	struct duration p = {0, 0, 0, 0};
	size_t at = 1;

	if (s.n < 3 || s.p[0] != 'P' || s.p[s.n - 1] == 'T')
		return false;
	while (at < s.n) {
		bool timed = units >= time_units && units <= time_units + 3;
		const char *next;
		int32_t n;
		char unit;

		if (s.p[at] == 'T' && !timed) {
			units = time_units;
			at++;
			continue;
		}
		if (!duration_step(s, &at, &n, &unit))
			return false;
		next = strchr(units, unit);
		if (!unit || !next || !(timed ? duration_time_step(&p, n, unit) : duration_date_step(&p, n, unit)))
			return false;
		units = next + 1; /* each unit once, and in order */
	}
	*out = p;
	return true;
}

static void duration_part(struct buf *b, int64_t n, char unit)
{
	if (!n)
		return;
	buf_u64(b, (uint64_t)n);
	buf_byte(b, unit);
}

void duration_write(struct buf *b, struct duration p)
{
	buf_byte(b, 'P');
	duration_part(b, p.years, 'Y');
	duration_part(b, p.months, 'M');
	duration_part(b, p.days, 'D');
	if (p.ms) {
		buf_byte(b, 'T');
		duration_part(b, p.ms / 3600000, 'H');
		duration_part(b, p.ms / MINUTE_MS % 60, 'M');
		duration_part(b, p.ms / MS_PER_SECOND % 60, 'S');
	} else if (duration_is_zero(p)) {
		buf_text(b, "0D");
	}
}

bool duration_is_zero(struct duration p)
{
	return p.years == 0 && p.months == 0 && p.days == 0 && p.ms == 0;
}

bool zone_parse(struct str s, int *zone)
{
	if (str_is(s, "Asia/Tokyo") || str_is(s, "Japan")) {
		*zone = 540;
		return true;
	}
	if (str_is(s, "UTC") || str_is(s, "Etc/UTC")) {
		*zone = 0;
		return true;
	}
	return s.n == 6 && offset_parse(s, zone);
}
