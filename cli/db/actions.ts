/** What `kissbot.sh db` does with the house's own database. Each answers with the exit code. */
import { existsSync } from "node:fs";
import { makeAccounts } from "../../db/accounts.ts";
import { makeAuditLog } from "../../db/audit-log.ts";
import { checkDatabase, examineDatabase, requireSound } from "../../db/examine.ts";
import { type Db, openDatabase } from "../../db/open.ts";
import { forgetOldKeys, rotateKey } from "../../db/rotate-key.ts";
import { type KeyChest, openKeyChest } from "../../db/secrets/key-chest.ts";
import { KissError } from "../../shared/errors.ts";
import { prepareHome } from "../../shared/home.ts";
import { describeKeySource, findKeySource } from "../../shared/key-source.ts";
import { safeText } from "../../shared/safe-text.ts";
import { environmentOfHouse } from "../house/environment-of-house.ts";
import { readSupervisorNote } from "../supervisor-note.ts";
import type { Desk } from "../verb.ts";
import { describeKeys, renderDatabase } from "./database-page.ts";

const EXIT_UNSOUND = 1;
const EXIT_REFUSED = 1;

const chestOf = (desk: Desk): KeyChest =>
  openKeyChest(findKeySource(desk.home.folder, environmentOfHouse(desk)));

function withDatabase<Result>({ home }: Desk, work: (db: Db) => Result): Result {
  prepareHome(home);
  requireSound(home.database);
  const db = openDatabase(home.database);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

/** Two owners of one thing at a time end badly: said, with what to do. */
function isRefusedWhileRunning(desk: Desk, because: string): boolean {
  const { is } = readSupervisorNote(desk.home);
  if (is !== "alive" && is !== "lone-worker") return false;
  desk.warn(
    `kissbot: ${is === "alive" ? "the house" : "a worker alone"} runs, and ${because}: ./kissbot.sh stop first`,
  );
  return true;
}

/** @throws KissError what is wrong with the file */
export function showStatus(desk: Desk, isJson: boolean): number {
  const examined = examineDatabase(desk.home.database);
  if (examined.is === "trouble") throw examined.because;
  if (examined.is === "none") {
    desk.say(isJson ? JSON.stringify({ file: desk.home.database, exists: false }) : noneYet(desk));
    return 0;
  }
  const chest = chestOf(desk);
  const keys = describeKeys(describeKeySource(chest.source), chest.find(), examined.facts);
  if (isJson) desk.say(JSON.stringify({ ...examined.facts, exists: true, keys }, null, 2));
  else
    for (const line of [...renderDatabase(examined.facts), "", ...keys.map(({ says }) => says)])
      desk.say(line);
  return keys.some(({ level }) => level === "fail") ? EXIT_UNSOUND : 0;
}

const noneYet = ({ home }: Desk): string =>
  `There is no database yet: ./kissbot.sh start makes ${home.database}`;

/** @throws KissError what is wrong with the file */
export function migrateNow(desk: Desk): number {
  const before = existsSync(desk.home.database) ? examineDatabase(desk.home.database) : undefined;
  if (before?.is === "trouble") throw before.because;
  const missing = before?.is === "there" ? before.facts.missing : undefined;
  if (missing?.length === 0) {
    desk.say("Nothing to do: the database has the newest schema.");
    return 0;
  }
  if (isRefusedWhileRunning(desk, "its processes know the schema they were started with"))
    return EXIT_REFUSED;
  withDatabase(desk, () => {});
  const after = examineDatabase(desk.home.database);
  if (after.is === "trouble") throw after.because;
  const copy = after.is === "there" ? after.facts.copies.at(-1) : undefined;
  // An empty file is no database yet, and nothing that could be copied.
  const isNew = missing === undefined || (before?.is === "there" && before.facts.schema === 0);
  if (isNew) desk.say(`Made ${desk.home.database}.`);
  else desk.say(`Applied ${missing.join(", ")}. What was there before lies at ${copy}.`);
  return 0;
}

/** @throws KissError what is wrong with the file */
export function checkNow(desk: Desk, isJson: boolean): number {
  const checked = checkDatabase(desk.home.database);
  if (checked.is === "trouble") throw checked.because;
  if (checked.is === "none") {
    desk.say(isJson ? JSON.stringify({ is: "none" }) : noneYet(desk));
    return 0;
  }
  if (isJson) desk.say(JSON.stringify(checked.facts, null, 2));
  else if (checked.facts.is === "sound") {
    desk.say(`Sound: every page, index and reference of ${checked.facts.tables} tables was looked at.`);
  } else {
    for (const problem of checked.facts.problems) desk.warn(safeText(problem));
    throw new KissError(
      "database-damaged",
      `${checked.facts.problems.length === 1 ? "1 problem" : `${checked.facts.problems.length} problems`} in ${desk.home.database}`,
    );
  }
  return checked.facts.is === "sound" ? 0 : EXIT_UNSOUND;
}

/** Also while the house runs: the hub looks for the key anew each time. @throws KissError key-missing, key-wrong */
export function rotateNow(desk: Desk, forgetsOld: boolean, isJson: boolean): number {
  const keys = chestOf(desk);
  return withDatabase(desk, (db) => {
    const rotated = rotateKey({ db, keys, now: desk.clock.wall });
    const forgotten = forgetsOld ? forgetOldKeys(db, keys).forgotten : [];
    if (isJson) desk.say(JSON.stringify({ ...rotated, forgotten }, null, 2));
    else {
      desk.say(
        `${rotated.secrets} secrets are sealed with the key ${rotated.to} now${rotated.from === undefined ? "" : `, no longer with ${rotated.from}`}.`,
      );
      desk.say(
        forgetsOld
          ? `Forgotten: ${forgotten.join(", ") || "no key"}. Backups made before now hold tokens that nothing opens.`
          : "The old key stays in the ring, for backups made before now: --forget-old takes it out.",
      );
    }
    return 0;
  });
}

/** For whom the key is lost. */
export function forgetTokens(desk: Desk, isSure: boolean): number {
  if (!isSure) {
    desk.warn(
      "kissbot: this forgets every login; ./kissbot.sh auth login makes new ones. The same with --yes does it",
    );
    return EXIT_REFUSED;
  }
  if (isRefusedWhileRunning(desk, "its hub holds the tokens")) return EXIT_REFUSED;
  return withDatabase(desk, (db) => {
    const accounts = makeAccounts({ db, keys: chestOf(desk), now: desk.clock.wall });
    const audit = makeAuditLog(db, "cli", desk.clock.wall);
    const forgotten = accounts.all().filter((account) => accounts.remove(account));
    for (const { login, tokenType } of forgotten)
      audit.write("token-revoked", { account: `${login} (${tokenType}), forgotten without Twitch` });
    desk.say(
      `Forgotten: ${forgotten.map(({ login, tokenType }) => `${login} (${tokenType})`).join(", ") || "nobody"}.`,
    );
    return 0;
  });
}
