import { beforeEach, expect, test } from "vitest";
import type { Permit } from "../../shared/ipc/permit-words.ts";
import { type FakeClock, makeFakeClock } from "../../tests/support/fake-clock.ts";
import { makePurse, type Purse } from "./purse.ts";

let clock: FakeClock;
let purse: Purse;
beforeEach(() => {
  clock = makeFakeClock();
  purse = makePurse(clock);
});
const permit = (more: Partial<Permit> = {}): Permit => ({
  kind: "permit",
  wants: "send",
  number: 1,
  grant: "g",
  count: 2,
  asViewer: false,
  waitedMs: 0,
  goodForMs: 3_000,
  ...more,
});

test("a grant's time runs from the wish, not from its arrival: an old one is worth nothing", async () => {
  await clock.advance(5_000);
  purse.put(permit({ waitedMs: 1_000 }), 1_500);
  await clock.advance(499);
  expect(purse.has("send", false)).toBe(true);
  await clock.advance(1);
  expect(purse.take("send", false)).toBeUndefined();
  expect(purse.takeNews()).toEqual([{ grant: "g", wants: "send", usedAgoMs: [], left: 0 }]);
});

test("tells the whole of each grant once after each change; what is in hand may still be used", async () => {
  purse.put(permit(), 0);
  expect(purse.hasNews()).toBe(false);
  const first = purse.take("send", false);
  expect(purse.takeAll()).toMatchObject([{ usedAgoMs: [], left: 2 }]);
  first?.used();
  await clock.advance(100);
  expect(purse.takeNews()).toEqual([{ grant: "g", wants: "send", usedAgoMs: [100], left: 1 }]);
  expect(purse.takeNews()).toEqual([]);
  purse.take("send", false)?.giveBack();
  expect(purse.hasNews()).toBe(false);
  purse.letGo("send", "all");
  expect(purse.takeNews()).toMatchObject([{ usedAgoMs: [100], left: 0 }]);
  await clock.advance(70_000);
  expect(purse.takeAll()).toEqual([]);
});

test("a grant for a moderator's words is none for a viewer's, and goes back when the bot is a viewer", () => {
  purse.put(permit(), 0);
  expect(purse.take("send", true)).toBeUndefined();
  expect(purse.take("auth", false)).toBeUndefined();
  purse.put(permit({ grant: "v", asViewer: true, goodForMs: 9_000 }), 0);
  purse.letGo("send", "not-for-viewers");
  expect(purse.takeNews()).toMatchObject([{ grant: "g", left: 0 }]);
  expect(purse.nextEndAt()).toBe(9_000);
  expect(purse.has("send", true)).toBe(true);
});

test("a viewer's grant goes back when the bot is more than that", () => {
  purse.put(permit(), 0);
  purse.put(permit({ grant: "v", asViewer: true, goodForMs: 9_000 }), 0);
  purse.letGo("send", "for-viewers");
  expect(purse.takeNews()).toMatchObject([{ grant: "v", left: 0 }]);
  expect([purse.has("send", true), purse.has("send", false)]).toEqual([false, true]);
});

test("takes first what runs out first", () => {
  purse.put(permit({ grant: "long", goodForMs: 10_000 }), 0);
  purse.put(permit({ grant: "short" }), 0);
  purse.take("send", false)?.used();
  expect(purse.takeNews()).toMatchObject([{ grant: "short" }]);
});

test("what is used without a grant is told as well, also while it is under way", async () => {
  const own = purse.takeOwn("auth", "own-1", 25_000);
  expect(purse.ownUses("auth")).toEqual([0]);
  expect(purse.takeAll()).toEqual([{ grant: "own-1", wants: "auth", usedAgoMs: [], left: 1 }]);
  await clock.advance(50);
  own.used();
  expect(purse.ownUses("auth")).toEqual([50]);
  expect(purse.ownUses("send")).toEqual([]);
  expect(purse.takeNews()).toMatchObject([{ usedAgoMs: [0], left: 0 }]);
  purse.takeOwn("auth", "own-2", 25_000).giveBack();
  expect(purse.ownUses("auth")).toEqual([50]);
});
