import { expect, test } from "vitest";
import { describeChanges, FIRST_LOOK, type Look } from "./describe-changes.ts";

const look = (wish: Partial<Look["condition"]> & { readonly chatLink?: Look["chatLink"] } = {}): Look => ({
  chatLink: wish.chatLink ?? "open",
  condition: { waits: wish.waits ?? [], troubles: wish.troubles ?? [] },
});
const rest = (detail: string, forMs?: number) => ({
  stage: "chat" as const,
  for: forMs === undefined ? ("operator" as const) : ("twitch" as const),
  detail,
  ...(forMs !== undefined && { forMs }),
});
const away = { code: "eventsub-away", detail: "cut" };
const lost = { code: "chat-lost", detail: "1006" };

test.each<readonly [string, Look, Look, readonly string[]]>([
  ["nothing", look(), look(), []],
  ["the beginning", FIRST_LOOK, look({ chatLink: "closed" }), []],
  ["a connection", FIRST_LOOK, look(), ["chat: connected"]],
  ["a connection that comes back", look({ chatLink: "closed" }), look(), ["chat: connected"]],
  ["trouble that begins", look(), look({ troubles: [away] }), ["eventsub-away: cut"]],
  ["trouble that goes on", look({ troubles: [away] }), look({ troubles: [away] }), []],
  [
    "trouble for another reason",
    look({ troubles: [away] }),
    look({ troubles: [{ ...away, detail: "mute" }] }),
    ["eventsub-away: mute"],
  ],
  ["trouble that is over", look({ troubles: [away] }), look(), ["eventsub-away: over"]],
  [
    "lost chat, once",
    look(),
    look({ chatLink: "closed", troubles: [lost], waits: [rest("lost", 1_200)] }),
    ["chat waits for twitch, for 2 s at most: lost"],
  ],
  [
    "lost chat that waits for nobody",
    look(),
    look({ chatLink: "closed", troubles: [lost] }),
    ["chat-lost: 1006"],
  ],
  ["chat trouble that is over", look({ chatLink: "closed", troubles: [lost] }), look(), ["chat: connected"]],
  [
    "the same wait, claimed anew",
    look({ waits: [rest("lost", 900)] }),
    look({ waits: [rest("lost", 2_000)] }),
    [],
  ],
  ["a wait for a person", look(), look({ waits: [rest("log in")] }), ["chat waits for you: log in"]],
])("%s", (_what, before, now, lines) => {
  expect(describeChanges(before, now)).toEqual(lines);
});
