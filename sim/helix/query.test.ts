import fc from "fast-check";
import { expect, test } from "vitest";
import { takePage } from "./query.ts";
import { HelixRefusal } from "./refusal.ts";

const SIZE = { most: 100, usual: 20 };
const numbers = (count: number) => Array.from({ length: count }, (_, at) => at);
const page = (count: number, query: string) => takePage(numbers(count), new URLSearchParams(query), SIZE);

test.each([
  ["first=0", 'The parameter "first" was malformed: the value must be greater than or equal to 1'],
  ["first=101", 'The parameter "first" was malformed: the value must be less than or equal to 100'],
  ["first=ten", 'The parameter "first" was malformed: the value must be an integer'],
  ["after=nonsense", "The pagination cursor is not valid."],
])("refuses ?%s", (query, message) => {
  expect(() => page(5, query)).toThrow(new HelixRefusal(400, message));
});

test("a last page has an empty pagination", () => {
  expect(page(20, "")).toEqual({ items: numbers(20), pagination: {} });
});

test("following the cursors shows everything once, in order", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 350 }), fc.integer({ min: 1, max: 100 }), (count, first) => {
      const seen: number[] = [];
      for (let after = ""; ; ) {
        const { items, pagination } = page(count, `first=${first}&after=${after}`);
        seen.push(...items);
        if (pagination.cursor === undefined) break;
        after = pagination.cursor;
      }
      expect(seen).toEqual(numbers(count));
    }),
  );
});

test("before goes back to the page before", () => {
  const second = page(50, `after=${page(50, "").pagination.cursor}`);
  expect(second.items[0]).toBe(20);
  expect(page(50, `before=${second.pagination.cursor}`).items).toEqual(numbers(20));
});

test("no cursor text makes it fall over", () => {
  fc.assert(
    fc.property(fc.string(), (after) => {
      const query = new URLSearchParams({ after });
      try {
        takePage(numbers(5), query, SIZE);
      } catch (error) {
        expect(error).toBeInstanceOf(HelixRefusal);
      }
    }),
  );
});
