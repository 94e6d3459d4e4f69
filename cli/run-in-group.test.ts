import { constants, getPriority } from "node:os";
import { expect, test } from "vitest";
import { systemClock } from "../shared/clock.ts";
import { runInGroup } from "./run-in-group.ts";

/** Says its own priority and that of a process it starts. */
const SAYS_PRIORITIES = `
  const { getPriority } = require("node:os");
  console.log(getPriority());
  process.stdin.once("end", () => {
    console.log(require("node:child_process").execFileSync(process.execPath, ["-p", "os.getPriority()"], { encoding: "utf8" }));
  }).resume();`;

test.each([
  [true, constants.priority.PRIORITY_LOW],
  [false, getPriority()],
])("yields: %s, then everything it starts has priority %d", async (yields, priority) => {
  let said = "";
  const exitCode = await runInGroup({
    program: process.execPath,
    args: ["-e", SAYS_PRIORITIES],
    clock: systemClock,
    environment: process.env,
    endsWithinMs: 10_000,
    yields,
    hear: (text) => {
      said += text;
    },
  });
  expect(exitCode).toBe(0);
  expect(said.trim().split(/\s+/).map(Number)).toEqual([priority, priority]);
});

test("one that does not end within its time is killed, with what it started, and counts as failed", async () => {
  const program = "sleep 60 & sleep 60";
  const exitCode = await runInGroup({
    program: "sh",
    args: ["-c", program],
    clock: systemClock,
    environment: process.env,
    endsWithinMs: 20,
    hear: () => {},
  });
  expect(exitCode).toBe(1);
});

test("one that is stopped ends with what it started, long before its time", async () => {
  const stop = new AbortController();
  let said = "";
  const exitCode = await runInGroup({
    program: "sh",
    args: ["-c", "sleep 60 & echo $!; wait"],
    clock: systemClock,
    environment: process.env,
    endsWithinMs: 60_000,
    stop: stop.signal,
    hear(text) {
      said += text;
      stop.abort();
    },
  });
  expect(exitCode).toBe(1);
  // Its output is closed when the last of them has gone: "close" has come, and nobody is left to hold it.
  expect(Number(said)).toBeGreaterThan(0);
});
