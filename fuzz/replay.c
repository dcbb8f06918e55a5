/*
 * Runs the seeds of a fuzz target once, without libFuzzer: replay DIRECTORY.
 * So the usual test run, with its sanitizers, covers what the fuzzers start from.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"

int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static result replay(const char *directory, const char *name, struct error *e)
{
	char path[4096];
	struct buf b;
	result r;

	TRY(path_join(path, sizeof path, directory, name, e));
	buf_init(&b);
	r = file_read(path, 1 << 20, &b, e);
	if (ok(r) && LLVMFuzzerTestOneInput((const uint8_t *)buf_c(&b), b.n) != 0)
		r = error_set(e, CODE_INTERNAL, "the target did not take %s", name);
	buf_free(&b);
	return r;
}

int main(int argc, char **argv)
{
	struct error e = {.code = CODE_NONE};
	struct dirent *entry;
	int ran = 0;
	DIR *d = argc == 2 ? opendir(argv[1]) : NULL;

	if (!d) {
		fprintf(stderr, "usage: replay DIRECTORY\n");
		return 2;
	}
	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	while ((entry = readdir(d))) {
		if (entry->d_name[0] == '.')
			continue;
		if (!ok(replay(argv[1], entry->d_name, &e))) {
			fprintf(stderr, "%s\n", e.message);
			return 1;
		}
		ran++;
	}
	closedir(d);
	return ran ? 0 : 1;
}
