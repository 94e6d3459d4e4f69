/**
 * What an open index costs each of many processes: their share of memory with it, less the share of others without,
 * which live at the same time and have collected their garbage, too: Node's own heap differs by more than the engine
 * weighs.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { median } from "./engine-measure.ts";

const CHILD = join(import.meta.dirname, "engine-child.ts");

/** Megabytes of PSS per process. */
export async function weighIndex(
  file: string,
  queries: readonly string[],
  processes: number,
): Promise<number> {
  const start = (args: readonly string[]) =>
    Array.from({ length: processes }, () =>
      spawn(process.execPath, ["--expose-gc", CHILD, ...args], { stdio: ["pipe", "pipe", "inherit"] }),
    );
  const [withIt, without] = [start([file, ...queries]), start([])];
  const children = [...withIt, ...without];
  try {
    // All of them have it open before the first is weighed.
    await Promise.all(children.map(({ stdout }) => once(createInterface(stdout), "line")));
    const share = (some: typeof children) => median(some.map(({ pid }) => readPss(pid ?? 0))) ?? 0;
    return share(withIt) - share(without);
  } finally {
    await Promise.all(
      children.map((child) => {
        const ended = once(child, "exit");
        child.stdin.end();
        return ended;
      }),
    );
  }
}

function readPss(pid: number): number {
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1];
  return Number(kilobytes ?? 0) / 1024;
}
