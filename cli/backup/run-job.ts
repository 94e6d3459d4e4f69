/** A backup is made and proved in a process of its own, here as under the supervisor. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import * as v from "valibot";
import { BackupAnswer, type BackupJob } from "../../shared/backup/job.ts";
import { type ErrorCode, errorTable, KissError } from "../../shared/errors.ts";
import { checkoutFolder, type Home } from "../../shared/home.ts";
import { keptEnvironment } from "../../shared/kept-environment.ts";

const ENTRY = join(checkoutFolder, "backup", "main.ts");
const LAST_WORDS_CHARACTERS = 2_000;

export type Finished = Exclude<BackupAnswer, { is: "failed" }>;

/** @throws KissError: what the job failed of, as if it had been done here */
export async function runBackupJob(job: BackupJob, home: Home, stopping: AbortSignal): Promise<Finished> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ENTRY], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...keptEnvironment(process.env), KISSBOT_HOME: home.folder },
  });
  const stop = () => child.kill();
  stopping.addEventListener("abort", stop, { once: true });
  // It may be gone before it has read its papers; its exit tells the story.
  child.stdin.on("error", () => {});
  child.stdin.end(JSON.stringify(job));
  const ended = new Promise<string>((resolve) => {
    child.once("error", (problem) => resolve(problem.message));
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const [said, lastWords, exit] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  stopping.removeEventListener("abort", stop);
  if (stopping.aborted) throw new KissError("backup-failed", "it was broken off; nothing of it is left over");
  const answer = v.safeParse(v.pipe(v.string(), v.parseJson(), BackupAnswer), said);
  if (!answer.success) {
    const words = lastWords.trim().slice(-LAST_WORDS_CHARACTERS);
    throw new KissError(
      "backup-failed",
      `its process ended early (${exit})${words === "" ? "" : `: ${words}`}`,
    );
  }
  if (answer.output.is !== "failed") return answer.output;
  const { code, because } = answer.output;
  throw new KissError(code !== undefined && isErrorCode(code) ? code : "backup-failed", because);
}

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorTable, code);
