-- What the crowd knows of what a query means. Written by the hub only: one row may be asked for in many channels at once.
CREATE TABLE crowd_states (
  id         INTEGER PRIMARY KEY,
  -- A channel's id, or '*' where all channels share what they know.
  scope      TEXT NOT NULL,
  domain     TEXT NOT NULL CHECK (domain IN ('game', 'music')),
  key        TEXT NOT NULL,
  identity   TEXT NOT NULL,
  -- JSON, see shared/crowd/candidate.ts.
  candidate  TEXT NOT NULL,
  confidence REAL NOT NULL CHECK (confidence BETWEEN 0 AND 1),
  -- Who asked first: a Twitch user id.
  created_by TEXT NOT NULL,
  -- Wall time in ms.
  created_at INTEGER NOT NULL,
  -- When a search has found it last.
  seen_at    INTEGER NOT NULL,
  UNIQUE (scope, domain, key, identity)
) STRICT;

-- A moderator counts once for a state.
CREATE TABLE crowd_confirmations (
  state_id INTEGER NOT NULL REFERENCES crowd_states (id) ON DELETE CASCADE,
  user_id  TEXT NOT NULL,
  at       INTEGER NOT NULL,
  PRIMARY KEY (state_id, user_id)
) STRICT, WITHOUT ROWID;

-- What a query means from now on. Its end is an undo, nothing else.
CREATE TABLE crowd_collapses (
  scope             TEXT NOT NULL,
  domain            TEXT NOT NULL,
  key               TEXT NOT NULL,
  state_id          INTEGER NOT NULL REFERENCES crowd_states (id),
  at                INTEGER NOT NULL,
  PRIMARY KEY (scope, domain, key)
) STRICT, WITHOUT ROWID;

-- What people's confirmations added to confidences, so that an undo takes back that much and no more: `cause_id` is
-- the state that was confirmed, `state_id` the one that was lifted by it, which may be itself.
CREATE TABLE crowd_lifts (
  cause_id INTEGER NOT NULL REFERENCES crowd_states (id) ON DELETE CASCADE,
  state_id INTEGER NOT NULL REFERENCES crowd_states (id) ON DELETE CASCADE,
  lifted   REAL NOT NULL,
  PRIMARY KEY (cause_id, state_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX crowd_states_by_age ON crowd_states (seen_at);
CREATE INDEX crowd_lifts_by_state ON crowd_lifts (state_id);
CREATE INDEX crowd_collapses_by_state ON crowd_collapses (state_id);

-- Services of the house that an operator wants to run beside hub and workers. Written by the supervisor (or by the cli
-- while no supervisor runs).
CREATE TABLE house_services (
  name       TEXT PRIMARY KEY,
  is_wanted  INTEGER NOT NULL CHECK (is_wanted IN (0, 1)),
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
