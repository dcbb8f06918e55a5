-- Notices that were shown, until an acquisition names them.  Nothing of a person is here.
CREATE TABLE notice_shown (
  shown_id BLOB PRIMARY KEY,
  actor INTEGER NOT NULL,
  notice TEXT NOT NULL,
  version INTEGER NOT NULL,
  language TEXT NOT NULL,
  at INTEGER NOT NULL
) WITHOUT ROWID;
