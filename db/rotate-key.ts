/**
 * Seals every secret anew with another key. Promises: the new key is in the ring, on the disk, before any row uses
 * it, and the old one stays there; all rows change in one transaction. A kill at any moment leaves a ring that opens
 * every row.
 */
import { randomBytes } from "node:crypto";
import * as v from "valibot";
import type { Millis } from "../shared/clock.ts";
import { KissError } from "../shared/errors.ts";
import { Login } from "../shared/ids.ts";
import { placeOf, TOKEN_TYPES } from "./accounts.ts";
import { makeAuditLog } from "./audit-log.ts";
import type { Db } from "./open.ts";
import type { KeyChest } from "./secrets/key-chest.ts";
import { type KeyRing, sealSecret, unsealSecret } from "./secrets/key-ring.ts";
import { makeWrite } from "./write.ts";

export interface Rotated {
  /** Fingerprints; undefined: nothing was sealed yet. */
  readonly from: string | undefined;
  readonly to: string;
  readonly secrets: number;
}

const Row = v.object({
  login: Login,
  token_type: v.picklist(TOKEN_TYPES),
  access_token: v.string(),
  refresh_token: v.nullable(v.string()),
  key_fingerprint: v.string(),
});
const IV_BYTES = 16;

/**
 * With a fresh key where the ring is ours; where somebody else keeps it, with the key they have put first.
 * @throws KissError key-missing, key-wrong; then nothing has changed
 */
export function rotateKey(using: {
  readonly db: Db;
  readonly keys: KeyChest;
  readonly now: () => Millis;
}): Rotated {
  const { db, keys, now } = using;
  const select = db.prepare(
    "SELECT login, token_type, access_token, refresh_token, key_fingerprint FROM oauth_tokens",
  );
  const update = db.prepare(
    "UPDATE oauth_tokens SET access_token = ?, refresh_token = ?, key_fingerprint = ? WHERE login = ? AND token_type = ?",
  );
  const audit = makeAuditLog(db, "cli", now);
  const isOurs = keys.source.is === "file" && keys.source.isOurs;
  const rotate = makeWrite(db, (): Rotated => {
    const rows = v.parse(v.array(Row), select.all());
    const before = rows.length === 0 ? keys.getOrMake() : keys.get();
    // Everything is opened before anything changes: a key that is missing ends it here.
    const opened = rows.map((row) => open(before, row));
    const ring = isOurs ? keys.addKey() : before;
    let secrets = 0;
    for (const { row, access, refresh } of opened) {
      const seal = (what: "access" | "refresh", secret: string) => {
        secrets += 1;
        const place = placeOf({ login: row.login, tokenType: row.token_type }, what);
        return sealSecret(ring, place, secret, { at: now(), iv: randomBytes(IV_BYTES) }).text;
      };
      const sealed = {
        access: seal("access", access),
        refresh: refresh === undefined ? null : seal("refresh", refresh),
      };
      update.run(sealed.access, sealed.refresh, ring[0].fingerprint, row.login, row.token_type);
    }
    const from = rows[0]?.key_fingerprint;
    audit.write("key-rotated", { from: from ?? before[0].fingerprint, to: ring[0].fingerprint, secrets });
    return { from, to: ring[0].fingerprint, secrets };
  });
  db.pragma("synchronous = FULL");
  try {
    return rotate();
  } finally {
    db.pragma("synchronous = NORMAL");
  }
}

function open(ring: KeyRing, row: v.InferOutput<typeof Row>) {
  const key = { login: row.login, tokenType: row.token_type };
  const unseal = (what: "access" | "refresh", sealed: string): string => {
    const found = unsealSecret(ring, placeOf(key, what), sealed);
    if (found.is === "opened") return found.secret;
    throw new KissError(
      "key-wrong",
      `the ${row.token_type} tokens of ${row.login} were sealed with the key ${row.key_fingerprint}, or were changed since`,
    );
  };
  const refresh = row.refresh_token === null ? undefined : unseal("refresh", row.refresh_token);
  return { row, access: unseal("access", row.access_token), refresh };
}

/** Takes keys out of the ring that seal nothing here any more. Backups made before the rotation then open no more. */
export function forgetOldKeys(db: Db, keys: KeyChest): { readonly forgotten: readonly string[] } {
  const used = db.prepare("SELECT DISTINCT key_fingerprint FROM oauth_tokens").pluck();
  return makeWrite(db, () => {
    const before = keys.get();
    const kept = keys.keepOnly(new Set(v.parse(v.array(v.string()), used.all())));
    const left = new Set(kept.map(({ fingerprint }) => fingerprint));
    return { forgotten: before.map(({ fingerprint }) => fingerprint).filter((one) => !left.has(one)) };
  })();
}
