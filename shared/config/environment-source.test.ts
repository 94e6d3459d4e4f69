import { describe, expect, test } from "vitest";
import { configTree, parseConfig } from "../load-config.ts";
import { readEnvironment, toVariable } from "./environment-source.ts";
import { HOUSE_VARIABLES } from "./house-variables.ts";
import { ANY_KEY, allKeys } from "./key-tree.ts";

const base = "twitch: { client_id: abc, bot_login: kissbot, tokens: { kissbot: { access_token: aaa } } }";

describe("a variable", () => {
  test.each([
    ["KISSBOT_TWITCH__CLIENT_ID", "007", ["twitch", "client_id"], "007"],
    ["KISSBOT_LOG__KEEP_DAYS", "9", ["log", "keep_days"], 9],
    ["KISSBOT_LOG__CHAT", "off", ["log", "chat"], "off"],
    ["KISSBOT_RANKER__ENABLED", "true", ["ranker", "enabled"], true],
    [
      "KISSBOT_TWITCH__CHANNELS",
      "[alice, { name: bob }]",
      ["twitch", "channels"],
      ["alice", { name: "bob" }],
    ],
    [
      "KISSBOT_TWITCH__TOKENS__KISSBOT__ACCESS_TOKEN",
      "t",
      ["twitch", "tokens", "kissbot", "access_token"],
      "t",
    ],
    ["KISSBOT_MODULES__ALERTS__FOLLOW__ENABLED", "true", ["modules", "alerts", "follow", "enabled"], true],
  ])("%s=%s", (variable, text, path, value) => {
    expect(readEnvironment({ [variable]: text }, configTree)).toEqual({
      settings: [{ variable, path, value }],
      problems: [],
    });
  });

  test.each([
    ["KISSBOT_LOG__KEP_DAYS", "did you mean KISSBOT_LOG__KEEP_DAYS?"],
    ["KISSBOT_HOM", "did you mean KISSBOT_HOME?"],
    ["KISSBOT_", "there is no such setting"],
    ["KISSBOT_log__level", "there is no such setting"],
    ["KISSBOT_TWITCH__CLIENT_ID__X", "there is no such setting"],
    ["KISSBOT___PROTO____X", "there is no such setting"],
  ])("%s is refused", (variable, says) => {
    const { settings, problems } = readEnvironment({ [variable]: "1" }, configTree);
    expect(settings).toEqual([]);
    expect(problems).toMatchObject([{ in: { variable }, says: expect.stringContaining(says) }]);
  });

  test("that can't be read is refused without being quoted", () => {
    const { problems } = readEnvironment({ KISSBOT_LOG__KEEP_DAYS: "[hunter2" }, configTree);
    expect(problems).toHaveLength(1);
    expect(JSON.stringify(problems)).not.toContain("hunter2");
  });
});

test("what is no setting is left alone", () => {
  const environment = Object.fromEntries([...HOUSE_VARIABLES, "PATH", "HOME"].map((name) => [name, "x"]));
  expect(readEnvironment(environment, configTree)).toEqual({ settings: [], problems: [] });
});

test("every key can be given by the environment, and none is mistaken for one of the house's own variables", () => {
  const keys = allKeys(configTree).filter(({ path }) => !path.includes(ANY_KEY));
  for (const { path } of keys) {
    const variable = toVariable(path);
    expect(HOUSE_VARIABLES).not.toContain(variable);
    expect(readEnvironment({ [variable]: "x" }, configTree).settings.map((one) => one.path)).toEqual([path]);
  }
});

test("it stands above the file, and problems of it name the variable", () => {
  const right = parseConfig(`${base}\nlog: { keep_days: 3 }`, {
    environment: { KISSBOT_LOG__KEEP_DAYS: "9" },
  });
  if (right.is !== "right") throw new Error(JSON.stringify(right));
  expect(right.config.log.keep_days).toBe(9);
  expect(right.originOf(["log", "keep_days"])).toEqual({
    is: "environment",
    variable: "KISSBOT_LOG__KEEP_DAYS",
  });
  expect(parseConfig(base, { environment: { KISSBOT_LOG__KEEP_DAYS: "0" } })).toMatchObject({
    is: "wrong",
    problems: [{ in: { variable: "KISSBOT_LOG__KEEP_DAYS" }, says: "expected 1 or more days" }],
  });
});

test("a whole configuration may come by it", () => {
  const environment = {
    KISSBOT_TWITCH__CLIENT_ID: "abc",
    KISSBOT_TWITCH__BOT_LOGIN: "kissbot",
    KISSBOT_TWITCH__TOKENS__KISSBOT__ACCESS_TOKEN: "aaa",
    KISSBOT_TWITCH__CHANNELS: "[alice]",
  };
  expect(parseConfig("", { environment })).toMatchObject({
    is: "right",
    config: { twitch: { channels: ["alice"] } },
  });
});
