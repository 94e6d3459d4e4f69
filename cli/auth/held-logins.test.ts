import * as v from "valibot";
import { expect, test } from "vitest";
import { Login } from "../../shared/ids.ts";
import { heldByHub, heldByLone } from "./held-logins.ts";

const bot = { login: v.parse(Login, "kissbot"), tokenType: "bot" } as const;
const owner = { login: v.parse(Login, "alice"), tokenType: "broadcaster" } as const;
/** The bot streams, too. */
const botAsOwner = { ...bot, tokenType: "broadcaster" } as const;

test("the hub speaks for the bot, and for each broadcaster it holds a login of", () => {
  const held = heldByHub({
    token: { state: "needs-reauth" },
    broadcasters: [{ login: "alice", state: "good" }],
  });
  expect([bot, owner, botAsOwner].map(held)).toEqual(["needs-reauth", "good", undefined]);
});

test.each([
  [
    "it waits for a login",
    [{ stage: "ready", for: "operator", detail: "x", code: "needs-reauth" }],
    "needs-reauth",
  ],
  [
    "nobody has logged in",
    [{ stage: "ready", for: "operator", detail: "x", code: "not-logged-in" }],
    "needs-reauth",
  ],
  ["it waits for Twitch", [{ stage: "chat", for: "twitch", detail: "x" }], undefined],
] as const)("a worker alone speaks for the bot: %s", (_what, waits, state) => {
  const held = heldByLone({ waits: [...waits], troubles: [] });
  expect([held(bot), held(owner)]).toEqual([state, undefined]);
});
