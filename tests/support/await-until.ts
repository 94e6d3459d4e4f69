/** Asks again until it holds: what a house test awaits of processes that tell it nothing by themselves. */
import { type Millis, systemClock } from "../../shared/clock.ts";

/** A look costs whoever is asked an answer: what does not come at once is looked for less and less often. */
const LOOK_FIRST_MS: Millis = 20;
const LOOK_LAST_MS: Millis = 200;
const LOOK_GROWTH = 1.2;
const ANSWER_CHARS_MAX = 2_000;

/** Throws with the last answer, and what `lastWords` adds to it, when that takes far too long. */
export async function awaitUntil<T>(
  ask: () => T | Promise<T>,
  holds: (answer: T) => boolean,
  using: {
    readonly withinMs: Millis;
    /** For looks that cost much. */
    readonly lookFirstMs?: Millis;
    readonly lastWords?: () => string;
  },
): Promise<T> {
  const { withinMs, lookFirstMs = LOOK_FIRST_MS, lastWords = () => "" } = using;
  const deadline = systemClock.now() + withinMs;
  for (let restMs = lookFirstMs; ; restMs = Math.min(restMs * LOOK_GROWTH, LOOK_LAST_MS)) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (systemClock.now() > deadline) {
      const told = String(JSON.stringify(answer)).slice(0, ANSWER_CHARS_MAX);
      throw new Error(`still not so after ${withinMs} ms: ${told} ${lastWords()}`);
    }
    await new Promise<void>((resolve) => void systemClock.after(restMs, resolve));
  }
}
