-- The vault: keys, persons, records, indexes, tokens, sealed texts.

-- name: vault_instance_insert
INSERT INTO vault_instance (id, instance, root) VALUES (1, $1, $2);

-- name: vault_instance_load
SELECT instance, root FROM vault_instance WHERE id = 1;

-- name: vault_kek_insert
INSERT INTO vault_kek (epoch, created, kek) VALUES ($1, $2, $3);

-- name: vault_kek_list
SELECT epoch, created, kek FROM vault_kek ORDER BY epoch;

-- name: vault_kek_delete
DELETE FROM vault_kek WHERE epoch = $1;

-- name: vault_person_load
SELECT epoch, revision, log_key, state FROM vault_person WHERE subject_id = $1;

-- name: vault_person_insert
INSERT INTO vault_person (subject_id, epoch, revision, log_key, state) VALUES ($1, $2, $3, $4, $5);

-- name: vault_person_update
-- The key columns stay: the housekeeper may have wrapped them anew meanwhile.
UPDATE vault_person SET revision = $2, state = $3 WHERE subject_id = $1 AND revision = $4;

-- name: vault_person_delete
DELETE FROM vault_person WHERE subject_id = $1 AND revision = $2;

-- name: vault_person_after
SELECT subject_id, epoch, log_key FROM vault_person WHERE subject_id > $1 ORDER BY subject_id LIMIT $2;

-- name: vault_person_revisions
SELECT subject_id, revision FROM vault_person WHERE subject_id > $1 ORDER BY subject_id LIMIT $2;

-- name: vault_person_rewrap
UPDATE vault_person SET epoch = $2, log_key = $3 WHERE subject_id = $1;

-- name: vault_record_load
SELECT version, generation, epoch, data_key, items FROM vault_record WHERE subject_id = $1 AND category = $2;

-- name: vault_record_insert
INSERT INTO vault_record (subject_id, category, version, generation, epoch, data_key, items)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: vault_record_update
UPDATE vault_record SET version = $3, items = $4 WHERE subject_id = $1 AND category = $2 AND version = $5;

-- name: vault_record_renew
UPDATE vault_record SET version = $3, items = $4, generation = $6, epoch = $7, data_key = $8
WHERE subject_id = $1 AND category = $2 AND version = $5;

-- name: vault_record_delete
DELETE FROM vault_record WHERE subject_id = $1 AND category = $2 AND version = $3;

-- name: vault_record_keys
SELECT category, generation, epoch, data_key FROM vault_record WHERE subject_id = $1 ORDER BY category;

-- name: vault_record_rewrap
UPDATE vault_record SET epoch = $3, data_key = $4 WHERE subject_id = $1 AND category = $2;

-- name: vault_history_load
SELECT item, version, written, actor, reason, nonce, replaced, sealed FROM vault_history
WHERE subject_id = $1 AND category = $2 ORDER BY item, version;

