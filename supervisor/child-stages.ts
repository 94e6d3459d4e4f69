/** Which stage a starting child is expected to reach next, and from when its time for that counts. Pure. */
import type { Millis } from "../shared/clock.ts";
import type { Stage, Wait } from "../shared/ipc/supervisor-child.ts";
import type { Child, ChildSpec, ChildState, ChildWait, StageDeadline } from "./child-spec.ts";

type Starting = Extract<ChildState, { is: "starting" }>;

export const findNextStage = (
  spec: Pick<ChildSpec, "stages">,
  reached: readonly Stage[],
): StageDeadline | undefined => spec.stages.find(({ stage }) => !reached.includes(stage));

export const toChildWaits = (told: readonly Wait[], now: Millis): readonly ChildWait[] =>
  told.map(({ forMs, ...wait }) => ({ ...wait, until: forMs === undefined ? undefined : now + forMs }));

/** Whoever says anything of itself has said hello. A stage that comes early leaves the time of the expected one as it is. */
export function reach({ spec, waits }: Child, state: Starting, stage: Stage, now: Millis): Starting {
  const reached = [...new Set<Stage>([...state.reached, "starting", stage])];
  const before = findNextStage(spec, state.reached);
  const next = findNextStage(spec, reached);
  if (next?.stage === before?.stage) return { ...state, reached };
  return {
    ...state,
    reached,
    countsFrom: waitEnd(
      waits.find((wait) => wait.stage === next?.stage),
      now,
    ),
  };
}

/**
 * A queue stops the clock for as long as it takes. Whoever shows that the hub, Twitch or a person keeps it waiting has
 * the whole time again when that is over.
 */
export function countAfterWaits(
  child: Child,
  state: Starting,
  waits: readonly ChildWait[],
  now: Millis,
): Millis {
  const next = findNextStage(child.spec, state.reached)?.stage;
  const isForNext = (wait: ChildWait) => wait.stage === next;
  const before = child.waits.find(isForNext);
  const after = waits.find(isForNext);
  if (after && after.for !== "turn") return waitEnd(after, now);
  // A queue that was shorter than expected stopped the clock for less.
  const counted =
    before?.for === "turn" ? state.countsFrom - leftOf(before, now) : Math.min(now, state.countsFrom);
  return after ? counted + leftOf(after, now) : counted;
}

const leftOf = (wait: ChildWait, now: Millis): Millis => waitEnd(wait, now) - now;

function waitEnd(wait: ChildWait | undefined, now: Millis): Millis {
  if (!wait) return now;
  return wait.until === undefined ? Number.POSITIVE_INFINITY : Math.max(now, wait.until);
}
