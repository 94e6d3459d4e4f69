/** The keeper with real files and a clock of the test's own; what is decided is in plan-rotation.test.ts. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type FakeClock, makeFakeClock } from "../../tests/support/fake-clock.ts";
import { makeTestLog } from "../../tests/support/test-log.ts";
import { findHome, type Home, prepareHome } from "../home.ts";
import { openCrashLog } from "./crash-log.ts";
import { type LogKeeper, startLogKeeper } from "./log-keeper.ts";
import { CRASH_BYTES_MAX, dayOf, nextMidnight, type RotationPolicy } from "./plan-rotation.ts";

const LOOKS_WITHIN_MS = 5_000;
const policy: RotationPolicy = { bytesMax: 100, keepDays: 14, keepChatDays: 30, filesMax: 50 };

let home: Home;
let logs: string;
let clock: FakeClock;
let keeper: LogKeeper | undefined;
let told: string[];
/** What differs, by channel. */
let policies: Map<string, Partial<RotationPolicy>>;
beforeEach(() => {
  home = findHome({ KISSBOT_HOME: mkdtempSync(join(tmpdir(), "kb-")) });
  logs = home.logs;
  prepareHome(home);
  mkdirSync(join(logs, "broadcast", "alice"), { recursive: true });
  mkdirSync(join(logs, "broadcast", "No Channel"));
  told = [];
  policies = new Map();
});
afterEach(() => {
  keeper?.stop();
  keeper = undefined;
  rmSync(home.folder, { recursive: true });
});

/** The files' own days are the machine's, so the clock begins where the machine's is. */
function start(wallNow: number) {
  clock = makeFakeClock(wallNow);
  const { log, lines } = makeTestLog();
  keeper = startLogKeeper({
    home,
    clock,
    log,
    policy: (channel) => ({ ...policy, ...policies.get(channel ?? "") }),
    tell: (childId, message) => told.push(`${childId} ${message.kind}`),
    reopenOwn: () => told.push("own"),
  });
  return lines;
}
const write = (path: string, bytes: number) => {
  const file = join(logs, path);
  writeFileSync(file, "x".repeat(bytes));
  return statSync(file).mtimeMs;
};

test("puts large files aside and tells their writers, nobody else", async () => {
  const now = write("broadcast/alice/chat.log", 100);
  write("broadcast/alice/instance.log", 99);
  write("hub.log", 99);
  start(now);
  expect(told).toEqual(["worker:alice reopen-logs"]);
  expect(readdirSync(join(logs, "broadcast", "alice")).sort()).toEqual([
    `chat.log.${dayOf(now)}`,
    "instance.log",
  ]);
  write("hub.log", 101);
  await clock.advance(LOOKS_WITHIN_MS);
  expect(told.slice(1)).toEqual(["own", "hub reopen-logs"]);
  expect(readFileSync(join(logs, `hub.log.${dayOf(now)}`), "utf8")).toHaveLength(101);
});

test("puts everything aside at midnight and deletes what is too old", async () => {
  const now = write("supervisor.log", 1);
  write("broadcast/alice/commands.log", 1);
  write("broadcast/alice/commands.log.2020-01-01.3", 1);
  write("broadcast/alice/commands.log.old", 1);
  start(nextMidnight(now) - 10);
  expect(told).toEqual([]);
  expect(readdirSync(join(logs, "broadcast", "alice")).sort()).toEqual(["commands.log", "commands.log.old"]);
  await clock.advance(10);
  expect(told).toEqual(["own", "hub reopen-logs", "worker:alice reopen-logs"]);
  expect(existsSync(join(logs, `supervisor.log.${dayOf(now)}`))).toBe(true);
  expect(existsSync(join(logs, "broadcast", "alice", `commands.log.${dayOf(now)}`))).toBe(true);
});

test("where a day is kept, what is put aside at midnight goes once its writer has heard, unless it wrote on", async () => {
  const now = write("broadcast/alice/commands.log", 1);
  const night = nextMidnight(now);
  write("broadcast/alice/instance.log", 1);
  policies.set("alice", { keepDays: 1 });
  start(night - 10);
  await clock.advance(10);
  expect(told.at(-1)).toBe("worker:alice reopen-logs");
  const names = () => readdirSync(join(logs, "broadcast", "alice")).sort();
  expect(names()).toEqual([`commands.log.${dayOf(now)}`, `instance.log.${dayOf(now)}`]);
  const lateWriter = new Date(night + 5);
  utimesSync(join(logs, "broadcast", "alice", `instance.log.${dayOf(now)}`), lateWriter, lateWriter);
  await clock.advance(LOOKS_WITHIN_MS);
  expect(names()).toEqual([`instance.log.${dayOf(now)}`]);
});

test("a folder that cannot be kept is told of once and holds up no other", async () => {
  writeFileSync(join(logs, "broadcast", "a_file"), "");
  const now = write("broadcast/alice/chat.log", 100);
  const lines = start(now);
  await clock.advance(3 * LOOKS_WITHIN_MS);
  expect(lines.map((line) => line.text)).toEqual(["logs could not be rotated"]);
  expect(told).toContain("worker:alice reopen-logs");
});

test("no folder of channels, but a file in its place, costs nobody else their rotation", async () => {
  rmSync(join(logs, "broadcast"), { recursive: true });
  writeFileSync(join(logs, "broadcast"), "");
  const now = write("hub.log", 100);
  const lines = start(now);
  await clock.advance(2 * LOOKS_WITHIN_MS);
  expect(lines.map((line) => line.text)).toEqual(["logs could not be rotated"]);
  expect(told).toEqual(["own", "hub reopen-logs"]);
});

test("a crash log that grows is cut under whoever writes it, and its last part kept", async () => {
  const file = join(logs, "crash-hub.log");
  const crash = openCrashLog(file);
  const descriptor = Number(crash.output);
  writeSync(descriptor, "x");
  start(statSync(file).mtimeMs);
  writeSync(descriptor, "x".repeat(CRASH_BYTES_MAX));
  writeSync(descriptor, "last words");
  await clock.advance(LOOKS_WITHIN_MS);
  writeSync(descriptor, "and more");
  crash.close();
  const kept = readFileSync(join(logs, `crash-hub.log.${dayOf(clock.wall())}`), "utf8");
  expect(kept).toHaveLength(CRASH_BYTES_MAX);
  expect(kept.endsWith("last words")).toBe(true);
  expect(readFileSync(file, "utf8")).toBe("and more");
  expect(told).toEqual([]);
});

test("a crash log that can't be opened is done without", () => {
  mkdirSync(join(logs, "crash-hub.log"));
  expect(openCrashLog(join(logs, "crash-hub.log")).output).toBe("ignore");
});

test("each channel's own policy is kept, and a new one at once", () => {
  mkdirSync(join(logs, "broadcast", "bob"));
  const now = write("broadcast/alice/chat.log", 1);
  write("broadcast/bob/chat.log", 1);
  write("hub.log", 1);
  start(now);
  expect(told).toEqual([]);
  policies.set("bob", { keepChatDays: 0 });
  keeper?.lookNow();
  expect(told).toEqual(["worker:bob reopen-logs"]);
  expect(existsSync(join(logs, "broadcast", "bob", "chat.log"))).toBe(false);
  expect(existsSync(join(logs, "broadcast", "alice", "chat.log"))).toBe(true);
});
