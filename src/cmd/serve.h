/*
 * cmd/serve.h - serving an instance until it is told to stop: what `serve` and `demo` share.
 */
#ifndef SEKISHO_CMD_SERVE_H
#define SEKISHO_CMD_SERVE_H

#include "api/api.h"

/*
 * Serves the instance in DIR as CONFIG says; READY, unless NULL, is called with the
 * instance, its URL and CTX once it listens, and gives EXIT_DONE to go on.  Gives
 * the exit status when it was told to stop, or could not begin.
 */
int serve_run(const char *dir, const struct api_config *config, int (*ready)(struct access *a, const char *url, void *ctx),
	      void *ctx);

#endif
