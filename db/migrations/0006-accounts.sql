-- Tokens are encrypted from here on. Those stored in the clear before are sealed, and removed here, by the first
-- process that opens the accounts with the key ring.
ALTER TABLE oauth_tokens RENAME TO unsealed_tokens;

-- Who the house may speak as, or may hear for: one row for each account and use. By login, because a token from the
-- configuration is stored before Twitch has told whose it is.
CREATE TABLE oauth_tokens (
  login           TEXT NOT NULL,
  token_type      TEXT NOT NULL CHECK (token_type IN ('bot', 'broadcaster')),
  -- Twitch's id; NULL until a validation has told it. It outlives a rename, the login does not.
  user_id         TEXT,
  -- Fernet; what is sealed names the row, so that no row's secret opens in another.
  access_token    TEXT NOT NULL,
  refresh_token   TEXT,
  -- Fingerprint of the key that sealed both.
  key_fingerprint TEXT NOT NULL,
  -- JSON list.
  scopes          TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(scopes)),
  -- Unix seconds; NULL: unknown, or it never expires.
  expires_at      INTEGER,
  status          TEXT NOT NULL DEFAULT 'valid' CHECK (status IN ('valid', 'needs-reauth', 'revoked')),
  last_refresh_at INTEGER,
  -- In a row; 0 after each success.
  failures        INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
  last_failure    TEXT,
  last_failure_at INTEGER,
  -- SHA-256 of the configured refresh (or access) token this row grew from: a new one in the configuration wins.
  -- NULL: it came by a login or an import.
  grown_from      TEXT,
  stored_at       INTEGER NOT NULL,
  PRIMARY KEY (login, token_type)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX oauth_tokens_by_user ON oauth_tokens (user_id, token_type) WHERE user_id IS NOT NULL;

ALTER TABLE users ADD COLUMN is_bot INTEGER NOT NULL DEFAULT 0 CHECK (is_bot IN (0, 1));

-- Whose chat is translated without being asked.
CREATE TABLE dev_whitelist (
  login      TEXT PRIMARY KEY,
  is_enabled INTEGER NOT NULL DEFAULT 1 CHECK (is_enabled IN (0, 1)),
  added_by   TEXT NOT NULL,
  added_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE custom_commands (
  channel          TEXT NOT NULL,
  name             TEXT NOT NULL,
  template         TEXT NOT NULL,
  -- JSON object: what the command's options say (model, persona, outputs, level, aliases).
  options          TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(options)),
  points_cost      INTEGER NOT NULL DEFAULT 0 CHECK (points_cost >= 0),
  cooldown_seconds INTEGER NOT NULL DEFAULT 0 CHECK (cooldown_seconds >= 0),
  uses             INTEGER NOT NULL DEFAULT 0 CHECK (uses >= 0),
  changed_by       TEXT NOT NULL,
  changed_at       INTEGER NOT NULL,
  PRIMARY KEY (channel, name)
) STRICT, WITHOUT ROWID;

-- How the bot talks in a channel.
CREATE TABLE personality (
  channel         TEXT PRIMARY KEY,
  preset          TEXT NOT NULL,
  is_nsfw_allowed INTEGER NOT NULL DEFAULT 0 CHECK (is_nsfw_allowed IN (0, 1)),
  -- JSON object: what differs from the preset.
  rules           TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(rules)),
  changed_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE banwords (
  channel  TEXT NOT NULL,
  word     TEXT NOT NULL,
  added_by TEXT NOT NULL,
  added_at INTEGER NOT NULL,
  PRIMARY KEY (channel, word)
) STRICT, WITHOUT ROWID;

-- What somebody has in a channel: always the sum of their entries below, written in the same transaction.
CREATE TABLE points_balances (
  channel_id TEXT NOT NULL,
  user_id    TEXT NOT NULL,
  balance    INTEGER NOT NULL CHECK (balance >= 0),
  PRIMARY KEY (channel_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX points_ranking ON points_balances (channel_id, balance DESC);

-- Why they have it. Entries are added and never changed.
CREATE TABLE points_ledger (
  entry      INTEGER PRIMARY KEY,
  channel_id TEXT NOT NULL,
  user_id    TEXT NOT NULL,
  change     INTEGER NOT NULL CHECK (change <> 0),
  reason     TEXT NOT NULL,
  -- The same key is booked once, however often it is said.
  once_key   TEXT,
  booked_at  INTEGER NOT NULL,
  FOREIGN KEY (channel_id, user_id) REFERENCES points_balances (channel_id, user_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX points_ledger_of ON points_ledger (channel_id, user_id);
CREATE UNIQUE INDEX points_ledger_once ON points_ledger (channel_id, once_key) WHERE once_key IS NOT NULL;

-- How a reply to a viewer ended, once it has ended.
CREATE TABLE receipts (
  receipt_id TEXT PRIMARY KEY,
  channel    TEXT NOT NULL,
  output     TEXT NOT NULL,
  ended_as   TEXT NOT NULL CHECK (ended_as IN ('accepted', 'dropped', 'expired')),
  reason     TEXT,
  ended_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX receipts_of ON receipts (channel, ended_at);
