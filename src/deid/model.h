/*
 * deid/model.h - privacy models: what must hold of the classes.
 *
 * A model is written as text (see deid_model_parse).  Numbers are kept as exact
 * decimals, and comparisons are made in integers of 128 bits where the model
 * allows it, so that a class that meets a bound exactly is not lost to rounding.
 * Entropies are compared with a tolerance of 1e-12.
 *
 * Models differ in what coarser levels do, which the search relies on:
 *  - by record: a record that fails here fails at all finer levels (k, k-map,
 *    distinct-l);
 *  - by merging: when all classes hold, all coarser classes do (the others on
 *    classes, and average-risk);
 *  - population-unique: neither.
 */
#ifndef SEKISHO_DEID_MODEL_H
#define SEKISHO_DEID_MODEL_H

#include <stdint.h>

#include "base/result.h"
#include "base/str.h"
#include "deid/hierarchy.h"

enum deid_model_kind {
	DEID_K,
	DEID_K_MAP,
	DEID_DISTINCT_L,
	DEID_ENTROPY_L,
	DEID_RECURSIVE_CL,
	DEID_T_EQUAL,
	DEID_T_ORDERED,
	DEID_T_HIERARCHICAL,
	DEID_DELTA,
	DEID_AVERAGE_RISK,
	DEID_POPULATION_UNIQUE,
	DEID_DP, /* becomes a k as soon as it is read: see deid/private.h */
	DEID_MODEL_KINDS,
};

/* num / den, both exact; den is a power of ten. */
struct deid_decimal {
	int64_t num;
	int64_t den;
};

struct deid_model {
	enum deid_model_kind kind;
	struct str text;	/* as written */
	uint64_t count;		/* k or l */
	struct deid_decimal a;	/* c, t, the lower delta, the bound of a risk, or epsilon */
	struct deid_decimal b;	/* the upper delta, or that of differential privacy */
	struct str column;	/* the sensitive column, where the model is about one */
	struct str file;	/* the population's file, where the model needs one */
	size_t sensitive;	/* the column's number among the sensitive ones: set by whoever has the table */
};

/* The distribution of a sensitive column over the whole table, and in one class. */
struct deid_sensitive {
	const struct deid_hierarchy *h;
	uint32_t values;
	const uint64_t *total; /* rows with each value, by leaf */
	const uint32_t *order; /* leaves in their order, for ordered distances */
	const uint32_t *of_aux; /* by sensitive combination: the leaf */
};

struct deid_histogram {
	uint32_t *count; /* by leaf; zero but for those in `value` */
	uint32_t *value; /* leaves that occur */
	uint32_t n;
};

struct deid_class {
	uint64_t size;
	uint64_t population;
	const struct deid_histogram *histogram; /* by sensitive column */
};

/* Memory for the checks of one thread. */
struct deid_model_room {
	int64_t *sum;	 /* by leaf of the largest sensitive column, three times */
	uint32_t *sorted; /* by leaf */
};

/*
 * Reads TEXT, such as "k=5", "distinct-l=3:salary", "recursive-cl=4,3:salary" or
 * "delta=0.1,0.5:population.csv", into *M, which points into TEXT.  Fails with
 * model_invalid and says what would be right.
 */
result deid_model_parse(struct str text, struct deid_model *m, struct error *e);

/* Reads TEXT as a decimal number of at most nine places from 0 to 1e9 into *OUT; false when it is none. */
bool deid_decimal_parse(struct str text, struct deid_decimal *out);

/* True when M is checked on one class. */
bool deid_model_by_class(const struct deid_model *m);

/* True when a record that fails M fails at all finer levels. */
bool deid_model_by_record(const struct deid_model *m);

/* True when M needs the distribution of a sensitive column. */
bool deid_model_needs_histogram(const struct deid_model *m);

/* True when M needs a population table. */
bool deid_model_needs_population(const struct deid_model *m);

/*
 * True when the class C meets M; S is M's sensitive column where it has one, ROWS
 * the rows of the table, ROOM working memory.  M is by class.
 */
bool deid_model_holds(const struct deid_model *m, const struct deid_class *c, const struct deid_sensitive *s,
		      uint64_t rows, const struct deid_model_room *room);

#endif
