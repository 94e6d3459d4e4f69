import fc from "fast-check";
import { expect, test } from "vitest";
import { makeFakeClock } from "../../tests/support/fake-clock.ts";
import { makeOverlap } from "./overlap.ts";
import type { Notification } from "./parse-frame.ts";

const STARTS_AT = Date.UTC(2030, 0, 1);
let lastId = 0;
const notification = (content: string, stampedAt = 0, type = "channel.update"): Notification => ({
  kind: "notification",
  messageId: `m${++lastId}`,
  at: new Date(STARTS_AT + stampedAt).toISOString(),
  type,
  event: { content },
});

test.each<[string, readonly [connection: number, content: string, stampedAt: number][], readonly boolean[]]>([
  [
    "the same from both connections",
    [
      [1, "a", 0],
      [2, "a", 3],
    ],
    [true, false],
  ],
  [
    "the same, the new connection first",
    [
      [2, "a", 3],
      [1, "a", 0],
    ],
    [true, false],
  ],
  [
    "something twice, told twice by both",
    [
      [1, "a", 0],
      [1, "a", 9],
      [2, "a", 1],
      [2, "a", 8],
    ],
    [true, true, false, false],
  ],
  [
    "two things in turn",
    [
      [1, "a", 0],
      [2, "b", 0],
      [1, "b", 1],
      [2, "a", 1],
    ],
    [true, true, false, false],
  ],
  [
    "the same on one connection",
    [
      [1, "a", 0],
      [1, "a", 1],
    ],
    [true, true],
  ],
  [
    "the same content seconds later, on the new connection alone",
    [
      [1, "a", 0],
      [2, "a", 2_001],
    ],
    [true, true],
  ],
])("%s", (_what, told, passes) => {
  const overlap = makeOverlap(makeFakeClock());
  expect(
    told.map(([connection, content, at]) => overlap.isFirst(connection, notification(content, at))),
  ).toEqual(passes);
});

test("a title that looks alike in another type is another event", () => {
  const overlap = makeOverlap(makeFakeClock());
  expect(overlap.isFirst(1, notification("a"))).toBe(true);
  expect(overlap.isFirst(2, notification("a", 0, "stream.online"))).toBe(true);
});

test("whatever the order on the two connections, each event passes exactly once", () => {
  const story = fc.array(
    fc.record({ content: fc.constantFrom("a", "b", "c"), at: fc.integer({ min: 0, max: 1_500 }) }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(story, fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }), (events, turns) => {
      const overlap = makeOverlap(makeFakeClock());
      const queues = [[...events], [...events]];
      const passed: string[] = [];
      for (let at = 0; queues.some((queue) => queue.length > 0); at += 1) {
        const first = turns[at] ? 0 : 1;
        const connection = queues[first]?.length ? first : 1 - first;
        const event = queues[connection]?.shift();
        if (event && overlap.isFirst(connection, notification(event.content, event.at)))
          passed.push(event.content);
      }
      expect(passed.sort()).toEqual(events.map(({ content }) => content).sort());
      expect(overlap.waiting()).toBe(0);
    }),
  );
});

test("forgets what was told by one connection only", async () => {
  const clock = makeFakeClock();
  const overlap = makeOverlap(clock);
  for (let count = 0; count < 1_000; count += 1) overlap.isFirst(1, notification(`title ${count}`));
  expect(overlap.waiting()).toBe(1_000);
  await clock.advance(30_000);
  overlap.isFirst(1, notification("the next"));
  expect(overlap.waiting()).toBe(1);
});
