/**
 * A copy of the database beside it, before its schema changes: `<database>.backup-20260102T030405Z`. It is whole or
 * not there, readable by the owner only, without tokens in the clear, and the oldest go. Not the backups an operator
 * keeps (docs/backups.md).
 */
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Millis } from "../shared/clock.ts";
import type { Db } from "./open.ts";

const COPIES_KEPT = 5;
const OWNER_ONLY = 0o600;
const COPY_NAME = /^\d{8}T\d{6}Z(-\d+)?(\.part)?$/;

/** The copy's file. */
export function copyAside(db: Db, file: string, at: Millis): string {
  const copy = freeName(`${file}.backup-${toStamp(at)}`);
  const making = `${copy}.part`;
  try {
    rmSync(making, { force: true });
    // VACUUM INTO fills an empty file as it is: this one is nobody else's from its first byte.
    closeSync(openSync(making, "wx", OWNER_ONLY));
    db.prepare("VACUUM INTO ?").run(making);
    removeClearTokens(db, making);
    syncFile(making);
    renameSync(making, copy);
  } catch (problem) {
    rmSync(making, { force: true });
    throw problem;
  }
  syncFile(dirname(file));
  return copy;
}

/**
 * Versions before encryption stored tokens as they are. The database keeps them until the hub seals them; a copy would
 * keep them for ever. Whoever goes back to such a version logs in again.
 */
function removeClearTokens(db: Db, making: string): void {
  db.prepare("ATTACH ? AS making").run(making);
  try {
    const tables = findClearTables(db);
    if (tables.length === 0) return;
    // A journal on the disk would be one more place where they stand.
    db.pragma("making.journal_mode = MEMORY");
    db.pragma("making.secure_delete = ON");
    for (const table of tables) db.exec(`DELETE FROM making.${table}`);
    db.exec("VACUUM making");
  } finally {
    db.exec("DETACH making");
  }
}

/** Of the attached copy. Tokens that are sealed name the key that sealed them. */
function findClearTables(db: Db): readonly string[] {
  const has = (sql: string) => db.prepare(sql).get() !== undefined;
  const table = (name: string) => has(`SELECT 1 FROM making.sqlite_schema WHERE name = '${name}'`);
  const isSealed = has(
    "SELECT 1 FROM pragma_table_info('oauth_tokens', 'making') WHERE name = 'key_fingerprint'",
  );
  return [
    ...(table("oauth_tokens") && !isSealed ? ["oauth_tokens"] : []),
    ...(table("unsealed_tokens") ? ["unsealed_tokens"] : []),
  ];
}

/** What is too old, and what a killed process left half-made. */
export function removeOldCopies(file: string): void {
  const head = `${basename(file)}.backup-`;
  const names = readdirSync(dirname(file)).filter(
    (name) => name.startsWith(head) && COPY_NAME.test(name.slice(head.length)),
  );
  const half = names.filter((name) => name.endsWith(".part"));
  const whole = names.filter((name) => !name.endsWith(".part")).sort();
  for (const name of [...half, ...whole.slice(0, -COPIES_KEPT)])
    rmSync(join(dirname(file), name), { force: true });
}

const toStamp = (at: Millis): string => new Date(at).toISOString().replace(/[-:]|\.\d+/g, "");

function freeName(wanted: string): string {
  const taken = new Set(readdirSync(dirname(wanted)));
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? wanted : `${wanted}-${count}`;
    if (!taken.has(basename(name))) return name;
  }
}

function syncFile(path: string): void {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
