/* decisions.yaml: which questions are answered, and whether the answers still stand. */
#include "policy/check.h"
#include "policy/diff.h"

/* The finding that the question ABOUT ("code:path") names, or -1. */
static long question(const struct findings *f, struct str about)
{
	size_t colon = str_find(about, ':');
	struct str code = str_sub(about, 0, colon), path = str_sub(about, colon + 1, about.n);

	for (size_t i = 0; i < f->n; i++)
		if (f->list[i].path.n && str_is(code, finding_text(f->list[i].code)) && str_eq(f->list[i].path, path))
			return (long)i;
	return -1;
}

/* True when policy check asks about CODE; what a change raises is asked when it is published. */
static bool asked(struct str code)
{
	enum finding_code known;

	return finding_parse(code, &known) && !change_is(known) &&
	       (finding_severity(known) == SEVERITY_QUESTION || known == FINDING_OVER_PROMISE);
}

static const struct policy_clause *clause_about(const struct policy *p, struct str path)
{
	struct str anchor = str_starts(path, STR("statement.")) ? str_sub(path, sizeof "statement." - 1, path.n)
								: policy_clause_of(p, path);

	for (size_t i = 0; anchor.n && i < p->n_clauses; i++)
		if (str_eq(p->clauses[i].anchor, anchor))
			return &p->clauses[i];
	return NULL;
}

/* True when a question of CODE is about what a clause says, not only about facts. */
static bool on_wording(struct str code)
{
	return str_is(code, finding_text(FINDING_OVER_PROMISE)) || str_is(code, finding_text(FINDING_CLAUSE_WITHOUT_FACT));
}

static struct str clause_hash(const struct policy_clause *o)
{
	return (struct str){(const char *)o->hash, sizeof o->hash};
}

/* True when what the question ABOUT is about reads in P as in Q: the fact at its path, and the clause where it is on wording. */
static bool same_facts(const struct policy *p, const struct policy *q, struct str about)
{
	size_t colon = str_find(about, ':');
	struct str path = str_sub(about, colon + 1, about.n);
	const struct policy_clause *x, *y;

	if (!node_same(node_at(p->root, path), node_at(q->root, path)))
		return false;
	if (!on_wording(str_sub(about, 0, colon)))
		return true;
	x = clause_about(p, path);
	y = clause_about(q, path);
	return x && y ? str_eq(clause_hash(x), clause_hash(y)) : x == y;
}

/* The last version before C's policy that has the very decision N, or NULL. */
static const struct policy *given_before(const struct compile *c, const struct node *n)
{
	for (size_t i = c->set ? c->set->n : 0; i-- > 0;)
		for (NODE_EACH(old, c->set->versions[i]->decisions))
			if (node_same(old, n))
				return c->set->versions[i];
	return NULL;
}

/*
 * True when the answer N to a question stands: it was given since the facts last
 * changed.  One that names the version from which it decides a change stands for
 * that change alone.
 */
static bool stands(const struct compile *c, const struct node *n, struct str about)
{
	const struct policy *then;
	uint64_t since;

	if (!c->set || !c->set->n)
		return true; /* nothing is known of before */
	if (node_get(n, "since"))
		return str_to_u64(node_text(n, "since"), UINT32_MAX, &since) && since == c->set->n;
	then = given_before(c, n);
	return !then || same_facts(then, c->p, about);
}

/* The decision N, which answers for facts that are no more. */
static void outdated(struct compile *c, const struct node *n, struct str about)
{
	if (!node_get(n, "since"))
		findings_add(c->f, FINDING_ANSWER_OUTDATED, check_place(n, "about"),
			     STR("look at it again, and write the answer anew with its date and why"),
			     "\"%.*s\" was answered when the facts were others", ID(about));
}

static void answer(struct compile *c, const struct node *n)
{
	struct str about = node_text(n, "about"), code = str_sub(about, 0, str_find(about, ':'));
	long i = question(c->f, about);

	if (i >= 0 && !stands(c, n, about)) {
		outdated(c, n, about);
		return;
	}
	if (i < 0 && !c->broken && !node_get(n, "since") && asked(code))
		findings_add(c->f, FINDING_ANSWER_WITHOUT_QUESTION, check_place(n, "about"),
			     STR("correct code and path, or take the answer out"), "nothing asks about \"%.*s\"", ID(about));
	for (; i >= 0; i = question(c->f, about))
		findings_remove(c->f, (size_t)i);
}

/* The decision before N of those in LIST that decides the same, or NULL. */
static const struct node *same_before(const struct node *list, const struct node *n)
{
	for (NODE_EACH(other, list)) {
		if (other == n)
			return NULL;
		if (str_eq(node_text(other, "about"), node_text(n, "about")) &&
		    str_eq(node_text(other, "since"), node_text(n, "since")))
			return other;
	}
	return NULL;
}

void check_answers(struct compile *c)
{
	for (NODE_EACH(n, c->p->decisions)) {
		if (node_text(n, "about").n && same_before(c->p->decisions, n))
			findings_add(c->f, FINDING_DECIDED_TWICE, check_place(n, "about"),
				     STR("leave the one that holds"), "\"%.*s\" is decided twice", ID(node_text(n, "about")));
		else
			answer(c, n);
	}
}
