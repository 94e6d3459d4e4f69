-- What the sources of games answered. Written by the hub alone; workers read. An ordinary rowid table with a text
-- key: rows of a kilobyte make a clustered tree slow to walk.
CREATE TABLE game_cache (
  key TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  facts TEXT NOT NULL,
  shape INTEGER NOT NULL,
  reliability REAL NOT NULL,
  igdb_id INTEGER,
  fetched_at INTEGER NOT NULL,
  fresh_until INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  hits INTEGER NOT NULL DEFAULT 0,
  last_hit_at INTEGER
) STRICT;
CREATE INDEX game_cache_hits ON game_cache (hits DESC);
CREATE INDEX game_cache_expiry ON game_cache (expires_at);

-- What was asked, and what it meant: a game, several games to choose from, or nothing that anybody knows. The answer
-- stands here once more, changed together with the game: a reader needs one row of one table (6 us; joined, 30 us).
CREATE TABLE game_questions (
  question TEXT PRIMARY KEY,
  meant TEXT NOT NULL CHECK (meant IN ('game', 'several', 'nothing')),
  key TEXT REFERENCES game_cache (key) ON DELETE CASCADE,
  -- JSON: a game's facts, or the options.
  answer TEXT,
  -- Which version of them it is: readers of another do not find it.
  shape INTEGER NOT NULL,
  fresh_until INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  CHECK ((meant = 'game') = (key IS NOT NULL)),
  CHECK ((meant = 'nothing') = (answer IS NULL))
) STRICT;
CREATE INDEX game_questions_key ON game_questions (key);
CREATE INDEX game_questions_expiry ON game_questions (expires_at);

-- One row: how often an answer was at hand, over all processes and restarts.
CREATE TABLE game_cache_use (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  hits INTEGER NOT NULL,
  misses INTEGER NOT NULL
) STRICT;
INSERT INTO game_cache_use (one, hits, misses) VALUES (1, 0, 0);

-- Calls to a source whose plan counts by the month, which a restart must not forget.
CREATE TABLE game_source_calls (
  source TEXT NOT NULL,
  month TEXT NOT NULL,
  calls INTEGER NOT NULL,
  PRIMARY KEY (source, month)
) STRICT;
