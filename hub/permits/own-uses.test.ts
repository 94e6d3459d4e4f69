import { expect, test } from "vitest";
import { makeFakeClock } from "../../tests/support/fake-clock.ts";
import { ORDINARY_LIMITS } from "./limits.ts";
import { makeOwnUses } from "./own-uses.ts";
import { makeUseWindow } from "./use-window.ts";

const limit = ORDINARY_LIMITS.join;

function open(rules = { limit, asViewer: true, leftFree: 0 }) {
  const clock = makeFakeClock();
  const window = makeUseWindow(rules.limit.windowMs);
  const written: string[] = [];
  let grants = 0;
  const joins = makeOwnUses({
    ...rules,
    window,
    nameGrant: () => `g${grants++}`,
    write: ({ name }) => written.push(name),
    clock,
  });
  return { clock, window, joins, written };
}

test("never are more under way or just done than Twitch allows, whoever joins", async () => {
  const { clock, window, joins, written } = open();
  window.add({ name: "worker", channel: "alice", count: 5, until: 1_000, asViewer: true }, 0);
  const answered: (() => void)[] = [];
  while (joins.waitMs() === 0) answered.push(joins.begin());
  expect(written).toHaveLength(limit.any - 5);
  await clock.advance(500);
  for (const answer of answered) answer();
  expect(joins.waitMs()).toBe(limit.windowMs);
  // What the worker may still have used leaves a window after its last instant, what was answered a window after that.
  await clock.advance(limit.windowMs);
  expect(window.count(clock.now())).toBe(5);
  expect(joins.waitMs()).toBe(0);
});

test("one that is never answered counts as long as it may have reached Twitch", async () => {
  const { clock, window, joins } = open();
  joins.begin();
  await clock.advance(10_000 + limit.windowMs - 1);
  expect(window.count(clock.now())).toBe(1);
  await clock.advance(1);
  expect(window.count(clock.now())).toBe(0);
});

test("a message that nobody waits for leaves a part of the account's to others, and more while viewers' are under way", async () => {
  const sends = ORDINARY_LIMITS.send;
  const { clock, window, joins: own } = open({ limit: sends, asViewer: false, leftFree: 0.3 });
  window.add({ name: "mods", channel: "alice", count: 69, until: 0, asViewer: false }, 0);
  expect(own.waitMs()).toBe(0);
  own.begin()();
  expect(own.waitMs()).toBe(sends.windowMs);
  await clock.advance(sends.windowMs);
  window.add(
    { name: "viewer", channel: "bob", count: 13, until: clock.now() + 3_000, asViewer: true },
    clock.now(),
  );
  expect(own.waitMs()).toBe(0);
  own.begin();
  expect(own.waitMs()).toBeGreaterThan(0);
  expect(window.count(clock.now())).toBeLessThanOrEqual(sends.asViewer);
});
