import * as v from "valibot";
import { describe, expect, test } from "vitest";
import type { StoredTokens, TokenStore } from "../../db/token-store.ts";
import { Login, UserId } from "../../shared/ids.ts";
import { tokenFingerprint } from "../../shared/token-fingerprint.ts";
import { makeFakeClock, settled } from "../../tests/support/fake-clock.ts";
import { silentLog } from "../../tests/support/silent-log.ts";
import {
  type IdTwitch,
  type Refreshed,
  toRefreshed,
  toValidated,
  type Validated,
} from "../twitch/id-twitch.ts";
import { startTokenOwner } from "./token-owner.ts";

const kissbot = v.parse(Login, "kissbot");
const HOUR_MS = 3_600_000;
const facts = (more: { expiresInMs?: number; clientId?: string; login?: Login } = {}) => ({
  clientId: "client",
  login: kissbot,
  userId: v.parse(UserId, "7"),
  scopes: ["chat:read"],
  expiresInMs: (4 * HOUR_MS) as number | undefined,
  ...more,
});
const valid = (more?: Parameters<typeof facts>[0]): Validated => ({ is: "valid", facts: facts(more) });
const invalid: Validated = { is: "invalid", problem: "401" };
const away = { is: "away", problem: "down" } as const;

/** A Twitch that knows tokens by name and writes down what it is asked, and when a token was on disk. */
function open(using: {
  validate: (token: string) => Validated;
  refresh?: (token: string) => Refreshed | Promise<Refreshed>;
  stored?: StoredTokens;
  refreshToken?: string | undefined;
  onPut?: () => void;
}) {
  const clock = makeFakeClock();
  const asked: string[] = [];
  let stored = using.stored;
  const store: TokenStore = {
    find: () => stored,
    put(_login, tokens) {
      using.onPut?.();
      stored = tokens;
      asked.push(`store ${tokens.accessToken}/${tokens.refreshToken}`);
    },
  };
  const idTwitch: IdTwitch = {
    async validate(token) {
      asked.push(`validate ${token}`);
      return using.validate(token);
    },
    async refresh(token) {
      asked.push(`refresh ${token}`);
      return using.refresh?.(token) ?? { is: "needs-reauth", problem: "no refresh expected" };
    },
  };
  const troubles: string[] = [];
  const owner = startTokenOwner({
    login: kissbot,
    clientId: "client",
    configured: { accessToken: "a0", refreshToken: "refreshToken" in using ? using.refreshToken : "r0" },
    store,
    idTwitch,
    clock,
    random: () => 0,
    log: silentLog,
    onReauthNeeded: (problem) => troubles.push(problem),
  });
  return { clock, asked, owner, troubles, stored: () => stored };
}

const tokenOf = (answer: Awaited<ReturnType<ReturnType<typeof open>["owner"]["get"]>>) =>
  answer.is === "token" ? answer.token.accessToken : answer.is;

