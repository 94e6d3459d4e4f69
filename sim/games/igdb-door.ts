/** api.igdb.com/v4 on loopback: /games in Apicalypse text, with a token of the application, four calls a second and eight open. */
import { type Context, Hono } from "hono";
import type { World } from "../world/world.ts";
import { type SimGame, searchGames, simGames } from "./catalogue.ts";
import type { ServiceKnobs } from "./knobs.ts";

const CALLS_A_SECOND = 4;
/** The pace of others is measured on their clock. */
const PACE_SLACK_MS = 100;
const SECOND_MS = 1_000;
const OPEN_MAX = 8;
const LIMIT = { usual: 10, most: 500 };

export function makeIgdbDoor(world: Pick<World, "clock" | "tokens">, knobs: ServiceKnobs): Hono {
  const routes = new Hono();
  const { clock } = world;
  let sent: number[] = [];
  let open = 0;

  const answer = async (c: Context): Promise<Response> => {
    if (!isLetIn(world, c)) return c.json(NO_TOKEN, 401);
    sent = sent.filter((at) => at > clock.now() - SECOND_MS + PACE_SLACK_MS);
    if (sent.length >= CALLS_A_SECOND || open > OPEN_MAX)
      return c.json({ message: "Too Many Requests" }, 429);
    sent.push(clock.now());
    const query = parseApicalypse(await c.req.text());
    if (typeof query === "string") return c.json([{ title: "Syntax Error", status: 400, cause: query }], 400);
    const found =
      query.search === undefined
        ? simGames.filter(({ igdbId }) => query.id === undefined || igdbId === query.id)
        : searchGames(query.search);
    return c.json(found.slice(0, query.limit).map(toGame));
  };
  routes.post("/games", async (c) => {
    open += 1;
    try {
      return await knobs.serve(
        c,
        () => c.json([]),
        () => answer(c),
      );
    } finally {
      open -= 1;
    }
  });
  return routes;
}

const NO_TOKEN = {
  message: "Authorization Failure. Have you tried:",
  "Tip 1": "Ensure you are sending Authorization and Client-ID as headers.",
  "Tip 2": "Ensure Authorization value starts with 'Bearer ', including the space",
  "Tip 3": "Ensure Authorization value ends with the App Access Token you generated, NOT your Client Secret.",
  Docs: "https://api-docs.igdb.com/#authentication",
};

function isLetIn({ clock, tokens }: Pick<World, "clock" | "tokens">, c: Context): boolean {
  const accessToken = /^Bearer (\S+)$/.exec(c.req.header("authorization") ?? "")?.[1];
  const token = accessToken === undefined ? undefined : tokens.get(accessToken);
  return token !== undefined && token.expiresAt > clock.now() && token.clientId === c.req.header("client-id");
}

interface Apicalypse {
  readonly search: string | undefined;
  readonly id: number | undefined;
  readonly limit: number;
}

/** As much of it as there is a catalogue for; a string says what is wrong. */
export function parseApicalypse(text: string): Apicalypse | string {
  let search: string | undefined;
  let id: number | undefined;
  let limit = LIMIT.usual;
  let rest = text.trim();
  while (rest !== "") {
    const [whole, word = "", value = ""] =
      /^(search|fields|where|limit|offset|sort|exclude)\s+((?:"(?:[^"\\\n]|\\.)*"|[^;"])*);\s*/.exec(rest) ??
      [];
    if (whole === undefined) return `Missing \`;\` at end of query, near: ${rest.slice(0, 40)}`;
    rest = rest.slice(whole.length);
    if (word === "search") {
      const quoted = /^"((?:[^"\\]|\\.)*)"$/.exec(value.trim())?.[1];
      if (quoted === undefined) return "search takes a text in quotes";
      search = quoted.replace(/\\(.)/g, "$1");
    }
    if (word === "where") {
      const wanted = /^id\s*=\s*(\d+)$/.exec(value.trim())?.[1];
      if (wanted !== undefined) id = Number(wanted);
      else if (value.trim() !== "version_parent = null") return `unknown condition: ${value}`;
    }
    if (word === "limit") limit = Number(value);
    if (word === "sort" && search !== undefined) return "search can't be combined with sort";
  }
  return limit >= 1 && limit <= LIMIT.most ? { search, id, limit } : "limit is 1 to 500";
}

const STARS_TO_POINTS = 20;
const MS_PER_S = 1_000;

/** Absent fields are simply missing. */
function toGame(game: SimGame): object {
  return {
    id: game.igdbId,
    name: game.name,
    first_release_date: Date.parse(game.released) / MS_PER_S,
    total_rating: game.rating * STARS_TO_POINTS,
    total_rating_count: game.popularity,
    genres: [{ id: 5, name: game.genre }],
    platforms: game.platforms.map((name, at) => ({ id: at + 1, abbreviation: name, name })),
    involved_companies: [
      { id: 1, company: { id: 1, name: game.developer }, developer: true, publisher: false },
      { id: 2, company: { id: 2, name: game.publisher }, developer: false, publisher: true },
    ],
    summary: game.english,
  };
}
