-- Version 3: connections, with who named the host and how much went each way.

-- One row for each distinct connection of an image, however many sockets made it.
CREATE TABLE connection (
  run      INTEGER NOT NULL REFERENCES run (id),
  seq      INTEGER NOT NULL,      -- order of the first, from 1
  image    INTEGER NOT NULL,
  protocol INTEGER NOT NULL,      -- word list 'protocol'
  name     INTEGER NOT NULL REFERENCES name (id),  -- as in `access`: tcp/example.com:443
  source   INTEGER NOT NULL,      -- word list 'source': who says so
  question INTEGER REFERENCES name (id),           -- asked of DNS, it led to the peer; NULL: none
  peer     INTEGER NOT NULL REFERENCES name (id),  -- the socket's other end: tcp/192.0.2.1:443
  relay    INTEGER REFERENCES name (id),           -- the peer, where the name is behind it
  count    INTEGER NOT NULL,
  measured INTEGER NOT NULL,      -- of them, those whose bytes are known
  sent     INTEGER,               -- bytes of payload of those; NULL where there are none
  received INTEGER,
  first    INTEGER NOT NULL,
  last     INTEGER NOT NULL,
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- Connections with their words and names, for people with an SQLite client.
CREATE VIEW connections AS
SELECT run.uuid AS run, agent.name AS agent, run.task, image.pid, program.bytes AS program,
       protocol.text AS protocol, name.bytes AS name, source.text AS source,
       question.bytes AS question, peer.bytes AS peer, relay.bytes AS relay,
       connection.count, connection.measured, connection.sent, connection.received,
       connection.first, connection.last
FROM connection
JOIN run ON run.id = connection.run
JOIN agent ON agent.id = run.agent
JOIN image ON image.run = connection.run AND image.seq = connection.image
JOIN name AS program ON program.id = image.program
JOIN name ON name.id = connection.name
JOIN name AS peer ON peer.id = connection.peer
LEFT JOIN name AS question ON question.id = connection.question
LEFT JOIN name AS relay ON relay.id = connection.relay
JOIN word AS protocol ON protocol.list = 'protocol' AND protocol.code = connection.protocol
JOIN word AS source ON source.list = 'source' AND source.code = connection.source;
