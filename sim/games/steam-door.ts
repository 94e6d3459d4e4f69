/** store.steampowered.com on loopback: storesearch and appdetails as the shop answers them, throttled at 200 calls in five minutes. */
import { type Context, Hono } from "hono";
import type { SimClock } from "../clock.ts";
import { type SimGame, searchGames, simGames } from "./catalogue.ts";
import type { ServiceKnobs } from "./knobs.ts";

const CALLS_MAX = 200;
const WINDOW_MS = 300_000;
const ITEMS_MAX = 10;
const MONTHS = "janv.,févr.,mars,avr.,mai,juin,juil.,août,sept.,oct.,nov.,déc.".split(",");

export function makeSteamDoor(clock: Pick<SimClock, "now">, knobs: ServiceKnobs): Hono {
  const routes = new Hono();
  let sent: number[] = [];
  const throttled = (c: Context, answer: () => Response): Response => {
    sent = sent.filter((at) => at > clock.now() - WINDOW_MS);
    if (sent.length >= CALLS_MAX) return c.body("null", 429, { "content-type": "application/json" });
    sent.push(clock.now());
    return answer();
  };
  const nothing = (c: Context) => c.json({ total: 0, items: [] });
  routes.get("/api/storesearch/", (c) =>
    knobs.serve(
      c,
      () => nothing(c),
      () => throttled(c, () => c.json(search(c.req.query("term") ?? ""))),
    ),
  );
  routes.get("/api/appdetails", (c) => {
    const id = c.req.query("appids") ?? "";
    const unknown = () => c.json({ [id]: { success: false } });
    return knobs.serve(c, unknown, () =>
      throttled(c, () => {
        if (id.includes(",")) return c.body("null", 400);
        const game = simGames.find(({ steamId }) => String(steamId) === id);
        return game
          ? c.json({ [id]: { success: true, data: toDetails(game, c.req.query("l")) } })
          : unknown();
      }),
    );
  });
  return routes;
}

/** Steam's names carry marks of trade. */
const toName = (game: SimGame): string => (game.name === "DOOM" ? "DOOM®" : game.name);

function search(term: string): object {
  const found = searchGames(
    term,
    simGames.filter(({ steamId }) => steamId !== undefined),
  ).slice(0, ITEMS_MAX);
  return {
    total: found.length,
    items: found.map((game) => ({
      type: "app",
      name: toName(game),
      id: game.steamId,
      price: { currency: "EUR", initial: 499, final: 499 },
      tiny_image: `https://shared.akamai.steamstatic.com/apps/${game.steamId}/capsule_sm_120.jpg`,
      metascore: game.metacritic === undefined ? "" : String(game.metacritic),
      platforms: { windows: true, mac: false, linux: false },
      streamingvideo: false,
    })),
  };
}

function toDetails(game: SimGame, language: string | undefined): object {
  const [year = "", month = "1", day = "1"] = game.released.split("-");
  const isFrench = language === "french";
  return {
    type: "game",
    name: toName(game),
    steam_appid: game.steamId,
    // The shop's own unsteady types.
    required_age: game.genre === "Shooter" ? "17" : 0,
    is_free: false,
    detailed_description: `<h1>${game.name}</h1>${isFrench ? game.french : game.english}`,
    about_the_game: isFrench ? game.french : game.english,
    short_description: isFrench ? game.french : game.english,
    supported_languages: "English<strong>*</strong>, French",
    website: null,
    pc_requirements: game.popularity > 5_000 ? { minimum: "<strong>OS:</strong> Windows 7" } : [],
    developers: [game.developer],
    publishers: [game.publisher],
    platforms: {
      windows: true,
      mac: game.platforms.includes("Mac"),
      linux: game.platforms.includes("Linux"),
    },
    ...(game.metacritic !== undefined && {
      metacritic: { score: game.metacritic, url: "https://www.metacritic.com" },
    }),
    categories: [{ id: 2, description: "Un joueur" }],
    genres: [
      { id: "1", description: game.genre },
      ...(game.isEarlyAccess ? [{ id: "70", description: "Accès anticipé" }] : []),
    ],
    release_date: {
      coming_soon: false,
      date: isFrench ? `${Number(day)} ${MONTHS[Number(month) - 1]} ${year}` : game.released,
    },
  };
}
