-- What access/ keeps beside the vault: requests of persons, approvals, keys of repeated calls, imports under way.
CREATE TABLE person_request (
  request_id BLOB PRIMARY KEY,
  subject_id BLOB NOT NULL,
  kind INTEGER NOT NULL,
  state INTEGER NOT NULL,
  asked_by TEXT NOT NULL,
  channel TEXT NOT NULL,
  received INTEGER NOT NULL,
  document TEXT,
  identified INTEGER,
  closed INTEGER
) WITHOUT ROWID;

CREATE TABLE approval (
  approval_id BLOB PRIMARY KEY,
  actor INTEGER NOT NULL,
  action INTEGER NOT NULL,
  purpose TEXT NOT NULL,
  category INTEGER NOT NULL,
  items BLOB NOT NULL,
  subject_id BLOB NOT NULL,
  state INTEGER NOT NULL,
  approver INTEGER NOT NULL,
  asked INTEGER NOT NULL,
  decided INTEGER,
  until INTEGER
) WITHOUT ROWID;

CREATE INDEX approval_by_actor ON approval (actor, action, subject_id);

CREATE TABLE idempotency (
  actor INTEGER NOT NULL,
  key_hash BLOB NOT NULL,
  body_hash BLOB NOT NULL,
  status INTEGER NOT NULL,
  answer TEXT NOT NULL,
  made INTEGER NOT NULL,
  PRIMARY KEY (actor, key_hash)
) WITHOUT ROWID;

CREATE TABLE import_progress (
  import_id BLOB PRIMARY KEY,
  next_row INTEGER NOT NULL,
  at INTEGER NOT NULL
) WITHOUT ROWID;
