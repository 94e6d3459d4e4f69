import type { EngineStatus, OpenedIndex } from "../../../engine/game-index.ts";
import { engineStatus, openGameIndex } from "../../../engine/index.ts";
import { defineCheck, type Finding } from "../check.ts";

export default defineCheck({
  name: "engine",
  async run({ home }) {
    const opened = openGameIndex(home.gameIndex);
    try {
      return [judgeEngine(engineStatus()), judgeIndex(opened)];
    } finally {
      if (opened.is === "open") opened.index.close();
    }
  },
});

/** Pure. */
export const judgeEngine = ({ engine, problem }: EngineStatus): Finding =>
  engine === "rust"
    ? { level: "ok", says: "games are looked up by the Rust engine" }
    : {
        level: "warn",
        says: `games are looked up by the TypeScript engine, which knows less of typing errors: ${problem}`,
        fix: "install Rust from https://rustup.rs, then ./kissbot.sh games builds the engine",
      };

export function judgeIndex(opened: OpenedIndex): Finding {
  if (opened.is === "failed") {
    return {
      level: opened.code === "missing" ? "warn" : "fail",
      says: `the index of games is ${opened.code}: ${opened.problem}`,
      fix: "./kissbot.sh games build",
    };
  }
  const damage = opened.index.verify();
  if (damage !== undefined)
    return {
      level: "fail",
      says: `the index of games is damaged: ${damage}`,
      fix: "./kissbot.sh games build",
    };
  const { titles, learnt } = opened.index.info();
  return { level: "ok", says: `the index of games has ${titles} titles, and ${learnt} learnt since` };
}
