/*
 * deid/job.h - the anonymization of one table, from what is asked to what is done.
 *
 * deid_job_run reads, searches and makes the plan: for each tuple the levels that
 * its rows are written at, or that they are suppressed.  Nothing is written; the
 * law's checks, the report and the output are made of the run (checks.h,
 * report.h, write.h).
 *
 * A run owns all that it read.  It points into its job.
 */
#ifndef SEKISHO_DEID_JOB_H
#define SEKISHO_DEID_JOB_H

#include "base/charset.h"
#include "deid/noise.h"
#include "deid/risk.h"
#include "deid/search.h"
#include "deid/table.h"

struct deid_names {
	const struct str *at;
	size_t n;
};

/* Whether all records have the same levels. */
enum deid_recoding {
	DEID_RECODE_NONE,
	DEID_RECODE_LOCAL,    /* what would be suppressed is searched again, as a table of its own */
	DEID_RECODE_MONDRIAN, /* each class has levels of its own: see deid/recode.h */
	DEID_RECODE_CELLS,    /* what would be suppressed loses cells instead */
};

/* What a class's values of a column are replaced by. */
enum deid_aggregate_how {
	DEID_MEAN,
	DEID_MEDIAN,
	DEID_MODE,
	DEID_INTERVAL, /* the least and the greatest */
	DEID_AGGREGATES,
};

struct deid_aggregate {
	struct str column;
	enum deid_aggregate_how how;
};

/* What is asked.  Texts are as written by people. */
struct deid_job {
	const char *input;
	const struct source *from; /* instead of the file `input`, which only messages name; or NULL */
	const struct deid_rows *rows; /* or these; or NULL */
	bool flat;		   /* quasi-identifying columns come as they are to be written: they have no hierarchies */
	char separator;
	enum charset charset;
	bool strict;
	struct deid_names quasi, sensitive, insensitive, identifying;
	struct deid_names hierarchies; /* directories, NAME=FILE, NAME=rule(...) */
	char hierarchy_separator;      /* 0: ';' where a file's first line has one, else `separator` */
	struct deid_names models;      /* see deid_model_parse */
	struct deid_names levels;      /* NAME=LEVEL, of all quasi-identifying columns: instead of a search */
	struct deid_names weights;     /* NAME=NUMBER */
	struct deid_names aggregates;  /* see deid_aggregate_parse */
	struct deid_names noise;       /* see deid/noise.h */
	const struct entropy *entropy; /* where noise is asked for */
	enum deid_metric_kind metric;
	struct deid_decimal suppression;
	enum deid_recoding recoding;
	uint64_t population_size; /* 0: that of Japan */
	const char *company;   /* who publishes, for the texts; or NULL */
	const char *provision; /* how it is provided to others, for the texts; NULL: not at all as yet */
	int64_t time_limit;	  /* ms; 0: none */
	unsigned threads;	  /* for the search, up to DEID_THREADS_MOST; 0: see deid_search_options */
	const struct clock *clock;
	const volatile sig_atomic_t *stop; /* or NULL */
	void (*progress)(void *ctx, const struct deid_progress *p);
	void *ctx;
};

/* Rows that are written at the same levels. */
struct deid_block {
	const uint8_t *levels; /* by quasi-identifying column */
	uint64_t rows;
};

/* A column that is written with one value for each class. */
struct deid_aggregated {
	const struct deid_column *column;
	enum deid_aggregate_how how;
	struct str *text; /* by class */
	bool measured;	  /* the values are quantities: then the sums of squares are of their distances */
	double sse;	  /* from what they are replaced by (an interval: its middle), */
	double sst;	  /* and from the mean of all */
};

struct deid_private;

struct deid_run {
	const struct deid_job *job;
	struct arena arena;
	struct deid_hierarchy *file; /* hierarchies that were read */
	size_t files;
	struct deid_table table;
	struct deid_table population; /* columns 0 when there is none */
	struct deid_model *model;
	size_t models;
	double *weight; /* by quasi-identifying column, or NULL */
	struct deid_private *private; /* differential privacy, or NULL */
	uint8_t *given;		      /* levels, by quasi-identifying column, or NULL */
	const struct deid_hierarchy **h; /* by place in the tuple */
	struct deid_input in;
	struct deid_problem problem;
	struct deid_found found; /* by the search: where records have levels of their own, what they began with */

	struct deid_block *block; /* those of most rows first, unless recoded locally: in the order they were found */
	size_t blocks;
	uint32_t *block_of; /* by tuple; DEID_NONE when it is suppressed */
	uint64_t suppressed; /* rows */
	struct deid_sizes before, after; /* classes of the input, and of the output */
	uint64_t least_persons; /* of the population in a class; 0 without one, or with the same levels for all */
	double score;	    /* of the plan */
	struct deid_noised *noised; /* columns with noise, in the order in which it is asked for */
	size_t noises;

	struct deid_aggregate *aggregate; /* as asked */
	struct deid_aggregated *aggregated;
	size_t aggregates;
	uint32_t *class_of; /* by tuple: its class of those that aggregated->text is about; DEID_NONE when it is suppressed */
	uint32_t shown;	    /* those classes */

	/* set by whoever measures what all releases together tell apart (narrow.h), before the checks */
	size_t earlier;	   /* releases */
	uint64_t narrowed; /* smallest group of records that they do not tell apart; 0: none, or not measured */
	struct str told;   /* sensitive column of which they tell more than its model allows; empty: none */

	int64_t read_us, search_us;
};

/*
 * Does J up to the plan into *R, which the caller frees with deid_run_free
 * whatever the outcome.  J outlives R.  Fails with column_unknown,
 * hierarchy_invalid, value_without_leaf, model_invalid, no_transformation,
 * malformed, encoding, io, too_large, out_of_memory.
 */
result deid_job_run(const struct deid_job *j, struct deid_run *r, struct error *e);

/* Frees what R holds. */
void deid_run_free(struct deid_run *r);

#endif
