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

-- name: foreign_end_reading
SELECT 1;

-- name: foreign_commit
COMMIT;

-- name: foreign_taken
SELECT 1 FROM main.sqlite_schema WHERE name = $1 COLLATE NOCASE;

-- name: foreign_value
-- The cast of a column would keep the column's collation, by which 'a' may be 'A'.
COALESCE(CAST({column} AS TEXT), '') COLLATE BINARY

-- name: foreign_make_map
CREATE TEMPORARY TABLE {table} (value TEXT PRIMARY KEY, part INTEGER NOT NULL{labels}) WITHOUT ROWID;

-- name: foreign_make_kept
CREATE TEMPORARY TABLE {table} ({words}{levels}, PRIMARY KEY ({keys})) WITHOUT ROWID;

-- name: foreign_word
{name} INTEGER NOT NULL

-- name: foreign_load
INSERT INTO temp.{table} VALUES ({parameters});

-- name: foreign_ready
-- The order of joins is that of the statement: nothing has to be found out.
SELECT 1;

-- name: foreign_join
-- SQLite joins in the order written when it is told so by the word CROSS.
CROSS JOIN

-- name: foreign_count
-- SQLite runs in this process and groups by sorting: ten times slower than counting its rows here.
WITH "sekisho source"({names}) AS (
{query}
)
SELECT {values}, 1 FROM "sekisho source" AS s;

-- name: foreign_count_written
SELECT {values}, 1 FROM {table} AS s;
