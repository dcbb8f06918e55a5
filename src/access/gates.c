#include "access/gates.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct shared_set {
	struct policy_set *set;
	_Atomic unsigned refs;
};

struct gates {
	_Atomic uint64_t epoch;
	pthread_mutex_t lock; /* `now` */
	struct gated *now;
};

result gates_new(struct gates **out, struct error *e)
{
	struct gates *g = calloc(1, sizeof *g);

	*out = NULL;
	if (!g || pthread_mutex_init(&g->lock, NULL) != 0) {
		free(g);
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the gate");
	}
	*out = g;
	return RESULT_OK;
}

void gates_free(struct gates *g)
{
	if (!g)
		return;
	gated_unref(g->now);
	(void)pthread_mutex_destroy(&g->lock); /* ignored: fails only for a lock in use, and nobody is left */
	free(g);
}

static void shared_unref(struct shared_set *s)
{
	if (!s || atomic_fetch_sub(&s->refs, 1) != 1)
		return;
	policy_set_free(s->set);
	free(s);
}

/* When the first version of SET that is not in force at NOW will be. */
static moment next_switch(const struct policy_set *set, moment now)
{
	moment next = INT64_MAX;

	for (size_t i = 0; i < set->n; i++)
		if (set->versions[i]->in_force > now && set->versions[i]->in_force < next)
			next = set->versions[i]->in_force;
	return next;
}

/* A gated over SHARED at NOW in *OUT; takes one reference of SHARED. */
static result gated_make(struct shared_set *shared, moment now, struct gated **out, struct error *e)
{
	struct gated *made = calloc(1, sizeof *made);
	struct gate *gate = NULL;

	if (!made)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the gate");
	made->set = shared->set;
	made->policy = policy_set_at(shared->set, now);
	if (made->policy && !ok(gate_build(made->set, made->policy, &gate, e))) {
		free(made);
		return RESULT_FAIL;
	}
	made->gate = gate;
	made->until = next_switch(shared->set, now);
	made->shared = shared;
	atomic_fetch_add(&shared->refs, 1);
	atomic_store(&made->refs, 1);
	*out = made;
	return RESULT_OK;
}

/* Puts MADE in G's place and lets go of what was there. */
static void gates_put(struct gates *g, struct gated *made)
{
	struct gated *before;

	pthread_mutex_lock(&g->lock);
	before = g->now;
	g->now = made;
	pthread_mutex_unlock(&g->lock);
	gates_bump(g);
	gated_unref(before);
}

result gates_replace(struct gates *g, struct policy_set *set, moment now, struct error *e)
{
	struct shared_set *shared = calloc(1, sizeof *shared);
	struct gated *made = NULL;
	result r;

	if (!shared) {
		policy_set_free(set);
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the policy");
	}
	shared->set = set;
	atomic_store(&shared->refs, 1);
	r = gated_make(shared, now, &made, e);
	shared_unref(shared);
	if (ok(r))
		gates_put(g, made);
	return r;
}

result gates_tick(struct gates *g, moment now, struct error *e)
{
	struct gated *before = gates_ref(g);
	struct gated *made = NULL;
	result r = RESULT_OK;

	if (before && now >= before->until) {
		r = gated_make(before->shared, now, &made, e);
		if (ok(r))
			gates_put(g, made);
	}
	gated_unref(before);
	return r;
}

struct gated *gates_ref(struct gates *g)
{
	struct gated *now;

	pthread_mutex_lock(&g->lock);
	now = g->now;
	if (now)
		atomic_fetch_add(&now->refs, 1);
	pthread_mutex_unlock(&g->lock);
	return now;
}

struct gated *gated_ref(struct gated *gated)
{
	atomic_fetch_add(&gated->refs, 1);
	return gated;
}

void gated_unref(struct gated *gated)
{
	if (!gated || atomic_fetch_sub(&gated->refs, 1) != 1)
		return;
	gate_free((struct gate *)gated->gate);
	shared_unref(gated->shared);
	free(gated);
}

uint64_t gates_epoch(const struct gates *g)
{
	return atomic_load_explicit(&g->epoch, memory_order_acquire);
}

void gates_bump(struct gates *g)
{
	atomic_fetch_add_explicit(&g->epoch, 1, memory_order_acq_rel);
}
