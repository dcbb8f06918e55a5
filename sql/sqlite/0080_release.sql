-- Releases of anonymized sets: what each published, so that the next can be measured against it, and to whom it went.  Nothing of a person is here.
CREATE TABLE set_release (
  set_number INTEGER NOT NULL,
  release INTEGER NOT NULL,
  made INTEGER NOT NULL,
  actor INTEGER NOT NULL,
  policy INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  entry INTEGER NOT NULL,
  records INTEGER NOT NULL,
  suppressed INTEGER NOT NULL,
  left_out INTEGER NOT NULL,
  smallest INTEGER NOT NULL,
  narrowed INTEGER NOT NULL,
  k INTEGER NOT NULL,
  input_hash BLOB NOT NULL,
  output_hash BLOB NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (set_number, release)
) WITHOUT ROWID;

CREATE TABLE set_delivery (
  set_number INTEGER NOT NULL,
  release INTEGER NOT NULL,
  number INTEGER NOT NULL,
  recipient TEXT NOT NULL,
  means TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  entry INTEGER NOT NULL,
  PRIMARY KEY (set_number, release, number)
) WITHOUT ROWID;
