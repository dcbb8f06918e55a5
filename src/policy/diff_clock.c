/* How long things are kept: which of two clocks runs longer, and what a clock says in words. */
#include "policy/diff_private.h"

#define ID(s) (int)(s).n, (s).p

static uint32_t event_number(const struct policy *p, int event)
{
	return event == POLICY_NONE ? 0 : p->events[event].number;
}

static uint32_t cancelled_by(const struct policy *p, int event)
{
	return event == POLICY_NONE ? 0 : event_number(p, p->events[event].cancelled_by);
}

static bool same_length(struct duration x, struct duration y)
{
	return x.years == y.years && x.months == y.months && x.days == y.days && x.ms == y.ms;
}

enum longer diff_lengths(struct duration x, struct duration y)
{
	date from = date_make(2001, 1, 1);

	if (same_length(x, y))
		return AS_LONG;
	if (date_period_end(from, x) == date_period_end(from, y)) /* they differ in hours, or in how they are written */
		return y.ms < x.ms ? SHORTER : LONGER;
	return date_period_end(from, y) > date_period_end(from, x) ? LONGER : SHORTER;
}

enum longer diff_clocks(const struct policy *before, const struct policy_clock *x, const struct policy *after,
			const struct policy_clock *y)
{
	enum longer rest = AS_LONG, here;

	if (!x || !y || !x->set || !y->set) {
		bool had = x && x->set, has = y && y->set;

		return had == has ? AS_LONG : had ? LONGER : SHORTER;
	}
	if (event_number(before, x->event) != event_number(after, y->event) ||
	    cancelled_by(before, x->event) != cancelled_by(after, y->event))
		return LONGER;
	here = diff_lengths(x->length, y->length);
	if ((x->otherwise != NULL) != (y->otherwise != NULL))
		return LONGER;
	if (x->otherwise)
		rest = diff_clocks(before, x->otherwise, after, y->otherwise);
	if (here == LONGER || rest == LONGER)
		return LONGER;
	return here == SHORTER ? SHORTER : rest;
}

/* "5 years", "18 months" or "P1Y6M"; most periods have one unit. */
static void length_write(struct duration p, bool ja, struct buf *b)
{
	const struct {
		int32_t n;
		const char *one, *many, *ja;
	} units[] = {{p.years, "year", "years", "年"}, {p.months, "month", "months", "か月"}, {p.days, "day", "days", "日"}};
	int used = (p.years != 0) + (p.months != 0) + (p.days != 0) + (p.ms != 0);

	for (size_t i = 0; used == 1 && i < sizeof units / sizeof *units; i++)
		if (units[i].n) {
			buf_printf(b, ja ? "%d" : "%d ", (int)units[i].n);
			buf_text(b, ja ? units[i].ja : units[i].n == 1 ? units[i].one : units[i].many);
			return;
		}
	duration_write(b, p);
}

static struct str kept(struct diff *d, struct buf *b)
{
	struct str text = str_copy(d->out->a, buf_view(b));

	d->out->failed = d->out->failed || !buf_ok(b) || !text.p;
	buf_free(b);
	return text;
}

struct change_name diff_length(struct diff *d, struct duration length)
{
	struct buf en, ja;

	buf_init(&en);
	buf_init(&ja);
	length_write(length, false, &en);
	length_write(length, true, &ja);
	return (struct change_name){.plain = kept(d, &en), .plain_ja = kept(d, &ja)};
}

/* "5 years after contract_end, else 1 year after last_contact" */
static struct str clock_text(struct diff *d, const struct policy *p, const struct policy_clock *c, bool ja)
{
	struct buf b;

	buf_init(&b);
	for (const struct policy_clock *x = c; x; x = x->otherwise) {
		struct str event = x->event != POLICY_NONE ? p->events[x->event].id : ja ? STR("取得") : STR("acquisition");

		if (x != c)
			buf_text(&b, ja ? "、それがなければ" : ", else ");
		if (ja)
			buf_printf(&b, "%.*sから", ID(event));
		length_write(x->length, ja, &b);
		if (!ja)
			buf_printf(&b, " after %.*s", ID(event));
	}
	return kept(d, &b);
}

struct change_name diff_clock(struct diff *d, const struct policy *p, const struct policy_clock *c)
{
	if (!c || !c->set)
		return (struct change_name){.plain = STR("no time of its own"), .plain_ja = STR("定めなし")};
	return (struct change_name){.plain = clock_text(d, p, c, false), .plain_ja = clock_text(d, p, c, true)};
}
