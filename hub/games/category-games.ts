/** Which game a category of Twitch's is: Helix knows IGDB's id for it. A category's own id means nothing at IGDB. */
import * as v from "valibot";
import type { Clock, Millis } from "../../shared/clock.ts";
import { getFromHelix, type Looked, noPointsLeft } from "../gateway/ask-helix.ts";
import { KEYS_A_CALL, makeBatcher } from "../gateway/batcher.ts";
import { makeRemembered } from "../gateway/remembered.ts";
import { BOT_BUCKET, type HelixPoints } from "../permits/helix-points.ts";
import type { HelixCaller } from "../twitch/helix-caller.ts";

export interface CategoryGames {
  /** undefined: it is no game. */
  igdbIdOf(categoryId: string): Promise<Looked<number | undefined>>;
}

const KEPT_MS: Millis = 86_400_000;
const CATEGORY_ID = /^\d{1,20}$/;

const Games = v.object({
  data: v.array(v.object({ id: v.string(), igdb_id: v.optional(v.string(), "") })),
});

export function makeCategoryGames(using: {
  readonly helix: HelixCaller;
  readonly points: Pick<HelixPoints, "room">;
  readonly clock: Clock;
}): CategoryGames {
  const { helix, points, clock } = using;
  const batcher = makeBatcher<string, number>({
    clock,
    async ask(ids) {
      if (points.room("command", BOT_BUCKET).points <= 0) return noPointsLeft();
      const path = `/games?${ids.map((id) => `id=${id}`).join("&")}`;
      const looked = await getFromHelix(helix, path, Games);
      if (looked.is === "failed") return looked;
      const known = looked.value.data.flatMap((row): [string, number][] =>
        CATEGORY_ID.test(row.igdb_id) && Number(row.igdb_id) > 0 ? [[row.id, Number(row.igdb_id)]] : [],
      );
      return { is: "looked", value: new Map(known.slice(0, KEYS_A_CALL)) };
    },
  });
  const kept = makeRemembered({ clock, ageMs: KEPT_MS, source: batcher });
  return {
    igdbIdOf: async (id) => (CATEGORY_ID.test(id) ? kept.get(id) : { is: "looked", value: undefined }),
  };
}
