import { ChatClient } from "@twurple/chat";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { settled } from "../../../tests/support/fake-clock.ts";
import { makeTestLog } from "../../../tests/support/test-log.ts";
import { guardLines, isLineForUs } from "./line-guard.ts";

describe("isLineForUs", () => {
  test.each([
    ["@id=1;user-id=2 :a!a@a.tmi.twitch.tv PRIVMSG #alice :hi", true],
    [":tmi.twitch.tv NOTICE * :Login authentication failed", true],
    ["@msg-id=msg_banned :tmi.twitch.tv NOTICE #alice :You are banned", true],
    ["@badges= :tmi.twitch.tv USERSTATE #alice", true],
    [":tmi.twitch.tv RECONNECT", true],
    ["PING :tmi.twitch.tv", true],
    [":tmi.twitch.tv 376 bot :>", true],
    [":tmi.twitch.tv CAP * ACK :twitch.tv/tags", true],
    ["PRIVMSG #alice :from nobody", false],
    [":a!a@a PRIVMSG alice :to nobody", false],
    ["@msg-id=msg_banned :tmi.twitch.tv NOTICE * :where?", false],
    ["@msg-id=no_permission :tmi.twitch.tv NOTICE  #alice :two spaces", false],
    [":a!a@a WHISPER bot :psst", false],
    ["", false],
    ["@id=1", false],
    ["privmsg #alice :hi", false],
  ])("%j: %j", (line, isForUs) => {
    expect(isLineForUs(line)).toBe(isForUs);
  });
});

describe("behind the guard", () => {
  let uncaught: unknown[] = [];
  const onUncaught = (problem: unknown) => uncaught.push(problem);
  beforeEach(() => {
    uncaught = [];
    process.on("unhandledRejection", onUncaught);
  });
  afterEach(() => process.off("unhandledRejection", onUncaught));

  test("twurple throws at no line, however strange", async () => {
    const client = new ChatClient({ logger: { minLevel: "critical" } });
    guardLines(client.irc, makeTestLog().log, () => {});
    const tag = fc.oneof(
      fc.constantFrom("msg-id=msg_banned", "msg-id=r9k_on", "msg-id=no_permission", "slow=x", "subs-only=0"),
      fc.string({ maxLength: 10 }),
    );
    const word = fc.oneof(
      fc.constantFrom("#alice", "*", "LS", "NEW", "DEL", ":hi", "CHANTYPES=", ":\u0001ACTION\u0001"),
      fc.string({ maxLength: 8 }),
    );
    const commands = [
      "PRIVMSG",
      "NOTICE",
      "USERSTATE",
      "ROOMSTATE",
      "CAP",
      "PING",
      "PONG",
      "001",
      "005",
      "376",
    ];
    const line = fc.record({
      tags: fc.option(fc.array(tag, { maxLength: 3 }), { nil: undefined }),
      sender: fc.constantFrom("", ":tmi.twitch.tv ", ":a!a@a.tmi.twitch.tv ", ": ", ":! "),
      command: fc.constantFrom(...commands, "USERNOTICE", "WHISPER", "RECONNECT", "CLEARCHAT", "JOIN"),
      words: fc.array(word, { maxLength: 4 }),
    });
    fc.assert(
      fc.property(line, ({ tags, sender, command, words }) => {
        client.irc.receiveLine(
          `${tags ? `@${tags.join(";")} ` : ""}${sender}${[command, ...words].join(" ")}`,
        );
      }),
      { numRuns: 3_000 },
    );
    await settled();
    expect(uncaught).toEqual([]);
  });
});
