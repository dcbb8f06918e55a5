-- What a database that is not an instance's own is told, and how its values become text (db/foreign.h).

-- name: foreign_open
-- So that values have the same text whoever asks, and a long search is not taken for a client that sleeps.
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';
SET bytea_output = 'hex';
SET extra_float_digits = 1;
SET standard_conforming_strings = on;
SET idle_in_transaction_session_timeout = 0;

-- name: foreign_begin_read
BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;

-- name: foreign_begin_write
-- Until the new table is made, nothing can be changed here either.
BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ WRITE;
SAVEPOINT sekisho_reading;
SET TRANSACTION READ ONLY;

-- name: foreign_end_reading
ROLLBACK TO SAVEPOINT sekisho_reading;

-- name: foreign_commit
COMMIT;

-- name: foreign_taken
SELECT 1 FROM pg_catalog.pg_class WHERE relname = $1
AND relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = pg_catalog.current_schema());

-- name: foreign_value
-- concat() takes a value as it is printed, and NULL as nothing; a cast to text would write truth and blanks otherwise.
pg_catalog.concat({column}) COLLATE "C"

-- name: foreign_make_map
CREATE TEMPORARY TABLE {table} (value text COLLATE "C" NOT NULL, part bigint NOT NULL{labels}) ON COMMIT DROP;

-- name: foreign_make_kept
CREATE TEMPORARY TABLE {table} ({words}{levels}) ON COMMIT DROP;

-- name: foreign_word
{name} bigint NOT NULL

-- name: foreign_load
COPY pg_temp.{table} FROM STDIN;

-- name: foreign_ready
ANALYZE pg_temp.{table};

-- name: foreign_join
JOIN

-- name: foreign_count
WITH "sekisho source"({names}) AS (
{query}
)
SELECT {values}, count(*) FROM "sekisho source" AS s GROUP BY {places};

-- name: foreign_count_written
SELECT {values}, count(*) FROM {table} AS s GROUP BY {places};
