-- What the hub must know again after a restart, by name: which conduit at Twitch is this installation's, and which
-- EventSub sessions were. Never a token.
CREATE TABLE hub_state (
  key        TEXT PRIMARY KEY,
  value      TEXT NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
