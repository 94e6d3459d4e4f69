import * as v from "valibot";
import { expect, test } from "vitest";
import { describeBadOptions } from "./bad-options.ts";

const Options = v.object({
  lines: v.optional(v.pipe(v.string(), v.regex(/^\d+$/, "a number of lines"), v.transform(Number))),
  topic: v.optional(v.picklist(["stream.online", "stream.offline"])),
  readyFile: v.optional(v.pipe(v.string(), v.nonEmpty("a path"))),
  sizes: v.optional(
    v.pipe(
      v.string(),
      v.transform((text) => text.split(",").map(Number)),
      v.array(v.number("counts")),
    ),
  ),
});

test.each<[Record<string, unknown>, string]>([
  [{ lines: "many" }, '--lines: a number of lines, not "many"'],
  [{ topic: "x" }, '--topic: one of stream.online, stream.offline, not "x"'],
  [{ readyFile: "" }, '--ready-file: a path, not ""'],
  [{ sizes: "a,b" }, '--sizes: counts, not "a,b"'],
  [{ lines: "\u001b[2J" }, '--lines: a number of lines, not "\\u001b[2J"'],
  [
    { lines: "x", topic: "y" },
    '--lines: a number of lines, not "x"\n--topic: one of stream.online, stream.offline, not "y"',
  ],
])("%j: %s", (typed, sentences) => {
  const parsed = v.safeParse(Options, typed);
  expect(describeBadOptions(parsed.issues ?? [], typed)).toBe(sentences);
});
