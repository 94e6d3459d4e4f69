import { findKeys, findSeal } from "../../../backup/settings-files.ts";
import { type BackupSettings, isSealed, toBackupSettings } from "../../../shared/backup/job.ts";
import { lastProvedAt, readShelf, type ShelvedBackup } from "../../../shared/backup/shelf.ts";
import type { Millis } from "../../../shared/clock.ts";
import { KissError, toError } from "../../../shared/errors.ts";
import { loadConfig } from "../../../shared/load-config.ts";
import { formatDuration } from "../../duration.ts";
import { safeText } from "../../safe-text.ts";
import { defineCheck, type Finding } from "../check.ts";

const HOUR: Millis = 3_600_000;
/** A day, and what a busy or sleeping machine may be late. */
const OLD_MS: Millis = 36 * HOUR;
const PROOF_OLD_MS: Millis = 8 * 24 * HOUR;

export default defineCheck({
  name: "backup",
  async run({ home, clock }) {
    const loaded = loadConfig(home.configFile);
    if (loaded.is !== "right") return [{ level: "ok", says: "not looked at without a configuration" }];
    const settings = toBackupSettings(loaded.config.backup, home);
    const isDaily = loaded.config.backup.daily_at !== "off";
    return [...(await judgeKeys(settings)), ...judgeShelf(settings, isDaily, clock.wall())];
  },
});

async function judgeKeys(settings: BackupSettings): Promise<readonly Finding[]> {
  if (!isSealed(settings)) {
    const says = "no backups are made: nothing says what they are encrypted with";
    return [{ level: "warn", says, fix: "./kissbot.sh backup keygen" }];
  }
  try {
    await findSeal(settings, false);
    const { identities, passphrase } = findKeys(settings);
    const canProve = identities.length > 0 || passphrase !== undefined;
    const says = canProve ? "encrypted, and checked by the house itself" : "encrypted";
    return [{ level: "ok", says }];
  } catch (problem) {
    const fix =
      problem instanceof KissError ? problem.hint : "look at the section backup of config/config.yaml";
    return [{ level: "fail", says: safeText(toError(problem).message), fix }];
  }
}

function judgeShelf(settings: BackupSettings, isDaily: boolean, now: Millis): readonly Finding[] {
  const shelf = readShelf(settings.folder);
  if (shelf.is === "unreadable")
    return [
      {
        level: "fail",
        says: `the folder of backups can't be read: ${safeText(shelf.problem)}`,
        fix: "give it to the user that runs KissBot, or name another one in backup.folder",
      },
    ];
  const [newest] = shelf.backups;
  if (!newest)
    return isSealed(settings)
      ? [{ level: "warn", says: "there is no backup yet", fix: "./kissbot.sh backup create" }]
      : [];
  return [judgeAge(newest, isDaily, now), judgeProof(shelf.backups, now), ...shelf.backups.flatMap(judgeOne)];
}

function judgeAge({ at }: ShelvedBackup, isDaily: boolean, now: Millis): Finding {
  const says = `the newest backup is ${formatDuration(now - at)} old`;
  if (now - at <= OLD_MS) return { level: "ok", says };
  const fix = isDaily
    ? "./kissbot.sh status says why; ./kissbot.sh backup create makes one"
    : "./kissbot.sh backup create, or a time in backup.daily_at";
  return { level: "warn", says, fix };
}

function judgeProof(backups: readonly ShelvedBackup[], now: Millis): Finding {
  const provedAt = lastProvedAt(backups);
  const says =
    provedAt === undefined
      ? "no backup was ever proved to restore"
      : `a backup was last proved to restore ${formatDuration(now - provedAt)} ago`;
  return provedAt !== undefined && now - provedAt <= PROOF_OLD_MS
    ? { level: "ok", says }
    : { level: "warn", says, fix: "./kissbot.sh backup verify --identity FILE" };
}

function judgeOne({ name, isEncrypted, note }: ShelvedBackup): readonly Finding[] {
  if (note?.proof?.is === "damaged")
    return [
      { level: "fail", says: `${name} is damaged`, fix: "remove it, and see to it that another is whole" },
    ];
  return isEncrypted
    ? []
    : [
        {
          level: "warn",
          says: `${name} can be read by anybody who gets it`,
          fix: "remove it, or keep it safe",
        },
      ];
}
