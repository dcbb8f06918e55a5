/*
 * A library that is loaded before a program's own (LD_PRELOAD) and kills it as `kill -9` does, at the call to the disk
 * whose number, from 0, SEKISHO_TEST_KILL_AT has; writes, syncs, renames and removals count.  What had to come of the call
 * does not.  A program that ends by itself leaves its number of calls in the file SEKISHO_TEST_KILL_COUNT, if that is set.
 */
#undef _FILE_OFFSET_BITS /* so that each symbol stands for itself */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

static _Atomic long calls;

static void count(void)
{
	const char *at = getenv("SEKISHO_TEST_KILL_AT");

	if (atomic_fetch_add(&calls, 1) == (at ? strtol(at, NULL, 10) : -1))
		raise(SIGKILL);
}

#define BEFORE(type, name, params, args)                                   \
	type name params;                                                  \
	type name params                                                   \
	{                                                                  \
		type(*next) params = (type(*) params)dlsym(RTLD_NEXT, #name); \
		count();                                                   \
		return next args;                                          \
	}
BEFORE(ssize_t, write, (int fd, const void *p, size_t n), (fd, p, n))
BEFORE(ssize_t, pwrite, (int fd, const void *p, size_t n, off_t at), (fd, p, n, at))
BEFORE(ssize_t, pwrite64, (int fd, const void *p, size_t n, off_t at), (fd, p, n, at))
BEFORE(int, fsync, (int fd), (fd))
BEFORE(int, fdatasync, (int fd), (fd))
BEFORE(int, ftruncate, (int fd, off_t n), (fd, n))
BEFORE(int, ftruncate64, (int fd, off_t n), (fd, n))
BEFORE(int, rename, (const char *from, const char *to), (from, to))
BEFORE(int, unlink, (const char *path), (path))
#undef BEFORE

__attribute__((destructor)) static void tell(void)
{
	const char *path = getenv("SEKISHO_TEST_KILL_COUNT");
	FILE *f = path ? fopen(path, "w") : NULL;

	if (f) {
		fprintf(f, "%ld\n", (long)calls);
		fclose(f);
	}
}
