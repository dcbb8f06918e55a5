/* The draft as files. */
#include <string.h>

#include "base/date.h"
#include "policy/outline_private.h"

static const char *language(const struct outline *d)
{
	return d->ja ? "ja" : "en";
}

static bool is_item(const struct outline_block *block, const char *key)
{
	return block->kind == OUTLINE_ITEM && block->key && strcmp(block->key, key) == 0;
}

static size_t count(const struct outline *d, const char *key)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		n += is_item(&d->blocks[i], key);
	return n;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Facts in running text ---------------------------------------------------------------------------------------- */

/* The e-mail address in S; empty when there is none. */
static struct str find_email(struct str s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_+";

	for (size_t at = 1; at + 1 < s.n; at++) {
		size_t from = at, to = at + 1;

		if (s.p[at] != '@')
			continue;
		while (from > 0 && strchr(letters, s.p[from - 1]))
			from--;
		while (to < s.n && strchr(letters, s.p[to]))
			to++;
		if (from < at && to > at + 3)
			return str_sub(s, from, to - from);
	}
	return (struct str){0};
}

/* The telephone number in S: digits in three groups, the first beginning with 0. */
static struct str find_phone(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		size_t n = 0, groups = 0;

		if (s.p[i] != '0' || (i && (is_digit(s.p[i - 1]) || s.p[i - 1] == '-')))
			continue;
		while (i + n < s.n && (is_digit(s.p[i + n]) || s.p[i + n] == '-'))
			groups += s.p[i + n++] == '-';
		if (groups == 2 && n >= 11 && n <= 13)
			return str_sub(s, i, n);
	}
	return (struct str){0};
}

/* The amount of money in S ("1,000 yen", "1,000円"); 0 when there is none. */
static uint64_t find_amount(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint64_t amount = 0;
		size_t n = i;

		while (n < s.n && (is_digit(s.p[n]) || s.p[n] == ',') && amount < 1000000)
			amount = s.p[n] == ',' ? amount : amount * 10 + (uint64_t)(s.p[n] - '0'), n++;
		if (n > i && (str_starts(str_sub(s, n, s.n), STR(" yen")) || str_starts(str_sub(s, n, s.n), STR("円"))))
			return amount;
		i = n;
	}
	return 0;
}

/* The period in S ("5 years", "3か月") as an ISO 8601 duration, appended to B; false when there is none. */
static bool find_period(struct str s, struct buf *b)
{
	static const struct {
		const char *word;
		char unit;
	} units[] = {{" year", 'Y'}, {"年間", 'Y'}, {" month", 'M'}, {"か月", 'M'}, {"ヶ月", 'M'}, {" day", 'D'}, {"日間", 'D'}};

	for (size_t i = 0; i < s.n; i++) {
		size_t n = i;

		while (n < s.n && is_digit(s.p[n]) && n - i < 3)
			n++;
		for (size_t k = 0; n > i && k < sizeof units / sizeof *units; k++)
			if (str_starts(str_sub(s, n, s.n), str_of(units[k].word))) {
				buf_byte(b, 'P');
				buf_str(b, str_sub(s, i, n - i));
				buf_byte(b, units[k].unit);
				return true;
			}
		i = n > i ? n : i;
	}
	return false;
}

static uint64_t number_at(struct str s, size_t at, size_t *after)
{
	uint64_t n = 0;

	for (*after = at; *after < s.n && is_digit(s.p[*after]) && n < 10000; ++*after)
		n = n * 10 + (uint64_t)(s.p[*after] - '0');
	return n;
}

/* "2005年3月30日" at AT of S; DATE_NONE when there is none. */
static date japanese_date(struct str s, size_t at)
{
	static const struct str units[] = {{"年", 3}, {"月", 3}, {"日", 3}};
	uint64_t parts[3];

	for (size_t i = 0; i < 3; i++) {
		size_t after;

		parts[i] = number_at(s, at, &after);
		if (after == at || !str_starts(str_sub(s, after, s.n), units[i]))
			return DATE_NONE;
		at = after + units[i].n;
	}
	return date_make((int)parts[0], (int)parts[1], (int)parts[2]);
}

