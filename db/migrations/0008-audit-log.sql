-- What was done to the house and what befell it, for whoever asks later. Each process writes its own rows; the supervisor
-- deletes those that are older than the configuration says.
CREATE TABLE audit_log (
  position INTEGER PRIMARY KEY,
  -- Wall time in ms.
  at       INTEGER NOT NULL,
  -- A name from shared/audit-events.ts, of this version or of another one.
  event    TEXT NOT NULL,
  -- NULL: it is about the house.
  channel  TEXT,
  -- Which process wrote it.
  source   TEXT NOT NULL,
  -- Who had it done, where that is known: a login from chat, a user of the machine.
  person   TEXT,
  -- JSON, never a secret.
  details  TEXT NOT NULL
) STRICT;

CREATE INDEX audit_log_at ON audit_log (at);
CREATE INDEX audit_log_channel ON audit_log (channel, at) WHERE channel IS NOT NULL;
