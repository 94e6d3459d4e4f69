import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  makeOriginalDatabase,
  ORIGINAL_KEY,
  ORIGINAL_NOW,
  ORIGINAL_VERSIONS,
  type OriginalVersion,
  sealAsOriginal,
} from "../../tests/support/original-database.ts";
import { makeAccounts } from "../accounts.ts";
import { makeGameCache } from "../game-cache.ts";
import { openDatabase } from "../open.ts";
import { openKeyChest } from "../secrets/key-chest.ts";
import { parseKeyRing } from "../secrets/key-ring.ts";
import { applyImport } from "./apply-import.ts";
import { NOTHING_INCOMING } from "./incoming.ts";
import { readOriginalTables } from "./original-tables.ts";
import { openOriginalSecret, toInstant } from "./original-values.ts";
import { readOriginal } from "./read-original.ts";

let folder: string;
let original: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-import-test-"));
  original = join(folder, "original.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

const ring = () => {
  const parsed = parseKeyRing(ORIGINAL_KEY);
  if (parsed.is === "wrong") throw new Error(parsed.problem);
  return parsed.ring;
};
const read = (version: OriginalVersion, withKey = true) => {
  makeOriginalDatabase(original, version);
  return readOriginal(readOriginalTables(original), {
    ring: withKey ? ring() : undefined,
    bot: undefined,
    now: ORIGINAL_NOW,
  });
};

test.each<
  [
    OriginalVersion,
    { users: number; tokens: number; whitelist: number; banwords: number; personalities: number },
  ]
>([
  ["3.x", { users: 0, tokens: 0, whitelist: 0, banwords: 0, personalities: 0 }],
  ["4.0", { users: 2, tokens: 2, whitelist: 0, banwords: 0, personalities: 0 }],
  ["4.0.1", { users: 2, tokens: 2, whitelist: 2, banwords: 0, personalities: 0 }],
  ["4.1", { users: 2, tokens: 2, whitelist: 2, banwords: 0, personalities: 0 }],
  ["V2", { users: 2, tokens: 2, whitelist: 2, banwords: 1, personalities: 1 }],
])("%s: what is in it comes over, and what does not is told with the reason", (version, counts) => {
  const incoming = read(version);
  for (const [what, count] of Object.entries(counts))
    expect(incoming[what as keyof typeof counts], what).toHaveLength(count);
  expect(incoming.games.map(({ key }) => key)).toEqual(["hades (2020)", "celeste (2018)"]);
  const left = incoming.left.map(({ what, count, because }) => `${count} ${what}: ${because}`);
  expect(left).toContain("1 game cache: not sure enough to be kept");
  if (version !== "3.x") expect(left).toContain("1 users: no valid login or Twitch id");
});

test("tokens are opened through their two encodings, each with its owner and its use", () => {
  expect(read("4.0.1").tokens).toMatchObject([
    {
      login: "serda_bot",
      tokenType: "bot",
      userId: "1001",
      tokens: { accessToken: "bot-access", refreshToken: "bot-refresh" },
      scopes: ["chat:read", "chat:edit"],
      expiresAt: ORIGINAL_NOW + 60_000,
    },
    {
      login: "alice",
      tokenType: "broadcaster",
      tokens: { accessToken: "alice-access", refreshToken: undefined },
    },
  ]);
});

test("without the key everything but tokens comes over", () => {
  const incoming = read("V2", false);
  expect(incoming.tokens).toEqual([]);
  expect(incoming.whitelist).toHaveLength(2);
  expect(incoming.left).toContainEqual(expect.objectContaining({ what: "tokens", count: 3 }));
});

test("the original's file, and the folder it lies in, are left as they are", () => {
  makeOriginalDatabase(original, "V2");
  const before = readFileSync(original);
  const names = readdirSync(folder);
  readOriginalTables(original);
  expect(readFileSync(original).equals(before)).toBe(true);
  expect(readdirSync(folder)).toEqual(names);
});

test("what came is there, and comes once", () => {
  const incoming = read("V2");
  const db = openDatabase(join(folder, "kissbot.db"));
  const keys = openKeyChest({ is: "file", file: join(folder, ".kissbot.key"), isOurs: true });
  const now = () => ORIGINAL_NOW;
  const apply = () =>
    applyImport({ db, keys, incoming, from: "original.db", replacesTokens: false, now }).map(
      ({ what, came, known }) => `${what} ${came}/${known}`,
    );
  expect(apply()).toEqual([
    "users 2/0",
    "tokens 2/0",
    "whitelist 2/0",
    "banwords 1/0",
    "personality 1/0",
    "game cache 2/0",
  ]);
  expect(apply()).toEqual([
    "users 0/2",
    "tokens 0/2",
    "whitelist 0/2",
    "banwords 0/1",
    "personality 0/1",
    "game cache 0/2",
  ]);
  const accounts = makeAccounts({ db, keys, now });
  expect(accounts.all().map(({ login, tokenType }) => `${login} ${tokenType}`)).toEqual([
    "alice broadcaster",
    "serda_bot bot",
  ]);
  expect(makeGameCache(db).findByKey("hades (2020)", ORIGINAL_NOW)).toMatchObject({
    facts: { name: "Hades", metacritic: 93, summary: "Out of hell", certainty: "HIGH" },
  });
  db.close();
});

describe("is refused with a sentence", () => {
  test.each([
    ["a file that is not there", () => {}, /there is no file/],
    ["a file that is no database", () => writeFileSync(original, "x".repeat(5_000)), /not a database/],
    ["an empty one", () => writeFileSync(original, ""), /is no KissBot's: its tables are none/],
    ["our own", () => openDatabase(original).close(), /this KissBot's own/],
  ])("%s", (_what, prepare, says) => {
    prepare();
    expect(() => readOriginalTables(original)).toThrow(says);
  });
});

test("whatever stands in the rows, reading never throws", () => {
  const cell = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.constant(null), fc.json());
  const names = [
    "id",
    "user_id",
    "twitch_login",
    "twitch_user_id",
    "username",
    "channel",
    "word",
    "game_data",
    "confidence",
    "cached_at",
    "expires_at",
    "access_token_encrypted",
    "scopes",
    "channel_login",
    "custom_rules",
  ];
  const row = fc.record(Object.fromEntries(names.map((name) => [name, cell])), { requiredKeys: [] });
  const tables = fc.record({
    users: fc.array(row),
    oauth_tokens: fc.array(row),
    dev_whitelist: fc.array(row),
    game_cache: fc.array(row),
    banwords: fc.array(row),
    channel_personality: fc.array(row),
  });
  fc.assert(
    fc.property(tables, (made) => {
      const incoming = readOriginal(new Map(Object.entries(made)), { ring: ring(), bot: undefined, now: 0 });
      expect(Object.keys(incoming).sort()).toEqual(Object.keys(NOTHING_INCOMING).sort());
    }),
    { numRuns: 60 },
  );
});

test("times and secrets in the forms they were written in", () => {
  expect(
    [1_700_000_000, "1700000000", "2023-11-14 22:13:20", "2023-11-14T22:13:20Z", "soon", null].map(toInstant),
  ).toEqual([...Array(4).fill(1_700_000_000_000), undefined, undefined]);
  const sealed = sealAsOriginal("secret");
  for (const form of [sealed, Buffer.from(sealed), Buffer.from(sealed, "base64").toString()])
    expect(openOriginalSecret(ring(), form)).toBe("secret");
  for (const form of ["", "nonsense", null, 7]) expect(openOriginalSecret(ring(), form)).toBeUndefined();
});

test("every version is looked at", () => {
  expect(ORIGINAL_VERSIONS).toHaveLength(5);
});
