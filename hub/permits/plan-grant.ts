/**
 * Pure: who of those that wait is next, and how much may be granted. The more urgent lane goes first; within a lane
 * the channel that has had the least of late for its weight. Some room is left free on purpose: a little for more
 * urgent lanes, and some for channels that have not had their share, so that a flood in one never finds the
 * account empty for the others.
 */
import type { Millis } from "../../shared/clock.ts";
import { LANES, type Lane, LEASE_MAX } from "../../shared/ipc/permit-words.ts";
import type { Limit } from "./limits.ts";

export interface Asker {
  readonly channel: string;
  readonly lane: Lane;
  /** It would act as a viewer. */
  readonly asViewer: boolean;
  readonly askedAt: Millis;
  /** A grant from then on helps nobody. */
  readonly deadlineAt: Millis;
  /** The channel's own pace. */
  readonly notBefore: Millis;
}

/** The account as it is now. */
export interface Scene {
  readonly now: Millis;
  readonly limit: Limit;
  /** Uses that count now. */
  readonly count: number;
  readonly countOf: (channel: string) => number;
  /** Somebody may still use a viewer's grant: until then the viewers' limit is everybody's. */
  readonly isViewerOpen: boolean;
  readonly weightOf: (channel: string) => number;
  /** Of all channels that have a worker. */
  readonly weights: number;
  readonly channels: number;
  /** What all channels together lack of their parts of this limit. */
  readonly lacking: (limit: number) => number;
  /** When the count has fallen to `most`, if nothing is added. */
  readonly fallsTo: (most: number) => Millis;
  /** Lanes and shares are about speaking; logins only queue. */
  readonly isReserving: boolean;
}

/** Share of the limit that is left to more urgent lanes. */
export const LEFT_BY_LANE: Readonly<Record<Lane, number>> = {
  moderation: 0,
  command: 0.05,
  event: 0.1,
  timer: 0.2,
  model: 0.3,
};
/** Share of the limit that is left to channels that have had less than theirs; never more than they lack. */
const LEFT_TO_OTHERS = 0.1;
/** A lease takes half of what would be free for its channel: the other half stays for whoever comes. */
const LEASE_SHARE = 0.5;

export type Planned<A extends Asker> =
  | { readonly is: "grant"; readonly asker: A }
  /** Nobody fits. `blocked`: somebody would, but for the limit. */
  | { readonly is: "wait"; readonly blocked: boolean };

export function planGrant<A extends Asker>(waiting: Iterable<A>, scene: Scene): Planned<A> {
  const able = [...waiting].filter((asker) => asker.notBefore <= scene.now && asker.deadlineAt > scene.now);
  const inOrder = able
    .map((asker) => ({ asker, had: scene.countOf(asker.channel) / scene.weightOf(asker.channel) }))
    .sort(compare);
  let heldFor: A | undefined;
  for (const { asker } of inOrder) {
    if (heldFor && !asker.asViewer && isAboveShare(asker, scene.limit.asViewer, scene)) continue;
    if (fits(asker, 1, scene)) return { is: "grant", asker };
    // Who may speak where it moderates could go on for ever while one who may not waits for the smaller limit.
    if (asker.asViewer && roomAt(asker, scene) < asker.deadlineAt) heldFor ??= asker;
  }
  return { is: "wait", blocked: able.length > 0 };
}

/** How many uses at once, when nobody waits: one for the message in hand, the rest a lease for the next ones. */
export function planLease(asker: Asker, scene: Scene): number {
  const room = ownLimit(asker, scene) - leftFree(asker, scene) - scene.count - 1;
  const share = scene.weightOf(asker.channel) / Math.max(scene.weights, 1);
  const more = Math.max(0, Math.floor(room * share * LEASE_SHARE));
  const count = Math.min(1 + more, LEASE_MAX);
  return fits(asker, count, scene) ? count : 1;
}

/** When it would fit, if nobody else were granted anything. */
export const roomAt = (asker: Asker, scene: Scene): Millis =>
  Math.max(asker.notBefore, scene.fallsTo(ownLimit(asker, scene) - leftFree(asker, scene) - 1));

/** When somebody who has `ahead` others before it will be granted one. An estimate. */
export function estimateTurn(asker: Asker, ahead: number, scene: Scene): Millis {
  const most = ownLimit(asker, scene) - leftFree(asker, scene);
  const rounds = Math.floor(ahead / most);
  return scene.fallsTo(most - 1 - (ahead % most)) + rounds * scene.limit.windowMs;
}

export function fits(asker: Asker, count: number, scene: Scene): boolean {
  const { limit } = scene;
  const after = scene.count + count;
  // Twitch looks back from each use: one more now would also count for a viewer's that is still to come.
  if (scene.isViewerOpen && after > limit.asViewer) return false;
  return after <= ownLimit(asker, scene) - leftFree(asker, scene);
}

const ownLimit = ({ asViewer }: Asker, { limit }: Scene): number => (asViewer ? limit.asViewer : limit.any);

function leftFree(asker: Asker, scene: Scene): number {
  if (!scene.isReserving) return 0;
  const limit = ownLimit(asker, scene);
  const isAbove = scene.channels > 1 && isAboveShare(asker, limit, scene);
  const forOthers = isAbove ? Math.min(Math.floor(limit * LEFT_TO_OTHERS), scene.lacking(limit)) : 0;
  return Math.floor(limit * LEFT_BY_LANE[asker.lane]) + forOthers;
}

/** It has had what would be its part of this limit if all wanted theirs. */
function isAboveShare(asker: Asker, limit: number, scene: Scene): boolean {
  const share = scene.weightOf(asker.channel) / Math.max(scene.weights, 1);
  return scene.countOf(asker.channel) >= limit * share;
}

interface Ranked {
  readonly asker: Asker;
  /** How much its channel has had of late, for its weight. */
  readonly had: number;
}
function compare(a: Ranked, b: Ranked): number {
  const byLane = LANES.indexOf(a.asker.lane) - LANES.indexOf(b.asker.lane);
  return byLane || a.had - b.had || a.asker.askedAt - b.asker.askedAt;
}
