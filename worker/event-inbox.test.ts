import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { emptyInbox, finishEvent, openEpoch, skipGap, takeEvent } from "./event-inbox.ts";

type Step = readonly ["take" | "finish" | "gap", number];

/** What came as new, and what was acknowledged, in order. */
function play(steps: readonly Step[]) {
  let inbox = openEpoch(emptyInbox, "a");
  const news: number[] = [];
  const acknowledged: number[] = [];
  for (const [what, seq] of steps) {
    if (what === "gap") inbox = skipGap(inbox, seq);
    else if (what === "take") {
      const taken = takeEvent(inbox, seq);
      inbox = taken.inbox;
      if (taken.isNew) news.push(seq);
    } else {
      const finished = finishEvent(inbox, "a", seq);
      inbox = finished.inbox;
      if (finished.acknowledge !== undefined) acknowledged.push(finished.acknowledge);
    }
  }
  return { news, acknowledged, finishedUpTo: inbox.finishedUpTo };
}

describe("the inbox", () => {
  test.each<[string, readonly Step[], readonly number[], readonly number[]]>([
    [
      "acknowledges what is finished",
      [
        ["take", 1],
        ["finish", 1],
      ],
      [1],
      [1],
    ],
    [
      "waits for what came before",
      [
        ["take", 1],
        ["take", 2],
        ["finish", 2],
        ["finish", 1],
      ],
      [1, 2],
      [2],
    ],
    [
      "knows a repetition in hand",
      [
        ["take", 1],
        ["take", 1],
        ["finish", 1],
      ],
      [1],
      [1],
    ],
    [
      "knows a repetition that was finished",
      [
        ["take", 1],
        ["finish", 1],
        ["take", 1],
      ],
      [1],
      [1],
    ],
    [
      "begins where the hub begins",
      [
        ["take", 17],
        ["finish", 17],
      ],
      [17],
      [17],
    ],
    [
      "skips what will never come",
      [
        ["gap", 5],
        ["take", 4],
        ["take", 6],
        ["finish", 6],
      ],
      [6],
      [6],
    ],
  ])("%s", (_what, steps, news, acknowledged) => {
    expect(play(steps)).toMatchObject({ news, acknowledged });
  });

  test("forgets the numbers of another epoch, and never says them again", () => {
    const old = takeEvent(openEpoch(emptyInbox, "a"), 9).inbox;
    const fresh = openEpoch(old, "b");
    expect(takeEvent(fresh, 1).isNew).toBe(true);
    expect(finishEvent(takeEvent(fresh, 1).inbox, "a", 9).acknowledge).toBeUndefined();
    expect(openEpoch(old, "a")).toBe(old);
  });

  test("never acknowledges what is not finished, in whatever order things finish", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }).chain((count) => {
          const seqs = Array.from({ length: count }, (_, index) => index + 1);
          return fc.shuffledSubarray(seqs, { minLength: count, maxLength: count });
        }),
        (order) => {
          const takes = order.map((_, index): Step => ["take", index + 1]);
          const done = new Set<number>();
          for (const length of order.keys()) {
            const finishes = order.slice(0, length + 1);
            done.add(order[length] ?? 0);
            const { finishedUpTo = 0 } = play([...takes, ...finishes.map((seq): Step => ["finish", seq])]);
            for (let seq = 1; seq <= finishedUpTo; seq += 1) expect(done).toContain(seq);
            expect(done).not.toContain(finishedUpTo + 1);
          }
        },
      ),
    );
  });
});
