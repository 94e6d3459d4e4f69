-- What the hub last knew of each channel at Twitch: after an outage, or a restart, the difference to what Twitch says
-- then is what was missed. Written by the hub only.
CREATE TABLE channel_states (
  channel_id      TEXT PRIMARY KEY,
  -- 0: Twitch was never asked, and "offline" is no knowledge.
  is_stream_known INTEGER NOT NULL CHECK (is_stream_known IN (0, 1)),
  -- The stream that runs; NULL while the channel is offline.
  stream_id       TEXT,
  -- ISO 8601, of the newest stream that is known: Twitch's list is some minutes late and may show an older one.
  newest_start_at TEXT,
  title           TEXT,
  language        TEXT,
  category_id     TEXT,
  category_name   TEXT,
  -- ISO 8601; of the newest follower that is known.
  last_follow_at  TEXT,
  changed_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
