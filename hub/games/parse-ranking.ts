/** What rankers answer, in either of the shapes DRAKON's clients knew. Pure: nothing of it is believed unchecked. */
import * as v from "valibot";

const Score = v.pipe(v.number(), v.finite());
const Results = v.object({
  results: v.array(v.object({ candidate: v.string(), score: Score, index: v.optional(v.number()) })),
});
const Ranked = v.object({ ranked: v.array(v.object({ name: v.string(), score: Score })) });

interface Place {
  readonly at: number;
  readonly score: number;
}

/**
 * Positions in `names`, each once, the best first; what was not ranked comes last, as it stood. Undefined when the
 * answer speaks of what was not asked, twice of the same, or in another shape.
 */
export function parseRanking(body: unknown, names: readonly string[]): readonly number[] | undefined {
  const places = findPlaces(body, names);
  if (!places || new Set(places.map(({ at }) => at)).size !== places.length) return undefined;
  const ranked = [...places].sort((a, b) => b.score - a.score || a.at - b.at).map(({ at }) => at);
  const rest = names.map((_, at) => at).filter((at) => !ranked.includes(at));
  return [...ranked, ...rest];
}

function findPlaces(body: unknown, names: readonly string[]): readonly Place[] | undefined {
  const results = v.safeParse(Results, body);
  if (results.success) {
    const named = results.output.results;
    const places = named.every(({ index }) => index !== undefined)
      ? named.map(({ candidate, score, index = -1 }) =>
          names[index] === candidate ? { at: index, score } : undefined,
        )
      : placeByName(
          named.map(({ candidate, score }) => ({ name: candidate, score })),
          names,
        );
    return allOf(places);
  }
  const ranked = v.safeParse(Ranked, body);
  return ranked.success ? allOf(placeByName(ranked.output.ranked, names)) : undefined;
}

/** Of two candidates of one name the first is meant first. */
function placeByName(
  ranked: readonly { readonly name: string; readonly score: number }[],
  names: readonly string[],
): readonly (Place | undefined)[] {
  const taken = new Set<number>();
  return ranked.map(({ name, score }) => {
    const at = names.findIndex((one, position) => one === name && !taken.has(position));
    taken.add(at);
    return at < 0 ? undefined : { at, score };
  });
}

const allOf = (places: readonly (Place | undefined)[]): readonly Place[] | undefined =>
  places.length > 0 && places.every((place) => place !== undefined) ? places : undefined;
