/*
 * tests/policy/policy_dir.h - a copy of a policy directory to change.
 */
#ifndef SEKISHO_POLICY_DIR_H
#define SEKISHO_POLICY_DIR_H

#include "test.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* Makes a new directory and puts its path into the CAP bytes at DIR. */
static inline void policy_dir_make(char *dir, size_t cap)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(dir, cap, "%s/sekisho-policy-XXXXXX", tmp && strlen(tmp) < cap / 2 ? tmp : "/tmp");
	assert_non_null(mkdtemp(dir));
}

/* Removes PATH; for nftw, whose ST, TYPE and FTW say nothing more.  0 when it worked. */
static inline int policy_dir_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* Removes DIR and what is in it. */
static inline void policy_dir_remove(const char *dir)
{
	assert_int_equal(nftw(dir, policy_dir_remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

/* Writes the N bytes at P to PATH; a test needs no durable files. */
static inline void policy_dir_write(const char *path, const void *p, size_t n)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

/* Copies the directory FROM, two levels deep, to TO. */
static inline void policy_dir_copy(const char *from, const char *to)
{
	struct error e = {0};
	struct dirent *entry;
	DIR *d = opendir(from);

	assert_non_null(d);
	assert_int_equal(mkdir(to, 0700), 0);
	while ((entry = readdir(d)) != NULL) {
		char source[1500], target[1500];
		struct stat st;
		struct buf b;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(source, sizeof source, "%s/%s", from, entry->d_name);
		snprintf(target, sizeof target, "%s/%s", to, entry->d_name);
		assert_int_equal(stat(source, &st), 0);
		if (S_ISDIR(st.st_mode)) {
			policy_dir_copy(source, target);
			continue;
		}
		buf_init(&b);
		assert_ok(file_read(source, 1 << 20, &b, &e), &e);
		policy_dir_write(target, b.p, b.n);
		buf_free(&b);
	}
	closedir(d);
}

/* Replaces the first FROM in file NAME of DIR by TO; FROM must be there. */
static inline void policy_dir_edit(const char *dir, const char *name, const char *from, const char *to)
{
	struct error e = {0};
	struct buf b, changed;
	char path[1500];
	char *found;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	buf_init(&b);
	buf_init(&changed);
	assert_ok(file_read(path, 1 << 20, &b, &e), &e);
	buf_c(&b);
	found = strstr(b.p, from);
	if (!found)
		fail_msg("%s has no \"%s\"", name, from);
	buf_add(&changed, b.p, (size_t)(found - b.p));
	buf_text(&changed, to);
	buf_text(&changed, found + strlen(from));
	policy_dir_write(path, changed.p, changed.n);
	buf_free(&b);
	buf_free(&changed);
}

/* Adds to the decisions of DIR that ABOUT ("code:path") is answered by ANSWER for the change from version SINCE. */
static inline void policy_dir_decide(const char *dir, unsigned since, const char *about, const char *answer)
{
	char path[1500];
	FILE *f;

	snprintf(path, sizeof path, "%s/decisions.yaml", dir);
	f = fopen(path, "a");
	assert_non_null(f);
	assert_true(fprintf(f, "- {about: \"%s\", since: %u, answer: %s, by: officer, on: 2026-11-01, why: It was looked at}\n", about,
			    since, answer) > 0);
	assert_int_equal(fclose(f), 0);
}

#endif
