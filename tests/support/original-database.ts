/** An original KissBot's database, as each of its versions made one. */
import { createRequire } from "node:module";
import { parseFernetKey, sealFernet, toKeyText } from "../../db/secrets/fernet.ts";

export const ORIGINAL_VERSIONS = ["3.x", "4.0", "4.0.1", "4.1", "V2"] as const;
export type OriginalVersion = (typeof ORIGINAL_VERSIONS)[number];

export const ORIGINAL_KEY = toKeyText(Buffer.alloc(32, 9));
/** Wall time of the tests that read it. */
export const ORIGINAL_NOW = Date.parse("2026-01-01T00:00:00Z");
const NOW_S = ORIGINAL_NOW / 1_000;

/** Base64 once more around what Fernet made. */
export function sealAsOriginal(secret: string, keyText = ORIGINAL_KEY): string {
  const key = parseFernetKey(keyText);
  if (!key) throw new Error("no key");
  const token = sealFernet(key, Buffer.from(secret), ORIGINAL_NOW, Buffer.alloc(16, 3));
  return Buffer.from(token).toString("base64");
}

const USERS = `
  CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, twitch_user_id TEXT UNIQUE NOT NULL, twitch_login TEXT NOT NULL,
    display_name TEXT, is_bot INTEGER DEFAULT 0, created_at TIMESTAMP, updated_at TIMESTAMP);
  INSERT INTO users (id, twitch_user_id, twitch_login, display_name, is_bot) VALUES
    (1, '1001', 'serda_bot', 'Serda_Bot', 1), (2, '1002', 'Alice', 'Alice', 0), (3, 'none', 'broken one', NULL, 0);
  CREATE TABLE config (key TEXT PRIMARY KEY, value TEXT);
  INSERT INTO config VALUES ('max_crash_count', '3');`;
const WHITELIST = `
  CREATE TABLE dev_whitelist (username TEXT UNIQUE COLLATE NOCASE, added_at TIMESTAMP, added_by TEXT, enabled INTEGER DEFAULT 1);
  INSERT INTO dev_whitelist VALUES ('Bob', NULL, 'alice', 1), ('carol', NULL, NULL, 0), ('not a name', NULL, NULL, 1);`;
const HUB = `
  CREATE TABLE desired_subscriptions (id INTEGER PRIMARY KEY, channel_id TEXT, topic TEXT);
  INSERT INTO desired_subscriptions VALUES (1, '1002', 'stream.online');
  CREATE TABLE hub_state (key TEXT PRIMARY KEY, value TEXT);`;
const V2 = `
  CREATE TABLE banwords (id INTEGER PRIMARY KEY, channel TEXT, word TEXT, added_by TEXT DEFAULT 'system', added_at TIMESTAMP, UNIQUE (channel, word));
  INSERT INTO banwords (channel, word) VALUES ('#alice', 'Spam'), ('alice', ' ');
  CREATE TABLE channel_personality (channel_id TEXT UNIQUE, channel_login TEXT, preset TEXT, custom_rules TEXT, nsfw_allowed INTEGER);
  INSERT INTO channel_personality VALUES ('1002', NULL, 'gamer', '{"emoji":"many"}', 1), ('77', NULL, 'uwu', 'be kind', 0);`;

export function makeOriginalDatabase(file: string, version: OriginalVersion): void {
  const Database: typeof import("better-sqlite3") = createRequire(import.meta.url)("better-sqlite3");
  const db = new Database(file);
  const since = (first: OriginalVersion) =>
    ORIGINAL_VERSIONS.indexOf(version) >= ORIGINAL_VERSIONS.indexOf(first);
  db.pragma("journal_mode = WAL");
  makeGames(db);
  if (since("4.0")) {
    db.exec(USERS);
    makeTokens(db, since("4.0.1"));
  }
  if (since("4.0.1")) db.exec(WHITELIST);
  if (since("4.1")) db.exec(HUB);
  if (since("V2")) db.exec(V2);
  db.close();
}

function makeTokens(db: import("better-sqlite3").Database, hasTypes: boolean): void {
  db.exec(`CREATE TABLE oauth_tokens (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id),
    ${hasTypes ? "token_type TEXT NOT NULL DEFAULT 'bot'," : ""} access_token_encrypted TEXT NOT NULL,
    refresh_token_encrypted TEXT, scopes TEXT NOT NULL, expires_at INTEGER, status TEXT DEFAULT 'valid')`);
  const insert = db.prepare(
    "INSERT INTO oauth_tokens (user_id, access_token_encrypted, refresh_token_encrypted, scopes, expires_at, status) VALUES (?, ?, ?, ?, ?, ?)",
  );
  insert.run(
    1,
    sealAsOriginal("bot-access"),
    sealAsOriginal("bot-refresh"),
    '["chat:read","chat:edit"]',
    NOW_S + 60,
    "expired",
  );
  insert.run(2, sealAsOriginal("alice-access"), null, "[]", null, "valid");
  insert.run(3, sealAsOriginal("x"), null, "[]", null, "valid");
}

function makeGames(db: import("better-sqlite3").Database): void {
  db.exec(`CREATE TABLE game_cache (id INTEGER PRIMARY KEY, query TEXT UNIQUE, game_data TEXT NOT NULL, confidence REAL NOT NULL,
    result_type TEXT NOT NULL, cached_at INTEGER NOT NULL, expires_at INTEGER)`);
  const insert = db.prepare(
    "INSERT INTO game_cache (query, game_data, confidence, result_type, cached_at, expires_at) VALUES (?, ?, ?, 'success', ?, ?)",
  );
  const python = {
    name: "Hades",
    year: "2020",
    genres: ["Action"],
    api_sources: ["igdb", "rawg"],
    rating_rawg: 4.4,
    metacritic: 93,
    summary: "Out of <b>hell</b>",
  };
  const rust = {
    provider: "steam",
    steam_appid: 504230,
    name: "Celeste",
    release_date: "25 Jan, 2018",
    rating: 9.2,
    platforms: ["PC"],
    short_description: "Climb",
  };
  insert.run("hades", JSON.stringify(python), 0.98, NOW_S - 60, null);
  insert.run("celeste", JSON.stringify(rust), 0.95, NOW_S - 60, NOW_S + 86_400);
  insert.run("old", JSON.stringify(python), 0.98, NOW_S - 1_000, NOW_S - 1);
  insert.run("guess", JSON.stringify(python), 0.72, NOW_S - 60, null);
  insert.run("torn", "{", 0.98, NOW_S - 60, null);
}
