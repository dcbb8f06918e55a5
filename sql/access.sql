-- name: person_request_get
SELECT subject_id, kind, state, asked_by, channel, received, document, identified, closed
FROM person_request WHERE request_id = $1;

-- name: person_request_insert
INSERT INTO person_request (request_id, subject_id, kind, state, asked_by, channel, received)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: person_request_update
UPDATE person_request SET state = $2, document = $3, identified = $4, closed = $5 WHERE request_id = $1;

-- name: approval_find
SELECT approval_id, actor, action, purpose, category, items, subject_id, state, approver, asked, decided, until
FROM approval
WHERE actor = $1 AND action = $2 AND purpose = $3 AND category = $4 AND items = $5 AND subject_id = $6 AND state = $7
  AND (until IS NULL OR until > $8)
ORDER BY asked DESC LIMIT 1;

-- name: approval_get
SELECT approval_id, actor, action, purpose, category, items, subject_id, state, approver, asked, decided, until
FROM approval WHERE approval_id = $1;

-- name: approval_pending
SELECT approval_id, actor, action, purpose, category, items, subject_id, state, approver, asked, decided, until
FROM approval WHERE state = $1 ORDER BY asked LIMIT 100;

-- name: approval_insert
INSERT INTO approval (approval_id, actor, action, purpose, category, items, subject_id, state, approver, asked)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9);

-- name: approval_update
UPDATE approval SET state = $2, approver = $3, decided = $4, until = $5 WHERE approval_id = $1;

-- name: idempotency_get
SELECT body_hash, status, answer FROM idempotency WHERE actor = $1 AND key_hash = $2;

-- name: idempotency_insert
INSERT INTO idempotency (actor, key_hash, body_hash, status, answer, made) VALUES ($1, $2, $3, $4, $5, $6);

-- name: idempotency_forget
DELETE FROM idempotency WHERE made < $1;

-- name: import_progress_get
SELECT next_row FROM import_progress WHERE import_id = $1;

-- name: import_progress_put
INSERT INTO import_progress (import_id, next_row, at) VALUES ($1, $2, $3)
ON CONFLICT (import_id) DO UPDATE SET next_row = excluded.next_row, at = excluded.at;

-- name: import_progress_forget
DELETE FROM import_progress WHERE at < $1;

-- name: notice_shown_get
SELECT actor, notice, version, language, at FROM notice_shown WHERE shown_id = $1;

-- name: notice_shown_insert
INSERT INTO notice_shown (shown_id, actor, notice, version, language, at) VALUES ($1, $2, $3, $4, $5, $6);

-- name: notice_shown_use
DELETE FROM notice_shown WHERE shown_id = $1;

-- name: set_release_insert
INSERT INTO set_release (set_number, release, made, actor, policy, generation, entry, records, suppressed, left_out, smallest,
  narrowed, k, input_hash, output_hash, content)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16);

-- name: set_release_list
SELECT set_number, release, made, actor, policy, generation, entry, records, suppressed, left_out, smallest, narrowed, k,
  input_hash, output_hash, content
FROM set_release WHERE set_number = $1 ORDER BY release;

-- name: set_release_heads
-- As set_release_list, without what each published.
SELECT set_number, release, made, actor, policy, generation, entry, records, suppressed, left_out, smallest, narrowed, k,
  input_hash, output_hash, ''
FROM set_release WHERE set_number = $1 ORDER BY release;

-- name: set_release_load
SELECT set_number, release, made, actor, policy, generation, entry, records, suppressed, left_out, smallest, narrowed, k,
  input_hash, output_hash, content
FROM set_release WHERE set_number = $1 AND release = $2;

-- name: set_release_last
SELECT max(release) FROM set_release WHERE set_number = $1;

-- name: set_delivery_insert
INSERT INTO set_delivery (set_number, release, number, recipient, means, at, actor, generation, entry)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: set_delivery_list
SELECT release, number, recipient, means, at, actor, generation, entry
FROM set_delivery WHERE set_number = $1 ORDER BY release, number;

-- name: set_delivery_of
SELECT release, number, recipient, means, at, actor, generation, entry
FROM set_delivery WHERE set_number = $1 AND release = $2 ORDER BY number;

-- name: notice_shown_forget
DELETE FROM notice_shown WHERE shown_id < $1;
