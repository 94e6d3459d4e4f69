import { expect, test } from "vitest";
import type { EngineStatus, GameIndex, OpenedIndex } from "../../engine/game-index.ts";
import { describeGames } from "./describe-games.ts";

const open = (titles: number, learnt: number): OpenedIndex => ({
  is: "open",
  index: { info: () => ({ titles, learnt }) } as unknown as GameIndex,
});
const none: OpenedIndex = { is: "failed", code: "missing", problem: "there is no such file" };

test.each<[EngineStatus, OpenedIndex, string]>([
  [{ engine: "rust" }, open(553, 0), "Rust engine, 553 titles"],
  [{ engine: "rust" }, open(553, 2), "Rust engine, 553 titles and 2 learnt since"],
  [{ engine: "typescript", problem: "no addon" }, open(9, 0), "TypeScript engine (no addon), 9 titles"],
  [{ engine: "rust" }, none, "Rust engine, without an index of titles (missing): ./kissbot.sh games build"],
])("%o with %o: %s", (status, opened, said) => {
  expect(describeGames(status, opened)).toBe(said);
});
