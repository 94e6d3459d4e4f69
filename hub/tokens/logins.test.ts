import * as v from "valibot";
import { describe, expect, test } from "vitest";
import type { Account, AccountKey, Accounts, AccountTokens } from "../../db/accounts.ts";
import { Login, UserId } from "../../shared/ids.ts";
import type { Revoked } from "../../shared/twitch/id-login.ts";
import type { IdTwitch, Refreshed, Validated } from "../../shared/twitch/id-twitch.ts";
import { makeFakeClock, settled } from "../../tests/support/fake-clock.ts";
import { silentLog } from "../../tests/support/silent-log.ts";
import { makeLogins } from "./logins.ts";
import { startTokenOwner } from "./token-owner.ts";

const kissbot = v.parse(Login, "kissbot");
const bob = v.parse(Login, "bob");
const bot: AccountKey = { login: kissbot, tokenType: "bot" };
const owner: AccountKey = { login: bob, tokenType: "broadcaster" };
const name = ({ login, tokenType }: AccountKey) => `${login} ${tokenType}`;

/** A Twitch that knows tokens called after their owner, and the rows of a database. */
function open(using: { readonly refresh?: () => Promise<Refreshed>; readonly revoke?: Revoked } = {}) {
  const clock = makeFakeClock();
  const rows = new Map<string, AccountTokens>();
  const told: string[] = [];
  const revoked: string[] = [];
  const taken: string[] = [];
  const accounts = {
    find: (key: AccountKey) => (rows.has(name(key)) ? ({ grownFrom: undefined } as Account) : undefined),
    tokensOf(key: AccountKey) {
      const tokens = rows.get(name(key));
      return tokens ? { is: "found", tokens, account: { grownFrom: undefined } } : { is: "none" };
    },
    put: (fresh: AccountKey & { readonly tokens: AccountTokens }) => void rows.set(name(fresh), fresh.tokens),
    noteValid() {},
    noteFailure: (_key: AccountKey, problem: string) => void told.push(`failure ${problem}`),
    remove: (key: AccountKey) => rows.delete(name(key)),
  } as unknown as Accounts;
  const idTwitch: IdTwitch = {
    async validate(token): Promise<Validated> {
      if (token.startsWith("dead")) return { is: "invalid", problem: "401" };
      const login = v.parse(Login, token.split("-")[0]);
      const facts = { clientId: "client", login, userId: v.parse(UserId, "7"), scopes: [], expiresInMs: 4e6 };
      return { is: "valid", facts };
    },
    refresh:
      using.refresh ??
      (async () => ({ is: "fresh", accessToken: "kissbot-fresh", refreshToken: "kissbot-r9" })),
  };
  const tokens = startTokenOwner({
    login: kissbot,
    clientId: "client",
    configured: undefined,
    store: { find: () => undefined, put: (_login, fresh) => void rows.set(name(bot), fresh) },
    idTwitch,
    clock,
    random: () => 0,
    log: silentLog,
    onReauthNeeded: (problem) => told.push(`needed: ${problem}`),
    onReauthOver: () => told.push("over"),
  });
  const logins = makeLogins({
    botLogin: kissbot,
    ownerOf: (key) => (key.tokenType === "bot" ? tokens : undefined),
    accounts,
    idTwitch,
    idLogin: {
      async revoke(token) {
        revoked.push(token);
        return using.revoke ?? { is: "revoked" };
      },
    },
    audit: { write: (event) => void told.push(event) },
    onTaken: (key) => taken.push(name(key)),
    wall: clock.wall,
    log: silentLog,
  });
  return { clock, rows, told, revoked, taken, tokens, logins };
}

const first = { accessToken: "kissbot-a0", refreshToken: "kissbot-r0" };

