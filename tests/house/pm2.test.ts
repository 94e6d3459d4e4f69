/** The house as operators start it: PM2 keeps the supervisor, and goes with it when it was asked to stop. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askSupervisorStatus } from "../../cli/control-link.ts";
import { findPm2, pm2Folder, pm2Socket } from "../../cli/house/pm2.ts";
import { type SimProcess, startSimProcess } from "../../cli/trial/sim-process.ts";
import { toTrialConfig } from "../../cli/trial/trial-config.ts";
import type { TrialHome } from "../../cli/trial/trial-home.ts";
import { systemClock } from "../../shared/clock.ts";
import { SOCKET_PATH_BYTES_MAX } from "../../shared/home.ts";
import type { SupervisorStatus } from "../../shared/ipc/control.ts";
import { findStartTicks } from "../../shared/proc.ts";
import { kissbot, QUIET_ACCOUNT } from "../support/kissbot-process.ts";
import { findLeftovers } from "../support/trial-house.ts";
import { makeWarmHome } from "../support/warm-home.ts";

let sim: SimProcess;
let trial: TrialHome;
let folder: string;
const pids = new Set<number>();
beforeAll(async () => {
  sim = await startSimProcess("quiet", systemClock);
  trial = makeWarmHome();
  folder = trial.home.folder;
  trial.writeConfig(toTrialConfig(QUIET_ACCOUNT, ["alice_live", "bob_plays"], sim.address));
});
afterAll(async () => {
  await kissbot(folder, "stop");
  await sim.stop();
  trial.remove();
});

async function ask(): Promise<SupervisorStatus | undefined> {
  const asked = await askSupervisorStatus(trial.home, systemClock);
  if (asked.is === "away") return undefined;
  for (const { pid } of [asked.status, ...asked.status.children]) if (pid !== undefined) pids.add(pid);
  return asked.status;
}

async function until(holds: (status: SupervisorStatus) => boolean): Promise<SupervisorStatus> {
  for (;;) {
    const status = await ask();
    if (status && holds(status)) return status;
    await new Promise<void>((resolve) => {
      systemClock.after(20, resolve);
    });
  }
}

async function daemonPid(): Promise<number> {
  const daemon = await findPm2(trial.home, systemClock);
  if (!daemon) throw new Error("no PM2 answers in this home");
  pids.add(daemon.pid);
  return daemon.pid;
}

test("start puts the supervisor under a PM2 of this home alone, closed to everybody else", async () => {
  const said = await kissbot(folder, "start");
  expect(said).toMatchObject({
    err: "",
    exitCode: 0,
    out: expect.stringContaining("To start it at boot, too, "),
  });
  const supervisor = await until(({ health }) => health === "healthy");
  const daemon = await daemonPid();
  expect(readFileSync(`/proc/${supervisor.pid}/status`, "utf8")).toMatch(
    new RegExp(`^PPid:\\s+${daemon}$`, "m"),
  );
  for (const name of ["rpc.sock", "pub.sock"]) {
    const path = join(pm2Folder(trial.home), name);
    expect(Buffer.byteLength(path)).toBeLessThanOrEqual(SOCKET_PATH_BYTES_MAX);
  }
  expect(statSync(pm2Folder(trial.home)).mode & 0o077).toBe(0);
  const environment = readFileSync(`/proc/${daemon}/environ`, "utf8").split("\0");
  expect(environment).toContain("PM2_DISABLE_VERSION_CHECK=1");
  expect(environment.some((one) => one.startsWith("npm_"))).toBe(false);
});

test("a second start says who runs", async () => {
  const said = await kissbot(folder, "start");
  expect(said.exitCode).toBe(1);
  expect(said.err).toContain(`already runs for this home: process ${(await ask())?.pid}, since 20`);
});

test("a supervisor that was killed is brought back", async () => {
  const before = await until(({ health }) => health === "healthy");
  process.kill(before.pid, "SIGKILL");
  const after = await until(({ pid, health }) => pid !== before.pid && health === "healthy");
  expect(readFileSync(`/proc/${after.pid}/status`, "utf8")).toMatch(
    new RegExp(`^PPid:\\s+${await daemonPid()}$`, "m"),
  );
});

test("a supervisor that PM2 itself replaces leaves its children to the next one", async () => {
  const before = await until(({ health }) => health === "healthy");
  process.kill(before.pid, "SIGINT");
  const after = await until(({ pid, health }) => pid !== before.pid && health === "healthy");
  const pidsOf = ({ children }: SupervisorStatus) => children.map(({ pid }) => pid);
  expect(pidsOf(after)).toEqual(pidsOf(before));
});

test("when PM2 is killed the house goes on and says so", async () => {
  process.kill(await daemonPid(), "SIGKILL");
  const status = await until(({ sentence }) => sentence.includes("PM2 is gone"));
  expect(status).toMatchObject({
    health: "healthy",
    sentence: expect.stringContaining("./kissbot.sh restart"),
  });
});

test("restart ends everything and begins it anew, under a PM2 again", async () => {
  const before = await until(({ health }) => health === "healthy");
  const said = await kissbot(folder, "restart");
  expect(said).toMatchObject({ err: "", exitCode: 0 });
  const after = await until(({ health }) => health === "healthy");
  const old = new Set([before, ...before.children].map(({ pid }) => pid));
  expect([after, ...after.children].filter(({ pid }) => old.has(pid))).toEqual([]);
  await daemonPid();
});

test("stop: PM2 does not bring it back, and goes as well; no process, no note, no socket is left", async () => {
  await ask();
  await daemonPid();
  const said = await kissbot(folder, "stop");
  expect(said).toMatchObject({
    err: "",
    exitCode: 0,
    out: expect.stringMatching(/^Stopped in \d\.\d s\.\n$/),
  });
  expect(findLeftovers(trial.home, [...pids])).toEqual([]);
  expect(existsSync(pm2Socket(trial.home))).toBe(false);
  const log = readFileSync(join(trial.home.logs, "pm2.log"), "utf8");
  expect(log).toContain("exited with code [79]");
});

test("stop also ends a house whose supervisor keeps falling", async () => {
  await kissbot(folder, "start");
  const status = await until(({ health }) => health === "healthy");
  await daemonPid();
  process.kill(status.pid, "SIGKILL");
  expect(await kissbot(folder, "stop")).toMatchObject({ exitCode: 0 });
  expect(findLeftovers(trial.home, [...pids])).toEqual([]);
});

test("a start that can't work says why, and leaves no PM2 that would go on trying", async () => {
  // As a stranger's file would: the supervisor refuses to take this place.
  const { supervisorSocket, run } = trial.home;
  writeFileSync(supervisorSocket, "");
  const said = await kissbot(folder, "start");
  expect(said.exitCode).toBe(1);
  expect(said.err).toContain("is a file, not a socket");
  expect(readdirSync(run)).not.toContain("pm2");
  expect([...pids].filter((pid) => findStartTicks(pid) !== undefined)).toEqual([]);
  rmSync(supervisorSocket);
});
