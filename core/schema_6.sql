-- Version 6: what enforcers grant.  Nothing was kept in the table before.
DROP TABLE grant_;

-- All that one source granted an agent from a time on, until the next of the same source.
CREATE TABLE grants (
  id       INTEGER PRIMARY KEY,
  agent    INTEGER NOT NULL REFERENCES agent (id),
  format   TEXT NOT NULL,         -- what it was read from: claude, apparmor, ... (pare import)
  source   BLOB NOT NULL,         -- the file's resolved name
  grantor  TEXT NOT NULL,         -- who imported it
  granted  INTEGER NOT NULL,
  imported INTEGER NOT NULL,
  governs  INTEGER NOT NULL,      -- bits, 1 << resource: what the enforcer has a say in
  digest   TEXT NOT NULL,         -- of both documents
  allowed  BLOB NOT NULL,         -- documents (core/policy.rng)
  denied   BLOB NOT NULL
) STRICT;
CREATE INDEX grants_by_agent ON grants (agent, granted);

-- The same, a row for each permission.  `grant` is a word of SQL.
CREATE TABLE grant_ (
  grants   INTEGER NOT NULL REFERENCES grants (id),
  seq      INTEGER NOT NULL,
  denied   INTEGER NOT NULL,      -- 1: taken away from the others
  rule     TEXT NOT NULL,         -- its id in the document
  kind     INTEGER NOT NULL,      -- word list 'resource'
  action   INTEGER NOT NULL,
  pattern  TEXT NOT NULL,
  expires  INTEGER,               -- NULL: never
  PRIMARY KEY (grants, seq)
) STRICT, WITHOUT ROWID;

-- What could not be read, or means something else there.
CREATE TABLE grant_note (
  grants INTEGER NOT NULL REFERENCES grants (id),
  seq    INTEGER NOT NULL,
  kind   TEXT NOT NULL,           -- unread, wider, narrower
  line   INTEGER NOT NULL,        -- 0: not known
  text   BLOB NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (grants, seq)
) STRICT, WITHOUT ROWID;

-- Permissions with their words, for people with an SQLite client.
CREATE VIEW granted AS
SELECT agent.name AS agent, grants.format, grants.source, grants.grantor, grants.granted,
       grant_.denied, grant_.rule, kind.text AS resource, action.text AS action, grant_.pattern,
       grant_.expires
FROM grant_
JOIN grants ON grants.id = grant_.grants
JOIN agent ON agent.id = grants.agent
JOIN word AS kind ON kind.list = 'resource' AND kind.code = grant_.kind
JOIN word AS action ON action.list = 'action' AND action.code = grant_.action;
