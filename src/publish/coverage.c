#include "publish/coverage.h"

#include "evidence/entry.h"
#include "evidence/reader.h"
#include "publish/fact.h"

enum state { KEPT, PARTLY, NOT, STATED, STATES };

static const char *const states[STATES] = {[KEPT] = "kept", [PARTLY] = "partly", [NOT] = "not", [STATED] = "stated"};

struct mechanism {
	const char *pattern;
	enum state state;
	const char *kinds; /* of entries, with blanks between */
	const char *codes; /* that it refuses with, likewise */
	const char *en, *ja;
};

static const struct mechanism mechanisms[] = {
#define X(pattern, state, kinds, codes, proof, en, ja) {pattern, state, kinds, codes, en, ja},
#include "publish/mechanisms.def"
#undef X
};

/* How many names of PATTERN begin PATH; 0 when one of them does not. */
static unsigned fit(struct str pattern, struct str path)
{
	unsigned n = 0;

	while (pattern.n) {
		size_t a = str_find(pattern, '.'), b = str_find(path, '.');

		if (path.n == 0 || (!str_is(str_sub(pattern, 0, a), "*") && !str_eq(str_sub(pattern, 0, a), str_sub(path, 0, b))))
			return 0;
		pattern = str_sub(pattern, a + 1, pattern.n);
		path = str_sub(path, b + 1, path.n);
		n++;
	}
	return n;
}

/* What keeps the fact at PATH; NULL when the table does not say. */
static const struct mechanism *mechanism_of(struct str path)
{
	const struct mechanism *best = NULL;
	unsigned most = 0;

	for (size_t i = 0; i < sizeof mechanisms / sizeof *mechanisms; i++) {
		unsigned n = fit(str_of(mechanisms[i].pattern), path);

		if (n > most) {
			most = n;
			best = &mechanisms[i];
		}
	}
	return best;
}

/* The name under SECTION that PATH is about: "billing" of "purposes.billing.keep"; empty when it is about another. */
static struct str name_under(struct str path, struct str section)
{
	struct str rest;

	if (!str_starts(path, section))
		return (struct str){NULL, 0};
	rest = str_sub(path, section.n, path.n);
	return str_sub(rest, 0, str_find(rest, '.'));
}

/* The key of TALLY for KIND, narrowed to the purpose or category that PATH is about, in B. */
static void tally_key(struct buf *b, struct str kind, struct str path)
{
	struct str purpose = name_under(path, STR("purposes.")), category = name_under(path, STR("categories."));

	buf_str(b, kind);
	if (purpose.n) {
		buf_text(b, " purpose ");
		buf_str(b, purpose);
	} else if (category.n) {
		buf_text(b, " category ");
		buf_str(b, category);
	}
}

/* Takes the next word of *REST, of words with blanks between. */
static struct str next_word(struct str *rest)
{
	struct str word = str_sub(*rest, 0, str_find(*rest, ' '));

	*rest = str_sub(*rest, word.n + 1, rest->n);
	return word;
}

