import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { makeTrialHome, type TrialHome } from "../../cli/trial/trial-home.ts";
import { checkoutFolder, prepareHome } from "../../shared/home.ts";
import { BOT, openTrialHouse, type TrialHouse } from "../support/trial-house.ts";

let house: TrialHouse | undefined;
let trial: TrialHome | undefined;
afterEach(async () => {
  await house?.close();
  trial?.remove();
  house = undefined;
  trial = undefined;
});

/** Runs the supervisor's bundle to its end. */
function runSupervisor(folder: string): Promise<{ readonly exitCode: number | null; readonly said: string }> {
  const child = spawn(process.execPath, [join(checkoutFolder, "dist", "supervisor.mjs")], {
    env: { ...process.env, KISSBOT_HOME: folder },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  return new Promise((resolve) => {
    child.once("close", (exitCode) => resolve({ exitCode, said }));
  });
}

describe("a second start", () => {
  test("says who runs and leaves the first alone; a dead supervisor's lock holds up nobody, and its children go on", async () => {
    house = await openTrialHouse();
    const { pid, children } = await house.status();
    const second = await runSupervisor(house.home.folder);
    expect(second.exitCode).toBe(1);
    expect(second.said).toContain(`KissBot already runs for this home: process ${pid}, since 20`);
    expect((await house.status()).pid).toBe(pid);

    process.kill(pid, "SIGKILL");
    await house.launched.exited;
    const next = runSupervisor(house.home.folder);
    const fresh = await house.until(
      () => (house as TrialHouse).status().catch(() => undefined),
      (one) => one !== undefined && one.pid !== pid && one.health === "healthy",
    );
    expect(fresh?.children.map((child) => child.pid)).toEqual(children.map((child) => child.pid));
    await house.say("alice_live", "once_only", "!ping");
    await house.replyTo("alice_live", "once_only");
    process.kill(fresh?.pid ?? 0, "SIGTERM");
    expect(await next).toMatchObject({ exitCode: 0 });
    expect(
      house.lines.filter((line) => line.user === BOT && String(line.text).startsWith("@once_only")),
    ).toHaveLength(1);
  });
});

describe("a start that can't work", () => {
  test("a missing configuration: one sentence that says what to do, exit code 78", async () => {
    trial = makeTrialHome(process.env);
    const { exitCode, said } = await runSupervisor(trial.home.folder);
    expect(exitCode).toBe(78);
    expect(said).toContain("there is no configuration file");
    expect(said).toContain("config/config.sample.yaml");
  });

  test("a wrong configuration: every problem with file, line and path, and nothing is started", async () => {
    trial = makeTrialHome(process.env);
    trial.writeConfig("twitch:\n  client_id: x\n  bot_login: Kiss Bot\n  channels: [Alice]\nunknown: 1\n");
    const { exitCode, said } = await runSupervisor(trial.home.folder);
    expect(exitCode).toBe(78);
    for (const part of [
      "config.yaml:3: twitch.bot_login",
      "config.yaml:4: twitch.channels",
      "config.yaml:5: unknown",
    ]) {
      expect(said).toContain(part);
    }
    expect(readdirSync(trial.home.folder)).toEqual(["config"]);
  });

  test("a socket that somebody else answers on is not stolen", async () => {
    trial = makeTrialHome(process.env);
    trial.writeConfig(
      "twitch: { client_id: x, bot_login: kissbot, tokens: { kissbot: { access_token: a } }, channels: [alice] }\n",
    );
    prepareHome(trial.home);
    const stranger = createServer((socket) => socket.on("error", () => {}));
    await new Promise<void>((resolve) =>
      stranger.listen((trial as TrialHome).home.supervisorSocket, resolve),
    );
    const { exitCode, said } = await runSupervisor(trial.home.folder);
    expect(exitCode).toBe(1);
    expect(said).toContain("another live process answers on this socket");
    expect(stranger.listening).toBe(true);
    await new Promise((resolve) => stranger.close(resolve));
  });
});
