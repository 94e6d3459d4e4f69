import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { findStartTicks } from "../../shared/proc.ts";
import { readAccounts, readHeard } from "../support/accounts.ts";
import { startCrowd } from "../support/crowd.ts";
import { makeTown } from "../support/town.ts";
import { isSaidByBot, openTrialHouse, type TrialHouse } from "../support/trial-house.ts";

let house: TrialHouse | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

/** In each channel. */
const ASK_EVERY_MS = 50;
const ASKED_ALONE = 20;
const town = makeTown({ channels: 2, botIsVerified: true });

const running = (open: TrialHouse) =>
  open.until(
    () => open.status().catch(() => undefined),
    (status) => status?.health === "healthy",
  );

test("a killed supervisor's successor adopts every child, restarts none, and no message is lost or answered twice", async () => {
  const open = await openTrialHouse({}, { scene: town });
  house = open;
  const before = await open.status();
  const crowd = startCrowd(open, { everyMs: ASK_EVERY_MS });
  await open.heard(isSaidByBot);
  process.kill(before.pid, "SIGKILL");
  await open.launched.exited;
  // Nobody holds the house now: it chats on.
  const alone = crowd.asks.length;
  await open.until(
    async () => crowd.asks.length,
    (count) => count >= alone + ASKED_ALONE,
  );
  await open.relaunch();
  const after = await running(open);
  await crowd.hush();
  expect(await crowd.findWrongs()).toEqual([]);
  expect(crowd.asks.filter(({ isExcused }) => isExcused)).toEqual([]);
  expect(open.lines.filter(isSaidByBot)).toHaveLength(crowd.asks.length);
  await open.until(
    async () => open.channels.flatMap((channel) => readAccounts(open, channel)),
    (accounts) =>
      accounts.length === crowd.asks.length && accounts.every(({ ended }) => ended === "answered accepted"),
  );
  expect(after?.pid).not.toBe(before.pid);
  const shown = (status: typeof before | undefined) =>
    status?.children.map(({ childId, pid, restarts }) => ({ childId, pid, restarts }));
  expect(shown(after)).toEqual(shown(before));

  // The adopted are watched like its own: one that is killed comes back.
  const [channel = ""] = open.channels;
  const old = after?.children.find((child) => child.childId === `worker:${channel}`)?.pid ?? Number.NaN;
  process.kill(old, "SIGKILL");
  await open.until(
    () => open.child(`worker:${channel}`),
    (child) => child.state === "running" && child.pid !== old,
  );
  await open.say(channel, "after_all", "!ping");
  await open.replyTo(channel, "after_all");
});

test("a channel that was stopped on purpose has no process and no marks, over restarts too, until it is started again", async () => {
  const open = await openTrialHouse();
  house = open;
  const marks = () =>
    ["starting", "irc", "eventsub", "ready"].filter((name) =>
      existsSync(join(open.home.pids, `bob_plays.${name}`)),
    );
  expect(marks()).toEqual(["starting", "irc", "eventsub", "ready"]);
  const pidOfAlice = (await open.child("worker:alice_live")).pid;
  expect(await open.order({ do: "stop-channel", channel: "bob_plays" })).toMatchObject({ kind: "done" });
  expect(marks()).toEqual([]);
  const hub = await open.until(open.hubStatus, (one) =>
    one.subscriptions.every((row) => row.channel === "alice_live"),
  );
  expect(hub.health).toBe("healthy");

  const { pid } = await open.status();
  process.kill(pid, "SIGKILL");
  await open.relaunch();
  const status = await running(open);
  expect(status?.children.map((child) => child.childId)).toEqual(["hub", "worker:alice_live"]);
  expect(status?.asleep).toMatchObject([{ channel: "bob_plays", isStopped: true }]);

  expect(await open.order({ do: "start-channel", channel: "bob_plays" })).toMatchObject({ kind: "done" });
  await running(open);
  await open.say("bob_plays", "welcome_back", "!ping");
  await open.replyTo("bob_plays", "welcome_back");
  expect((await open.child("worker:alice_live")).pid).toBe(pidOfAlice);
});

test("a channel can be restarted, added and removed while the others go on", async () => {
  const open = await openTrialHouse();
  house = open;
  const pids = async () =>
    new Map((await open.status()).children.map((child) => [child.childId as string, child.pid]));
  const before = await pids();
  const restarted = await open.order({ do: "restart-channel", channel: "bob_plays" });
  expect(restarted).toMatchObject({ kind: "done" });
  const after = await pids();
  expect(after.get("worker:bob_plays")).toBe(restarted.kind === "done" ? restarted.pid : undefined);
  expect(after.get("worker:bob_plays")).not.toBe(before.get("worker:bob_plays"));

  expect(await open.order({ do: "add-channel", channel: "mila_92" })).toMatchObject({ kind: "done" });
  await running(open);
  await open.say("mila_92", "first_guest", "!ping");
  await open.replyTo("mila_92", "first_guest");
  await open.sim.order("/channels/mila_92/online", { title: "Mila is here" });
  await open.heard((line) => String(line.text).includes("Mila is here"));

  expect(await open.order({ do: "remove-channel", channel: "alice_live" })).toMatchObject({
    kind: "refused",
    because: expect.stringContaining("config.yaml"),
  });
  expect(await open.order({ do: "remove-channel", channel: "nobody" })).toMatchObject({
    kind: "refused",
    because: expect.stringContaining("alice_live, bob_plays, mila_92"),
  });
  expect(await open.order({ do: "remove-channel", channel: "mila_92" })).toMatchObject({ kind: "done" });
  expect((await pids()).get("worker:alice_live")).toBe(before.get("worker:alice_live"));
  expect((await pids()).get("hub")).toBe(before.get("hub"));
});

test("children whose supervisor is gone for too long stop by themselves: what they heard has its end, and nothing of theirs is left", async () => {
  const open = await openTrialHouse({ limits: { orphan_seconds: 1 } }, { scene: town });
  house = open;
  const { pid, children } = await open.status();
  const crowd = startCrowd(open, { everyMs: ASK_EVERY_MS });
  process.kill(pid, "SIGKILL");
  await open.launched.exited;
  const alive = () =>
    children.filter((child) => child.pid !== undefined && findStartTicks(child.pid) !== undefined);
  expect(alive()).toHaveLength(3);
  await open.until(
    async () => alive().length,
    (count) => count === 0,
  );
  await crowd.hush();
  for (const log of ["hub.log", ...open.channels.map((channel) => `broadcast/${channel}/instance.log`)]) {
    expect(open.log(log).some((line) => line.because === "no supervisor for too long")).toBe(true);
  }
  const accounts = open.channels.flatMap((channel) => readAccounts(open, channel));
  expect(accounts.map(({ user }) => user).toSorted()).toEqual(
    open.channels.flatMap((channel) => readHeard(open, channel)).toSorted(),
  );
  expect(accounts.filter(({ ended }) => ended !== "answered accepted")).toEqual([]);
  expect(open.lines.filter(isSaidByBot)).toHaveLength(accounts.length);
  expect(accounts.length).toBeGreaterThan(0);
  // Notes are the supervisor's, and what a killed one leaves is its heir's; marks and sockets are the children's.
  const marks = readdirSync(open.home.pids).filter((name) => /\.(starting|irc|eventsub|ready)$/.test(name));
  expect(marks).toEqual([]);
  expect(existsSync(open.home.hubSocket)).toBe(false);
});
