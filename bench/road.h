/*
 * bench/road.h - an instance filled with people, and its server, for the figures of the whole road.
 */
#ifndef SEKISHO_BENCH_ROAD_H
#define SEKISHO_BENCH_ROAD_H

#include "access/access.h"
#include "api/api.h"

enum { ROAD_PEOPLE = 100000, ROAD_TOKEN = 64 };

struct road {
	char dir[64];
	struct access *access;
	struct access_reader *reader;
	struct api *api;
	char loader[ROAD_TOKEN], billing[ROAD_TOKEN]; /* tokens */
	struct uuid *ids; /* of the people, in the order of their numbers */
	size_t n_ids;
	uint64_t created; /* people made after those, numbered on */
};

/*
 * Makes the one road in the working directory, or gives the one that there is in
 * *OUT: an instance of the reference example with ROAD_PEOPLE people of ten
 * items, served.  Fails as what it calls.
 */
result road_open(struct road **out, struct error *e);

/* Stops R's server and closes its instance, which another process may then serve. */
void road_shut(struct road *r);

/* Opens R's instance and serves it again.  Fails as what it calls. */
result road_again(struct road *r, struct error *e);

/* Stops and removes it. */
void road_close(void);

/* Appends to OUT the JSON of the items of person N: ten values, about 243 bytes. */
void road_items(uint64_t n, struct buf *out);

/* Imports the people FROM to TO - 1 into R and waits.  Fails as access_import. */
result road_import(struct road *r, uint64_t from, uint64_t to, struct error *e);

/* The time now as the API takes it, appended to OUT. */
void road_now(struct road *r, struct buf *out);

#endif
