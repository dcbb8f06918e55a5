#include "deid/removed.h"

#include <jansson.h>
#include <string.h>

/* What a keyed hash is for, so that none tells anything of another. */
enum use {
	USE_TOKEN = 1, /* of a column's value */
	USE_DAYS,      /* of a person */
	USE_FORMAT,    /* of a column */
};

static const char magic[8] = "SKREM1\0";

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the removed information");
}

void deid_removed_init(struct deid_removed *r, const struct crypto_key *key, bool keyed, unsigned most_days)
{
	*r = (struct deid_removed){.key = *key, .keyed = keyed, .most_days = most_days};
	arena_init(&r->arena, 0, true);
}

void deid_removed_free(struct deid_removed *r)
{
	for (struct deid_removed_column *c = r->column; c; c = c->next) {
		deid_dict_free(&c->values);
		buf_wipe(&c->token);
	}
	r->column = r->last = NULL;
	arena_free(&r->arena);
	crypto_key_wipe(&r->key);
}

static struct deid_removed_column *find(const struct deid_removed *r, struct str name)
{
	struct deid_removed_column *c = r->column;

	while (c && !str_eq(c->name, name))
		c = c->next;
	return c;
}

struct deid_removed_column *deid_removed_column(struct deid_removed *r, struct str name, enum deid_format_kind format)
{
	struct deid_removed_column *c = find(r, name);

	if (c)
		return c;
	c = arena_new(&r->arena, struct deid_removed_column);
	if (!c)
		return NULL;
	c->format = format;
	c->name = str_copy(&r->arena, name);
	if (name.n && !c->name.p)
		return NULL;
	deid_dict_init(&c->values);
	buf_init(&c->token);
	if (r->last)
		r->last->next = c;
	else
		r->column = c;
	r->last = c;
	return c;
}

/* What the key makes of NAME and VALUE for USE, in the N bytes at OUT. */
static void keyed(const struct deid_removed *r, enum use use, struct str name, struct str value, unsigned char *out, size_t n)
{
	/* the length of the name stands in front, so that no name and value run together as others do */
	unsigned char head[9] = {(unsigned char)use};
	struct str parts[3] = {{(const char *)head, sizeof head}, name, value};

	for (size_t i = 0; i < 8; i++)
		head[1 + i] = (unsigned char)(name.n >> (8 * i));
	crypto_mac(r->key.b, sizeof r->key.b, parts, 3, out, n);
}

static void token_of(const struct deid_removed *r, const struct deid_removed_column *c, uint32_t number,
		     unsigned char token[DEID_TOKEN])
{
	if (r->keyed)
		keyed(r, USE_TOKEN, c->name, c->values.value[number], token, DEID_TOKEN);
	else
		memcpy(token, c->token.p + (size_t)number * DEID_TOKEN, DEID_TOKEN);
}

static void write_token(struct buf *out, const unsigned char token[DEID_TOKEN])
{
	buf_text(out, "p_");
	buf_base64url(out, token, DEID_TOKEN);
}

result deid_removed_token(const struct deid_removed *r, struct deid_removed_column *c, struct str value,
			  const struct entropy *entropy, struct buf *out, struct error *e)
{
	unsigned char token[DEID_TOKEN];
	uint32_t before = c->values.n;
	uint32_t number = deid_dict_add(&c->values, value);

	if (number == DEID_NONE)
		return no_memory(e);
	if (!r->keyed && number == before) {
		entropy->fill(entropy->ctx, token, sizeof token);
		buf_add(&c->token, token, sizeof token);
		if (!buf_ok(&c->token))
			return no_memory(e);
	}
	token_of(r, c, number, token);
	write_token(out, token);
	return RESULT_OK;
}

int deid_removed_days(const struct deid_removed *r, struct str person)
{
	unsigned char hash[CRYPTO_MAC];
	uint64_t v;

	keyed(r, USE_DAYS, STR(""), person, hash, sizeof hash);
	memcpy(&v, hash, sizeof v);
	v %= 2 * (uint64_t)r->most_days;
	return v < r->most_days ? (int)v - (int)r->most_days : (int)(v - r->most_days) + 1;
}

void deid_removed_format_key(const struct deid_removed *r, struct str name, struct crypto_key *out)
{
	keyed(r, USE_FORMAT, name, STR(""), out->b, sizeof out->b);
}

static void begin_line(struct buf *b, const struct deid_removed_column *c)
{
	buf_text(b, "{\"column\":");
	buf_json(b, c->name);
}

result deid_removed_write(const struct deid_removed *r, struct buf *out, struct error *e)
{
	buf_text(out, "{\"key\":\"");
	buf_hex(out, r->key.b, sizeof r->key.b);
	buf_printf(out, "\",\"method\":\"%s\",\"most_days\":%u}\n", r->keyed ? "keyed" : "random", r->most_days);
	for (const struct deid_removed_column *c = r->column; c; c = c->next) {
		if (c->format) {
			begin_line(out, c);
			buf_printf(out, ",\"format\":\"%s\"}\n", deid_format_name(c->format));
		}
		for (uint32_t v = 0; v < c->values.n; v++) {
			unsigned char token[DEID_TOKEN];

			token_of(r, c, v, token);
			begin_line(out, c);
			buf_text(out, ",\"token\":\"");
			write_token(out, token);
			buf_text(out, "\",\"value\":");
			buf_json(out, c->values.value[v]);
			buf_text(out, "}\n");
		}
	}
	return buf_ok(out) ? RESULT_OK : no_memory(e);
}

