/** A house has an index of titles from its first start on: the catalogue's, until somebody builds a larger one. */
import { existsSync } from "node:fs";
import type { Desk } from "../verb.ts";

/** What is there stays as it is. Without an index games are asked for as they are typed: no reason not to start. */
export async function ensureGameIndex(
  indexFile: string,
  { clock, warn }: Pick<Desk, "clock" | "warn">,
): Promise<void> {
  if (existsSync(indexFile)) return;
  const { buildGameIndex } = await import("../../engine/build-index.ts");
  const built = await buildGameIndex({ to: indexFile, now: clock.wall() });
  if (built.is === "failed") warn(`kissbot: there is no index of games' titles: ${built.problem}`);
}
