import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeEventInbox } from "./event-inbox.ts";

type Step =
  | readonly ["take" | "finish" | "gap", number]
  /** The hub was restarted: the same event under another number. */
  | readonly ["epoch", string]
  | readonly ["take-as", number, number];

const REMEMBER_MAX = 8;

/** What came as new, and what was acknowledged, in order. An event's id is its first number. */
function play(steps: readonly Step[]) {
  const inbox = makeEventInbox(REMEMBER_MAX);
  inbox.openEpoch("a");
  const news: number[] = [];
  const acknowledged: number[] = [];
  const take = (seq: number, id: number) => {
    const taken = inbox.take(seq, `${id}`);
    if (taken.is === "new") news.push(id);
    else if (taken.acknowledge !== undefined) acknowledged.push(taken.acknowledge);
  };
  for (const step of steps) {
    if (step[0] === "epoch") inbox.openEpoch(step[1]);
    else if (step[0] === "take-as") take(step[1], step[2]);
    else if (step[0] === "take") take(step[1], step[1]);
    else {
      const may = step[0] === "gap" ? inbox.skipTo(step[1]) : inbox.finish(`${step[1]}`);
      if (may !== undefined) acknowledged.push(may);
    }
  }
  return { news, acknowledged, finishedUpTo: inbox.finishedUpTo() };
}
const takes = (...seqs: number[]) => seqs.map((seq): Step => ["take", seq]);
const finishes = (...seqs: number[]) => seqs.map((seq): Step => ["finish", seq]);

describe("the inbox", () => {
  test.each<[string, readonly Step[], readonly number[], readonly number[]]>([
    ["acknowledges what is finished", [...takes(1), ...finishes(1)], [1], [1]],
    ["waits for what came before", [...takes(1, 2), ...finishes(2, 1)], [1, 2], [2]],
    ["knows a repetition in hand", [...takes(1, 1), ...finishes(1)], [1], [1]],
    ["knows a repetition that was finished", [...takes(1), ...finishes(1), ...takes(1)], [1], [1]],
    ["begins where the hub begins", [...takes(17), ...finishes(17)], [17], [17]],
    ["says that it knows of a gap, and takes nothing of it", [["gap", 5], ...takes(4, 6)], [6], [5]],
    ["says so when what came before is finished", [...takes(1), ["gap", 5], ...finishes(1)], [1], [5]],
    ["hears of a gap twice", [["gap", 5], ["gap", 5], ...takes(6), ...finishes(6)], [6], [5, 6]],
    ["finishes nothing twice", [...takes(1), ...finishes(1, 1, 2)], [1], [1]],
  ])("%s", (_what, steps, news, acknowledged) => {
    expect(play(steps)).toMatchObject({ news, acknowledged });
  });

  test.each<[string, readonly Step[], readonly number[], readonly number[]]>([
    [
      "what it has finished is acknowledged and not begun again",
      [...takes(9), ...finishes(9), ["epoch", "b"], ["take-as", 1, 9]],
      [9],
      [9, 1],
    ],
    [
      "what is in hand is not begun again, and acknowledged under its new number",
      [...takes(9), ["epoch", "b"], ["take-as", 1, 9], ...finishes(9)],
      [9],
      [1],
    ],
    [
      "what is in hand and does not come again is never said",
      [...takes(9), ["epoch", "b"], ["take-as", 1, 20], ...finishes(9, 20)],
      [9, 20],
      [1],
    ],
    [
      "what is finished waits for what is in hand",
      [...takes(8, 9), ...finishes(9), ["epoch", "b"], ["take-as", 1, 8], ["take-as", 2, 9], ...finishes(8)],
      [8, 9],
      [2],
    ],
    [
      "what was finished long ago is forgotten",
      [
        ...takes(1, 2, 3, 4, 5, 6, 7, 8, 9),
        ...finishes(1, 2, 3, 4, 5, 6, 7, 8, 9),
        ["epoch", "b"],
        ["take-as", 1, 1],
        ["take-as", 2, 2],
      ],
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 1],
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
    ],
  ])("over a restart of the hub, %s", (_what, steps, news, acknowledged) => {
    expect(play(steps)).toMatchObject({ news, acknowledged });
  });

  test("the same hub again changes nothing", () => {
    expect(play([...takes(1), ...finishes(1), ["epoch", "a"], ...takes(1)])).toEqual({
      news: [1],
      acknowledged: [1],
      finishedUpTo: 1,
    });
    expect(play([...takes(1), ...finishes(1), ["epoch", "b"]]).finishedUpTo).toBeUndefined();
  });

  test("never acknowledges what is not finished, in whatever order things finish", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }).chain((count) => {
          const seqs = Array.from({ length: count }, (_, index) => index + 1);
          return fc.shuffledSubarray(seqs, { minLength: count, maxLength: count });
        }),
        (order) => {
          const done = new Set<number>();
          for (const length of order.keys()) {
            done.add(order[length] ?? 0);
            const steps = [
              ...takes(...order.map((_, at) => at + 1)),
              ...finishes(...order.slice(0, length + 1)),
            ];
            const { finishedUpTo = 0 } = play(steps);
            for (let seq = 1; seq <= finishedUpTo; seq += 1) expect(done).toContain(seq);
            expect(done).not.toContain(finishedUpTo + 1);
          }
        },
      ),
    );
  });
});
