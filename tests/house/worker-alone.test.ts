/** One channel alone, as `kissbot.sh worker` runs it: a process of its own against the simulator. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { kissbot, QUIET_ACCOUNT } from "../support/kissbot-process.ts";
import { type LoneTown, leftBehind, openLoneTown, readLog } from "../support/lone-worker.ts";
import { BOT, isSaidByBot } from "../support/trial-house.ts";

const READY = "ready after";
const CHANNEL = "alice_live";

let town: LoneTown;
beforeEach(async () => {
  town = await openLoneTown();
});
afterEach(() => town.close());

const ready = async (...args: readonly string[]) => {
  const worker = town.start("--channel", CHANNEL, ...args);
  await worker.says(READY);
  return worker;
};
const goesLive = async (title: string, fromLine: number) => {
  await town.sim.order(`/channels/${CHANNEL}/online`, { title });
  await town.heard((line) => isSaidByBot(line) && String(line.text).includes(title), fromLine);
};
const fault = (body: object) => town.sim.order("/faults", body);
const isSubscribed = (line: { readonly kind: string; readonly [key: string]: unknown }) =>
  line.kind === "eventsub-subscribed" && line.type === "stream.online";

test("it answers and announces in a channel that config.yaml does not list, and leaves nothing behind", async () => {
  const worker = await ready();
  expect(await town.answered(CHANNEL, "zoe", "!ping")).toContain("Pong");
  await goesLive("Alone", 0);
  expect(town.lines.filter((line) => line.kind === "eventsub-opened")).toHaveLength(1);
  expect(await worker.end("SIGTERM")).toBe(0);
  expect(leftBehind(town.trial, worker.pid)).toEqual([]);
  expect(worker.said()).toContain("stopped");
  expect(worker.said()).not.toContain("waits for");
  expect(readLog(town.trial, `broadcast/${CHANNEL}/instance.log`).at(-1)).toMatchObject({
    msg: "worker stopped",
  });
});

test("what was asked before the word to stop is answered; Ctrl-C and a closed terminal end it as well", async () => {
  for (const signal of ["SIGINT", "SIGHUP"] as const) {
    const worker = await ready("--eventsub", "disabled");
    const from = town.lines.length;
    const answer = town.answered(CHANNEL, `zoe_${signal.toLowerCase()}`, "!ping");
    await town.heard((line) => line.kind === "chat-message", from);
    const exitCode = worker.end(signal);
    expect(await answer).toContain("Pong");
    expect(await exitCode).toBe(0);
    expect(leftBehind(town.trial, worker.pid)).toEqual([]);
    expect(worker.said()).toContain("events are switched off");
  }
  expect(town.lines.some((line) => line.kind === "eventsub-opened")).toBe(false);
});

test("a token that expires is refreshed once and stored, and the next worker begins with it", async () => {
  const worker = await ready();
  const from = town.lines.length;
  await fault([
    { do: "expire-token", user: BOT },
    { do: "cut", place: "irc" },
  ]);
  await town.heard((line) => line.kind === "irc-joined" && line.user === BOT, from);
  expect(await town.answered(CHANNEL, "mila", "!ping")).toContain("Pong");
  await worker.says("chat: connected", worker.said().indexOf("chat waits for twitch"));
  expect(await worker.end("SIGTERM")).toBe(0);
  const refreshes = () =>
    readLog(town.trial, "hub.log").filter((line) => line.msg === "token refreshed and stored");
  expect(refreshes()).toHaveLength(1);
  await (await ready()).end("SIGTERM");
  expect(refreshes()).toHaveLength(1);
});

describe("EventSub", () => {
  test("cut off, it says so, comes back and hears the next stream", async () => {
    const worker = await ready();
    const from = town.lines.length;
    await fault({ do: "cut", place: "eventsub" });
    await worker.says("eventsub-away");
    await town.heard(isSubscribed, from);
    await worker.says("eventsub-away: over");
    await goesLive("Back", from);
  });

  test("garbage costs nothing", async () => {
    const worker = await ready();
    for (const what of ["not-json", "unknown-type"])
      await fault({ do: "garble", place: "eventsub", with: what });
    await goesLive("After garbage", 0);
    expect(worker.said()).not.toContain("eventsub-away");
  });
});

describe("one owner of the tokens", () => {
  test("beside a running house it is refused, and a house beside it, by every door", async () => {
    town.writeConfig((text) => text.replace("channels: []", "channels: [bob_plays]"));
    const { folder } = town.trial.home;
    expect((await kissbot(folder, "start", "--no-pm2")).exitCode).toBe(0);
    const refused = town.start("--channel", CHANNEL);
    expect(await refused.exitCode).toBe(1);
    expect(refused.said()).toMatch(/already runs for this home: process \d+, since 20.*\n.*kissbot\.sh stop/);
    expect((await kissbot(folder, "stop")).exitCode).toBe(0);

    const worker = await ready();
    const second = town.start("--channel", "bob_plays");
    expect(await second.exitCode).toBe(1);
    expect(second.said()).toContain(`a worker runs alone for this home: #${CHANNEL}, process ${worker.pid}`);
    for (const args of [
      ["start", "--no-pm2"],
      ["start", "--foreground"],
    ]) {
      const start = await kissbot(folder, ...args);
      expect(start).toMatchObject({ exitCode: 1, err: expect.stringContaining(`process ${worker.pid}`) });
    }
    expect(await kissbot(folder, "status")).toMatchObject({
      exitCode: 2,
      out: expect.stringContaining(`a worker runs alone: #${CHANNEL}, process ${worker.pid}`),
    });
    expect(await town.answered(CHANNEL, "zoe", "!ping")).toContain("Pong");
    expect((await kissbot(folder, "stop")).out).toContain("Stopped in");
    expect(await worker.exitCode).toBe(0);
    expect(leftBehind(town.trial, worker.pid)).toEqual([]);
  });

  test("one that was killed stands in nobody's way", async () => {
    const killed = await ready();
    await killed.end("SIGKILL");
    const worker = await ready();
    expect(await worker.end("SIGTERM")).toBe(0);
    expect(leftBehind(town.trial, worker.pid)).toEqual([]);
  });
});

describe("what can't work says what to do and ends with 78", () => {
  const endsWith78 = async (...said: readonly string[]) => {
    const worker = town.start("--channel", CHANNEL);
    expect(await worker.exitCode).toBe(78);
    for (const text of said) expect(worker.said()).toContain(text);
    expect(leftBehind(town.trial, worker.pid)).toEqual([]);
  };

  test("a wrong configuration", async () => {
    town.writeConfig((text) => text.replace("bot_login: kissbot", "bot_login: Upper"));
    await endsWith78("twitch.bot_login: expected a Twitch login", "config.sample.yaml");
  });

  test("a bot that must log in anew", async () => {
    await fault({ do: "revoke-authorization", user: BOT, clientId: QUIET_ACCOUNT.clientId });
    await endsWith78("Twitch no longer accepts the bot's token");
  });

  test("a channel that Twitch does not know", async () => {
    const worker = town.start("--channel", "nobody_of_this_name");
    expect(await worker.exitCode).toBe(78);
    expect(worker.said()).toContain("Twitch has no account of this name: nobody_of_this_name");
    expect(leftBehind(town.trial, worker.pid)).toEqual([]);
  });
});
