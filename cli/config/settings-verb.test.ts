import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Login } from "../../shared/ids.ts";
import { makeTestDesk } from "../../tests/support/test-desk.ts";
import { makeTrialHome, type TrialHome } from "../trial/trial-home.ts";
import config from "../verbs/config.ts";
import settings, { parseSettingsAction } from "../verbs/settings.ts";
import { chooseChannel } from "./settings-session.ts";

const [alice, bob] = [v.parse(Login, "alice"), v.parse(Login, "bob")];

test.each([
  [[], { do: "log", key: undefined }],
  [["log", "prefix"], { do: "log", key: "prefix" }],
  [["set", "a.b", "two", "words"], { do: "set", key: "a.b", value: "two words" }],
  [["unset", "prefix"], { do: "unset", key: "prefix" }],
  [["diff"], { do: "diff", from: 0, to: undefined }],
  [["diff", "3", "7"], { do: "diff", from: 3, to: 7 }],
  [["restore", "3"], { do: "restore", revision: 3 }],
])("settings %j", (args, action) => {
  expect(parseSettingsAction(args)).toEqual({ is: "action", action });
});

test.each([
  [["set"]],
  [["set", "prefix"]],
  [["unset"]],
  [["unset", "a", "b"]],
  [["log", "a", "b"]],
  [["diff", "x"]],
  [["diff", "1", "2", "3"]],
  [["restore"]],
  [["restore", "-1"]],
  [["restore", "1", "2"]],
  [["undo"]],
])("settings %j is no action", (args) => {
  expect(parseSettingsAction(args)).toMatchObject({
    is: "wrong",
    says: expect.stringContaining("settings knows"),
  });
});

describe("the channel", () => {
  test.each([
    ["#Bob", [alice, bob], { is: "channel", channel: "bob" }],
    [undefined, [alice], { is: "channel", channel: "alice" }],
    [undefined, [alice, bob], { is: "wrong", says: "--channel: which one? there are alice, bob" }],
    [undefined, [], { is: "wrong", says: "--channel: which one? there are none yet" }],
    ["eve", [alice], { is: "wrong", says: '--channel: there is no channel "eve"; there are alice' }],
    ["a b", [alice], { is: "wrong", says: expect.stringContaining('"a b" is no channel') }],
  ])("%j of %j", (typed, channels, chosen) => {
    expect(chooseChannel(typed, channels)).toEqual(chosen);
  });
});

describe("without a house that runs", () => {
  let trial: TrialHome;
  beforeEach(() => {
    trial = makeTrialHome(process.env);
    trial.writeConfig(
      "twitch: { client_id: x, bot_login: kissbot, tokens: { kissbot: { access_token: aaa111 } }, channels: [alice, { name: bob, eventsub: disabled }] }\n",
    );
  });
  afterEach(() => trial.remove());

  async function type(channel: string | undefined, ...args: readonly string[]) {
    const { desk, said, warned } = makeTestDesk(trial.home);
    const exitCode = await settings.run({ args, options: { channel, json: false } }, desk);
    return { exitCode, text: [...said, ...warned].join("\n") };
  }

  test("what a channel has of its own is written down, and shown with its revision", async () => {
    expect(await type("alice", "set", "log.keep_days", "3")).toEqual({
      exitCode: 0,
      text: "alice: log.keep_days: as configured → 3 (revision 1)",
    });
    const { desk, said } = makeTestDesk(trial.home);
    expect(await config.run({ args: ["show"], options: { channel: "alice", json: true } }, desk)).toBe(0);
    expect(JSON.parse(said.join(""))).toContainEqual({
      key: "log.keep_days",
      value: 3,
      from: { is: "database", revision: 1 },
      isSecret: false,
    });
    expect((await type("alice", "log")).text).toMatch(
      /^ +1 {2}\S+ \S+ UTC {2}alice {2}\S+ by cli\n +log\.keep_days: as configured → 3$/,
    );
  });

  test.each([
    [["set", "chat.transport", "eventsub"], "the channel hears EventSub by disabled"],
    [["set", "chat.transport", "carrier-pigeon"], 'expected ("irc" | "eventsub"), not "carrier-pigeon"'],
    [["set", "weight", "0"], "at least 0.1"],
    [["set", "client_secret", "x"], "there is no such module"],
    [["restore", "9"], "there is no revision 9"],
    [["diff", "9"], "there is no revision 9"],
    [["diff", "0", "9"], "there is no revision 9"],
  ])("%j is refused", async (args, says) => {
    expect(await type("bob", ...args)).toEqual({ exitCode: 1, text: expect.stringContaining(says) });
  });

  test("a configuration that is wrong comes first", async () => {
    trial.writeConfig("twitch: 7\n");
    await expect(type("alice", "log")).rejects.toMatchObject({ code: "config-wrong", exitCode: 78 });
    const { desk, warned } = makeTestDesk(trial.home);
    expect(await config.run({ args: ["check"], options: { json: false } }, desk)).toBe(78);
    expect(warned.join()).toContain("config.yaml:1: twitch: expected a section with keys of its own, not 7");
  });
});
