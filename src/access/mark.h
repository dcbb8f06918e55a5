/*
 * access/mark.h - marks on a person and dates of theirs: suspend, resume, stop provision, object, hold,
 * release, events (T8, T9).
 */
#ifndef SEKISHO_ACCESS_MARK_H
#define SEKISHO_ACCESS_MARK_H

#include "access/op.h"
#include "vault/change.h"

enum mark_kind {
	MARK_SUSPEND, MARK_RESUME, MARK_STOP_PROVISION, MARK_OBJECT, MARK_HOLD, MARK_RELEASE, MARK_EVENT, MARK_EVENT_UNDO
};

enum { MARK_NAMES = 256 };

/* Given: all down to hold.  Made: the rest. */
struct op_mark {
	struct op op;
	enum mark_kind kind;
	struct str subject; /* id as sent */
	const struct str *purposes; size_t n_purposes; /* ids; none: all (suspend, resume); one (object) */
	const struct str *items; size_t n_items;       /* "category.item"; none: all */
	struct str ground; /* of a suspension: an article such as "35-5", or empty */
	const struct str *means; size_t n_means;       /* of an objection; none: any */
	bool on;	   /* object, stop_provision: false lifts it */
	struct str arrangement; /* of stop_provision: id; empty: every one */
	struct str event;
	date on_date;	   /* of an event; of a hold: through this date, DATE_NONE until released */
	uint32_t hold;	   /* release: which; 0: all */

	struct uuid id;
	uint32_t made_hold; /* number of the hold that was made */
	struct vault_change *change;
};

/* Makes M ready for KIND; the asker then fills in what is given. */
void op_mark_init(struct op_mark *m, enum mark_kind kind);

#endif
