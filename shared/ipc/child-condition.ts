/**
 * What a child waits for and what is wrong with it, as its supervisor is to know it. Told as a whole each time, so
 * that a link that was away, or a new supervisor, misses nothing; remembered here between.
 */
import type { Clock, Millis } from "../clock.ts";
import { type ErrorCode, errorTable } from "../errors.ts";
import { type ChildToSupervisor, type Stage, TROUBLES_MAX, type Wait } from "./supervisor-child.ts";

export type Condition = Omit<Extract<ChildToSupervisor, { kind: "condition" }>, "kind">;

export interface ChildCondition {
  /** Until `waitsNoMore`, or the next wait for the same stage. */
  waitsFor(wait: Wait): void;
  waitsNoMore(stage: Stage): void;
  /** Until `troubleEnds`; said again with another detail, it is still the same trouble. */
  troubleBegins(code: string, detail: string): void;
  troubleEnds(code: string): void;
  now(): Condition;
}

const DETAIL_MAX = 500;
export const cutDetail = (text: string): string => text.slice(0, DETAIL_MAX);

export function makeChildCondition(using: {
  readonly clock: Clock;
  readonly onChange: () => void;
}): ChildCondition {
  const { clock, onChange } = using;
  const waits = new Map<Stage, Omit<Wait, "forMs"> & { readonly until: Millis | undefined }>();
  const troubles = new Map<string, string>();
  return {
    waitsFor({ forMs, ...wait }) {
      const until = forMs === undefined ? undefined : clock.now() + forMs;
      const before = waits.get(wait.stage);
      const now = { ...wait, detail: cutDetail(wait.detail), until };
      waits.set(wait.stage, now);
      const isSame = before?.until === until && before?.for === now.for && before.detail === now.detail;
      if (!isSame) onChange();
    },
    waitsNoMore(stage) {
      if (waits.delete(stage)) onChange();
    },
    troubleBegins(code, detail) {
      const cut = cutDetail(detail);
      if (troubles.get(code) === cut) return;
      troubles.set(code, cut);
      onChange();
    },
    troubleEnds(code) {
      if (troubles.delete(code)) onChange();
    },
    now: () => ({
      waits: [...waits.values()].flatMap(({ until, ...wait }) => {
        if (until === undefined) return [wait];
        const forMs = until - clock.now();
        // What a try was to show by then was not shown: that claim is used up.
        return forMs > 0 ? [{ ...wait, forMs }] : [];
      }),
      troubles: [...troubles].slice(-TROUBLES_MAX).map(([code, detail]) => ({ code, detail })),
    }),
  };
}

/** Pure: a wait that only a person ends; it says what happened and what to do. */
export function waitForOperator(stage: Stage, code: ErrorCode, problem: string): Wait {
  const { message, hint } = errorTable[code];
  return { stage, for: "operator", code, detail: `${message} (${problem}): ${hint}` };
}
