/** The categories a channel can stream in. Ids and names are Twitch's; whatever a scenario names beyond them gets an id of its own. */
import { simGames } from "../games/catalogue.ts";

export interface Game {
  readonly id: string;
  readonly name: string;
}

const WELL_KNOWN: readonly Game[] = [
  { id: "509658", name: "Just Chatting" },
  { id: "26936", name: "Music" },
  { id: "509660", name: "Art" },
  { id: "1469308723", name: "Software and Game Development" },
  { id: "27471", name: "Minecraft" },
  { id: "21779", name: "League of Legends" },
  { id: "33214", name: "Fortnite" },
  { id: "32399", name: "Counter-Strike" },
  { id: "743", name: "Chess" },
  { id: "490655", name: "Stardew Valley" },
  { id: "504461", name: "Super Smash Bros. Ultimate" },
  { id: "138585", name: "Hearthstone" },
];
/** Well above Twitch's real ids, so an invented category is recognisable. */
const FIRST_INVENTED_ID = 9_000_000_001;

export function makeGames(): Map<string, Game> {
  return new Map(WELL_KNOWN.map((game) => [game.id, game]));
}

/** By id or by name; a name nobody knows yet joins the catalogue, an unknown id does not. */
export function findOrAddGame(games: Map<string, Game>, nameOrId: string): Game {
  const known = games.get(nameOrId) ?? findGameByName(games, nameOrId);
  if (known) return known;
  const game = { id: String(FIRST_INVENTED_ID + games.size), name: nameOrId };
  games.set(game.id, game);
  return game;
}

/** Twitch's link to IGDB; empty for what is no game. */
export const igdbIdOf = ({ name }: Game): string =>
  String(simGames.find((one) => one.name.toLowerCase() === name.toLowerCase())?.igdbId ?? "");

export function findGameByName(games: ReadonlyMap<string, Game>, name: string): Game | undefined {
  const wanted = name.toLowerCase();
  for (const game of games.values()) if (game.name.toLowerCase() === wanted) return game;
  return undefined;
}
