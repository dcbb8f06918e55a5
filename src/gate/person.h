/*
 * gate/person.h - what the gate knows of one person.
 *
 * This is the person's state without any value: which values there are and how
 * each came in, consents, marks, events, holds.  The vault keeps it as one MACed
 * blob per person and decodes it into this form; everything refers to the policy
 * by registry number, so that it means the same under every version.
 *
 * Ownership: the arrays belong to whoever made the state (an arena, mostly).
 * The gate only reads them.
 */
#ifndef SEKISHO_GATE_PERSON_H
#define SEKISHO_GATE_PERSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

enum { PERSON_ACQUISITIONS = 64 }; /* at the most for one value; older ones of the same meaning are merged */

/* One act of acquiring (T2): values name it by its position in person_state.acquisitions. */
struct person_acquisition {
	uint32_t channel;
	uint32_t notice;	 /* registry number; 0: none, the channel's purposes bind */
	uint32_t notice_version; /* wording version shown; 0 with no notice */
	uint32_t policy_version; /* in force at `at`: what binds and was promised (T1) */
	moment at;		 /* when it was acquired */
};

/* One stored value (of `many`: the whole list). */
struct person_value {
	uint32_t category, item;    /* registry numbers */
	uint32_t version;	    /* of the record when the value was written; counts from 1 */
	const uint16_t *acquired;   /* positions in acquisitions, ascending */
	size_t n_acquired;
};

/* A consent given (T7); a later one for the same consent stands in for the earlier. */
struct person_consent {
	uint32_t consent;
	uint32_t version;      /* wording version: fixes the scope */
	moment given;	       /* `at` of the consent */
	moment withdrawn;      /* MOMENT_NONE while it stands */
	bool by_guardian;
};

/* A suspension (T9); resume takes out what it names. */
struct person_suspension {
	const uint32_t *purposes; size_t n_purposes; /* none: all purposes */
	const uint32_t *items; size_t n_items;	     /* none: all items */
	bool until_erased; /* set by an erasure under a hold: lifted by nothing */
};

/* An objection to one purpose (T9). */
struct person_objection {
	uint32_t purpose;
	const char *const *means; size_t n_means; /* none: by any means */
};

/* The date of an event (T8); one per event, the last recorded. */
struct person_event {
	uint32_t event;
	date on;
	uint32_t order; /* counts up with each recording: tells a later event of the same day */
};

/* A hold: only prevents erasing (T9). */
struct person_hold {
	uint32_t id;	/* of this person, counts from 1 */
	date until;	/* through this date; DATE_NONE until released */
};

struct person_state {
	bool exists;
	const uint32_t *categories; size_t n_categories; /* that this person has */
	const struct person_acquisition *acquisitions; size_t n_acquisitions;
	const struct person_value *values; size_t n_values; /* by (category, item) ascending */
	const struct person_consent *consents; size_t n_consents;
	const struct person_suspension *suspensions; size_t n_suspensions;
	const struct person_objection *objections; size_t n_objections;
	const struct person_event *events; size_t n_events;
	const struct person_hold *holds; size_t n_holds;
	bool provision_stopped;			/* of every provision */
	const uint32_t *stopped; size_t n_stopped; /* or of these arrangements (registry numbers) */
	bool objects_to_all; /* after an erasure on request: objected to every may_object purpose (T9) */
};

#endif
