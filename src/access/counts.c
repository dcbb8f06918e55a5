#include "access/counts.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct access_counts {
	pthread_mutex_t lock; /* everything below */
	date day;
	struct purpose_count today[COUNTS_PURPOSES];
	struct purpose_count total;
	struct run_count runs;
	uint64_t failures;
};

result counts_new(struct access_counts **out, struct error *e)
{
	struct access_counts *c = calloc(1, sizeof *c);

	*out = NULL;
	if (!c || pthread_mutex_init(&c->lock, NULL) != 0) {
		free(c);
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for counters");
	}
	c->day = DATE_NONE;
	*out = c;
	return RESULT_OK;
}

void counts_free(struct access_counts *c)
{
	if (!c)
		return;
	(void)pthread_mutex_destroy(&c->lock); /* ignored: fails only for a lock in use, and nobody is left */
	free(c);
}

static void count_one(struct purpose_count *p, bool allowed)
{
	if (allowed)
		p->allowed++;
	else
		p->denied++;
}

void counts_add(struct access_counts *c, date day, uint32_t purpose, bool allowed)
{
	pthread_mutex_lock(&c->lock);
	if (day != c->day) {
		memset(c->today, 0, sizeof c->today);
		c->day = day;
	}
	count_one(&c->today[purpose < COUNTS_PURPOSES ? purpose : 0], allowed);
	count_one(&c->total, allowed);
	pthread_mutex_unlock(&c->lock);
}

void counts_get(struct access_counts *c, date day, uint32_t purpose, struct purpose_count *out)
{
	pthread_mutex_lock(&c->lock);
	*out = day == c->day && purpose < COUNTS_PURPOSES ? c->today[purpose] : (struct purpose_count){0, 0};
	pthread_mutex_unlock(&c->lock);
}

void counts_total(struct access_counts *c, struct purpose_count *out)
{
	pthread_mutex_lock(&c->lock);
	*out = c->total;
	pthread_mutex_unlock(&c->lock);
}

void counts_run(struct access_counts *c, enum run_outcome outcome)
{
	pthread_mutex_lock(&c->lock);
	c->runs.of[outcome]++;
	pthread_mutex_unlock(&c->lock);
}

void counts_runs(struct access_counts *c, struct run_count *out)
{
	pthread_mutex_lock(&c->lock);
	*out = c->runs;
	pthread_mutex_unlock(&c->lock);
}

void counts_failed(struct access_counts *c)
{
	pthread_mutex_lock(&c->lock);
	c->failures++;
	pthread_mutex_unlock(&c->lock);
}

uint64_t counts_failures(struct access_counts *c)
{
	uint64_t n;

	pthread_mutex_lock(&c->lock);
	n = c->failures;
	pthread_mutex_unlock(&c->lock);
	return n;
}
