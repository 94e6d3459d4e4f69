/**
 * How long each step of a child's way to work may take, not counting what it waits for and says so: its turn at
 * Twitch's limits (20 logins in 10 s are shared by all workers), the hub, a Twitch that is away, a person. Who is
 * over its time is stuck, and a new process is tried.
 */
import type { Millis } from "../shared/clock.ts";
import type { StageDeadline } from "./child-spec.ts";

/** Node, the bundle, the first words: half a second, or several when a hundred others start beside it. */
const HELLO_WITHIN_MS: Millis = 15_000;
/** The last stage of a worker is said with the one before it. */
const SAID_AT_ONCE_MS: Millis = 15_000;
/** It chats already, and its events are the hub's to bring: replacing it costs viewers a second and seldom helps. */
const EVENTS_PATIENCE = 5;

/**
 * `stuckAfterMs`: by default two minutes. For a worker three tries of its own at logging in (20 s without an answer)
 * and joining (15 s), with rests; for the hub ten dials that hear no welcome for 10 s, or as many looks at Twitch.
 */
export const workerStages = (stuckAfterMs: Millis): readonly StageDeadline[] => [
  { stage: "starting", withinMs: HELLO_WITHIN_MS },
  { stage: "chat", withinMs: stuckAfterMs },
  { stage: "eventsub", withinMs: EVENTS_PATIENCE * stuckAfterMs },
  { stage: "ready", withinMs: SAID_AT_ONCE_MS },
];

export const hubStages = (stuckAfterMs: Millis): readonly StageDeadline[] => [
  { stage: "starting", withinMs: HELLO_WITHIN_MS },
  { stage: "eventsub", withinMs: stuckAfterMs },
  { stage: "ready", withinMs: stuckAfterMs },
];
