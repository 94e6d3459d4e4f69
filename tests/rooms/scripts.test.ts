/** Every transcript in tests/scripts is one test: who says what, what the bot answers, how each line ends. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { playScript } from "../support/chat-script.ts";

const folder = join(import.meta.dirname, "..", "scripts");
const scripts = readdirSync(folder).filter((file) => file.endsWith(".chat"));

const read = (name: string) => readFileSync(join(folder, `${name}.chat`), "utf8");
const names = scripts.map((file) => basename(file, ".chat"));
/** By EventSub there is no chat without the hub. */
const withHub = names.filter((name) => !read(name).includes("given hub away"));

describe("transcripts", () => {
  test.each(names)("%s", async (name) => {
    await playScript(read(name));
  });
});

describe("the same, when chat comes by EventSub and goes out by Helix", () => {
  test("is nearly all of them", () => {
    expect(withHub.length).toBeGreaterThan(names.length - 4);
  });
  test.each(withHub)("%s", async (name) => {
    await playScript(read(name), "eventsub");
  });
});

describe("the player itself", () => {
  test.each([
    [
      "a wrong answer",
      "alice: !ping\nbot: @alice Pong?",
      /line 2: bot: @alice Pong\?\n {2}it is: @alice Pong!/,
    ],
    ["silence where an answer should be", "alice: hello\nbot: hi", /the bot says nothing/],
    [
      "an answer the script does not mention",
      "alice: !ping\nbob: hello",
      /line 2: bob: hello\n {2}the bot also says/,
    ],
    ["the same at the end", "alice: !ping", /the bot also says/],
    ["another end", "alice: !ping\nbot: @alice Pong! 🏓\nunaddressed", /it is: answered/],
    ["a line that is none", "Alice says hello", /no line of a script/],
  ])("fails at %s", async (_what, script, why) => {
    await expect(playScript(script)).rejects.toThrow(why);
  });
});
