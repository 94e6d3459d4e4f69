import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type FernetRefusal, openFernet, parseFernetKey, sealFernet, toKeyText } from "./fernet.ts";

/** The key of the specification's examples: public, and no secret of anybody's. */
const SPEC_KEY = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";
const getKey = (text: string) => {
  const key = parseFernetKey(text);
  if (!key) throw new Error("no key");
  return key;
};
const specKey = getKey(SPEC_KEY);
const MINUTE_MS = 60_000;
const at = (text: string) => Date.parse(text);

describe("the specification's examples", () => {
  const token =
    "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==";

  test("generate", () => {
    const iv = Buffer.from(Array.from({ length: 16 }, (_, byte) => byte));
    expect(sealFernet(specKey, Buffer.from("hello"), at("1985-10-26T01:20:00-07:00"), iv)).toBe(token);
  });

  test("verify", () => {
    const opened = openFernet(specKey, token, { now: at("1985-10-26T01:20:01-07:00"), ttlMs: MINUTE_MS });
    expect(opened).toEqual({
      is: "opened",
      plain: Buffer.from("hello"),
      sealedAt: at("1985-10-26T01:20:00-07:00"),
    });
  });

  test.each<[string, FernetRefusal, string, string?]>([
    [
      "incorrect mac",
      "wrong-key-or-changed",
      "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykQUFBQUFBQUFBQQ==",
    ],
    ["too short", "malformed", "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPA=="],
    [
      "invalid base64",
      "malformed",
      "%%%%%%%%%%%%%AECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==",
    ],
    [
      "payload size not multiple of block size",
      "malformed",
      "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPOm73QeoCk9uGib28Xe5vz6oxq5nmxbx_v7mrfyudzUm",
    ],
    [
      "payload padding error",
      "malformed",
      "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0ODz4LEpdELGQAad7aNEHbf-JkLPIpuiYRLQ3RtXatOYREu2FWke6CnJNYIbkuKNqOhw==",
    ],
    [
      "far-future TS (unacceptable clock skew)",
      "from-the-future",
      "gAAAAAAdwStRAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAnja1xKYyhd-Y6mSkTOyTGJmw2Xc2a6kBd-iX9b_qXQcw==",
    ],
    [
      "expired TTL",
      "expired",
      "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==",
      "1985-10-26T01:21:31-07:00",
    ],
    [
      "incorrect IV (causes padding error)",
      "malformed",
      "gAAAAAAdwJ6xBQECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAkLhFLHpGtDBRLRTZeUfWgHSv49TF2AUEZ1TIvcZjK1zQ==",
    ],
    ["trailing characters after b64 padding", "malformed", `${token}trailingdata`],
    [
      "invalid characters in b64",
      "malformed",
      "*gAAAAAAdwJ6wAAECAwQFBgcI!CQoLDA0ODy021?cpGVWKZ_eEwC@GM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==",
    ],
    [
      "invalid non-urlsafe characters in b64",
      "malformed",
      "gAAAAAAdwJ6wAAEC/AwQFBgcICQoLDA0ODy+021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==",
    ],
  ])("invalid: %s", (_what, because, text, now = "1985-10-26T01:20:01-07:00") => {
    const opened = openFernet(specKey, text, { now: at(now), ttlMs: MINUTE_MS });
    expect(opened).toEqual({ is: "refused", because });
  });
});

const keys = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => toKeyText(Buffer.from(bytes)));
const ivs = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes));
const plains = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const instants = fc.integer({ min: 0, max: 4e12 });

describe("whatever is sealed", () => {
  test("opens with its key, to the byte and the second", () => {
    fc.assert(
      fc.property(keys, plains, instants, ivs, (text, plain, sealedAt, iv) => {
        const opened = openFernet(getKey(text), sealFernet(getKey(text), plain, sealedAt, iv));
        expect(opened).toEqual({ is: "opened", plain, sealedAt: Math.floor(sealedAt / 1_000) * 1_000 });
      }),
    );
  });

  test("opens with no other key", () => {
    fc.assert(
      fc.property(keys, keys, plains, ivs, (one, other, plain, iv) => {
        fc.pre(one.slice(0, 22) !== other.slice(0, 22));
        expect(openFernet(getKey(other), sealFernet(getKey(one), plain, 0, iv)).is).toBe("refused");
      }),
    );
  });

  test("opens no more when one character is another", () => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=%";
    fc.assert(
      fc.property(plains, ivs, fc.nat(), fc.nat(), (plain, iv, place, choice) => {
        const token = sealFernet(specKey, plain, 0, iv);
        const where = place % token.length;
        const other = alphabet[choice % alphabet.length] ?? "A";
        fc.pre(token[where] !== other);
        const changed = token.slice(0, where) + other + token.slice(where + 1);
        expect(openFernet(specKey, changed).is).toBe("refused");
      }),
    );
  });

  test("no text makes it throw", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), (text) => openFernet(specKey, text).is === "refused"),
    );
  });
});

test("a key is 32 bytes, written in one way only; its fingerprint gives nothing away", () => {
  expect(specKey.fingerprint).toMatch(/^[0-9a-f]{16}$/);
  for (const wrong of [
    "",
    "short",
    `${SPEC_KEY}=`,
    SPEC_KEY.slice(0, -1),
    ` ${SPEC_KEY}`,
    SPEC_KEY.replace("_", "/"),
  ])
    expect(parseFernetKey(wrong)).toBeUndefined();
});
