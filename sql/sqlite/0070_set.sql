-- Pseudonymized sets (docs/formats-vault.md): the runs of each, their rows, and what leads from a person to a row.
CREATE TABLE vault_set_run (
	set_number INTEGER NOT NULL,
	run INTEGER NOT NULL,
	state INTEGER NOT NULL,
	facts BLOB NOT NULL,
	epoch INTEGER,
	run_key BLOB,
	mac BLOB NOT NULL,
	PRIMARY KEY (set_number, run)
) STRICT, WITHOUT ROWID;

-- With a rowid: a row of more than a quarter of a page would overflow in an index.
CREATE TABLE vault_set_row (
	set_number INTEGER NOT NULL,
	run INTEGER NOT NULL,
	place BLOB NOT NULL,
	purposes INTEGER NOT NULL,
	sealed BLOB NOT NULL,
	PRIMARY KEY (set_number, run, place)
) STRICT;

-- The removed information: with its key, and nothing else, a person's rows are found.
CREATE TABLE vault_set_link (
	set_number INTEGER NOT NULL PRIMARY KEY,
	epoch INTEGER NOT NULL,
	link_key BLOB NOT NULL
) STRICT, WITHOUT ROWID;
