/**
 * The accounts of the house and their tokens, sealed by the key ring. Written by the hub (refreshes, validations) and
 * by the cli (login, import). Promises: what `put` wrote is on the disk when it returns; nothing is sealed with a new
 * key while rows are there that only a missing key opens; no token stands in anything but the answer of `tokensOf`.
 */
import { randomBytes } from "node:crypto";
import * as v from "valibot";
import type { Millis } from "../shared/clock.ts";
import { KissError } from "../shared/errors.ts";
import { Login, UserId } from "../shared/ids.ts";
import type { Db } from "./open.ts";
import type { KeyChest } from "./secrets/key-chest.ts";
import { sealSecret, unsealSecret } from "./secrets/key-ring.ts";
import { makeWrite } from "./write.ts";

export const TOKEN_TYPES = ["bot", "broadcaster"] as const;
export type TokenType = (typeof TOKEN_TYPES)[number];

/** Everything about an account that is no secret. Times are wall times. */
export interface Account {
  readonly login: Login;
  readonly tokenType: TokenType;
  /** undefined until Twitch has told whose token it is. */
  readonly userId: UserId | undefined;
  readonly scopes: readonly string[];
  /** undefined: not known yet, or it does not expire. */
  readonly expiresAt: Millis | undefined;
  readonly status: "valid" | "needs-reauth" | "revoked";
  readonly storedAt: Millis;
  readonly lastRefreshAt: Millis | undefined;
  /** In a row. */
  readonly failures: number;
  readonly lastFailure: { readonly problem: string; readonly at: Millis } | undefined;
  readonly keyFingerprint: string;
  /** Fingerprint of the configured token it grew from; undefined: it came by a login or an import. */
  readonly grownFrom: string | undefined;
  readonly hasRefreshToken: boolean;
}

export interface AccountTokens {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
}

/** Which row: an account may be the bot and a broadcaster. */
export interface AccountKey {
  readonly login: Login;
  readonly tokenType: TokenType;
}

export type TokensFound =
  | { readonly is: "found"; readonly tokens: AccountTokens; readonly account: Account }
  | { readonly is: "none" }
  /** They are there and cannot be opened: said to the operator, never worked around. */
  | { readonly is: "locked"; readonly because: KissError };

export interface NewTokens extends AccountKey {
  readonly tokens: AccountTokens;
  readonly userId?: UserId | undefined;
  readonly scopes?: readonly string[];
  readonly expiresAt?: Millis | undefined;
  /**
   * A login while twitch.tokens names this account: the fingerprint of what is configured, so that the login counts
   * until the configuration changes.
   */
  readonly grownFrom?: string | undefined;
  /** They came in the place of older ones, by a refresh. */
  readonly isRefresh?: boolean;
}

export interface Accounts {
  /** By login. */
  all(): readonly Account[];
  find(key: AccountKey): Account | undefined;
  tokensOf(key: AccountKey): TokensFound;
  /** Replaces what was there, whatever its state. On disk when it returns. @throws KissError key-missing, key-wrong */
  put(fresh: NewTokens): void;
  /** What Twitch said of the token: it is good. */
  noteValid(
    key: AccountKey,
    facts: {
      readonly userId: UserId;
      readonly scopes: readonly string[];
      readonly expiresAt: Millis | undefined;
    },
  ): void;
  /** `status`: left out, it stays as it is: the next try may help. */
  noteFailure(key: AccountKey, problem: string, status?: Account["status"]): void;
  /** False: there was none. */
  remove(key: AccountKey): boolean;
}

const MS_PER_S = 1_000;
const PROBLEM_CHARACTERS_MAX = 500;

