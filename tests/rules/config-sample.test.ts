/** config/config.sample.yaml is what people copy: it must be right, as it stands and with everything switched on. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { Config } from "../../shared/config.ts";
import { checkoutFolder } from "../../shared/home.ts";
import { parseConfig } from "../../shared/load-config.ts";
import type { AnyModule } from "../../worker/module.ts";
import { loadModuleFiles } from "../../worker/modules-folder.ts";

const sample = readFileSync(join(checkoutFolder, "config", "config.sample.yaml"), "utf8");
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

/** Every key a schema knows: "twitch.urls.helix". */
function keysOf(schema: unknown, path: readonly string[] = []): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  if ("wrapped" in schema) return keysOf(schema.wrapped, path);
  if (!("entries" in schema) || typeof schema.entries !== "object" || schema.entries === null) return [];
  return Object.entries(schema.entries).flatMap(([key, inner]) => {
    const own = [...path, key];
    return [own.join("."), ...keysOf(inner, own)];
  });
}

test.each(keysOf(Config))("shows %s", (path) => {
  const key = path.split(".").at(-1);
  expect(withAllKeys).toMatch(new RegExp(`^\\s*${key}:`, "m"));
});

test("the modules' settings in it are ones the modules accept", async () => {
  const parsed = parseConfig(withAllKeys);
  if (parsed.is !== "right") throw new Error("the sample is wrong");
  const modules = (await loadModuleFiles()).map(({ exported }) => exported as AnyModule);
  for (const [name, settings] of Object.entries(parsed.config.modules)) {
    const found = modules.find((one) => one.name === name);
    expect(found, `module ${name}`).toBeDefined();
    expect(found && v.safeParse(found.config, settings).issues, name).toBeUndefined();
  }
});
