/**
 * The one owner of what the house knows about games. Promises: a question is asked of the sources once, however many
 * workers have it at the same time; what is past its time is told at once and asked anew behind it; what nobody
 * knows is asked again soon, what nobody answered at once; and only here is any of it written down.
 */
import { LRUCache } from "lru-cache";
import type { GameCache, MeaningToStore } from "../../db/game-cache.ts";
import type { StoredAnswer, StoredGame } from "../../db/stored-answer.ts";
import type { Clock, Millis } from "../../shared/clock.ts";
import { toError } from "../../shared/errors.ts";
import type { GameFacts } from "../../shared/games/game-facts.ts";
import { toCategoryKey, toGameKey, toYearKey } from "../../shared/games/game-key.ts";
import {
  type GameLife,
  GUESS_KEPT_MS,
  gameLife,
  NOTHING_KEPT_MS,
  OPTIONS_KEPT_MS,
} from "../../shared/games/game-life.ts";
import type { GameEnd, GameHits, GameWanted } from "../../shared/ipc/game-words.ts";
import type { Logger } from "../../shared/log.ts";
import type { Learnt, Note, SourceAsker } from "./ask-sources.ts";
import type { CategoryGames } from "./category-games.ts";
import { LIKENESS } from "./judge-candidates.ts";
import { makeWriteBehind } from "./write-behind.ts";

export interface GameOwner {
  /** Never rejects. */
  find(wanted: GameWanted, note: Note): Promise<GameEnd>;
  heardHits(hits: GameHits): void;
  /** Counts a call to a source whose plan counts by the month. */
  countCall(source: string): void;
  callsThisMonth(source: string): number;
  /** What is not written down yet is tried once more. */
  stop(): void;
}

/** At hand without a look into the database. */
const AT_HAND_MAX = 500;
/** Questions under way; past it the house is told that it asks too much. */
const FLIGHTS_MAX = 50;

