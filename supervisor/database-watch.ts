/**
 * Whether the database is damaged. A process of its own reads every page: before a start, now and then, and as soon as
 * anybody has met damage. Promises: it is said once in the log and for as long as it lasts in `status`, with what mends
 * it; nothing is written to the database by looking.
 */
import { join } from "node:path";
import { type BackupJob, parseBackupAnswer } from "../shared/backup/job.ts";
import type { Shelf } from "../shared/backup/shelf.ts";
import type { Clock, Millis } from "../shared/clock.ts";
import { DAMAGE } from "../shared/damage-report.ts";
import { KissError } from "../shared/errors.ts";
import { checkoutFolder, type Home } from "../shared/home.ts";
import type { Logger } from "../shared/log.ts";
import { describeDamage, toExcerpt, toRemedy } from "./describe-damage.ts";
import type { Helper, spawnHelper } from "./spawn.ts";

export interface DatabaseWatch {
  /**
   * Before anything is written. A database so large that its look takes longer is opened meanwhile, and told of later.
   * @throws KissError database-damaged, when `onDamage` has been told
   */
  refuseDamaged(onDamage: (damage: string) => Promise<void>): Promise<void>;
  /** From now on it looks by itself, too. */
  begin(): void;
  /** Somebody has met damage. */
  suspect(because: string): void;
  /** A sentence with what to do; undefined: none is known of. */
  damage(): string | undefined;
  /** It has been looked at since this supervisor started: what it does not tell is not so. */
  hasLooked(): boolean;
  stop(): Promise<void>;
}

const ENTRY = join(checkoutFolder, "dist", "backup.mjs");
/** About 400 MB on a slow machine. */
const START_WAITS_MS: Millis = 3_000;
const LOOK_EVERY_MS: Millis = 6 * 60 * 60_000;
/** After a start there is other work; a supervisor that adopted its children has looked at nothing yet. */
const FIRST_LOOK_AFTER_MS: Millis = 60_000;
/** Whoever has met damage meets it again and again. */
const SUSPECTS_REST_MS: Millis = 10 * 60_000;

export function startDatabaseWatch(using: {
  readonly home: Home;
  readonly spawn: typeof spawnHelper;
  /** What could be restored. */
  readonly shelf: () => Shelf;
  readonly clock: Clock;
  readonly log: Logger;
}): DatabaseWatch {
  const { home, clock, log } = using;
  let helper: Helper | undefined;
  let problems: readonly string[] = [];
  let hasLooked = false;
  let isStopped = false;
  let suspectedAt: Millis | undefined;
  let cancel = () => {};

  const look = async (isThorough: boolean): Promise<void> => {
    if (helper || isStopped) return;
    const job: BackupJob = { do: "look-over", isThorough };
    helper = using.spawn({ entry: ENTRY, home, papers: job });
    const { said, how } = await helper.ended;
    helper = undefined;
    if (isStopped) return;
    const answer = parseBackupAnswer(said);
    if (answer?.is !== "looked-over") {
      const because = answer?.is === "failed" ? answer.because : how;
      return log.warn({ because }, "the database could not be looked over");
    }
    hasLooked = true;
    const wasDamaged = problems.length > 0;
    problems = answer.problems;
    if (problems.length > 0 && !wasDamaged) log.error({ problems, do: damage() }, "the database is damaged");
    if (problems.length === 0 && wasDamaged) log.info({}, "the database is sound again");
  };
  const lookAgain = () => {
    cancel = clock.after(LOOK_EVERY_MS, lookAgain);
    void look(true);
  };
  const damage = () => (problems.length > 0 ? describeDamage(problems, using.shelf()) : undefined);

  return {
    async refuseDamaged(onDamage) {
      let cancelWait = () => {};
      const late = new Promise<void>((resolve) => {
        cancelWait = clock.after(START_WAITS_MS, resolve);
      });
      await Promise.race([look(false), late]);
      cancelWait();
      if (problems.length === 0) return;
      const found = toExcerpt(problems);
      const remedy = toRemedy(using.shelf());
      await onDamage(`KissBot does not start: the database is damaged (${found}): ${remedy}`);
      throw new KissError(
        DAMAGE,
        `${home.database}: ${found}. Nothing was started or written. What mends it: ${remedy}`,
      );
    },
    begin() {
      cancel = clock.after(hasLooked ? LOOK_EVERY_MS : FIRST_LOOK_AFTER_MS, lookAgain);
    },
    suspect(because) {
      const now = clock.now();
      if (
        isStopped ||
        problems.length > 0 ||
        (suspectedAt !== undefined && now - suspectedAt < SUSPECTS_REST_MS)
      )
        return;
      suspectedAt = now;
      log.warn({ because }, "the database may be damaged: it is looked over");
      // A look that is under way may have passed that page already.
      void (helper ? helper.ended.then(() => look(true)) : look(true));
    },
    damage,
    hasLooked: () => hasLooked,
    async stop() {
      isStopped = true;
      cancel();
      await helper?.stop();
    },
  };
}
