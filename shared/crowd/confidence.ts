/** How sure the crowd is of an answer, before and after people have spoken. Pure. */
import type { Candidate } from "./candidate.ts";
import { toCrowdKey } from "./crowd-key.ts";

export const CONFIDENCE = {
  base: 0.3,
  severalWitnesses: 0.3,
  exactName: 0.3,
  partialName: 0.2,
  criticScore: 0.1,
  rating: 0.1,
  /** Of what nobody has confirmed. */
  highest: 0.95,
  /** A factor, where neither name contains the other: the query was misspelt, or means something else. */
  misspelt: 0.8,
  confirmation: 0.3,
  entanglement: 0.2,
  collapsed: 1,
} as const;

/** Floating point would say 0.8999999999999999 in chat. */
const round = (confidence: number) => Math.round(confidence * 1_000) / 1_000;

export function toConfidence(key: string, candidate: Candidate): number {
  const name = compareNames(key, toCrowdKey(candidate.title));
  const sum =
    CONFIDENCE.base +
    (candidate.witnesses >= 2 ? CONFIDENCE.severalWitnesses : 0) +
    (name === "exact" ? CONFIDENCE.exactName : 0) +
    (name === "partial" ? CONFIDENCE.partialName : 0) +
    (candidate.criticScore === undefined ? 0 : CONFIDENCE.criticScore) +
    (candidate.rating === undefined ? 0 : CONFIDENCE.rating);
  return round(Math.min(CONFIDENCE.highest, name === "other" ? sum * CONFIDENCE.misspelt : sum));
}

/** What was confirmed once, but by fewer than are needed, stays below certainty. */
export const boost = (confidence: number): number => lift(confidence, CONFIDENCE.confirmation);
export const entangle = (confidence: number): number => lift(confidence, CONFIDENCE.entanglement);
/** As much as a lift has really added is taken back. */
export const lower = (confidence: number, by: number): number => round(Math.max(0, confidence - by));

const lift = (confidence: number, by: number): number =>
  // Never down: what stands higher already was lifted by people.
  Math.max(confidence, round(Math.min(CONFIDENCE.highest, confidence + by)));

function compareNames(query: string, title: string): "exact" | "partial" | "other" {
  if (query === title) return "exact";
  const [padded, whole] = [` ${title} `, ` ${query} `];
  return padded.includes(whole) || whole.includes(padded) ? "partial" : "other";
}

/** Two answers of other queries that people of one taste would ask for: the same source, and a genre in common. */
export function isEntangled(one: Candidate, other: Candidate): boolean {
  const shares = (a: readonly string[], b: readonly string[]) => a.some((word) => b.includes(word));
  return shares(one.sources, other.sources) && shares(one.genres, other.genres);
}
