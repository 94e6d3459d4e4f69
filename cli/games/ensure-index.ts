/** A house has a readable index of titles from its start on: the catalogue's, until somebody builds a larger one. */
import type { Built } from "../../engine/build-index.ts";
import type { IndexFailure, OpenedIndex } from "../../engine/game-index.ts";
import type { Desk } from "../verb.ts";

/** Without an index games are asked for as they are typed: no reason not to start. */
export async function ensureGameIndex(
  indexFile: string,
  { clock, warn }: Pick<Desk, "clock" | "warn">,
): Promise<void> {
  const { openGameIndex } = await import("../../engine/index.ts");
  const broken = findBroken(openGameIndex(indexFile));
  if (broken === undefined) return;
  if (broken.code === "foreign") {
    warn(`kissbot: ${indexFile} is no index of games' titles, and was left alone: ${broken.problem}`);
    return;
  }
  const { buildGameIndex } = await import("../../engine/build-index.ts");
  // Whole before it takes the name: whoever reads the old one goes on.
  const built = await buildGameIndex({ to: indexFile, now: clock.wall() });
  const line = sayEnsured(broken, built);
  if (line !== undefined) warn(line);
}

interface Broken {
  readonly code: IndexFailure;
  readonly problem: string;
}

/** Opening checks what is small; a start has the time to read all of it. */
function findBroken(opened: OpenedIndex): Broken | undefined {
  if (opened.is === "failed") return opened;
  const damage = opened.index.verify();
  opened.index.close();
  return damage === undefined ? undefined : { code: "corrupt", problem: damage };
}

/** Pure. That a new house gets its first index needs no words. */
export function sayEnsured({ code, problem }: Broken, built: Built): string | undefined {
  if (built.is === "failed") return `kissbot: there is no index of games' titles: ${built.problem}`;
  if (code === "missing") return undefined;
  return (
    `kissbot: the index of games' titles was ${code} (${problem}): built anew of ${built.report.titles} titles;` +
    " ./kissbot.sh games build --titles FILE makes a larger one"
  );
}
