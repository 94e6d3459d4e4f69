import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { parseYaml } from "./config/yaml-source.ts";
import { parseConfig } from "./load-config.ts";

const good = `
twitch:
  client_id: abc123
  bot_login: kissbot
  tokens:
    kissbot: { access_token: aaa, refresh_token: bbb }
  channels: [alice_live, bob_plays]
`;

const problemsOf = (text: string) => {
  const parsed = parseConfig(text);
  return parsed.is === "wrong" ? parsed.problems.map((one) => `${one.line} ${one.path}: ${one.says}`) : [];
};

describe("parseConfig", () => {
  test("fills in what was left out", () => {
    const parsed = parseConfig(good);
    if (parsed.is !== "right") throw new Error(JSON.stringify(parsed));
    expect(parsed.config.commands.prefix).toBe("!");
    expect(parsed.config.twitch.urls.helix).toBe("https://api.twitch.tv/helix");
    expect(parsed.config.log.level).toBe("info");
    expect(parsed.config.twitch.eventsub).toMatchObject({
      transport: "auto",
      creates_per_second: 2,
      shards: 1,
    });
  });

  test.each([
    ["an empty file", "", ["1 twitch: expected this key, but it is missing"]],
    ["a list where keys belong", "- a\n- b", ["1 : expected keys such as `twitch:`, not a list"]],
    ["broken YAML", "twitch: [", [expect.stringMatching(/^1 : expected YAML: /)]],
    [
      "an unknown key, at its line",
      `${good}colour: red\n`,
      [expect.stringMatching(/^8 colour: there is no such key; there are twitch, commands, modules, /)],
    ],
    [
      "an upper-case channel",
      good.replace("bob_plays", "Bob"),
      ["7 twitch.channels.1: expected a Twitch login: 1 to 25 of a-z, 0-9 and _, in lower case"],
    ],
    [
      "the same channel twice",
      good.replace("bob_plays", "alice_live"),
      ["7 twitch.channels: expected each channel once"],
    ],
    [
      "no token for the bot",
      good.replace("    kissbot:", "    other:"),
      ["5 twitch.tokens: expected an entry with the tokens of the account named by twitch.bot_login"],
    ],
    [
      "a wrong URL",
      `${good}  urls: { helix: "ftp://x" }\n`,
      ["8 twitch.urls.helix: expected a URL that starts with https:// or http://"],
    ],
    [
      "a conduit without the secret it takes",
      `${good}  eventsub: { transport: conduit }\n`,
      [
        "8 twitch.eventsub.transport: expected auto or websocket, because a conduit takes twitch.client_secret",
      ],
    ],
    [
      "wrong settings of EventSub",
      `${good}  eventsub: { transport: webhook, creates_per_second: 0, shards: 1.5 }\n`,
      [
        '8 twitch.eventsub.transport: expected ("auto" | "websocket" | "conduit"), not "webhook"',
        "8 twitch.eventsub.creates_per_second: expected at least 0.1",
        "8 twitch.eventsub.shards: expected a whole number",
      ],
    ],
    [
      "a wrong log level",
      `${good}log: { level: loud }\n`,
      ['8 log.level: expected ("debug" | "info" | "warn" | "error"), not "loud"'],
    ],
    [
      "wrong bounds for logs",
      `${good}log: { chat: maybe, rotate_mb: 0, keep_days: 0, keep_chat_days: 1.5 }\n`,
      [
        '8 log.chat: expected ("on" | "off"), not "maybe"',
        "8 log.rotate_mb: expected 0.01 or more megabytes",
        "8 log.keep_days: expected 1 or more days",
        "8 log.keep_chat_days: expected whole days",
      ],
    ],
    [
      "what is wrong with a channel's own log rules",
      good.replace(
        "[alice_live, bob_plays]",
        '["alice_live", { name: bob, log: { keep_chat_dais: 3, keep_days: 0, chat: 7 } }, { log: {} }, 5]',
      ),
      [
        '7 twitch.channels.1.log.chat: expected ("on" | "off"), not 7',
        "7 twitch.channels.1.log.keep_days: expected 1 or more days",
        expect.stringMatching(
          /^7 twitch\.channels\.1\.log\.keep_chat_dais: there is no such key; did you mean keep_chat_days\?/,
        ),
        "7 twitch.channels.2.name: expected this key, but it is missing",
        "7 twitch.channels.3: expected text, not 5",
      ],
    ],
    [
      "a channel that stands there with rules and without",
      good.replace("bob_plays", "{ name: alice_live, log: { chat: off } }"),
      ["7 twitch.channels: expected each channel once"],
    ],
  ])("names %s", (_name, text, expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });

  test("reads a channel's name with and without rules of its own", () => {
    const parsed = parseConfig(
      good.replace("bob_plays", "{ name: bob_plays, weight: 2.5, log: { keep_chat_days: 0 } }"),
    );
    if (parsed.is !== "right") throw new Error(JSON.stringify(parsed));
    const { channels, channelLogs, channelWeights } = parsed.config.twitch;
    expect(channels).toEqual(["alice_live", "bob_plays"]);
    expect([...channelWeights]).toEqual([
      ["alice_live", 1],
      ["bob_plays", 2.5],
    ]);
    expect([...channelLogs]).toEqual([
      ["alice_live", {}],
      ["bob_plays", { keep_chat_days: 0 }],
    ]);
  });

  test("names all problems at once", () => {
    expect(problemsOf("twitch:\n  client_id: 7\n  bot_login: X\n  tokens: 3\nlog: { level: 1 }\n")).toEqual([
      "2 twitch.client_id: expected text, not 7",
      "3 twitch.bot_login: expected a Twitch login: 1 to 25 of a-z, 0-9 and _, in lower case",
      "4 twitch.tokens: expected a section with keys of its own, not what stands there",
      '5 log.level: expected ("debug" | "info" | "warn" | "error"), not 1',
    ]);
  });

  test("never prints what stands where a secret belongs", () => {
    const text = good.replace("access_token: aaa", "access_token: [hunter2]");
    expect(problemsOf(text).join()).not.toContain("hunter2");
  });

  test("answers any text with a configuration or with problems that have a line, and never throws", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const parsed = parseConfig(text);
        if (parsed.is === "right") return;
        expect(parsed.problems.length).toBeGreaterThan(0);
        for (const { line, says } of parsed.problems) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(text.split(/\r\n?|\n/).length);
          expect(says).not.toBe("");
        }
      }),
    );
  });

  test("takes any broken or mistyped version of a right configuration without throwing", () => {
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(20), anyText, (at, length, text) => {
        const parsed = parseConfig(good.slice(0, at) + text.slice(0, 40) + good.slice(at + length));
        expect(["right", "wrong"]).toContain(parsed.is);
      }),
    );
  });

  test.each([
    ["tabs", "twitch:\n\tclient_id: x\n", ["2 : expected YAML: Tabs are not allowed as indentation"]],
    [
      "a key that stands there twice",
      "log: { level: info }\nlog: { level: debug }\n",
      [expect.stringMatching(/^2 : expected YAML: Map keys must be unique/)],
    ],
    ["aliases that grow", bomb(), [expect.stringMatching(/^1 : expected YAML: Excessive alias count/)]],
    ["brackets without end", "[".repeat(300_000), ["1 : expected at most 200 levels, not 300000"]],
    [
      "questions without end",
      "? ".repeat(100_000),
      [expect.stringMatching(/^1 : expected at most 200 levels/)],
    ],
    ["a megabyte", "a".repeat(1024 * 1024 + 1), ["1 : expected a file of at most 1048576 bytes"]],
    ["a value alone", "hello", ["1 : expected keys such as `twitch:`, not a value alone"]],
    [
      "a key of all objects",
      "__proto__: 1",
      expect.arrayContaining([expect.stringMatching(/__proto__: there is no such key/)]),
    ],
  ])("names %s", (_name, text, expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });

  test.each([
    ["prefx: x", "did you mean commands.prefix?"],
    ["commands: { prefx: x }", "did you mean prefix?"],
    ["lgo: { level: info }", "did you mean log?"],
    ["keep_days: 3", "did you mean log.keep_days?"],
  ])("says what was probably meant by %s", (text, says) => {
    expect(problemsOf(`${good}${text}\n`)).toEqual([expect.stringContaining(says)]);
  });
});

