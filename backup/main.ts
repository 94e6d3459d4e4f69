/** The process that makes and proves backups: asked once by stdin, answers with one line on stdout, and goes. */
import { constants, setPriority } from "node:os";
import { text } from "node:stream/consumers";
import * as v from "valibot";
import { type BackupAnswer, BackupJob } from "../shared/backup/job.ts";
import { systemClock } from "../shared/clock.ts";
import { KissError, toError } from "../shared/errors.ts";
import { findHome, type Home } from "../shared/home.ts";
import { createBackup } from "./create.ts";
import { hasKeys } from "./settings-files.ts";
import { tellAudit } from "./tell-audit.ts";
import { verifyBackup } from "./verify.ts";

const clock = systemClock;

async function main(): Promise<void> {
  process.umask(0o077);
  // The house goes first, on a machine of one core above all.
  setPriority(constants.priority.PRIORITY_LOW);
  // Whoever asked may have gone: what is under way is finished, and stands in the audit log.
  process.stdout.on("error", () => {});
  const home = findHome(process.env);
  const job = v.parse(BackupJob, JSON.parse(await text(process.stdin)));
  const answer = await carryOut(job, home).catch((problem: unknown): BackupAnswer => {
    tellAudit(home, (audit) =>
      audit.write("backup-failed", { during: job.do, because: toError(problem).message }),
    );
    return toFailure(problem);
  });
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

async function carryOut(job: BackupJob, home: Home): Promise<BackupAnswer> {
  const using = { home, clock };
  const startedAt = clock.now();
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

async function prove(file: string, settings: BackupJob["settings"], home: Home) {
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