-- name: vault_history_insert
INSERT INTO vault_history (subject_id, category, item, version, written, actor, reason, nonce, replaced, sealed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: vault_history_delete
DELETE FROM vault_history WHERE subject_id = $1 AND category = $2;

-- name: vault_index_insert
INSERT INTO vault_index (item, hash, subject_id) VALUES ($1, $2, $3)
ON CONFLICT (item, hash, subject_id) DO NOTHING;

-- name: vault_index_delete
DELETE FROM vault_index WHERE item = $1 AND hash = $2 AND subject_id = $3;

-- name: vault_index_find
SELECT subject_id FROM vault_index WHERE item = $1 AND hash = $2 ORDER BY subject_id LIMIT $3;

-- name: vault_index_other
SELECT subject_id FROM vault_index WHERE item = $1 AND hash = $2 AND subject_id <> $3 LIMIT 1;

-- name: vault_objection_insert
INSERT INTO vault_objection (hash) VALUES ($1) ON CONFLICT (hash) DO NOTHING;

-- name: vault_objection_find
SELECT 1 FROM vault_objection WHERE hash = $1;

-- name: vault_outside_load
SELECT epoch, outside_key FROM vault_outside WHERE subject_id = $1 AND category = $2 AND item = $3;

-- name: vault_outside_insert
INSERT INTO vault_outside (subject_id, category, item, epoch, outside_key) VALUES ($1, $2, $3, $4, $5);

-- name: vault_outside_keys
SELECT category, item, epoch, outside_key FROM vault_outside WHERE subject_id = $1 ORDER BY category, item;

-- name: vault_outside_rewrap
UPDATE vault_outside SET epoch = $4, outside_key = $5 WHERE subject_id = $1 AND category = $2 AND item = $3;

-- name: vault_outside_delete_item
DELETE FROM vault_outside WHERE subject_id = $1 AND category = $2 AND item = $3;

-- name: vault_outside_delete_category
DELETE FROM vault_outside WHERE subject_id = $1 AND category = $2;

-- name: vault_outside_delete_person
DELETE FROM vault_outside WHERE subject_id = $1;

-- name: vault_text_insert
INSERT INTO vault_text (subject_id, text_id, sealed) VALUES ($1, $2, $3);

-- name: vault_text_load
SELECT sealed FROM vault_text WHERE subject_id = $1 AND text_id = $2;

-- name: vault_text_delete_person
DELETE FROM vault_text WHERE subject_id = $1;

-- name: vault_token_insert
INSERT INTO vault_token (hash, name, role, person, actor, created, expires, revoked, mac)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: vault_token_revoke
UPDATE vault_token SET revoked = $2 WHERE name = $1 AND revoked IS NULL;

-- name: vault_token_list
SELECT hash, name, role, person, actor, created, expires, revoked, mac FROM vault_token ORDER BY created, name;

-- name: vault_set_runs
SELECT set_number, run, state, facts, epoch, run_key, mac FROM vault_set_run ORDER BY set_number, run;

-- name: vault_set_run_load
SELECT set_number, run, state, facts, epoch, run_key, mac FROM vault_set_run WHERE set_number = $1 AND run = $2;

-- name: vault_set_run_latest
SELECT set_number, run, state, facts, epoch, run_key, mac FROM vault_set_run WHERE set_number = $1
ORDER BY run DESC LIMIT 1;

-- name: vault_set_run_insert
INSERT INTO vault_set_run (set_number, run, state, facts, epoch, run_key, mac) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: vault_set_run_update
-- The key columns stay: the housekeeper may have wrapped them anew meanwhile.
UPDATE vault_set_run SET state = $3, facts = $4, mac = $5 WHERE set_number = $1 AND run = $2;

-- name: vault_set_run_destroy
UPDATE vault_set_run SET state = $3, facts = $4, mac = $5, epoch = NULL, run_key = NULL
WHERE set_number = $1 AND run = $2;

-- name: vault_set_run_rewrap
UPDATE vault_set_run SET epoch = $3, run_key = $4 WHERE set_number = $1 AND run = $2;

-- name: vault_set_row_put
INSERT INTO vault_set_row (set_number, run, place, purposes, sealed) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (set_number, run, place) DO UPDATE SET purposes = excluded.purposes, sealed = excluded.sealed;

-- name: vault_set_row_list
SELECT place, purposes, sealed FROM vault_set_row WHERE set_number = $1 AND run = $2 AND place > $3
ORDER BY place LIMIT $4;

-- name: vault_set_row_load
SELECT purposes, sealed FROM vault_set_row WHERE set_number = $1 AND run = $2 AND place = $3;

-- name: vault_set_row_any
SELECT 1 FROM vault_set_row WHERE set_number = $1 AND run = $2 LIMIT 1;

-- name: vault_set_row_delete
DELETE FROM vault_set_row WHERE set_number = $1 AND run = $2 AND place = $3;

-- name: vault_set_row_clear
-- So many at a time: no answer waits long for it.
DELETE FROM vault_set_row WHERE set_number = $1 AND run = $2 AND place IN
(SELECT place FROM vault_set_row WHERE set_number = $1 AND run = $2 ORDER BY place LIMIT $3);

-- name: vault_set_link_load
SELECT epoch, link_key FROM vault_set_link WHERE set_number = $1;

-- name: vault_set_link_insert
INSERT INTO vault_set_link (set_number, epoch, link_key) VALUES ($1, $2, $3);

-- name: vault_set_link_list
SELECT set_number, epoch, link_key FROM vault_set_link ORDER BY set_number;

-- name: vault_set_link_rewrap
UPDATE vault_set_link SET epoch = $2, link_key = $3 WHERE set_number = $1;

-- name: vault_set_link_delete
DELETE FROM vault_set_link WHERE set_number = $1;
