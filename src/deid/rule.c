#include "deid/rule.h"

#include <string.h>

#include "base/date.h"

enum kind {
	BANDS,
	DATE,
	MASK,
	PREFECTURE,
	LIST,
};

enum unit {
	MONTH,
	QUARTER,
	YEAR,
	DECADE,
	UNITS,
};

enum {
	MAX_ARGS = 24,
	MAX_NUMBER = 1000000000,
	LONGEST_MASKED = 64, /* characters of a value to mask */
};


struct deid_rule {
	enum kind kind;
	unsigned steps; /* levels between the values and "*" */
	int64_t width[MAX_ARGS];
	bool has_bottom, has_top;
	int64_t bottom, top;
	enum unit unit[UNITS];
	bool left;	/* mask from the left */
	unsigned count; /* characters more at each level */
	const struct str *member; /* of a list: values, */
	const struct str *group;  /* and the group of each */
	size_t members;
};

static const struct {
	const char *name;
	enum kind kind;
	const char *expects;
} kinds[] = {
	{"bands", BANDS, "the column's rule takes whole numbers, such as 42"},
	{"date", DATE, "the column's rule takes days, such as 2024-05-31"},
	{"mask", MASK, "the column's rule takes values of at most 64 characters of UTF-8"},
	{"prefecture", PREFECTURE, "the column's rule takes addresses that begin with a prefecture's name in Japanese"},
	{"list", LIST, "the column's code list does not name this value"},
};

static const char *const unit_names[UNITS] = {"month", "quarter", "year", "decade"};

/* Regions in the usual division into eight, each with its prefectures. */
static const struct {
	const char *region;
	const char *prefectures;
} regions[] = {
	{"北海道", "北海道"},
	{"東北", "青森県 岩手県 宮城県 秋田県 山形県 福島県"},
	{"関東", "茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県"},
	{"中部", "新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県"},
	{"近畿", "三重県 滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県"},
	{"中国", "鳥取県 島根県 岡山県 広島県 山口県"},
	{"四国", "徳島県 香川県 愛媛県 高知県"},
	{"九州・沖縄", "福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県"},
};

/* Takes what stands before C off *REST; all when there is no C. */
static struct str take_until(struct str *rest, char c)
{
	size_t n = str_find(*rest, c);
	struct str got = str_sub(*rest, 0, n);

	*rest = str_sub(*rest, n < rest->n ? n + 1 : n, rest->n);
	return got;
}

static int kind_of(struct str name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (str_is(name, kinds[i].name))
			return (int)i;
	return -1;
}

bool deid_rule_looks_like(struct str text)
{
	return text.n && (text.p[text.n - 1] == ')' || kind_of(text) >= 0);
}

static bool to_int(struct str s, int64_t *out)
{
	bool minus = s.n && s.p[0] == '-';
	uint64_t v;

	if (!str_to_u64(minus ? str_sub(s, 1, s.n) : s, MAX_NUMBER, &v))
		return false;
	*out = minus ? -(int64_t)v : (int64_t)v;
	return true;
}

static result wrong(struct error *e, const char *what)
{
	return error_set(e, CODE_HIERARCHY_INVALID, "the rule is not right: %s", what);
}

static result parse_bands(struct deid_rule *r, struct str args, struct error *e)
{
	while (args.n) {
		struct str arg = str_trim(take_until(&args, ','));
		struct str name = take_until(&arg, '=');
		int64_t v;

		if (str_is(name, "top") || str_is(name, "bottom")) {
			bool top = str_is(name, "top");

			if (!to_int(arg, &v))
				return wrong(e, "top= and bottom= take a whole number");
			*(top ? &r->has_top : &r->has_bottom) = true;
			*(top ? &r->top : &r->bottom) = v;
			continue;
		}
		if (!to_int(name, &v) || v < 2)
			return wrong(e, "bands takes widths of 2 and more, such as bands(5,10,20,bottom=15,top=90)");
		if (r->steps && v % r->width[r->steps - 1])
			return wrong(e, "each width of bands is a multiple of the one before, or the hierarchy were no tree");
		if (r->steps == MAX_ARGS)
			return wrong(e, "too many widths");
		r->width[r->steps++] = v;
	}
	if (r->steps == 0)
		return wrong(e, "bands needs a width, such as bands(5,10,20)");
	if (r->has_top && r->has_bottom && r->bottom >= r->top)
		return wrong(e, "bottom= lies below top=");
	return RESULT_OK;
}

static result parse_date(struct deid_rule *r, struct str args, struct error *e)
{
	if (args.n == 0)
		args = STR("month,quarter,year,decade");
	while (args.n) {
		struct str arg = str_trim(take_until(&args, ','));
		int u = 0;

		while (u < UNITS && !str_is(arg, unit_names[u]))
			u++;
		if (u == UNITS || (r->steps && u <= (int)r->unit[r->steps - 1]))
			return wrong(e, "date takes some of month,quarter,year,decade, in this order");
		r->unit[r->steps++] = (enum unit)u;
	}
	return RESULT_OK;
}

