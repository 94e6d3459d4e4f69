/**
 * Plays a scenario's script on the simulated clock. A step that cannot be done is reported and the rest goes on:
 * a demo that stops because one viewer was slow-moded would be no demo.
 */
import type { SimClock } from "../clock.ts";
import type { OrderOutcome } from "../control/apply-order.ts";
import type { Order } from "../control/order.ts";
import type { Step } from "./scenario.ts";

export interface ScriptPlayer {
  /** Starts from the beginning; "already-playing" changes nothing. */
  start(): "started" | "already-playing";
  stop(): void;
  state(): ScriptState;
}

export interface ScriptState {
  readonly is: "not-started" | "playing" | "finished" | "stopped";
  /** Lines in the script; a repeated one counts each time in the two below. */
  readonly steps: number;
  readonly stepsDone: number;
  readonly stepsFailed: number;
}

export function makeScriptPlayer(using: {
  readonly clock: SimClock;
  readonly steps: readonly Step[];
  /** Where the step stands, for messages: "demo.yaml:41". */
  readonly whereIs: (stepIndex: number) => string;
  readonly apply: (order: Order) => OrderOutcome;
  readonly onProblem: (sentence: string) => void;
}): ScriptPlayer {
  const { clock, steps, whereIs, apply, onProblem } = using;
  let is: ScriptState["is"] = "not-started";
  let done = 0;
  let failed = 0;
  /** One cancel per step that still has a turn coming. */
  const coming = new Map<number, () => void>();

  const play = (index: number, step: Step, order: Order) => {
    const problem = tryApply(apply, order);
    done += 1;
    if (problem === undefined) return;
    failed += 1;
    onProblem(`${whereIs(index)}: ${step.do} failed: ${problem}`);
  };
  const plan = (index: number, step: Step, startedAt: number, turn: number) => {
    const dueMs = dueAfterMs(step, turn);
    if (dueMs === undefined) {
      coming.delete(index);
      if (coming.size === 0) is = "finished";
      return;
    }
    const cancel = clock.after(startedAt + dueMs - clock.now(), () => {
      play(index, step, toOrder(step));
      // The step may have ended the script by stopping the simulator.
      if (is === "playing") plan(index, step, startedAt, turn + 1);
    });
    coming.set(index, cancel);
  };

  return {
    start() {
      if (is === "playing") return "already-playing";
      is = steps.length === 0 ? "finished" : "playing";
      done = 0;
      failed = 0;
      const startedAt = clock.now();
      // Noted first, so that the script is not finished before its last step is planned.
      for (const index of steps.keys()) coming.set(index, () => {});
      for (const [index, step] of steps.entries()) plan(index, step, startedAt, 0);
      return "started";
    },
    stop() {
      for (const cancel of coming.values()) cancel();
      coming.clear();
      if (is === "playing") is = "stopped";
    },
    state: () => ({ is, steps: steps.length, stepsDone: done, stepsFailed: failed }),
  };
}

/** When the step's turn comes, counted from the start; undefined = there is no such turn. Turn 0 is the first. */
export function dueAfterMs(
  step: Pick<Step, "at" | "every" | "times" | "until">,
  turn: number,
): number | undefined {
  if (turn === 0) return step.at;
  if (step.every === undefined || turn >= (step.times ?? Number.POSITIVE_INFINITY)) return undefined;
  const dueMs = step.at + turn * step.every;
  return step.until !== undefined && dueMs > step.until ? undefined : dueMs;
}

function toOrder({ at: _at, every: _every, times: _times, until: _until, ...order }: Step): Order {
  return order;
}

function tryApply(apply: (order: Order) => OrderOutcome, order: Order): string | undefined {
  try {
    const outcome = apply(order);
    if (outcome.is === "dropped") return `Twitch dropped the message (${outcome.code}): ${outcome.because}`;
    return outcome.is === "refused" ? outcome.because : undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
