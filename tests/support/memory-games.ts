/** A worker's games without a database, an engine and a hub: a few that everybody knows. */
import type { GameFacts, GameOption } from "../../shared/games/game-facts.ts";
import { toGameKey } from "../../shared/games/game-key.ts";
import type { GameEnd } from "../../shared/ipc/game-words.ts";
import type { GameDesk } from "../../worker/games.ts";

export const hades: GameFacts = {
  name: "Hades",
  year: 2020,
  isEarlyAccess: false,
  developers: ["Supergiant Games"],
  publishers: ["Supergiant Games"],
  platforms: ["PC", "Mac", "Switch", "PS5"],
  genres: ["Action"],
  summary: "Défiez le dieu des morts et fuyez les Enfers dans ce rogue-like.",
  metacritic: 93,
  ids: { igdb: 113112, steam: 1145360 },
  sources: ["igdb", "steam"],
  reliability: 0.98,
  certainty: "HIGH",
};
const doom = (year: number): GameFacts => ({
  ...hades,
  name: "Doom",
  year,
  developers: ["id Software"],
  publishers: ["Bethesda"],
  summary: "Combat the demons.",
  certainty: "MEDIUM",
  sources: ["igdb"],
});
const options: GameOption[] = [
  { name: "Doom", year: 2016 },
  { name: "Doom", year: 1993 },
];

const found = (facts: GameFacts): GameEnd => ({
  is: "found",
  key: toGameKey(facts.name),
  facts,
  isStale: false,
});

export function memoryGames(surroundings: { readonly isHubAway: boolean }): GameDesk {
  const find = async (query: string): Promise<GameEnd> => {
    const key = toGameKey(query);
    if (key === "hades") return found(hades);
    if (surroundings.isHubAway || key === "sources are away") return { is: "away", detail: "nobody answers" };
    return key === "doom" ? { is: "several", options } : { is: "nothing" };
  };
  return {
    find,
    engine: async () => "rust",
    choose: async ({ year }) => found(doom(year ?? 0)),
    ofCategory: async ({ name }) => (name === "Celeste" ? { is: "nothing" } : found(hades)),
    use: async () =>
      surroundings.isHubAway
        ? undefined
        : { entries: 3, hits: 9, misses: 3, top: { name: "Hades", hits: 7 } },
    trace: async (query) => ({
      end: await find(query),
      steps: [{ step: "shelf", tookMs: 0.01, ended: "game in memory" }],
      tookMs: 0.25,
      savedAs: "perftrace.txt",
    }),
    close: async () => {},
  };
}
