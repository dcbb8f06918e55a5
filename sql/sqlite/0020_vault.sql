-- The vault (docs/formats-vault.md says what each column holds, byte for byte).

CREATE TABLE vault_instance (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	instance BLOB NOT NULL,
	root BLOB NOT NULL
) STRICT;

-- Left out of data backups: what they hold cannot be opened without it.
CREATE TABLE vault_kek (
	epoch INTEGER PRIMARY KEY,
	created INTEGER NOT NULL,
	kek BLOB NOT NULL
) STRICT;

CREATE TABLE vault_person (
	subject_id BLOB NOT NULL PRIMARY KEY,
	epoch INTEGER NOT NULL,
	revision INTEGER NOT NULL,
	log_key BLOB NOT NULL,
	state BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- With a rowid: a row of more than a quarter of a page would overflow in an index.
CREATE TABLE vault_record (
	subject_id BLOB NOT NULL,
	category INTEGER NOT NULL,
	version INTEGER NOT NULL,
	generation INTEGER NOT NULL,
	epoch INTEGER NOT NULL,
	data_key BLOB NOT NULL,
	items BLOB NOT NULL,
	PRIMARY KEY (subject_id, category)
) STRICT;

CREATE TABLE vault_history (
	subject_id BLOB NOT NULL,
	category INTEGER NOT NULL,
	item INTEGER NOT NULL,
	version INTEGER NOT NULL,
	written INTEGER NOT NULL,
	actor INTEGER NOT NULL,
	reason BLOB,
	nonce BLOB NOT NULL,
	replaced INTEGER NOT NULL,
	sealed BLOB NOT NULL,
	PRIMARY KEY (subject_id, category, item, version)
) STRICT;

CREATE TABLE vault_index (
	item INTEGER NOT NULL,
	hash BLOB NOT NULL,
	subject_id BLOB NOT NULL,
	PRIMARY KEY (item, hash, subject_id)
) STRICT, WITHOUT ROWID;

-- What an erasure on request left of contact values, so that the objection stands.
CREATE TABLE vault_objection (
	hash BLOB NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE vault_outside (
	subject_id BLOB NOT NULL,
	category INTEGER NOT NULL,
	item INTEGER NOT NULL,
	epoch INTEGER NOT NULL,
	outside_key BLOB NOT NULL,
	PRIMARY KEY (subject_id, category, item)
) STRICT, WITHOUT ROWID;

CREATE TABLE vault_text (
	subject_id BLOB NOT NULL,
	text_id BLOB NOT NULL,
	sealed BLOB NOT NULL,
	PRIMARY KEY (subject_id, text_id)
) STRICT;

CREATE TABLE vault_token (
	hash BLOB NOT NULL PRIMARY KEY,
	name TEXT NOT NULL,
	role INTEGER NOT NULL,
	person BLOB,
	actor INTEGER NOT NULL,
	created INTEGER NOT NULL,
	expires INTEGER,
	revoked INTEGER,
	mac BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX vault_token_standing ON vault_token (name) WHERE revoked IS NULL;
