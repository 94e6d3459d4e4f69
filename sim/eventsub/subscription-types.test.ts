import { expect, it } from "vitest";
import { SUBSCRIPTION_TYPES } from "./subscription-types.ts";

it("has every type once, with conditions that fit their fields", () => {
  const keys = SUBSCRIPTION_TYPES.map((one) => `${one.type} ${one.version}`);
  expect(new Set(keys).size).toBe(keys.length);
  for (const one of SUBSCRIPTION_TYPES) {
    const known = [...one.required, ...one.optional];
    expect(one.fits.every((field) => known.includes(field))).toBe(true);
  }
});
