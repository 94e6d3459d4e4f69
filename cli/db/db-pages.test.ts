import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toKeyText } from "../../db/secrets/fernet.ts";
import { withNewKey } from "../../db/secrets/key-ring.ts";
import { KissError } from "../../shared/errors.ts";
import { tokenFingerprint } from "../../shared/token-fingerprint.ts";
import { parseAction } from "../verbs/db.ts";
import { describeKeys } from "./database-page.ts";
import { readYamlTokens } from "./read-yaml-tokens.ts";

const read = (text: string) => readYamlTokens(text, "config.yaml");

describe("tokens in a config.yaml", () => {
  test("of an original: the bot by its name, ids as numbers, what is no account left behind", () => {
    const incoming = read(
      'bot_login_name: Serda_Bot\ntwitch:\n  tokens:\n    serda_bot: {user_id: 12, access_token: "oauth:a", refresh_token: r}\n    alice: {access_token: b}\n    "not a name": {access_token: c}\n    bob: {}\n',
    );
    expect(incoming.tokens).toEqual([
      {
        login: "serda_bot",
        tokenType: "bot",
        userId: "12",
        tokens: { accessToken: "a", refreshToken: "r" },
        grownFrom: tokenFingerprint("r"),
      },
      {
        login: "alice",
        tokenType: "broadcaster",
        userId: undefined,
        tokens: { accessToken: "b", refreshToken: undefined },
        grownFrom: tokenFingerprint("b"),
      },
    ]);
    expect(incoming.left.map(({ because }) => because)).toEqual([
      'entry "not a name": no valid login, or no access_token',
      'entry "bob": no valid login, or no access_token',
    ]);
  });

  test.each([
    ["twitch: {tokens: {kissbot: {access_token: a}}}", "bot"],
    ["twitch: {bot_login: other, tokens: {kissbot: {access_token: a}}}", "broadcaster"],
    ["twitch: {tokens: {kiss_bot: {access_token: a}, x: {access_token: a}}}", "bot"],
  ])("%s: %s", (text, type) => {
    expect(read(text).tokens[0]?.tokenType).toBe(type);
  });

  test.each([
    ["", /no section twitch/],
    ["- a", /no section twitch/],
    ["twitch: {}", /nothing under twitch.tokens/],
    ["twitch: {tokens: [a}", /is no YAML/],
    [
      "a: &a [x]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c]",
      /is no YAML|no section/,
    ],
  ])("%j is refused", (text, says) => {
    expect(() => read(text)).toThrow(says);
  });

  test("whatever the text, it is read or refused, and no problem quotes it", () => {
    const hidden = "planted-token";
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        try {
          read(`twitch:\n  tokens:\n   x: ${before}${hidden}${after}`);
        } catch (problem) {
          expect(problem).toBeInstanceOf(KissError);
          expect(String(problem)).not.toContain(hidden);
        }
      }),
    );
  });
});

describe("key and secrets", () => {
  const ring = withNewKey(withNewKey([], toKeyText(Buffer.alloc(32, 1))), toKeyText(Buffer.alloc(32, 2)));
  const [first, second] = ring.map(({ fingerprint }) => fingerprint) as [string, string];
  const lines = (...args: Parameters<typeof describeKeys>) =>
    describeKeys(...args).map(({ level, says }) => `${level} ${says}`);

  test("that fit, that do not, and what is still in the clear", () => {
    expect(lines("/k", { is: "ring", ring }, { sealedWith: { [first]: 2, abc: 3 }, unsealed: 1 })).toEqual([
      `ok key 2, ${first}, seals: 2 secrets`,
      `ok key 1, ${second}: 0 secrets`,
      "fail 3 secrets need the key abc, which is not at /k",
      "warn 1 accounts' tokens are still in the clear: ./kissbot.sh start encrypts them",
    ]);
    const nothing = { sealedWith: {}, unsealed: 0 };
    expect(lines("/k", { is: "missing" }, nothing)[0]).toMatch(/^ok no key yet/);
    expect(lines("/k", { is: "missing" }, { ...nothing, sealedWith: { abc: 2 } })).toEqual([
      "fail no key at /k, and 2 secrets that need the key abc",
    ]);
    expect(lines("/k", { is: "wrong", problem: "cut off" }, nothing)).toEqual(["fail /k: cut off"]);
  });
});

test.each([
  [[], { is: "action", action: "status", file: undefined }],
  [["import-yaml", "f"], { is: "action", action: "import-yaml", file: "f" }],
  [["check", "f"], { is: "wrong", says: 'db check takes no file, not "f"' }],
  [["\u001b[31m"], { is: "wrong", says: expect.not.stringContaining("\u001b") }],
])("%j", (args, parsed) => {
  expect(parseAction(args)).toEqual(parsed);
});
