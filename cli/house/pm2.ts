/**
 * PM2 keeps the supervisor alive. It is AGPL and therefore only ever run as a program, never imported or bundled; it
 * gets a home of its own inside the run folder, so that it meets no other PM2 of this machine, and is gone after `stop`.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Clock, Millis } from "../../shared/clock.ts";
import { settingVariables } from "../../shared/config/house-variables.ts";
import { checkoutFolder, type Home } from "../../shared/home.ts";
import { dialSocket } from "../../shared/ipc/socket-client.ts";
import { keptEnvironment } from "../../shared/kept-environment.ts";
import { KEY_ENVIRONMENT } from "../../shared/key-source.ts";
import { isAlive, makeProcessNote, type ProcessNote } from "../../shared/process-note.ts";
import { isGoneWithin } from "./end-house.ts";

export const PM2_PROGRAM = join(checkoutFolder, "node_modules", "pm2", "bin", "pm2");
const ECOSYSTEM = join(checkoutFolder, "ecosystem.config.cjs");
const DIAL_WITHIN_MS: Millis = 1_000;
const GONE_WITHIN_MS: Millis = 5_000;

/** Below the run folder; its sockets' names are shorter than the longest of ours, so they fit wherever ours do. */
export const pm2Folder = (home: Home): string => join(home.run, "pm2");
export const pm2Socket = (home: Home): string => join(pm2Folder(home), "rpc.sock");

export const isPm2Installed = (): boolean => existsSync(PM2_PROGRAM);

/** PM2 keeps the environment it is given for as long as it runs, and hands it on: only what is needed goes in. */
const pm2Environment = (home: Home, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...keptEnvironment(environment),
  ...settingVariables(environment),
  ...Object.fromEntries(
    KEY_ENVIRONMENT.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])),
  ),
  KISSBOT_HOME: home.folder,
  PM2_HOME: pm2Folder(home),
  PM2_LOG_FILE_PATH: join(home.logs, "pm2.log"),
  // It would ask a server on the internet for news once a day.
  PM2_DISABLE_VERSION_CHECK: "1",
  PM2_DISCRETE_MODE: "1",
});

export type Pm2Said =
  | { readonly is: "done" }
  | { readonly is: "failed"; readonly exitCode: number; readonly text: string };

/** Resolves when the supervisor has said that it is there, or has ended. `home` must be prepared. */
export function startUnderPm2(home: Home, environment: NodeJS.ProcessEnv): Promise<Pm2Said> {
  mkdirSync(pm2Folder(home), { recursive: true, mode: 0o700 });
  return runPm2(["start", ECOSYSTEM], home, environment);
}

/** Its folder goes with it when it is ended: one that is there without a daemon tells of a PM2 that was killed. */
export const wasStartedUnderPm2 = (home: Home): boolean => existsSync(pm2Folder(home));

/** The daemon of this home; undefined when none answers. */
export async function findPm2(home: Home, clock: Clock): Promise<ProcessNote | undefined> {
  if (!existsSync(pm2Socket(home))) return undefined;
  const dialled = await dialSocket(pm2Socket(home), DIAL_WITHIN_MS);
  if (dialled.is === "refused") return undefined;
  dialled.wire.close();
  const pid = Number(readFileSync(join(pm2Folder(home), "pm2.pid"), "utf8"));
  const note = makeProcessNote(pid, new Date(clock.wall()));
  return isAlive(note) ? note : undefined;
}

/** Ends the daemon, and whatever it still runs or was about to bring back. */
export async function endPm2(
  home: Home,
  clock: Clock,
  environment: NodeJS.ProcessEnv,
): Promise<
  | { readonly is: "was-not-there" }
  | { readonly is: "ended" }
  | { readonly is: "still-there"; readonly pid: number }
> {
  const daemon = await findPm2(home, clock);
  if (daemon) {
    await runPm2(["kill"], home, environment);
    if (!(await isGoneWithin(daemon, clock, GONE_WITHIN_MS))) return { is: "still-there", pid: daemon.pid };
  }
  rmSync(pm2Folder(home), { recursive: true, force: true });
  return { is: daemon ? "ended" : "was-not-there" };
}

function runPm2(args: readonly string[], home: Home, environment: NodeJS.ProcessEnv): Promise<Pm2Said> {
  // The daemon takes it over: PM2 by itself makes its sockets and files readable for everybody.
  const umask = process.umask(0o077);
  const child = spawn(process.execPath, [PM2_PROGRAM, ...args], {
    cwd: home.folder,
    env: pm2Environment(home, environment),
    stdio: ["ignore", "pipe", "pipe"],
  });
  process.umask(umask);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (more: string) => {
      text += more;
    });
  }
  return new Promise((resolve) => {
    child.once("error", (problem) => resolve({ is: "failed", exitCode: 1, text: problem.message }));
    child.once("close", (code) =>
      resolve(code === 0 ? { is: "done" } : { is: "failed", exitCode: code ?? 1, text: text.trim() }),
    );
  });
}
