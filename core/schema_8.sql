-- Version 8: single events, where `pare record --events` kept them.

-- In the order they were seen; what `data` holds says core/store_event.h.
CREATE TABLE event (
  run  INTEGER NOT NULL REFERENCES run (id),
  part INTEGER NOT NULL,          -- from 1
  data BLOB NOT NULL,
  PRIMARY KEY (run, part)
) STRICT;