/* WORDS, with blanks between, as a list. */
static json_t *word_list(struct str words)
{
	json_t *list = json_array();

	while (list && words.n) {
		struct str word = next_word(&words);

		if (json_array_append_new(list, json_stringn(word.p, word.n)) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* Adds to the view FACT how many entries of its kinds TALLY has, and which was the last. */
static bool add_count(json_t *fact, const json_t *tally)
{
	struct str path = str_of(json_string_value(json_object_get(fact, "path")));
	const json_t *last = NULL, *kind;
	json_int_t count = 0;
	size_t i;

	json_array_foreach(json_object_get(fact, "kinds"), i, kind) {
		const json_t *counted;
		struct buf key;

		buf_init(&key);
		tally_key(&key, str_of(json_string_value(kind)), path);
		counted = json_object_get(tally, buf_c(&key));
		buf_free(&key);
		if (!counted)
			continue;
		count += json_integer_value(json_object_get(counted, "count"));
		if (!last || json_integer_value(json_object_get(counted, "index")) > json_integer_value(json_object_get(last, "index")))
			last = counted;
	}
	return json_object_set_new(fact, "count", json_integer(count)) == 0 &&
	       (!last || json_object_set_new(fact, "last", json_pack("{s:O, s:O}", "time", json_object_get(last, "time"), "index",
								     json_object_get(last, "index"))) == 0);
}

result coverage_evidence(json_t *view, const json_t *tally, struct error *e)
{
	json_t *clause, *fact;
	size_t i, k;

	json_array_foreach(json_object_get(view, "clauses"), i, clause)
		json_array_foreach(json_object_get(clause, "facts"), k, fact)
			if (!add_count(fact, tally))
				return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the coverage");
	return RESULT_OK;
}

struct survey {
	const struct policy *p;
	size_t language;
	json_int_t count[STATES], none;
};

static json_t *fact_view(struct survey *s, struct str path)
{
	const struct mechanism *m = mechanism_of(path);
	static const struct mechanism unknown = {"", NOT, "", "", "Not kept by Sekisho.", "Sekisho は守っていません。"};

	if (!m)
		m = &unknown;
	s->count[m->state]++;
	return json_pack("{s:s%, s:s, s:s, s:o, s:o}", "path", path.p, path.n, "state", states[m->state], "text",
			 fact_ja(s->p, s->language) ? m->ja : m->en, "codes", word_list(str_of(m->codes)), "kinds",
			 word_list(str_of(m->kinds)));
}

static json_t *clause_view(struct survey *s, const struct policy_clause *c)
{
	struct str title = policy_text_in(s->p, &c->title, (int)s->language);
	json_t *facts = json_array();

	for (size_t i = 0; facts && i < c->n_keeps; i++)
		if (json_array_append_new(facts, fact_view(s, c->keeps[i])) != 0) {
			json_decref(facts);
			return NULL;
		}
	s->none += c->n_keeps == 0;
	return json_pack("{s:s%, s:s%, s:o}", "anchor", c->anchor.p, c->anchor.n, "title", title.p ? title.p : "", title.n,
			 "facts", facts);
}

result coverage_view(const struct policy *p, size_t language, const json_t *tally, json_t **out, struct error *e)
{
	struct survey s = {.p = p, .language = language};
	json_t *clauses = json_array();
	bool fits = clauses != NULL;

	for (size_t i = 0; fits && i < p->n_clauses; i++)
		fits = json_array_append_new(clauses, clause_view(&s, &p->clauses[i])) == 0;
	if (!fits) {
		json_decref(clauses);
		clauses = NULL;
	}
	*out = json_pack("{s:o, s:{s:I, s:I, s:I, s:I, s:I}}", "clauses", clauses, "count", "kept", s.count[KEPT], "partly",
			 s.count[PARTLY], "not", s.count[NOT], "stated", s.count[STATED], "none", s.none);
	if (!*out)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the coverage");
	if (!tally || ok(coverage_evidence(*out, tally, e)))
		return RESULT_OK;
	json_decref(*out);
	*out = NULL;
	return RESULT_FAIL;
}

/* Counts one more under KEY: the entry INDEX at TIME is the last so far. */
static bool count(json_t *tally, struct buf *key, struct str time, uint64_t index)
{
	const char *name = buf_c(key);
	json_int_t n = json_integer_value(json_object_get(json_object_get(tally, name), "count"));
	bool done = json_object_set_new(tally, name, json_pack("{s:I, s:s%, s:I}", "count", n + 1, "time", time.p, time.n, "index",
							       (json_int_t)index)) == 0;

	buf_free(key);
	return done;
}

static bool count_entry(json_t *tally, struct str text, uint64_t index)
{
	static const char *const by[] = {" purpose ", " category "};
	struct entry_view v;
	struct buf key;
	bool done;

	if (!entry_scan(text, &v))
		return true; /* a later program's kind */
	buf_init(&key);
	buf_text(&key, entry_kind_name(v.kind));
	done = count(tally, &key, v.t, index);
	for (size_t i = 0; done && i < 2; i++) {
		struct str name = i ? v.category : v.purpose;

		if (!name.n)
			continue;
		buf_init(&key);
		buf_text(&key, entry_kind_name(v.kind));
		buf_text(&key, by[i]);
		buf_str(&key, name);
		done = count(tally, &key, v.t, index);
	}
	return done;
}

void coverage_count_free(struct coverage_count *c)
{
	json_decref(c->tally);
	*c = (struct coverage_count){0};
}

/* Has C go on from where it is in the log with HEAD, or begin with it when it is another. */
static result count_from(struct coverage_count *c, const struct log_head *head, struct error *e)
{
	if (c->generation != head->generation || c->size > head->size)
		coverage_count_free(c);
	if (!c->tally)
		c->tally = json_object();
	if (!c->tally)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the coverage");
	c->generation = head->generation;
	c->log_size = head->size;
	return RESULT_OK;
}

result coverage_tally(struct db *d, uint64_t most, struct coverage_count *c, struct error *e)
{
	struct log_reader *reader = NULL;
	struct log_head head;
	struct str text;
	result done = RESULT_FAIL;

	TRY(log_head_read(d, 0, &head, e));
	TRY(count_from(c, &head, e));
	TRY(log_reader_make(d, head.generation, &reader, e));
	for (; most > 0 && c->size < head.size; most--) {
		TRY_OUT(log_reader_entry(reader, c->size, &text, e));
		if (!count_entry(c->tally, text, c->size)) {
			coverage_count_free(c); /* the entry may be counted in part */
			done = error_set(e, CODE_OUT_OF_MEMORY, "no memory for the coverage");
			goto out;
		}
		c->size++;
	}
	done = RESULT_OK;
out:
	log_reader_free(reader);
	return done;
}
