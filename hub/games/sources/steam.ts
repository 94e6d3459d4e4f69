/** Steam's shop: no key, French descriptions, and a throttle of 200 calls in five minutes that answers 429 with `null`. */
import * as v from "valibot";
import {
  NAME_MAX,
  type SourceFacts,
  SUMMARY_MAX,
  toPlainText,
  toWords,
} from "../../../shared/games/game-facts.ts";
import type { GamePapers } from "../../../shared/games/game-services.ts";
import type { ServiceCaller } from "../guarded-caller.ts";
import type { RateLimits } from "../rate-budget.ts";
import { CANDIDATES_MAX, parseYear, type Source } from "./source.ts";

/** 200 calls in five minutes per address. */
export const STEAM_LIMITS: RateLimits = { calls: 200, windowMs: 300_000, openMax: 4 };

/** Of Steam's own genres; its text is translated. */
const EARLY_ACCESS_GENRE = "70";

const SearchReply = v.object({
  items: v.array(
    v.object({ type: v.string(), id: v.pipe(v.number(), v.integer(), v.minValue(1)), name: v.string() }),
  ),
});
const Texts = v.optional(v.array(v.string()), []);
const Details = v.object({
  name: v.string(),
  developers: Texts,
  publishers: Texts,
  short_description: v.optional(v.string(), ""),
  platforms: v.optional(v.object({ windows: v.boolean(), mac: v.boolean(), linux: v.boolean() }), {
    windows: true,
    mac: false,
    linux: false,
  }),
  metacritic: v.optional(v.object({ score: v.pipe(v.number(), v.minValue(0), v.maxValue(100)) })),
  genres: v.optional(v.array(v.object({ id: v.string(), description: v.string() })), []),
  release_date: v.optional(v.object({ date: v.string() })),
});
/** By the id that was asked for. `null`: nothing. */
const DetailsReply = v.nullable(
  v.record(v.string(), v.object({ success: v.boolean(), data: v.optional(v.unknown()) })),
);
const SuccessfulDetails = v.object({ success: v.literal(true), data: Details });

export function makeSteam(using: {
  readonly papers: NonNullable<GamePapers["steam"]>;
  readonly language: GamePapers["language"];
  readonly caller: ServiceCaller;
}): Source {
  const { papers, language, caller } = using;
  const urlOf = (path: string, parameters: Readonly<Record<string, string>>) => {
    const url = new URL(`${papers.url}${path}`);
    for (const [name, value] of Object.entries({ ...parameters, l: language, cc: papers.country }))
      url.searchParams.set(name, value);
    return url;
  };
  return {
    name: "steam",
    isResting: caller.isResting,
    async search(term, patience) {
      const answer = await caller.call({ url: urlOf("/api/storesearch/", { term }) }, SearchReply, patience);
      if (answer.is === "failed") return answer;
      const games = answer.value.items.filter(({ type }) => type === "app");
      return {
        is: "answered",
        value: games.slice(0, CANDIDATES_MAX).flatMap(({ id, name }) => {
          const plain = toPlainText(name, NAME_MAX);
          return plain === "" ? [] : [{ source: "steam", id, name: plain }];
        }),
      };
    },
    async details(id, patience) {
      const reply = v.pipe(
        DetailsReply,
        v.transform((body) => body?.[String(id)]),
        v.union([SuccessfulDetails, v.optional(v.object({ success: v.literal(false) }))]),
      );
      const answer = await caller.call(
        { url: urlOf("/api/appdetails", { appids: String(id) }) },
        reply,
        patience,
      );
      if (answer.is === "failed") return answer;
      const found = answer.value?.success ? answer.value.data : undefined;
      return { is: "answered", value: found && toFacts(id, found) };
    },
  };
}

function toFacts(id: number, details: v.InferOutput<typeof Details>): SourceFacts | undefined {
  const name = toPlainText(details.name, NAME_MAX);
  if (name === "") return undefined;
  const { platforms, metacritic } = details;
  const year = parseYear(details.release_date?.date);
  const summary = toPlainText(details.short_description, SUMMARY_MAX);
  return {
    source: "steam",
    id,
    name,
    ...(year !== undefined && { year }),
    isEarlyAccess: details.genres.some((genre) => genre.id === EARLY_ACCESS_GENRE),
    developers: toWords(details.developers),
    publishers: toWords(details.publishers),
    platforms: [
      ...(platforms.windows ? ["PC"] : []),
      ...(platforms.mac ? ["Mac"] : []),
      ...(platforms.linux ? ["Linux"] : []),
    ],
    genres: toWords(details.genres.map((genre) => genre.description)),
    ...(summary !== "" && { summary }),
    ...(metacritic && { metacritic: metacritic.score }),
  };
}
