import fc from "fast-check";
import { describe, expect, test } from "vitest";
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
  return parsed.is === "wrong"
    ? parsed.problems.map((one) => `${one.line} ${one.path}: ${one.expected}`)
    : [];
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
    ["an empty file", "", ["1 twitch: this key, but it is missing"]],
    ["a list where keys belong", "- a\n- b", ["1 : keys such as `twitch:`, not a list"]],
    ["broken YAML", "twitch: [", [expect.stringMatching(/^1 : YAML: /)]],
    ["an unknown key, at its line", `${good}colour: red\n`, ["8 colour: no such key here (unknown key)"]],
    [
      "an upper-case channel",
      good.replace("bob_plays", "Bob"),
      ["7 twitch.channels.1: a Twitch login: 1 to 25 of a-z, 0-9 and _, in lower case"],
    ],
    [
      "the same channel twice",
      good.replace("bob_plays", "alice_live"),
      ["7 twitch.channels: each channel once"],
    ],
    [
      "no token for the bot",
      good.replace("    kissbot:", "    other:"),
      ["5 twitch.tokens: an entry with the tokens of the account named by twitch.bot_login"],
    ],
    [
      "a wrong URL",
      `${good}  urls: { helix: "ftp://x" }\n`,
      ["8 twitch.urls.helix: a URL that starts with https:// or http://"],
    ],
    [
      "a conduit without the secret it takes",
      `${good}  eventsub: { transport: conduit }\n`,
      ["8 twitch.eventsub.transport: auto or websocket, because a conduit takes twitch.client_secret"],
    ],
    [
      "wrong settings of EventSub",
      `${good}  eventsub: { transport: webhook, creates_per_second: 0, shards: 1.5 }\n`,
      [
        '8 twitch.eventsub.transport: ("auto" | "websocket" | "conduit"), not "webhook"',
        "8 twitch.eventsub.creates_per_second: at least 0.1",
        "8 twitch.eventsub.shards: a whole number",
      ],
    ],
    [
      "a wrong log level",
      `${good}log: { level: loud }\n`,
      ['8 log.level: ("debug" | "info" | "warn" | "error"), not "loud"'],
    ],
    [
      "wrong bounds for logs",
      `${good}log: { chat: maybe, rotate_mb: 0, keep_days: 0, keep_chat_days: 1.5 }\n`,
      [
        '8 log.chat: ("on" | "off"), not "maybe"',
        "8 log.rotate_mb: 0.01 or more megabytes",
        "8 log.keep_days: 1 or more days",
        "8 log.keep_chat_days: whole days",
      ],
    ],
    [
      "what is wrong with a channel's own log rules",
      good.replace(
        "[alice_live, bob_plays]",
        '["alice_live", { name: bob, log: { keep_chat_dais: 3, keep_days: 0, chat: 7 } }, { log: {} }, 5]',
      ),
      [
        '7 twitch.channels.1.log.chat: ("on" | "off"), not 7',
        "7 twitch.channels.1.log.keep_days: 1 or more days",
        expect.stringMatching(/^7 twitch\.channels\.1\.log\.keep_chat_dais: no such key here/),
        "7 twitch.channels.2.name: this key, but it is missing",
        "7 twitch.channels.3: text, not 5",
      ],
    ],
    [
      "a channel that stands there with rules and without",
      good.replace("bob_plays", "{ name: alice_live, log: { chat: off } }"),
      ["7 twitch.channels: each channel once"],
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
      "2 twitch.client_id: text, not 7",
      "3 twitch.bot_login: a Twitch login: 1 to 25 of a-z, 0-9 and _, in lower case",
      "4 twitch.tokens: a section with keys of its own, not what stands there",
      '5 log.level: ("debug" | "info" | "warn" | "error"), not 1',
    ]);
  });

  test("never prints what stands where a secret belongs", () => {
    const text = good.replace("access_token: aaa", "access_token: [hunter2]");
    expect(problemsOf(text).join()).not.toContain("hunter2");
  });

  test("answers any text with a configuration or with problems, and never throws", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string({ unit: fc.constantFrom(..."twitch: []{}&*!|>-\n\t\"'#,") }),
        ),
        (text) => {
          const parsed = parseConfig(text);
          if (parsed.is === "wrong") expect(parsed.problems.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});
