/** What `kissbot.sh drakon status` shows. Pure. */
import * as v from "valibot";
import type { ChildStatus } from "../shared/ipc/control.ts";
import { formatDuration } from "./duration.ts";
import { safeText } from "./safe-text.ts";
import { describeState } from "./status/status-page.ts";

const Health = v.object({
  status: v.literal("ok"),
  version: v.string(),
  uptime_ms: v.number(),
  titles: v.nullable(v.number()),
  index_problem: v.nullable(v.string()),
});
export type DrakonHealth = v.InferOutput<typeof Health>;

/** Undefined: that is no answer of the ranker's. */
export function parseDrakonHealth(text: string): DrakonHealth | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Health), text);
  return parsed.success ? parsed.output : undefined;
}

export interface DrakonSeen {
  readonly isHouseUp: boolean;
  readonly isBuilt: boolean;
  readonly port: number;
  readonly child: ChildStatus | undefined;
  readonly health: DrakonHealth | undefined;
}

export function describeDrakon({ isHouseUp, isBuilt, port, child, health }: DrakonSeen): readonly string[] {
  const where = `http://127.0.0.1:${port}`;
  if (!isBuilt)
    return ["The ranker is not built: ./kissbot.sh drakon start builds it where cargo is there (rustup.rs)."];
  if (!isHouseUp) {
    return health
      ? [`No house runs, but a ranker answers at ${where}.`]
      : ["No house runs: ./kissbot.sh start, then ./kissbot.sh drakon start."];
  }
  if (!child) return ["The ranker is stopped: ./kissbot.sh drakon start."];
  const uptime = child.uptimeMs === undefined ? "" : `, up ${formatDuration(child.uptimeMs)}`;
  const restarts = child.restarts === 0 ? "" : `, ${child.restarts} restarts`;
  const first = `The ranker is ${describeState(child)}${child.pid === undefined ? "" : ` (process ${child.pid}${uptime}${restarts})`}.`;
  if (!health) {
    const error = child.lastError === undefined ? "" : ` Last error: ${safeText(child.lastError)}.`;
    return [first, `Nothing answers at ${where}/health.${error}`];
  }
  const index =
    health.titles === null
      ? `It ranks, but has no index to search: ${safeText(health.index_problem ?? "none")}.`
      : `It ranks, and searches ${health.titles} titles.`;
  return [first, index, `POST ${where}/v1/rank · GET ${where}/v1/search?q=… · GET ${where}/health`];
}
