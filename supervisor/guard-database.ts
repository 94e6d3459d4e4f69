/** The watch over a house's database, with what it needs of the house; a damaged one is refused before it is opened. */
import { toBackupSettings } from "../shared/backup/job.ts";
import { readShelf } from "../shared/backup/shelf.ts";
import type { Clock } from "../shared/clock.ts";
import type { Config } from "../shared/config.ts";
import { makeDamageReport } from "../shared/damage-report.ts";
import type { Home } from "../shared/home.ts";
import type { LogFile } from "../shared/log.ts";
import { alertRefusal } from "./alerts/alert-refusal.ts";
import { postWebhook } from "./alerts/post-webhook.ts";
import { type DatabaseWatch, startDatabaseWatch } from "./database-watch.ts";
import { spawnHelper } from "./spawn.ts";

/**
 * `isInUse`: children of an earlier supervisor live, and write to it whatever we do.
 * @throws KissError database-damaged
 */
export async function guardDatabase(using: {
  readonly home: Home;
  readonly config: () => Config;
  readonly isInUse: boolean;
  readonly clock: Clock;
  readonly logFile: Pick<LogFile, "log" | "onError">;
}): Promise<DatabaseWatch> {
  const { home, config, clock, logFile } = using;
  const watch = startDatabaseWatch({
    home,
    spawn: spawnHelper,
    shelf: () => readShelf(toBackupSettings(config().backup, home).folder),
    clock,
    log: logFile.log,
  });
  logFile.onError(makeDamageReport((detail) => watch.suspect(detail)));
  if (!using.isInUse)
    await watch.refuseDamaged((damage) =>
      alertRefusal(damage, {
        file: home.alertMemory,
        settings: config().alerts,
        post: postWebhook,
        clock,
      }),
    );
  return watch;
}
