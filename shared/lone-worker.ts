/**
 * One home has one owner of its tokens: a house, or a worker alone. Two would refresh the same token and make each
 * other's worthless. Each of them first takes its own lock and then looks for the other's: of two that begin at the
 * same moment at least one sees the other.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { KissError } from "./errors.ts";
import type { Home } from "./home.ts";
import { Login } from "./ids.ts";
import {
  findNote,
  findProcessNote,
  isAlive,
  makeProcessNote,
  ProcessNote,
  removeProcessNote,
  takeLock,
} from "./process-note.ts";

export const LoneWorkerNote = v.object({ ...ProcessNote.entries, channel: Login });
export type LoneWorkerNote = v.InferOutput<typeof LoneWorkerNote>;

const LOCK_NAME = "alone.json";
const lockFile = (home: Pick<Home, "pids">) => join(home.pids, LOCK_NAME);

/** The worker that runs alone in this home now. */
export function findLoneWorker(home: Pick<Home, "pids">): LoneWorkerNote | undefined {
  const note = findNote(lockFile(home), LoneWorkerNote);
  return note && isAlive(note) ? note : undefined;
}

/** For a house that has just taken `ownLock`, which is given back then. @throws KissError alone-running */
export function refuseBesideLoneWorker(home: Pick<Home, "pids">, ownLock?: string): void {
  const note = findLoneWorker(home);
  if (!note) return;
  if (ownLock !== undefined) removeProcessNote(ownLock);
  throw new KissError("alone-running", describeLoneWorker(note));
}

export const describeLoneWorker = ({ channel, pid, since }: LoneWorkerNote): string =>
  `#${channel}, process ${pid}, since ${since}`;

/**
 * The home is this worker's until `leave`. Processes that a killed supervisor left behind still use its tokens.
 * @throws KissError alone-running, already-running
 */
export function takeHomeAlone(
  home: Pick<Home, "pids">,
  channel: Login,
  since: Date,
): { readonly leave: () => void } {
  const mine: LoneWorkerNote = { ...makeProcessNote(process.pid, since), channel };
  const lock = takeLock(lockFile(home), mine);
  if (lock.is === "held") {
    const other = findLoneWorker(home);
    throw new KissError("alone-running", other ? describeLoneWorker(other) : `process ${lock.by.pid}`);
  }
  const leave = () => removeProcessNote(lockFile(home));
  const found = findHouse(home);
  if (!found) return { leave };
  leave();
  const what = found.name === "supervisor" ? "" : `, the ${found.name} of a house whose supervisor is gone`;
  throw new KissError("already-running", `process ${found.note.pid}, since ${found.note.since}${what}`);
}

/** The supervisor first, and whoever else of a house has a note and lives. */
function findHouse({ pids }: Pick<Home, "pids">) {
  if (!existsSync(pids)) return undefined;
  return readdirSync(pids)
    .filter((name) => name.endsWith(".json") && name !== LOCK_NAME)
    .sort((a, b) => Number(b === "supervisor.json") - Number(a === "supervisor.json"))
    .flatMap((file) => {
      const note = findProcessNote(join(pids, file));
      return note && isAlive(note) ? [{ name: file.slice(0, -".json".length), note }] : [];
    })
    .at(0);
}
