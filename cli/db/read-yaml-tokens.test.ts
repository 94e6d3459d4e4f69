import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkoutFolder } from "../../shared/home.ts";
import { readYamlTokens } from "./read-yaml-tokens.ts";

test("the sample's tokens are left behind: they are nobody's", () => {
  const sample = readFileSync(join(checkoutFolder, "config", "config.sample.yaml"), "utf8");
  expect(readYamlTokens(sample, "config.yaml")).toMatchObject({
    tokens: [],
    left: [{ what: "tokens", count: 1, because: "the sample's, which are nobody's" }],
  });
});
