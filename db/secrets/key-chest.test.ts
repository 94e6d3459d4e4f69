import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findKeySource } from "../../shared/key-source.ts";
import { toKeyText } from "./fernet.ts";
import { openKeyChest } from "./key-chest.ts";
import { type KeyRing, parseKeyRing, sealSecret, toRingText, unsealSecret, withNewKey } from "./key-ring.ts";

const keyText = (byte: number) => toKeyText(Buffer.alloc(32, byte));
const using = { at: 0, iv: Buffer.alloc(16) };

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-key-"));
  file = join(folder, ".kissbot.key");
});
afterEach(() => rmSync(folder, { recursive: true }));
const own = () => openKeyChest({ is: "file", file, isOurs: true });

describe("the key ring", () => {
  test("is written and read back the same, the newest first", () => {
    const ring = withNewKey(withNewKey([], keyText(1)), keyText(2));
    expect(ring.map(({ version }) => version)).toEqual([2, 1]);
    expect(parseKeyRing(toRingText(ring))).toEqual({ is: "ring", ring });
  });

  test("an original's key file is a ring of one; the environment's has commas", () => {
    expect(parseKeyRing(`${keyText(1)}\n`)).toMatchObject({ is: "ring", ring: [{ version: 1 }] });
    expect(parseKeyRing(`${keyText(2)},${keyText(1)}`)).toMatchObject({
      is: "ring",
      ring: [{ version: 2 }, { version: 1 }],
    });
  });

  test.each([
    ["", "there is no key in it"],
    ["# only words\n", "there is no key in it"],
    ["1 nonsense", "entry 1 is no Fernet key"],
    [`2 ${keyText(2)}\n1 ${keyText(1).slice(1)}`, "entry 2 is no Fernet key"],
    [`2 ${keyText(1)}\n1 ${keyText(1)}`, "the same key stands in it twice"],
    ["x".repeat(70_000), "it is too large for a key ring"],
  ])("%j is wrong", (text, problem) => {
    expect(parseKeyRing(text)).toEqual({ is: "wrong", problem });
  });

  test("no text makes the parser throw, and no problem quotes the text", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 12 }), (text) => {
        const parsed = parseKeyRing(text);
        return parsed.is === "ring" || !parsed.problem.includes(text);
      }),
    );
  });

  test("opens what any of its keys sealed, and only in its place", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 5 }), (secret, count) => {
        const made = [withNewKey([], keyText(0))] as [KeyRing];
        for (let key = 1; key < count; key += 1) made.unshift(withNewKey(made[0], keyText(key)));
        const whole = made[0];
        for (const ring of made) {
          const sealed = sealSecret(ring, "row 1", secret, using).text;
          expect(unsealSecret(whole, "row 1", sealed)).toEqual({ is: "opened", secret });
          expect(unsealSecret(whole, "row 2", sealed)).toEqual({ is: "misplaced" });
          expect(unsealSecret(withNewKey([], keyText(99)), "row 1", sealed)).toEqual({ is: "no-key" });
        }
      }),
    );
  });
});

describe("the key file", () => {
  test("is made once, for its owner only, and leaves nothing beside it", () => {
    const ring = own().getOrMake();
    expect(own().getOrMake()).toEqual(ring);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual([".kissbot.key"]);
  });

  test("of two that make it at once, both have the first one's", () => {
    // The other one makes its ring while ours is drawing its key: ours was not there when it looked.
    const slow = openKeyChest({ is: "file", file, isOurs: true }, (bytes) => {
      own().getOrMake();
      return Buffer.alloc(bytes, 7);
    });
    expect(slow.getOrMake()).toEqual(own().get());
    expect(readFileSync(file, "utf8")).not.toContain(keyText(7));
  });

  test.each([
    ["", "empty"],
    ["half a ke", "cut off"],
  ])("%j, %s, is never overwritten", (text) => {
    writeFileSync(file, text);
    expect(() => own().getOrMake()).toThrow(/key/);
    expect(() => own().addKey()).toThrow(/key/);
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  test.each(["/dev/zero", "/dev/null", tmpdir()])("%s is no key ring, and is not read to its end", (file) => {
    expect(() => openKeyChest({ is: "file", file, isOurs: true }).getOrMake()).toThrow(/it is no file/);
  });

  test("a missing one is made only where it is ours", () => {
    expect(() => own().get()).toThrow(/there are encrypted tokens and no key/);
    const managed = openKeyChest({ is: "file", file, isOurs: false });
    expect(() => managed.getOrMake()).toThrow(/there are encrypted tokens and no key/);
    expect(() => openKeyChest({ is: "text", text: "x" }).get()).toThrow(/KISSBOT_KEY: entry 1/);
    expect(existsSync(file)).toBe(false);
  });

  test("keys are added in front and taken away behind", () => {
    const first = own().getOrMake()[0];
    const second = own().addKey()[0];
    expect(
      own()
        .get()
        .map((key) => key.fingerprint),
    ).toEqual([second.fingerprint, first.fingerprint]);
    expect(own().keepOnly(new Set())).toHaveLength(1);
    expect(own().get()[0]).toEqual(second);
    expect(() => openKeyChest({ is: "file", file, isOurs: false }).addKey()).toThrow(/managed outside/);
  });
});

test("where the key comes from: variable, file, credential, home", () => {
  const credentials = join(folder, "credentials");
  const at = (environment: NodeJS.ProcessEnv) => findKeySource("/home", environment);
  expect(at({ KISSBOT_KEY: "k", KISSBOT_KEY_FILE: "/f" })).toEqual({ is: "text", text: "k" });
  expect(at({ KISSBOT_KEY_FILE: "/f" })).toEqual({ is: "file", file: "/f", isOurs: false });
  expect(at({ CREDENTIALS_DIRECTORY: credentials })).toMatchObject({ file: "/home/.kissbot.key" });
  writeFileSync(join(folder, "kissbot.key"), "");
  expect(at({ CREDENTIALS_DIRECTORY: folder })).toEqual({
    is: "file",
    file: join(folder, "kissbot.key"),
    isOurs: false,
  });
  expect(at({})).toEqual({ is: "file", file: "/home/.kissbot.key", isOurs: true });
});
