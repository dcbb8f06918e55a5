-- The evidence log (src/evidence/log.h says what each column holds).
-- A place is generation * 2^40 + index: one integer that orders all entries of all generations.

CREATE TABLE log_head (
	generation INTEGER PRIMARY KEY,
	origin TEXT NOT NULL,
	epoch INTEGER NOT NULL,
	size INTEGER NOT NULL,
	frontier BLOB NOT NULL,
	checkpoint BLOB NOT NULL
) STRICT;

CREATE TABLE log_batch (
	place INTEGER PRIMARY KEY,
	count INTEGER NOT NULL,
	entries BLOB NOT NULL,
	refs BLOB NOT NULL,
	checkpoint BLOB NOT NULL
) STRICT;

-- The places of a person's entries, up to some tens in a row: the first, then differences.
CREATE TABLE log_subject (
	subject_id BLOB NOT NULL,
	place INTEGER NOT NULL,
	more BLOB NOT NULL,
	PRIMARY KEY (subject_id, place)
) STRICT, WITHOUT ROWID;

-- How many erased persons an entry was about; who they were is gone.
CREATE TABLE log_erased (
	place INTEGER PRIMARY KEY,
	count INTEGER NOT NULL
) STRICT;

-- How far log_subject is complete.
CREATE TABLE log_indexed (
	generation INTEGER PRIMARY KEY,
	size INTEGER NOT NULL
) STRICT;