static result parse_mask(struct deid_rule *r, struct str args, struct error *e)
{
	struct str side = str_trim(take_until(&args, ','));
	int64_t count = 1;

	if (!(str_is(side, "right") || str_is(side, "left")) || (args.n && (!to_int(str_trim(args), &count) || count < 1 || count > LONGEST_MASKED)))
		return wrong(e, "mask takes a side and a number of characters, such as mask(right,2)");
	r->left = str_is(side, "left");
	r->count = (unsigned)count;
	return RESULT_OK;
}

/* The place of VALUE in the list R, or R->members when it is not there. */
static size_t member_of(const struct deid_rule *r, struct str value)
{
	size_t i = 0;

	while (i < r->members && !str_eq(r->member[i], value))
		i++;
	return i;
}

static result parse_list(struct arena *a, struct deid_rule *r, struct str args, struct error *e)
{
	struct str *member = arena_array(a, args.n + 1, sizeof *member);
	struct str *group = arena_array(a, args.n + 1, sizeof *group);
	struct str text = str_copy(a, args);

	if (!member || !group || !text.p)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a rule");
	r->member = member;
	r->group = group;
	r->steps = 1;
	while (text.n) {
		struct str values = take_until(&text, ',');
		struct str name = take_until(&values, ':');

		if (name.n == 0 || values.n == 0)
			return wrong(e, "list takes groups with their values, such as list(A:x|y|z,B:v|w)");
		while (values.n) {
			struct str value = take_until(&values, '|');

			if (member_of(r, value) < r->members)
				return wrong(e, "list names a value twice");
			member[r->members] = value;
			group[r->members++] = name;
		}
	}
	return r->members ? RESULT_OK : wrong(e, "list names no values");
}

static result parse_rule(struct arena *a, struct str text, const struct deid_rule **r, struct error *e)
{
	struct str args = text;
	struct str name = take_until(&args, '(');
	struct deid_rule *made = arena_new(a, struct deid_rule);
	int k = kind_of(str_trim(name));

	if (!made)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a rule");
	if (k < 0)
		return error_set(e, CODE_HIERARCHY_INVALID,
				 "there is no rule \"%.*s\"; the rules are bands, date, mask, prefecture and list", (int)name.n,
				 name.p);
	if (name.n < text.n) {
		if (args.n == 0 || args.p[args.n - 1] != ')')
			return wrong(e, "its closing parenthesis is missing");
		args.n--;
	}
	made->kind = kinds[k].kind;
	*r = made;
	switch (made->kind) {
	case BANDS:
		return parse_bands(made, args, e);
	case DATE:
		return parse_date(made, args, e);
	case MASK:
		return parse_mask(made, args, e);
	case LIST:
		return parse_list(a, made, args, e);
	default:
		made->steps = 2;
		return args.n ? wrong(e, "prefecture takes no arguments") : RESULT_OK;
	}
}

result deid_rule_parse(struct arena *a, struct str text, const struct deid_rule **r, struct error *e)
{
	struct error why = {0};

	if (ok(parse_rule(a, text, r, &why)))
		return RESULT_OK;
	return error_set(e, why.code, "%s (the rule is \"%.*s\")", why.message, (int)text.n, text.p);
}

/* The day that S names, with hyphens or slashes. */
static bool to_day(struct str s, int *year, unsigned *month)
{
	uint64_t y, m, d;

	if (s.n != 10 || (s.p[4] != '-' && s.p[4] != '/') || s.p[7] != s.p[4] || !str_to_u64(str_sub(s, 0, 4), 9999, &y) ||
	    !str_to_u64(str_sub(s, 5, 2), 12, &m) || !str_to_u64(str_sub(s, 8, 2), 31, &d) ||
	    date_make((int)y, (int)m, (int)d) == DATE_NONE)
		return false;
	*year = (int)y;
	*month = (unsigned)m;
	return true;
}

bool deid_rule_prefecture(struct str address, struct str *prefecture, struct str *region)
{
	for (size_t i = 0; i < sizeof regions / sizeof regions[0]; i++) {
		struct str rest = str_of(regions[i].prefectures);

		while (rest.n) {
			*prefecture = take_until(&rest, ' ');
			*region = str_of(regions[i].region);
			if (str_starts(address, *prefecture))
				return true;
		}
	}
	return false;
}

static size_t characters(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += (s.p[i] & 0xC0) != 0x80;
	return n;
}