/* "March 30, 2005" at AT of S; DATE_NONE when there is none. */
static date english_date(struct str s, size_t at)
{
	static const char *const months[] = {"January ", "February ", "March ",	    "April ",	"May ",	     "June ",
					     "July ",	 "August ",   "September ", "October ", "November ", "December "};

	for (int m = 0; m < 12; m++) {
		uint64_t day, year;
		size_t after, from = at + strlen(months[m]);

		if (!str_starts(str_sub(s, at, s.n), str_of(months[m])))
			continue;
		day = number_at(s, from, &after);
		if (!str_starts(str_sub(s, after, s.n), STR(", ")))
			return DATE_NONE;
		year = number_at(s, after + 2, &after);
		return year > 0 && day > 0 ? date_make((int)year, m + 1, (int)day) : DATE_NONE;
	}
	return DATE_NONE;
}

/* Appends `KEY: DATE` for the last date that stands in a block with one of WORDS. */
static void write_date(const struct outline *d, const char *key, const char *words, struct buf *b)
{
	date found = DATE_NONE;
	uint32_t line = 0;

	for (size_t i = 0; i < d->n; i++)
		for (size_t at = 0; outline_says(d->blocks[i].text, words) && at < d->blocks[i].text.n; at++) {
			bool inside = at && is_digit(d->blocks[i].text.p[at - 1]);
			date here = inside ? DATE_NONE : japanese_date(d->blocks[i].text, at);

			if (here == DATE_NONE)
				here = english_date(d->blocks[i].text, at);
			if (here == DATE_NONE)
				continue;
			found = here;
			line = d->blocks[i].line;
		}
	if (found == DATE_NONE)
		return;
	buf_printf(b, "  %s: ", key);
	date_write(b, found);
	buf_printf(b, "  # guess: line %u\n", (unsigned)line);
}

/* Writing ------------------------------------------------------------------------------------------------------ */

static void guess(struct buf *b, const struct outline_block *block)
{
	buf_printf(b, "  # guess: line %u\n", (unsigned)block->line);
}

/* The items under KEY as a map: AROUND is what stands before the number of the id, before the text, behind it. */
static void write_texts(const struct outline *d, const char *key, const char *const around[3], struct buf *b)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++) {
		if (!is_item(&d->blocks[i], key))
			continue;
		buf_printf(b, "%s%zu: %s", around[0], ++n, around[1]);
		buf_json(b, d->blocks[i].text);
		buf_text(b, around[2]);
		guess(b, &d->blocks[i]);
	}
}

/* "[PREFIX1, PREFIX2]" for what write_texts made of KEY. */
static void write_ids(const struct outline *d, const char *key, const char *prefix, struct buf *b)
{
	size_t n = count(d, key);

	buf_byte(b, '[');
	for (size_t i = 1; i <= n; i++)
		buf_printf(b, "%s%s%zu", i > 1 ? ", " : "", prefix, i);
	buf_byte(b, ']');
}

static void write_desk(const struct outline *d, struct buf *b)
{
	struct str email = {0}, phone = {0};

	for (size_t i = 0; i < d->n; i++) {
		email = email.n ? email : find_email(d->blocks[i].text);
		phone = phone.n ? phone : find_phone(d->blocks[i].text);
	}
	buf_text(b, "desks:\n  inquiry:\n    takes: [inquiries, complaints, requests]\n");
	if (phone.n)
		buf_printf(b, "    phone: \"%.*s\"  # guess\n", (int)phone.n, phone.p);
	if (email.n)
		buf_printf(b, "    email: %.*s  # guess\n", (int)email.n, email.p);
}

static void write_categories(const struct outline *d, struct buf *b)
{
	const char *key = count(d, "categories.items") ? "categories.items" : "joint_use.group.items";
	struct buf period;
	size_t n = 0;

	buf_text(b, "categories:\n  person:  # guess: one category; divide it by whom the data is about\n    items:\n");
	for (size_t i = 0; i < d->n; i++) {
		if (!is_item(&d->blocks[i], key))
			continue;
		buf_printf(b, "      item_%zu: {type: text, label: ", ++n);
		buf_json(b, d->blocks[i].text);
		buf_text(b, "}");
		guess(b, &d->blocks[i]);
	}
	if (!n)
		buf_text(b, "      name: {type: name}  # guess: the statement lists no items\n");
	buf_init(&period);
	for (size_t i = 0; i < d->n && !period.n; i++)
		if (d->blocks[i].key && strcmp(d->blocks[i].key, "categories.keep") == 0 && find_period(d->blocks[i].text, &period)) {
			buf_text(b, "    keep: {for: ");
			buf_str(b, buf_view(&period));
			buf_text(b, ", from: acquisition}");
			guess(b, &d->blocks[i]);
		}
	buf_free(&period);
}

