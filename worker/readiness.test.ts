import { expect, test } from "vitest";
import { makeReadiness, type Readiness } from "./readiness.ts";

test.each<[string, readonly Exclude<keyof Readiness, "has">[], readonly string[]]>([
  ["chat first", ["chatJoined", "topicsSettled"], ["chat", "eventsub", "ready"]],
  ["events first", ["topicsSettled", "chatJoined"], ["eventsub", "chat", "ready"]],
  [
    "each once, however often it happens",
    ["topicsSettled", "topicsSettled", "chatJoined", "chatJoined"],
    ["eventsub", "chat", "ready"],
  ],
])("%s", (_what, happenings, stages) => {
  const reached: string[] = [];
  const readiness = makeReadiness((stage) => reached.push(stage));
  for (const happening of happenings) readiness[happening]();
  expect(reached).toEqual(stages);
});