describe("the token owner", () => {
  test("proves a token before it hands it out, once for all who ask", async () => {
    const { owner, asked } = open({ validate: () => valid() });
    const answers = await Promise.all([owner.get(), owner.get(), owner.get()]);
    expect(answers.map(tokenOf)).toEqual(["a0", "a0", "a0"]);
    expect(asked).toEqual(["validate a0"]);
    owner.stop();
  });

  test("refreshes a dead token once, and stores the new one before anybody gets it", async () => {
    const { owner, asked } = open({
      validate: (token) => (token === "a1" ? valid() : invalid),
      refresh: () => ({ is: "fresh", accessToken: "a1", refreshToken: "r1" }),
    });
    const answers = await Promise.all([owner.get(), owner.replace(tokenFingerprint("a0")), owner.get()]);
    expect(answers.map(tokenOf)).toEqual(["a1", "a1", "a1"]);
    expect(asked).toEqual(["validate a0", "refresh r0", "store a1/r1", "validate a1"]);
    owner.stop();
  });

  test("refreshes before the token runs out, with the newest refresh token", async () => {
    let count = 0;
    const { owner, asked, clock } = open({
      validate: () => valid({ expiresInMs: 30 * 60_000 }),
      refresh: () => ({ is: "fresh", accessToken: `a${++count}`, refreshToken: `r${count}` }),
    });
    await owner.get();
    await clock.advance(19 * 60_000);
    expect(tokenOf(await owner.get())).toBe("a0");
    // Nobody has to ask for it.
    await clock.advance(2 * 60_000);
    expect(tokenOf(await owner.get())).toBe("a1");
    await clock.advance(20 * 60_000);
    expect(tokenOf(await owner.get())).toBe("a2");
    expect(asked.filter((one) => one.startsWith("refresh"))).toEqual(["refresh r0", "refresh r1"]);
    owner.stop();
  });

  test("a crowd that met the same dead token causes one refresh", async () => {
    const { owner, asked } = open({
      validate: () => valid(),
      refresh: () => ({ is: "fresh", accessToken: "a1", refreshToken: "r1" }),
    });
    await owner.get();
    await Promise.all([owner.replace(tokenFingerprint("a0")), owner.replace(tokenFingerprint("a0"))]);
    await owner.replace(tokenFingerprint("a1"));
    expect(asked.filter((one) => one.startsWith("refresh"))).toEqual(["refresh r0"]);
    owner.stop();
  });

  test("goes on with what was stored after a restart, unless the configuration has changed", async () => {
    const before = open({
      validate: (token) => (token === "a1" ? valid() : invalid),
      refresh: () => ({ is: "fresh", accessToken: "a1", refreshToken: "r1" }),
    });
    await before.owner.get();
    before.owner.stop();
    const stored = before.stored();
    if (!stored) throw new Error("nothing was stored");
    const after = open({ validate: () => valid(), stored });
    expect(tokenOf(await after.owner.get())).toBe("a1");
    after.owner.stop();
    const changed = open({ validate: () => valid(), stored, refreshToken: "brand-new" });
    expect(tokenOf(await changed.owner.get())).toBe("a0");
    changed.owner.stop();
  });

  test("when Twitch is away it tries again by itself, and says so meanwhile", async () => {
    let isUp = false;
    const { owner, clock } = open({ validate: () => (isUp ? valid() : away) });
    expect(tokenOf(await owner.get())).toBe("away");
    expect(owner.state().is).toBe("unknown");
    isUp = true;
    await clock.advance(60_000);
    await settled();
    expect(owner.state().is).toBe("good");
    owner.stop();
  });

  test("a failed refresh by a 503 poisons nothing: the next try works", async () => {
    let count = 0;
    const { owner, clock } = open({
      validate: (token) => (token === "a1" ? valid() : invalid),
      refresh: () => (++count === 1 ? away : { is: "fresh", accessToken: "a1", refreshToken: "r1" }),
    });
    expect(tokenOf(await owner.get())).toBe("away");
    await clock.advance(2_000);
    expect(tokenOf(await owner.get())).toBe("a1");
    owner.stop();
  });

  test.each([
    [
      "the grant is gone",
      {
        validate: () => invalid,
        refresh: (): Refreshed => ({ is: "needs-reauth", problem: "400 Invalid refresh token" }),
      },
    ],
    ["there is no refresh token", { validate: () => invalid, refreshToken: undefined }],
    ["the token is another account's", { validate: () => valid({ login: v.parse(Login, "other") }) }],
    ["the token is another application's", { validate: () => valid({ clientId: "else" }) }],
  ])("says once that a new login is needed when %s, and does not loop", async (_name, world) => {
    const { owner, asked, troubles, clock } = open(world);
    expect(tokenOf(await owner.get())).toBe("needs-reauth");
    const before = asked.length;
    await clock.advance(3 * HOUR_MS);
    expect(tokenOf(await owner.get())).toBe("needs-reauth");
    expect(asked).toHaveLength(before);
    expect(troubles).toHaveLength(1);
    owner.stop();
  });

  test("hands out a valid token while Twitch's login is away, and asks with rests, however often it is asked itself", async () => {
    const { owner, asked, clock } = open({
      validate: () => valid({ expiresInMs: 15 * 60_000 }),
      refresh: () => away,
    });
    await owner.get();
    await clock.advance(6 * 60_000);
    const before = asked.length;
    expect(before).toBeLessThan(12);
    for (let count = 0; count < 20; count += 1) expect(tokenOf(await owner.get())).toBe("a0");
    await settled();
    expect(asked.length).toBe(before);
    await clock.advance(10 * 60_000);
    expect(tokenOf(await owner.get())).toBe("away");
    expect(asked.filter((one) => one.startsWith("refresh")).length).toBeLessThan(30);
    owner.stop();
  });

  test("keeps a fresh token that could not be stored, and uses it when it could", async () => {
    let isDiskFull = true;
    const { owner, asked, clock } = open({
      validate: (token) => (token === "a1" ? valid() : invalid),
      refresh: () => ({ is: "fresh", accessToken: "a1", refreshToken: "r1" }),
      onPut() {
        if (isDiskFull) throw new Error("SQLITE_FULL");
      },
    });
    expect(tokenOf(await owner.get())).toBe("away");
    await clock.advance(5_000);
    isDiskFull = false;
    await clock.advance(60_000);
    expect(tokenOf(await owner.get())).toBe("a1");
    expect(asked.filter((one) => one.startsWith("refresh"))).toEqual(["refresh r0"]);
    owner.stop();
  });

  test("workers that met the same refused token one after the other cause one refresh", async () => {
    const { owner, asked, clock } = open({
      validate: () => valid(),
      refresh: () => ({ is: "fresh", accessToken: "a1", refreshToken: "r1" }),
    });
    await owner.get();
    for (let worker = 0; worker < 3; worker += 1) {
      await owner.replace(tokenFingerprint("a0"));
      await clock.advance(6_000);
    }
    expect(asked.filter((one) => one.startsWith("refresh"))).toEqual(["refresh r0"]);
    owner.stop();
  });

  test("validates every hour, as Twitch demands", async () => {
    const { owner, asked, clock } = open({ validate: () => valid({ expiresInMs: 100 * HOUR_MS }) });
    await owner.get();
    await clock.advance(3 * HOUR_MS);
    expect(asked).toEqual(["validate a0", "validate a0", "validate a0", "validate a0"]);
    owner.stop();
    expect(clock.pending()).toBe(0);
  });
});

