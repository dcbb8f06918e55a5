#include "cmd/job.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cmd/progress.h"

enum { FIRST_MS = 2, MOST_MS = 200 };

result job_wait_begin(struct job_wait *w, struct error *e)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	w->signals = -1;
	if (pthread_sigmask(SIG_BLOCK, &set, NULL) == 0)
		w->signals = signalfd(-1, &set, SFD_CLOEXEC);
	return w->signals >= 0 ? RESULT_OK : error_set(e, CODE_IO, "signals cannot be waited for: %s", strerror(errno));
}

void job_wait_end(struct job_wait *w)
{
	if (w->signals >= 0)
		close(w->signals);
	w->signals = -1;
}

/* Asks the operation OP about the job that BEGUN names. */
static json_t *ask(struct control *c, const char *op, struct str token, const json_t *begun, struct error *e)
{
	json_t *request = json_pack("{s:s, s:s%, s:O}", "op", op, "token", token.p, token.n, "job", json_object_get(begun, "job"));

	if (request)
		return control_ask(c, request, e);
	(void)error_set(e, CODE_OUT_OF_MEMORY, "no memory for a command"); /* ignored: only sets */
	return NULL;
}

/* Sleeps for MS; true when a signal came first. */
static bool signalled(struct job_wait *w, int ms)
{
	struct pollfd fd = {.fd = w->signals, .events = POLLIN};
	struct signalfd_siginfo info;

	return poll(&fd, 1, ms) == 1 && read(w->signals, &info, sizeof info) == (ssize_t)sizeof info;
}

static bool is_over(const json_t *look)
{
	const char *state = json_string_value(json_object_get(look, "state"));

	/* a refusal has no state */
	return look && (!state || (strcmp(state, "waiting") != 0 && strcmp(state, "under_way") != 0));
}

/* Asks after the job until it is over. */
static json_t *follow(struct job_wait *w, struct control *c, struct str token, const json_t *begun, struct error *e)
{
	struct progress progress;
	json_t *look = NULL;
	bool off = false;
	int ms = FIRST_MS;

	progress_begin(&progress, "persons", 0);
	while (!is_over(look)) {
		if (signalled(w, ms)) {
			if (off)
				_exit(128 + SIGINT);
			off = true;
			json_decref(ask(c, "job_call_off", token, begun, e));
		}
		json_decref(look);
		look = ask(c, "job_look", token, begun, e);
		if (!look)
			break;
		progress_show(&progress, (uint64_t)json_integer_value(json_object_get(look, "persons")), 0);
		ms = ms * 2 < MOST_MS ? ms * 2 : MOST_MS;
	}
	progress_end(&progress);
	return look;
}

json_t *job_wait(struct job_wait *w, struct control *c, struct str token, const json_t *begun, struct error *e)
{
	json_t *look = follow(w, c, token, begun, e);
	const char *state = json_string_value(json_object_get(look, "state"));

	if (state && strcmp(state, "done") != 0) {
		(void)error_set(e, CODE_STOPPING, "it was called off, and nothing was made"); /* ignored: only sets */
		json_decref(look);
		return NULL;
	}
	return look;
}
