import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeFakeClock } from "../tests/support/fake-clock.ts";
import {
  EVENT_CHARS_MAX,
  LASTING,
  makeReplayWindow,
  type NewEvent,
  WINDOW_CHARS_MAX,
} from "./replay-window.ts";

const names = { broadcasterLogin: "a", broadcasterName: "A" };
const offline = (id: number | string): NewEvent => ({
  id: `${id}`,
  at: "",
  body: { topic: "stream.offline", ...names },
});
const chatCleared = (id: number | string): NewEvent => ({
  id: `${id}`,
  at: "",
  body: { topic: "channel.chat.clear", ...names },
});
const update = (title: string): NewEvent => ({
  id: "1",
  at: "",
  body: { topic: "channel.update", ...names, title, language: "en", categoryId: "1", categoryName: "C" },
});

function open() {
  const clock = makeFakeClock();
  const removed: string[] = [];
  const window = makeReplayWindow({
    clock,
    onRemoved: ({ seq }, because) => removed.push(`${seq} ${because}`),
  });
  /** What a worker hears that has heard everything up to `seq`. */
  const tell = (seq: number) => {
    const told: string[] = [];
    for (let next = window.next(seq); next; next = window.next(seq)) {
      seq = next.is === "gap" ? next.toSeq : next.event.seq;
      told.push(next.is === "gap" ? `gap ${next.fromSeq}-${next.toSeq}` : `${seq}`);
    }
    return told;
  };
  return { clock, removed, window, tell };
}

describe("a replay window", () => {
  test("tells what comes after a number, until that is acknowledged", () => {
    const { window, tell, removed } = open();
    for (const id of [1, 2, 3]) window.add(offline(id));
    expect(tell(0)).toEqual(["1", "2", "3"]);
    expect(tell(2)).toEqual(["3"]);
    window.acknowledge(2);
    window.acknowledge(1);
    expect(tell(2)).toEqual(["3"]);
    expect(window.unacknowledged()).toBe(1);
    window.acknowledge(99);
    expect([window.acknowledged(), window.lastSeq(), window.chars(), window.lost()]).toEqual([3, 3, 0, 0]);
    expect(removed).toEqual(["1 acknowledged", "2 acknowledged", "3 acknowledged"]);
    window.add(offline(4));
    expect(tell(3)).toEqual(["4"]);
  });

  test("holds no more than it may, and says from where on it is whole", () => {
    const { window, tell } = open();
    for (let id = 1; id <= LASTING.countMax + 5; id += 1) window.add(offline(id));
    expect(window.unacknowledged()).toBe(LASTING.countMax);
    expect(tell(0).slice(0, 2)).toEqual(["gap 1-5", "6"]);
    expect(window.lost()).toBe(5);
    window.acknowledge(5);
    expect(window.lost()).toBe(0);
  });

  test("drops what nobody wants to hear any more: chat after a minute, news after an hour", async () => {
    const { window, tell, clock, removed } = open();
    window.add(offline("n"));
    window.add(chatCleared("c"));
    window.add(chatCleared("d"));
    await clock.advance(60_001);
    window.add(chatCleared("e"));
    expect(tell(0)).toEqual(["1", "gap 2-3", "4"]);
    await clock.advance(LASTING.ageMaxMs);
    expect(tell(0)).toEqual(["gap 1-4"]);
    expect(removed).toEqual(["2 dropped", "3 dropped", "4 dropped", "1 dropped"]);
    window.add(offline("x"));
    expect(tell(0)).toEqual(["gap 1-4", "5"]);
  });

  test("a flood of chat costs no news", () => {
    const { window, tell } = open();
    window.add(offline("first"));
    for (let id = 0; id < 3_000; id += 1) window.add(chatCleared(id));
    expect(tell(0).slice(0, 3)).toEqual(["1", "gap 2-2501", "2502"]);
  });

  test("is bounded in characters, too, and never keeps what no frame could carry", () => {
    const { window, tell } = open();
    const long = "x".repeat(50_000);
    for (let n = 0; n < 40; n += 1) window.add(update(long));
    expect(window.chars()).toBeLessThanOrEqual(WINDOW_CHARS_MAX);
    expect(window.chars()).toBeGreaterThan(WINDOW_CHARS_MAX - 60_000);
    window.add(update("x".repeat(EVENT_CHARS_MAX)));
    expect(tell(0).at(-1)).toBe("gap 41-41");
    window.acknowledge(41);
    expect(window.chars()).toBe(0);
  });

  test("numbers what was lost before it began", () => {
    const { window, tell } = open();
    window.skip(3);
    window.add(offline("x"), { since: 0, position: 7 });
    expect(tell(0)).toEqual(["gap 1-3", "4"]);
    expect(window.firstAfter(0)).toMatchObject({ seq: 4, position: 7 });
  });

  test("every number is told exactly once, as an event or in a gap, and removed once", () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom("news" as const, "chat" as const) },
      { weight: 1, arbitrary: fc.record({ waitMs: fc.integer({ min: 1, max: 90_000 }) }) },
      { weight: 2, arbitrary: fc.record({ acknowledge: fc.integer({ min: 0, max: 40 }) }) },
      { weight: 1, arbitrary: fc.constant("drop" as const) },
    );
    return fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { window, tell, clock, removed } = open();
        for (const what of steps) {
          if (what === "news") window.add(offline(1));
          else if (what === "chat") window.add(chatCleared(1));
          else if (what === "drop") window.dropOldest();
          else if ("waitMs" in what) await clock.advance(what.waitMs);
          else window.acknowledge(what.acknowledge);
        }
        const from = window.acknowledged();
        const told = tell(from).flatMap((line) => {
          const [first = 0, last = first] = line.replace("gap ", "").split("-").map(Number);
          return Array.from({ length: last - first + 1 }, (_, n) => first + n);
        });
        expect(told).toEqual(Array.from({ length: window.lastSeq() - from }, (_, n) => from + n + 1));
        expect(window.lost() + window.unacknowledged()).toBe(told.length);
        window.acknowledge(window.lastSeq());
        const seqs = removed.map((line) => Number(line.split(" ")[0]));
        expect(new Set(seqs).size).toBe(seqs.length);
        expect([window.unacknowledged(), window.chars()]).toEqual([0, 0]);
      }),
    );
  });
});
