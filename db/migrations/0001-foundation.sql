-- Tokens as the hub last got them from Twitch; a refreshed token is stored here before it is used.
CREATE TABLE oauth_tokens (
  login         TEXT PRIMARY KEY,
  access_token  TEXT NOT NULL,
  refresh_token TEXT,
  -- SHA-256 of the configured refresh (or access) token this row grew from: a new one in the configuration wins.
  grown_from    TEXT NOT NULL,
  stored_at     INTEGER NOT NULL
) STRICT;

-- Who is who, as Twitch last told: channels start although Helix is away.
CREATE TABLE users (
  login        TEXT PRIMARY KEY,
  user_id      TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  seen_at      INTEGER NOT NULL
) STRICT;

-- What the house wants from EventSub. What Twitch has is never stored: it is asked.
CREATE TABLE desired_subscriptions (
  channel TEXT NOT NULL,
  topic   TEXT NOT NULL,
  PRIMARY KEY (channel, topic)
) STRICT, WITHOUT ROWID;

-- Facts a module must not forget: "this stream was announced".
CREATE TABLE module_claims (
  channel    TEXT NOT NULL,
  module     TEXT NOT NULL,
  key        TEXT NOT NULL,
  claimed_at INTEGER NOT NULL,
  PRIMARY KEY (channel, module, key)
) STRICT, WITHOUT ROWID;
