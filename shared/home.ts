/**
 * Where one installation keeps its things. Everything lies under one home, so two homes never meet: several
 * installations, and parallel tests, run side by side. KISSBOT_HOME moves it; the default is the checkout.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { KissError, toError } from "./errors.ts";
import type { Login } from "./ids.ts";
import { lazyCrypto } from "./lazy-crypto.ts";

export interface Home {
  readonly folder: string;
  readonly configFile: string;
  readonly logs: string;
  readonly pids: string;
  readonly database: string;
  /** The engine's titles; built by `kissbot.sh games build`. */
  readonly gameIndex: string;
  /** What the hub granted lately of Twitch's limits, in two files by turns. */
  readonly permitJournals: readonly [string, string];
  /** Which incidents the operator was told of. */
  readonly alertMemory: string;
  /** Node's cache of compiled bundles: saves a worker 4 MB and a quarter of its start. */
  readonly compileCache: string;
  /** 0700. Holds the sockets and the house key. */
  readonly run: string;
  readonly supervisorSocket: string;
  readonly hubSocket: string;
  /** A worker that runs alone answers there how it is. */
  readonly loneSocket: string;
  readonly houseKeyFile: string;
}

/** Linux's sun_path holds 108 bytes with the closing zero. */
export const SOCKET_PATH_BYTES_MAX = 107;
const LONGEST_SOCKET_NAME = "supervisor.sock";

/** The folder that holds package.json: one above this file, whether run as source (shared/) or as a bundle (dist/). */
export const checkoutFolder = resolve(dirname(fileURLToPath(import.meta.url)), "..");

export function findHome(environment: NodeJS.ProcessEnv): Home {
  const folder = resolve(environment.KISSBOT_HOME || checkoutFolder);
  const pids = join(folder, "pids");
  const run = runFolder(folder, pids, environment);
  return {
    folder,
    configFile: join(folder, "config", "config.yaml"),
    logs: join(folder, "logs"),
    pids,
    database: join(folder, "data", "kissbot.db"),
    gameIndex: join(folder, "data", "games.kbx"),
    permitJournals: [join(folder, "data", "permits-a.jsonl"), join(folder, "data", "permits-b.jsonl")],
    alertMemory: join(folder, "data", "alerts.json"),
    compileCache: join(folder, "data", "compile-cache"),
    run,
    supervisorSocket: join(run, "supervisor.sock"),
    hubSocket: join(run, "hub.sock"),
    loneSocket: join(run, "alone.sock"),
    houseKeyFile: join(run, "house.key"),
  };
}

/** Beside the pids when the socket's path fits into the kernel's 107 bytes, else under the runtime folder, named by a hash of the home. */
function runFolder(folder: string, pids: string, environment: NodeJS.ProcessEnv): string {
  const beside = join(pids, "run");
  if (Buffer.byteLength(join(beside, LONGEST_SOCKET_NAME)) <= SOCKET_PATH_BYTES_MAX) return beside;
  const hash = lazyCrypto().createHash("sha256").update(folder).digest("hex").slice(0, 16);
  const base = environment.XDG_RUNTIME_DIR || join(tmpdir(), `kissbot-${userInfo().uid}`);
  return join(base, `kissbot-${hash}`);
}

/** @throws KissError home-not-writable: said at once, because whoever fell over it later could not write down why. */
export function prepareHome(home: Home): void {
  try {
    for (const folder of [home.logs, home.pids, dirname(home.database), home.compileCache, home.run]) {
      if (!existsSync(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
    tryToWrite(join(home.pids, `.probe.${process.pid}`));
  } catch (problem) {
    throw new KissError("home-not-writable", `${home.folder}: ${toError(problem).message}`);
  }
}

function tryToWrite(file: string): void {
  try {
    writeFileSync(file, "room for a note\n", { mode: 0o600 });
  } finally {
    rmSync(file, { force: true });
  }
}

/** One log folder per channel. */
export function channelLogFolder(home: Home, channel: Login): string {
  return join(home.logs, "broadcast", channel);
}
