import { expect, test } from "vitest";
import { percentile } from "./percentile.ts";
import { makeReplyLedger } from "./reply-ledger.ts";

const line = (user: string, text: string, atMs: number, channel = "alice") => ({
  kind: "chat-message" as const,
  channel,
  user,
  text,
  atMs,
});

test("pairs a reply with the oldest open command of the person it names", () => {
  const ledger = makeReplyLedger("kissbot", "!");
  expect(ledger.hear(line("zoe", "!ping", 100))).toBeUndefined();
  expect(ledger.hear(line("zoe", "!uptime", 150))).toBeUndefined();
  expect(ledger.hear(line("kissbot", "@Zoe Pong!", 104))).toEqual({ afterMs: 4 });
  expect(ledger.hear(line("kissbot", "@zoe up since noon", 160))).toEqual({ afterMs: 10 });
  expect(ledger.latencies()).toEqual([4, 10]);
  expect(ledger.seen()).toBe(2);
  expect(ledger.unanswered()).toBe(0);
});

test.each([
  ["plain talk", line("zoe", "hello", 0), line("kissbot", "@zoe hi", 1)],
  ["another channel", line("zoe", "!ping", 0, "bob"), line("kissbot", "@zoe hi", 1)],
  ["another person", line("zoe", "!ping", 0), line("kissbot", "@zoey hi", 1)],
  ["an announcement", line("zoe", "!ping", 0), line("kissbot", "Alice is live!", 1)],
  ["somebody else's words", line("zoe", "!ping", 0), line("mila", "@zoe pong", 1)],
  ["an answer of long ago", line("zoe", "!ping", 0), line("kissbot", "@zoe hi", 30_001)],
])("%s is no answered command", (_name, first, second) => {
  const ledger = makeReplyLedger("kissbot", "!");
  ledger.hear(first);
  expect(ledger.hear(second)).toBeUndefined();
  expect(ledger.latencies()).toEqual([]);
});

test.each([
  [[], 0.5, undefined],
  [[7], 0.5, 7],
  [[7], 0.99, 7],
  [[3, 1, 2], 0.5, 2],
  [[4, 3, 2, 1], 0.5, 2],
  [Array.from({ length: 100 }, (_, at) => at + 1), 0.95, 95],
  [Array.from({ length: 100 }, (_, at) => at + 1), 1, 100],
  [[1, 2], 0, 1],
])("percentile(%j, %d) is %j", (values, share, wanted) => {
  expect(percentile(values, share)).toBe(wanted);
});
