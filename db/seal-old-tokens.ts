/** Tokens that a version before encryption stored in the clear. */
import * as v from "valibot";
import { Login } from "../shared/ids.ts";
import type { Accounts } from "./accounts.ts";
import type { Db } from "./open.ts";
import { isBusy, makeWrite } from "./write.ts";

const Row = v.object({
  login: Login,
  access_token: v.string(),
  refresh_token: v.nullable(v.string()),
  grown_from: v.string(),
});

/**
 * Seals them and removes every trace: all in one transaction, then the pages they stood in. Answers with how many.
 * What the accounts know already is newer and stays.
 */
export function sealOldTokens(db: Db, accounts: Accounts): number {
  const select = db.prepare("SELECT login, access_token, refresh_token, grown_from FROM unsealed_tokens");
  if (select.get() === undefined) return 0;
  const seal = makeWrite(db, () => {
    const rows = v.parse(v.array(Row), select.all());
    for (const row of rows) {
      const key = { login: row.login, tokenType: "bot" } as const;
      if (accounts.find(key)) continue;
      const tokens = { accessToken: row.access_token, refreshToken: row.refresh_token ?? undefined };
      accounts.put({ ...key, tokens, grownFrom: row.grown_from });
    }
    db.prepare("DELETE FROM unsealed_tokens").run();
    return rows.length;
  });
  db.pragma("secure_delete = ON");
  db.pragma("synchronous = FULL");
  const sealed = seal();
  db.pragma("synchronous = NORMAL");
  db.pragma("secure_delete = OFF");
  wipeFreePages(db);
  return sealed;
}

/** Older tokens still stand in pages that were freed before anybody minded. While others are at work it is left to the next one who vacuums. */
function wipeFreePages(db: Db): void {
  try {
    db.exec("VACUUM");
    db.pragma("wal_checkpoint(TRUNCATE)");
  } catch (problem) {
    if (!isBusy(problem)) throw problem;
  }
}
