/** A variable that begins with KISSBOT_ is a setting, or one the house knows: else `start` would refuse its own tools. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readEnvironment } from "../../shared/config/environment-source.ts";
import { checkoutFolder } from "../../shared/home.ts";
import { configTree } from "../../shared/load-config.ts";
import { readSources } from "../support/source-graph.ts";

const SCRIPTS = ["kissbot.sh", "hub_ctl", "bin/supervisor", "ecosystem.config.cjs"];
const files = [
  ...SCRIPTS,
  ...readSources()
    .map(({ path }) => path)
    .filter((path) => !path.endsWith(".test.ts")),
];

test("every KISSBOT_ variable in the sources is known", () => {
  const unknown = files.flatMap((file) => {
    const text = readFileSync(join(checkoutFolder, file), "utf8");
    const names = [...text.matchAll(/\bKISSBOT_[A-Z][A-Z_]*[A-Z]\b/g)].map(([name]) => name);
    const { problems } = readEnvironment(Object.fromEntries(names.map((name) => [name, "x"])), configTree);
    return problems.map(({ says }) => `${file}: ${says}`);
  });
  expect(unknown).toEqual([]);
});
