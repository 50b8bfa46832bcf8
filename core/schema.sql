-- The evidence store, version 1; a later version is a row of core/store_migrate.c.
-- Times are nanoseconds since the Unix epoch (UTC).
-- Names are BLOBs: a file name is bytes, not text.  Codes are those of core/vocab.def, kept
-- beside the data in `word`, so that a database explains itself to any SQLite client.

PRAGMA application_id = 0x70617265;  -- "pare"

CREATE TABLE word (
  list TEXT NOT NULL,             -- resource, action, outcome, via, gap, ...
  code INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (list, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE agent (
  id      INTEGER PRIMARY KEY,
  name    TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL
) STRICT;

CREATE TABLE name (
  id    INTEGER PRIMARY KEY,
  bytes BLOB NOT NULL UNIQUE
) STRICT;

CREATE TABLE resource (
  id   INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,          -- word list 'resource'
  name INTEGER NOT NULL REFERENCES name (id),
  UNIQUE (kind, name)
) STRICT;

CREATE TABLE run (
  id        INTEGER PRIMARY KEY,
  uuid      TEXT NOT NULL UNIQUE, -- 32 hexadecimal digits, random
  agent     INTEGER NOT NULL REFERENCES agent (id),
  task      TEXT NOT NULL,
  host      TEXT NOT NULL,
  uid       INTEGER NOT NULL,
  command   BLOB NOT NULL,        -- argv, each argument ended by a NUL
  cwd       BLOB NOT NULL,
  workspace BLOB NOT NULL,        -- what $WS stood for, and so on
  home      BLOB NOT NULL,
  tmp       BLOB NOT NULL,
  kernel    TEXT NOT NULL,        -- uname -sr
  version   TEXT NOT NULL,        -- of pare
  assurance TEXT NOT NULL,        -- 'strict' or 'fast'
  clock     TEXT NOT NULL,        -- 'system', or 'fixed' when --at set it
  recorder  TEXT NOT NULL,        -- boot id, pid and start time: is it still running?
  started   INTEGER NOT NULL,
  ended     INTEGER,              -- NULL until the run was sealed
  status    INTEGER,              -- exit status of the agent, 128 + signal
  stops     INTEGER NOT NULL DEFAULT 0,  -- ptrace stops it took
  calls     INTEGER NOT NULL DEFAULT 0   -- system calls that were looked at
) STRICT;
CREATE INDEX run_by_agent ON run (agent, started);

-- One program image: what a process runs between two execs.  seq counts within the run, from 1.
CREATE TABLE image (
  run     INTEGER NOT NULL REFERENCES run (id),
  seq     INTEGER NOT NULL,
  parent  INTEGER NOT NULL,       -- image that executed it, 0 for the first
  pid     INTEGER NOT NULL,
  program INTEGER NOT NULL REFERENCES name (id),
  argv    INTEGER NOT NULL REFERENCES name (id),  -- each argument ended by a NUL
  cwd     INTEGER NOT NULL REFERENCES name (id),
  started INTEGER NOT NULL,
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- Evidence: one row for each distinct access of an image.
CREATE TABLE access (
  run         INTEGER NOT NULL REFERENCES run (id),
  seq         INTEGER NOT NULL,   -- order of the first use, from 1
  image       INTEGER NOT NULL,
  phase       INTEGER NOT NULL REFERENCES name (id),  -- the empty name outside any phase
  call        INTEGER NOT NULL DEFAULT 0,             -- tool call, 0 outside any
  action      INTEGER NOT NULL,
  resource    INTEGER NOT NULL REFERENCES resource (id),
  requested   INTEGER REFERENCES name (id),  -- as the program said it; NULL: the resource's name
  peer        INTEGER REFERENCES name (id),  -- other end of a connection, fingerprint of a secret
  outcome     INTEGER NOT NULL,
  errno       INTEGER NOT NULL,
  count       INTEGER NOT NULL,
  bytes       INTEGER NOT NULL,
  first       INTEGER NOT NULL,
  last        INTEGER NOT NULL,
  peak_second INTEGER NOT NULL,   -- most in one second, minute, hour of the clock
  peak_minute INTEGER NOT NULL,
  peak_hour   INTEGER NOT NULL,
  own         INTEGER NOT NULL,   -- 1: the object was created in this run
  via         INTEGER NOT NULL,
  dev         INTEGER NOT NULL,   -- st_dev and st_ino of the object last seen, 0: not known
  ino         INTEGER NOT NULL,
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX access_by_resource ON access (resource);

-- A call of a tool (MCP), inside which accesses happened.
CREATE TABLE call (
  run       INTEGER NOT NULL REFERENCES run (id),
  seq       INTEGER NOT NULL,
  tool      INTEGER NOT NULL REFERENCES resource (id),
  arguments TEXT NOT NULL,
  status    TEXT NOT NULL,
  started   INTEGER NOT NULL,
  ended     INTEGER,
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- What we know that we could not see.
CREATE TABLE gap (
  run    INTEGER NOT NULL REFERENCES run (id),
  seq    INTEGER NOT NULL,
  kind   INTEGER NOT NULL,
  image  INTEGER NOT NULL,
  detail INTEGER NOT NULL REFERENCES name (id),
  count  INTEGER NOT NULL,
  first  INTEGER NOT NULL,
  last   INTEGER NOT NULL,
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- The chain: digest covers the run's canonical rows (core/store_seal.c) and the previous seal.
-- AUTOINCREMENT remembers how many there were, so that one cut from the end is missed.
CREATE TABLE seal (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  run      INTEGER NOT NULL UNIQUE REFERENCES run (id),
  previous TEXT NOT NULL,         -- digest of the seal before it, '' for the first
  digest   TEXT NOT NULL,
  sealed   INTEGER NOT NULL
) STRICT;

CREATE TABLE policy (
  id       INTEGER PRIMARY KEY,
  agent    INTEGER NOT NULL REFERENCES agent (id),
  created  INTEGER NOT NULL,
  digest   TEXT NOT NULL UNIQUE,
  parent   TEXT NOT NULL,         -- digest of the version before, '' for the first
  document BLOB NOT NULL
) STRICT;

CREATE TABLE decision (
  id       INTEGER PRIMARY KEY,
  policy   INTEGER NOT NULL REFERENCES policy (id),
  rule     TEXT NOT NULL,
  verdict  TEXT NOT NULL,         -- approved, rejected, pinned
  reviewer TEXT NOT NULL,
  reason   TEXT NOT NULL,
  decided  INTEGER NOT NULL,
  until    INTEGER
) STRICT;

-- `grant` is a word of SQL.
CREATE TABLE grant_ (
  id       INTEGER PRIMARY KEY,
  agent    INTEGER NOT NULL REFERENCES agent (id),
  action   INTEGER NOT NULL,
  kind     INTEGER NOT NULL,
  pattern  TEXT NOT NULL,
  source   TEXT NOT NULL,
  granted  INTEGER NOT NULL,
  expires  INTEGER
) STRICT;

-- Evidence with its words and names, for people with an SQLite client.
CREATE VIEW evidence AS
SELECT run.uuid AS run, agent.name AS agent, run.task, image.pid, program.bytes AS program,
       kind.text AS resource, action.text AS action, object.bytes AS name,
       coalesce(requested.bytes, object.bytes) AS requested, outcome.text AS outcome,
       access.errno, access.count, access.first, access.last, access.own
FROM access
JOIN run ON run.id = access.run
JOIN agent ON agent.id = run.agent
JOIN image ON image.run = access.run AND image.seq = access.image
JOIN name AS program ON program.id = image.program
JOIN resource ON resource.id = access.resource
JOIN name AS object ON object.id = resource.name
LEFT JOIN name AS requested ON requested.id = access.requested
JOIN word AS kind ON kind.list = 'resource' AND kind.code = resource.kind
JOIN word AS action ON action.list = 'action' AND action.code = access.action
JOIN word AS outcome ON outcome.list = 'outcome' AND outcome.code = access.outcome;
