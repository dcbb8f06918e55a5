/*
 * base/date.h - civil dates, times and durations.
 *
 * A date is the number of days since 1970-01-01 in the proleptic Gregorian
 * calendar; a time is milliseconds since 1970-01-01T00:00:00Z without leap
 * seconds.  A zone is a fixed offset: Japan has had +09:00 without summer time
 * since 1951, and nothing here reads a zone database.  Everything is pure.
 */
#ifndef SEKISHO_BASE_DATE_H
#define SEKISHO_BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

typedef int32_t date;	/* days since 1970-01-01 */
typedef int64_t moment; /* milliseconds since 1970-01-01T00:00:00Z */

#define DATE_NONE INT32_MIN
#define MOMENT_NONE INT64_MIN

enum { MS_PER_SECOND = 1000, MS_PER_DAY = 86400000 };

/* A duration of ISO 8601: P[nY][nM][nW][nD][T[nH][nM][nS]]; weeks are kept as days. */
struct duration {
	int32_t years;
	int32_t months;
	int32_t days;
	int64_t ms; /* hours, minutes and seconds */
};

/* The date of YEAR (1 to 9999), MONTH (1 to 12), DAY; DATE_NONE when there is no such day. */
date date_make(int year, int month, int day);

/* Year, month and day of D into *YEAR, *MONTH, *DAY. */
void date_split(date d, int *year, int *month, int *day);

/* Reads S as YYYY-MM-DD into *OUT; false when it is none. */
bool date_parse(struct str s, date *out);

/* Appends D as YYYY-MM-DD. */
void date_write(struct buf *b, date d);

/* The day of the week of D: 0 for Monday to 6 for Sunday. */
int date_weekday(date d);

/*
 * D plus the years, months and days of P (its hours are left out): the
 * corresponding day, or the month's last day where there is none (Civil Code
 * 143(2)), then the days.
 */
date date_plus(date d, struct duration p);

/*
 * The last day of a period P whose event falls on D: D is not counted, the period
 * ends with the eve of the day that corresponds to its first day, or with the
 * month's last day where there is none (Civil Code 140, 143), and then come the
 * days.  Hours count in whole days, what is left of them not at all.
 */
date date_period_end(date d, struct duration p);

/* The day before a person born on BIRTH reaches AGE whole years: an age is reached at the end of that eve
 * (Act on Calculation of Ages), so from the returned date's following midnight on the person is of age. */
date date_age_eve(date birth, int age);

/* Whole years of age on ON of a person born on BIRTH, counted so. Negative before birth. */
int date_age(date birth, date on);

/* Reads S as an RFC 3339 time with zone into *OUT; false when it is none or has no zone. */
bool moment_parse(struct str s, moment *out);

/* Appends M as YYYY-MM-DDTHH:MM:SS.mmmZ. */
void moment_write(struct buf *b, moment m);

/* The civil date of M at an offset of ZONE minutes east of UTC. */
date moment_date(moment m, int zone);

/* Midnight at the start of D at an offset of ZONE minutes east of UTC. */
moment date_start(date d, int zone);

/* M plus P: the date part in the zone by date_plus, then the hours. */
moment moment_plus(moment m, struct duration p, int zone);

/* Reads S as an ISO 8601 duration into *OUT; false when it is none, empty, or a number is above 100000. */
bool duration_parse(struct str s, struct duration *out);

/* Appends P in ISO 8601. */
void duration_write(struct buf *b, struct duration p);

/* True when P has no length. */
bool duration_is_zero(struct duration p);

/*
 * Reads the zone name S into *ZONE, minutes east of UTC: "UTC", "Asia/Tokyo" (and
 * "Japan"), or a fixed "+09:00"; false for any other.
 */
bool zone_parse(struct str s, int *zone);

#endif
