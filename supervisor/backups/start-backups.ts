/**
 * Sees to it that a backup is made every day, by a process of its own: the supervisor's loop neither waits for the disk
 * nor loads what encrypts. One at a time; what failed is tried again with growing rests and told in `status`, in the log
 * and (by that process) in the audit log. When the house stops, one that is under way is broken off and cleared away.
 */
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import {
  type BackupJob,
  type BackupSettings,
  isSealed,
  parseBackupAnswer,
  partialFile,
  toBackupSettings,
  workFolder,
} from "../../shared/backup/job.ts";
import { readShelf, type Shelf } from "../../shared/backup/shelf.ts";
import type { Clock, Millis } from "../../shared/clock.ts";
import type { Backup } from "../../shared/config/backup.ts";
import { DAMAGE } from "../../shared/damage-report.ts";
import { toError } from "../../shared/errors.ts";
import { checkoutFolder, type Home } from "../../shared/home.ts";
import type { Logger } from "../../shared/log.ts";
import type { Helper, spawnHelper } from "../spawn.ts";
import {
  type BackupFailure,
  type BackupsNow,
  type BackupTimes,
  describeBackups,
  findBackupTroubles,
  findNewestGood,
  toBackupTimes,
} from "./describe-backups.ts";
import { JITTER_MAX_MS, planBackup } from "./plan-backup.ts";

export interface Backups {
  /** One line for `status`. */
  sentence(): string;
  troubles(): readonly string[];
  times(): BackupTimes;
  /** The configuration has changed. */
  lookNow(): void;
  stop(): Promise<void>;
}

const ENTRY = join(checkoutFolder, "dist", "backup.mjs");
/** The wall clock may be set meanwhile, and an operator may make one by hand. */
const LOOK_EVERY_MS: Millis = 10 * 60_000;
const MS_PER_S = 1_000;
/** `status` and metrics ask often; the folder may lie on a slow disk. */
const SHELF_KEPT_MS: Millis = 30_000;

export function startBackups(using: {
  readonly home: Home;
  /** Asked at each look: the configuration may change. */
  readonly config: () => Backup;
  readonly keyRingFile: string | undefined;
  readonly spawn: typeof spawnHelper;
  /** It reads the whole database. */
  readonly onDamage: (because: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
}): Backups {
  const { home, clock, log } = using;
  const startedAt = clock.wall();
  const jitterMs = jitterOf(home.folder);
  let helper: Helper | undefined;
  let failure: BackupFailure | undefined;
  let failures = 0;
  let cancel = () => {};
  let isStopped = false;
  let kept: { readonly shelf: Shelf; readonly folder: string; readonly at: Millis } | undefined;

  const settings = () => toBackupSettings(using.config(), home);
  const shelf = (): Shelf => {
    const { folder } = settings();
    if (kept?.folder !== folder || clock.now() - kept.at > SHELF_KEPT_MS)
      kept = { shelf: readShelf(folder), folder, at: clock.now() };
    return kept.shelf;
  };
  const whyNone = (): BackupsNow["whyNone"] => {
    if (using.config().daily_at === "off") return "off";
    return isSealed(settings()) ? undefined : "no-key";
  };
  const dueAt = (): Millis | undefined => {
    if (whyNone() !== undefined) return undefined;
    const found = shelf();
    // A clock that was set back finds backups of a time to come: they hide none that is made from now on.
    const past = found.is === "read" ? found.backups.filter(({ at }) => at <= clock.wall()) : [];
    const good = findNewestGood(past);
    const history = { startedAt, newestAt: good?.at, failures, failedAt: failure?.at };
    return planBackup(clock.wall(), history, { dailyAt: using.config().daily_at, jitterMs });
  };
  const now = (): BackupsNow => ({
    shelf: shelf(),
    dueAt: dueAt(),
    whyNone: whyNone(),
    isAtWork: helper !== undefined,
    failure,
  });

  const fail = (because: string) => {
    failures += 1;
    failure = { at: clock.wall(), because };
    log.error({ because, failures }, "the backup failed; it is tried again");
  };
  const make = () => {
    const job: BackupJob = {
      do: "create",
      settings: settings(),
      isUnencryptedAllowed: false,
      keyRingFile: using.keyRingFile,
    };
    log.info({ folder: job.settings.folder }, "a backup is being made");
    const started = using.spawn({ entry: ENTRY, home, papers: job });
    helper = started;
    void started.ended.then(({ said, how }) => {
      helper = undefined;
      kept = undefined;
      if (isStopped) return clearAway(job.settings, started.pid);
      const answer = parseBackupAnswer(said);
      if (answer?.is === "made") {
        failures = 0;
        failure = undefined;
        const { file, bytes, tookMs, removed, proof } = answer;
        log.info({ file, bytes, tookMs, removed, isProved: proof !== undefined }, "a backup was made");
      } else {
        clearAway(job.settings, started.pid);
        fail(answer?.is === "failed" ? answer.because : `its process ended early: ${how}`);
        if (answer?.is === "failed" && answer.code === DAMAGE) using.onDamage(answer.because);
      }
      look();
    });
  };
  /** What a killed process left in both places; a plain copy of the database is not left lying about. */
  const clearAway = (of: BackupSettings, pid: number | undefined) => {
    if (pid === undefined) return;
    try {
      rmSync(workFolder(home, pid), { recursive: true, force: true });
      rmSync(partialFile(of.folder, pid), { force: true });
    } catch (problem) {
      log.warn(
        { err: toError(problem) },
        "what was left of a backup could not be removed; the next one does",
      );
    }
  };
  const look = () => {
    cancel();
    if (isStopped || helper) return;
    kept = undefined;
    const due = dueAt();
    const inMs = due === undefined ? LOOK_EVERY_MS : due - clock.wall();
    if (inMs <= 0) return make();
    cancel = clock.after(Math.min(inMs, LOOK_EVERY_MS), look);
  };
  look();

  return {
    sentence: () => describeBackups(now(), clock.wall()),
    troubles: () => findBackupTroubles(now(), clock.wall()),
    times: () => toBackupTimes(now()),
    lookNow: look,
    async stop() {
      isStopped = true;
      cancel();
      await helper?.stop();
    },
  };
}

/** The same for one installation on every day. Whole seconds, as backups are named: one that was made in time is not older. */
export function jitterOf(homeFolder: string): Millis {
  const fraction = createHash("sha256").update(homeFolder).digest().readUInt32BE() / 2 ** 32;
  return Math.floor((fraction * JITTER_MAX_MS) / MS_PER_S) * MS_PER_S;
}
