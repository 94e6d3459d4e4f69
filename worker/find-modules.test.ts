import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { KissError } from "../shared/errors.ts";
import { findModules } from "./find-modules.ts";
import { defineModule, nothing } from "./module.ts";

const command = (word: string) => ({
  words: [word] as [string, ...string[]],
  usage: word,
  who: "everyone" as const,
  cooldownMs: { perUser: 0, perChannel: 0 },
  run: () => nothing,
});
const roll = defineModule({
  name: "roll",
  summary: "Rolls dice.",
  config: v.strictObject({}),
  commands: [command("roll")],
  start: () => undefined,
});
const load =
  (exported: unknown, file = "roll.ts") =>
  () =>
    findModules([{ file, exported }]);

describe("findModules", () => {
  test("finds a module by file or folder", () => {
    expect(load(roll)()).toEqual([roll]);
    expect(load(roll, "roll/index.ts")()).toEqual([roll]);
  });

  test.each([
    ["no default export", undefined, "roll.ts: message: "],
    ["no commands' words", { ...roll, commands: [{ ...command("x"), words: [] }] }, "commands.0.words"],
    ["a word with a capital", { ...roll, commands: [command("Roll")] }, "without spaces or capitals"],
    ["an unknown topic", { ...roll, topics: ["stream.onlime"], onEvent: () => nothing }, "topics.0"],
    ["an unknown rank", { ...roll, commands: [{ ...command("x"), who: "king" }] }, "commands.0.who"],
    ["no usage", { ...roll, commands: [{ ...command("x"), usage: "" }] }, "a line for !help"],
    ["a config that is no schema", { ...roll, config: {} }, "a valibot schema"],
    [
      "a config without defaults",
      { ...roll, config: v.strictObject({ sides: v.number() }) },
      "must accept {}",
    ],
    ["another name than the file's", { ...roll, name: "dice" }, 'must be "roll"'],
    ["topics nobody hears", { ...roll, topics: ["stream.online"] }, "no onEvent"],
    ["topics by its settings, that nobody hears", { ...roll, topics: () => [] }, "no onEvent"],
    ["topics in another form", { ...roll, topics: "stream.online", onEvent: () => nothing }, "topics"],
  ])("%s stops the boot and says why", (_what, exported, why) => {
    expect(load(exported)).toThrow(KissError);
    expect(load(exported)).toThrow(why);
    expect(load(exported)).toThrow(/^a file in worker\/modules is not a module: roll\.ts/);
  });

  test("a word belongs to one module", () => {
    const dice = { ...roll, name: "dice" };
    const both = () =>
      findModules([
        { file: "roll.ts", exported: roll },
        { file: "dice.ts", exported: dice },
      ]);
    expect(both).toThrow('dice: the word "roll" already belongs to roll');
  });
});