describe("a module's settings", () => {
  const schemas = new Map([["dice", v.strictObject({ sides: v.optional(v.number(), 6) })]]);
  const file = (text: string) => [{ name: "dice", file: "config/modules/dice.yaml", read: parseYaml(text) }];

  test("may stand in a file of their own, by its name", () => {
    const parsed = parseConfig(good, { modules: file("sides: 8\n"), moduleSchemas: schemas });
    if (parsed.is !== "right") throw new Error(JSON.stringify(parsed));
    expect(parsed.config.modules).toEqual({ dice: { sides: 8 } });
    expect(parsed.originOf(["modules", "dice", "sides"])).toEqual({
      is: "file",
      file: "config/modules/dice.yaml",
      line: 1,
    });
  });

  test.each([
    ["a wrong value", "\nsides: many\n", 2, 'expected a number, not "many"'],
    ["an unknown key", "sids: 1\n", 1, "there is no such key; did you mean sides?"],
    ["no YAML", "sides: [\n", 2, expect.stringMatching(/^expected YAML/)],
  ])("are refused at their own line for %s", (_name, text, line, says) => {
    expect(parseConfig(good, { modules: file(text), moduleSchemas: schemas })).toMatchObject({
      is: "wrong",
      problems: [{ in: { file: "config/modules/dice.yaml" }, line, says }],
    });
  });

  test("are not taken from two places at once", () => {
    expect(
      parseConfig(`${good}modules: { dice: { sides: 4 } }\n`, { modules: file("sides: 8\n") }),
    ).toMatchObject({
      is: "wrong",
      problems: [{ in: { file: "config/modules/dice.yaml" }, says: expect.stringContaining("keep one") }],
    });
  });

  test("of a module that does not exist are refused, with the one that was meant", () => {
    expect(parseConfig(`${good}modules: { dcie: {} }\n`, { moduleSchemas: schemas })).toMatchObject({
      problems: [{ path: "modules.dcie", says: "there is no such module; did you mean dice?" }],
    });
  });
});

const anyText = fc.oneof(
  fc.string(),
  fc.json(),
  fc.string({ unit: fc.constantFrom(..."twitch: []{}&*!|>-\n\t\"'#,") }),
  fc.string({ unit: "binary" }),
);

/** Ten times ten times ten … of the same word. */
function bomb(): string {
  const levels = ["a: &a [x, x, x, x, x, x, x, x, x, x]"];
  for (const [below, name] of ["ab", "bc", "cd"]) {
    levels.push(`${name}: &${name} [${Array(10).fill(`*${below}`).join(", ")}]`);
  }
  return levels.join("\n");
}
