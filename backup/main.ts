/** The process that makes and proves backups, and looks the database over: asked once by stdin, answers with one line on stdout, and goes. */
import { constants, setPriority } from "node:os";
import { text } from "node:stream/consumers";
import * as v from "valibot";
import { checkDatabase, lookOverDatabase } from "../db/examine.ts";
import { type BackupAnswer, BackupJob, type BackupSettings } from "../shared/backup/job.ts";
import { systemClock } from "../shared/clock.ts";
import { isDamage } from "../shared/damage-report.ts";
import { KissError, toError } from "../shared/errors.ts";
import { findHome, type Home } from "../shared/home.ts";
import { createBackup } from "./create.ts";
import { toRoomError } from "./room.ts";
import { hasKeys } from "./settings-files.ts";
import { tellAudit } from "./tell-audit.ts";
import { verifyBackup } from "./verify.ts";

const clock = systemClock;

async function main(): Promise<void> {
  process.umask(0o077);
  // Whoever asked may have gone: what is under way is finished, and stands in the audit log.
  process.stdout.on("error", () => {});
  const home = findHome(process.env);
  const job = v.parse(BackupJob, JSON.parse(await text(process.stdin)));
  // The house goes first, on a machine of one core above all.
  if (job.do !== "look-over" || job.isThorough) setPriority(constants.priority.PRIORITY_LOW);
  const answer = await carryOut(job, home).catch((problem: unknown): BackupAnswer => {
    if (job.do !== "look-over" && !isDamage(problem))
      tellAudit(home, (audit) =>
        audit.write("backup-failed", { during: job.do, because: toError(problem).message }),
      );
    // Not even for the lock there may be room.
    return toFailure(job.do === "look-over" ? problem : toRoomError(job.settings.folder, problem));
  });
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

async function carryOut(job: BackupJob, home: Home): Promise<BackupAnswer> {
  const using = { home, clock };
  const startedAt = clock.now();
  if (job.do === "look-over") {
    const problems = lookOver(home.database, job.isThorough);
    return { is: "looked-over", problems: [...problems], tookMs: Math.round(clock.now() - startedAt) };
  }
  if (job.do === "verify") {
    const proof = await prove(job.file, job.settings, home);
    return { is: "proved", proof, tookMs: Math.round(clock.now() - startedAt) };
  }
  const { file, bytes, removed, tookMs } = await createBackup(job, using);
  tellAudit(home, (audit) => audit.write("backup-made", { file, bytes, tookMs }));
  const canProve = job.isUnencryptedAllowed || hasKeys(job.settings);
  const proof = canProve ? await prove(file, job.settings, home) : undefined;
  return {
    is: "made",
    file,
    bytes,
    removed: [...removed],
    tookMs: Math.round(clock.now() - startedAt),
    proof,
  };
}

/** @throws KissError what keeps it from being looked at */
function lookOver(database: string, isThorough: boolean): readonly string[] {
  const looked = isThorough ? checkDatabase(database) : lookOverDatabase(database);
  if (looked.is === "none") return [];
  if (looked.is === "there") return looked.facts.is === "unsound" ? looked.facts.problems : [];
  if (isDamage(looked.because)) return [looked.because.message];
  throw looked.because;
}

async function prove(file: string, settings: BackupSettings, home: Home) {
  const proof = await verifyBackup({ file, settings }, { home, clock });
  tellAudit(home, (audit) =>
    audit.write("backup-verified", { file, tables: proof.tables, rows: proof.rows }),
  );
  return proof;
}

function toFailure(problem: unknown): BackupAnswer {
  const error = toError(problem);
  if (!(error instanceof KissError)) return { is: "failed", because: error.message };
  return { is: "failed", code: error.code, because: error.detail };
}

await main();
