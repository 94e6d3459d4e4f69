/** api.rawg.io on loopback: search and details, the key in the query, a plan that runs out. */
import { type Context, Hono } from "hono";
import { type SimGame, searchGames, simGames } from "./catalogue.ts";
import type { ServiceKnobs } from "./knobs.ts";

const PAGE_USUAL = 20;
const PAGE_MAX = 40;

export function makeRawgDoor(knobs: ServiceKnobs): Hono {
  const routes = new Hono();
  let served = 0;
  const withKey = (c: Context, answer: () => Response): Response => {
    if (!c.req.query("key")) return c.json({ error: "The key parameter is not provided" }, 401);
    if (served >= knobs.callsAMonth()) return c.json({ error: "The API key is not found" }, 401);
    served += 1;
    return answer();
  };
  const nothing = (c: Context) => c.json({ count: 0, next: null, previous: null, results: [] });
  const missing = (c: Context) => c.json({ detail: "Not found." }, 404);
  routes.get("/games", (c) =>
    knobs.serve(
      c,
      () => nothing(c),
      () =>
        withKey(c, () => {
          const most = Math.min(PAGE_MAX, Number(c.req.query("page_size")) || PAGE_USUAL);
          const found = searchGames(c.req.query("search") ?? "").slice(0, most);
          return c.json({ count: found.length, next: null, previous: null, results: found.map(toRow) });
        }),
    ),
  );
  routes.get("/games/:id", (c) =>
    knobs.serve(
      c,
      () => missing(c),
      () =>
        withKey(c, () => {
          const id = c.req.param("id") ?? "";
          const game = simGames.find((one) => String(one.rawgId) === id || toSlug(one) === id);
          return game ? c.json(toDetails(game)) : missing(c);
        }),
    ),
  );
  return routes;
}

const toSlug = ({ name, released }: SimGame): string =>
  `${name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}-${released.slice(0, 4)}`;

function toRow(game: SimGame): object {
  return {
    id: game.rawgId,
    slug: toSlug(game),
    name: game.name,
    released: game.released,
    tba: false,
    background_image: null,
    rating: game.rating,
    rating_top: 5,
    ratings: [],
    added: game.popularity,
    metacritic: game.metacritic ?? null,
    playtime: 12,
    score: "77.28927",
    // Nullable in earnest, too.
    platforms: game.popularity > 100 ? toPlatforms(game) : null,
    stores: null,
    esrb_rating: null,
  };
}

const toPlatforms = ({ platforms }: SimGame) =>
  platforms.map((name, at) => ({ platform: { id: at + 1, name, slug: name.toLowerCase() } }));

function toDetails(game: SimGame): object {
  return {
    ...toRow(game),
    name_original: game.name,
    description: `<p>${game.english}</p>`,
    description_raw: game.english,
    alternative_names: [],
    developers: [{ id: 1, name: game.developer, slug: "d" }],
    publishers: [{ id: 1, name: game.publisher, slug: "p" }],
    genres: [{ id: 1, name: game.genre, slug: "g" }],
    website: "",
  };
}
