/** A program in a group of processes of its own, which ends as a whole: at its deadline, or with us. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import type { Clock, Millis } from "../shared/clock.ts";
import { checkoutFolder } from "../shared/home.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const MS_PER_MINUTE = 60_000;

/** Resolves with the exit code; 1 when it was killed or could not be started. */
export function runInGroup(using: {
  readonly program: string;
  readonly args: readonly string[];
  readonly clock: Clock;
  readonly environment: NodeJS.ProcessEnv;
  /** One that hangs is ended, so that whoever waits for it hears of it. */
  readonly endsWithinMs: Millis;
  readonly folder?: string;
  /** Ends it before its time. */
  readonly stop?: AbortSignal;
  /** It takes the processor that everybody else leaves. */
  readonly yields?: boolean;
  /** Left out: what it says goes where ours goes. */
  readonly hear?: (text: string) => void;
}): Promise<number> {
  const {
    program,
    args,
    clock,
    environment,
    endsWithinMs,
    folder = checkoutFolder,
    hear,
    stop,
    yields,
  } = using;
  const output = hear ? "pipe" : "inherit";
  const child = spawn(program, args, {
    cwd: folder,
    stdio: ["ignore", output, output],
    env: environment,
    detached: true,
  });
  if (yields && child.pid !== undefined) yieldToOthers(child.pid);
  if (hear) for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", hear);
  const endGroup = (signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // It has ended.
    }
  };
  const endNow = () => endGroup("SIGTERM");
  for (const signal of SIGNALS) process.on(signal, endGroup);
  stop?.addEventListener("abort", endNow);
  const cancel = clock.after(endsWithinMs, () => {
    process.stderr.write(
      `kissbot: ${program} ${args[0] ?? ""} has not ended within ${endsWithinMs / MS_PER_MINUTE} minutes: it is killed\n`,
    );
    endGroup("SIGKILL");
  });
  return new Promise<number>((resolve) => {
    child.once("error", () => resolve(1));
    child.once("close", (code) => resolve(code ?? 1));
  }).finally(() => {
    cancel();
    stop?.removeEventListener("abort", endNow);
    for (const signal of SIGNALS) process.off(signal, endGroup);
  });
}

/** Before it has children: they inherit it. */
function yieldToOthers(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
    // Where Linux gives each session its share of the processor, priorities count within a session only.
    writeFileSync(`/proc/${pid}/autogroup`, String(constants.priority.PRIORITY_LOW));
  } catch {
    // It has ended, or this system knows no such sessions: then it yields less.
  }
}