describe("the bot's login", () => {
  test("a house without one is told so, and one that comes ends that at once", async () => {
    const at = open();
    expect(await at.tokens.get()).toEqual({ is: "needs-reauth", problem: "no tokens are stored" });
    expect(await at.logins.take(bot, first)).toMatchObject({ is: "done" });
    expect(await at.tokens.get()).toMatchObject({ is: "token", token: { accessToken: "kissbot-a0" } });
    expect(at.rows.get("kissbot bot")).toMatchObject(first);
    expect(at.told).toEqual(["needed: no tokens are stored", "over", "token-stored"]);
    expect(at.taken).toEqual(["kissbot bot"]);
    await at.tokens.stop();
    expect(at.clock.pending()).toBe(0);
  });

  test("of another account it is refused, and of another bot not even looked at", async () => {
    const at = open();
    const wrong = await at.logins.take(bot, { accessToken: "bob-a0", refreshToken: undefined });
    expect(wrong).toMatchObject({ is: "refused", because: expect.stringContaining("belongs to bob") });
    const stranger = await at.logins.take({ login: bob, tokenType: "bot" }, first);
    expect(stranger).toMatchObject({ is: "refused", because: expect.stringContaining("twitch.bot_login") });
    expect(at.told).not.toContain("token-stored");
    expect(at.taken).toEqual([]);
    await at.tokens.stop();
  });

  test("a refresh of the old login that is under way does not take the place of the new one", async () => {
    let answer: (refreshed: Refreshed) => void = () => {};
    const at = open({
      refresh: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    });
    await at.logins.take(bot, first);
    const old = at.logins.refresh(bot);
    await settled();
    const taken = at.logins.take(bot, { accessToken: "kissbot-new", refreshToken: "kissbot-new-r" });
    await settled();
    answer({ is: "fresh", accessToken: "kissbot-late", refreshToken: "kissbot-late-r" });
    await Promise.all([old, taken]);
    expect(at.rows.get("kissbot bot")).toMatchObject({ accessToken: "kissbot-new" });
    expect(await at.tokens.get()).toMatchObject({ is: "token", token: { accessToken: "kissbot-new" } });
    await at.tokens.stop();
  });

  test("a refresh by order gives a fresh token; without a refresh token it says that there is none", async () => {
    const at = open();
    await at.logins.take(bot, first);
    expect(await at.logins.refresh(bot)).toMatchObject({ is: "done" });
    expect(at.rows.get("kissbot bot")).toMatchObject({
      accessToken: "kissbot-fresh",
      refreshToken: "kissbot-r9",
    });
    await at.logins.take(bot, { accessToken: "kissbot-bare", refreshToken: undefined });
    const refused = await at.logins.refresh(bot);
    expect(refused).toMatchObject({ is: "refused", because: expect.stringContaining("no refresh token") });
    // It was good before the order, and is good after it.
    expect(await at.tokens.get()).toMatchObject({ is: "token", token: { accessToken: "kissbot-bare" } });
    await at.tokens.stop();
  });

  test("what is revoked is given back to Twitch, forgotten, and used no more; whoever logs in again is served", async () => {
    const at = open();
    await at.logins.take(bot, first);
    expect(await at.logins.forget(bot)).toMatchObject({ is: "done" });
    expect(at.revoked).toEqual(["kissbot-a0"]);
    expect(at.rows.size).toBe(0);
    expect(await at.tokens.get()).toMatchObject({ is: "needs-reauth" });
    expect(at.tokens.state().token).toBeUndefined();
    expect(await at.logins.forget(bot)).toMatchObject({ is: "refused" });
    await at.logins.take(bot, first);
    expect(await at.tokens.get()).toMatchObject({ is: "token" });
    await at.tokens.stop();
    expect(at.clock.pending()).toBe(0);
  });

  test("it is forgotten also when Twitch can't be told, and that is said", async () => {
    const at = open({ revoke: { is: "away", problem: "fetch failed" } });
    await at.logins.take(bot, first);
    expect(await at.logins.forget(bot)).toMatchObject({
      is: "done",
      line: expect.stringMatching(/could not be told.*settings\/connections/),
    });
    expect(at.rows.size).toBe(0);
    await at.tokens.stop();
  });
});

describe("a broadcaster's login that nobody looks after", () => {
  test("is stored, refreshed and given back", async () => {
    const at = open({
      refresh: async () => ({ is: "fresh", accessToken: "bob-a1", refreshToken: undefined }),
    });
    await at.logins.take(owner, { accessToken: "bob-a0", refreshToken: "bob-r0" });
    expect(await at.logins.refresh(owner)).toMatchObject({ is: "done" });
    // Twitch names no other refresh token: the old one stays.
    expect(at.rows.get("bob broadcaster")).toMatchObject({ accessToken: "bob-a1", refreshToken: "bob-r0" });
    await at.logins.forget(owner);
    expect(at.revoked).toEqual(["bob-a1"]);
    await at.tokens.stop();
  });

  test("whose refresh Twitch refuses is noted as failed", async () => {
    const at = open({ refresh: async () => ({ is: "needs-reauth", problem: "400 Invalid refresh token" }) });
    await at.logins.take(owner, { accessToken: "bob-a0", refreshToken: "bob-r0" });
    expect(await at.logins.refresh(owner)).toMatchObject({ is: "refused" });
    expect(at.told).toContain("failure 400 Invalid refresh token");
    await at.tokens.stop();
  });
});