/* The string NAME of the object V; without bytes when there is none. */
static struct str text_of(const json_t *v, const char *name)
{
	const json_t *s = json_object_get(v, name);

	return (struct str){json_string_value(s), json_string_length(s)};
}

static bool read_head(struct deid_removed *r, const json_t *v)
{
	struct str method = text_of(v, "method");
	const json_t *days = json_object_get(v, "most_days");
	CRYPTO_WIPED key;

	if (!hex_decode(text_of(v, "key"), key.b, sizeof key.b) || !json_is_integer(days) || json_integer_value(days) < 1 ||
	    json_integer_value(days) > DEID_MOST_DAYS || !(str_is(method, "keyed") || str_is(method, "random")))
		return false;
	deid_removed_init(r, &key, str_is(method, "keyed"), (unsigned)json_integer_value(days));
	return true;
}

/* Reads a column's format, or one value with its token, from V; *WELL tells whether it is either. */
static result read_line(struct deid_removed *r, const json_t *v, bool *well, struct error *e)
{
	struct str name = text_of(v, "column"), token = text_of(v, "token"), value = text_of(v, "value"), format = text_of(v, "format");
	enum deid_format_kind kind = DEID_FORMAT_NONE;
	unsigned char bytes[DEID_TOKEN], right[DEID_TOKEN];
	struct deid_removed_column *c;
	uint32_t number;
	size_t n = 0;

	*well = json_is_string(json_object_get(v, "column"));
	if (format.p)
		*well = *well && deid_format_of(format, &kind) && !find(r, name);
	else
		*well = *well && value.n && str_starts(token, STR("p_")) &&
			base64url_decode(str_sub(token, 2, token.n), bytes, sizeof bytes, &n) && n == sizeof bytes;
	if (!*well)
		return RESULT_OK;
	c = deid_removed_column(r, name, kind);
	if (!c)
		return no_memory(e);
	if (format.p)
		return RESULT_OK;
	number = deid_dict_add(&c->values, value);
	if (number == DEID_NONE)
		return no_memory(e);
	*well = c->format == DEID_FORMAT_NONE && number + 1 == c->values.n && (r->keyed || c->token.n == (size_t)number * DEID_TOKEN);
	if (!*well)
		return RESULT_OK;
	if (!r->keyed)
		buf_add(&c->token, bytes, sizeof bytes);
	if (!buf_ok(&c->token))
		return no_memory(e);
	token_of(r, c, number, right);
	*well = crypto_equal(bytes, right, sizeof bytes);
	return RESULT_OK;
}

static result refuse_line(const char *name, uint64_t line, struct error *e)
{
	struct buf where;
	result done;

	buf_init(&where);
	buf_printf(&where, "%s:%llu", name, (unsigned long long)line);
	done = error_at(e, CODE_MALFORMED, buf_c(&where), "this line is none of removed information that was written here");
	buf_free(&where);
	return done;
}

result deid_removed_read(struct deid_removed *r, struct str text, const char *name, struct error *e)
{
	static const struct crypto_key none;

	deid_removed_init(r, &none, false, 1);
	for (uint64_t line = 1; text.n || line == 1; line++) {
		size_t end = str_find(text, '\n');
		json_t *v = json_loadb(end ? text.p : "", end, JSON_REJECT_DUPLICATES, NULL);
		bool well = v != NULL;
		result done = RESULT_OK;

		if (well && line == 1)
			well = read_head(r, v);
		else if (well)
			done = read_line(r, v, &well, e);
		json_decref(v);
		TRY(done);
		if (!well)
			return refuse_line(name, line, e);
		text = str_sub(text, end + 1, text.n);
	}
	return RESULT_OK;
}

result deid_removed_seal(const struct crypto_key *key, const struct entropy *entropy, struct str text, struct buf *out,
			 struct error *e)
{
	unsigned char nonce[CRYPTO_NONCE];
	char *at;

	entropy->fill(entropy->ctx, nonce, sizeof nonce);
	buf_add(out, magic, sizeof magic);
	buf_add(out, nonce, sizeof nonce);
	at = buf_room(out, text.n + CRYPTO_TAG);
	if (!at)
		return no_memory(e);
	crypto_seal(key, nonce, (struct str){magic, sizeof magic}, text.p, text.n, (unsigned char *)at);
	return RESULT_OK;
}

result deid_removed_open(const struct crypto_key *key, struct str file, struct buf *out, struct error *e)
{
	struct str sealed = str_sub(file, sizeof magic + CRYPTO_NONCE, file.n);
	char *at;

	if (!str_starts(file, (struct str){magic, sizeof magic}) || sealed.n < CRYPTO_TAG)
		return error_set(e, CODE_KEY_INVALID, "this is no sealed file of removed information");
	at = buf_room(out, sealed.n - CRYPTO_TAG);
	if (!at)
		return no_memory(e);
	if (!crypto_open(key, (const unsigned char *)file.p + sizeof magic, (struct str){magic, sizeof magic}, sealed,
			 (unsigned char *)at))
		return error_set(e, CODE_KEY_INVALID, "the key does not open the removed information");
	return RESULT_OK;
}
