import { describe, expect, test } from "vitest";
import { formatDuration, formatLatency, formatSeconds, parseDuration } from "./duration.ts";

describe("parseDuration", () => {
  test.each([
    ["20s", 20_000],
    ["20", 20_000],
    ["0.5s", 500],
    ["900ms", 900],
    ["5m", 300_000],
    ["2h", 7_200_000],
    [" 3s ", 3_000],
    ["0s", undefined],
    ["-5s", undefined],
    ["20 s", undefined],
    ["1d", undefined],
    ["soon", undefined],
    ["", undefined],
    ["1e9s", undefined],
    ["99999999999999s", undefined],
  ])("reads %j as %j ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });
});

describe("formatDuration", () => {
  test.each([
    [-1, "0 ms"],
    [0, "0 ms"],
    [412.4, "412 ms"],
    [1_000, "1 s"],
    [59_999, "59 s"],
    [200_000, "3m 20s"],
    [18_720_000, "5h 12m"],
    [273_600_000, "3d 4h"],
  ])("writes %d ms as %j", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

test.each([
  [900, "0.9 s"],
  [9_940, "9.9 s"],
  [12_400, "12 s"],
])("formatSeconds writes %d ms as %j", (ms, text) => {
  expect(formatSeconds(ms)).toBe(text);
});

test.each([
  [0.84, "0.8 ms"],
  [12.44, "12.4 ms"],
  [123.4, "123 ms"],
  [1_234, "1.2 s"],
])("formatLatency writes %d ms as %j", (ms, text) => {
  expect(formatLatency(ms)).toBe(text);
});
