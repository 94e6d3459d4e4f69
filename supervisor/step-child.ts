/** The whole life of a child as a table: pure, tested without a single process. */
import { restMs } from "../shared/backoff.ts";
import type { Millis } from "../shared/clock.ts";
import { EXIT_BAD_CONFIG } from "../shared/errors.ts";
import type { Stage } from "../shared/ipc/supervisor-child.ts";
import type { Child, ChildEvent, ChildOrder, ChildState, Exit, StopReason } from "./child-spec.ts";
import { countAfterWaits, findNextStage, reach, toChildWaits } from "./child-stages.ts";
import { describeExit } from "./describe-exit.ts";

export interface Stepped {
  readonly child: Child;
  readonly orders: readonly ChildOrder[];
}

/** `fraction` (0 ≤ x < 1) is the chance in a rest's length. */
export function stepChild(child: Child, event: ChildEvent, now: Millis, fraction: number): Stepped {
  const stepped = step(child, event, now, fraction);
  const hasProcess = "pid" in stepped.child.state && stepped.child.state.pid !== undefined;
  return hasProcess ? stepped : { ...stepped, child: { ...stepped.child, bornAt: undefined, waits: [] } };
}

function step(child: Child, event: ChildEvent, now: Millis, fraction: number): Stepped {
  switch (event.kind) {
    case "wanted":
      return event.running ? want(child, now) : unwant(child, now);
    case "spawned":
      if (child.state.is !== "starting") return stay(child);
      if (!child.wanted) return askToStop(child, event.pid, now, { is: "not-wanted" });
      return watch({ ...child, bornAt: now, state: { ...child.state, pid: event.pid, countsFrom: now } });
    case "adopted":
      return adopt(child, event, now);
    case "restart":
      return restart(child, now);
    case "stage":
      return reachStage(child, event.stage, now);
    case "beat":
      return beat(child, now);
    case "waits":
      return wait(child, event.waits, now);
    case "tick":
      return tick(child, now);
    case "exited":
      return exited(child, event.exit, now, fraction);
  }
}

const stay = (child: Child): Stepped => ({ child, orders: [] });

function want(child: Child, now: Millis): Stepped {
  const wanted = { ...child, wanted: true };
  switch (child.state.is) {
    case "stopped":
    case "resting":
    case "given-up":
      return spawn(wanted, now);
    case "starting":
    case "running":
    case "stopping":
      // What is stopping is spawned anew when it has gone.
      return stay(wanted);
  }
}

function unwant(child: Child, now: Millis): Stepped {
  const unwanted = { ...child, wanted: false };
  const { state } = child;
  switch (state.is) {
    case "starting":
    case "running":
      if (state.pid === undefined) return stay(unwanted);
      return askToStop(unwanted, state.pid, now, { is: "not-wanted" });
    case "stopping":
      return stay(unwanted);
    case "stopped":
    case "resting":
    case "given-up":
      return stay({ ...unwanted, state: { is: "stopped" } });
  }
}

/** It has said nothing to us yet, but it lives: it gets the silence of a running one to find us. */
function adopt(
  child: Child,
  { pid, bornAt }: Extract<ChildEvent, { kind: "adopted" }>,
  now: Millis,
): Stepped {
  if (child.state.is !== "stopped") return stay(child);
  const state: ChildState = {
    is: "starting",
    pid,
    lastSign: now,
    reached: ["starting"],
    countsFrom: now,
  };
  return watch({ ...child, wanted: true, bornAt, state });
}

function restart(child: Child, now: Millis): Stepped {
  const { state } = child;
  switch (state.is) {
    case "starting":
    case "running":
      return state.pid === undefined ? stay(child) : askToStop(child, state.pid, now, { is: "restart" });
    case "resting":
    case "given-up":
      return spawn({ ...child, falls: [], restsInARow: 0, restarts: child.restarts + 1 }, now);
    case "stopping":
    case "stopped":
      return stay(child);
  }
}

function askToStop(child: Child, pid: number, now: Millis, because: StopReason): Stepped {
  const killAt = now + child.spec.stopWithinMs;
  return {
    child: { ...child, state: { is: "stopping", pid, killAt, because } },
    orders: [
      { do: "ask-to-stop", pid, because },
      { do: "wake-me", at: killAt },
    ],
  };
}

function spawn(child: Child, now: Millis): Stepped {
  const state: ChildState = {
    is: "starting",
    pid: undefined,
    lastSign: undefined,
    reached: [],
    countsFrom: now,
  };
  return { child: { ...child, state, readyAt: undefined, waits: [] }, orders: [{ do: "spawn" }] };
}

function reachStage(child: Child, stage: Stage, now: Millis): Stepped {
  const { state } = child;
  if (state.is === "running") return beat(child, now);
  if (state.is !== "starting" || state.pid === undefined) return stay(child);
  if (stage === "ready")
    return watch({ ...child, readyAt: now, state: { is: "running", pid: state.pid, lastSign: now } });
  return watch({ ...child, state: { ...reach(child, state, stage, now), lastSign: now } });
}

