/** What every module of the house promises, whoever writes it. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { expect, test } from "vitest";
import { findModules } from "../../worker/find-modules.ts";
import example from "../../worker/modules/_example.ts";
import { loadModuleFiles } from "../../worker/modules-folder.ts";

const folder = join(import.meta.dirname, "..", "..", "worker", "modules");
const files = await loadModuleFiles();
const modules = findModules(files);

test("every file in the folder is a module, but the example and tests", () => {
  const there = readdirSync(folder).filter((name) => !name.startsWith("_") && !name.includes(".test."));
  expect(files.map(({ file }) => file.split("/")[0]).sort()).toEqual(there.sort());
  expect(modules.map(({ name }) => name)).not.toContain("_example");
});

test.each(modules.map((module) => [module.name, module] as const))(
  "%s works unconfigured and says what it is",
  (_name, module) => {
    expect(v.safeParse(module.config, {}).success).toBe(true);
    expect(v.safeParse(module.config, { no_such_setting: 1 }).success).toBe(false);
    expect(module.summary).toMatch(/^\p{Lu}.*\.$/u);
    for (const { usage, words } of module.commands ?? []) expect(usage.split(" ")[0]).toBe(words[0]);
  },
);

test("the example is a module as soon as the underscore is dropped", () => {
  const copied = { ...example, name: "example" };
  expect(findModules([...files, { file: "example.ts", exported: copied }])).toContain(copied);
});
