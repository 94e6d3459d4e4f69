/**
 * Writers of one database, one after another, each woken by the one before. Without it SQLite's lock is all there is,
 * and whoever finds that taken sleeps for a millisecond and then longer ones, however soon it is free again: with a
 * hundred processes at 20 transactions a second that, and not the writing, is what the slowest hundredth waits for.
 *
 * Only ever a matter of speed: the addon may be missing, and whoever is inside may be killed or stopped. What keeps
 * transactions apart is SQLite.
 */
import { join } from "node:path";
import type { Millis } from "../shared/clock.ts";
import type { Db } from "./open.ts";

export interface WriteGate {
  /** Waits, synchronously, until the one before has left. */
  enter(): void;
  /** True now and then: it is this one's turn to bring the log home. */
  leave(): boolean;
}

interface NativeGate {
  enter(patienceMs: Millis): void;
  leave(every: number): boolean;
}

interface Addon {
  readonly WriteGate: { open(file: string): NativeGate };
}

/** A write takes a tenth of a millisecond. Who is inside for so long was killed, or stopped, or moves a whole table. */
const PATIENCE_MS: Millis = 100;
/** Of the usual writes, with two pages each: 4 MB of log. */
const LEAVES_TO_CHECKPOINT = 500;
/** 64 MB of log: only where nobody passes the gate. */
const LOG_PAGES_MAX = 16_000;
const ADDON_FILE = join(import.meta.dirname, "..", "engine", "kissbot-write-gate.node");

type Gated = Pick<Db, "memory" | "readonly" | "name" | "pragma">;
const gates = new WeakMap<Gated, WriteGate | "none">();

/** undefined: this database is written without. */
export function findWriteGate(db: Gated): WriteGate | undefined {
  const known = gates.get(db);
  if (known !== undefined) return known === "none" ? undefined : known;
  const opened = db.memory || db.readonly ? undefined : openWriteGate(`${db.name}-gate`);
  // SQLite's own turn to bring the log home comes in the middle of a write; it stays for what is written past the gate.
  if (opened) db.pragma(`wal_autocheckpoint = ${LOG_PAGES_MAX}`);
  gates.set(db, opened ?? "none");
  return opened;
}

/** undefined: there is none on this machine, or not for this file. */
export function openWriteGate(file: string, patienceMs = PATIENCE_MS): WriteGate | undefined {
  const addon = loadAddon();
  if (!addon) return undefined;
  try {
    const native = addon.WriteGate.open(file);
    return {
      enter: () => native.enter(patienceMs),
      leave: () => native.leave(LEAVES_TO_CHECKPOINT),
    };
  } catch {
    // A folder that can't be written to: the database says so itself.
    return undefined;
  }
}

let loaded: Addon | "away" | undefined;

function loadAddon(): Addon | undefined {
  loaded ??= load();
  return loaded === "away" ? undefined : loaded;
}

/** Not built, where there is no cargo; or of another version, until it is built anew. */
function load(): Addon | "away" {
  const holder: { exports: unknown } = { exports: {} };
  try {
    process.dlopen(holder as NodeJS.Module, ADDON_FILE);
  } catch {
    return "away";
  }
  return isAddon(holder.exports) ? holder.exports : "away";
}

const isAddon = (exports: unknown): exports is Addon =>
  typeof exports === "object" && exports !== null && "WriteGate" in exports;
