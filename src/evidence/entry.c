#include "evidence/entry.h"

static const char *const kind_names[ENTRY_KINDS] = {
	[ENTRY_NONE] = "none",
#define X(id, name) [id] = name,
#include "evidence/kinds.def"
#undef X
};

enum fact_type { TEXT, NUMBER, BYTES, TIME, UUID };

static const struct {
	const char *name;
	enum fact_type type;
} fact_keys[ENTRY_FACTS] = {
#define X(id, name, type) [id] = {name, type},
#include "evidence/facts.def"
#undef X
};

const char *entry_kind_name(enum entry_kind kind)
{
	return kind_names[kind];
}

enum entry_kind entry_kind_of(struct str name)
{
	for (size_t i = ENTRY_NONE + 1; i < ENTRY_KINDS; i++)
		if (str_is(name, kind_names[i]))
			return (enum entry_kind)i;
	return ENTRY_NONE;
}

/* KEY is `,"name":`. */
static void add_text(struct buf *b, struct str key, struct str value)
{
	if (!value.n)
		return;
	buf_str(b, key);
	buf_json(b, value);
}

static void add_bytes(struct buf *b, const void *p, size_t n)
{
	buf_byte(b, '"');
	buf_base64url(b, p, n);
	buf_byte(b, '"');
}

static void add_items(struct buf *b, const struct entry *e)
{
	if (!e->item_count)
		return;
	buf_str(b, STR(",\"items\":"));
	for (size_t i = 0; i < e->item_count; i++) {
		buf_byte(b, i ? ',' : '[');
		buf_json(b, e->items[i]);
	}
	buf_byte(b, ']');
}

static void add_withheld(struct buf *b, const struct entry *e)
{
	if (!e->withheld_count)
		return;
	buf_str(b, STR(",\"withheld\":"));
	for (size_t i = 0; i < e->withheld_count; i++) {
		buf_byte(b, i ? ',' : '{');
		buf_json(b, e->withheld[i].item);
		buf_byte(b, ':');
		buf_json(b, e->withheld[i].code);
	}
	buf_byte(b, '}');
}

static void add_subjects(struct buf *b, const struct entry *e)
{
	if (e->subject_count == 1 && e->kind != ENTRY_LOOKUP) {
		buf_str(b, STR(",\"subject\":"));
		add_bytes(b, e->subjects[0], ENTRY_SUBJECT);
	} else if (e->subject_count) {
		buf_str(b, STR(",\"subjects\":"));
		for (size_t i = 0; i < e->subject_count; i++) {
			buf_byte(b, i ? ',' : '[');
			add_bytes(b, e->subjects[i], ENTRY_SUBJECT);
		}
		buf_byte(b, ']');
	}
}

static void add_i64(struct buf *b, int64_t n)
{
	if (n < 0)
		buf_byte(b, '-');
	buf_u64(b, n < 0 ? -(uint64_t)n : (uint64_t)n);
}

static void add_fact(struct buf *b, const struct entry_fact *f)
{
	buf_str(b, STR(",\""));
	buf_text(b, fact_keys[f->key].name);
	buf_str(b, STR("\":"));
	switch (fact_keys[f->key].type) {
	case TEXT:
		buf_json(b, f->text);
		break;
	case NUMBER:
		add_i64(b, f->number);
		break;
	case BYTES:
		add_bytes(b, f->text.p, f->text.n);
		break;
	case TIME:
		buf_byte(b, '"');
		moment_write(b, f->number);
		buf_byte(b, '"');
		break;
	case UUID:
		buf_byte(b, '"');
		uuid_write(b, f->uuid);
		buf_byte(b, '"');
		break;
	}
}

/* Appends E's facts in the order of facts.def, however they were given. */
static void add_facts(struct buf *b, const struct entry *e)
{
	const struct entry_fact *last = NULL;

	for (;;) {
		const struct entry_fact *next = NULL;

		for (size_t i = 0; i < e->fact_count; i++) {
			const struct entry_fact *f = &e->facts[i];

			if ((!last || f->key > last->key) && (!next || f->key < next->key))
				next = f;
		}
		if (!next)
			return;
		add_fact(b, next);
		last = next;
	}
}

void entry_write(struct buf *b, const struct entry *e)
{
	buf_str(b, STR("{\"v\":1,\"t\":\""));
	moment_write(b, e->t);
	buf_str(b, STR("\",\"kind\":\""));
	buf_text(b, kind_names[e->kind]);
	buf_byte(b, '"');
	add_text(b, STR(",\"actor\":"), e->actor);
	add_text(b, STR(",\"role\":"), e->role);
	add_text(b, STR(",\"purpose\":"), e->purpose);
	add_text(b, STR(",\"category\":"), e->category);
	add_items(b, e);
	add_withheld(b, e);
	add_text(b, STR(",\"result\":"), e->result);
	if (e->policy) {
		buf_str(b, STR(",\"policy\":"));
		add_i64(b, e->policy);
	}
	if (e->request) {
		buf_str(b, STR(",\"request\":\""));
		uuid_write(b, e->request);
		buf_byte(b, '"');
	}
	buf_str(b, STR(",\"nonce\":"));
	add_bytes(b, e->nonce, sizeof e->nonce);
	add_subjects(b, e);
	add_facts(b, e);
	buf_byte(b, '}');
}

