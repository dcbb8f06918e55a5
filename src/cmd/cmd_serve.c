#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "access/access.h"
#include "api/api.h"
#include "cmd/cmd.h"
#include "cmd/serve.h"
#include "crypto/crypto.h"
#include "web/pages.h"
#include "web/privacy.h"

/* A commit of unknown outcome: nobody may get another answer from this process. */
static void fatal(void *ctx, const struct error *why)
{
	(void)ctx;
	fprintf(stderr, "sekisho: stopped at once: %s [%s]\n", why->message, code_text(why->code));
	_exit(EXIT_FAULT);
}

/* Waits for SIGINT or SIGTERM, which no thread takes otherwise. */
static int wait_for_stop(const sigset_t *stop)
{
	int signal_number;

	while (sigwait(stop, &signal_number) != 0)
		if (errno != EINTR)
			return EXIT_FAULT;
	return EXIT_DONE;
}

int serve_run(const char *dir, const struct api_config *config, int (*ready)(struct access *a, const char *url, void *ctx),
	      void *ctx)
{
	const struct access_options o = {.clock = clock_system(), .entropy = crypto_entropy(), .fatal = fatal};
	struct api_config c = *config;
	struct access *a = NULL;
	struct privacy *privacy = NULL;
	struct api *api = NULL;
	struct error e = {0};
	sigset_t stop;
	int status = EXIT_DONE;

	c.pages = web_pages(&c.n_pages);
	/* whoever read what is printed may go; a socket's other end, too */
	if (sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, NULL) != 0)
		return EXIT_FAULT;
	/* before any thread is made, so that all of them leave these signals to sigwait */
	if (sigemptyset(&stop) != 0 || sigaddset(&stop, SIGINT) != 0 || sigaddset(&stop, SIGTERM) != 0 ||
	    pthread_sigmask(SIG_BLOCK, &stop, NULL) != 0)
		return EXIT_FAULT;
	if (!ok(privacy_new(&privacy, &e)) || !ok(access_open(dir, &o, &a, &e)))
		status = cmd_fail(&e);
	c.pages_state = privacy;
	if (status == EXIT_DONE && !ok(api_start(a, &c, &api, &e)))
		status = cmd_fail(&e);
	if (status == EXIT_DONE) {
		printf("listening on %s\n", api_url(api));
		status = ready ? ready(a, api_url(api), ctx) : EXIT_DONE;
		status = cmd_finish(status);
	}
	if (status == EXIT_DONE)
		status = wait_for_stop(&stop);
	api_stop(api);
	access_close(a);
	privacy_free(privacy);
	return status;
}

int cmd_serve(int argc, char **argv)
{
	struct api_config c = {.listen = "127.0.0.1:8420"};
	const struct cmd_option options[] = {
		{"--listen", "ADDR:PORT", "where to listen; default 127.0.0.1:8420, port 0 for a free one", NULL, &c.listen},
		{"--tls-cert", "FILE", "certificate chain (PEM)", NULL, &c.tls_cert},
		{"--tls-key", "FILE", "its key (PEM)", NULL, &c.tls_key},
	};
	const struct cmd_usage usage = {"serve", "INSTANCE", "Serves the instance until SIGINT or SIGTERM.", options,
					sizeof options / sizeof *options, 1, 1};
	const char *dir;
	int status = cmd_parse(&usage, argc, argv, &dir);

	return status == CMD_GO_ON ? serve_run(dir, &c, NULL, NULL) : status;
}
