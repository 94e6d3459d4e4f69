/** The keeper with real files and a clock of the test's own; what is decided is in plan-rotation.test.ts. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findHome, type Home, prepareHome } from "../shared/home.ts";
import { type FakeClock, makeFakeClock } from "../tests/support/fake-clock.ts";
import { makeTestLog } from "../tests/support/test-log.ts";
import { openCrashLog } from "./crash-log.ts";
import { type LogKeeper, startLogKeeper } from "./log-keeper.ts";
import { dayOf, nextMidnight } from "./plan-rotation.ts";

const LOOKS_WITHIN_MS = 5_000;

let home: Home;
let logs: string;
let clock: FakeClock;
let keeper: LogKeeper | undefined;
let told: string[];
beforeEach(() => {
  home = findHome({ KISSBOT_HOME: mkdtempSync(join(tmpdir(), "kb-")) });
  logs = home.logs;
  prepareHome(home);
  mkdirSync(join(logs, "broadcast", "alice"), { recursive: true });
  mkdirSync(join(logs, "broadcast", "No Channel"));
  told = [];
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
    policy: () => ({ bytesMax: 100, keepDays: 14, keepChatDays: 30, filesMax: 50 }),
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

test("a folder that cannot be kept is told of once and holds up no other", async () => {
  writeFileSync(join(logs, "broadcast", "a_file"), "");
  const now = write("broadcast/alice/chat.log", 100);
  const lines = start(now);
  await clock.advance(3 * LOOKS_WITHIN_MS);
  expect(lines.map((line) => line.text)).toEqual(["logs could not be rotated"]);
  expect(told).toContain("worker:alice reopen-logs");
});

test("a crash log that has grown large is put aside by the next spawn, and one that can't be opened is done without", () => {
  const file = join(logs, "crash-hub.log");
  openCrashLog(file).close();
  const now = write("crash-hub.log", 300 * 1_024);
  const crash = openCrashLog(file);
  crash.close();
  expect(crash.output).toEqual(expect.any(Number));
  expect(statSync(file).size).toBe(0);
  expect(statSync(join(logs, `crash-hub.log.${dayOf(now)}`)).size).toBe(300 * 1_024);
  rmSync(file);
  mkdirSync(file);
  expect(openCrashLog(file).output).toBe("ignore");
});
