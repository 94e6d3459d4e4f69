import { findGameByName, type Game, igdbIdOf } from "../world/games.ts";
import { answerData, defineEndpoint } from "./endpoint.ts";
import { manyParams, needParam, takePage } from "./query.ts";
import { HelixRefusal } from "./refusal.ts";

const IDS_MAX = 100;

/** https://dev.twitch.tv/docs/api/reference#get-games */
export const getGames = defineEndpoint({
  method: "GET",
  path: "/games",
  tokens: "any",
  scopes: [],
  answer({ world, query }) {
    const ids = manyParams(query, "id", IDS_MAX);
    const names = manyParams(query, "name", IDS_MAX);
    const igdbIds = manyParams(query, "igdb_id", IDS_MAX);
    if (ids.length + names.length + igdbIds.length === 0) {
      throw new HelixRefusal(400, "The request must specify the id or name or igdb_id query parameter.");
    }
    const found = [
      ...ids.map((id) => world.games.get(id)),
      ...names.map((name) => findGameByName(world.games, name)),
      ...igdbIds.map((id) => [...world.games.values()].find((game) => igdbIdOf(game) === id)),
    ];
    const games = [...new Set(found.filter((game) => game !== undefined))];
    return answerData(games.map((game) => ({ ...toGame(game), igdb_id: igdbIdOf(game) })));
  },
});

/** https://dev.twitch.tv/docs/api/reference#search-categories */
export const searchCategories = defineEndpoint({
  method: "GET",
  path: "/search/categories",
  tokens: "any",
  scopes: [],
  answer({ world, query }) {
    const wanted = needParam(query, "query").toLowerCase();
    const found = [...world.games.values()].filter((game) => game.name.toLowerCase().includes(wanted));
    const { items, pagination } = takePage(found, query, { most: 100, usual: 20 });
    return answerData(items.map(toGame), { pagination });
  },
});

function toGame({ id, name }: Game): {
  readonly id: string;
  readonly name: string;
  readonly box_art_url: string;
} {
  return { id, name, box_art_url: `https://static-cdn.jtvnw.net/ttv-boxart/${id}-{width}x{height}.jpg` };
}
