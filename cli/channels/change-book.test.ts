import { afterEach, beforeEach, expect, test } from "vitest";
import { makeTestDesk } from "../../tests/support/test-desk.ts";
import { makeTrialHome, type TrialHome } from "../trial/trial-home.ts";
import channels, { parseChannelOrder } from "../verbs/channels.ts";

let trial: TrialHome;
beforeEach(() => {
  trial = makeTrialHome(process.env);
});
afterEach(() => trial.remove());

const CONFIG =
  "twitch: { client_id: x, bot_login: kissbot, tokens: { kissbot: { access_token: a } }, channels: [alice] }\n";

async function type(...args: readonly string[]) {
  const { desk, said, warned } = makeTestDesk(trial.home);
  const exitCode = await channels.run({ args, options: { json: false } }, desk);
  return { exitCode, text: [...said, ...warned].join("\n") };
}

test("while no house runs, channels change in the database: what is configured can't be removed, only disabled", async () => {
  trial.writeConfig(CONFIG);
  expect(await type("add", "#Bob")).toEqual({
    exitCode: 0,
    text: "bob is added; it runs from the next start on",
  });
  expect(await type("disable", "alice")).toMatchObject({ exitCode: 0 });
  expect((await type()).text.split("\n")).toEqual([
    "channel  wish      comes from",
    "alice    disabled  config.yaml",
    "bob      runs      kissbot.sh channels add",
  ]);
  expect(await type("remove", "alice")).toEqual({
    exitCode: 1,
    text: "kissbot: alice is named in config.yaml: remove it there, or disable it",
  });
  expect(await type("enable", "eve")).toEqual({
    exitCode: 1,
    text: "kissbot: there is no channel eve; there are alice, bob",
  });
  expect(await type("remove", "bob")).toMatchObject({ exitCode: 0 });
  expect(await type("enable", "alice")).toMatchObject({ exitCode: 0 });
  expect((await type("list")).text).not.toMatch(/bob|disabled/);
});

test("without a configuration there is no wish to change", async () => {
  await expect(type("list")).rejects.toThrow("there is no configuration file");
});

test.each([
  [[], { is: "order", order: { do: "list-channels" } }],
  [["add", "Alice"], { is: "order", order: { do: "add-channel", channel: "alice" } }],
  [["add"], { is: "wrong", says: "channels add which? Name the channel" }],
  [["drop", "alice"], { is: "wrong", says: expect.stringContaining('not "drop"') }],
  [["add", "a b"], { is: "wrong", says: expect.stringContaining('"a b" is no channel') }],
])("channels %j", (args, parsed) => {
  expect(parseChannelOrder(args)).toEqual(parsed);
});
