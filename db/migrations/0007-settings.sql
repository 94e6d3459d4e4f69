-- What a channel has of its own above its configuration. Every change is a row, and the newest row of a key holds;
-- nothing is changed afterwards. Written by the channel's worker and by the command line.
CREATE TABLE settings_revisions (
  -- Rises over all channels.
  revision   INTEGER PRIMARY KEY AUTOINCREMENT,
  channel    TEXT NOT NULL,
  -- "prefix", "modules.announcements.stream_online.message".
  key        TEXT NOT NULL,
  -- JSON; NULL: nothing of its own, what is configured holds.
  before     TEXT CHECK (json_valid(before)),
  after      TEXT CHECK (json_valid(after)),
  -- A login in chat, a user of the machine.
  person     TEXT NOT NULL,
  via        TEXT NOT NULL CHECK (via IN ('chat', 'cli', 'web')),
  -- The revision that this one takes back.
  undoes     INTEGER,
  -- Wall time in ms.
  changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX settings_revisions_by_key ON settings_revisions (channel, key, revision);