export function makeGameOwner(using: {
  readonly cache: GameCache;
  readonly asker: SourceAsker;
  readonly categories: CategoryGames;
  /** A title that a source confirmed. */
  readonly learn: (facts: GameFacts) => void;
  readonly clock: Clock;
  readonly log: Logger;
}): GameOwner {
  const { cache, asker, clock, log } = using;
  const atHand = new LRUCache<string, Kept>({ max: AT_HAND_MAX });
  const flights = new Map<string, Promise<GameEnd>>();
  const behind = makeWriteBehind({ cache, clock, log });

  const recall = (question: string, now: Millis): StoredAnswer => {
    const kept = atHand.get(question);
    return kept && kept.expiresAt > now ? kept.answer : cache.find(question, now);
  };
  const keep = (question: string, answer: StoredAnswer, expiresAt: Millis) =>
    atHand.set(question, { answer, expiresAt });
  const keepMeaning = (meaning: MeaningToStore, answer: StoredAnswer) => {
    keep(meaning.question, answer, meaning.expiresAt);
    behind.addMeaning(meaning);
  };

  const findKnown = (key: string, now: Millis): StoredGame | undefined => {
    const kept = atHand.get(key)?.answer;
    return kept?.is === "game" ? kept : cache.findByKey(key, now);
  };
  const keepGame = (question: string, learnt: Extract<Learnt, { is: "found" }>): GameEnd => {
    const now = clock.wall();
    const key = toYearKey(toGameKey(learnt.facts.name) || question, learnt.facts.year);
    const planned = planKeeping(findKnown(key, now), learnt.facts, now);
    const { facts, freshUntil, expiresAt } = planned;
    const answer: StoredAnswer = { is: "game", key, facts, freshUntil };
    // Facts that are good for little are not written down: they are asked for again soon.
    if (Math.min(learnt.likeness, facts.reliability) < LIKENESS.good) {
      keep(question, answer, now + GUESS_KEPT_MS);
      return { is: "found", key, facts, isStale: false };
    }
    if (planned.isNew) behind.addGame({ key, facts, fetchedAt: now, freshUntil, expiresAt });
    // Its own name with the year means it too. The name alone may have other bearers: that is asked for itself.
    for (const one of new Set([question, key]))
      keepMeaning({ question: one, meant: "game", key, expiresAt }, answer);
    using.learn(facts);
    return { is: "found", key, facts, isStale: false };
  };
  const keepLearnt = (question: string, learnt: Learnt): GameEnd => {
    const now = clock.wall();
    switch (learnt.is) {
      case "found":
        return keepGame(question, learnt);
      case "several": {
        const options = [...learnt.options];
        const expiresAt = now + OPTIONS_KEPT_MS;
        keepMeaning({ question, meant: "several", options, expiresAt }, { is: "several", options });
        return { is: "several", options };
      }
      case "nothing":
        if (learnt.isCertain)
          keepMeaning({ question, meant: "nothing", expiresAt: now + NOTHING_KEPT_MS }, { is: "nothing" });
        return { is: "nothing" };
      case "away":
        return { is: "away", detail: learnt.problem.slice(0, DETAIL_MAX) };
    }
  };

  const lookUp = async (wanted: GameWanted, note: Note): Promise<Learnt> => {
    if (wanted.by === "title") return asker.byTitle(wanted, note);
    const beganAt = clock.now();
    const looked = await using.categories.igdbIdOf(wanted.id);
    const ended = looked.is === "failed" ? looked.detail : `igdb_id ${looked.value ?? "none"}`;
    note({ step: "helix category", tookMs: clock.now() - beganAt, ended: ended.slice(0, ENDED_MAX) });
    if (looked.is === "failed") return { is: "away", problem: looked.detail };
    if (looked.value === undefined) return { is: "nothing", isCertain: true };
    return asker.byIgdbId(looked.value, wanted.name, note);
  };
  const fly = (question: string, wanted: GameWanted, note: Note): Promise<GameEnd> => {
    const underWay = flights.get(question);
    if (underWay) return underWay;
    if (flights.size >= FLIGHTS_MAX)
      return Promise.resolve({ is: "away", detail: "too many questions at once" });
    const flight = lookUp(wanted, note)
      .then((learnt) => keepLearnt(question, learnt))
      .catch((thrown: unknown): GameEnd => {
        const problem = toError(thrown);
        log.error({ err: problem }, "a question about a game failed");
        return { is: "away", detail: problem.message.slice(0, DETAIL_MAX) };
      })
      .finally(() => flights.delete(question));
    flights.set(question, flight);
    return flight;
  };

  return {
    async find(wanted, note) {
      const question = toQuestion(wanted);
      if (question === "") return { is: "nothing" };
      const now = clock.wall();
      const beganAt = clock.now();
      const answer = recall(question, now);
      note({ step: "hub cache", tookMs: clock.now() - beganAt, ended: answer.is });
      switch (answer.is) {
        case "unknown":
          return fly(question, wanted, note);
        case "nothing":
          return { is: "nothing" };
        case "several":
          return { is: "several", options: [...answer.options] };
        case "game": {
          const { key, facts, freshUntil } = answer;
          const isStale = freshUntil <= now;
          // Behind the answer, and told to nobody: whoever asks next has it.
          if (isStale) void fly(question, wanted, () => {});
          return { is: "found", key, facts, isStale };
        }
      }
    },
    heardHits: behind.addHits,
    countCall: behind.addCall,
    callsThisMonth: (source) => cache.callsOf(source, clock.wall()) + behind.callsWaiting(source),
    stop: behind.stop,
  };
}

/**
 * Pure: a game that is known already keeps its facts while they are fresh, so that every question about it has one
 * answer; and over their time when more sources told them than answer now.
 */
export function planKeeping(
  known: StoredGame | undefined,
  facts: GameFacts,
  now: Millis,
): GameLife & { readonly facts: GameFacts; readonly isNew: boolean } {
  const life = gameLife(facts, now);
  if (!known) return { facts, ...life, isNew: true };
  const more = known.facts.sources.length - facts.sources.length;
  const isFresh = known.freshUntil > now;
  if (more > 0 && !isFresh)
    return { facts: known.facts, ...life, freshUntil: now + GUESS_KEPT_MS, isNew: true };
  if (more >= 0 && isFresh)
    return { facts: known.facts, ...life, freshUntil: known.freshUntil, isNew: false };
  return { facts, ...life, isNew: true };
}

const DETAIL_MAX = 300;
const ENDED_MAX = 200;

interface Kept {
  readonly answer: StoredAnswer;
  readonly expiresAt: Millis;
}

/** Pure: what this question is remembered under. */
export const toQuestion = (wanted: GameWanted): string => {
  if (wanted.by === "category") return toCategoryKey(wanted.id);
  const key = toGameKey(wanted.title);
  return key === "" ? "" : toYearKey(key, wanted.year);
};