function beat(child: Child, now: Millis): Stepped {
  const { state } = child;
  if (state.is === "starting" || state.is === "running")
    return watch({ ...child, state: { ...state, lastSign: now } });
  return stay(child);
}

function wait(child: Child, told: Extract<ChildEvent, { kind: "waits" }>["waits"], now: Millis): Stepped {
  const waits = toChildWaits(told, now);
  const { state } = child;
  if (state.is !== "starting") return beat({ ...child, waits }, now);
  const countsFrom = countAfterWaits(child, state, waits, now);
  return beat({ ...child, waits, state: { ...state, countsFrom } }, now);
}

/** When this child must be looked at again, if nothing happens before. */
function deadline(child: Child): { readonly at: Millis; readonly because: StopReason } | undefined {
  const { spec, state } = child;
  if (state.is !== "running" && state.is !== "starting") return undefined;
  const silenceMaxMs = spec.heartbeat.everyMs * spec.heartbeat.missesMax;
  const bySilence = state.lastSign === undefined ? Number.POSITIVE_INFINITY : state.lastSign + silenceMaxMs;
  const missed = state.is === "starting" ? findNextStage(spec, state.reached) : undefined;
  const byStage =
    state.is === "starting" && missed ? state.countsFrom + missed.withinMs : Number.POSITIVE_INFINITY;
  if (missed && byStage < bySilence) return { at: byStage, because: { is: "stage-missed", missed } };
  return Number.isFinite(bySilence) ? { at: bySilence, because: { is: "no-heartbeat" } } : undefined;
}

function watch(child: Child): Stepped {
  const next = deadline(child);
  return { child, orders: next ? [{ do: "wake-me", at: next.at }] : [] };
}

function tick(child: Child, now: Millis): Stepped {
  const { state } = child;
  if (state.is === "resting") {
    return now >= state.until
      ? spawn({ ...child, restarts: child.restarts + 1 }, now)
      : stayUntil(child, state.until);
  }
  if (state.is === "stopping") {
    if (now < state.killAt) return stayUntil(child, state.killAt);
    return { child, orders: [{ do: "kill", pid: state.pid, because: state.because }] };
  }
  const next = deadline(child);
  if (!next) return stay(child);
  if (now < next.at) return stayUntil(child, next.at);
  if ((state.is !== "starting" && state.is !== "running") || state.pid === undefined) return stay(child);
  const { pid } = state;
  // Who beats can be asked; whose loop does not turn would not hear.
  if (next.because.is === "stage-missed") return askToStop(child, pid, now, next.because);
  return {
    child: { ...child, state: { is: "stopping", pid, killAt: now, because: next.because } },
    orders: [{ do: "kill", pid, because: next.because }],
  };
}

const stayUntil = (child: Child, at: Millis): Stepped => ({ child, orders: [{ do: "wake-me", at }] });

/** Pure: whether its end now would be nobody's wish. */
export function isUnwished({ wanted, state }: Child): boolean {
  if (!wanted) return false;
  return state.is !== "stopping" || (state.because.is !== "restart" && state.because.is !== "not-wanted");
}

function exited(child: Child, exit: Exit, now: Millis, fraction: number): Stepped {
  const lastExit = describeExit(exit, child.state);
  if (!child.wanted) return stay({ ...child, state: { is: "stopped" }, lastExit });
  if (exit.is === "code" && exit.code === EXIT_BAD_CONFIG) {
    return stay({ ...child, state: { is: "given-up", because: "bad-config" }, lastExit });
  }
  if (isUnwished(child)) return fall({ ...child, lastExit }, now, fraction);
  const isRestart = child.state.is === "stopping" && child.state.because.is === "restart";
  // Stopped on purpose and wanted again meanwhile: neither is a fall.
  return spawn(isRestart ? { ...child, restarts: child.restarts + 1 } : { ...child, lastExit }, now);
}

function fall(child: Child, now: Millis, fraction: number): Stepped {
  const { patience } = child.spec;
  const { readyAt } = child;
  const counting =
    readyAt === undefined ? child.falls : child.falls.filter((at) => now - at < patience.windowMs);
  const falls = [...counting, now].slice(-patience.restartsMax - 1);
  // Only a good life as long as the window ends a row of rests: a loop of slow crashes must not look like good health.
  const stoodLong = readyAt !== undefined && now - readyAt >= patience.windowMs;
  const restsBefore = stoodLong ? 0 : child.restsInARow;
  if (restsBefore === 0 && falls.length <= patience.restartsMax) {
    return spawn({ ...child, falls, restsInARow: 0, restarts: child.restarts + 1 }, now);
  }
  const restsInARow = restsBefore + 1;
  const until = now + restMs(patience.rest, restsInARow, fraction);
  return {
    child: { ...child, falls, restsInARow, state: { is: "resting", until } },
    orders: [{ do: "wake-me", at: until }],
  };
}
