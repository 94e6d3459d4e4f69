/**
 * What the hub promises, and when each promise was last seen kept. "Connected" proves nothing: a promise that nobody
 * has seen kept within its bound is not proved, and is told by name.
 */
import type { Millis } from "../../shared/clock.ts";

export interface Proof {
  /** Short and stable: for machines and metrics. */
  readonly name: ProofName;
  /** What was seen: "EventSub's last sign of life". */
  readonly what: string;
  /** undefined: never seen. */
  readonly agoMs: Millis | undefined;
  /** Older than this proves nothing. */
  readonly boundMs: Millis;
  /** Since when somebody relies on it: a promise is not broken before it could be kept. */
  readonly dueForMs: Millis;
}

export const PROOF_NAMES = [
  "keepalive",
  "reconcile",
  "drift-check",
  "streams",
  "gap",
  "delivery",
  "token",
  "journal",
  "probe",
] as const;
export type ProofName = (typeof PROOF_NAMES)[number];

export interface JudgedProof extends Proof {
  readonly state: "proved" | "not-yet" | "unproved";
}

export interface Judgement {
  readonly proofs: readonly JudgedProof[];
  /** The age of the weakest one that is proved: everything was seen to be right so long ago, or later. */
  readonly provedAgoMs: Millis | undefined;
  /** Sentences for an operator. */
  readonly unproved: readonly string[];
}

/** Pure. */
export function judgeProofs(proofs: readonly Proof[]): Judgement {
  const judged = proofs.map((one): JudgedProof => ({ ...one, state: stateOf(one) }));
  const ages = judged.flatMap((one) => (one.state === "proved" ? (one.agoMs ?? []) : []));
  return {
    proofs: judged,
    provedAgoMs: ages.length === 0 ? undefined : Math.max(...ages),
    unproved: judged.filter((one) => one.state === "unproved").map(toSentence),
  };
}

function stateOf({ agoMs, boundMs, dueForMs }: Proof): JudgedProof["state"] {
  if (agoMs !== undefined && agoMs <= boundMs) return "proved";
  return dueForMs <= boundMs ? "not-yet" : "unproved";
}

function toSentence({ what, agoMs, boundMs }: Proof): string {
  const bound = `more than ${spoken(boundMs)}`;
  return agoMs === undefined ? `no ${what} for ${bound}` : `${what} was ${spoken(agoMs)} ago`;
}

/** Pure: "14 s", "3 min", "2 h". */
export function spoken(ms: Millis): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
