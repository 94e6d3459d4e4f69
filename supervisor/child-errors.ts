/** What went wrong with a child, newest first: when it was, and whether it is over. Pure. */
import type { Millis } from "../shared/clock.ts";
import type { Trouble } from "../shared/ipc/supervisor-child.ts";

/**
 * `lasting`: until the child tells it no more, or has gone. `event`: it happened and is past; shown for a while.
 * `end`: how a process ended; over when the next one is ready.
 */
type ErrorKind = "lasting" | "event" | "end";

export interface ChildError {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly detail: string;
  /** Of a lasting one: when it began. */
  readonly at: Millis;
  readonly overAt: Millis | undefined;
}

/** What a tired operator still wants to hear of when nothing is wrong any more. */
export const EVENT_SHOWN_MS: Millis = 60 * 60_000;
const KEPT_MAX = 16;
const ENDED = "ended";

const close = (errors: readonly ChildError[], now: Millis, isOver: (error: ChildError) => boolean) =>
  errors.map((error) => (error.overAt === undefined && isOver(error) ? { ...error, overAt: now } : error));

/** One entry for each code: what comes again takes the place of what was. */
function put(errors: readonly ChildError[], error: ChildError): readonly ChildError[] {
  const others = errors.filter(({ kind, code }) => kind !== error.kind || code !== error.code);
  // What is over goes first when there are too many.
  const kept = others.length < KEPT_MAX ? others : dropOne(others);
  return [error, ...kept];
}

function dropOne(errors: readonly ChildError[]): readonly ChildError[] {
  const over = errors.findLastIndex(({ overAt }) => overAt !== undefined);
  return errors.toSpliced(over === -1 ? errors.length - 1 : over, 1);
}

/** `told`: everything that is wrong now, by the child's own words. */
export function noteTroubles(
  errors: readonly ChildError[],
  told: readonly Trouble[],
  now: Millis,
): readonly ChildError[] {
  const closed = close(
    errors,
    now,
    ({ kind, code }) => kind === "lasting" && !told.some((trouble) => trouble.code === code),
  );
  return told.reduce(
    (all, { code, detail }) => {
      const same = (error: ChildError) =>
        error.kind === "lasting" && error.code === code && error.overAt === undefined;
      return all.some(same)
        ? all.map((error) => (same(error) ? { ...error, detail } : error))
        : put(all, { kind: "lasting", code, detail, at: now, overAt: undefined });
    },
    closed as readonly ChildError[],
  );
}

export const noteEvent = (
  errors: readonly ChildError[],
  { code, detail }: Trouble,
  now: Millis,
): readonly ChildError[] => put(errors, { kind: "event", code, detail, at: now, overAt: undefined });

/** The process has gone, and what was wrong with it went with it. `unwished`: in words, when nobody wanted that. */
export function noteEnd(
  errors: readonly ChildError[],
  unwished: string | undefined,
  now: Millis,
): readonly ChildError[] {
  const closed = close(errors, now, ({ kind }) => kind === "lasting");
  return unwished === undefined
    ? closed
    : put(closed, { kind: "end", code: ENDED, detail: unwished, at: now, overAt: undefined });
}

export const noteReady = (errors: readonly ChildError[], now: Millis): readonly ChildError[] =>
  close(errors, now, ({ kind }) => kind === "end");

export const isOver = ({ kind, at, overAt }: ChildError, now: Millis): boolean =>
  overAt !== undefined || (kind === "event" && now - at >= EVENT_SHOWN_MS);

/** How a process ended is a sentence of its own; the others are known by their code. */
export const describeError = ({ kind, code, detail }: ChildError): string =>
  kind === "end" ? detail : `${code}: ${detail}`;
