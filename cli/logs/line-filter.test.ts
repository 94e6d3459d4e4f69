import { describe, expect, test } from "vitest";
import { makeLineFilter, parseSince } from "./line-filter.ts";

const NOW = Date.UTC(2026, 10, 21, 5, 0);
const local = (...parts: [number, number, number, number?, number?, number?]) =>
  new Date(parts[0], parts[1], parts[2], parts[3] ?? 0, parts[4] ?? 0, parts[5] ?? 0).getTime();

describe("parseSince", () => {
  test.each<[string, number | undefined]>([
    ["10m", NOW - 600_000],
    ["90s", NOW - 90_000],
    ["90", NOW - 90_000],
    ["2h", NOW - 7_200_000],
    ["3d", NOW - 259_200_000],
    ["2026-11-21", local(2026, 10, 21)],
    ["2026-11-21T05:00", local(2026, 10, 21, 5)],
    ["2026-11-21 05:00:30", local(2026, 10, 21, 5, 0, 30)],
    ["2026-11-21T05:00Z", NOW],
    ["2026-11-21T06:00+01:00", NOW],
    ["2026-13-41", undefined],
    ["2026-11-21T25:00", undefined],
    ["yesterday", undefined],
    ["", undefined],
    ["5", NOW - 5_000],
    ["November 2026", undefined],
  ])("reads %j", (text, at) => {
    expect(parseSince(text, NOW)).toBe(at);
  });
});

describe("makeLineFilter", () => {
  const line = (level: string, fields: object = {}) =>
    JSON.stringify({ level, time: new Date(NOW).toISOString(), msg: "It happened", ...fields });
  test.each([
    [{}, line("debug"), "take"],
    [{}, "a stack", "take"],
    [{ level: "warn" }, line("info"), "skip"],
    [{ level: "warn" }, line("warn"), "take"],
    [{ level: "warn" }, line("fatal"), "take"],
    [{ level: "debug" }, "a stack", "skip"],
    [{ grep: "HAPPENED" }, line("info"), "take"],
    [{ grep: "said=yes" }, line("info", { said: "yes" }), "take"],
    [{ grep: '"said":"yes"' }, line("info", { said: "yes" }), "take"],
    [{ grep: "#alice" }, line("info"), "take"],
    [{ grep: "#alice       it happened" }, line("info"), "take"],
    [{ grep: "#alice       it occurred" }, line("info"), "skip"],
    [{ grep: "stranger: text" }, line("info", { untrusted: { text: "hi" } }), "take"],
    [{ grep: 'the bot: "hi' }, line("info", { msg: "said", untrusted: { text: "hi" } }), "take"],
    [{ grep: "\\u001b[2j" }, line("info", { untrusted: { text: "\u001b[2J" } }), "take"],
    [
      { grep: "answered 1.6 ms" },
      line("info", { msg: "accounted", kind: "x", outcome: "answered", ms: { total: 1.62 } }),
      "take",
    ],
    [{ grep: "bob" }, line("info"), "skip"],
    [{ since: NOW }, line("info"), "take"],
    [{ since: NOW + 1 }, line("info"), "stop"],
    [{ since: NOW + 1 }, "a stack", "take"],
    [{ since: NOW, level: "error", grep: "it" }, line("warn"), "skip"],
  ] as const)("%j: %s is %s", (wish, text, verdict) => {
    expect(makeLineFilter("#alice", wish)(text)).toBe(verdict);
  });
});
