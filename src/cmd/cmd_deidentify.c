#include <string.h>
#include <sys/stat.h>

#include "cmd/cmd.h"
#include "cmd/deidentify.h"

result cmd_names(struct arena *a, const char *list, const struct str **at, size_t *n, struct error *e)
{
	struct str rest = str_of(list);
	struct str *made = arena_array(a, rest.n + 1, sizeof *made);

	*n = 0;
	if (!made)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the options");
	*at = made;
	while (rest.n) {
		size_t comma = str_find(rest, ',');

		if (comma == 0 || comma + 1 == rest.n)
			return error_set(e, CODE_USAGE, "the list \"%s\" has an empty name", list);
		made[(*n)++] = str_sub(rest, 0, comma);
		rest = str_sub(rest, comma + 1, rest.n);
	}
	return RESULT_OK;
}

result cmd_strings(struct arena *a, const char *const *list, bool split, struct cmd_list *out, struct error *e)
{
	struct str *made;
	size_t count = 0;

	for (size_t i = 0; list[i]; i++) {
		count++;
		for (const char *c = list[i]; split && *c; c++)
			count += *c == ',';
	}
	made = arena_array(a, count, sizeof *made);
	if (!made)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the options");
	*out = (struct cmd_list){made, 0};
	for (size_t i = 0; list[i]; i++) {
		struct str rest = str_of(list[i]);
		bool whole = !split || str_find(rest, '(') < rest.n;

		do {
			size_t n = whole ? rest.n : str_find(rest, ',');

			made[out->n++] = str_sub(rest, 0, n);
			rest = str_sub(rest, n + 1, rest.n);
		} while (rest.n);
	}
	return RESULT_OK;
}

result cmd_separator(const char *text, char *out, struct error *e)
{
	*out = ',';
	if (!text)
		return RESULT_OK;
	if (strcmp(text, "\\t") == 0 || strcmp(text, "tab") == 0) {
		*out = '\t';
		return RESULT_OK;
	}
	if (strlen(text) != 1)
		return error_set(e, CODE_USAGE, "the separator is one byte, such as ';', or tab");
	*out = text[0];
	return RESULT_OK;
}

result cmd_charset(const char *text, enum charset *out, struct error *e)
{
	*out = CHARSET_UTF8;
	if (text && !charset_from_name(str_of(text), out))
		return error_set(e, CODE_USAGE, "there is no encoding \"%s\"; utf-8, shift_jis and euc-jp are known", text);
	return RESULT_OK;
}

result cmd_not_same_file(const char *input, const char *output, struct error *e)
{
	struct stat in, out;

	if (!input || !output || stat(input, &in) != 0 || stat(output, &out) != 0 || !S_ISREG(in.st_mode))
		return RESULT_OK;
	if (in.st_dev == out.st_dev && in.st_ino == out.st_ino)
		return error_at(e, CODE_USAGE, output, "this is a file that is read from; write to another one");
	return RESULT_OK;
}

/* The directory that PATH is in, into *ST; false when there is none. */
static bool directory_of(const char *path, struct stat *st)
{
	const char *slash = strrchr(path, '/');
	struct buf directory;
	bool there;

	buf_init(&directory);
	if (slash)
		buf_add(&directory, path, (size_t)(slash - path) + 1);
	else
		buf_text(&directory, ".");
	there = buf_ok(&directory) && stat(buf_c(&directory), st) == 0;
	buf_free(&directory);
	return there;
}

static const char *name_in(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* True when A and B name one file, whether it is there or not yet. */
static bool same_place(const char *a, const char *b)
{
	struct stat x, y;

	if (stat(a, &x) == 0 && stat(b, &y) == 0)
		return x.st_dev == y.st_dev && x.st_ino == y.st_ino;
	return strcmp(name_in(a), name_in(b)) == 0 && directory_of(a, &x) && directory_of(b, &y) && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

result cmd_written_apart(const char *const *written, size_t n, struct error *e)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (same_place(written[i], written[k]))
				return error_at(e, CODE_USAGE, written[i], "two things are to be written to this file; give each a file of its own");
	return RESULT_OK;
}

result cmd_not_in_hierarchies(const char *hierarchies, const char *output, struct error *e)
{
	const char *file = strchr(hierarchies, '=');
	struct stat given, in;

	if (stat(hierarchies, &given) == 0 && S_ISDIR(given.st_mode)) {
		if (strstr(name_in(output), "_hierarchy_") && directory_of(output, &in) && in.st_dev == given.st_dev &&
		    in.st_ino == given.st_ino && stat(output, &in) == 0)
			return cmd_not_same_file(output, output, e);
		return RESULT_OK;
	}
	return cmd_not_same_file(file ? file + 1 : hierarchies, output, e);
}

int cmd_deidentify(int argc, char **argv)
{
	static const struct command commands[] = {
		{"anonymize", "make anonymously processed information of a table", cmd_anonymize},
		{"pseudonymize", "make pseudonymously processed information of a table", cmd_pseudonymize},
		{"run", "make a set that an instance's policy declares", cmd_set_run},
		{"deliver", "record that a release of an anonymized set goes to a recipient, and write it again", cmd_deliver},
		{"read", "read a pseudonymized set of an instance", cmd_set_read},
		{"destroy", "destroy a run of a pseudonymized set of an instance", cmd_set_destroy},
		{"list", "list the runs and releases of an instance's sets, and what is due", cmd_set_list},
		{"hierarchy", "make and show how a column's values become coarser", cmd_hierarchy},
		{NULL, NULL, NULL},
	};

	return cmd_dispatch(commands, "sekisho deidentify", argc, argv);
}
