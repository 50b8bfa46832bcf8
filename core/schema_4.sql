-- Version 4: what a run took of the machine at most.

CREATE TABLE usage (
  run    INTEGER PRIMARY KEY REFERENCES run (id),
  tasks  INTEGER NOT NULL,        -- processes and threads at once
  memory INTEGER NOT NULL,        -- bytes that one process had in memory
  file   INTEGER NOT NULL         -- bytes of the largest file that it wrote, as it was at the end
) STRICT;
