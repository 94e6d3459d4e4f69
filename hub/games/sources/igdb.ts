/** IGDB: what Twitch's categories are. Asked in Apicalypse text with the application's own token; four calls a second, eight open. */
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
import { tokenFingerprint } from "../../../shared/token-fingerprint.ts";
import type { AppToken } from "../../tokens/app-token.ts";
import { failed, type ServiceAnswer } from "../ask-service.ts";
import type { Patience, ServiceCaller } from "../guarded-caller.ts";
import type { RateLimits } from "../rate-budget.ts";
import { CANDIDATES_MAX, type Source } from "./source.ts";

export const IGDB_LIMITS: RateLimits = { calls: 4, windowMs: 1_000, openMax: 8 };

const FIELDS = [
  "name",
  "first_release_date",
  "total_rating",
  "total_rating_count",
  "genres.name",
  "platforms.abbreviation",
  "platforms.name",
  "involved_companies.company.name",
  "involved_companies.developer",
  "involved_companies.publisher",
  "summary",
].join(",");

const Rating = v.pipe(v.number(), v.minValue(0), v.maxValue(100));
const Game = v.object({
  id: v.pipe(v.number(), v.integer(), v.minValue(1)),
  name: v.string(),
  first_release_date: v.optional(v.number()),
  total_rating: v.optional(Rating),
  total_rating_count: v.optional(v.number()),
  genres: v.optional(v.array(v.object({ name: v.string() })), []),
  platforms: v.optional(
    v.array(v.object({ abbreviation: v.optional(v.string()), name: v.optional(v.string()) })),
    [],
  ),
  involved_companies: v.optional(
    v.array(
      v.object({
        company: v.object({ name: v.string() }),
        developer: v.optional(v.boolean(), false),
        publisher: v.optional(v.boolean(), false),
      }),
    ),
    [],
  ),
  summary: v.optional(v.string()),
});
const Reply = v.array(Game);

/** Pure: text between quotes, whatever somebody typed. A line's end would end the statement. */
export const quoteApicalypse = (text: string): string =>
  `"${text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").replace(/[\\"]/g, "\\$&")}"`;

export function makeIgdb(using: {
  readonly papers: NonNullable<GamePapers["igdb"]>;
  readonly token: AppToken;
  readonly caller: ServiceCaller;
}): Source {
  const { papers, token, caller } = using;

  const post = (accessToken: string, body: string, patience: Patience) =>
    caller.call(
      {
        url: new URL(`${papers.url}/games`),
        method: "POST",
        headers: {
          "client-id": papers.clientId,
          authorization: `Bearer ${accessToken}`,
          "content-type": "text/plain",
        },
        body,
      },
      Reply,
      patience,
    );
  const ask = async (
    body: string,
    patience: Patience,
  ): Promise<ServiceAnswer<v.InferOutput<typeof Reply>>> => {
    const held = await token.get();
    if (held.is !== "token") return noToken(held);
    const first = await post(held.accessToken, body, patience);
    if (first.is !== "failed" || first.because !== "unauthorised") return first;
    const other = await token.replace(tokenFingerprint(held.accessToken));
    if (other.is !== "token") return noToken(other);
    return other.accessToken === held.accessToken ? first : post(other.accessToken, body, patience);
  };
  return {
    name: "igdb",
    isResting: caller.isResting,
    async search(title, patience) {
      const body = `search ${quoteApicalypse(title)}; fields ${FIELDS}; where version_parent = null; limit ${CANDIDATES_MAX};`;
      const answer = await ask(body, patience);
      if (answer.is === "failed") return answer;
      return {
        is: "answered",
        value: answer.value.slice(0, CANDIDATES_MAX).flatMap((game) => {
          const facts = toFacts(game);
          if (!facts) return [];
          const { id, name, year } = facts;
          return [{ source: "igdb", id, name, year, popularity: game.total_rating_count, facts }];
        }),
      };
    },
    async details(id, patience) {
      const answer = await ask(`fields ${FIELDS}; where id = ${Math.trunc(id)}; limit 1;`, patience);
      if (answer.is === "failed") return answer;
      const [game] = answer.value;
      return { is: "answered", value: game && toFacts(game) };
    },
  };
}

const noToken = (answer: { readonly is: "refused" | "away"; readonly problem: string }) =>
  failed(answer.is === "away" ? "unreachable" : "unauthorised", `no token for IGDB: ${answer.problem}`);

const MS_PER_S = 1_000;
const POINTS_A_STAR = 20;

function toFacts(game: v.InferOutput<typeof Game>): SourceFacts | undefined {
  const name = toPlainText(game.name, NAME_MAX);
  if (name === "") return undefined;
  const { first_release_date: released, total_rating: rating } = game;
  const year = released === undefined ? undefined : toYear(new Date(released * MS_PER_S).getUTCFullYear());
  const summary = toPlainText(game.summary ?? "", SUMMARY_MAX);
  const makers = (role: "developer" | "publisher") =>
    toWords(game.involved_companies.filter((one) => one[role]).map(({ company }) => company.name));
  return {
    source: "igdb",
    id: game.id,
    name,
    ...(year !== undefined && { year }),
    isEarlyAccess: false,
    developers: makers("developer"),
    publishers: makers("publisher"),
    platforms: toWords(game.platforms.map((one) => one.abbreviation ?? one.name ?? "")),
    genres: toWords(game.genres.map((genre) => genre.name)),
    ...(summary !== "" && { summary }),
    ...(rating !== undefined && rating > 0 && { rating: rating / POINTS_A_STAR }),
  };
}
