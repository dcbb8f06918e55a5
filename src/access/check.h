/*
 * access/check.h - whether an instance's keys open it, found out without taking it.
 */
#ifndef SEKISHO_ACCESS_CHECK_H
#define SEKISHO_ACCESS_CHECK_H

#include "access/instance.h"
#include "db/db.h"

/*
 * Opens the vault of the instance I over its database D for reading, and closes
 * it again.  Fails with io, key_mode, key_invalid, instance_invalid, database.
 */
result access_check_keys(const struct instance *i, struct db *d, struct error *e);

#endif
