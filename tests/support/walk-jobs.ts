/** What is walked through step by step, and what must hold wherever it was cut off. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { type Accounts, makeAccounts } from "../../db/accounts.ts";
import { checkDatabase, examineDatabase } from "../../db/examine.ts";
import { applyImport } from "../../db/import/apply-import.ts";
import { type Incoming, NOTHING_INCOMING } from "../../db/import/incoming.ts";
import { type Db, openDatabase } from "../../db/open.ts";
import { rotateKey } from "../../db/rotate-key.ts";
import { sealOldTokens } from "../../db/seal-old-tokens.ts";
import { type KeyChest, openKeyChest } from "../../db/secrets/key-chest.ts";
import { Login, UserId } from "../../shared/ids.ts";
import { makeOldDatabase } from "./old-database.ts";

const NOW = 1_800_000_000_000;
const now = () => NOW;
const login = (name: string) => v.parse(Login, name);
export const OLD_SCHEMA = 5;
const tokensOf = (name: string) => ({
  accessToken: `planted-access-${name}`,
  refreshToken: `planted-refresh-${name}`,
});
const NAMES = ["kissbot", "alice", "bob"];

const database = (home: string) => join(home, "kissbot.db");
const chest = (home: string): KeyChest =>
  openKeyChest({ is: "file", file: join(home, ".kissbot.key"), isOurs: true });

function within<Result>(home: string, work: (db: Db, keys: KeyChest, accounts: Accounts) => Result): Result {
  const db = openDatabase(database(home), { now });
  const keys = chest(home);
  try {
    return work(db, keys, makeAccounts({ db, keys, now }));
  } finally {
    db.close();
  }
}

const INCOMING: Incoming = {
  ...NOTHING_INCOMING,
  users: NAMES.map((name, at) => ({
    login: login(name),
    userId: v.parse(UserId, String(at + 1)),
    displayName: name,
  })),
  tokens: NAMES.map((name) => ({ login: login(name), tokenType: "bot", tokens: tokensOf(name) })),
  banwords: [{ channel: login("alice"), word: "spam", addedBy: "import" }],
};

export const JOBS: Readonly<Record<string, (home: string) => void>> = {
  migrate: (home) => openDatabase(database(home), { now }).close(),
  seal: (home) => within(home, (db, _keys, accounts) => void sealOldTokens(db, accounts)),
  rotate: (home) => within(home, (db, keys) => void rotateKey({ db, keys, now })),
  import: (home) =>
    within(home, (db, keys) => {
      applyImport({ db, keys, incoming: INCOMING, from: "test", replacesTokens: false, now });
    }),
};

/** What lies in the home before the job. */
export const PREPARE: Readonly<Record<keyof typeof JOBS, (home: string) => void>> = {
  migrate: (home) => void makeOldDatabase(database(home), OLD_SCHEMA),
  seal(home) {
    makeOldDatabase(database(home), OLD_SCHEMA);
    openDatabase(database(home)).close();
  },
  rotate: (home) =>
    within(home, (_db, _keys, accounts) => {
      for (const name of NAMES)
        accounts.put({ login: login(name), tokenType: "bot", tokens: tokensOf(name) });
    }),
  import: (home) => openDatabase(database(home)).close(),
};

/** Old or new; anything else is said in words. The home may be changed by looking. */
export function judge(job: string, home: string): string {
  const checked = checkDatabase(database(home));
  if (checked.is !== "there" || checked.facts.is !== "sound") return `unsound: ${JSON.stringify(checked)}`;
  const examined = examineDatabase(database(home));
  if (examined.is !== "there") return JSON.stringify(examined);
  const { facts } = examined;
  switch (job) {
    case "migrate":
      return judgeMigration(home, facts.schema);
    case "seal":
      return within(home, (_db, _keys, accounts) =>
        describeSecrets(accounts, facts.unsealed === 1 ? [] : ["kissbot"], facts.unsealed === 1, ""),
      );
    case "rotate": {
      const sealed = Object.keys(facts.sealedWith);
      if (sealed.length !== 1) return `mixed: ${sealed.join(" ")}`;
      const isOld = within(home, (_db, keys) => keys.get().at(-1)?.fingerprint === sealed[0]);
      return within(home, (_db, _keys, accounts) => describeSecrets(accounts, NAMES, isOld));
    }
    default: {
      const isOld = facts.rows.users === 0 && facts.rows.banwords === 0;
      if (!isOld && (facts.rows.users !== NAMES.length || facts.rows.banwords !== 1)) return "mixed";
      return within(home, (_db, _keys, accounts) => describeSecrets(accounts, isOld ? [] : NAMES, isOld));
    }
  }
}

/** A copy is whole where there is one, and the next start brings the database to the end. */
function judgeMigration(home: string, schema: number): string {
  const copies = readdirSync(home).filter((name) => /\.backup-\w+Z$/.test(name));
  for (const copy of copies) {
    const checked = checkDatabase(join(home, copy));
    if (checked.is !== "there" || checked.facts.is !== "sound")
      return `the copy is ${JSON.stringify(checked)}`;
  }
  if (schema !== OLD_SCHEMA && copies.length === 0) return "changed without a copy";
  openDatabase(database(home), { now }).close();
  const after = examineDatabase(database(home));
  const isWhole = after.is === "there" && after.facts.missing.length === 0 && after.facts.unsealed === 1;
  if (!isWhole) return `the next start did not bring it to the end: ${JSON.stringify(after)}`;
  return schema === OLD_SCHEMA ? "old" : "new";
}

function describeSecrets(
  accounts: Accounts,
  names: readonly string[],
  isOld: boolean,
  suffix?: string,
): string {
  const all = accounts.all().map((account) => account.login);
  if ([...all].sort().join() !== [...names].sort().join()) return `accounts: ${all.join()}`;
  for (const name of names) {
    const found = accounts.tokensOf({ login: login(name), tokenType: "bot" });
    const wanted = `planted-access${suffix ?? `-${name}`}`;
    if (found.is !== "found" || found.tokens.accessToken !== wanted) return `${name}: ${found.is}`;
  }
  return isOld ? "old" : "new";
}
