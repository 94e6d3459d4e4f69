/** What the demo says in the end, and whether it kept its promises. Pure. */
import type { Millis } from "../../shared/clock.ts";
import type { ChildStatus } from "../../shared/ipc/control.ts";
import { formatSeconds } from "../duration.ts";
import { formatMb } from "../status/memory-size.ts";
import { who } from "../status/status-page.ts";
import { percentile } from "../trial/percentile.ts";
import type { WorkerFall } from "./worker-fall.ts";

export interface DemoResult {
  readonly ranForMs: Millis;
  readonly firstReplyAfterMs: Millis | undefined;
  readonly messagesSeen: number;
  readonly latencies: readonly Millis[];
  readonly unanswered: number;
  /** As the supervisor last told. */
  readonly children: readonly ChildStatus[];
  readonly fall: WorkerFall | undefined;
  readonly hadToKill: readonly string[];
  readonly remaining: readonly number[];
  /** Something ended that should have gone on. */
  readonly broke: string | undefined;
}

export function renderSummary(result: DemoResult): string {
  const { latencies, children } = result;
  const memory = children.flatMap(({ childId, pssKb }) =>
    pssKb === undefined ? [] : [`${who(childId)} ${formatMb(pssKb)}`],
  );
  const rows: readonly (readonly [string, string])[] = [
    ["ran for", formatSeconds(result.ranForMs)],
    ["messages seen", String(result.messagesSeen)],
    [
      "answered",
      `${latencies.length}${result.unanswered === 0 ? "" : ` (unanswered: ${result.unanswered})`}`,
    ],
    [
      "message→reply",
      `p50 ${ms(percentile(latencies, 0.5))}, p95 ${ms(percentile(latencies, 0.95))}, measured at the simulator`,
    ],
    [
      "first reply",
      result.firstReplyAfterMs === undefined
        ? "none"
        : `${formatSeconds(result.firstReplyAfterMs)} after the command was typed`,
    ],
    ["restarts", `${children.reduce((sum, child) => sum + child.restarts, 0)}${describeFall(result.fall)}`],
    ["memory (PSS)", memory.join(", ") || "unknown"],
    ["left behind", result.remaining.length === 0 ? "no process" : `process ${result.remaining.join(", ")}`],
  ];
  return rows.map(([label, text]) => `  ${label.padEnd(14)}  ${text}`).join("\n");
}

const ms = (value: Millis | undefined): string => (value === undefined ? "-" : `${Math.round(value)} ms`);

function describeFall(fall: WorkerFall | undefined): string {
  switch (fall?.is) {
    case "back":
      return `; the killed worker (${fall.channel}) was away for ${formatSeconds(fall.awayMs)}`;
    case "not-back":
      return `; the killed worker (${fall.channel}) did not come back`;
    default:
      return "";
  }
}

/** One sentence for each promise that was not kept; none when all were. */
export function findFailures(result: DemoResult): readonly string[] {
  return [
    ...(result.broke === undefined ? [] : [result.broke]),
    ...(result.messagesSeen > 0 && result.latencies.length === 0 ? ["Nobody was answered."] : []),
    ...(result.fall?.is === "not-back"
      ? [`The killed worker of #${result.fall.channel} did not come back.`]
      : []),
    ...(result.hadToKill.length > 0 ? [`Had to be killed at the end: ${result.hadToKill.join(", ")}.`] : []),
    ...(result.remaining.length > 0
      ? [`Still there at the end: process ${result.remaining.join(", ")}.`]
      : []),
  ];
}
