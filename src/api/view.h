/*
 * api/view.h - what operations made, as JSON.
 */
#ifndef SEKISHO_API_VIEW_H
#define SEKISHO_API_VIEW_H

#include "api/call.h"

/*
 * The further members of the problem that refuses OP: clause, law, log, withheld items,
 * the approval that is wanted.  The caller's, taken over by http_problem; NULL
 * without memory.
 */
json_t *view_refusal(const struct op *op);

/* A read's answer: values, withheld, log.  Written to OUT, as it is the hot path. */
void view_read(const struct op_read *r, struct buf *out);

/* A history's answer to R, likewise written to OUT. */
void view_history(const struct op_read *r, struct buf *out);

/* Who used a person's data, as T found. Written to OUT. */
void view_uses(const struct op_trace *t, struct buf *out);

/* What would be allowed, per item, with code, clause and law.  Written to OUT. */
void view_what_if(const struct op_what_if *w, struct buf *out);

/* A page of a pseudonymized set that R read: columns, rows, what is withheld.  Written to OUT. */
void view_set_read(const struct op_set_read *r, struct buf *out);

/* {"item":…,"code":…,"clause":…,"law":…} for each item of CATEGORY that V, the verdict of OP, was asked for and does not allow, as an array appended to OUT. */
void view_withheld(const struct op *op, const struct policy_category *category, const struct gate_verdict *v,
		   struct buf *out);

/* The clause ("#anchor") of CODE for ITEM (index, or POLICY_NONE) of OP's ask, appended to OUT as a JSON string, or null. */
void view_clause(const struct op *op, int item, enum code code, struct buf *out);

/* D as YYYY-MM-DD, M in RFC 3339 or null for MOMENT_NONE; the caller's to json_decref.  NULL without memory. */
json_t *view_date(date d);
json_t *view_moment(moment m);

/* N, a part of the policy, as JSON: a scalar is text; null for NULL.  The caller's to json_decref; NULL without memory. */
json_t *view_node(const struct node *n);

#endif
