import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Login, UserId } from "../shared/ids.ts";
import { type Accounts, makeAccounts } from "./accounts.ts";
import { type Db, openDatabase } from "./open.ts";
import { forgetOldKeys, rotateKey } from "./rotate-key.ts";
import { type KeyChest, openKeyChest } from "./secrets/key-chest.ts";
import { makeTokenStore } from "./token-store.ts";

const kissbot = { login: v.parse(Login, "kissbot"), tokenType: "bot" } as const;
const alice = { login: v.parse(Login, "alice"), tokenType: "broadcaster" } as const;
const userId = v.parse(UserId, "7");
const tokens = { accessToken: "planted-access", refreshToken: "planted-refresh" };

let folder: string;
let keyFile: string;
let db: Db;
let keys: KeyChest;
let accounts: Accounts;
let now = 0;
beforeEach(() => {
  now = 1_000_000;
  folder = mkdtempSync(join(tmpdir(), "kissbot-accounts-"));
  keyFile = join(folder, ".kissbot.key");
  db = openDatabase(join(folder, "kissbot.db"));
  keys = openKeyChest({ is: "file", file: keyFile, isOurs: true });
  accounts = makeAccounts({ db, keys, now: () => now });
});
afterEach(() => {
  if (db.open) db.close();
  rmSync(folder, { recursive: true });
});

describe("an account", () => {
  test("comes back as it was stored, and nothing of its tokens stands in the files", () => {
    accounts.put({ ...kissbot, tokens, userId, scopes: ["chat:read"], expiresAt: 5_000_000, grownFrom: "f" });
    const found = accounts.tokensOf(kissbot);
    expect(found).toMatchObject({
      is: "found",
      tokens,
      account: {
        ...kissbot,
        userId,
        scopes: ["chat:read"],
        expiresAt: 5_000_000,
        status: "valid",
        grownFrom: "f",
        storedAt: now,
      },
    });
    expect(accounts.all()).toEqual([found.is === "found" ? found.account : undefined]);
    expect(accounts.tokensOf(alice)).toEqual({ is: "none" });
    db.close();
    for (const file of ["kissbot.db", "kissbot.db-wal"].map((name) => join(folder, name)).filter(existsSync))
      expect(readFileSync(file).includes("planted-")).toBe(false);
  });

  test("remembers failures until the next success, and what a refresh did not tell", () => {
    accounts.put({ ...kissbot, tokens, userId, scopes: ["a"], grownFrom: "f" });
    accounts.noteFailure(kissbot, "503");
    accounts.noteFailure(kissbot, "400 Invalid refresh token", "needs-reauth");
    expect(accounts.find(kissbot)).toMatchObject({
      failures: 2,
      status: "needs-reauth",
      lastFailure: { problem: "400 Invalid refresh token", at: now },
      lastRefreshAt: undefined,
    });
    now += 60_000;
    accounts.put({ ...kissbot, tokens: { accessToken: "a2", refreshToken: undefined }, isRefresh: true });
    expect(accounts.find(kissbot)).toMatchObject({
      userId,
      scopes: ["a"],
      failures: 0,
      status: "valid",
      lastFailure: undefined,
      lastRefreshAt: now,
      hasRefreshToken: false,
    });
  });

  test("that was renamed at Twitch is one account still", () => {
    accounts.put({ ...kissbot, tokens, userId });
    const renamed = { login: v.parse(Login, "kissbot2"), tokenType: "bot" } as const;
    accounts.put({ ...renamed, tokens });
    accounts.noteValid(renamed, { userId, scopes: ["b"], expiresAt: undefined });
    expect(accounts.all().map(({ login, scopes }) => [login, scopes])).toEqual([["kissbot2", ["b"]]]);
    expect([accounts.remove(renamed), accounts.remove(renamed)]).toEqual([true, false]);
  });

  test("what was revoked is no token for the one who refreshes", () => {
    const store = makeTokenStore(accounts);
    store.put(kissbot.login, { ...tokens, grownFrom: undefined });
    expect(store.find(kissbot.login)).toMatchObject(tokens);
    store.noteFailure?.(kissbot.login, "x", true);
    expect(store.find(kissbot.login)).toMatchObject(tokens);
    accounts.noteFailure(kissbot, "revoked", "revoked");
    expect(store.find(kissbot.login)).toBeUndefined();
  });
});

