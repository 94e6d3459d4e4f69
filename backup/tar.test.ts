import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readTar, TarError, tarEnd, tarPadding, toTarHeader } from "./tar.ts";

const AT = new Date("2026-01-02T03:04:05Z");

function pack(files: readonly { readonly name: string; readonly content: Buffer }[]): Buffer {
  const blocks = files.flatMap(({ name, content }) => [
    toTarHeader(name, content.length, AT),
    content,
    tarPadding(content.length),
  ]);
  return Buffer.concat([...blocks, tarEnd()]);
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function unpack(bytes: Buffer, size = 512): Promise<{ name: string; content: Buffer }[]> {
  const found: { name: string; content: Buffer }[] = [];
  for await (const { name, content } of readTar(inPieces(bytes, size))) {
    const pieces: Buffer[] = [];
    for await (const piece of content) pieces.push(Buffer.from(piece));
    found.push({ name, content: Buffer.concat(pieces) });
  }
  return found;
}

const Files = fc.array(
  fc.record({
    name: fc.stringMatching(/^[a-z0-9/._-]{1,40}$/),
    content: fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes)),
  }),
  { maxLength: 4 },
);

describe("tar", () => {
  test("gives back what was packed, however the bytes come", async () => {
    await fc.assert(
      fc.asyncProperty(Files, fc.integer({ min: 1, max: 1_500 }), async (files, size) => {
        expect(await unpack(pack(files), size)).toEqual(files);
      }),
      { numRuns: 60 },
    );
  });

  test("is what the tar program reads", () => {
    const archive = pack([
      { name: "manifest.json", content: Buffer.from("{}") },
      { name: "config/config.yaml", content: Buffer.from("a: 1\n") },
    ]);
    const listed = spawnSync("tar", ["tvf", "-"], { input: archive, encoding: "utf8", env: { TZ: "UTC" } });
    expect(listed.stderr).toBe("");
    expect(listed.stdout).toMatch(
      /-rw------- 0\/0 +2 2026-01-02 03:04 manifest.json\n.* 5 .*config\/config.yaml\n/,
    );
  });

  test("an archive that was cut off, anywhere, is not read as one", async () => {
    const whole = pack([{ name: "a", content: Buffer.alloc(700, 7) }]);
    const end = whole.length - tarEnd().length;
    for (const length of [0, 1, 511, 512, 600, 1_211, end - 1, end]) {
      await expect(unpack(whole.subarray(0, length)), String(length)).rejects.toThrow(TarError);
    }
  });

  test("noise is refused, and never taken for an entry", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 512, maxLength: 4_096 }), async (bytes) => {
        fc.pre(bytes.slice(0, 512).some((byte) => byte !== 0));
        await expect(unpack(Buffer.from(bytes))).rejects.toThrow(TarError);
      }),
      { numRuns: 100 },
    );
  });

  test("links, folders and devices are refused", async () => {
    const header = toTarHeader("a", 0, AT);
    header.write("2", 156, "latin1");
    header.write("0000000", 148, "latin1");
    await expect(unpack(Buffer.concat([header, tarEnd()]))).rejects.toThrow(TarError);
  });
});
