-- Events the hub has and a worker has not yet dealt with: what a hub's death would lose. Written and read by the hub
-- only; empty while workers keep up.
CREATE TABLE event_journal (
  -- Rises: per channel this is the order of the events.
  position    INTEGER PRIMARY KEY,
  channel     TEXT NOT NULL,
  -- Wall time in ms.
  received_at INTEGER NOT NULL,
  -- The event as it was sent to the worker, JSON.
  event       TEXT NOT NULL
) STRICT;

-- How many of a channel's events are lost, of which its worker has not heard yet.
CREATE TABLE event_losses (
  channel TEXT PRIMARY KEY,
  lost    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
