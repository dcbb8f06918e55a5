/*
 * bench/figures.h - the table of figures that script/bench runs.
 *
 * A figure measures once each time it is called; main.c repeats it, takes the
 * median, and measures its baseline in the same run, alternating with it, so that
 * both see the same machine.  What a figure needs for long (a filled database) it
 * makes on its first call and keeps until `close`.
 */
#ifndef SEKISHO_BENCH_FIGURES_H
#define SEKISHO_BENCH_FIGURES_H

#include "base/result.h"
#include "base/str.h"

struct sample {
	double value; /* in the figure's unit */
	double p50_ms, p99_ms, p999_ms; /* 0 where a figure has no answers */
	uint64_t errors; /* wrong answers; stalls count too */
};

struct figure {
	const char *name; /* as docs and goals name it: "read_64" */
	const char *unit; /* "/s", "ms", "ns", "MB" */
	const char *baseline; /* name of another row, or NULL */
	/* measures once, for about MS milliseconds where time is what bounds it; fails as what it calls */
	result (*run)(const struct figure *f, int ms, struct sample *out, struct error *e);
	void (*close)(void); /* gives back what run kept, or NULL */
	unsigned n; /* the figure's own: connections, say */
};

/* Each family of figures is a table ended by a row without a name; main.c lists the families. */
extern const struct figure figures_http[]; /* http_bare_N, http_parked_N, fdatasync */
extern const struct figure figures_vault[]; /* vault_read, vault_create, vault_disk */
extern const struct figure figures_policy[]; /* policy_check */
extern const struct figure figures_gate[];  /* gate_decide */

extern const struct figure figures_deid[];  /* deid_* */
extern const struct figure figures_road[];  /* read_N, write_N, lookup_64, log_cost */
extern const struct figure figures_storage[]; /* sql_alone, import, disk, log_verify, start, memory */

/* Measures reads over the road as F says, for MS, into *OUT; fails in E as the load. */
result figure_read(const struct figure *f, int ms, struct sample *out, struct error *e);

/* As figure_read with N connections to the server at URL, which has the road's people; figure_read came before. */
result figure_read_at(const char *url, unsigned n, int ms, struct sample *out, struct error *e);

#endif
