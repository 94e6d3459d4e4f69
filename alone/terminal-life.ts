/** Tells a terminal what a worker otherwise tells its supervisor: each change once, in a line. Nobody is beaten to and nobody orders. */
import type { Clock, Millis } from "../shared/clock.ts";
import { type Condition, makeChildCondition } from "../shared/ipc/child-condition.ts";
import type { ChildLife } from "../shared/ipc/child-life.ts";
import type { Counters, Stage } from "../shared/ipc/supervisor-child.ts";
import type { OpenLife } from "../worker/open-worker-life.ts";
import { describeChanges, FIRST_LOOK, type Look } from "./describe-changes.ts";

const MS_PER_S = 1_000;

export interface LifeNow {
  readonly condition: Condition;
  readonly counters: Counters;
}

export function makeTerminalLife(using: {
  readonly clock: Clock;
  readonly startedAt: Millis;
  readonly say: (line: string) => void;
  /** What each stage means here. */
  readonly stages: Readonly<Partial<Record<Stage, string>>>;
  readonly onReady: () => void;
  /** How the worker is can be read from now on. */
  readonly onOpened: (now: () => LifeNow) => void;
  /** What closes then closes because it was told to. */
  readonly isStopping: () => boolean;
}): OpenLife {
  const { clock, say } = using;
  return ({ counters, log }): ChildLife => {
    let before: Look = FIRST_LOOK;
    const look = () => {
      if (using.isStopping()) return;
      const now: Look = { condition: condition.now(), chatLink: counters().chatLink };
      const lines = describeChanges(before, now);
      before = now;
      for (const line of lines) say(line);
    };
    const condition = makeChildCondition({ clock, onChange: () => look() });
    using.onOpened(() => ({ condition: condition.now(), counters: counters() }));
    return {
      condition,
      beat: look,
      reach(stage) {
        log.info({ to: stage }, "stage reached");
        look();
        const what = using.stages[stage];
        if (what !== undefined) say(what);
        if (stage !== "ready") return;
        say(`ready after ${((clock.now() - using.startedAt) / MS_PER_S).toFixed(1)} s; Ctrl-C ends it`);
        using.onReady();
      },
      trouble: (code, detail) => say(`${code}: ${detail}`),
      // There is no supervisor to tell: the next start reads what is written down.
      settingsChanged() {},
      stop() {},
    };
  };
}
