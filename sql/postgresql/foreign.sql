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
