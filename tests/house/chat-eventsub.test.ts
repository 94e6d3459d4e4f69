/** Chat that comes by EventSub and goes out by Helix: real processes, of which no worker has a connection to Twitch. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { systemClock } from "../../shared/clock.ts";
import { type Account, readAccounts, readHeard } from "../support/accounts.ts";
import { findOverLimit, NOTHING_OVER_LIMIT } from "../support/over-limit.ts";
import { BOT, CHANNELS, isSaidByBot, openTrialHouse, type TrialHouse } from "../support/trial-house.ts";

let house: TrialHouse | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

async function open(transport: "websocket" | "conduit"): Promise<TrialHouse> {
  const eventsub = { transport, creates_per_second: 50 };
  house = await openTrialHouse({}, { twitch: { chat: { transport: "eventsub" }, eventsub } });
  return house;
}

const workerPid = async (of: TrialHouse, channel: string): Promise<number> =>
  (await of.child(`worker:${channel}`)).pid ?? 0;

/** TCP connections of a process, whoever is at the other end. */
function tcpSockets(pid: number): readonly string[] {
  const fds = `/proc/${pid}/fd`;
  const inodes = new Set(
    readdirSync(fds).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(join(fds, fd)))?.[1] ?? [];
      } catch {
        // Closed meanwhile.
        return [];
      }
    }),
  );
  return ["tcp", "tcp6"].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, "utf8")
      .split("\n")
      .slice(1)
      .filter((line) => inodes.has(line.trim().split(/\s+/)[9] ?? "")),
  );
}

/** A file of a log is made for its first line. */
const withLogs = (of: TrialHouse): readonly string[] =>
  CHANNELS.filter((channel) => existsSync(join(of.home.logs, "broadcast", channel, "commands.log")));

const allAccounts = (of: TrialHouse): readonly Account[] =>
  withLogs(of).flatMap((channel) => readAccounts(of, channel));

describe.each(["websocket", "conduit"] as const)("by %s", (transport) => {
  test("a viewer types !ping and is answered once; the worker has no connection to Twitch", async () => {
    const here = await open(transport);
    await here.say("alice_live", "mila_92", "!ping");
    expect(await here.replyTo("alice_live", "mila_92")).toBe("@mila_92 Pong! 🏓");
    await here.until(
      async () => allAccounts(here),
      (all) => all.some((one) => one.user === "mila_92"),
    );
    expect(allAccounts(here)).toEqual([
      { channel: "alice_live", user: "mila_92", ended: "answered accepted" },
    ]);
    expect(here.lines.filter(isSaidByBot)).toHaveLength(1);
    for (const channel of CHANNELS) expect(tcpSockets(await workerPid(here, channel))).toEqual([]);
    const child = await here.until(
      () => here.child("worker:alice_live"),
      ({ counters }) => counters?.messagesSent === 1,
    );
    expect(child).toMatchObject({ stage: "ready", counters: { chatLink: "eventsub", hubLink: "open" } });
  });
});

test("what Twitch drops ends as dropped, with its reason", async () => {
  const here = await open("websocket");
  await here.sim.order("/channels/alice_live/moderator", { user: BOT, remove: true });
  await here.sim.order("/channels/alice_live/settings", { followersOnlyMinutes: 60 });
  await here.say("alice_live", "carol_cat", "!ping");
  const accounts = await here.until(
    async () => allAccounts(here),
    (all) => all.length > 0,
  );
  expect(accounts[0]?.ended).toBe("answered dropped followers_only_mode");
  expect(here.lines.filter(isSaidByBot)).toEqual([]);
});

const COMMANDS = 40;

/** Viewers one after the other, each with a command of their own, while something falls. */
async function typeThrough(here: TrialHouse, fall: () => Promise<void>): Promise<readonly string[]> {
  const viewers = Array.from({ length: COMMANDS }, (_, at) => `viewer_${at}`);
  for (const [at, viewer] of viewers.entries()) {
    if (at === COMMANDS / 2) await fall();
    await here.say(CHANNELS[at % 2] ?? "", viewer, "!ping");
  }
  return viewers;
}

/** As a viewer the bot may say one a second. */
const AS_VIEWER_MS = COMMANDS * 1_000;

