/** RAWG: players' ratings. Its key stands in the address, so an address is never logged; a month's calls are counted. */
import * as v from "valibot";
import {
  NAME_MAX,
  type SourceFacts,
  SUMMARY_MAX,
  toPlainText,
  toWords,
  toYear,
} from "../../../shared/games/game-facts.ts";
import type { GamePapers } from "../../../shared/games/game-services.ts";
import type { ServiceCaller } from "../guarded-caller.ts";
import type { RateLimits } from "../rate-budget.ts";
import { CANDIDATES_MAX, parseYear, type Source } from "./source.ts";

/** It publishes none but the month's; this is kindness. */
export const RAWG_LIMITS: RateLimits = { calls: 5, windowMs: 1_000, openMax: 4 };

const Id = v.pipe(v.number(), v.integer(), v.minValue(1));
const SearchReply = v.object({
  results: v.array(
    v.object({
      id: Id,
      name: v.string(),
      released: v.nullish(v.string()),
      added: v.optional(v.number()),
    }),
  ),
});
const Named = v.object({ name: v.string() });
const Details = v.object({
  id: Id,
  name: v.string(),
  released: v.nullish(v.string()),
  rating: v.nullish(v.pipe(v.number(), v.minValue(0), v.maxValue(5))),
  metacritic: v.nullish(v.pipe(v.number(), v.minValue(0), v.maxValue(100))),
  playtime: v.nullish(v.pipe(v.number(), v.minValue(0))),
  description_raw: v.nullish(v.string()),
  platforms: v.nullish(v.array(v.object({ platform: Named }))),
  developers: v.nullish(v.array(Named)),
  publishers: v.nullish(v.array(Named)),
  genres: v.nullish(v.array(Named)),
});
/** A game that was renamed answers only where it is now. */
const Moved = v.object({ redirect: v.literal(true), slug: v.pipe(v.string(), v.regex(/^[\w-]{1,200}$/)) });
const DetailsReply = v.union([Moved, Details]);

export function makeRawg(using: {
  readonly papers: NonNullable<GamePapers["rawg"]>;
  readonly caller: ServiceCaller;
}): Source {
  const { papers, caller } = using;
  const urlOf = (path: string, parameters: Readonly<Record<string, string>> = {}) => {
    const url = new URL(`${papers.url}${path}`);
    for (const [name, value] of Object.entries({ ...parameters, key: papers.key }))
      url.searchParams.set(name, value);
    return url;
  };
  return {
    name: "rawg",
    isResting: caller.isResting,
    async search(title, patience) {
      const url = urlOf("/games", { search: title, page_size: String(CANDIDATES_MAX) });
      const answer = await caller.call({ url }, SearchReply, patience);
      if (answer.is === "failed") return answer;
      return {
        is: "answered",
        value: answer.value.results.slice(0, CANDIDATES_MAX).flatMap(({ id, name, released, added }) => {
          const plain = toPlainText(name, NAME_MAX);
          if (plain === "") return [];
          return [{ source: "rawg", id, name: plain, year: parseYear(released), popularity: added }];
        }),
      };
    },
    async details(id, patience) {
      const asked = await caller.call({ url: urlOf(`/games/${id}`) }, DetailsReply, patience);
      if (asked.is === "failed")
        return asked.problem === "404" ? { is: "answered", value: undefined } : asked;
      if (!("redirect" in asked.value)) return { is: "answered", value: toFacts(asked.value) };
      const moved = await caller.call({ url: urlOf(`/games/${asked.value.slug}`) }, Details, patience);
      return moved.is === "failed" ? moved : { is: "answered", value: toFacts(moved.value) };
    },
  };
}

const namesOf = (list: readonly { readonly name: string }[] | null | undefined): string[] =>
  toWords((list ?? []).map(({ name }) => name));

function toFacts(details: v.InferOutput<typeof Details>): SourceFacts | undefined {
  const name = toPlainText(details.name, NAME_MAX);
  if (name === "") return undefined;
  const year = toYear(parseYear(details.released) ?? 0);
  const summary = toPlainText(details.description_raw ?? "", SUMMARY_MAX);
  const { metacritic, rating, playtime } = details;
  return {
    source: "rawg",
    id: details.id,
    name,
    ...(year !== undefined && { year }),
    isEarlyAccess: false,
    developers: namesOf(details.developers),
    publishers: namesOf(details.publishers),
    platforms: namesOf(details.platforms?.map(({ platform }) => platform)),
    genres: namesOf(details.genres),
    ...(summary !== "" && { summary }),
    ...(typeof metacritic === "number" && { metacritic }),
    ...(typeof rating === "number" && { rating }),
    ...(typeof playtime === "number" && { playtimeHours: playtime }),
  };
}
