#include "cmd/watch.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

enum {
	EVENTS = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF,
	QUIET_MS = 50, /* an editor saves in several steps */
	DEPTH = 2,
};

/* Watches DIR and the folders in it; one that is watched already stays so. */
static result add(int inotify, const char *dir, int depth, struct error *e)
{
	const struct dirent *entry;
	result done = RESULT_OK;
	DIR *d;

	if (inotify_add_watch(inotify, dir, EVENTS | IN_ONLYDIR) < 0)
		return error_at(e, CODE_IO, dir, "cannot be watched: %s", strerror(errno));
	d = depth < DEPTH ? opendir(dir) : NULL;
	while (d && ok(done) && (entry = readdir(d)) != NULL) {
		char path[PATH_MAX];

		if (entry->d_name[0] != '.' && entry->d_type == DT_DIR && ok(path_join(path, sizeof path, dir, entry->d_name, NULL)))
			done = add(inotify, path, depth + 1, e);
	}
	if (d)
		closedir(d);
	return done;
}

/* Clears a terminal and says when, on the clock of whoever sits before it. */
static void heading(const char *dir)
{
	const struct clock clock = clock_system();
	long second;

	tzset();
	second = (long)((clock_now(&clock) / 1000 - timezone) % 86400);
	printf("%s%02ld:%02ld:%02ld  %s\n", isatty(STDOUT_FILENO) ? "\033[H\033[2J\033[3J" : "", second / 3600, second / 60 % 60, second % 60,
	       dir);
	fflush(stdout);
}

/* Reads away what waits in INOTIFY. */
static void drain(int inotify)
{
	char events[4096];

	while (read(inotify, events, sizeof events) > 0)
		;
}

/* Waits for a change, then for quiet; *ENDED when a signal came first. */
static result wait_for_change(int inotify, int signals, bool *ended, struct error *e)
{
	struct pollfd both[2] = {{.fd = signals, .events = POLLIN}, {.fd = inotify, .events = POLLIN}};
	int timeout = -1;

	for (;;) {
		int n = poll(both, 2, timeout);

		if (n < 0 && errno != EINTR)
			return error_set(e, CODE_IO, "cannot wait for changes: %s", strerror(errno));
		*ended = n > 0 && both[0].revents;
		if (*ended || n == 0)
			return RESULT_OK;
		if (n > 0) {
			drain(inotify);
			timeout = QUIET_MS;
		}
	}
}

static result watch_with(int inotify, int signals, const char *dir, int (*run)(void *ctx), void *ctx, struct error *e)
{
	bool ended = false;

	TRY(add(inotify, dir, 0, e));
	while (!ended) {
		heading(dir);
		(void)run(ctx); /* ignored: what it found is printed, and may be cured */
		TRY(wait_for_change(inotify, signals, &ended, e));
		if (!ended && !ok(add(inotify, dir, 0, NULL))) /* folders that are new; or the directory is gone for a moment */
			fprintf(stderr, "sekisho: %s cannot be watched at the moment\n", dir);
	}
	return RESULT_OK;
}

result watch(const char *dir, int (*run)(void *ctx), void *ctx, struct error *e)
{
	int inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC), signals = -1;
	sigset_t set, before;
	result done;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &set, &before) == 0)
		signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (inotify < 0 || signals < 0)
		done = error_set(e, CODE_IO, "changes cannot be watched: %s", strerror(errno));
	else
		done = watch_with(inotify, signals, dir, run, ctx, e);
	if (inotify >= 0)
		close(inotify);
	if (signals >= 0)
		close(signals);
	return done;
}
