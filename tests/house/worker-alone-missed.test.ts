/** A worker alone and what it did not hear: found afterwards, said once, marked; and how it is, asked beside it. */
import { appendFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { afterEach, beforeEach, expect, test } from "vitest";
import { askLoneStatus } from "../../cli/control-link.ts";
import { systemClock } from "../../shared/clock.ts";
import { channelLogFolder } from "../../shared/home.ts";
import { Login } from "../../shared/ids.ts";
import { LoneStatus } from "../../shared/ipc/lone-control.ts";
import { awaitUntil } from "../support/await-until.ts";
import { kissbot } from "../support/kissbot-process.ts";
import { type LoneTown, openLoneTown, readLog } from "../support/lone-worker.ts";
import { isSaidByBot } from "../support/trial-house.ts";

const CHANNEL = "alice_live";
const HOLDS_WITHIN_MS = 30_000;
const Asked = v.object({ health: v.literal("down"), sentence: v.string(), alone: LoneStatus });

let town: LoneTown;
beforeEach(async () => {
  town = await openLoneTown();
});
afterEach(() => town.close());

const ready = async (...args: readonly string[]) => {
  const worker = town.start("--channel", CHANNEL, ...args);
  await worker.says("ready after");
  return worker;
};
const fault = (body: object) => town.sim.order("/faults", body);
/** What `status` is told, without a process for each look. */
async function ask(): Promise<LoneStatus> {
  const asked = await askLoneStatus(town.trial.home, systemClock);
  if (asked.is === "away") throw new Error(asked.problem);
  return asked.status;
}
const askAsJson = async () =>
  v.parse(Asked, JSON.parse((await kissbot(town.trial.home.folder, "status", "--json")).out)).alone;
const until = <T>(look: () => T | Promise<T>, holds: (found: T) => boolean): Promise<T> =>
  awaitUntil(look, holds, { withinMs: HOLDS_WITHIN_MS });
const hasLooked = ({ events }: LoneStatus) => events?.lastLookAgoMs !== undefined;
const lookedAt = ({ uptimeMs, events }: LoneStatus) => uptimeMs - (events?.lastLookAgoMs ?? uptimeMs);
const announced = (title: string) =>
  town.lines.filter((line) => isSaidByBot(line) && String(line.text).includes(title));
const recoveries = () =>
  readLog(town.trial, "hub.log").filter((line) => line.msg === "EventSub did not bring this: recovered");

test("a stream that began while EventSub was away is announced once, and marked as recovered", async () => {
  const worker = await ready();
  await until(ask, hasLooked);
  await fault({ do: "refuse", place: "eventsub", on: true });
  await fault({ do: "cut", place: "eventsub" });
  await worker.says("eventsub-away");
  await town.sim.order(`/channels/${CHANNEL}/online`, { title: "Unheard" });
  expect(announced("Unheard")).toEqual([]);
  await fault({ do: "refuse", place: "eventsub", on: false });
  await town.heard((line) => isSaidByBot(line) && String(line.text).includes("Unheard"));
  // The stream, and the title it began with, which a second look confirms.
  await until(ask, ({ events }) => events?.recovered === 2);
  expect(recoveries()).toMatchObject(
    ["stream.online", "channel.update"].map((topic) => ({ channel: CHANNEL, topic, because: "outage" })),
  );
  expect((await ask()).events).toMatchObject({ recovered: 2, last: { topic: "channel.update" } });

  // Looked at again, by this worker and by the next one: it stays said.
  const before = (await ask()).uptimeMs;
  await fault({ do: "cut", place: "eventsub" });
  await worker.says("eventsub-away: over", worker.said().lastIndexOf("eventsub-away"));
  await until(ask, (now) => lookedAt(now) > before);
  expect(await worker.end("SIGTERM")).toBe(0);
  const next = await ready();
  await until(ask, hasLooked);
  expect(await town.answered(CHANNEL, "zoe", "!ping")).toContain("Pong");
  expect(announced("Unheard")).toHaveLength(1);
  expect(recoveries()).toHaveLength(2);
  expect(await next.end("SIGTERM")).toBe(0);
});

test("a stream that began while nobody ran is announced by the next worker", async () => {
  const first = await ready();
  await until(ask, hasLooked);
  expect(await first.end("SIGTERM")).toBe(0);
  await town.sim.order(`/channels/${CHANNEL}/online`, { title: "Before you came" });
  const second = await ready();
  await town.heard((line) => isSaidByBot(line) && String(line.text).includes("Before you came"));
  expect(await second.end("SIGTERM")).toBe(0);
});

test("status beside it says who runs, since when, how chat is and what came last, in words and as JSON", async () => {
  const worker = await ready();
  expect(await town.answered(CHANNEL, "zoe", "!ping")).toContain("Pong");
  await town.sim.order(`/channels/${CHANNEL}/online`, { title: "Seen" });
  await town.heard((line) => isSaidByBot(line) && String(line.text).includes("Seen"));
  await until(ask, ({ counters }) => counters.messagesSent === 2);
  expect(await askAsJson()).toMatchObject({
    channel: CHANNEL,
    pid: worker.pid,
    isReady: true,
    counters: { chatLink: "open", messagesAnswered: 1 },
    events: { recovered: 0, last: { topic: "stream.online" } },
    troubles: [],
  });
  const { out, exitCode } = await kissbot(town.trial.home.folder, "status");
  expect(exitCode).toBe(2);
  expect(out).toMatch(/a worker runs alone: #alice_live, process \d+, since 20/);
  expect(out).toMatch(/^chat {6}connected; \d+ messages seen, 2 sent$/m);
  expect(out).toMatch(/^events {4}the last one \d+ m?s ago \(stream\.online\), /m);

  await fault({ do: "refuse", place: "irc", on: true });
  await fault({ do: "cut", place: "irc" });
  await until(ask, ({ counters, waits }) => counters.chatLink === "closed" && waits.length > 0);
  expect((await kissbot(town.trial.home.folder, "status")).out).toMatch(/^chat {6}not connected/m);
  process.kill(worker.pid, "SIGSTOP");
  const stopped = await kissbot(town.trial.home.folder, "status");
  process.kill(worker.pid, "SIGCONT");
  expect(stopped).toMatchObject({ exitCode: 2, out: expect.stringContaining("The worker does not answer") });
  expect(await worker.end("SIGTERM")).toBe(0);
});

test("its logs are put aside as a house's are, before it writes and while it does", async () => {
  town.writeConfig((text) => `${text}log: { rotate_mb: 0.01 }\n`);
  const folder = channelLogFolder(town.trial.home, v.parse(Login, CHANNEL));
  mkdirSync(folder, { recursive: true });
  const large = `${JSON.stringify({ msg: "of an earlier worker", more: "x".repeat(20_000) })}\n`;
  writeFileSync(join(folder, "instance.log"), large);
  writeFileSync(join(town.trial.home.logs, "hub.log"), large);
  const aside = (of: string, at = folder) => readdirSync(at).filter((name) => name.startsWith(`${of}.`));
  const worker = await ready();
  expect(aside("instance.log")).toHaveLength(1);
  expect(aside("hub.log", town.trial.home.logs)).toHaveLength(1);
  expect(readLog(town.trial, `broadcast/${CHANNEL}/instance.log`).map(({ msg }) => msg)).toContain(
    "stage reached",
  );

  // A file is made for its first line.
  const accounts = () =>
    existsSync(join(folder, "commands.log")) ? readLog(town.trial, `broadcast/${CHANNEL}/commands.log`) : [];
  expect(await town.answered(CHANNEL, "zoe", "!ping")).toContain("Pong");
  await until(accounts, (lines) => lines.length === 1);
  appendFileSync(join(folder, "commands.log"), large);
  await until(
    () => aside("commands.log"),
    (files) => files.length === 1,
  );
  expect(await town.answered(CHANNEL, "mila", "!ping")).toContain("Pong");
  await until(accounts, (lines) => lines.length === 1);
  expect(await worker.end("SIGTERM")).toBe(0);
});
