/** What a worker and the hub say to each other about games. Every reply is bounded: see game-facts.ts. */
import * as v from "valibot";
import { GameFacts, GameOption, OPTIONS_MAX, Year } from "../games/game-facts.ts";

const Words = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const Key = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const Count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000_000));
const Took = v.pipe(v.number(), v.minValue(0));

/** Which game is meant. */
export const GameWanted = v.variant("by", [
  v.object({ by: v.literal("title"), title: Words, year: v.optional(Year) }),
  /** A category of Twitch's: its id is not IGDB's, Helix tells which game it is. */
  v.object({ by: v.literal("category"), id: v.pipe(v.string(), v.maxLength(30)), name: Words }),
]);
export type GameWanted = v.InferOutput<typeof GameWanted>;

export const GameQuestion = v.object({
  about: v.literal("game"),
  wanted: GameWanted,
  /** Say what was done for it, and how long each step took. */
  isTraced: v.optional(v.boolean()),
});

const TRACE_STEPS_MAX = 40;
export const TraceStep = v.object({
  step: v.pipe(v.string(), v.maxLength(120)),
  tookMs: Took,
  ended: v.pipe(v.string(), v.maxLength(200)),
});
export type TraceStep = v.InferOutput<typeof TraceStep>;

export const GameEnd = v.variant("is", [
  /** `key`: what it is stored under. `isStale`: past its time; it is being asked anew. */
  v.object({ is: v.literal("found"), key: Key, facts: GameFacts, isStale: v.boolean() }),
  v.object({
    is: v.literal("several"),
    options: v.pipe(v.array(GameOption), v.minLength(1), v.maxLength(OPTIONS_MAX)),
  }),
  v.object({ is: v.literal("nothing") }),
  /** No source could be asked, or none answered. */
  v.object({ is: v.literal("away"), detail: v.pipe(v.string(), v.maxLength(300)) }),
]);
export type GameEnd = v.InferOutput<typeof GameEnd>;

export const GameReply = v.object({
  about: v.literal("game"),
  end: GameEnd,
  trace: v.optional(v.pipe(v.array(TraceStep), v.maxLength(TRACE_STEPS_MAX))),
});

const HITS_MAX = 500;
/** Answers that a worker had at hand since it said so last; the hub alone writes them down. */
export const GameHits = v.object({
  kind: v.literal("game-hits"),
  hits: v.pipe(v.array(v.object({ key: Key, count: Count })), v.maxLength(HITS_MAX)),
  /** Questions it had no answer to. */
  misses: Count,
});
export type GameHits = v.InferOutput<typeof GameHits>;