/* Takes what S has to begin with off it. */
static bool take(struct str *s, struct str expected)
{
	if (!str_starts(*s, expected))
		return false;
	*s = str_sub(*s, expected.n, s->n);
	return true;
}

/* Takes a JSON string off S; *OUT is what stands between its quotes. */
static bool take_string(struct str *s, struct str *out)
{
	size_t i = 1;

	if (!s->n || s->p[0] != '"')
		return false;
	while (i < s->n && s->p[i] != '"') {
		if ((unsigned char)s->p[i] < 0x20)
			return false;
		i += s->p[i] == '\\' ? 2 : 1;
	}
	if (i >= s->n)
		return false;
	*out = str_sub(*s, 1, i - 1);
	*s = str_sub(*s, i + 1, s->n);
	return true;
}

static bool take_number(struct str *s, struct str *out)
{
	size_t i = s->n && s->p[0] == '-';

	while (i < s->n && s->p[i] >= '0' && s->p[i] <= '9')
		i++;
	*out = str_sub(*s, 0, i);
	*s = str_sub(*s, i, s->n);
	return out->n > 0;
}

/* Takes `["…","…"]` off S, as many strings as *COUNT says. */
static bool take_array(struct str *s, struct str *out, size_t *count)
{
	struct str all = *s, one;

	*count = 0;
	if (!take(s, STR("[")))
		return false;
	do {
		if (!take_string(s, &one))
			return false;
		++*count;
	} while (take(s, STR(",")));
	if (!take(s, STR("]")))
		return false;
	*out = str_sub(all, 0, all.n - s->n);
	return true;
}

/* Takes `{"…":"…","…":"…"}` off S. */
static bool take_object(struct str *s, struct str *out)
{
	struct str all = *s, one;

	if (!take(s, STR("{")))
		return false;
	do {
		if (!take_string(s, &one) || !take(s, STR(":")) || !take_string(s, &one))
			return false;
	} while (take(s, STR(",")));
	if (!take(s, STR("}")))
		return false;
	*out = str_sub(all, 0, all.n - s->n);
	return true;
}

/* True when KEY does not come next, or comes with a string, into *OUT. */
static bool maybe_string(struct str *s, struct str key, struct str *out)
{
	return !take(s, key) || take_string(s, out);
}

/* Takes the facts up to the closing brace off S. */
static bool take_facts(struct str *s, struct str *out)
{
	struct str all = *s, one;
	size_t next = 0;

	while (take(s, STR(","))) {
		if (!take_string(s, &one) || !take(s, STR(":")))
			return false;
		while (next < ENTRY_FACTS && !str_is(one, fact_keys[next].name))
			next++;
		if (next == ENTRY_FACTS)
			return false; /* unknown, twice, or out of order */
		if (fact_keys[next++].type == NUMBER ? !take_number(s, &one) : !take_string(s, &one))
			return false;
	}
	*out = str_sub(all, 1, all.n - s->n ? all.n - s->n - 1 : 0);
	return true;
}

static bool scan_head(struct str *s, struct entry_view *v)
{
	struct str kind;

	if (!take(s, STR("{\"v\":1,\"t\":")) || !take_string(s, &v->t) || !take(s, STR(",\"kind\":")) ||
	    !take_string(s, &kind))
		return false;
	v->kind = entry_kind_of(kind);
	return v->kind != ENTRY_NONE;
}

bool entry_scan(struct str s, struct entry_view *v)
{
	size_t items;

	*v = (struct entry_view){.kind = ENTRY_NONE};
	if (!scan_head(&s, v))
		return false;
	if (!maybe_string(&s, STR(",\"actor\":"), &v->actor) || !maybe_string(&s, STR(",\"role\":"), &v->role) ||
	    !maybe_string(&s, STR(",\"purpose\":"), &v->purpose) ||
	    !maybe_string(&s, STR(",\"category\":"), &v->category))
		return false;
	if (take(&s, STR(",\"items\":")) && !take_array(&s, &v->items, &items))
		return false;
	if (take(&s, STR(",\"withheld\":")) && !take_object(&s, &v->withheld))
		return false;
	if (!maybe_string(&s, STR(",\"result\":"), &v->result))
		return false;
	if (take(&s, STR(",\"policy\":")) && !take_number(&s, &v->policy))
		return false;
	if (!maybe_string(&s, STR(",\"request\":"), &v->request) || !take(&s, STR(",\"nonce\":")) ||
	    !take_string(&s, &v->nonce))
		return false;
	if (take(&s, STR(",\"subject\":"))) {
		if (!take_string(&s, &v->subject))
			return false;
		v->subject_count = 1;
	} else if (take(&s, STR(",\"subjects\":")) && !take_array(&s, &v->subject, &v->subject_count)) {
		return false;
	}
	return take_facts(&s, &v->facts) && take(&s, STR("}")) && s.n == 0;
}
