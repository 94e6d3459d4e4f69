import { expect, test } from "vitest";
import {
  type ChildError,
  describeError,
  EVENT_SHOWN_MS,
  isOver,
  noteEnd,
  noteEvent,
  noteReady,
  noteTroubles,
} from "./child-errors.ts";

const cpu = { code: "high-cpu", detail: "71%" };
const lost = { code: "chat-lost", detail: "1006" };
const none: readonly ChildError[] = [];
const shown = (errors: readonly ChildError[], now: number) =>
  errors.map((error) => `${isOver(error, now) ? "over" : "open"} ${error.at} ${describeError(error)}`);

test("a trouble is open while it is told, keeps when it began, and says its newest detail", () => {
  const begun = noteTroubles(none, [cpu], 10);
  const both = noteTroubles(begun, [{ ...cpu, detail: "90%" }, lost], 20);
  expect(shown(both, 20)).toEqual(["open 20 chat-lost: 1006", "open 10 high-cpu: 90%"]);
  expect(shown(noteTroubles(both, [lost], 30), 30)).toEqual([
    "open 20 chat-lost: 1006",
    "over 10 high-cpu: 90%",
  ]);
});

test("one that begins again is open again, and newest", () => {
  const over = noteTroubles(noteTroubles(noteTroubles(none, [cpu], 1), [lost], 2), [], 3);
  expect(shown(noteTroubles(over, [cpu], 4), 4)).toEqual(["open 4 high-cpu: 71%", "over 2 chat-lost: 1006"]);
});

test("what happened once is shown for a while, whoever became ready meanwhile", () => {
  const gap = noteReady(noteEvent(none, { code: "events-lost", detail: "3 to 5" }, 0), 1);
  expect(shown(gap, EVENT_SHOWN_MS - 1)).toEqual(["open 0 events-lost: 3 to 5"]);
  expect(shown(gap, EVENT_SHOWN_MS)).toEqual(["over 0 events-lost: 3 to 5"]);
});

test("a process takes its troubles with it; how it ended is open until the next is ready", () => {
  const fell = noteEnd(noteTroubles(none, [cpu], 1), "was killed by SIGKILL", 2);
  expect(shown(fell, 2)).toEqual(["open 2 was killed by SIGKILL", "over 1 high-cpu: 71%"]);
  expect(shown(noteReady(fell, 3), 3)[0]).toBe("over 2 was killed by SIGKILL");
  expect(shown(noteEnd(noteTroubles(none, [cpu], 1), undefined, 2), 2)).toEqual(["over 1 high-cpu: 71%"]);
});

test("too many: what is over goes first, then the oldest", () => {
  const many = Array.from({ length: 16 }, (_, n) => ({ code: `c${n}`, detail: "" }));
  const some = noteTroubles(noteTroubles(none, many, 1), many.slice(1), 2);
  const more = noteTroubles(some, [...many.slice(1), lost], 3);
  expect(more).toHaveLength(16);
  expect(more.map(({ code }) => code)).not.toContain("c0");
  expect(noteEvent(more, cpu, 4).map(({ code }) => code)).not.toContain("c1");
});
