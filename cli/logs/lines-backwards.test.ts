import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CUT_MARK, findLastEnd, LINE_BYTES_MAX, linesBackwards } from "./lines-backwards.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-logs-"));
  file = join(folder, "x.log");
});
afterEach(() => rmSync(folder, { recursive: true }));

function withFile<T>(text: string | Buffer, use: (descriptor: number, bytes: number) => T): T {
  writeFileSync(file, text);
  const descriptor = openSync(file, "r");
  try {
    return use(descriptor, Buffer.byteLength(text));
  } finally {
    closeSync(descriptor);
  }
}
const linesOf = (text: string | Buffer) =>
  withFile(text, (descriptor, bytes) => [...linesBackwards(descriptor, findLastEnd(descriptor, bytes))]);

test.each([
  ["", []],
  ["\n", [""]],
  ["a\nb\nc\n", ["c", "b", "a"]],
  ["a\n\nb\n", ["b", "", "a"]],
  ["a\nb\nhalf", ["b", "a"]],
  ["half", []],
  [`${"x".repeat(70_000)}\n${"é".repeat(70_000)}\nz\n`, ["z", "é".repeat(70_000), "x".repeat(70_000)]],
])("whole lines, newest first (%#)", (text, wanted) => {
  expect(linesOf(text)).toEqual(wanted);
});

test("any lines, wherever chunks end", () => {
  const line = fc.oneof(
    fc.string({ unit: fc.constantFrom("a", "é", "🤖") }),
    fc.nat({ max: 20_000 }).map((length) => "y".repeat(length)),
  );
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 12 }),
      fc.string({ unit: fc.constantFrom("h") }),
      (lines, half) => {
        expect(linesOf(lines.map((one) => `${one}\n`).join("") + half)).toEqual([...lines].reverse());
      },
    ),
    { numRuns: 60 },
  );
});

test("a line without end is cut behind its beginning, and those around it are whole", () => {
  const [last, garbage, first] = linesOf(`first\nbegins ${"x".repeat(3 * LINE_BYTES_MAX)}\nlast\n`);
  expect([last, first]).toEqual(["last", "first"]);
  expect(garbage?.startsWith("begins xxx")).toBe(true);
  expect(garbage?.endsWith(CUT_MARK)).toBe(true);
  expect(garbage?.length).toBeLessThanOrEqual(LINE_BYTES_MAX + CUT_MARK.length);
});

test("bytes that are no text, and none of them a newline", () => {
  const garbage = Buffer.alloc(3_000_000, 0xff);
  expect(linesOf(garbage)).toEqual([]);
  expect(linesOf(Buffer.concat([garbage, Buffer.from("\nok\n")]))[0]).toBe("ok");
});

test("a file that is emptied while it is read ends", () => {
  withFile("a\n".repeat(50_000), (descriptor, bytes) => {
    const lines = linesBackwards(descriptor, bytes);
    expect(lines.next().value).toBe("a");
    truncateSync(file);
    expect([...lines].length).toBeLessThan(50_000);
  });
});
