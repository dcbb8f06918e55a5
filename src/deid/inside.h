/*
 * deid/inside.h - the anonymized table is made where the table is: in its database.
 *
 * A run whose table was counted there (deid_rows_counted) knows which values occur
 * together and how often, and has made its plan of that.  Here the plan goes back as
 * small tables: for each quasi-identifying column its values with what they become,
 * and the classes that are kept.  The database joins them to the rows.
 *
 * What the law's checks ask of rows is counted there, too: how often the values of
 * columns that leave as they are occur in the new table, and whether a column goes one
 * to one with one that is left out.  Of columns that are left out nothing but such
 * counts leaves the database.
 */
#ifndef SEKISHO_DEID_INSIDE_H
#define SEKISHO_DEID_INSIDE_H

#include "db/foreign_table.h"
#include "deid/job.h"

/*
 * Makes the table NAME in F, whose query R's table was counted from, as R plans it, and
 * completes R's table for the checks.  Nobody sees the new table before
 * foreign_commit.  Fails with conflict (the query gave other rows when it was asked
 * again), encoding and malformed (a value that leaves is no text), out_of_memory, and as
 * the calls of db/foreign_table.h.
 */
result deid_inside_make(struct deid_run *r, struct foreign *f, struct str name, struct error *e);

#endif
