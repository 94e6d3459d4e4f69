import { expect, test } from "vitest";
import type { BackupAnswer } from "../shared/backup/job.ts";
import { KissError } from "../shared/errors.ts";
import { findHome } from "../shared/home.ts";
import { makeFakeClock, settled } from "../tests/support/fake-clock.ts";
import { makeTestLog } from "../tests/support/test-log.ts";
import { startDatabaseWatch } from "./database-watch.ts";

const onDamage = async () => {};
const HOUR = 60 * 60_000;

/** `answer`: what the next look says; undefined: it is still at it. */
function open() {
  const clock = makeFakeClock();
  const { log, lines } = makeTestLog();
  const asked: object[] = [];
  const at: { answer: BackupAnswer | undefined; end: (said: string) => void } = {
    answer: { is: "looked-over", problems: [], tookMs: 1 },
    end: () => {},
  };
  const watch = startDatabaseWatch({
    home: findHome({ KISSBOT_HOME: "/nowhere" }),
    spawn({ papers }) {
      asked.push(papers);
      const { promise, resolve } = Promise.withResolvers<{ said: string; how: string }>();
      at.end = (said) => resolve({ said, how: "exit code 1" });
      if (at.answer) at.end(JSON.stringify(at.answer));
      return {
        pid: 7,
        ended: promise,
        async stop() {
          at.end("");
        },
      };
    },
    shelf: () => ({ is: "read", backups: [] }),
    clock,
    log,
  });
  const says = (...problems: string[]) => {
    at.answer = { is: "looked-over", problems, tookMs: 1 };
  };
  return { watch, clock, lines, asked, at, says };
}

test("a damaged database lets no house start", async () => {
  const { watch, says, lines, clock } = open();
  says("Tree 9 page 9: x");
  const told: string[] = [];
  await expect(watch.refuseDamaged(async (damage) => void told.push(damage))).rejects.toThrow(KissError);
  expect(told).toEqual([
    expect.stringContaining("does not start: the database is damaged (Tree 9 page 9: x): "),
  ]);
  await expect(watch.refuseDamaged(onDamage)).rejects.toThrow(
    /\/nowhere\/data\/kissbot\.db: Tree 9 page 9: x\. Nothing was started or written\. What mends it: /,
  );
  expect(lines.filter(({ level }) => level === "error")).toHaveLength(1);
  expect(clock.pending()).toBe(0);
});

test("a sound one does, and so does one whose look takes too long or fails", async () => {
  const { watch, clock, at, asked, lines } = open();
  await watch.refuseDamaged(onDamage);
  at.answer = undefined;
  const waiting = watch.refuseDamaged(onDamage);
  await clock.advance(3_000);
  await waiting;
  at.end(JSON.stringify({ is: "failed", because: "no room" }));
  await settled();
  expect(asked).toEqual([
    { do: "look-over", isThorough: false },
    { do: "look-over", isThorough: false },
  ]);
  expect(lines.map(({ text }) => text)).toEqual(["the database could not be looked over"]);
  expect(clock.pending()).toBe(0);
});

test("what a long look finds is told when it is found", async () => {
  const { watch, clock, at } = open();
  at.answer = undefined;
  const waiting = watch.refuseDamaged(onDamage);
  await clock.advance(3_000);
  await waiting;
  watch.begin();
  expect([watch.damage(), watch.hasLooked()]).toEqual([undefined, false]);
  at.end(JSON.stringify({ is: "looked-over", problems: ["x"], tookMs: 1 }));
  await settled();
  expect(watch.damage()).toContain("the database is damaged (x): ./kissbot.sh stop, then ");
  expect(watch.hasLooked()).toBe(true);
  await watch.stop();
  expect(clock.pending()).toBe(0);
});

test("looks by itself, says it once, and says when it is over", async () => {
  const { watch, clock, says, lines, asked } = open();
  watch.begin();
  says("x");
  await clock.advance(24 * HOUR);
  expect(asked.length).toBeGreaterThan(3);
  expect(asked.every((job) => "isThorough" in job && job.isThorough)).toBe(true);
  expect(lines.map(({ text }) => text)).toEqual(["the database is damaged"]);
  says();
  await clock.advance(6 * HOUR);
  expect(watch.damage()).toBeUndefined();
  await watch.stop();
  expect(clock.pending()).toBe(0);
});

test("whoever meets damage has it looked at soon, the same again and again does not", async () => {
  const { watch, clock, says, asked } = open();
  watch.begin();
  watch.suspect("worker:alice met damage");
  watch.suspect("worker:bob met damage");
  await settled();
  expect(asked).toHaveLength(1);
  await clock.advance(10 * 60_000);
  const before = asked.length;
  says("x");
  watch.suspect("worker:alice met damage");
  await settled();
  watch.suspect("worker:alice met damage");
  await clock.advance(60 * 60_000);
  expect(asked).toHaveLength(before + 1);
  await watch.stop();
});

test("damage that is met while a look is under way is looked for anew", async () => {
  const { watch, clock, at, asked } = open();
  at.answer = undefined;
  watch.begin();
  await clock.advance(HOUR);
  expect(asked).toHaveLength(1);
  watch.suspect("worker:alice met damage");
  at.end(JSON.stringify({ is: "looked-over", problems: [], tookMs: 1 }));
  await settled();
  expect(asked).toHaveLength(2);
  at.end(JSON.stringify({ is: "looked-over", problems: ["x"], tookMs: 1 }));
  await settled();
  expect(watch.damage()).toContain("(x)");
  await watch.stop();
});

test("a look that is under way is ended with the house", async () => {
  const { watch, at, lines, clock } = open();
  at.answer = undefined;
  watch.suspect("hub met damage");
  await watch.stop();
  watch.suspect("hub met damage");
  expect(lines.map(({ text }) => text)).toEqual(["the database may be damaged: it is looked over"]);
  expect(clock.pending()).toBe(0);
});
