import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkoutFolder } from "../../shared/home.ts";
import { orderSlowestFirst, SLOWEST } from "../support/slowest-first.ts";

test("what is named to begin first is there, once", () => {
  const missing = SLOWEST.filter(
    (name) => !existsSync(join(checkoutFolder, "tests", "house", `${name}.test.ts`)),
  );
  expect(missing).toEqual([]);
  expect(new Set(SLOWEST).size).toBe(SLOWEST.length);
});

test("the named come first in their order, the others keep theirs", () => {
  const [first = "", second = ""] = SLOWEST;
  expect(orderSlowestFirst(["z", second, "a", first], (name) => name)).toEqual([first, second, "z", "a"]);
});
