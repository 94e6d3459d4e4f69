/** The whole life of a child as a table: pure, tested without a single process. */
import { restMs } from "../shared/backoff.ts";
import type { Millis } from "../shared/clock.ts";
import { EXIT_BAD_CONFIG } from "../shared/errors.ts";
import type { Child, ChildEvent, ChildOrder, ChildState, Exit, StopReason } from "./child-spec.ts";

export interface Stepped {
  readonly child: Child;
  readonly orders: readonly ChildOrder[];
}

/** `fraction` (0 ≤ x < 1) is the chance in a rest's length. */
export function stepChild(child: Child, event: ChildEvent, now: Millis, fraction: number): Stepped {
  const stepped = step(child, event, now, fraction);
  const hasProcess = "pid" in stepped.child.state && stepped.child.state.pid !== undefined;
  return hasProcess ? stepped : { ...stepped, child: { ...stepped.child, bornAt: undefined } };
}

function step(child: Child, event: ChildEvent, now: Millis, fraction: number): Stepped {
  switch (event.kind) {
    case "wanted":
      return event.running ? want(child, now) : unwant(child, now);
    case "spawned":
      if (child.state.is !== "starting") return stay(child);
      if (!child.wanted) return askToStop(child, event.pid, now, "not-wanted");
      return watch({ ...child, bornAt: now, state: { ...child.state, pid: event.pid } });
    case "adopted":
      return adopt(child, event, now);
    case "restart":
      return restart(child, now);
    case "stage":
      return reachStage(child, event.stage, now);
    case "beat":
      return beat(child, now);
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
      return askToStop(unwanted, state.pid, now, "not-wanted");
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
  const state: ChildState = { is: "starting", pid, since: now, lastSign: now, stage: "starting" };
  return watch({ ...child, wanted: true, bornAt, state });
}

function restart(child: Child, now: Millis): Stepped {
  const { state } = child;
  switch (state.is) {
    case "starting":
    case "running":
      return state.pid === undefined ? stay(child) : askToStop(child, state.pid, now, "restart");
    case "resting":
    case "given-up":
      return spawn({ ...child, falls: [], restsInARow: 0, restarts: child.restarts + 1 }, now);
    case "stopping":
    case "stopped":
      return stay(child);
  }
}

function askToStop(child: Child, pid: number, now: Millis, because: "not-wanted" | "restart"): Stepped {
  const killAt = now + child.spec.stopWithinMs;
  return {
    child: { ...child, state: { is: "stopping", pid, killAt, because } },
    orders: [
      { do: "ask-to-stop", pid },
      { do: "wake-me", at: killAt },
    ],
  };
}

function spawn(child: Child, now: Millis): Stepped {
  const state: ChildState = {
    is: "starting",
    pid: undefined,
    since: now,
    lastSign: undefined,
    stage: "starting",
  };
  return { child: { ...child, state }, orders: [{ do: "spawn" }] };
}

function reachStage(
  child: Child,
  stage: Extract<ChildEvent, { kind: "stage" }>["stage"],
  now: Millis,
): Stepped {
  const { state } = child;
  if (state.is === "running") return beat(child, now);
  if (state.is !== "starting" || state.pid === undefined) return stay(child);
  if (stage !== "ready") return watch({ ...child, state: { ...state, stage, lastSign: now } });
  return watch({ ...child, state: { is: "running", pid: state.pid, since: state.since, lastSign: now } });
}

function beat(child: Child, now: Millis): Stepped {
  const { state } = child;
  if (state.is === "starting" || state.is === "running")
    return watch({ ...child, state: { ...state, lastSign: now } });
  return stay(child);
}

/** When this child must be looked at again, if nothing happens before. */
function deadline(child: Child): { readonly at: Millis; readonly because: StopReason } | undefined {
  const { spec, state } = child;
  const silenceMaxMs = spec.heartbeat.everyMs * spec.heartbeat.missesMax;
  if (state.is === "running") return { at: state.lastSign + silenceMaxMs, because: "no-heartbeat" };
  if (state.is !== "starting") return undefined;
  if (state.lastSign === undefined) return { at: state.since + spec.helloWithinMs, because: "no-hello" };
  const bySilence = state.lastSign + silenceMaxMs;
  if (spec.mustReach.oneOf.includes(state.stage)) return { at: bySilence, because: "no-heartbeat" };
  const byStage = state.since + spec.mustReach.withinMs;
  return bySilence < byStage
    ? { at: bySilence, because: "no-heartbeat" }
    : { at: byStage, because: "not-ready" };
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
  return {
    child: { ...child, state: { is: "stopping", pid, killAt: now, because: next.because } },
    orders: [{ do: "kill", pid, because: next.because }],
  };
}

const stayUntil = (child: Child, at: Millis): Stepped => ({ child, orders: [{ do: "wake-me", at }] });

function exited(child: Child, exit: Exit, now: Millis, fraction: number): Stepped {
  const lastExit = describeExit(exit, child.state);
  if (!child.wanted) return stay({ ...child, state: { is: "stopped" }, lastExit });
  if (exit.is === "code" && exit.code === EXIT_BAD_CONFIG) {
    return stay({ ...child, state: { is: "given-up", because: "bad-config" }, lastExit });
  }
  if (child.state.is === "stopping" && child.state.because === "restart") {
    return spawn({ ...child, restarts: child.restarts + 1 }, now);
  }
  // Stopped on purpose and wanted again meanwhile: that was no fall.
  if (child.state.is === "stopping" && child.state.because === "not-wanted")
    return spawn({ ...child, lastExit }, now);
  return fall({ ...child, lastExit }, now, fraction);
}

function fall(child: Child, now: Millis, fraction: number): Stepped {
  const { patience } = child.spec;
  const falls = [...child.falls.filter((at) => now - at < patience.windowMs), now];
  // Only a life as long as the window ends a row of rests: a loop of slow crashes must not look like good health.
  const stoodLong = child.state.is === "running" && now - child.state.since >= patience.windowMs;
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

function describeExit(exit: Exit, state: ChildState): string {
  if (exit.is === "unseen") return "ended, unseen by this supervisor";
  if (exit.is === "spawn-failed") return `could not be spawned: ${exit.problem}`;
  const how = exit.is === "code" ? `exit code ${exit.code}` : exit.signal;
  if (state.is !== "stopping") return exit.is === "code" ? `left with ${how}` : `was killed by ${how}`;
  switch (state.because) {
    case "not-wanted":
    case "restart":
      return `stopped (${how})`;
    case "no-hello":
      return "never said hello and was killed";
    case "not-ready":
      return "got no further in time and was killed";
    case "no-heartbeat":
      return "stopped giving signs of life and was killed";
  }
}
