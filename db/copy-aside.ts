/**
 * A copy of the database beside it, before its schema changes: `<database>.backup-20260102T030405Z`. It is whole or
 * not there, readable by the owner only, and the oldest go. Not the backups an operator keeps (docs/backups.md).
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
    syncFile(making);
    renameSync(making, copy);
  } catch (problem) {
    rmSync(making, { force: true });
    throw problem;
  }
  syncFile(dirname(file));
  return copy;
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