static void write_sharing(const struct outline *d, struct buf *b)
{
	if (!count(d, "joint_use.group.parties"))
		return;
	buf_text(b, "joint_use:\n  group:\n    items: {person: all}  # guess\n    parties: [");
	for (size_t i = 1; i <= count(d, "joint_use.group.parties"); i++)
		buf_printf(b, "%s{organization: party_%zu}", i > 1 ? ", " : "", i);
	buf_text(b, "]  # guess\n");
}

static void write_requests(const struct outline *d, struct buf *b)
{
	uint64_t amount = 0;
	size_t n = 0;

	for (size_t i = 0; i < d->n && !amount; i++)
		if (d->blocks[i].key && strcmp(d->blocks[i].key, "requests.fee") == 0)
			amount = find_amount(d->blocks[i].text);
	buf_text(b, "requests:\n  desk: inquiry\n");
	if (amount)
		buf_printf(b, "  fee: {amount: %llu}  # guess\n", (unsigned long long)amount);
	if (count(d, "requests.refuse"))
		buf_text(b, "  refuse:\n");
	for (size_t i = 0; i < d->n; i++) {
		if (!is_item(&d->blocks[i], "requests.refuse"))
			continue;
		buf_printf(b, "    ground_%zu: {text: ", ++n);
		buf_json(b, d->blocks[i].text);
		buf_text(b, "}");
		guess(b, &d->blocks[i]);
	}
	for (size_t i = 0; i < d->n; i++)
		if (is_item(&d->blocks[i], "requests.proxies") || is_item(&d->blocks[i], "requests.identity")) {
			buf_printf(b, "  # guess: %s: ", d->blocks[i].key);
			buf_json(b, d->blocks[i].text);
			buf_printf(b, " (line %u)\n", (unsigned)d->blocks[i].line);
		}
}

void outline_write_policy(const struct outline *d, struct buf *b)
{
	buf_text(b, "# A draft made from a statement. Each `# guess` is to be looked at; what is missing `policy check` says.\n"
		    "sekisho: 1\n\n");
	buf_printf(b, "policy:\n  id: company\n  organization: company\n  languages: [%s]\n", language(d));
	write_date(d, "established", "established|制定", b);
	write_date(d, "revised", "revised|last updated|改定|改訂", b);
	write_date(d, "effective", "effective|in force from|施行", b);
	buf_byte(b, '\n');
	buf_text(b, "organizations:\n  company: {country: JP}  # guess\n");
	write_texts(d, "joint_use.group.parties", (const char *const[]){"  party_", "{name: ", "}"}, b);
	buf_byte(b, '\n');
	write_desk(d, b);
	if (count(d, "services")) {
		buf_text(b, "\nservices:\n");
		write_texts(d, "services", (const char *const[]){"  service_", "", ""}, b);
	}
	buf_byte(b, '\n');
	write_categories(d, b);
	buf_text(b, "\npurposes:\n");
	write_texts(d, "purposes", (const char *const[]){"  purpose_", "{text: ", ", uses: {person: all}}"}, b);
	buf_byte(b, '\n');
	write_sharing(d, b);
	write_requests(d, b);
	if (count(d, "purposes")) {
		buf_text(b, "\nnotices:\n  statement: {purposes: ");
		write_ids(d, "purposes", "purpose_", b);
		buf_text(b, "}  # guess\n");
	}
}

void outline_write_statement(const struct outline *d, struct buf *b)
{
	size_t clause = 0;

	for (size_t i = 0; i < d->n; i++) {
		const struct outline_block *block = &d->blocks[i];

		if (block->kind == OUTLINE_ITEM) {
			buf_text(b, "- ");
			buf_str(b, block->text);
			buf_byte(b, '\n');
			continue;
		}
		if (i)
			buf_byte(b, '\n');
		if (block->kind == OUTLINE_HEADING) {
			buf_text(b, block->level == 1 ? "## " : "### ");
			buf_str(b, block->text);
			buf_printf(b, " {#clause-%zu}", ++clause);
		} else {
			buf_str(b, block->text);
		}
		buf_byte(b, '\n');
		if (i + 1 < d->n && d->blocks[i + 1].kind == OUTLINE_ITEM)
			buf_byte(b, '\n');
	}
}
