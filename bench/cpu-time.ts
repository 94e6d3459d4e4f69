/** CPU time of processes as the scheduler counts it, in nanoseconds: a tick of /proc/PID/stat is 10 ms, more than an idle worker uses in a minute. */
import { readdirSync, readFileSync } from "node:fs";
import type { Millis } from "../shared/clock.ts";

const NANOS_PER_MS = 1_000_000;

/** All threads that live now, since they were born; 0 for a process that has gone. */
export function readCpuMs(pid: number): Millis {
  try {
    return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + readThreadMs(pid, thread), 0);
  } catch {
    return 0;
  }
}

function readThreadMs(pid: number, thread: string): Millis {
  const [ranNanos] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ");
  return Number(ranNanos) / NANOS_PER_MS;
}
