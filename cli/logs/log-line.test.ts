import { describe, expect, test } from "vitest";
import { plainPaint } from "../paint.ts";
import { headOf, parseLogLine, renderLogLine } from "./log-line.ts";

const AT = "2026-11-21T03:57:12.123Z";
const line = (fields: object) => JSON.stringify({ level: "info", time: AT, msg: "it happened", ...fields });
/** Without the time, which depends on the machine's zone. */
const shown = (origin: string, text: string) =>
  renderLogLine(parseLogLine(origin, text), plainPaint).slice(19);

describe("renderLogLine", () => {
  test.each([
    ["hub", line({}), "INFO  hub          it happened"],
    [
      "hub",
      line({ child: "hub", sum: 3, is: "good word" }),
      'INFO  hub          it happened sum=3 is="good word"',
    ],
    ["#alice", line({ child: "worker:alice", channel: "alice" }), "INFO  #alice       it happened"],
    ["supervisor", line({ child: "worker:alice" }), "INFO  supervisor   it happened child=worker:alice"],
    [
      "hub",
      line({ level: "error", err: { type: "Error", message: "no way", stack: "Error: no way\n  at x" } }),
      'ERROR hub          it happened err="no way"',
    ],
    [
      "hub",
      line({ exit: { is: "code", code: 1 } }),
      'INFO  hub          it happened exit={"is":"code","code":1}',
    ],
  ])("of %s", (origin, text, wanted) => {
    expect(shown(origin, text)).toBe(wanted);
  });

  test("quotes what a viewer wrote and disarms what a terminal would obey", () => {
    const text = line({ untrusted: { text: '\u001b[2J hi "you"', user: "eve" } });
    expect(shown("#alice", text)).toBe(
      'INFO  #alice       it happened stranger: text "\\u001b[2J hi \\"you\\"" user "eve"',
    );
  });

  test.each([
    [
      {
        kind: "chat-message",
        outcome: "answered",
        deliveries: ["accepted"],
        untrusted: { user: "zoe", text: "!ping" },
        ms: { run: 0.1, arrivedToWritten: 1.62, total: 7.2 },
      },
      'zoe "!ping" → answered accepted 1.6 ms',
    ],
    [
      { kind: "chat-message", outcome: "unaddressed", ms: { total: 0.2 } },
      "chat-message → unaddressed 0.2 ms",
    ],
    [
      {
        kind: "channel-event",
        topic: "stream.online",
        outcome: "refused",
        because: "not-found",
        ms: { total: 3 },
      },
      "stream.online → refused (not-found) 3.0 ms",
    ],
  ])("a worker's wide line is told in short: %j", (fields, wanted) => {
    expect(shown("#alice", line({ msg: "accounted", ...fields }))).toBe(`INFO  #alice       ${wanted}`);
  });

  test.each([
    [
      { msg: "heard", signal: "m1", rank: "vip", untrusted: { user: "zoe", text: 'hi "all"' } },
      'zoe: "hi \\"all\\""',
    ],
    [{ msg: "said", untrusted: { text: "@zoe Pong!" } }, 'the bot: "@zoe Pong!"'],
    [{ msg: "said", n: 1 }, "said n=1"],
  ])("a line of chat is told as it was said: %j", (fields, wanted) => {
    expect(shown("#alice", line(fields))).toBe(`INFO  #alice       ${wanted}`);
  });

  test("cuts a field that would fill the screen", () => {
    expect(shown("hub", line({ long: "x".repeat(1_000) })).length).toBeLessThan(220);
  });

  test("shows the date and the time", () => {
    expect(renderLogLine(parseLogLine("hub", line({})), plainPaint)).toMatch(
      /^\d\d-\d\d \d\d:\d\d:\d\d\.123 INFO/,
    );
  });
});

describe("what is no line of ours is shown as it is", () => {
  test.each(["Error: no", "{", "null", "[]", '{"level":30,"time":1}', '{"level":"info","time":"soon"}'])(
    "%s",
    (text) => {
      const parsed = parseLogLine("hub", text);
      expect(parsed.at).toBeUndefined();
      expect(renderLogLine(parsed, plainPaint)).toContain(text);
    },
  );

  test("a control character in it does not reach the terminal", () => {
    expect(renderLogLine(parseLogLine("hub", "\u001b]0;title\u0007"), plainPaint)).toContain(
      "\\u001b]0;title\\u0007",
    );
  });
});

describe("headOf", () => {
  const at = Date.parse(AT);
  test.each<[string, unknown]>([
    [line({}), { level: "info", at }],
    [`{"level":"warn","time":"${AT}","msg":"torn`, { level: "warn", at }],
    [`{"time":"${AT}","level":"error"}`, { level: "error", at }],
    ['{"level":"info","time":"soon"}', undefined],
    ["{", undefined],
    ["", undefined],
    ["Error: no", undefined],
    ['{"level":30,"time":1}', undefined],
  ])("of %s", (text, head) => {
    expect(headOf(text)).toEqual(head);
  });
});

test("a megabyte of garbage is shown in short", () => {
  const shown = renderLogLine(parseLogLine("hub", "\u0000".repeat(1_000_000)), plainPaint);
  expect(shown.length).toBeLessThan(1_100);
});
