import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkoutFolder } from "../home.ts";
import { getConfig, loadConfig } from "../load-config.ts";

const sampleFile = join(checkoutFolder, "config", "config.sample.yaml");
const sample = readFileSync(sampleFile, "utf8");
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-sample-"));
  mkdirSync(join(folder, "config"));
  file = join(folder, "config", "config.yaml");
});
afterEach(() => rmSync(folder, { recursive: true }));

const problemsOf = (text: string, environment: NodeJS.ProcessEnv = {}) => {
  writeFileSync(file, text);
  const loaded = loadConfig(file, { environment });
  return loaded.is === "wrong"
    ? loaded.problems.map(({ line, path, says }) => `${line} ${path} ${says}`)
    : loaded.is;
};
const own = (text: string) =>
  text
    .replace("your-client-id", "own-id")
    .replace("your-client-secret", "own-secret")
    .replaceAll("your_bot", "kissbot");

test("the untouched sample is told in one line, with what to type next, and starts nothing", () => {
  expect(problemsOf(sample)).toEqual([
    "6 twitch this is still the sample's: put your own client_id, client_secret and bot_login there, delete twitch.tokens, then type ./kissbot.sh auth login --bot (docs/login.md)",
  ]);
  copyFileSync(sampleFile, file);
  expect(() => getConfig(file, { environment: {} })).toThrow(/auth login --bot/);
});

test.each<[string, string, NodeJS.ProcessEnv, RegExp | "right"]>([
  ["with tokens only", own(sample), {}, /^6 twitch this is still the sample's: delete twitch.tokens, then/],
  [
    "with a secret only",
    own(sample)
      .replace("own-secret", "your-client-secret")
      .replace(/your-(access|refresh)-token/g, "t"),
    {},
    /: put your own client_secret there, then/,
  ],
  ["that was filled in", own(sample).replace(/your-(access|refresh)-token/g, "t"), {}, "right"],
  ["with tokens that count for nothing", own(sample), { KISSBOT_USE_DB: "1" }, "right"],
  [
    "filled in by the environment",
    own(sample)
      .replace("own-id", "your-client-id")
      .replace(/your-(access|refresh)-token/g, "t"),
    { KISSBOT_TWITCH__CLIENT_ID: "ghi" },
    "right",
  ],
])("a sample %s", (_how, text, environment, expected) => {
  const problems = problemsOf(text, environment);
  if (expected === "right") expect(problems).toBe("right");
  else expect(problems).toEqual([expect.stringMatching(expected)]);
});
