import { describe, expect, test } from "vitest";
import {
  CRASH_BYTES_MAX,
  CRASH_FILES_MAX,
  dayOf,
  nextMidnight,
  planRotation,
  type RotationPolicy,
} from "./plan-rotation.ts";

const policy: RotationPolicy = { bytesMax: 1_000, keepDays: 14, keepChatDays: 30, filesMax: 5 };
/** Local time. */
const at = (day: number, hour = 12) => new Date(2026, 10, day, hour).getTime();
const NOW = at(21);

/** "chat.log.2026-11-20+": written to after its day was over, else on its day. */
function toOther(text: string) {
  const name = text.replace("+", "");
  const day = /\.(\d{4})-(\d\d)-(\d\d)/.exec(name)?.slice(1).map(Number) ?? [];
  const [year = 2026, month = 1, date = 1] = day;
  const writtenAt = new Date(year, month - 1, date + (text.endsWith("+") ? 1 : 0), 12).getTime();
  return { name, writtenAt: () => writtenAt };
}

/**
 * "commands.log 1000 20": its bytes, and the day of November it was begun on, for a crash log: last written to. A name
 * alone is something else.
 */
function check(files: readonly string[], changes: Partial<RotationPolicy> = {}, now = NOW): string[] {
  const rows = files.map((file) => file.split(" "));
  const written = rows.flatMap(([name = "", bytes, day]) =>
    bytes === undefined ? [] : [{ name, bytes: Number(bytes), begunAt: at(Number(day)) }],
  );
  const isCrash = ({ name }: { readonly name: string }) => name.startsWith("crash") || name === "pm2.log";
  const live = written.filter((log) => !isCrash(log));
  const crash = written.filter(isCrash).map(({ begunAt, ...log }) => ({ ...log, writtenAt: begunAt }));
  const others = rows.flatMap(([name = "", bytes]) => (bytes === undefined ? [toOther(name)] : []));
  return planRotation({ live, crash, others }, now, { ...policy, ...changes }).map((order) => {
    if (order.do === "put-aside") return `${order.name} -> ${order.as}`;
    return order.do === "cut" ? `cut ${order.name} -> ${order.as}` : `${order.do} ${order.name}`;
  });
}

describe("a file is put aside", () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ["not while it is small and of today", ["instance.log 999 21"], []],
    ["when it is large", ["instance.log 1000 21"], ["instance.log -> instance.log.2026-11-21"]],
    ["when it is of yesterday, under that day's name", ["hub.log 1 20"], ["hub.log -> hub.log.2026-11-20"]],
    ["not when it is empty", ["system.log 0 20"], []],
    [
      "behind the others of its day",
      ["chat.log 5000 21", "chat.log.2026-11-21", "chat.log.2026-11-21.1", "chat.log.2026-11-21.10"],
      ["chat.log -> chat.log.2026-11-21.11"],
    ],
    [
      "whatever other logs and other days have",
      ["chat.log 5000 21", "commands.log.2026-11-21", "chat.log.2026-11-20"],
      ["chat.log -> chat.log.2026-11-21"],
    ],
    [
      "and the first of its day is not given a second time once it was deleted",
      ["chat.log 5000 21", "chat.log.2026-11-21.3"],
      ["chat.log -> chat.log.2026-11-21.4"],
    ],
    [
      "each for itself",
      ["instance.log 10 20", "chat.log 10 21", "commands.log 2000 21"],
      ["instance.log -> instance.log.2026-11-20", "commands.log -> commands.log.2026-11-21"],
    ],
  ])("%s", (_when, files, orders) => {
    expect(check(files)).toEqual(orders);
  });
});

describe("what was put aside is deleted", () => {
  test.each<[string, readonly string[], Partial<RotationPolicy>, readonly string[]]>([
    [
      "after its days, today counted",
      ["hub.log.2026-11-08", "hub.log.2026-11-07", "hub.log.2025-01-01.7"],
      {},
      ["delete hub.log.2026-11-07", "delete hub.log.2025-01-01.7"],
    ],
    [
      "chat after its own",
      ["chat.log.2026-10-23", "chat.log.2026-10-22"],
      {},
      ["delete chat.log.2026-10-22"],
    ],
    [
      "a day later when it was still written to after its own",
      ["chat.log.2026-10-22+", "chat.log.2026-10-21+"],
      {},
      ["delete chat.log.2026-10-21"],
    ],
    [
      "not in the moment it is put aside: it is still written to",
      ["hub.log 1 20", "hub.log.2026-11-19"],
      { keepDays: 1 },
      ["hub.log -> hub.log.2026-11-20", "delete hub.log.2026-11-19"],
    ],
    ["crash logs too", ["crash-hub.log.2026-10-01"], {}, ["delete crash-hub.log.2026-10-01"]],
    [
      "the oldest first when there are too many, the one put aside now counted",
      ["chat.log 1000 21", "chat.log.2026-11-21.9", "chat.log.2026-11-21.10", "chat.log.2026-11-20"],
      { filesMax: 2 },
      ["chat.log -> chat.log.2026-11-21.11", "delete chat.log.2026-11-21.9", "delete chat.log.2026-11-20"],
    ],
    [
      "never what we did not put there",
      ["hub.log.gz", "hub.log.2020-01-01.gz", "notes.txt", "x.2020-01-01"],
      {},
      [],
    ],
    [
      "all of chat, the one that is written too, when none is to be kept",
      ["chat.log 1 21", "chat.log.2026-11-21", "instance.log 1 21"],
      { keepChatDays: 0 },
      ["delete chat.log", "delete chat.log.2026-11-21"],
    ],
  ])("%s", (_when, files, changes, orders) => {
    expect(check(files, changes).sort()).toEqual([...orders].sort());
  });
});

describe("a crash log", () => {
  test.each<[string, readonly string[], readonly string[]]>([
    [
      "is let alone while it is small, also when it is of yesterday",
      [`crash.log ${CRASH_BYTES_MAX - 1} 20`],
      [],
    ],
    [
      "is cut when it is large",
      [`crash.log ${CRASH_BYTES_MAX} 21`],
      ["cut crash.log -> crash.log.2026-11-21"],
    ],
    [
      "is cut under the day of its last line, behind the others of that day",
      [`pm2.log ${CRASH_BYTES_MAX} 20`, "pm2.log.2026-11-20", "crash-hub.log.2026-11-20.4"],
      ["cut pm2.log -> pm2.log.2026-11-20.1"],
    ],
    [
      "is emptied when its last line is too old",
      ["crash-hub.log 1 7", "crash-supervisor.log 1 8"],
      ["empty crash-hub.log"],
    ],
    ["that is empty stays so", ["crash-hub.log 0 1"], []],
    [
      "is kept a few times only",
      [
        `crash.log ${CRASH_BYTES_MAX} 21`,
        ...Array.from({ length: CRASH_FILES_MAX }, (_, turn) => `crash.log.2026-11-20.${turn + 1}`),
      ],
      ["cut crash.log -> crash.log.2026-11-21", "delete crash.log.2026-11-20.1"],
    ],
  ])("%s", (_when, files, orders) => {
    expect(check(files)).toEqual(orders);
  });
});

test("a day ends at midnight, local time, also where it has 25 hours", () => {
  expect(new Date(nextMidnight(at(21, 23))).getTime()).toBe(new Date(2026, 10, 22).getTime());
  const autumn = new Date(2026, 9, 25, 0, 30).getTime();
  expect(dayOf(nextMidnight(autumn))).toBe("2026-10-26");
  expect(dayOf(nextMidnight(autumn) - 1)).toBe("2026-10-25");
});
