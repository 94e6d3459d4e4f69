import type { Login } from "../shared/ids.ts";
import type { Db } from "./open.ts";

/** One account's tokens. Written by the hub only. Encrypted at rest from stage 4 on; until then the file is 0600. */
export interface StoredTokens {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  /** Fingerprint of the configured token this row grew from. */
  readonly grownFrom: string;
}

export interface TokenStore {
  find(login: Login): StoredTokens | undefined;
  /** On disk when it returns: the token may be used now. */
  put(login: Login, tokens: StoredTokens): void;
}

interface Row {
  access_token: string;
  refresh_token: string | null;
  grown_from: string;
}

export function makeTokenStore(db: Db): TokenStore {
  const select = db.prepare(
    "SELECT access_token, refresh_token, grown_from FROM oauth_tokens WHERE login = ?",
  );
  const upsert = db.prepare(
    `INSERT INTO oauth_tokens (login, access_token, refresh_token, grown_from, stored_at) VALUES (?, ?, ?, ?, unixepoch())
     ON CONFLICT (login) DO UPDATE SET access_token = excluded.access_token, refresh_token = excluded.refresh_token,
       grown_from = excluded.grown_from, stored_at = excluded.stored_at`,
  );
  return {
    find(login) {
      const row = select.get(login) as Row | undefined;
      return (
        row && {
          accessToken: row.access_token,
          refreshToken: row.refresh_token ?? undefined,
          grownFrom: row.grown_from,
        }
      );
    },
    put(login, tokens) {
      // A token lost with the power is a login lost: this one write waits for the disk.
      db.pragma("synchronous = FULL");
      upsert.run(login, tokens.accessToken, tokens.refreshToken ?? null, tokens.grownFrom);
      db.pragma("synchronous = NORMAL");
    },
  };
}
