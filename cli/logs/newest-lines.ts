/** The newest lines of many logs as one story. Each log is read only as far back as that needs. */
import type { Judge } from "./line-filter.ts";
import { headOf, type Origin } from "./log-line.ts";

export interface LogLines {
  readonly origin: Origin;
  /** Newest first. */
  readonly lines: Iterable<string>;
  readonly judge: Judge;
}

export interface OwnedLine {
  readonly origin: Origin;
  readonly text: string;
}

/** At most `count`, oldest first. */
export function newestLines(logs: readonly LogLines[], count: number): readonly OwnedLine[] {
  const newestFirst: OwnedLine[] = [];
  const heads = logs.map(({ origin, lines, judge }) => {
    const passages = passagesOf(lines, judge);
    return { origin, passages, head: count > 0 ? next(passages) : undefined };
  });
  while (newestFirst.length < count) {
    const newest = heads.reduce<(typeof heads)[number] | undefined>(
      (best, one) => (one.head && (!best?.head || one.head.at >= best.head.at) ? one : best),
      undefined,
    );
    if (!newest?.head) break;
    for (const text of newest.head.lines) newestFirst.push({ origin: newest.origin, text });
    newest.head = next(newest.passages);
  }
  for (const { passages } of heads) passages.return(undefined);
  return newestFirst.slice(0, count).reverse();
}

/** A line and what stands behind it without a time of its own: a stack, a torn line. */
interface Passage {
  /** Wall time. */
  readonly at: number;
  /** Newest first, and only those that are wanted. */
  readonly lines: readonly string[];
}

/** More without a time belong to nothing. */
const UNTIMED_MAX = 1_000;

function* passagesOf(lines: Iterable<string>, judge: Judge): Generator<Passage, void> {
  let wanted: string[] = [];
  let untimed = 0;
  let newerAt = Number.POSITIVE_INFINITY;
  for (const text of lines) {
    const verdict = judge(text);
    // What stands behind it is as old as it is.
    if (verdict === "stop") return;
    if (verdict === "take") wanted.push(text);
    const at = headOf(text)?.at;
    untimed = at === undefined ? untimed + 1 : 0;
    if (at === undefined && untimed < UNTIMED_MAX) continue;
    newerAt = at ?? newerAt;
    if (wanted.length > 0) yield { at: newerAt, lines: wanted };
    wanted = [];
    untimed = 0;
  }
  if (wanted.length > 0) yield { at: Number.NEGATIVE_INFINITY, lines: wanted };
}

function next(passages: Generator<Passage, void>): Passage | undefined {
  const { value, done } = passages.next();
  return done ? undefined : value;
}
