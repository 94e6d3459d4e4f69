-- A booking changes two pages instead of five or six: what a hundred processes queue for is the time that writing
-- them takes. Somebody's entries lie together and without an index, and the balance knows the number of the newest.
-- Who has most is asked once in minutes, while thousands of bookings a second kept an index for it: it is found by
-- looking at all balances of the channel.
DROP INDEX points_ranking;
ALTER TABLE points_balances ADD COLUMN newest_entry INTEGER NOT NULL DEFAULT 0;
UPDATE points_balances SET newest_entry = coalesce((
  SELECT max(entry) FROM points_ledger
  WHERE points_ledger.channel_id = points_balances.channel_id AND points_ledger.user_id = points_balances.user_id), 0);

CREATE TABLE points_entries (
  channel_id TEXT NOT NULL,
  user_id    TEXT NOT NULL,
  -- Rises, for each channel and user.
  entry      INTEGER NOT NULL,
  change     INTEGER NOT NULL CHECK (change <> 0),
  reason     TEXT NOT NULL,
  -- The same key is booked once, however often it is said.
  once_key   TEXT,
  booked_at  INTEGER NOT NULL,
  PRIMARY KEY (channel_id, user_id, entry),
  FOREIGN KEY (channel_id, user_id) REFERENCES points_balances (channel_id, user_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
INSERT INTO points_entries (channel_id, user_id, entry, change, reason, once_key, booked_at)
  SELECT channel_id, user_id, entry, change, reason, once_key, booked_at FROM points_ledger ORDER BY 1, 2, 3;
DROP TABLE points_ledger;
ALTER TABLE points_entries RENAME TO points_ledger;
CREATE UNIQUE INDEX points_ledger_once ON points_ledger (channel_id, once_key) WHERE once_key IS NOT NULL;
