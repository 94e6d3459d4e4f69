import { expect, test } from "vitest";
import type { Counters } from "../shared/ipc/supervisor-child.ts";
import { makeFakeClock } from "../tests/support/fake-clock.ts";
import { silentLog } from "../tests/support/silent-log.ts";
import { collectWhenQuiet } from "./collect-when-quiet.ts";

const MB = 1_024 * 1_024;

function open() {
  const clock = makeFakeClock();
  let bytes = 10 * MB;
  let collected = 0;
  let counters: Counters = {
    messagesSeen: 0,
    messagesAnswered: 0,
    messagesSent: 0,
    eventsSeen: 0,
    chatLink: "eventsub",
    hubLink: "open",
  };
  const { stop } = collectWhenQuiet({
    heap: {
      bytes: () => bytes,
      collect() {
        collected += 1;
        bytes = 8 * MB;
      },
    },
    counters: () => counters,
    clock,
    log: silentLog,
  });
  return {
    clock,
    stop,
    collected: () => collected,
    grow: (mb: number) => {
      bytes += mb * MB;
    },
    set: (changed: Partial<Counters>) => {
      counters = { ...counters, ...changed };
    },
    hear: () => {
      counters = { ...counters, messagesSeen: counters.messagesSeen + 1 };
    },
  };
}

test("collects once what the start left, when nothing was heard between two looks", async () => {
  const { clock, collected } = open();
  await clock.advance(6_000);
  expect(collected()).toBe(0);
  await clock.advance(6_000);
  expect(collected()).toBe(1);
  await clock.advance(3_600_000);
  expect(collected()).toBe(1);
});

test("never while chat or events come", async () => {
  const { clock, collected, hear, set } = open();
  for (let look = 0; look < 10; look += 1) {
    hear();
    await clock.advance(6_000);
  }
  set({ eventsSeen: 1 });
  await clock.advance(6_000);
  expect(collected()).toBe(0);
  await clock.advance(6_000);
  expect(collected()).toBe(1);
});

test.each<Partial<Counters>>([{ chatLink: "closed" }, { hubLink: "closed" }])(
  "not before it works: %j",
  async (closed) => {
    const { clock, collected, set } = open();
    set(closed);
    await clock.advance(60_000);
    expect(collected()).toBe(0);
    set({ chatLink: "open", hubLink: "open" });
    await clock.advance(6_000);
    expect(collected()).toBe(1);
  },
);

test("again when the heap has grown by 3 MB and it is quiet", async () => {
  const { clock, collected, grow, hear } = open();
  await clock.advance(12_000);
  grow(2);
  hear();
  await clock.advance(60_000);
  expect(collected()).toBe(1);
  grow(1);
  hear();
  await clock.advance(6_000);
  expect(collected()).toBe(1);
  await clock.advance(6_000);
  expect(collected()).toBe(2);
});

test("stops with its worker", async () => {
  const { clock, collected, stop } = open();
  stop();
  await clock.advance(60_000);
  expect(collected()).toBe(0);
  expect(clock.pending()).toBe(0);
});
