/** Pure: what the configuration hands the hub of the services that know games. A service without its key is left out. */
import type { Config } from "../config.ts";
import type { GamePapers } from "../games/game-services.ts";

const MS_PER_S = 1_000;

export function toGamePapers({ games, twitch }: Pick<Config, "games" | "twitch">): GamePapers {
  const { steam, rawg, igdb } = games;
  const clientId = igdb.client_id ?? twitch.client_id;
  const clientSecret = igdb.client_id === undefined ? twitch.client_secret : igdb.client_secret;
  return {
    language: games.language,
    deadlineMs: games.deadline_seconds * MS_PER_S,
    ...(steam.enabled && { steam: { url: steam.url, country: steam.country } }),
    ...(rawg.key !== undefined && {
      rawg: { url: rawg.url, key: rawg.key, callsAMonth: rawg.calls_a_month },
    }),
    ...(igdb.enabled &&
      clientSecret !== undefined && {
        igdb: { url: igdb.url, idUrl: twitch.urls.id, clientId, clientSecret },
      }),
  };
}
