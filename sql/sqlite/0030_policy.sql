-- Published versions of the policy, whole, and the numbers of the names in them.

-- files: all files of the version in the framing of src/policy/source.h; hash is the SHA-256 of it.
CREATE TABLE policy_version (
	version INTEGER PRIMARY KEY,
	effective TEXT NOT NULL,
	published INTEGER NOT NULL,
	in_force INTEGER NOT NULL,
	hash BLOB NOT NULL,
	files BLOB NOT NULL
) STRICT;

-- A number is never given twice. A name may come again for another thing: the row of the latest version counts.
CREATE TABLE registry_name (
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	since INTEGER NOT NULL,
	number INTEGER NOT NULL,
	PRIMARY KEY (kind, name, since)
) STRICT, WITHOUT ROWID;
