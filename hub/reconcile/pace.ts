/**
 * How fast subscriptions are made. A ceiling of our own, far below Twitch's, because the same points serve
 * everything else the bot asks; and what there is room for by Twitch's own count of them (permits/helix-points.ts). The first
 * few go at once: a small house is served without waiting, and a new session has its first within the 10 s that
 * Twitch gives, whatever the ceiling.
 */
import type { Clock, Millis } from "../../shared/clock.ts";
import type { Room } from "../permits/helix-points.ts";

export interface Pace {
  /** 0: go. Otherwise ask again then. `urgent`: a create that waits for nothing but Twitch's own word. */
  waitMs(kind: "create" | "delete" | "urgent"): Millis;
  /** One was sent. */
  took(kind: "create" | "delete"): void;
  /** Twitch said to wait. */
  hold(forMs: Millis): void;
}

export const AT_ONCE_MAX = 10;
/** At least: deletes only make room, and leave points for others also where the ceiling is low. */
export const DELETES_PER_SECOND = 8;
/** Many small sums of fractions are a hair less than one. */
const ROUNDING = 1e-9;
/** So that installations that came back together do not keep step. */
const JITTER_MAX_MS: Millis = 200;
/** Of the interval: at a high ceiling the whole jitter would be several of them. */
const JITTER_SHARE = 0.4;

export function makePace(using: {
  readonly createsPerSecond: number;
  readonly room: () => Pick<Room, "waitMs">;
  readonly clock: Clock;
  readonly random: () => number;
}): Pace {
  const { clock, random } = using;
  const lanes = {
    create: makeLane(using.createsPerSecond, clock, random),
    delete: makeLane(Math.max(DELETES_PER_SECOND, using.createsPerSecond), clock, random),
  };
  let heldUntil: Millis = 0;
  return {
    waitMs(kind) {
      const held = Math.max(0, heldUntil - clock.now());
      if (kind === "urgent") return held;
      return Math.max(held, lanes[kind].waitMs(), using.room().waitMs);
    },
    took: (kind) => lanes[kind].took(),
    hold(forMs) {
      heldUntil = Math.max(heldUntil, clock.now() + forMs);
    },
  };
}

/**
 * Goes by a timetable and not by when the last one went: what one was late, because of the jitter, of Twitch's answer
 * or of a busy machine, the next one makes up. Over any stretch of time there are never more than the first few and
 * what the ceiling allows in it.
 */
function makeLane(perSecond: number, clock: Clock, random: () => number) {
  const intervalMs = 1_000 / perSecond;
  const jitterMs = Math.min(JITTER_MAX_MS, intervalMs * JITTER_SHARE);
  /** What may go at once; comes back at the ceiling's rate. */
  let saved = AT_ONCE_MAX;
  let savedAt: Millis = clock.now();
  let nextAt: Millis = clock.now();
  return {
    waitMs: () => Math.max(0, nextAt - clock.now()),
    took() {
      const now = clock.now();
      saved = Math.max(0, Math.min(AT_ONCE_MAX, saved + (now - savedAt) / intervalMs) - 1);
      savedAt = now;
      const isOneSaved = saved >= 1 - ROUNDING;
      nextAt = isOneSaved ? now : now + (1 - saved) * intervalMs + random() * jitterMs;
    },
  };
}
