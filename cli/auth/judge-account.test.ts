import * as v from "valibot";
import { expect, test } from "vitest";
import type { Account, AccountKey } from "../../db/accounts.ts";
import { KissError } from "../../shared/errors.ts";
import { Login, UserId } from "../../shared/ids.ts";
import type { Validated } from "../../shared/twitch/id-twitch.ts";
import { plainPaint } from "../paint.ts";
import { type AccountFacts, judgeAccount } from "./judge-account.ts";
import { renderAccounts } from "./status-page.ts";

const kissbot = v.parse(Login, "kissbot");
const key: AccountKey = { login: kissbot, tokenType: "bot" };
const tokens = { accessToken: "a", refreshToken: "r" as string | undefined };
const found = { is: "found", tokens, grownFrom: undefined, from: "database" } as const;
const valid = (more: object = {}): Validated => ({
  is: "valid",
  facts: {
    clientId: "client",
    login: kissbot,
    userId: v.parse(UserId, "7"),
    scopes: ["chat:read"],
    expiresInMs: 3_600_000,
    ...more,
  },
});
const facts = (more: Partial<AccountFacts>): AccountFacts => ({
  key,
  inUse: found,
  stored: undefined,
  validated: valid(),
  held: undefined,
  needs: [{ scope: "chat:read", why: ["hears chat"], isVital: true }],
  clientId: "client",
  wallNow: 0,
  ...more,
});
const invalid: Validated = { is: "invalid", problem: "401" };
const stored = (status: Account["status"]) => ({ status, storedAt: 0, failures: 0 }) as Account;
const LOGIN = "./kissbot.sh auth login --bot";

test.each<[string, Partial<AccountFacts>, string, string | undefined]>([
  ["good", {}, "good", undefined],
  ["no tokens", { inUse: { is: "none" }, validated: undefined }, "needs-login", LOGIN],
  [
    "a key that opens nothing",
    { inUse: { is: "locked", because: new KissError("key-wrong", "x") }, validated: undefined },
    "needs-login",
    new KissError("key-wrong", "x").hint,
  ],
  [
    "an ended token with another to come",
    { validated: invalid },
    "to-be-refreshed",
    "./kissbot.sh auth refresh --bot",
  ],
  ["a good one of which the hub knows better", { held: "needs-reauth" }, "needs-login", LOGIN],
  [
    "an ended token that the hub refreshes in vain",
    { validated: invalid, held: "needs-reauth" },
    "needs-login",
    LOGIN,
  ],
  [
    "an ended token that the hub is to refresh",
    { validated: invalid, held: "unknown" },
    "to-be-refreshed",
    "./kissbot.sh auth refresh --bot",
  ],
  [
    "an ended token without another",
    { inUse: { ...found, tokens: { ...tokens, refreshToken: undefined } }, validated: invalid },
    "needs-login",
    LOGIN,
  ],
  [
    "a login that the hub saw end",
    { validated: invalid, stored: stored("needs-reauth") },
    "needs-login",
    LOGIN,
  ],
  ["another client id", { validated: valid({ clientId: "other" }) }, "needs-login", LOGIN],
  ["another account", { validated: valid({ login: v.parse(Login, "bob") }) }, "needs-login", LOGIN],
  ["a scope that lacks", { needs: [{ scope: "chat:edit", why: ["speaks"], isVital: true }] }, "good", LOGIN],
])("%s", (_what, more, state, fix) => {
  expect(judgeAccount(facts(more))).toMatchObject({ state, fix });
});

test("a Twitch that is away proves nothing, and nobody is sent to log in", () => {
  const view = judgeAccount(facts({ validated: { is: "away", problem: "fetch failed" } }));
  expect(view.state).toBe("unproved");
  expect(view.fix).not.toContain("auth login");
});

test("the page names what lacks and why, and never a token", () => {
  const view = judgeAccount(
    facts({ needs: [{ scope: "chat:edit", why: ["speaks in chat"], isVital: true }] }),
  );
  const alice = v.parse(Login, "alice");
  const channels = [{ channel: alice, moderator: "no", because: undefined } as const];
  const page = renderAccounts({ accounts: [view], channels }, plainPaint, 100);
  expect(page).toContain("lacks chat:edit, for speaks in chat");
  expect(page).toContain(LOGIN);
  expect(page).toContain("No moderator in: alice");
  expect(page).toContain("1 of 100 channels count");
});
