#include "policy/schema.h"

#include "policy/keys.h"

static void value(struct buf *b, const struct key *k);

static void words(struct buf *b, const char *const *list)
{
	buf_text(b, "{\"enum\":[");
	for (size_t i = 0; list[i]; i++) {
		if (i)
			buf_byte(b, ',');
		buf_json(b, str_of(list[i]));
	}
	buf_text(b, "]}");
}

/* The members of the schema of a map that may have KEYS. */
static void members(struct buf *b, const struct key *keys)
{
	bool first = true;

	buf_text(b, "\"type\":\"object\",\"additionalProperties\":false,\"properties\":{");
	for (const struct key *k = keys; k->name; k++) {
		if (k != keys)
			buf_byte(b, ',');
		buf_json(b, str_of(k->name));
		buf_byte(b, ':');
		value(b, k);
	}
	buf_text(b, "},\"required\":[");
	for (const struct key *k = keys; k->name; k++) {
		if (!(k->flags & KEY_REQUIRED))
			continue;
		if (!first)
			buf_byte(b, ',');
		buf_json(b, str_of(k->name));
		first = false;
	}
	buf_byte(b, ']');
}

static void map(struct buf *b, const struct key *keys)
{
	buf_byte(b, '{');
	members(b, keys);
	buf_byte(b, '}');
}

/* The schemas of types that need no more than themselves; the others are made where they stand. */
static const char *const types[] = {
	[TYPE_TEXT] = "{\"$ref\":\"#/definitions/text\"}",
	[TYPE_STRING] = "{\"type\":[\"string\",\"number\"],\"minLength\":1}",
	[TYPE_ID] = "{\"type\":\"string\",\"pattern\":\"^[a-z][a-z0-9_]*$\"}",
	[TYPE_TRUTH] = "{\"type\":\"boolean\"}",
	[TYPE_NUMBER] = "{\"type\":\"number\"}",
	[TYPE_DATE] = "{\"type\":\"string\",\"format\":\"date\"}",
	[TYPE_DURATION] = "{\"type\":\"string\",\"pattern\":\"^P\"}",
	[TYPE_ZONE] = "{\"type\":\"string\"}",
	[TYPE_COUNTRY] = "{\"type\":\"string\",\"pattern\":\"^[A-Z][A-Z]$\"}",
	[TYPE_LANGUAGE] = "{\"type\":\"string\"}",
	[TYPE_REF] = "{\"type\":\"string\",\"minLength\":1}",
	[TYPE_ITEMS] = "{\"$ref\":\"#/definitions/items\"}",
	[TYPE_FILE] = "{\"type\":\"string\",\"minLength\":1}",
};

/* One value of the type of K. */
static void one(struct buf *b, const struct key *k)
{
	if (k->type == TYPE_MAP && k->keys == keys_clock)
		buf_text(b, "{\"$ref\":\"#/definitions/clock\"}");
	else if (k->type == TYPE_MAP)
		map(b, k->keys);
	else if (k->type == TYPE_WORD)
		words(b, k->words);
	else if (k->type == TYPE_COUNT)
		buf_printf(b, "{\"type\":\"integer\",\"minimum\":%u,\"maximum\":%u}", (unsigned)k->min, (unsigned)k->max);
	else
		buf_text(b, types[k->type]);
}

/* The value of K by its form, without what may stand instead. */
static void formed(struct buf *b, const struct key *k)
{
	if (k->form == FORM_ONE) {
		one(b, k);
	} else if (k->form == FORM_LIST) {
		buf_text(b, "{\"type\":\"array\",\"items\":");
		one(b, k);
		buf_byte(b, '}');
	} else {
		buf_text(b, "{\"type\":\"object\"");
		if (k->form == FORM_BY_WORD) {
			buf_text(b, ",\"propertyNames\":");
			words(b, k->key_words);
		}
		buf_text(b, ",\"additionalProperties\":");
		if (k->each)
			value(b, k->each);
		else
			one(b, k);
		buf_byte(b, '}');
	}
}

static void said(struct buf *b, const char *name, const char *text)
{
	if (!text)
		return;
	buf_printf(b, ",\"%s\":", name);
	buf_json(b, str_of(text));
}

/* What editors show beside a key: the meaning, and the law behind it. */
static void description(struct buf *b, const struct key *k)
{
	struct buf text;

	buf_init(&text);
	buf_printf(&text, "%s%s%s%s", k->en, k->law ? " (" : "", k->law ? k->law : "", k->law ? ")" : "");
	said(b, "description", buf_c(&text));
	b->failed = b->failed || !buf_ok(&text);
	buf_free(&text);
}

static void value(struct buf *b, const struct key *k)
{
	buf_text(b, "{\"anyOf\":[");
	formed(b, k);
	if (k->flags & KEY_OR_ONE) {
		buf_byte(b, ',');
		one(b, k);
	}
	if (k->flags & KEY_OR_ALL)
		buf_text(b, ",{\"const\":\"all\"}");
	if ((k->flags & KEY_OR_WORD) && k->words) {
		buf_byte(b, ',');
		words(b, k->words);
	}
	if (k->other) {
		buf_byte(b, ',');
		formed(b, k->other);
	}
	buf_byte(b, ']');
	description(b, k);
	said(b, "title", k->ja);
	if (k->example) {
		buf_text(b, ",\"examples\":[");
		buf_json(b, str_of(k->example));
		buf_byte(b, ']');
	}
	buf_byte(b, '}');
}

void schema_write(struct buf *b)
{
	buf_text(b, "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"title\":\"policy.yaml\",\"definitions\":{"
		    "\"text\":{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}]},"
		    "\"items\":{\"anyOf\":[{\"const\":\"all\"},{\"type\":\"object\",\"additionalProperties\":{\"anyOf\":["
		    "{\"const\":\"all\"},{\"type\":\"array\",\"items\":{\"type\":\"string\"}}]}}]},\"clock\":");
	map(b, keys_clock);
	buf_text(b, "},");
	members(b, keys_policy);
	buf_text(b, "}\n");
}
