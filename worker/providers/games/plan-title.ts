/** Pure: what the engine makes of what a viewer typed. It corrects and resolves; the sources have the last word. */
import type { GameMatch } from "../../../engine/game-index.ts";
import { type GameOption, OPTIONS_MAX } from "../../../shared/games/game-facts.ts";
import { parseTitle, toGameKey } from "../../../shared/games/game-key.ts";

export type PlannedTitle =
  /** As typed, or as the engine is sure it was meant. */
  | { readonly is: "title"; readonly title: string; readonly year: number | undefined }
  | { readonly is: "several"; readonly options: readonly GameOption[] };

const CLOSE_WITHIN = 0.05;
const CLOSE_LEAST = 0.85;
const TITLE_MAX = 200;

/** `matches`: the engine's, the best first; none: it knows no such title, or there is no engine. */
export function planTitle(query: string, matches: readonly GameMatch[]): PlannedTitle {
  const typed = parseTitle(query);
  const asTyped: PlannedTitle = { is: "title", title: typed.title.slice(0, TITLE_MAX), year: typed.year };
  const ofYear = matches.filter((one) => typed.year === undefined || one.year === typed.year);
  const [best] = ofYear;
  if (!best) return asTyped;
  if (best.isConfident || (typed.year !== undefined && best.score >= CLOSE_LEAST)) return toTitle(best);
  const close = ofYear.filter((one) => best.score - one.score < CLOSE_WITHIN && one.score >= CLOSE_LEAST);
  if (close.length < 2) return asTyped;
  // Of one name and without years there is nothing to choose by.
  const options = distinct(close).slice(0, OPTIONS_MAX);
  return options.length < 2 ? toTitle(best) : { is: "several", options };
}

const PERHAPS_LEAST = 0.8;

/** Pure: what to offer when nobody knows what was typed. */
export function planOffer(query: string, matches: readonly GameMatch[]): readonly GameOption[] {
  const typed = toGameKey(parseTitle(query).title);
  const near = matches.filter(({ score, title }) => score >= PERHAPS_LEAST && toGameKey(title) !== typed);
  return distinct(near).slice(0, OPTIONS_MAX);
}

const toTitle = ({ title, year }: GameMatch): PlannedTitle => ({
  is: "title",
  title: title.slice(0, TITLE_MAX),
  year: year === undefined ? undefined : year,
});

function distinct(matches: readonly GameMatch[]): readonly GameOption[] {
  const options = matches.map(({ title, year }) => ({
    name: title.slice(0, TITLE_MAX),
    ...(year !== undefined && { year }),
  }));
  return options.filter(
    (one, at) =>
      options.findIndex(
        (other) => other.year === one.year && toGameKey(other.name) === toGameKey(one.name),
      ) === at,
  );
}
