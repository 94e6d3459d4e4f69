/** What an operator is told of logs that lose lines: each file once in a while, however often its disk is full and not. */
import { basename, dirname } from "node:path";
import type { Clock, Millis } from "./clock.ts";
import type { Loss } from "./line-file.ts";

/** A disk at its brink takes a line and loses the next. */
export const TOLD_AGAIN_MS: Millis = 10 * 60_000;

/** `tell`: of all files of one process, which lie in one folder, that lost lines lately; the newest reason. */
export function makeLossReport(using: {
  readonly clock: Clock;
  readonly tell: (detail: string) => void;
}): (loss: Loss) => void {
  const { clock } = using;
  const toldAt = new Map<string, Millis>();
  return ({ file, because }) => {
    const now = clock.now();
    for (const [name, at] of toldAt) if (now - at >= TOLD_AGAIN_MS) toldAt.delete(name);
    if (toldAt.has(file)) return;
    toldAt.set(file, now);
    const names = [...toldAt.keys()].map((one) => basename(one)).sort();
    using.tell(`${dirname(file)}/${names.join(", ")}: ${because}`);
  };
}

/** Pure: for a status, what is being lost right now. */
export const describeLosses = (losses: readonly (Loss | undefined)[]): readonly string[] =>
  losses.flatMap((loss) => (loss ? [`${describeLines(loss)} lost: ${loss.because}`] : []));

const describeLines = ({ lines, file }: Loss): string =>
  lines === 1 ? `1 line of ${file} is` : `${lines} lines of ${file} are`;