describe("what Twitch gave and is not stored yet", () => {
  /** A Twitch that answers when it is told to. */
  const openSlow = (onPut: () => void = () => {}) => {
    let answer: (refreshed: Refreshed) => void = () => {};
    const opened = open({
      validate: (token) => (token === "a0" ? invalid : valid()),
      refresh: () => new Promise<Refreshed>((resolve) => (answer = resolve)),
      onPut,
    });
    return {
      ...opened,
      answer: (number: number) =>
        answer({ is: "fresh", accessToken: `a${number}`, refreshToken: `r${number}` }),
    };
  };

  test("is stored before a hub that stops is done", async () => {
    const { owner, answer, stored, clock } = openSlow();
    void owner.get();
    await settled();
    let isDone = false;
    const stopped = owner.stop().then(() => {
      isDone = true;
    });
    await settled();
    expect(isDone).toBe(false);
    answer(1);
    await stopped;
    expect(stored()).toMatchObject({ accessToken: "a1", refreshToken: "r1" });
    expect(await owner.replace(tokenFingerprint("a0"))).toMatchObject({ is: "token" });
    expect(clock.pending()).toBe(0);
  });

  test("does not keep a token in use that Twitch has refused", async () => {
    let isFull = true;
    const { owner, clock } = open({
      validate: () => valid({ expiresInMs: 30 * 60_000 }),
      refresh: () => ({ is: "fresh", accessToken: "a1", refreshToken: "r1" }),
      onPut() {
        if (isFull) throw new Error("ENOSPC");
      },
    });
    await owner.get();
    await clock.advance(21 * 60_000);
    expect(tokenOf(await owner.get())).toBe("a0");
    expect(tokenOf(await owner.replace(tokenFingerprint("a0")))).toBe("away");
    expect(tokenOf(await owner.get())).toBe("away");
    isFull = false;
    await clock.advance(90_000);
    expect(tokenOf(await owner.get())).toBe("a1");
    void owner.stop();
  });

  test("is renewed when it ran out while the disk was full, and no login is asked for", async () => {
    let isFull = true;
    const { owner, clock, troubles } = open({
      validate: (token) => (token === "a2" ? valid() : invalid),
      refresh: (token) =>
        token === "r0"
          ? { is: "fresh", accessToken: "a1", refreshToken: "r1" }
          : { is: "fresh", accessToken: "a2", refreshToken: "r2" },
      onPut() {
        if (isFull) throw new Error("ENOSPC");
      },
    });
    void owner.get();
    await clock.advance(5 * HOUR_MS);
    isFull = false;
    await clock.advance(90_000);
    expect(tokenOf(await owner.get())).toBe("a2");
    expect(troubles).toEqual([]);
    void owner.stop();
  });
});

test.each([
  [
    200,
    { client_id: "c", login: "kissbot", user_id: "7", scopes: null, expires_in: 0 },
    {
      is: "valid",
      facts: { clientId: "c", login: "kissbot", userId: "7", scopes: [], expiresInMs: undefined },
    },
  ],
  [200, { client_id: "c", scopes: [], expires_in: 60 }, { is: "invalid" }],
  [
    401,
    { status: 401, message: "invalid access token" },
    { is: "invalid", problem: "401 invalid access token" },
  ],
  [503, undefined, { is: "away", problem: "503" }],
  [200, "what?", { is: "away" }],
])("validate answered %i %j", (status, body, result) => {
  expect(toValidated(status, body)).toMatchObject(result);
});

test.each([
  [
    200,
    { access_token: "a", refresh_token: "r", scope: [] },
    { is: "fresh", accessToken: "a", refreshToken: "r" },
  ],
  [400, { message: "Invalid refresh token" }, { is: "needs-reauth", problem: "400 Invalid refresh token" }],
  [400, { message: "Invalid grant" }, { is: "needs-reauth" }],
  [400, { message: "missing client secret" }, { is: "needs-reauth" }],
  [401, { message: "Invalid refresh token" }, { is: "needs-reauth" }],
  [403, { message: "invalid client secret" }, { is: "needs-reauth" }],
  [401, undefined, { is: "away" }],
  [403, undefined, { is: "away", problem: "403" }],
  [403, { message: "Forbidden" }, { is: "away" }],
  [500, {}, { is: "away" }],
  [429, {}, { is: "away" }],
  [200, {}, { is: "away" }],
])("token answered %i %j", (status, body, result) => {
  expect(toRefreshed(status, body)).toMatchObject(result);
});
