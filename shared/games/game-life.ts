/** Pure: how long what was learnt of a game is good. A young game changes, an old one does not. */
import type { Millis } from "../clock.ts";
import type { GameFacts } from "./game-facts.ts";

const DAY_MS: Millis = 86_400_000;
const DAYS_A_YEAR = 365.25;
const YOUNG_YEARS = 1;
const GROWN_YEARS = 5;

const FRESH_MS = { young: 7 * DAY_MS, grown: 30 * DAY_MS, old: 180 * DAY_MS, unknown: 30 * DAY_MS };
/** Past its time it is still told, while it is asked anew: better than nothing when all sources are away. */
const STALE_MS: Millis = 180 * DAY_MS;

/** Nobody knows such a game: perhaps it appears tomorrow, or somebody mistyped it. */
export const NOTHING_KEPT_MS: Millis = 10 * 60_000;
/** Which titles were meant is asked again soon. */
export const OPTIONS_KEPT_MS: Millis = 24 * 3_600_000;
/** A title that is not surely the one that was asked for. */
export const GUESS_KEPT_MS: Millis = 3_600_000;

export interface GameLife {
  readonly freshUntil: Millis;
  readonly expiresAt: Millis;
}

/** `now`: wall time. A game that comes next year is as young as one of this year. */
export function gameLife(facts: Pick<GameFacts, "year">, now: Millis): GameLife {
  const freshUntil = now + FRESH_MS[ageOf(facts.year, now)];
  return { freshUntil, expiresAt: freshUntil + STALE_MS };
}

function ageOf(year: number | undefined, now: Millis): keyof typeof FRESH_MS {
  if (year === undefined) return "unknown";
  // Only the year is known: it counts from its end, so that nothing is old too soon.
  const years = (now - Date.UTC(year + 1, 0, 1)) / (DAY_MS * DAYS_A_YEAR);
  if (years < YOUNG_YEARS) return "young";
  return years < GROWN_YEARS ? "grown" : "old";
}
