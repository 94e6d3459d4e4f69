import { expect, test } from "vitest";
import { serviceChildId } from "../shared/house-services.ts";
import { hubChildId } from "../shared/ids.ts";
import { makeFakeClock, settled } from "../tests/support/fake-clock.ts";
import type { Child, ChildSpec, ChildState } from "./child-spec.ts";
import { parseHealth, startHealthWatch } from "./health-watch.ts";
import type { Member } from "./post.ts";

const drakon = serviceChildId("drakon");
const health = { url: "http://127.0.0.1:1/health", keeper: "k" };
const member = (state: ChildState, more: Partial<ChildSpec> = {}): Member =>
  ({ child: { spec: { id: drakon, health, ...more }, state } as Child }) as Member;
const starting: ChildState = { is: "starting", pid: 7, lastSign: undefined, reached: [], countsFrom: 0 };
const running: ChildState = { is: "running", pid: 7, lastSign: 0 };
const good = (spawnId: string) => JSON.stringify({ status: "ok", spawn_id: spawnId, titles: null });

function open(members: () => readonly Member[], answer: () => string | undefined) {
  const clock = makeFakeClock();
  const asked: number[] = [];
  const well: string[] = [];
  const watch = startHealthWatch({
    members,
    onWell: (childId, spawnId) => well.push(`${childId} ${spawnId}`),
    ask: async () => {
      asked.push(clock.now());
      return answer();
    },
    clock,
  });
  return { clock, asked, well, watch };
}

test("whoever starts is asked often, and seldom once it runs", async () => {
  let state: ChildState = starting;
  const { clock, asked, well, watch } = open(
    () => [member(state)],
    () => good("s1"),
  );
  watch.look();
  await clock.advance(1_000);
  expect(asked.length).toBeGreaterThanOrEqual(4);
  expect(well[0]).toBe("drakon s1");
  state = running;
  const before = asked.length;
  await clock.advance(60_000);
  expect(asked.length - before).toBeGreaterThanOrEqual(11);
  expect(asked.length - before).toBeLessThanOrEqual(16);
  watch.stop();
  expect(clock.pending()).toBe(0);
});

test("nobody is asked who has words, or no process", async () => {
  const plain = { child: { spec: { id: hubChildId }, state: running } as Child } as Member;
  const { clock, asked, watch } = open(
    () => [plain],
    () => good("s1"),
  );
  watch.look();
  await clock.advance(10_000);
  expect(clock.pending()).toBe(0);
  const resting = open(
    () => [member({ is: "resting", until: 9 })],
    () => good("s1"),
  );
  resting.watch.look();
  await resting.clock.advance(10_000);
  resting.watch.stop();
  expect([...asked, ...resting.asked]).toEqual([]);
});

test("one that does not answer is no sign of life, and is asked again", async () => {
  const { clock, asked, well, watch } = open(
    () => [member(running)],
    () => undefined,
  );
  watch.look();
  await clock.advance(9_000);
  expect(asked.length).toBe(3);
  expect(well).toEqual([]);
  watch.stop();
});

test("an answer that comes after the end is heard by nobody", async () => {
  let answer: (text: string) => void = () => {};
  const clock = makeFakeClock();
  const well: string[] = [];
  const watch = startHealthWatch({
    members: () => [member(starting)],
    onWell: (childId) => well.push(childId),
    ask: () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
    clock,
  });
  watch.look();
  watch.stop();
  answer(good("s1"));
  await settled();
  expect(well).toEqual([]);
});

test.each([
  [good("s1"), "s1"],
  ['{"status":"ok"}', undefined],
  ['{"status":"ok","spawn_id":null}', undefined],
  ['{"status":"ill","spawn_id":"s1"}', undefined],
  ["<html>", undefined],
  ["", undefined],
  [undefined, undefined],
])("%j is of spawn %j", (text, spawnId) => {
  expect(parseHealth(text)).toBe(spawnId);
});
