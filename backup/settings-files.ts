/** What the settings name by path: keys and passphrases, which must lie anywhere but beside the backups. */
import { existsSync, realpathSync } from "node:fs";
import { dirname, resolve, sep } from "node:path";
import type { BackupSettings } from "../shared/backup/job.ts";
import { KissError, toError } from "../shared/errors.ts";
import { findRecipientProblem, type Keys, type Seal } from "./seal.ts";
import { readStart } from "./whole-files.ts";

/** @throws KissError backup-no-key, backup-key-beside, backup-key-unusable */
export async function findSeal(settings: BackupSettings, isUnencryptedAllowed: boolean): Promise<Seal> {
  const { recipients, passphrase, passphraseFile } = settings;
  refuseBeside(settings);
  const ways = [recipients.length > 0, passphrase !== undefined, passphraseFile !== undefined];
  const count = ways.filter(Boolean).length;
  if (isUnencryptedAllowed) return { is: "open" };
  if (count === 0)
    throw new KissError("backup-no-key", "backup.recipients is empty and there is no passphrase");
  if (count > 1)
    throw new KissError(
      "backup-key-unusable",
      "recipients, passphrase and passphrase_file exclude one another: keep one of them",
    );
  const words = findPassphrase(settings);
  if (words !== undefined) return { is: "passphrase", passphrase: words };
  for (const recipient of recipients) {
    const problem = await findRecipientProblem(recipient);
    if (problem !== undefined) throw new KissError("backup-key-unusable", `${recipient}: ${problem}`);
  }
  return { is: "recipients", recipients };
}

/** @throws KissError backup-key-beside, backup-key-unusable */
export function findKeys(settings: BackupSettings): Keys {
  refuseBeside(settings);
  const { identityFile } = settings;
  return {
    identities: identityFile === undefined ? [] : readIdentities(identityFile),
    passphrase: findPassphrase(settings),
  };
}

export const hasKeys = ({ identityFile, passphrase, passphraseFile }: BackupSettings): boolean =>
  identityFile !== undefined || passphrase !== undefined || passphraseFile !== undefined;

function findPassphrase({ passphrase, passphraseFile }: BackupSettings): string | undefined {
  if (passphraseFile === undefined) return passphrase;
  const [line = ""] = readSecret(passphraseFile).split(/\r?\n/);
  if (line.length < PASSPHRASE_CHARACTERS_MIN)
    throw new KissError(
      "backup-key-unusable",
      `the first line of ${passphraseFile} has fewer than ${PASSPHRASE_CHARACTERS_MIN} characters`,
    );
  return line;
}
const PASSPHRASE_CHARACTERS_MIN = 12;

/** As `age-keygen` and `kissbot.sh backup keygen` write them: one to a line, # begins a remark. */
function readIdentities(file: string): readonly string[] {
  const lines = readSecret(file)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  const isOne = (line: string) => /^AGE-SECRET-KEY-(PQ-)?1[A-Z0-9]+$/.test(line);
  if (lines.length === 0 || !lines.every(isOne))
    throw new KissError("backup-key-unusable", `${file} is no file of identities (AGE-SECRET-KEY-1…)`);
  return lines;
}

/** Also from a pipe, `--identity <(pass show backup)`; never more of it than a key can be. */
function readSecret(file: string): string {
  try {
    const text = readStart(file, SECRET_BYTES_MAX + 1);
    if (text.length <= SECRET_BYTES_MAX) return text.toString("utf8");
  } catch (problem) {
    throw new KissError("backup-key-unusable", `${file}: ${toError(problem).message}`);
  }
  throw new KissError("backup-key-unusable", `${file} is larger than a key can be`);
}
const SECRET_BYTES_MAX = 64 * 1024;

/** Whoever takes the folder away must not have taken the key with it. */
function refuseBeside({ folder, identityFile, passphraseFile }: BackupSettings): void {
  for (const file of [identityFile, passphraseFile]) {
    if (file !== undefined && isWithin(file, folder))
      throw new KissError("backup-key-beside", `${file} lies in ${folder}`);
  }
}

/** Links are followed: it counts where a thing really is. */
export function isWithin(file: string, folder: string): boolean {
  const real = (path: string): string =>
    existsSync(path) || path === dirname(path)
      ? realpathSync(path)
      : resolve(real(dirname(path)), path.slice(dirname(path).length).replace(/^[\\/]/, ""));
  return `${real(file)}`.startsWith(`${real(folder)}${sep}`);
}
