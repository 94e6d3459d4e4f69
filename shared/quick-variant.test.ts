import fc from "fast-check";
import * as v from "valibot";
import { expect, test } from "vitest";
import { quickVariant } from "./quick-variant.ts";

const options = [
  v.object({ kind: v.literal("a"), n: v.number(), text: v.optional(v.string()) }),
  v.object({ kind: v.literal("b"), list: v.array(v.object({ n: v.pipe(v.number(), v.integer()) })) }),
  v.object({ kind: v.literal("constructor") }),
] as const;
const quick = quickVariant("kind", options);
const slow = v.variant("kind", [...options]);

const kind = fc.oneof(fc.constantFrom("a", "b", "constructor", "c", "__proto__", "toString"), fc.anything());
const message = fc.oneof(
  fc.record(
    {
      kind,
      n: fc.oneof(fc.integer(), fc.anything()),
      text: fc.oneof(fc.string(), fc.anything()),
      list: fc.oneof(fc.array(fc.record({ n: fc.double() })), fc.anything()),
    },
    { requiredKeys: [] },
  ),
  fc.anything(),
);

test("a quick variant says of anything what valibot's own says", () => {
  fc.assert(
    fc.property(message, (input) => {
      const [one, other] = [v.safeParse(quick, input), v.safeParse(slow, input)];
      expect(one.success).toBe(other.success);
      expect(one.output).toEqual(other.output);
      expect(one.issues?.map((issue) => [v.getDotPath(issue), issue.message])).toEqual(
        other.issues?.map((issue) => [v.getDotPath(issue), issue.message]),
      );
    }),
    { numRuns: 1_000 },
  );
});

test("a name that inherits from nowhere is none", () => {
  expect(v.is(quick, {})).toBe(false);
  expect(v.is(quick, { kind: "constructor" })).toBe(true);
});

test("two options with one name are a mistake of the schema's", () => {
  const twice = v.object({ kind: v.literal("a") });
  expect(() => quickVariant("kind", [twice, twice])).toThrow("two options");
});