test("where the bot moderates it speaks at a moderator's pace, and Twitch counts nothing as too much", async () => {
  const here = await open("websocket");
  const viewers = Array.from({ length: COMMANDS }, (_, at) => `viewer_${at}`);
  const askedAt = systemClock.now();
  for (const viewer of viewers) await here.say("alice_live", viewer, "!ping");
  for (const viewer of viewers) await here.replyTo("alice_live", viewer);
  expect(systemClock.now() - askedAt).toBeLessThan(AS_VIEWER_MS / 2);
  expect(await findOverLimit(here)).toEqual(NOTHING_OVER_LIMIT);
  // More than a viewer may say in the window; what is leased and not said counts, too.
  expect((await here.hubStatus()).permits.send.counted).toBeGreaterThanOrEqual(COMMANDS);
});

const isViewer = (login: string) => /^(viewer_\d+|last_viewer)$/.test(login);
const repliesTo = (here: TrialHouse, viewer: string) =>
  here.lines.filter((line) => isSaidByBot(line) && String(line.text).startsWith(`@${viewer} `));

/** More than the account may say as a viewer within the window. */
const SAID_ELSEWHERE = 24;

test("a worker that was killed before it said a word has a successor that may speak, however much is said elsewhere", async () => {
  const here = await open("websocket");
  const pid = await workerPid(here, "alice_live");
  process.kill(pid, "SIGSTOP");
  const viewers = Array.from({ length: SAID_ELSEWHERE }, (_, at) => `viewer_${at}`);
  for (const viewer of viewers) await here.say("bob_plays", viewer, "!ping");
  for (const viewer of viewers) await here.replyTo("bob_plays", viewer);
  await here.say("alice_live", "mila_92", "!ping");
  process.kill(pid, "SIGKILL");
  expect(await here.replyTo("alice_live", "mila_92")).toBe("@mila_92 Pong! 🏓");
  expect(await findOverLimit(here)).toEqual(NOTHING_OVER_LIMIT);
});

test("a worker that is killed under load leaves its lines to its successor, and each is answered once", async () => {
  const here = await open("websocket");
  const pid = await workerPid(here, "alice_live");
  const viewers = await typeThrough(here, async () => void process.kill(pid, "SIGKILL"));
  await here.until(
    async () =>
      viewers
        .filter((viewer) => repliesTo(here, viewer).length === 0)
        .map((viewer) => [viewer, ...allAccounts(here).filter(({ user }) => user === viewer)]),
    (unanswered) => unanswered.length === 0,
  );
  await here.until(here.hubStatus, (hub) =>
    hub.workers.every((one) => one.isConnected && one.unacknowledged === 0),
  );
  expect(viewers.filter((viewer) => repliesTo(here, viewer).length !== 1)).toEqual([]);
});

test("a hub that is killed under load: nothing is answered twice, and what it had heard is answered or accounted for", async () => {
  const here = await open("conduit");
  const hub = await here.child("hub");
  const viewers = await typeThrough(here, async () => void process.kill(hub.pid ?? 0, "SIGKILL"));
  // On a busy machine the supervisor may not know of the death yet, and what is said to a dead hub is lost at Twitch.
  await here.until(
    here.status,
    ({ health, children }) =>
      health === "healthy" && children.some((one) => one.childId === "hub" && one.pid !== hub.pid),
  );
  await here.say("alice_live", "last_viewer", "!ping");
  await here.replyTo("alice_live", "last_viewer");
  await here.until(here.hubStatus, (now) =>
    now.workers.every((one) => one.isConnected && one.unacknowledged === 0),
  );
  expect(viewers.filter((viewer) => repliesTo(here, viewer).length > 1)).toEqual([]);
  const heard = withLogs(here).flatMap((channel) => readHeard(here, channel));
  // Who waited for the dead hub's word on a line gives its account when the patience for that is over.
  const accounts = await here.until(
    async () => allAccounts(here),
    (all) => all.length >= new Set(heard.filter(isViewer)).size,
  );
  expect(accounts.map((one) => one.user).sort()).toEqual([...new Set(heard)].filter(isViewer).sort());
  for (const { user, ended } of accounts)
    expect(`${repliesTo(here, user).length} ${ended}`).toMatch(
      /^1 answered accepted$|^[01] answered unknown$|^0 answered (expired|dropped .+)$/,
    );
});
