import { expect, test } from "vitest";
import { judgeEngine, judgeIndex } from "./engine.ts";

test("the Rust engine is well, its absence a warning with its reason", () => {
  expect(judgeEngine({ engine: "rust" }).level).toBe("ok");
  expect(judgeEngine({ engine: "typescript", problem: "not built" })).toMatchObject({
    level: "warn",
    says: expect.stringContaining("not built"),
    fix: expect.any(String),
  });
});

test.each([
  ["missing", "warn"],
  ["corrupt", "fail"],
  ["outdated", "fail"],
  ["foreign", "fail"],
] as const)("an index that is %s: %s", (code, level) => {
  expect(judgeIndex({ is: "failed", code, problem: "so it is" })).toMatchObject({
    level,
    says: `the index of games is ${code}: so it is`,
    fix: "./kissbot.sh games build",
  });
});
