-- What a database that is not an instance's own is told, and how its values become text (db/foreign.h).

-- name: foreign_open
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
PRAGMA mmap_size = 0;
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -16000;

-- name: foreign_open_read
PRAGMA query_only = ON;

-- name: foreign_begin_read
BEGIN;

-- name: foreign_begin_write
-- The lock is taken before the table is read: one that is taken later may have been overtaken.
BEGIN IMMEDIATE;