describe("without the right key", () => {
  const locked = (says: RegExp) => {
    const found = accounts.tokensOf(kissbot);
    expect(found.is === "locked" && found.because.message).toMatch(says);
    expect(() => makeTokenStore(accounts).find(kissbot.login)).toThrow(says);
  };

  test("a missing one is not made anew while something is sealed, and nothing is written", () => {
    accounts.put({ ...kissbot, tokens });
    const before = accounts.all();
    rmSync(keyFile);
    locked(/there are encrypted tokens and no key/);
    expect(() => accounts.put({ ...alice, tokens })).toThrow(/no key/);
    expect(() => rotateKey({ db, keys, now: () => now })).toThrow(/no key/);
    expect(existsSync(keyFile)).toBe(false);
    expect(accounts.all()).toEqual(before);
  });

  test("a wrong one opens nothing, says which is needed, and rotates nothing", () => {
    accounts.put({ ...kissbot, tokens });
    const needed = keys.get()[0].fingerprint;
    rmSync(keyFile);
    openKeyChest({ is: "file", file: keyFile, isOurs: true }).getOrMake();
    const text = readFileSync(keyFile, "utf8");
    locked(new RegExp(`sealed with the key ${needed}`));
    expect(() => rotateKey({ db, keys, now: () => now })).toThrow(/does not open/);
    expect(readFileSync(keyFile, "utf8")).toBe(text);
    writeFileSync(keyFile, "");
    locked(/there is no key in it/);
  });

  test("a secret that somebody moved to another row opens there no more", () => {
    accounts.put({ ...kissbot, tokens });
    accounts.put({ ...alice, tokens: { accessToken: "a", refreshToken: "r" } });
    db.exec(
      "UPDATE oauth_tokens SET access_token = (SELECT access_token FROM oauth_tokens WHERE login = 'alice')",
    );
    locked(/stand in a row they were not sealed for/);
  });
});

describe("rotation", () => {
  test("seals everything anew; the old key stays until it is forgotten", () => {
    accounts.put({ ...kissbot, tokens });
    accounts.put({ ...alice, tokens: { accessToken: "a", refreshToken: undefined } });
    const from = keys.get()[0].fingerprint;
    const rotated = rotateKey({ db, keys, now: () => now });
    expect(rotated).toEqual({ from, to: keys.get()[0].fingerprint, secrets: 3 });
    expect(new Set(accounts.all().map(({ keyFingerprint }) => keyFingerprint))).toEqual(
      new Set([rotated.to]),
    );
    expect(accounts.tokensOf(kissbot)).toMatchObject({ is: "found", tokens });
    expect(keys.get()).toHaveLength(2);
    expect(forgetOldKeys(db, keys)).toEqual({ forgotten: [from] });
    expect(accounts.tokensOf(kissbot)).toMatchObject({ is: "found", tokens });
  });

  test("one who holds the accounts meanwhile goes on with the new key", () => {
    accounts.put({ ...kissbot, tokens });
    const other = openDatabase(join(folder, "kissbot.db"));
    const { to } = rotateKey({ db: other, keys: openKeyChest(keys.source), now: () => now });
    other.close();
    accounts.put({ ...alice, tokens });
    expect(accounts.find(alice)?.keyFingerprint).toBe(to);
  });

  test("where others keep the key, it goes over to the one they put first", () => {
    accounts.put({ ...kissbot, tokens });
    const [old] = keys.get();
    const next = openKeyChest({ is: "file", file: join(folder, "next"), isOurs: true }).getOrMake()[0];
    const managed = openKeyChest({ is: "text", text: `${next.text},${old.text}` });
    expect(rotateKey({ db, keys: managed, now: () => now })).toMatchObject({
      to: next.fingerprint,
      secrets: 2,
    });
    expect(() => forgetOldKeys(db, managed)).toThrow(/managed outside/);
  });
});