const Seconds = v.pipe(
  v.nullable(v.number()),
  v.transform((seconds) => (seconds === null ? undefined : seconds * MS_PER_S)),
);
const Text = v.pipe(
  v.nullable(v.string()),
  v.transform((text) => text ?? undefined),
);
const AccountRow = v.pipe(
  v.object({
    login: Login,
    token_type: v.picklist(TOKEN_TYPES),
    user_id: v.nullable(UserId),
    access_token: v.string(),
    refresh_token: Text,
    key_fingerprint: v.string(),
    scopes: v.pipe(v.string(), v.parseJson(), v.array(v.string())),
    expires_at: Seconds,
    status: v.picklist(["valid", "needs-reauth", "revoked"]),
    last_refresh_at: Seconds,
    failures: v.number(),
    last_failure: Text,
    last_failure_at: Seconds,
    grown_from: Text,
    stored_at: v.number(),
  }),
  v.transform(({ access_token: access, refresh_token: refresh, ...row }) => ({
    sealed: { access, refresh },
    account: {
      login: row.login,
      tokenType: row.token_type,
      userId: row.user_id ?? undefined,
      scopes: row.scopes,
      expiresAt: row.expires_at,
      status: row.status,
      storedAt: row.stored_at * MS_PER_S,
      lastRefreshAt: row.last_refresh_at,
      failures: row.failures,
      lastFailure:
        row.last_failure === undefined || row.last_failure_at === undefined
          ? undefined
          : { problem: row.last_failure, at: row.last_failure_at },
      keyFingerprint: row.key_fingerprint,
      grownFrom: row.grown_from,
      hasRefreshToken: refresh !== undefined,
    } satisfies Account,
  })),
);

/** What a ciphertext is for: it opens nowhere else. */
export const placeOf = (key: AccountKey, what: "access" | "refresh"): string =>
  `oauth_tokens ${key.login} ${key.tokenType} ${what}`;

const toSeconds = (at: Millis | undefined): number | null =>
  at === undefined ? null : Math.floor(at / MS_PER_S);

