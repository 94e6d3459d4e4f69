/** An import as it is typed: what would come, or, with --apply, what came. Secrets are named by fingerprint only. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { requireSound } from "../../db/examine.ts";
import { applyImport, type Tally } from "../../db/import/apply-import.ts";
import type { Incoming } from "../../db/import/incoming.ts";
import { openCopyInMemory, openDatabase } from "../../db/open.ts";
import { toKeyText } from "../../db/secrets/fernet.ts";
import { openKeyChest } from "../../db/secrets/key-chest.ts";
import { prepareHome } from "../../shared/home.ts";
import { findKeySource } from "../../shared/key-source.ts";
import { quoteStranger, safeText } from "../../shared/safe-text.ts";
import { tokenFingerprint } from "../../shared/token-fingerprint.ts";
import { readSupervisorNote } from "../supervisor-note.ts";
import { renderTable } from "../table.ts";
import type { Desk } from "../verb.ts";

export interface ImportWish {
  readonly incoming: Incoming;
  readonly from: string;
  readonly isApplied: boolean;
  readonly replacesTokens: boolean;
  readonly isJson: boolean;
}

const KEY_BYTES = 32;
const FINGERPRINT_SHOWN = 12;
const EXIT_RUNNING = 1;

/** Answers with the exit code. */
export function runImport(wish: ImportWish, desk: Desk): number {
  const { home } = desk;
  if (wish.isApplied && wish.incoming.tokens.length > 0 && isHeld(home)) {
    desk.warn("kissbot: the house runs, and its hub holds tokens of its own: ./kissbot.sh stop first");
    return EXIT_RUNNING;
  }
  const tallies = wish.isApplied ? applyForGood(wish, desk) : applyToCopy(wish, desk);
  if (wish.isJson)
    desk.say(JSON.stringify({ applied: wish.isApplied, tallies, left: wish.incoming.left }, null, 2));
  else for (const line of renderImport(wish, tallies, desk.columns)) desk.say(line);
  return 0;
}

/** By a house, or by a worker alone. */
const isHeld = (home: Desk["home"]): boolean =>
  ["alive", "lone-worker"].includes(readSupervisorNote(home).is);

function applyForGood(wish: ImportWish, { home, environment, clock }: Desk): readonly Tally[] {
  prepareHome(home);
  requireSound(home.database);
  const db = openDatabase(home.database);
  try {
    const keys = openKeyChest(findKeySource(home.folder, environment));
    return applyImport({ ...wish, db, keys, now: clock.wall });
  } finally {
    db.close();
  }
}

/** The same on a copy in memory: it says what would come, conflicts included, and writes nothing. */
function applyToCopy(wish: ImportWish, { home, clock }: Desk): readonly Tally[] {
  const db = openCopyInMemory(existsSync(home.database) ? home.database : undefined);
  try {
    const keys = openKeyChest({ is: "text", text: toKeyText(randomBytes(KEY_BYTES)) });
    return applyImport({ ...wish, db, keys, now: clock.wall });
  } finally {
    db.close();
  }
}

/** Pure. */
export function renderImport(
  { incoming, from, isApplied }: Pick<ImportWish, "incoming" | "from" | "isApplied">,
  tallies: readonly Tally[],
  columns: number,
): readonly string[] {
  const shown = tallies.filter(({ came, known }) => came + known > 0);
  const table = renderTable(
    [
      { title: "WHAT", align: "left" },
      { title: isApplied ? "CAME" : "WOULD COME", align: "right" },
      { title: "KNOWN ALREADY", align: "right" },
    ],
    shown.map(({ what, came, known }) => ({ cells: [what, String(came), String(known)] })),
    columns,
  );
  const tokens = incoming.tokens.map(
    ({ login, tokenType, tokens: { accessToken } }) =>
      `  ${login}: ${tokenType}, access token ${tokenFingerprint(accessToken).slice(0, FINGERPRINT_SHOWN)} (fingerprint)`,
  );
  const left = incoming.left.map(
    ({ what, count, because }) => `  ${count} ${safeText(what)}: ${safeText(because)}`,
  );
  return [
    ...(shown.length === 0 ? [`There is nothing to bring over in ${quoteStranger(from)}.`] : table),
    ...(tokens.length > 0 ? ["", "Tokens of", ...tokens] : []),
    ...(left.length > 0 ? ["", "Left behind", ...left] : []),
    "",
    isApplied ? "Done." : "Nothing was changed: this was a dry run. The same with --apply brings it over.",
  ];
}
