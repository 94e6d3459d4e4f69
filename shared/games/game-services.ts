/** The outside services that know games: their own addresses, and the words in which the hub is told of them. */
import * as v from "valibot";

/** The services' own addresses. The simulator, or a proxy, is reached by other addresses here and in no other way. */
export const GAME_URLS = {
  steam: "https://store.steampowered.com",
  rawg: "https://api.rawg.io/api",
  igdb: "https://api.igdb.com/v4",
} as const;

export const LANGUAGES = ["french", "english"] as const;

/** The hub's part of the configuration. A service that is left out is off. */
export const GamePapers = v.object({
  language: v.picklist(LANGUAGES),
  deadlineMs: v.pipe(v.number(), v.minValue(1)),
  steam: v.optional(v.object({ url: v.string(), country: v.string() })),
  rawg: v.optional(
    v.object({ url: v.string(), key: v.string(), callsAMonth: v.pipe(v.number(), v.minValue(1)) }),
  ),
  igdb: v.optional(
    v.object({ url: v.string(), idUrl: v.string(), clientId: v.string(), clientSecret: v.string() }),
  ),
});
export type GamePapers = v.InferOutput<typeof GamePapers>;
