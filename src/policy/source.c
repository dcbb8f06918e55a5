#include "policy/source.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

static const struct str head = {"sekisho policy 1\n", 17};

enum { DEPTH = 4, PATH_BYTES = 4096 };

struct reader {
	struct arena *a;
	struct source *s;
	size_t cap;
	size_t bytes;
	struct error *e;
};

static result add_file(struct reader *r, const char *path, const char *name)
{
	struct source_file *file;
	struct buf text;
	result done = RESULT_FAIL;

	if (r->s->n == r->cap)
		return error_at(r->e, CODE_TOO_LARGE, path, "more than %d files in a policy", SOURCE_FILES);
	buf_init(&text);
	TRY_OUT(file_read(path, SOURCE_FILE_BYTES, &text, r->e));
	r->bytes += text.n;
	if (r->bytes > SOURCE_BYTES) {
		done = error_at(r->e, CODE_TOO_LARGE, path, "more than 64 MB in a policy");
		goto out;
	}
	file = &r->s->files[r->s->n++];
	file->name = str_copy(r->a, str_of(name));
	file->text = str_copy(r->a, buf_view(&text));
	if (!file->name.p || !file->text.p) {
		done = error_set(r->e, CODE_OUT_OF_MEMORY, "no memory for %s", path);
		goto out;
	}
	done = RESULT_OK;
out:
	buf_free(&text);
	return done;
}

/* Remembers what stands at NAME and is no file. */
static result add_other(struct reader *r, const char *name, const char *what)
{
	struct str copy;

	if (r->s->n_others == SOURCE_FILES)
		return error_set(r->e, CODE_TOO_LARGE, "more than %d folders, links and the like in a policy", SOURCE_FILES);
	copy = str_copy(r->a, str_of(name));
	if (!copy.p)
		return error_set(r->e, CODE_OUT_OF_MEMORY, "no memory for %s", name);
	r->s->others[r->s->n_others++] = (struct source_other){copy, what};
	return RESULT_OK;
}

static result add_dir(struct reader *r, const char *dir, const char *prefix, int depth);

static result add_entry(struct reader *r, const char *dir, const char *prefix, const char *entry, int depth)
{
	char path[PATH_BYTES], joined[PATH_BYTES];
	const char *name = prefix[0] ? joined : entry;
	struct stat st;

	TRY(path_join(path, sizeof path, dir, entry, r->e));
	if (prefix[0])
		TRY(path_join(joined, sizeof joined, prefix, entry, r->e));
	if (lstat(path, &st) != 0)
		return error_at(r->e, CODE_IO, path, "cannot be looked at: %s", strerror(errno));
	if (S_ISREG(st.st_mode) && st.st_size > SOURCE_FILE_BYTES)
		return error_at(r->e, CODE_TOO_LARGE, path, "larger than 16 MB: a policy holds its texts only; keep other files elsewhere");
	if (S_ISREG(st.st_mode))
		return add_file(r, path, name);
	TRY(add_other(r, name, S_ISDIR(st.st_mode)   ? "a directory"
			       : S_ISLNK(st.st_mode) ? "a link, and links are not followed"
						     : "no regular file"));
	return S_ISDIR(st.st_mode) && depth < DEPTH ? add_dir(r, path, name, depth + 1) : RESULT_OK;
}

static result add_dir(struct reader *r, const char *dir, const char *prefix, int depth)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	result done = RESULT_FAIL;

	if (!d)
		return error_at(r->e, CODE_IO, dir, "cannot be read as a directory: %s", strerror(errno));
	while ((entry = readdir(d)) != NULL)
		if (entry->d_name[0] != '.')
			TRY_OUT(add_entry(r, dir, prefix, entry->d_name, depth));
	done = RESULT_OK;
out:
	closedir(d);
	return done;
}

static int by_name(const void *x, const void *y)
{
	const struct source_file *a = x, *b = y;

	return str_cmp(a->name, b->name);
}

result source_read(struct arena *a, const char *dir, struct source *out, struct error *e)
{
	struct reader r = {.a = a, .s = out, .cap = SOURCE_FILES, .e = e};

	*out = (struct source){.files = arena_array(a, SOURCE_FILES, sizeof *out->files),
			       .others = arena_array(a, SOURCE_FILES, sizeof *out->others)};
	if (!out->files || !out->others)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a policy");
	TRY(add_dir(&r, dir, "", 0));
	qsort(out->files, out->n, sizeof *out->files, by_name);
	return RESULT_OK;
}

const char *source_why_missing(const struct source *s, struct str name)
{
	for (size_t i = 0; i < s->n_others; i++)
		if (str_eq(s->others[i].name, name))
			return s->others[i].what;
	return NULL;
}

const struct source_file *source_find(const struct source *s, struct str name)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = str_cmp(name, s->files[middle].name);

		if (order == 0)
			return &s->files[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static void pack_str(struct buf *b, struct str s)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		buf_byte(b, (char)(unsigned char)((uint64_t)s.n >> shift));
	buf_str(b, s);
}

void source_pack(const struct source *s, struct buf *b)
{
	buf_str(b, head);
	for (size_t i = 0; i < s->n; i++) {
		pack_str(b, s->files[i].name);
		pack_str(b, s->files[i].text);
	}
}

/* Takes one framed string from the front of *REST; false when there is none. */
static bool unpack_str(struct str *rest, struct str *out)
{
	uint64_t n = 0;

	if (rest->n < 8)
		return false;
	for (int i = 0; i < 8; i++)
		n = n << 8 | (unsigned char)rest->p[i];
	*rest = str_sub(*rest, 8, rest->n);
	if (n > rest->n)
		return false;
	*out = str_sub(*rest, 0, (size_t)n);
	*rest = str_sub(*rest, (size_t)n, rest->n);
	return true;
}

result source_unpack(struct arena *a, struct str packed, struct source *out, struct error *e)
{
	struct str rest = str_sub(packed, head.n, packed.n);

	*out = (struct source){.files = arena_array(a, SOURCE_FILES, sizeof *out->files)};
	if (!out->files)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a policy");
	if (!str_starts(packed, head))
		return error_set(e, CODE_MALFORMED, "not a stored policy");
	while (rest.n) {
		struct source_file *file = &out->files[out->n];
		struct str name;

		if (out->n == SOURCE_FILES || !unpack_str(&rest, &name) || !unpack_str(&rest, &file->text))
			return error_set(e, CODE_MALFORMED, "a stored policy is cut or damaged");
		file->name = str_copy(a, name);
		if (!file->name.p)
			return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a policy");
		if (out->n && str_cmp(out->files[out->n - 1].name, name) >= 0)
			return error_set(e, CODE_MALFORMED, "the files of a stored policy are not in order");
		out->n++;
	}
	return RESULT_OK;
}
