-- Version 5: calls of tools.  Nothing was kept in the table before.
DROP TABLE call;
CREATE TABLE call (
  run       INTEGER NOT NULL REFERENCES run (id),
  seq       INTEGER NOT NULL,     -- order of the start, from 1; access.call
  image     INTEGER NOT NULL,     -- that asked for it, 0: not known
  phase     INTEGER NOT NULL REFERENCES name (id),  -- the empty name outside any phase
  tool      INTEGER NOT NULL REFERENCES resource (id),
  caller    INTEGER REFERENCES name (id),           -- what the agent calls it; NULL: nothing
  arguments BLOB NOT NULL,        -- JSON as it was sent, secrets masked
  status    INTEGER NOT NULL,     -- word list 'status'
  started   INTEGER NOT NULL,
  ended     INTEGER,              -- NULL: no end was seen
  sent      INTEGER NOT NULL,     -- bytes of the request and of the answer
  received  INTEGER NOT NULL,
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- Tool calls with their words and names, for people with an SQLite client.
CREATE VIEW calls AS
SELECT run.uuid AS run, agent.name AS agent, run.task, call.seq, phase.bytes AS phase,
       tool.bytes AS tool, caller.bytes AS caller, call.arguments, status.text AS status,
       call.started, call.ended, call.sent, call.received
FROM call
JOIN run ON run.id = call.run
JOIN agent ON agent.id = run.agent
JOIN name AS phase ON phase.id = call.phase
JOIN resource ON resource.id = call.tool
JOIN name AS tool ON tool.id = resource.name
LEFT JOIN name AS caller ON caller.id = call.caller
JOIN word AS status ON status.list = 'status' AND status.code = call.status;
