import { existsSync } from "node:fs";
import type { Config } from "../shared/config.ts";
import type { Home } from "../shared/home.ts";
import { drakonProgram, keeperIdentity, serviceChildId } from "../shared/house-services.ts";
import { type HouseKey, makeCredential } from "../shared/ipc/house-key.ts";
import type { ChildSpec } from "./child-spec.ts";

const MS_PER_S = 1_000;
const MEMORY_MAX_KB = 200 * 1_024;

/** Pure: the ranker as a child of the house. */
export function drakonSpec(config: Config, houseKey: HouseKey, home: Pick<Home, "gameIndex">): ChildSpec {
  const { port } = config.ranker;
  const keeper = makeCredential(houseKey, keeperIdentity("drakon"));
  return {
    id: serviceChildId("drakon"),
    entry: drakonProgram(),
    execArgv: ["--papers"],
    health: { url: `http://127.0.0.1:${port}/health`, keeper },
    papers: {
      port,
      indexFile: home.gameIndex,
      keeper,
      orphanAfterMs: config.limits.orphan_seconds * MS_PER_S,
    },
    crashLog: "crash-drakon.log",
    startsAfter: [],
    stages: [{ stage: "ready", withinMs: 10_000 }],
    heartbeat: { everyMs: 5_000, missesMax: 3 },
    stopWithinMs: 1_500,
    pssKbMax: MEMORY_MAX_KB,
    patience: { restartsMax: 5, windowMs: 60_000, rest: { first: 1_000, longest: 60_000, jitter: 0.5 } },
  };
}

/** Why it can't be started; undefined: it can. */
export const findMissingService = (): string | undefined =>
  existsSync(drakonProgram())
    ? undefined
    : `the ranker is not built: ./kissbot.sh drakon start builds it where cargo is there`;
