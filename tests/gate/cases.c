/* What the questions of a table share, and those about pseudonymized sets. */
#include "gate/cases.h"

#include <string.h>

#include "gate/set.h"
#include "test.h"

/* All that is wrong is said before the test fails. */
void table_check(struct table *f, bool right, const char *what, const char *got)
{
	if (right)
		return;
	print_error("%s:%zu: %.*s: %s %s\n", f->name, f->line, (int)f->title.n, f->title.p, what, got);
	f->wrong++;
}

uint32_t table_number(struct table *f, const char *kind, struct str name)
{
	size_t before = f->scene.n_names;
	uint32_t n = scene_number(&f->scene, kind, name);

	table_check(f, f->scene.n_names == before, "no version has this", kind);
	return n;
}

void table_items(struct table *f, const struct policy_category *c, struct str list, uint64_t *items)
{
	for (size_t at = 0; at < list.n;) {
		struct str name = str_sub(list, at, str_find(str_sub(list, at, list.n), ','));
		size_t i = 0;

		while (i < c->n_items && !str_eq(c->items[i].id, name))
			i++;
		table_check(f, i < c->n_items, "no such item", "");
		bits_add(items, i);
		at += name.n + 1;
	}
}

static const char *item_answer(const struct gate_verdict *v, size_t i)
{
	if (!bits_has(v->asked, i))
		return "not asked";
	if (bits_has(v->observed, i))
		return "observed";
	return bits_has(v->allowed, i) ? "allow" : code_text(v->codes[i]);
}

void table_verdict(struct table *f, const struct policy_category *c, const struct gate_verdict *v,
		   const struct line *answer)
{
	static const char *const verdicts[] = {"deny", "allow", "partial", "observed"};
	size_t at = 1;

	table_check(f, str_is(answer->words[0], verdicts[v->verdict]), verdicts[v->verdict], code_text(v->code));
	if (at < answer->n && str_find(answer->words[at], '=') == answer->words[at].n)
		table_check(f, str_is(answer->words[at++], code_text(v->code)), "the code is", code_text(v->code));
	f->seen[v->code] = true;
	for (; c && at < answer->n; at++) {
		struct str word = answer->words[at];
		size_t sign = str_find(word, '=');
		uint64_t one[GATE_ITEMS / 64] = {0};

		table_items(f, c, str_sub(word, 0, sign), one);
		for (size_t i = 0; i < c->n_items; i++) {
			if (!bits_has(one, i))
				continue;
			table_check(f, str_is(str_sub(word, sign + 1, word.n), item_answer(v, i)), c->items[i].id.p,
				    item_answer(v, i));
			if (bits_has(v->asked, i) && !bits_has(v->allowed, i))
				f->seen[v->codes[i]] = true;
		}
	}
}

static int set_of(const struct policy *p, struct str id)
{
	for (size_t i = 0; i < p->n_derived; i++)
		if (str_eq(p->derived[i].id, id))
			return (int)i;
	return POLICY_NONE;
}

void table_set(struct table *f, const struct line *l, const struct line *answer)
{
	struct gate_set_request r = {
		.now = scene_moment(line_value(l, "at:")),
		.actor = {.active = !line_says(l, "is:", "inactive")},
		.purpose_kind = PURPOSE_DECLARED,
		.purpose = l->words[3],
		.reason_given = line_says(l, "is:", "reason"),
		.limit_exceeded = line_says(l, "is:", "limit"),
		.approved = line_says(l, "is:", "approved"),
		.joins = line_says(l, "is:", "join"),
		.reviewed = line_says(l, "is:", "reviewed"),
		.arrangement = line_value(l, "by:"),
		.recipient = line_value(l, "to:"),
	};
	const struct gate *g = scene_gate(&f->scene, r.now);
	const struct policy *p = gate_policy(g);
	struct gate_verdict v;

	r.set = set_of(p, l->words[4]);
	r.actor.role = str_is(l->words[1], "nobody") ? 60000 : table_number(f, "role", l->words[1]);
	table_check(f, action_parse(l->words[2], &r.action), "no such action", "");
	if (str_is(r.purpose, "none"))
		r.purpose_kind = PURPOSE_NONE;
	else if (str_is(r.purpose, "exception"))
		r.purpose_kind = PURPOSE_EXCEPTION;
	else if (str_is(r.purpose, "request"))
		r.purpose_kind = PURPOSE_PERSON_REQUEST;
	memset(&v, 0xa5, sizeof v);
	gate_decide_set(g, &r, &v);
	table_verdict(f, r.set == POLICY_NONE ? NULL : &p->categories[p->derived[r.set].from], &v, answer);
}

void table_serves(struct table *f, const struct line *l, const struct line *answer)
{
	moment now = scene_moment(line_value(l, "at:"));
	const struct gate *g = scene_gate(&f->scene, now);
	const struct policy *p = gate_policy(g);
	int set = set_of(p, l->words[1]);
	const struct policy_derived *d = &p->derived[set];
	uint64_t items[GATE_ITEMS / 64] = {0}, mask;

	table_items(f, &p->categories[d->from], l->words[2], items);
	mask = gate_set_purposes(g, set, &f->state, items, now);
	for (size_t i = 0; i < d->n_purposes; i++) {
		struct str id = p->purposes[d->purposes[i]].id;
		bool said = false;

		for (size_t k = 0; k < answer->n; k++)
			said = said || str_eq(answer->words[k], id);
		table_check(f, said == (mask >> i & 1), said ? "does not serve" : "serves", id.p);
	}
	table_check(f, (mask == 0) == str_is(answer->words[0], "nothing"), "serves", mask ? "something" : "nothing");
}

void table_until(struct table *f, const struct line *l, const struct line *answer)
{
	moment now = scene_moment(line_value(l, "at:")), made = scene_moment(line_value(l, "made:"));
	uint32_t set = table_number(f, "set", l->words[1]), version = 0;
	struct buf b;

	for (size_t i = 0; i < f->scene.n_versions; i++)
		if (f->scene.policies[i]->in_force <= made)
			version = (uint32_t)i + 1;
	buf_init(&b);
	date_write(&b, gate_set_until(scene_gate(&f->scene, now), set, version, made));
	table_check(f, str_eq(answer->words[0], buf_view(&b)), "it is kept until", buf_c(&b));
	buf_free(&b);
}
