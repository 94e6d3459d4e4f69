import { expect, test } from "vitest";
import { makeWorkerCounters } from "./worker-counters.ts";

test.each([
  ["irc", true, "open"],
  ["irc", false, "closed"],
  ["eventsub", true, "eventsub"],
  ["eventsub", false, "closed"],
] as const)("chat by %s, open: %s is told as %s", (chatBy, isOpen, chatLink) => {
  const counters = makeWorkerCounters({ chatBy, isChatOpen: () => isOpen, isHubOpen: () => true });
  expect(counters.now()).toMatchObject({ chatLink, hubLink: "open" });
});
