/** How a process ended, in words for the operator. Pure. */
import type { ChildState, Exit, StageDeadline } from "./child-spec.ts";

const MS_PER_S = 1_000;

export function describeExit(exit: Exit, state: ChildState): string {
  if (exit.is === "unseen") return "ended, unseen by this supervisor";
  if (exit.is === "spawn-failed") return `could not be spawned: ${exit.problem}`;
  const how = exit.is === "code" ? `exit code ${exit.code}` : exit.signal;
  if (state.is !== "stopping") return exit.is === "code" ? `left with ${how}` : `was killed by ${how}`;
  switch (state.because.is) {
    case "not-wanted":
    case "restart":
      return `stopped (${how})`;
    case "no-heartbeat":
      return "stopped giving signs of life and was killed";
    case "stage-missed":
      return `${describeMissed(state.because.missed)} and was replaced`;
  }
}

function describeMissed({ stage, withinMs }: StageDeadline): string {
  const within = `within ${withinMs / MS_PER_S} s`;
  return stage === "starting" ? `said no hello ${within}` : `did not reach the stage "${stage}" ${within}`;
}
