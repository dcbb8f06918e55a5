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

static void map(struct buf *b, const struct key *keys)
{
	bool first = true;

	buf_text(b, "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{");
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
	buf_text(b, "]}");
}

/* The schemas of types that need no more than themselves; the others are made where they stand. */
static const char *const types[] = {
	[TYPE_TEXT] = "{\"$ref\":\"#/$defs/text\"}",
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
	[TYPE_ITEMS] = "{\"$ref\":\"#/$defs/items\"}",
	[TYPE_FILE] = "{\"type\":\"string\",\"minLength\":1}",
};

/* One value of the type of K. */
static void one(struct buf *b, const struct key *k)
{
	if (k->type == TYPE_MAP && k->keys == keys_clock)
		buf_text(b, "{\"$ref\":\"#/$defs/clock\"}");
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
	said(b, "description", k->en);
	said(b, "title", k->ja);
	said(b, "$comment", k->law);
	if (k->example) {
		buf_text(b, ",\"examples\":[");
		buf_json(b, str_of(k->example));
		buf_byte(b, ']');
	}
	buf_byte(b, '}');
}

void schema_write(struct buf *b)
{
	buf_text(b, "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":\"policy.yaml\",\"$defs\":{"
		    "\"text\":{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}]},"
		    "\"items\":{\"anyOf\":[{\"const\":\"all\"},{\"type\":\"object\",\"additionalProperties\":{\"anyOf\":["
		    "{\"const\":\"all\"},{\"type\":\"array\",\"items\":{\"type\":\"string\"}}]}}]},\"clock\":");
	map(b, keys_clock);
	buf_text(b, "},\"allOf\":[");
	map(b, keys_policy);
	buf_text(b, "]}\n");
}
