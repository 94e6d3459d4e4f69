/** The cli as an operator types it: processes, exit codes, what is said and where. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SimProcess, startSimProcess } from "../../cli/trial/sim-process.ts";
import { toTrialConfig } from "../../cli/trial/trial-config.ts";
import type { TrialHome } from "../../cli/trial/trial-home.ts";
import { systemClock } from "../../shared/clock.ts";
import { findStartTicks } from "../../shared/proc.ts";
import { kissbot, kissbotHearing, QUIET_ACCOUNT } from "../support/kissbot-process.ts";
import { findLeftovers } from "../support/trial-house.ts";
import { makeWarmHome } from "../support/warm-home.ts";

let sim: SimProcess;
let trial: TrialHome;
let folder: string;
beforeAll(async () => {
  sim = await startSimProcess("quiet", systemClock);
  trial = makeWarmHome();
  folder = trial.home.folder;
});
afterAll(async () => {
  await kissbot(folder, "stop");
  await sim.stop();
  trial.remove();
});

describe("before anything runs", () => {
  test("status says so and exits with 2, stop has nothing to do, hub_ctl finds nobody", async () => {
    expect(await kissbot(folder, "status")).toMatchObject({
      exitCode: 2,
      out: expect.stringContaining("is not running"),
    });
    expect(await kissbot(folder, "stop")).toMatchObject({ exitCode: 0, out: "KissBot was not running.\n" });
    expect(await kissbot(folder, "hub_ctl", "status")).toMatchObject({ exitCode: 2 });
  });

  test("start without a configuration says what to do, exit code 78", async () => {
    const said = await kissbot(folder, "start", "--no-pm2");
    expect(said.exitCode).toBe(78);
    expect(said.err).toContain(`${trial.home.configFile}\ncopy config/config.sample.yaml`);
  });

  test("start with a wrong one names every mistake with its line, exit code 78", async () => {
    trial.writeConfig("twitch:\n  client_id: x\n  bot_login: Upper\n  tokens: {}\n  channels: [Alice]\n");
    const said = await kissbot(folder, "start", "--no-pm2");
    expect(said.exitCode).toBe(78);
    expect(said.err).toContain(`${trial.home.configFile}:3: twitch.bot_login: expected a Twitch login`);
    expect(said.err).toContain(`${trial.home.configFile}:5: twitch.channels.0: expected a Twitch login`);
  });

  test.each([
    ["an unknown verb", ["dance"]],
    ["an unknown option", ["status", "--loud"]],
    ["a wrong number", ["logs", "-n", "many"]],
    ["a wrong level", ["logs", "--level", "loud"]],
    ["a wrong beginning", ["logs", "--since", "soon"]],
    ["a wrong time", ["demo", "--for", "soon"]],
    ["an unknown check", ["test", "luck"]],
    ["an unknown bench", ["bench", "luck"]],
  ])("%s is explained, exit code 64", async (_what, args) => {
    const said = await kissbot(folder, ...args);
    expect(said.exitCode).toBe(64);
    expect(said.err).toMatch(/^kissbot: /);
  });
});

describe("a life", () => {
  let pids: readonly number[] = [];

  test("start waits until all is ready and shows the table", async () => {
    trial.writeConfig(toTrialConfig(QUIET_ACCOUNT, ["alice_live", "bob_plays"], sim.address));
    const said = await kissbot(folder, "start", "--no-pm2");
    expect(said.err).toBe("");
    expect(said.exitCode).toBe(0);
    expect(said.out).toContain("Starting the hub and 2 channels …\nReady in ");
    expect(said.out).toMatch(/^alice_live +ready /m);
  });

  test("a second start says who runs, exit code 1", async () => {
    const said = await kissbot(folder, "start", "--no-pm2");
    expect(said.exitCode).toBe(1);
    expect(said.err).toMatch(/already runs for this home: process \d+, since 20/);
  });

  test("status and hub_ctl are healthy, also for scripts", async () => {
    const status = await kissbot(folder, "status", "--json");
    expect(status.exitCode).toBe(0);
    const told = JSON.parse(status.out);
    expect(told.health).toBe("healthy");
    pids = [told.pid, ...told.children.map((child: { pid: number }) => child.pid)];
    const hub = await kissbot(folder, "hub_ctl", "status", "--json");
    expect(hub.exitCode).toBe(0);
    expect(JSON.parse(hub.out)).toMatchObject({
      health: "healthy",
      token: { state: "good", login: "kissbot" },
    });
    expect((await kissbot(folder, "hub_ctl", "status")).out).toContain("6 of 6 subscriptions enabled");
  });

  test("channels come and go while everything runs; a stopped one stays stopped until it is started", async () => {
    const stopped = await kissbot(folder, "stop-channel", "#Alice_Live");
    expect(stopped).toMatchObject({ exitCode: 0, err: "" });
    expect((await kissbot(folder, "status")).out).toContain(
      "1 channel sleeps on purpose: alice_live (stopped)",
    );
    expect((await kissbot(folder, "channels", "list")).out).toMatch(/^alice_live +stopped +config.yaml$/m);
    expect((await kissbot(folder, "restart-channel", "alice_live")).exitCode).toBe(1);
    expect((await kissbot(folder, "start-channel", "alice_live")).exitCode).toBe(0);
    const restarted = await kissbot(folder, "restart-channel", "alice_live", "--json");
    expect(JSON.parse(restarted.out)).toMatchObject({ is: "done", pid: expect.any(Number) });
    const removed = await kissbot(folder, "channels", "remove", "alice_live");
    expect(removed).toMatchObject({ exitCode: 1, err: expect.stringContaining("config.yaml") });
    expect(await kissbot(folder, "reload")).toEqual({ exitCode: 0, out: "nothing has changed\n", err: "" });
  });

  test("console, from a pipe", async () => {
    const said = await kissbotHearing(folder, "status\nhub-status\nstop nobody_here\nquit\n", "console");
    expect(said.exitCode).toBe(1);
    expect(said.out).toContain("eventsub  ");
    expect(said.err).toContain("kissbot: there is no channel nobody_here");
  });

  test("logs tell what happened; a channel nobody knows is answered with the known ones", async () => {
    const said = await kissbot(folder, "logs", "alice_live");
    expect(said.exitCode).toBe(0);
    expect(said.out).toMatch(/ INFO {2}#alice_live +worker starts pid=\d+$/m);
    const unknown = await kissbot(folder, "logs", "eve");
    expect(unknown.exitCode).toBe(1);
    expect(unknown.err).toContain("there are logs of: supervisor, hub, alice_live, bob_plays");
  });

  test("stop says who had to be killed, and leaves nothing", async () => {
    const worker = pids.at(-1) ?? 0;
    process.kill(worker, "SIGSTOP");
    const said = await kissbot(folder, "stop");
    expect(said.exitCode).toBe(0);
    expect(said.out).toMatch(/^Stopped in \d\.\d s\. Had to be killed, .*: worker:bob_plays\.$/m);
    expect(findLeftovers(trial.home, pids)).toEqual([]);
  });

  test("when the supervisor was killed, status tells of its note and stop ends what it left", async () => {
    await kissbot(folder, "start", "--no-pm2");
    const told = JSON.parse((await kissbot(folder, "status", "--json")).out);
    const all = [told.pid, ...told.children.map((child: { pid: number }) => child.pid)];
    process.kill(told.pid, "SIGKILL");
    const status = await kissbot(folder, "status");
    expect(status.exitCode).toBe(2);
    expect(status.out).toContain(`process ${told.pid}`);
    expect(all.slice(1).every((pid) => findStartTicks(pid) !== undefined)).toBe(true);
    expect(await kissbot(folder, "stop")).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining("Stopped in"),
    });
    expect(findLeftovers(trial.home, all)).toEqual([]);
  });
});

test("demo --for ends by itself with a summary and leaves nothing", async () => {
  const said = await kissbot(folder, "demo", "--for", "3s");
  expect(said.err).toBe("");
  expect(said.exitCode).toBe(0);
  expect(said.out).toMatch(/#alice_live {2}> kissbot: @zoe_zzz Pong! 🏓 {2}\(\d+ ms\)$/m);
  expect(said.out).toMatch(/#bob_plays {3}! worker back in its chat after \d\.\d s$/m);
  expect(said.out).toMatch(/left behind +no process\n$/);
});
