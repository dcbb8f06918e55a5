#include "vault/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/crypto.h"
#include "vault/normal.h"

enum { EMAIL_MAX = 254, EMAIL_LOCAL_MAX = 64, LABEL_MAX = 63, MEDIA_MAX = 200 };

/* How one type is checked, and how it is looked up.  NULL texts: the type has no such form. */
struct value_type {
	const char *expected; /* what a refusal says the value must be */
	bool (*check)(const struct policy_item *item, struct str s, struct buf *out); /* of a string: appends what is kept */
	bool (*lookup)(struct str s, struct buf *out);
	bool contact;
};

/* True when S has no control characters; line ends and tabs count as such unless LINES. */
static bool printable(struct str s, bool lines)
{
	bool seen = false;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '\n' || c == '\r' || c == '\t') {
			if (!lines)
				return false;
		} else if (c < 0x20 || c == 0x7F || (c == 0xC2 && i + 1 < s.n && (unsigned char)s.p[i + 1] < 0xA0)) {
			return false;
		} else if (c != ' ') {
			seen = true;
		}
	}
	return seen;
}

static bool keep(struct str s, struct buf *out)
{
	buf_str(out, s);
	return true;
}

static bool check_line(const struct policy_item *item, struct str s, struct buf *out)
{
	(void)item;
	return printable(s, false) && keep(s, out);
}

static bool check_lines(const struct policy_item *item, struct str s, struct buf *out)
{
	(void)item;
	return printable(s, true) && keep(s, out);
}

static bool check_phone(const struct policy_item *item, struct str s, struct buf *out)
{
	struct buf normal;
	bool good;

	(void)item;
	buf_init(&normal);
	good = normal_phone(s, &normal);
	buf_wipe(&normal);
	return good && keep(s, out);
}

static bool email_local(struct str s)
{
	if (s.n < 1 || s.n > EMAIL_LOCAL_MAX)
		return false;
	/* dots may stand anywhere: Japanese carriers gave out addresses with two in a row or one at the end */
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      (c != '\0' && strchr(".!#$%&'*+/=?^_`{|}~-", c))))
			return false;
	}
	return true;
}

static bool email_domain(struct str s)
{
	size_t labels = 0;

	for (;;) {
		size_t n = str_find(s, '.');

		if (n < 1 || n > LABEL_MAX || s.p[0] == '-' || s.p[n - 1] == '-')
			return false;
		for (size_t i = 0; i < n; i++) {
			unsigned char c = (unsigned char)s.p[i];

			if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
			      c >= 0x80))
				return false;
		}
		labels++;
		if (n == s.n)
			return labels >= 2;
		s = str_sub(s, n + 1, s.n);
	}
}

/* True when normalizing leaves S as it is but for case: no full-width letters, no invisible characters. */
static bool plainly_written(struct str s)
{
	struct buf normal;
	bool same;

	buf_init(&normal);
	same = normal_text(s, NORMAL_DROP, &normal) && normal.n == s.n;
	buf_wipe(&normal);
	return same;
}

static bool check_email(const struct policy_item *item, struct str s, struct buf *out)
{
	size_t at = str_find(s, '@');

	(void)item;
	return s.n <= EMAIL_MAX && at < s.n && email_local(str_sub(s, 0, at)) &&
	       email_domain(str_sub(s, at + 1, s.n)) && plainly_written(s) && keep(s, out);
}

static bool check_code(const struct policy_item *item, struct str s, struct buf *out)
{
	for (size_t i = 0; i < item->n_values; i++)
		if (str_eq(item->values[i], s))
			return keep(s, out);
	return item->n_values == 0 && check_line(item, s, out);
}

static bool check_date(const struct policy_item *item, struct str s, struct buf *out)
{
	date d;

	(void)item;
	return date_parse(s, &d) && keep(s, out);
}

static bool check_datetime(const struct policy_item *item, struct str s, struct buf *out)
{
	moment m;

	(void)item;
	return moment_parse(s, &m) && keep(s, out);
}

static bool add_uuid(struct str s, struct buf *out)
{
	struct uuid u;

	if (!uuid_parse(s, &u))
		return false;
	uuid_write(out, &u);
	return true;
}

static bool check_person(const struct policy_item *item, struct str s, struct buf *out)
{
	(void)item;
	return add_uuid(s, out);
}

static bool luhn(struct str digits)
{
	unsigned sum = 0;

	for (size_t i = 0; i < digits.n; i++) {
		unsigned d = (unsigned)(digits.p[digits.n - 1 - i] - '0');

		if (i % 2)
			d = d * 2 > 9 ? d * 2 - 9 : d * 2;
		sum += d;
	}
	return sum > 0 && sum % 10 == 0;
}

static bool add_card(struct str s, struct buf *out)
{
	size_t start = out->n;

	if (!normal_digits(s, out))
		return false;
	return out->n - start >= 12 && out->n - start <= 19 && luhn((struct str){out->p + start, out->n - start});
}

