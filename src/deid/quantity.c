#include "deid/quantity.h"

#include "base/date.h"

enum {
	DIGITS = 18, /* of a number: always within 64 bits */
	WRITTEN = 48, /* characters of any sum */
};

static bool parse_number(struct str s, struct deid_quantity *out)
{
	bool negative = s.n && s.p[0] == '-', point = false;
	unsigned digits = 0, decimals = 0;
	int64_t n = 0;

	for (size_t i = negative; i < s.n; i++) {
		char c = s.p[i];

		if (c == '.' && !point && digits) {
			point = true;
			continue;
		}
		if (c < '0' || c > '9' || ++digits > DIGITS || (point && ++decimals > DEID_DECIMALS))
			return false;
		n = n * 10 + (c - '0');
	}
	*out = (struct deid_quantity){.decimals = decimals, .n = negative ? -n : n};
	return digits && (!point || decimals);
}

bool deid_quantity_parse(struct str s, struct deid_quantity *out)
{
	date day;

	if (parse_number(s, out))
		return true;
	if (!date_parse(s, &day))
		return false;
	*out = (struct deid_quantity){.day = true, .n = day};
	return true;
}

deid_sum deid_quantity_in(const struct deid_quantity *q, unsigned decimals)
{
	deid_sum v = q->n;

	for (unsigned i = q->decimals; i < decimals; i++)
		v *= 10;
	return v;
}

deid_sum deid_quotient(deid_sum sum, uint64_t n)
{
	deid_sum whole = sum / n, rest = sum % n;

	if (rest < 0)
		return -2 * rest >= n ? whole - 1 : whole;
	return 2 * rest >= n ? whole + 1 : whole;
}

void deid_quantity_write(struct buf *b, bool day, deid_sum v, unsigned decimals, unsigned least)
{
	char text[WRITTEN], *at = text + sizeof text;
	bool negative = v < 0;

	if (day) {
		date_write(b, (date)v);
		return;
	}
	if (negative)
		v = -v;
	for (; decimals > least && v % 10 == 0; decimals--)
		v /= 10;
	for (unsigned digit = 0; v || digit <= decimals; digit++, v /= 10) {
		if (decimals && digit == decimals)
			*--at = '.';
		*--at = (char)('0' + (int)(v % 10));
	}
	if (negative)
		*--at = '-';
	buf_add(b, at, (size_t)(text + sizeof text - at));
}
