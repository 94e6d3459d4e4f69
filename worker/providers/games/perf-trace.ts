/** A trace of one look-up, in a file of its own below logs/; the newest few are kept. */
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { GameEnd, TraceStep } from "../../../shared/ipc/game-words.ts";

const KEPT_MAX = 20;
const PREFIX = "perftrace_";

export interface PerfTrace {
  readonly query: string;
  readonly end: GameEnd;
  readonly steps: readonly TraceStep[];
  readonly tookMs: number;
}

/** Pure. What a viewer typed stands in quotes, on one line. */
export function toTraceText({ query, end, steps, tookMs }: PerfTrace, at: Date): string {
  const lines = steps.map(
    ({ step, tookMs: ms, ended }) => `${ms.toFixed(3).padStart(10)} ms  ${step.padEnd(WIDTH)}  ${ended}`,
  );
  return [
    `${at.toISOString()}  ${JSON.stringify(query)}`,
    ...lines,
    `${tookMs.toFixed(3).padStart(10)} ms  total: ${end.is}`,
    ...(end.is === "found" ? [JSON.stringify(end.facts)] : []),
    ...(end.is === "away" ? [end.detail] : []),
    "",
  ].join("\n");
}
const WIDTH = 32;

/** @returns the file's name; undefined when it can't be written: a trace is worth no trouble */
export async function saveTrace(folder: string, trace: PerfTrace, at: Date): Promise<string | undefined> {
  const name = `${PREFIX}${at.toISOString().replace(/[-:]/g, "").replace(".", "_")}.txt`;
  try {
    await writeFile(join(folder, name), toTraceText(trace, at), { mode: 0o600 });
    const traces = (await readdir(folder)).filter((file) => file.startsWith(PREFIX)).sort();
    for (const old of traces.slice(0, -KEPT_MAX)) await rm(join(folder, old), { force: true });
    return name;
  } catch {
    return undefined;
  }
}
