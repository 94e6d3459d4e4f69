/** What may be meant by a query: up to three states, until moderators say which it is. Pure. */
import type { Millis } from "../clock.ts";
import type { Candidate } from "./candidate.ts";
import { boost, CONFIDENCE, toConfidence } from "./confidence.ts";

export const STATES_MAX = 3;
/** What nobody confirmed and nobody found again in this time has evaporated. */
export const COHERENT_FOR_MS: Millis = 48 * 3_600_000;
/** So long a search's finds stand for a new search. */
export const OBSERVED_FOR_MS: Millis = 24 * 3_600_000;

export interface State {
  readonly id: number;
  readonly candidate: Candidate;
  readonly confidence: number;
  /** Moderators, each counted once. */
  readonly confirmations: number;
  readonly isCollapsed: boolean;
  /** Wall time. */
  readonly seenAt: Millis;
}

export const isVerified = (state: Pick<State, "confirmations" | "isCollapsed">): boolean =>
  state.isCollapsed || state.confirmations > 0;

export const isCoherent = (
  state: Pick<State, "confirmations" | "isCollapsed" | "seenAt">,
  now: Millis,
): boolean => isVerified(state) || now - state.seenAt < COHERENT_FOR_MS;

/** Whether a search that was made still answers for one that is asked for now. */
export const isFresh = (states: readonly Pick<State, "seenAt">[], now: Millis): boolean =>
  states.length > 0 && states.every(({ seenAt }) => now - seenAt < OBSERVED_FOR_MS);

export interface Observation {
  /** Ids of known states, with what was found of them now. */
  readonly renewed: readonly {
    readonly id: number;
    readonly candidate: Candidate;
    readonly confidence: number;
  }[];
  readonly added: readonly { readonly candidate: Candidate; readonly confidence: number }[];
  readonly dropped: readonly number[];
}

interface Ranked {
  readonly id: number | undefined;
  readonly candidate: Candidate;
  readonly confidence: number;
  readonly isFound: boolean;
  readonly isHeld: boolean;
}

/** What a search has found meets what is known: the surest three stay. What people confirmed is never pushed out. */
export function planObservation(
  key: string,
  known: readonly State[],
  found: readonly Candidate[],
  now: Millis,
): Observation {
  const byIdentity = new Map(found.map((candidate) => [candidate.identity, candidate]));
  const old = known
    .filter((state) => isCoherent(state, now))
    .map((state): Ranked => {
      const again = byIdentity.get(state.candidate.identity);
      const candidate = again ?? state.candidate;
      return {
        id: state.id,
        candidate,
        confidence: Math.max(state.confidence, again ? toConfidence(key, again) : 0),
        isFound: again !== undefined,
        isHeld: isVerified(state),
      };
    });
  const identities = new Set(old.map(({ candidate }) => candidate.identity));
  const fresh = [...byIdentity.values()]
    .filter(({ identity }) => !identities.has(identity))
    .map(
      (candidate): Ranked => ({
        id: undefined,
        candidate,
        confidence: toConfidence(key, candidate),
        isFound: true,
        isHeld: false,
      }),
    );
  const kept = new Set([...old, ...fresh].sort(bySureness).slice(0, STATES_MAX));
  for (const one of old) if (one.isHeld) kept.add(one);
  const knownIds = new Set([...kept].flatMap(({ id }) => id ?? []));
  return {
    renewed: [...kept].flatMap(({ id, candidate, confidence, isFound }) =>
      id !== undefined && isFound ? [{ id, candidate, confidence }] : [],
    ),
    added: [...kept].flatMap(({ id, candidate, confidence }) =>
      id === undefined ? [{ candidate, confidence }] : [],
    ),
    dropped: known.flatMap(({ id }) => (knownIds.has(id) ? [] : [id])),
  };
}

/** Stable: of two that are equally sure, the one the source named first. */
const bySureness = (a: Ranked, b: Ranked): number =>
  Number(b.isHeld) - Number(a.isHeld) || b.confidence - a.confidence;

/** In the order they are shown and numbered in. */
export const inOrder = (states: readonly State[]): readonly State[] =>
  [...states]
    .sort((a, b) => b.confidence - a.confidence || b.confirmations - a.confirmations || a.id - b.id)
    .slice(0, STATES_MAX);

export interface Confirmation {
  readonly confidence: number;
  readonly isCollapsed: boolean;
}

/** `confirmations`: with the one that comes now. `isNew`: this moderator had not confirmed it yet. */
export function planConfirmation(
  state: Pick<State, "confidence" | "isCollapsed">,
  confirmations: number,
  needed: number,
  isNew: boolean,
): Confirmation {
  if (state.isCollapsed || confirmations >= needed)
    return { confidence: CONFIDENCE.collapsed, isCollapsed: true };
  return { confidence: isNew ? boost(state.confidence) : state.confidence, isCollapsed: false };
}
