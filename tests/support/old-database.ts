/** A database as an earlier version left it, with something in every table that version had. */

import { readMigrations } from "../../db/migrate.ts";
import { openDatabase } from "../../db/open.ts";

/** What every version's tables can hold, by the migration that made them. */
const ROWS: readonly (readonly [number, string, readonly string[]])[] = [
  [
    1,
    "users",
    ["INSERT INTO users (login, user_id, display_name, seen_at) VALUES ('alice', '1', 'Alice', 1)"],
  ],
  [1, "desired_subscriptions", ["INSERT INTO desired_subscriptions VALUES ('alice', 'stream.online')"]],
  [1, "module_claims", ["INSERT INTO module_claims VALUES ('alice', 'alerts', 'k', 1)"]],
  [2, "channels", ["INSERT INTO channels (login, origin, changed_at) VALUES ('alice', 'operator', 1)"]],
  [3, "event_journal", ["INSERT INTO event_journal (channel, received_at, event) VALUES ('alice', 1, '{}')"]],
  [3, "event_losses", ["INSERT INTO event_losses VALUES ('alice', 2)"]],
  [4, "hub_state", ["INSERT INTO hub_state VALUES ('conduit', 'c', 1)"]],
  [
    5,
    "channel_states",
    [
      "INSERT INTO channel_states (channel_id, is_stream_known, stream_id, changed_at) VALUES ('1', 1, 's', 1)",
    ],
  ],
  [6, "banwords", ["INSERT INTO banwords VALUES ('alice', 'spam', 'mod', 1)"]],
  [6, "dev_whitelist", ["INSERT INTO dev_whitelist VALUES ('bob', 1, 'alice', 1)"]],
  [
    6,
    "points_ledger",
    [
      "INSERT INTO points_balances (channel_id, user_id, balance) VALUES ('1', '2', 5)",
      "INSERT INTO points_ledger (channel_id, user_id, entry, change, reason, booked_at) VALUES ('1', '2', 1, 5, 'gift', 1)",
    ],
  ],
];
/** Tokens stood in the clear up to here. */
const LAST_CLEAR = 5;
const CLEAR_TOKENS =
  "INSERT INTO oauth_tokens (login, access_token, refresh_token, grown_from, stored_at) VALUES ('kissbot', 'planted-access', 'planted-refresh', 'f', 1)";

export const versions = (): readonly number[] => readMigrations().map(({ number }) => number);

/** Of the schema numbered `version`; answers with the tables that have rows, each with them. */
export function makeOldDatabase(file: string, version: number): Readonly<Record<string, readonly unknown[]>> {
  const db = openDatabase(file, { migrations: readMigrations().filter(({ number }) => number <= version) });
  const tables = ROWS.filter(([since]) => since <= version);
  for (const [, , statements] of tables) for (const sql of statements) db.exec(sql);
  if (version <= LAST_CLEAR) db.exec(CLEAR_TOKENS);
  const rows = Object.fromEntries(
    tables.map(([, table]) => [table, db.prepare(`SELECT * FROM ${table}`).all()]),
  );
  if (version <= LAST_CLEAR) rows.unsealed_tokens = db.prepare("SELECT * FROM oauth_tokens").all();
  db.close();
  return rows;
}
