/** Who was asked which of several games they mean, and has not said so yet. */
import type { Clock, Millis } from "../../../shared/clock.ts";
import type { GameOption } from "../../../shared/games/game-facts.ts";

export interface OpenChoices {
  /** `word`: the command it was an answer to. */
  offer(userId: string, word: string, options: readonly GameOption[]): void;
  /** Whether this number answers an open question, and of which command. */
  expected(
    userId: string,
    choice: number | undefined,
  ): { readonly command: string; readonly rest: string } | undefined;
  /** The option that the number stands for; the question is answered by it. */
  take(userId: string, word: string, choice: number | undefined): GameOption | undefined;
}

export const CHOICE_WITHIN_MS: Millis = 60_000;
/** A crowd that asks and never answers. */
const OPEN_MAX = 200;

/** Pure: "2", "@kissbot 2" (a reply on Twitch begins so) → 2. */
export function parseChoice(text: string): number | undefined {
  const digit = /^(?:@\S{1,40}\s+)?([1-3])[.)!]?$/.exec(text.trim())?.[1];
  return digit === undefined ? undefined : Number(digit);
}

export function makeOpenChoices(clock: Pick<Clock, "now">): OpenChoices {
  /** The oldest first. */
  const open = new Map<
    string,
    { readonly word: string; readonly options: readonly GameOption[]; readonly until: Millis }
  >();
  const find = (userId: string, choice: number | undefined) => {
    if (choice === undefined) return undefined;
    const asked = open.get(userId);
    if (!asked || asked.until <= clock.now()) return undefined;
    const option = asked.options[choice - 1];
    return option && { ...asked, option };
  };
  return {
    offer(userId, word, options) {
      open.delete(userId);
      open.set(userId, { word, options, until: clock.now() + CHOICE_WITHIN_MS });
      const [oldest] = open.keys();
      if (open.size > OPEN_MAX && oldest !== undefined) open.delete(oldest);
    },
    expected(userId, choice) {
      const found = find(userId, choice);
      return found && { command: found.word, rest: String(choice) };
    },
    take(userId, word, choice) {
      const found = find(userId, choice);
      if (!found || found.word !== word) return undefined;
      open.delete(userId);
      return found.option;
    },
  };
}
