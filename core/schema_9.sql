-- Version 9: what a run was made with, so that another behaviour can be put down to it.

CREATE TABLE fingerprint (
  run   INTEGER NOT NULL REFERENCES run (id),
  kind  INTEGER NOT NULL,         -- word list 'fingerprint'
  value INTEGER NOT NULL REFERENCES name (id),
  PRIMARY KEY (run, kind)
) STRICT, WITHOUT ROWID;

-- With their words, for people with an SQLite client.
CREATE VIEW fingerprints AS
SELECT run.uuid AS run, kind.text AS kind, CAST(name.bytes AS TEXT) AS value
FROM fingerprint
JOIN run ON run.id = fingerprint.run
JOIN name ON name.id = fingerprint.value
JOIN word AS kind ON kind.list = 'fingerprint' AND kind.code = fingerprint.kind;