bool deid_rule_accepts(const struct deid_rule *r, struct str value)
{
	struct str prefecture, region;
	int64_t v;
	int year;
	unsigned month;

	switch (r->kind) {
	case BANDS:
		return to_int(value, &v);
	case DATE:
		return to_day(value, &year, &month);
	case MASK:
		return characters(value) <= LONGEST_MASKED && str_utf8_valid(value);
	case PREFECTURE:
		return deid_rule_prefecture(value, &prefecture, &region);
	default:
		return member_of(r, value) < r->members;
	}
}

bool deid_rule_is_fixed(const struct deid_rule *r)
{
	return r->kind != MASK;
}

const char *deid_rule_expects(const struct deid_rule *r)
{
	return kinds[r->kind].expects;
}

static void band_label(const struct deid_rule *r, unsigned step, struct str value, struct buf *b)
{
	int64_t width = r->width[step];
	int64_t v = 0, from;

	if (!to_int(value, &v))
		return;
	if (r->has_top && v >= r->top) {
		buf_printf(b, ">=%lld", (long long)r->top);
	} else if (r->has_bottom && v < r->bottom) {
		buf_printf(b, "<%lld", (long long)r->bottom);
	} else {
		from = v >= 0 ? v / width * width : -((-v + width - 1) / width * width);
		/* a band that top or bottom coding cuts says only what it holds */
		buf_printf(b, "%lld-%lld", (long long)(r->has_bottom && from < r->bottom ? r->bottom : from),
			   (long long)(r->has_top && from + width > r->top ? r->top - 1 : from + width - 1));
	}
}

static void date_label(const struct deid_rule *r, unsigned step, struct str value, struct buf *b)
{
	int year = 0;
	unsigned month = 1;

	if (!to_day(value, &year, &month))
		return;
	switch (r->unit[step]) {
	case MONTH:
		buf_printf(b, "%04d-%02u", year, month);
		break;
	case QUARTER:
		buf_printf(b, "%04d-Q%u", year, (month - 1) / 3 + 1);
		break;
	case YEAR:
		buf_printf(b, "%04d", year);
		break;
	default:
		buf_printf(b, "%04ds", year / 10 * 10);
		break;
	}
}

static void mask_label(const struct deid_rule *r, unsigned step, struct str value, struct buf *b)
{
	size_t n = characters(value);
	size_t hidden = (size_t)(step + 1) * r->count;
	size_t at = 0;

	for (size_t i = 0; i < value.n; i++) {
		bool begins = (value.p[i] & 0xC0) != 0x80;
		bool hide;

		at += begins;
		hide = r->left ? at <= hidden : at + hidden > n;
		if (!hide)
			buf_byte(b, value.p[i]);
		else if (begins)
			buf_byte(b, '*');
	}
}

void deid_rule_label(const struct deid_rule *r, unsigned step, struct str value, struct buf *b)
{
	struct str part[2] = {{NULL, 0}, {NULL, 0}};

	switch (r->kind) {
	case BANDS:
		band_label(r, step, value, b);
		break;
	case DATE:
		date_label(r, step, value, b);
		break;
	case MASK:
		mask_label(r, step, value, b);
		break;
	case PREFECTURE:
		if (deid_rule_prefecture(value, &part[0], &part[1]))
			buf_str(b, part[step]);
		break;
	case LIST:
		buf_str(b, r->group[member_of(r, value)]);
		break;
	}
}

/* Levels between the values of D and "*". */
static unsigned steps_for(const struct deid_rule *r, const struct deid_dict *d)
{
	size_t longest = 0;

	if (r->kind != MASK)
		return r->steps;
	for (uint32_t i = 0; i < d->n; i++) {
		size_t n = characters(d->value[i]);

		longest = n > longest ? n : longest;
	}
	return longest ? (unsigned)((longest - 1) / r->count) : 0;
}

static result add_level(const struct deid_rule *r, struct deid_hierarchy *h, unsigned step, bool all, struct error *e)
{
	struct str *labels = arena_array(&h->arena, h->leaf.n, sizeof *labels);
	struct buf b;
	uint32_t bad;
	bool fine = labels != NULL;

	buf_init(&b);
	for (uint32_t i = 0; i < h->leaf.n && fine; i++) {
		buf_reset(&b);
		if (all)
			buf_byte(&b, '*');
		else
			deid_rule_label(r, step, h->leaf.value[i], &b);
		labels[i] = str_copy(&h->arena, buf_view(&b));
		fine = buf_ok(&b) && labels[i].p;
	}
	buf_free(&b);
	if (!fine)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a hierarchy");
	return deid_hierarchy_add_level(h, labels, &bad, e);
}

result deid_rule_apply(const struct deid_rule *r, const struct deid_dict *d, struct deid_hierarchy *h, struct error *e)
{
	unsigned steps = steps_for(r, d);

	TRY(deid_hierarchy_flat(h, d, e));
	for (unsigned s = 0; s < steps; s++)
		TRY(add_level(r, h, s, false, e));
	return add_level(r, h, steps, true, e);
}
