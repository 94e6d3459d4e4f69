/** What each action of `kissbot.sh backup` does; the answer is the exit code. */
import { basename } from "node:path";
import { type RestoreStep, restoreBackup } from "../../backup/restore.ts";
import { findKeys } from "../../backup/settings-files.ts";
import type { BackupSettings, Proof } from "../../shared/backup/job.ts";
import { KissError } from "../../shared/errors.ts";
import { findOwnKeyRing } from "../../shared/key-source.ts";
import { formatSeconds } from "../duration.ts";
import type { Desk } from "../verb.ts";
import { describeRestored, formatBytes, renderShelf } from "./pages.ts";
import { runBackupJob } from "./run-job.ts";
import { getBackupFile, getShelf } from "./settings.ts";

interface Call {
  readonly settings: BackupSettings;
  readonly desk: Desk;
  readonly isJson: boolean;
}

export async function createBackup(
  isUnencryptedAllowed: boolean,
  { settings, desk, isJson }: Call,
): Promise<number> {
  const made = await runBackupJob(
    {
      do: "create",
      settings,
      isUnencryptedAllowed,
      keyRingFile: findOwnKeyRing(desk.home.folder, desk.environment),
    },
    desk.home,
    desk.stopSignal(),
  );
  if (made.is !== "made") throw new KissError("backup-failed", "its process answered something else");
  if (isJson) desk.say(JSON.stringify(made));
  else {
    desk.say(`${made.file}  ${formatBytes(made.bytes)}, in ${formatSeconds(made.tookMs)}`);
    desk.say(
      made.proof
        ? `proved: ${describeProof(made.proof)}`
        : "not proved: there is no key here (./kissbot.sh backup verify --identity FILE)",
    );
    if (made.removed.length > 0) desk.say(`let go: ${made.removed.join(", ")}`);
  }
  return 0;
}

export async function listBackups({ settings, desk, isJson }: Call): Promise<number> {
  const backups = getShelf(settings.folder);
  if (isJson) desk.say(JSON.stringify(backups));
  else if (backups.length === 0) desk.say(`There are no backups in ${settings.folder} yet.`);
  else desk.say(renderShelf(backups, desk.clock.wall(), desk.columns));
  return 0;
}

/** All that are asked for are looked at, also when one of them is damaged. */
export async function verifyBackups(asked: string, { settings, desk, isJson }: Call): Promise<number> {
  const files =
    asked === "all"
      ? getShelf(settings.folder).map(({ file }) => file)
      : [getBackupFile(asked, settings.folder)];
  let exitCode = 0;
  for (const file of files) {
    try {
      const proved = await runBackupJob({ do: "verify", settings, file }, desk.home, desk.stopSignal());
      if (proved.is !== "proved") throw new KissError("backup-failed", "its process answered something else");
      if (isJson) desk.say(JSON.stringify({ file, ...proved }));
      else desk.say(`${basename(file)}: proved: ${describeProof(proved.proof)}`);
    } catch (problem) {
      if (!(problem instanceof KissError)) throw problem;
      exitCode = problem.exitCode;
      if (isJson)
        desk.say(JSON.stringify({ file, is: "failed", code: problem.code, because: problem.detail }));
      desk.warn(`kissbot: ${problem.message}\n${problem.hint}`);
      if (desk.stopSignal().aborted) break;
    }
  }
  return exitCode;
}

const STEPS: Readonly<Record<RestoreStep, string>> = {
  proved: "the backup was opened and compared with what it says of itself",
  prepared: "it has this version's schema",
  "files-placed": "",
  settled: "nobody has the database open",
  "kept-aside": "the one of before is kept aside",
  swapped: "the new one is in its place",
};

export async function restoreFromBackup(asked: string, { settings, desk, isJson }: Call): Promise<number> {
  const { home, clock } = desk;
  const restored = await restoreBackup({
    file: getBackupFile(asked, settings.folder),
    keys: findKeys(settings),
    keyRingFile: findOwnKeyRing(desk.home.folder, desk.environment),
    home,
    clock,
    onStep: (step) => STEPS[step] !== "" && !isJson && desk.warn(`  ${STEPS[step]}`),
  });
  if (isJson) desk.say(JSON.stringify(restored));
  else for (const line of describeRestored(restored)) desk.say(line);
  return 0;
}

const describeProof = ({ rows, tables, bytes }: Proof): string =>
  `${rows} rows in ${tables} tables (${formatBytes(bytes)}) were restored beside the house and compared`;
