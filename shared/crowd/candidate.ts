/** What a domain's source offers as the thing a viewer may have meant. */
import * as v from "valibot";

export const DOMAINS = ["game", "music"] as const;
export type Domain = (typeof DOMAINS)[number];

const Text = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const Word = v.pipe(v.string(), v.maxLength(60));
const LIST_MAX = 8;

export const Candidate = v.object({
  /** What tells it from others of its domain, whichever source names it. */
  identity: v.pipe(v.string(), v.minLength(1), v.maxLength(420)),
  title: Text,
  /** An artist, a developer. */
  by: v.optional(Text),
  year: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(9_999))),
  sources: v.pipe(v.array(Word), v.maxLength(LIST_MAX)),
  /** How many know of it independently: providers of a game, releases of a track. */
  witnesses: v.pipe(v.number(), v.integer(), v.minValue(1)),
  genres: v.pipe(v.array(Word), v.maxLength(LIST_MAX)),
  /** 0 to 100. */
  criticScore: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(100))),
  /** 0 to 5. */
  rating: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(5))),
});
export type Candidate = v.InferOutput<typeof Candidate>;

/** Cuts lists to what a candidate may carry. */
export const toFew = (words: readonly string[]): string[] =>
  [...new Set(words.map((word) => word.slice(0, 60)).filter((word) => word !== ""))].slice(0, LIST_MAX);

/** What a confirmed answer is for whoever looks something up: by this name and year it is asked for. */
export interface Collapsed {
  readonly title: string;
  readonly year: number | undefined;
  readonly confirmations: number;
}
/** Undefined: the crowd has not decided what this query means. */
export type FindCollapsed = (query: string) => Collapsed | undefined;
