import { describe, expect, test } from "vitest";
import { type MinuteMarks, stepMinuteRates, toPerMinute } from "./minute-rates.ts";

/** [second, messages seen, messages sent] */
type Beat = readonly [number, number, number];

const hear = (beats: readonly Beat[]): MinuteMarks =>
  beats.reduce<MinuteMarks>(
    (marks, [second, messagesSeen, messagesSent]) =>
      stepMinuteRates(marks, { messagesSeen, messagesSent }, second * 1_000),
    [],
  );
/** A beat every 2 s. */
const steady = (seconds: number, seenPerSecond: number, from: Beat = [0, 0, 0]): Beat[] =>
  Array.from({ length: seconds / 2 + 1 }, (_, at) => [
    from[0] + 2 * at,
    from[1] + 2 * at * seenPerSecond,
    from[2] + at,
  ]);

describe("in the last full minute", () => {
  test.each<[string, readonly Beat[], { seen: number; sent: number } | undefined]>([
    ["nothing heard", [], undefined],
    ["one beat", [[0, 5, 5]], undefined],
    ["not a minute yet", steady(58, 1), undefined],
    ["a minute", steady(60, 1), { seen: 60, sent: 30 }],
    ["what came before the minute does not count", steady(600, 3), { seen: 180, sent: 30 }],
    ["silence", [...steady(60, 5), ...steady(62, 0, [62, 300, 31])], { seen: 0, sent: 30 }],
    [
      "totals heard from the middle on, as of an adopted process",
      steady(60, 1, [0, 100_000, 4_000]),
      { seen: 60, sent: 30 },
    ],
    ["smaller totals are another process's", [...steady(120, 5), [122, 1, 0]], undefined],
    [
      "a minute after that it is known again",
      [...steady(120, 5), ...steady(60, 2, [122, 0, 0])],
      { seen: 120, sent: 30 },
    ],
    [
      "a process that was silent for long is measured over that time",
      [
        [0, 0, 0],
        [300, 500, 50],
      ],
      { seen: 100, sent: 10 },
    ],
  ])("%s", (_what, beats, perMinute) => {
    expect(toPerMinute(hear(beats))).toEqual(perMinute);
  });

  test("a child that beats for hours costs some marks", () => {
    expect(hear(steady(7_200, 1)).length).toBeLessThanOrEqual(18);
  });
});
