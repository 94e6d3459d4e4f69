/** What a supervisor needs before it does anything: a Node that is new enough, a configuration, a home that is nobody else's. */
import { join } from "node:path";
import type { Config } from "../shared/config.ts";
import { KissError } from "../shared/errors.ts";
import { findHome, type Home, prepareHome } from "../shared/home.ts";
import { getConfig } from "../shared/load-config.ts";
import { refuseBesideLoneWorker } from "../shared/lone-worker.ts";
import { makeProcessNote, takeLock } from "../shared/process-note.ts";

/** What better-sqlite3 and node-ipc ask for. */
const NODE_MIN = { major: 22, minor: 13 };
export const LOCK_NAME = "supervisor.json";

export interface TakenHouse {
  readonly home: Home;
  readonly config: Config;
  /** Old names that the configuration uses, a line each. */
  readonly oldNames: readonly string[];
  readonly lockFile: string;
}

/** @throws KissError node-too-old, already-running, and what the configuration or a lone worker gives reason for */
export function takeHouse(environment: NodeJS.ProcessEnv, wallNow: number): TakenHouse {
  refuseOldNode();
  const home = findHome(environment);
  const oldNames: string[] = [];
  const config = getConfig(home.configFile, { warn: (line) => oldNames.push(line) });
  prepareHome(home);
  const lockFile = join(home.pids, LOCK_NAME);
  const lock = takeLock(lockFile, makeProcessNote(process.pid, new Date(wallNow)));
  if (lock.is === "held")
    throw new KissError("already-running", `process ${lock.by.pid}, since ${lock.by.since}`);
  refuseBesideLoneWorker(home, lockFile);
  return { home, config, oldNames, lockFile };
}

/** Children run on the Node we run on: an old one would let them fall one after the other. */
function refuseOldNode(): void {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > NODE_MIN.major || (major === NODE_MIN.major && minor >= NODE_MIN.minor)) return;
  throw new KissError(
    "node-too-old",
    `it is ${process.version}, ${NODE_MIN.major}.${NODE_MIN.minor} is needed`,
  );
}
