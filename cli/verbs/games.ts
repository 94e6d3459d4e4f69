import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { buildGameIndex } from "../../engine/build-index.ts";
import type { GameIndex } from "../../engine/game-index.ts";
import { engineStatus, openGameIndex } from "../../engine/index.ts";
import { checkoutFolder } from "../../shared/home.ts";
import { renderInfo, renderMatches } from "../games/games-page.ts";
import { GAMES_ACTIONS, parseGamesOrder } from "../games/parse-order.ts";
import { type Desk, defineVerb, EXIT_USAGE } from "../verb.ts";

const MATCHES_SHOWN = 5;
/** So often is the query asked before it is timed: at first one measures how the file comes into memory. */
const WARM_UP = 50;

export default defineVerb({
  name: "games",
  summary: "the index of games: build it, look at it, search it, measure it",
  arguments: [
    { name: "[action]", says: "info (default), build, search or bench" },
    { name: "[query...]", says: "what to search for" },
  ],
  actions: GAMES_ACTIONS,
  flags: [
    {
      flags: "--titles <file>",
      says: "for build: titles, one a line; behind tabs how often counted, and the year",
    },
    { flags: "-n, --limit <count>", says: `for search: how many at most (default ${MATCHES_SHOWN})` },
    { flags: "--json", says: "the answer for scripts" },
  ],
  options: v.object({
    titles: v.optional(v.string()),
    json: v.optional(v.boolean(), false),
    limit: v.optional(
      v.pipe(v.string(), v.regex(/^[1-9][0-9]?$/, "a number of matches, such as 5"), v.transform(Number)),
      String(MATCHES_SHOWN),
    ),
  }),
  async run({ args, options }, desk) {
    if (args[0] === "bench") return runBench();
    const order = parseGamesOrder(args, options.titles);
    switch (order.do) {
      case "wrong":
        desk.warn(`kissbot: ${order.says}`);
        return EXIT_USAGE;
      case "build":
        return build(order.titles, options.json, desk);
      case "info":
        return withIndex(desk, (index) => showInfo(index, options.json, desk));
      case "search":
        return withIndex(desk, (index) => search(index, order.query, options, desk));
    }
  },
});

async function build(
  titles: string | undefined,
  asJson: boolean,
  { home, clock, say, warn }: Desk,
): Promise<number> {
  const built = await buildGameIndex({
    ...(titles !== undefined && { titles }),
    to: home.gameIndex,
    now: clock.wall(),
  });
  if (built.is === "failed") {
    warn(`kissbot: no index was built: ${built.problem}`);
    return 1;
  }
  const { titles: count, skipped, bytes, tookMs } = built.report;
  const left = skipped === 0 ? "" : `, ${skipped} lines without a title skipped`;
  say(
    asJson
      ? JSON.stringify({ file: home.gameIndex, engine: built.engine, ...built.report })
      : `${count.toLocaleString("en")} titles in ${(bytes / 2 ** 20).toFixed(1)} MB, built in ${(tookMs / 1_000).toFixed(2)} s by the ${built.engine} engine${left}`,
  );
  return 0;
}

function withIndex({ home, warn }: Desk, use: (index: GameIndex) => number): number {
  const opened = openGameIndex(home.gameIndex);
  if (opened.is === "failed") {
    warn(
      mayBeRead(home.gameIndex)
        ? `kissbot: ${home.gameIndex} is ${opened.code}: ${opened.problem}; ./kissbot.sh games build makes a new one`
        : `kissbot: ${home.gameIndex} can't be read by this user: ask as the one the house runs as`,
    );
    return 1;
  }
  try {
    return use(opened.index);
  } finally {
    opened.index.close();
  }
}

/** Also where there is none. */
function mayBeRead(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch (problem) {
    return !(problem instanceof Error && "code" in problem && problem.code === "EACCES");
  }
}

function showInfo(index: GameIndex, asJson: boolean, { say }: Desk): number {
  const [info, damage] = [index.info(), index.verify()];
  say(asJson ? JSON.stringify({ ...info, damage }) : renderInfo(info, engineStatus(), damage));
  return damage === undefined ? 0 : 1;
}

function search(
  index: GameIndex,
  query: string,
  { limit, json }: { readonly limit: number; readonly json: boolean },
  { clock, columns, say }: Desk,
): number {
  for (let times = 0; times < WARM_UP; times++) index.find(query);
  const startedAt = clock.now();
  index.find(query);
  const micros = (clock.now() - startedAt) * 1_000;
  const matches = index.search(query, limit);
  say(json ? JSON.stringify({ query, micros, matches }) : renderMatches(matches, { micros, width: columns }));
  return matches.length > 0 ? 0 : 1;
}

function runBench(): Promise<number> {
  const bench = spawn(process.execPath, [join(checkoutFolder, "bench", "engine.ts")], { stdio: "inherit" });
  return new Promise((resolve) => bench.once("exit", (code) => resolve(code ?? 1)));
}
