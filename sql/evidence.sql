-- The evidence log; the columns are explained in src/evidence/log.h.

-- name: log_head_insert
INSERT INTO log_head (generation, origin, epoch, size, frontier, checkpoint) VALUES ($1, $2, 0, 0, $3, $4);

-- name: log_head_current
SELECT generation, origin, epoch, size, frontier, checkpoint FROM log_head ORDER BY generation DESC LIMIT 1;

-- name: log_head_of
SELECT generation, origin, epoch, size, frontier, checkpoint FROM log_head WHERE generation = $1;

-- name: log_head_take
-- Whoever opened the log before can no longer move its head.
UPDATE log_head SET epoch = $2 + 1 WHERE generation = $1 AND epoch = $2;

-- name: log_head_move
UPDATE log_head SET size = $4, frontier = $5, checkpoint = $6 WHERE generation = $1 AND epoch = $2 AND size = $3;

-- name: log_batch_insert
INSERT INTO log_batch (place, count, entries, refs, checkpoint) VALUES ($1, $2, $3, $4, $5);

-- name: log_batch_at
-- The batch that holds $1, or the last one before it.
SELECT place, count, entries, refs, checkpoint FROM log_batch WHERE place <= $1 ORDER BY place DESC LIMIT 1;

-- name: log_subject_last
SELECT place, more FROM log_subject WHERE subject_id = $1 ORDER BY place DESC LIMIT 1;

-- name: log_subject_insert
INSERT INTO log_subject (subject_id, place, more) VALUES ($1, $2, $3);

-- name: log_subject_grow
UPDATE log_subject SET more = $3 WHERE subject_id = $1 AND place = $2;

-- name: log_subject_before
SELECT place, more FROM log_subject WHERE subject_id = $1 AND place < $2 ORDER BY place DESC;

-- name: log_subject_delete
DELETE FROM log_subject WHERE subject_id = $1;

-- name: log_subject_all
SELECT place, more FROM log_subject;

-- name: log_erased_add
INSERT INTO log_erased (place, count) VALUES ($1, 1)
ON CONFLICT (place) DO UPDATE SET count = log_erased.count + 1;

-- name: log_erased_all
SELECT place, count FROM log_erased WHERE place >= $1 AND place < $2;

-- name: log_indexed_get
SELECT size FROM log_indexed WHERE generation = $1;

-- name: log_indexed_set
INSERT INTO log_indexed (generation, size) VALUES ($1, $2)
ON CONFLICT (generation) DO UPDATE SET size = excluded.size;
