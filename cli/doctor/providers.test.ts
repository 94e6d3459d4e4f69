import { expect, test } from "vitest";
import { type Asked, judgeProvider } from "./checks/providers.ts";

const answered = (status: number, isJson = true): Asked => ({ is: "answered", status, isJson });

test.each<[string, Asked | undefined, string, RegExp]>([
  ["answers", answered(200), "ok", /^RAWG: answers$/],
  ["has no key", undefined, "warn", /^RAWG: off, because there is no key$/],
  ["refuses the key", answered(401), "warn", /does not take our key \(401\)/],
  ["is down", answered(503, false), "warn", /answers 503/],
  ["answers with a page", answered(200, false), "warn", /answers 200, which is of no use/],
  ["is not reached", { is: "silent", problem: "no connection" }, "warn", /does not answer \(no connection\)/],
])("a provider that %s", (_what, asked, level, says) => {
  const finding = judgeProvider("RAWG", asked, { says: "off, because there is no key", fix: "get one" });
  expect(finding.level).toBe(level);
  expect(finding.says).toMatch(says);
  expect(finding.fix === undefined).toBe(level === "ok");
});

test("one that was switched off on purpose is nothing to mend", () => {
  expect(judgeProvider("Steam", undefined, { says: "switched off" })).toEqual({
    level: "ok",
    says: "Steam: switched off",
  });
});