static bool check_card(const struct policy_item *item, struct str s, struct buf *out)
{
	(void)item;
	return add_card(s, out);
}

/* The check digit of Ordinance of the MIC No. 85 of 2014, article 5. */
static bool individual_number(const char *digits)
{
	static const unsigned weights[11] = {6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
	unsigned sum = 0, check;

	for (size_t i = 0; i < 11; i++)
		sum += (unsigned)(digits[i] - '0') * weights[i];
	check = sum % 11 <= 1 ? 0 : 11 - sum % 11;
	return (unsigned)(digits[11] - '0') == check;
}

static bool add_individual_number(struct str s, struct buf *out)
{
	size_t start = out->n;

	return normal_digits(s, out) && out->n - start == 12 && individual_number(out->p + start);
}

static bool check_individual_number(const struct policy_item *item, struct str s, struct buf *out)
{
	(void)item;
	return add_individual_number(s, out);
}

static bool check_bank_account(const struct policy_item *item, struct str s, struct buf *out)
{
	struct buf normal;
	bool digit = false;

	buf_init(&normal);
	if (normal_text(s, NORMAL_DROP, &normal))
		for (size_t i = 0; i < normal.n; i++)
			digit = digit || (normal.p[i] >= '0' && normal.p[i] <= '9');
	buf_wipe(&normal);
	return digit && check_lines(item, s, out);
}

static bool check_file(const struct policy_item *item, struct str s, struct buf *out)
{
	struct buf bytes;
	char *room;
	size_t n = 0;
	bool good;

	(void)item;
	buf_init(&bytes);
	room = buf_room(&bytes, s.n);
	good = room && base64_decode(s, room, s.n, &n) && n > 0;
	buf_wipe(&bytes);
	return good && keep(s, out);
}

static bool lookup_text(struct str s, struct buf *out)
{
	return normal_text(s, NORMAL_COLLAPSE, out);
}

static bool lookup_compact(struct str s, struct buf *out)
{
	return normal_text(s, NORMAL_DROP, out);
}

static bool lookup_date(struct str s, struct buf *out)
{
	struct buf normal;
	date d;
	bool good;

	buf_init(&normal);
	good = normal_text(s, NORMAL_DROP, &normal) && date_parse(buf_view(&normal), &d);
	if (good)
		date_write(out, d);
	buf_wipe(&normal);
	return good;
}

static bool lookup_datetime(struct str s, struct buf *out)
{
	moment m;

	if (!moment_parse(s, &m))
		return false;
	moment_write(out, m);
	return true;
}

static bool lookup_number(struct str s, struct buf *out)
{
	char text[64], *end;
	double d;

	if (s.n < 1 || s.n >= sizeof text)
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	d = strtod(text, &end);
	if (*end || !isfinite(d))
		return false;
	d += 0.0; /* one zero */
	buf_add(out, &d, sizeof d);
	return true;
}

static const struct value_type value_types[ITEM_TYPES] = {
	[ITEM_TEXT] = {"one line of text", check_line, lookup_text, false},
	[ITEM_LONG_TEXT] = {"text", check_lines, NULL, false},
	[ITEM_NAME] = {"one line of text", check_line, lookup_compact, false},
	[ITEM_ADDRESS] = {"text", check_lines, lookup_compact, true},
	[ITEM_PHONE] = {"a telephone number: 0 and 9 or 10 digits, or + and 7 to 15", check_phone, normal_phone, true},
	[ITEM_EMAIL] = {"an e-mail address", check_email, lookup_compact, true},
	[ITEM_CODE] = {"one of the item's codes", check_code, lookup_text, false},
	[ITEM_DATE] = {"a date as YYYY-MM-DD", check_date, lookup_date, false},
	[ITEM_DATETIME] = {"a time of RFC 3339 with its zone", check_datetime, lookup_datetime, false},
	[ITEM_NUMBER] = {"a number within its bounds", NULL, lookup_number, false},
	[ITEM_PERSON] = {"the id of a person", check_person, add_uuid, false},
	[ITEM_LIST] = {"a list", NULL, NULL, false},
	[ITEM_FILE] = {"a file in base64, or {\"media\", \"data\"} of a media type that the item takes", check_file, NULL, false},
	[ITEM_BANK_ACCOUNT] = {"a bank account with its number", check_bank_account, lookup_compact, false},
	[ITEM_CARD] = {"a card number with its check digit", check_card, add_card, false},
	[ITEM_INDIVIDUAL_NUMBER] = {"an individual number with its check digit", check_individual_number,
				    add_individual_number, false},
};

static result invalid(struct error *e, enum item_type type)
{
	return error_set(e, CODE_ITEM_INVALID, "the value is not %s", value_types[type].expected);
}

static result put_number(const struct policy_item *item, const json_t *value, struct buf *out, struct error *e)
{
	double d = json_number_value(value);

	if (!json_is_number(value) || !isfinite(d) || (item->has_min && d < item->min) || (item->has_max && d > item->max))
		return invalid(e, ITEM_NUMBER);
	if (json_is_integer(value))
		buf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else
		buf_printf(out, "%.17g", d);
	return RESULT_OK;
}

static result put_string(const struct policy_item *item, enum item_type type, const json_t *value, struct buf *out,
			 struct error *e)
{
	struct str s = {json_string_value(value), json_string_length(value)};
	struct buf kept;
	bool good;

	if (!json_is_string(value) || !value_types[type].check || !str_utf8_valid(s))
		return invalid(e, type);
	if (s.n > VALUE_MAX)
		return error_set(e, CODE_TOO_LARGE, "the value is larger than %d bytes", VALUE_MAX);
	buf_init(&kept);
	good = value_types[type].check(item, s, &kept) && buf_ok(&kept);
	if (good)
		buf_json(out, buf_view(&kept));
	buf_wipe(&kept);
	return good ? RESULT_OK : invalid(e, type);
}

static result put_file(const struct policy_item *item, const json_t *value, struct buf *out, struct error *e)
{
	const json_t *media = json_object_get(value, "media");
	struct str name = {json_string_value(media), json_string_length(media)};
	bool taken = false;

	if (!json_is_object(value))
		return put_string(item, ITEM_FILE, value, out, e);
	for (size_t i = 0; i < item->n_media; i++)
		taken = taken || str_eq(item->media[i], name);
	if (json_object_size(value) != 2 || !json_is_string(media) || !taken || name.n > MEDIA_MAX)
		return invalid(e, ITEM_FILE);
	buf_text(out, "{\"media\":");
	buf_json(out, name);
	buf_text(out, ",\"data\":");
	TRY(put_string(item, ITEM_FILE, json_object_get(value, "data"), out, e));
	buf_byte(out, '}');
	return RESULT_OK;
}

static result put_one(const struct policy_item *item, enum item_type type, const json_t *value, struct buf *out,
		      struct error *e)
{
	switch (type) {
	case ITEM_NUMBER:
		return put_number(item, value, out, e);
	case ITEM_FILE:
		return put_file(item, value, out, e);
	default:
		return put_string(item, type, value, out, e);
	}
}

static result put_array(const struct policy_item *item, enum item_type type, const json_t *value, struct buf *out,
			struct error *e)
{
	size_t n = json_array_size(value);

	if (!json_is_array(value) || n < 1)
		return error_set(e, CODE_ITEM_INVALID, "the value is not a list with an element");
	if (n > VALUE_ELEMENTS)
		return error_set(e, CODE_TOO_LARGE, "the list has more than %d elements", VALUE_ELEMENTS);
	buf_byte(out, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_byte(out, ',');
		TRY(put_one(item, type, json_array_get(value, i), out, e));
	}
	buf_byte(out, ']');
	return RESULT_OK;
}

result value_check(const struct policy_item *item, const json_t *value, struct buf *out, struct error *e)
{
	size_t start = out->n;

	if (item->type == ITEM_LIST)
		TRY(put_array(item, item->list_of, value, out, e));
	else if (item->many)
		TRY(put_array(item, item->type, value, out, e));
	else
		TRY(put_one(item, item->type, value, out, e));
	if (!buf_ok(out))
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the value");
	if (out->n - start > VALUE_MAX)
		return error_set(e, CODE_TOO_LARGE, "the value is larger than %d bytes", VALUE_MAX);
	return RESULT_OK;
}

bool value_lookup_text(enum item_type type, struct str value, struct buf *out)
{
	size_t start = out->n;

	return value_types[type].lookup && value_types[type].lookup(value, out) && buf_ok(out) && out->n > start;
}

bool value_type_indexed(enum item_type type)
{
	return value_types[type].lookup != NULL;
}

bool value_type_contact(enum item_type type)
{
	return value_types[type].contact;
}

static bool each_element(const json_t *element, bool (*each)(void *ctx, struct str element), void *ctx)
{
	char *text;
	bool more;

	if (json_is_string(element))
		return each(ctx, (struct str){json_string_value(element), json_string_length(element)});
	text = json_is_number(element) ? json_dumps(element, JSON_ENCODE_ANY) : NULL;
	if (!text)
		return false;
	more = each(ctx, str_of(text));
	crypto_wipe(text, strlen(text));
	free(text);
	return more;
}

bool value_each(struct str json, bool (*each)(void *ctx, struct str element), void *ctx)
{
	json_t *root = json_loadb(json.p, json.n, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL), *element;
	bool more = root != NULL;
	size_t i;

	if (json_is_array(root)) {
		json_array_foreach(root, i, element)
			more = more && each_element(element, each, ctx);
	} else if (root) {
		more = each_element(root, each, ctx);
	}
	json_decref(root);
	return more;
}
