/** What Linux tells of a process in /proc. Each function answers undefined for one that is not there. */
import { readFileSync } from "node:fs";

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * Proportional set size in kB: private memory and this process's share of what it shares. RSS would count the
 * node binary (38 MB) once for every process.
 */
export function findPssKb(pid: number | "self"): number | undefined {
  const found = /^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? "");
  return found ? Number(found[1]) : undefined;
}

/**
 * When the process started, in clock ticks since boot: together with the pid it names one process for ever,
 * because a pid is used again. Field 22 of /proc/PID/stat; the command's name in field 2 may hold spaces and ")".
 */
export function findStartTicks(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const afterName = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const state = afterName[0];
  // A zombie is a process that has ended and was not collected yet.
  return state === "Z" || state === "X" ? undefined : afterName[19];
}
