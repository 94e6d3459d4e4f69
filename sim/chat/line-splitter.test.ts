import fc from "fast-check";
import { expect, test } from "vitest";
import { IRC_LINE_BYTES_MAX, makeLineSplitter } from "./line-splitter.ts";

const split = (chunks: readonly (string | Buffer)[], bytesMax?: number) => {
  const splitter = makeLineSplitter(bytesMax);
  return [...chunks.flatMap((chunk) => splitter.push(Buffer.from(chunk))), ...splitter.end()];
};

test.each([
  ["CR LF", ["a\r\nb\r\n"], ["a", "b"]],
  ["LF alone", ["a\nb\n"], ["a", "b"]],
  ["empty lines", ["\r\n\n\r\na\r\n"], ["a"]],
  ["no line end", ["a"], ["a"]],
  ["a line in pieces", ["PRI", "VMSG #a", " :x\r", "\nPING\r\n"], ["PRIVMSG #a :x", "PING"]],
  ["a letter in pieces", [Buffer.from([0xc3]), Buffer.from([0xa9, 0x0a])], ["é"]],
  ["bytes that are no text", [Buffer.from([0xff, 0xfe, 0x0a])], ["\ufffd\ufffd"]],
])("splits %s", (_, chunks, lines) => {
  expect(split(chunks)).toEqual(lines);
});

test("drops a line over the bound and hears the next", () => {
  const long = "a".repeat(IRC_LINE_BYTES_MAX + 1);
  expect(split([`${long}\r\nPING\r\n`])).toEqual(["PING"]);
  expect(split([long, long, "\r\n", "PING\r\n"])).toEqual(["PING"]);
  expect(split([long])).toEqual([]);
  expect(split([`${"a".repeat(IRC_LINE_BYTES_MAX)}\n`])).toHaveLength(1);
});

test("does not keep a megabyte that never ends", () => {
  const splitter = makeLineSplitter();
  const chunk = Buffer.alloc(64 * 1024, "a");
  for (let sent = 0; sent < 1024 * 1024; sent += chunk.length) expect(splitter.push(chunk)).toEqual([]);
  expect(splitter.push(Buffer.from("\nPING\n"))).toEqual(["PING"]);
});

test("where the chunks are cut makes no difference", () => {
  const line = fc.stringMatching(/^[a-z :#]{0,20}$/);
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(200)), (lines, cuts) => {
      const all = lines.map((one) => `${one}\r\n`).join("");
      const at = [0, ...cuts.map((cut) => Math.min(cut, all.length)).sort((a, b) => a - b), all.length];
      const chunks = at.slice(1).map((end, index) => all.slice(at[index], end));
      expect(split(chunks, 12)).toEqual(split([all], 12));
    }),
  );
});
