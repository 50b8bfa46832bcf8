-- Version 10: what servers say of their tools, so that a tool that becomes another one is seen.

CREATE TABLE tool (
  run         INTEGER NOT NULL REFERENCES run (id),
  seq         INTEGER NOT NULL,   -- in the order they were seen, from 1
  tool        INTEGER NOT NULL REFERENCES resource (id),
  change      INTEGER NOT NULL,   -- word list 'listing'
  digest      TEXT NOT NULL,      -- SHA-256 of the definition as canonical JSON; '': it is gone
  annotations BLOB NOT NULL,      -- JSON; empty: none
  definition  BLOB NOT NULL,      -- JSON, secrets masked
  differs     BLOB NOT NULL,      -- JSON pointers (RFC 6901) of what is other, a line each
  seen        INTEGER NOT NULL,
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- With their words and names, for people with an SQLite client.
CREATE VIEW tools AS
SELECT run.uuid AS run, tool.seq, CAST(name.bytes AS TEXT) AS tool, listing.text AS change, tool.digest,
       CAST(tool.annotations AS TEXT) AS annotations, CAST(tool.definition AS TEXT) AS definition,
       CAST(tool.differs AS TEXT) AS differs, tool.seen
FROM tool
JOIN run ON run.id = tool.run
JOIN resource ON resource.id = tool.tool
JOIN name ON name.id = resource.name
JOIN word AS listing ON listing.list = 'listing' AND listing.code = tool.change;

-- Calls with what the tool was when it was called.
DROP VIEW calls;
CREATE VIEW calls AS
SELECT run.uuid AS run, agent.name AS agent, run.task, call.seq, phase.bytes AS phase,
       tool.bytes AS tool, caller.bytes AS caller, call.arguments, status.text AS status,
       call.started, call.ended, call.sent, call.received, was.digest, was.annotations
FROM call
JOIN run ON run.id = call.run
JOIN agent ON agent.id = run.agent
JOIN name AS phase ON phase.id = call.phase
JOIN resource ON resource.id = call.tool
JOIN name AS tool ON tool.id = resource.name
LEFT JOIN name AS caller ON caller.id = call.caller
LEFT JOIN tool AS was ON was.run = call.run AND was.seq =
  (SELECT max(seq) FROM tool WHERE tool.run = call.run AND tool.tool = call.tool
   AND tool.seen <= call.started)
JOIN word AS status ON status.list = 'status' AND status.code = call.status;
