-- The evidence log; the columns are explained in src/evidence/log.h.

-- name: log_batch_insert
INSERT INTO log_batch (place, count, entries, refs, checkpoint) VALUES ($1, $2, $3, $4, $5);

-- name: log_batch_at
-- The batch that holds $1, or the last one before it.
SELECT place, count, entries, refs, checkpoint FROM log_batch WHERE place <= $1 ORDER BY place DESC LIMIT 1;
