import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openGameIndex } from "../../engine/index.ts";
import { systemClock } from "../../shared/clock.ts";
import { ensureGameIndex } from "./ensure-index.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-ensure-index-"));
  file = join(folder, "games.kbx");
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

async function ensure(): Promise<readonly string[]> {
  const said: string[] = [];
  await ensureGameIndex(file, { clock: systemClock, warn: (line) => said.push(line) });
  return said;
}
const best = (query: string) => {
  const opened = openGameIndex(file);
  return opened.is === "open" ? opened.index.find(query)?.title : opened.code;
};

describe("an index of titles", () => {
  test("that is missing is built without a word, and stays as it is from then on", async () => {
    expect(await ensure()).toEqual([]);
    expect(best("vampyre survivors")).toBe("Vampire Survivors");
    const { ino } = statSync(file);
    expect(await ensure()).toEqual([]);
    expect(statSync(file).ino).toBe(ino);
  });

  const FORMAT_AT = 8;
  const spoil = (change: (bytes: Buffer) => void) => {
    const bytes = readFileSync(file);
    change(bytes);
    rmSync(file);
    writeFileSync(file, bytes);
  };
  test.each([
    [
      "cut short",
      () => truncateSync(file, statSync(file).size / 2),
      /was corrupt .* built anew of \d+ titles/,
    ],
    ["empty", () => truncateSync(file, 0), /was corrupt .* built anew of \d+ titles/],
    [
      "damaged far behind its header",
      () => spoil((bytes) => bytes.fill(7, bytes.length - 60_000)),
      /was corrupt .* built anew/,
    ],
    [
      "of another format",
      () => spoil((bytes) => bytes.writeUInt16LE(99, FORMAT_AT)),
      /was outdated .* built anew/,
    ],
  ])("that is %s is built anew, and said to be so in one line", async (_what, spoilIt, said) => {
    await ensure();
    const { ino } = statSync(file);
    const reader = openGameIndex(file);
    spoilIt();
    const lines = await ensure();
    expect(lines).toEqual([expect.stringMatching(said)]);
    expect(statSync(file).ino).not.toBe(ino);
    expect(best("vampire survivors")).toBe("Vampire Survivors");
    if (reader.is === "open") expect(reader.index.refresh()).toEqual({ is: "reopened" });
  });

  test("that is something else is left alone", async () => {
    writeFileSync(
      file,
      "not an index at all, but somebody's notes of a hundred characters or more, so that there is a header",
    );
    expect(await ensure()).toEqual([expect.stringContaining("was left alone")]);
    expect(readFileSync(file, "utf8")).toMatch(/^not an index/);
  });

  test("that can't be built is said to be missing", async () => {
    mkdirSync(file);
    expect(await ensure()).toEqual([expect.stringContaining("there is no index of games' titles")]);
  });
});
