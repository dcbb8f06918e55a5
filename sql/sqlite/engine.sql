-- What SQLite is told besides the statements that run everywhere.

-- name: make
PRAGMA journal_mode = WAL;

-- name: open
-- Memory mapping made reads slower by a quarter; checkpoints are the housekeeper's.
PRAGMA mmap_size = 0;
PRAGMA synchronous = FULL;
PRAGMA secure_delete = ON;
PRAGMA wal_autocheckpoint = 0;
PRAGMA journal_size_limit = 67108864;
PRAGMA foreign_keys = ON;
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
PRAGMA temp_store = MEMORY;
-- A writer keeps the pages of a large batch, or it would write them twice.
PRAGMA cache_size = -16000;

-- name: open_read
-- Each new snapshot empties the cache: it holds the inner pages and what one burst reads.
PRAGMA query_only = ON;
PRAGMA cache_size = -2000;

-- name: migrations_table
CREATE TABLE IF NOT EXISTS schema_migration (
	number INTEGER PRIMARY KEY,
	name TEXT NOT NULL,
	hash BLOB NOT NULL
) STRICT;

-- name: journal_mode
PRAGMA journal_mode;

-- name: quick_check
PRAGMA quick_check(1);

-- name: begin_write
BEGIN IMMEDIATE;

-- name: begin_read
BEGIN;

-- name: commit
COMMIT;

-- name: rollback
ROLLBACK;
