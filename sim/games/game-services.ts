/** Steam, RAWG and IGDB beside the simulated Twitch: one catalogue, three shapes, each with its own knobs. */
import type { Hono } from "hono";
import type { World } from "../world/world.ts";
import { makeIgdbDoor } from "./igdb-door.ts";
import {
  GAME_SERVICES,
  type GameKnobs,
  type GameService,
  makeServiceKnobs,
  type ServiceState,
} from "./knobs.ts";
import { makeRawgDoor } from "./rawg-door.ts";
import { makeSteamDoor } from "./steam-door.ts";

export interface GameServices {
  readonly doors: Readonly<Record<GameService, Hono>>;
  turn(knobs: GameKnobs): void;
  state(): Readonly<Record<GameService, ServiceState>>;
}

export function makeGameServices(world: Pick<World, "clock" | "tokens">): GameServices {
  const { clock } = world;
  const knobs = {
    steam: makeServiceKnobs("steam", clock),
    rawg: makeServiceKnobs("rawg", clock),
    igdb: makeServiceKnobs("igdb", clock),
  };
  return {
    doors: {
      steam: makeSteamDoor(clock, knobs.steam),
      rawg: makeRawgDoor(knobs.rawg),
      igdb: makeIgdbDoor(world, knobs.igdb),
    },
    turn(turned) {
      for (const name of GAME_SERVICES)
        if (turned.service === name || turned.service === "all") knobs[name].turn(turned);
    },
    state: () => ({ steam: knobs.steam.state(), rawg: knobs.rawg.state(), igdb: knobs.igdb.state() }),
  };
}
