/** config/config.sample.yaml is what people copy: it says what the schema says, and is right as it stands and with everything switched on. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { toModuleTrees } from "../../cli/config/module-trees.ts";
import { renderReference } from "../../cli/config/reference-page.ts";
import { renderSample } from "../../cli/config/sample.ts";
import { isForChat, isPerChannel } from "../../shared/config/channel-keys.ts";
import { allKeys, toKeyTree } from "../../shared/config/key-tree.ts";
import { Config } from "../../shared/config.ts";
import { checkoutFolder } from "../../shared/home.ts";
import { parseConfig } from "../../shared/load-config.ts";
import { findModules } from "../../worker/find-modules.ts";
import { loadModuleFiles } from "../../worker/modules-folder.ts";

const sampleFile = join(checkoutFolder, "config", "config.sample.yaml");
const root = toKeyTree(Config);
const modules = findModules(await loadModuleFiles());
const moduleTrees = toModuleTrees(new Map(modules.map(({ name, config }) => [name, config])));

test("the sample says what the schema says", async () => {
  await expect(renderSample(root, moduleTrees)).toMatchFileSnapshot(sampleFile);
});

test("docs/configuration.md says what the schema says", async () => {
  const page = renderReference(root, moduleTrees, { isPerChannel, isForChat });
  await expect(page).toMatchFileSnapshot(join(checkoutFolder, "docs", "configuration.md"));
});

const sample = readFileSync(sampleFile, "utf8");
/** "#key: value" is a key that is switched off, "# Words" are words. */
const withAllKeys = sample.replace(/^(\s*)#(?=\S)/gm, "$1");

describe.each([
  ["as it stands", sample],
  ["with every key switched on", withAllKeys],
])("the sample, %s,", (_how, text) => {
  test("is a right configuration", () => {
    expect(parseConfig(text)).toMatchObject({ is: "right" });
  });
});

test.each(allKeys(root).filter(({ key }) => key !== "*"))("$path says what it is for", (node) => {
  expect(node.description).not.toBe("");
});

const leaves = allKeys(root).filter(
  ({ children, entry, key }) => key !== "*" && !entry && children.length === 0,
);
test.each(leaves)("$path has something to show in the sample", ({ byDefault, notes }) => {
  expect(byDefault ?? notes.sample).toBeDefined();
});

test("the modules' settings in it are ones the modules accept", () => {
  const parsed = parseConfig(withAllKeys);
  if (parsed.is !== "right") throw new Error("the sample is wrong");
  for (const [name, settings] of Object.entries(parsed.config.modules)) {
    const found = modules.find((one) => one.name === name);
    expect(found, `module ${name}`).toBeDefined();
    expect(found && v.safeParse(found.config, settings).issues, name).toBeUndefined();
  }
});
