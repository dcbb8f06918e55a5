/*
 * access/state.h - a person's state with something changed.
 *
 * A loaded state is not written to; a change makes a new one that shares what
 * stays.  Everything lies in the arena that is given; a function that runs out of
 * memory fails with out_of_memory and leaves the state as it was.
 */
#ifndef SEKISHO_ACCESS_STATE_H
#define SEKISHO_ACCESS_STATE_H

#include "base/arena.h"
#include "base/result.h"
#include "gate/person.h"

/* Makes S of arena A have CATEGORY (registry number).  Fails with out_of_memory. */
result state_add_category(struct arena *a, struct person_state *s, uint32_t category, struct error *e);

/* Takes CATEGORY and all its values out of S.  Fails with out_of_memory. */
result state_remove_category(struct arena *a, struct person_state *s, uint32_t category, struct error *e);

/*
 * Adds ACQUISITION to S and gives its position in *POSITION, for state_put_value
 * alone: it counts once a value names it.  Fails with out_of_memory, conflict
 * (more than 65,535 acquisitions).
 */
result state_acquire(struct arena *a, struct person_state *s, const struct person_acquisition *acquisition,
		     uint16_t *position, struct error *e);

/*
 * A value as a person has it: with `version`, or its own when that is 0; bound by
 * the acquisition at `position` alone when `replace`, else also by those it had,
 * older ones of the same meaning merged (T2).
 */
struct state_value {
	uint32_t category, item, version;
	uint16_t position;
	bool replace;
};

/* Makes S have the value V, in memory of the arena A.  Fails with out_of_memory. */
result state_put_value(struct arena *a, struct person_state *s, const struct state_value *v, struct error *e);

/* Gives the value (CATEGORY, ITEM) of S the VERSION; its binding stays.  Fails with out_of_memory. */
result state_set_version(struct arena *a, struct person_state *s, uint32_t category, uint32_t item, uint32_t version,
			 struct error *e);

/* Takes the value (CATEGORY, ITEM) out of S, if it is there.  Fails with out_of_memory. */
result state_remove_value(struct arena *a, struct person_state *s, uint32_t category, uint32_t item, struct error *e);

/* Drops acquisitions of S that no value names any more.  Fails with out_of_memory. */
result state_compact(struct arena *a, struct person_state *s, struct error *e);

/* Records C in S, in the place of an earlier one for the same consent.  Fails with out_of_memory. */
result state_put_consent(struct arena *a, struct person_state *s, const struct person_consent *c, struct error *e);

/* Records that EVENT was ON in S.  Fails with out_of_memory. */
result state_put_event(struct arena *a, struct person_state *s, uint32_t event, date on, struct error *e);

/* Takes EVENT out of S; *FOUND says whether it was there.  Fails with out_of_memory. */
result state_remove_event(struct arena *a, struct person_state *s, uint32_t event, bool *found, struct error *e);

/* Adds X to S, unless an equal one is there.  Fails with out_of_memory. */
result state_suspend(struct arena *a, struct person_state *s, const struct person_suspension *x, struct error *e);

/*
 * Takes X out of S's suspensions: those equal to it, or with X for everything all
 * but those that wait for an erasure.  Fails with out_of_memory.
 */
result state_resume(struct arena *a, struct person_state *s, const struct person_suspension *x, struct error *e);

/* Adds X to S (ON), or takes the objections to its purpose by its means out.  Fails with out_of_memory. */
result state_object(struct arena *a, struct person_state *s, const struct person_objection *x, bool on, struct error *e);

/* Stops provision by ARRANGEMENT (0: every one) in S (ON), or lets it go on.  Fails with out_of_memory. */
result state_stop_provision(struct arena *a, struct person_state *s, uint32_t arrangement, bool on, struct error *e);

/* Adds a hold through UNTIL (DATE_NONE: until released) to S and gives its number in *ID.  Fails with out_of_memory. */
result state_hold(struct arena *a, struct person_state *s, date until, uint32_t *id, struct error *e);

/* Releases hold ID of S (0: all); *FOUND says whether there was one.  Fails with out_of_memory. */
result state_release(struct arena *a, struct person_state *s, uint32_t id, bool *found, struct error *e);

#endif
