import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseDuration } from "./duration.ts";
import { parseScenario } from "./parse-scenario.ts";
import { builtInScenarios } from "./read-scenario.ts";

const problemsOf = (text: string) => {
  const parsed = parseScenario(text, "a.yaml");
  return parsed.is === "wrong" ? parsed.problems : [];
};

test.each([
  ["500ms", 500],
  ["3s", 3_000],
  ["1m30s", 90_000],
  ["1.5s", 1_500],
  ["4h", 14_400_000],
  ["", undefined],
  ["3", undefined],
  ["3 s", undefined],
  ["s3", undefined],
])("the duration %j is %j ms", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each([
  ["broken YAML", "users:\n  - {login: a\n", [expect.stringMatching(/^a\.yaml:\d+: /)]],
  [
    "a list instead of a mapping",
    "- 1\n",
    ["a.yaml:1: the file is a list, expected a mapping of keys to values"],
  ],
  ["an unknown key", "seed: 1\nuzers: []\n", ["a.yaml:2: uzers is not a known key here"]],
  ["a wrong type", "seed: soon\n", ['a.yaml:1: seed is "soon", expected a number']],
  ["a missing key", "users:\n  - displayName: A\n", ["a.yaml:2: users[0].login is missing"]],
  [
    "a poll without a rest",
    "devicePollSeconds: 0\n",
    ["a.yaml:1: devicePollSeconds is 0: at least 1 is needed"],
  ],
  [
    "a bad login",
    "users:\n  - login: a b\n",
    ['a.yaml:2: users[0].login is "a b": a login has 1 to 25 letters, digits and underscores'],
  ],
  [
    "a bad duration",
    "channels: [{login: a}]\nscript:\n  - do: offline\n    channel: a\n    at: soon\n",
    ['a.yaml:5: script[0].at is "soon": a duration is written like "500ms", "3s", "1m30s" or "4h"'],
  ],
  [
    "an unknown order",
    "script:\n  - { at: 1s, do: dance }\n",
    [expect.stringMatching(/^a\.yaml:2: script\[0\]\.do is "dance", expected "chat" or "online"/)],
  ],
  [
    "an order without its words",
    "channels: [{login: a}]\nscript:\n  - { at: 1s, do: chat, channel: a, user: b }\n",
    ["a.yaml:3: script[0].text is missing"],
  ],
  [
    "a wrong fault",
    "script:\n  - at: 1s\n    do: fault\n    fault:\n      do: cut\n      place: helix\n",
    [expect.stringMatching(/^a\.yaml:6: script\[0\]\.fault\.place is "helix", expected "irc" or "eventsub"/)],
  ],
  [
    "a script in a channel nobody declared",
    "channels: [{login: a}]\nscript:\n  - { at: 1s, do: offline, channel: b }\n",
    ['a.yaml:3: script[0].channel is "b", expected a login from users or channels (a)'],
  ],
  [
    "a token of an unknown application",
    "tokens:\n  - clientId: x\n",
    ['a.yaml:2: tokens[0].clientId is "x", expected a clientId from applications (there is none)'],
  ],
  [
    "the same login twice",
    "users:\n  - login: a\n  - login: A\n",
    ['a.yaml:3: users[1].login is "a" a second time'],
  ],
  [
    "times without every",
    "channels: [{login: a}]\nscript:\n  - { at: 1s, times: 2, do: offline, channel: a }\n",
    ["a.yaml:3: script[0].times needs an `every` beside it"],
  ],
])("explains %s", (_, text, problems) => {
  expect(problemsOf(text)).toEqual(problems);
});

test("tells all problems at once", () => {
  expect(problemsOf("seed: -1\nspeed: 0\nusers: [{login: ''}, {}]\nfoo: 1\n")).toHaveLength(5);
});

test("an empty file is an empty scenario", () => {
  expect(parseScenario("", "a.yaml")).toMatchObject({ is: "scenario", scenario: { users: [], script: [] } });
});

test("knows the line of every step", () => {
  const parsed = parseScenario(
    "channels: [{login: a}]\nscript:\n  - { at: 1s, do: online, channel: a }\n\n  - { at: 2s, do: offline, channel: a }\n",
    "a.yaml",
  );
  expect(parsed).toMatchObject({ stepLines: [3, 5] });
});

test("no text makes it fall over", () => {
  fc.assert(
    fc.property(fc.string(), (text) => ["scenario", "wrong"].includes(parseScenario(text, "a.yaml").is)),
  );
  fc.assert(
    fc.property(fc.json(), (text) => ["scenario", "wrong"].includes(parseScenario(text, "a.yaml").is)),
  );
});

test.each(builtInScenarios())("the built-in scenario %s is sound", (name) => {
  const path = join(import.meta.dirname, "..", "scenarios", `${name}.yaml`);
  expect(parseScenario(readFileSync(path, "utf8"), name)).toMatchObject({ is: "scenario" });
});
