-- Version 7: who proposed a policy, and what people decided of it.  Nothing was kept in the table before.
ALTER TABLE policy ADD COLUMN author TEXT NOT NULL DEFAULT '';  -- login name

DROP TABLE decision;
CREATE TABLE decision (
  id        INTEGER PRIMARY KEY,
  policy    INTEGER NOT NULL REFERENCES policy (id),
  rule      TEXT NOT NULL,        -- its id; '': the policy as a whole
  verdict   INTEGER NOT NULL,     -- word list 'ruling'
  reviewer  TEXT NOT NULL,        -- as they call themselves
  login     TEXT NOT NULL,        -- as the system calls them
  reason    TEXT NOT NULL,
  decided   INTEGER NOT NULL,
  effective INTEGER,              -- of a whole policy: when it comes into force
  until     INTEGER               -- of a pin
) STRICT;
CREATE INDEX decision_by_policy ON decision (policy);

-- Decisions with their words, for people with an SQLite client.
CREATE VIEW decisions AS
SELECT agent.name AS agent, policy.digest, decision.rule, verdict.text AS verdict, decision.reviewer,
       decision.login, decision.reason, decision.decided, decision.effective, decision.until
FROM decision
JOIN policy ON policy.id = decision.policy
JOIN agent ON agent.id = policy.agent
JOIN word AS verdict ON verdict.list = 'ruling' AND verdict.code = decision.verdict;