export function makeAccounts(using: {
  readonly db: Db;
  readonly keys: KeyChest;
  /** Wall time. */
  readonly now: () => Millis;
  readonly random?: (bytes: number) => Buffer;
}): Accounts {
  const { db, keys, now, random = randomBytes } = using;
  const columns =
    "login, token_type, user_id, access_token, refresh_token, key_fingerprint, scopes, expires_at, status, last_refresh_at, failures, last_failure, last_failure_at, grown_from, stored_at";
  const selectAll = db.prepare(`SELECT ${columns} FROM oauth_tokens ORDER BY login, token_type`);
  const selectOne = db.prepare(`SELECT ${columns} FROM oauth_tokens WHERE login = ? AND token_type = ?`);
  const count = db.prepare("SELECT count(*) FROM oauth_tokens").pluck();
  const removeRenamed = db.prepare(
    "DELETE FROM oauth_tokens WHERE user_id = ? AND token_type = ? AND login <> ?",
  );
  const upsert = db.prepare(
    `INSERT INTO oauth_tokens (login, token_type, user_id, access_token, refresh_token, key_fingerprint, scopes,
       expires_at, last_refresh_at, grown_from, stored_at)
     VALUES (@login, @tokenType, @userId, @access, @refresh, @keyFingerprint, coalesce(@scopes, '[]'), @expiresAt,
       @refreshedAt, @grownFrom, @at)
     ON CONFLICT (login, token_type) DO UPDATE SET
       user_id = coalesce(excluded.user_id, user_id), access_token = excluded.access_token,
       refresh_token = excluded.refresh_token, key_fingerprint = excluded.key_fingerprint,
       scopes = coalesce(@scopes, scopes), expires_at = excluded.expires_at, status = 'valid',
       last_refresh_at = coalesce(excluded.last_refresh_at, last_refresh_at), failures = 0,
       last_failure = NULL, last_failure_at = NULL, grown_from = excluded.grown_from, stored_at = excluded.stored_at`,
  );
  const validate = db.prepare(
    `UPDATE oauth_tokens SET user_id = ?, scopes = ?, expires_at = ?, status = 'valid', failures = 0,
       last_failure = NULL, last_failure_at = NULL WHERE login = ? AND token_type = ?`,
  );
  const fail = db.prepare(
    `UPDATE oauth_tokens SET failures = failures + 1, last_failure = ?, last_failure_at = ?,
       status = coalesce(?, status) WHERE login = ? AND token_type = ?`,
  );
  const remove = db.prepare("DELETE FROM oauth_tokens WHERE login = ? AND token_type = ?");

  const seal = (place: string, secret: string, at: Millis) => {
    const ring = count.get() === 0 ? keys.getOrMake() : keys.get();
    return sealSecret(ring, place, secret, { at, iv: random(16) });
  };
  const put = makeWrite(db, (fresh: NewTokens) => {
    const { tokens, userId, login, tokenType } = fresh;
    const at = now();
    // The ring is read inside the transaction: a rotation has either not begun or is over.
    const access = seal(placeOf(fresh, "access"), tokens.accessToken, at);
    const refresh =
      tokens.refreshToken === undefined
        ? undefined
        : seal(placeOf(fresh, "refresh"), tokens.refreshToken, at);
    if (userId !== undefined) removeRenamed.run(userId, tokenType, login);
    upsert.run({
      login,
      tokenType,
      userId: userId ?? null,
      access: access.text,
      refresh: refresh?.text ?? null,
      keyFingerprint: access.keyFingerprint,
      scopes: fresh.scopes ? JSON.stringify(fresh.scopes) : null,
      expiresAt: toSeconds(fresh.expiresAt),
      refreshedAt: fresh.isRefresh ? toSeconds(at) : null,
      grownFrom: fresh.grownFrom ?? null,
      at: toSeconds(at),
    });
  });
  const noteValid = makeWrite(db, (key: AccountKey, facts: Parameters<Accounts["noteValid"]>[1]) => {
    removeRenamed.run(facts.userId, key.tokenType, key.login);
    validate.run(
      facts.userId,
      JSON.stringify(facts.scopes),
      toSeconds(facts.expiresAt),
      key.login,
      key.tokenType,
    );
  });
  const noteFailure = makeWrite(db, (key: AccountKey, problem: string, status?: Account["status"]) => {
    const said = problem.slice(0, PROBLEM_CHARACTERS_MAX);
    fail.run(said, toSeconds(now()), status ?? null, key.login, key.tokenType);
  });
  const forget = makeWrite(db, (key: AccountKey) => remove.run(key.login, key.tokenType).changes > 0);
  const row = (key: AccountKey) => {
    const found = selectOne.get(key.login, key.tokenType);
    return found === undefined ? undefined : v.parse(AccountRow, found);
  };

  return {
    all: () => selectAll.all().map((raw) => v.parse(AccountRow, raw).account),
    find: (key) => row(key)?.account,
    tokensOf(key) {
      const found = row(key);
      if (!found) return { is: "none" };
      const { account, sealed } = found;
      try {
        const ring = keys.get();
        const open = (what: "access" | "refresh", text: string): string => {
          const opened = unsealSecret(ring, placeOf(key, what), text);
          if (opened.is === "opened") return opened.secret;
          throw new KissError("key-wrong", describeLocked(account, opened.is));
        };
        const refreshToken = sealed.refresh === undefined ? undefined : open("refresh", sealed.refresh);
        const tokens = { accessToken: open("access", sealed.access), refreshToken };
        return { is: "found", tokens, account };
      } catch (problem) {
        if (problem instanceof KissError) return { is: "locked", because: problem };
        throw problem;
      }
    },
    put(fresh) {
      // As part of somebody's larger transaction it is on the disk when that is.
      if (db.inTransaction) return put(fresh);
      // A token lost with the power is a login lost: this one write waits for the disk.
      db.pragma("synchronous = FULL");
      try {
        put(fresh);
      } finally {
        db.pragma("synchronous = NORMAL");
      }
    },
    noteValid,
    noteFailure,
    remove: forget,
  };
}

const describeLocked = (
  { login, tokenType, keyFingerprint }: Account,
  because: "no-key" | "misplaced",
): string =>
  because === "no-key"
    ? `the ${tokenType} tokens of ${login} were sealed with the key ${keyFingerprint}, or were changed since`
    : `the ${tokenType} tokens of ${login} stand in a row they were not sealed for`;
