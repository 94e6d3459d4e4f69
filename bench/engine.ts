/**
 * The game engine against its bars: how often it is right and how long it takes, by what people get wrong, over 300,000
 * titles through the TypeScript API; and other ways to search, over the same titles in the same run.
 * `./kissbot.sh bench engine --titles FILE --seed 7`.
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import * as v from "valibot";
import { choosePaint } from "../cli/paint.ts";
import { buildGameIndex } from "../engine/build-index.ts";
import type { GameIndex } from "../engine/game-index.ts";
import { engineStatus, openGameIndex } from "../engine/index.ts";
import { systemClock } from "../shared/clock.ts";
import { type Figures, measure, type Searcher } from "./engine-measure.ts";
import { PEERS } from "./engine-peers.ts";
import { CATEGORIES, type Category, makeQueries, type Query } from "./engine-queries.ts";
import { type PeerFigures, toBars, toFigureTable, toPeerBars, toPeerTable } from "./engine-report.ts";
import { readShorts } from "./engine-shorts.ts";
import { fillUp, makeRandom, readTitles, type Titled } from "./engine-titles.ts";
import { weighIndex } from "./engine-weight.ts";
import { isReached, renderBars } from "./promised-bars.ts";
import { readFlags } from "./read-flags.ts";
import { describeMachine } from "./this-machine.ts";

/** The catalogue is the same for every seed, so that figures of two seeds can be compared. */
const CATALOGUE_SEED = 7;
/** Kept out of the index: what is asked for and not there. */
const ABSENT_SHARE = 0.01;
/** With other queries each; times are those of the quietest, because a machine has other work, too. */
const PASSES = 3;
/** Slow ones among them take 20 ms an answer; a point is worth telling from a hundred answers on. */
const PEERS_ANSWER_NTH = 5;
const WARM_UP = 2_000;
const WEIGHED_PROCESSES = 20;
const WEIGHED_QUERIES = 200;
const OPENINGS = 20;

const Count = (what: string) => v.pipe(v.string(), v.regex(/^[1-9][0-9]*$/, what), v.transform(Number));
const Flags = v.object({
  titles: v.optional(v.string()),
  count: v.optional(Count("a number of titles, such as 300000"), "300000"),
  seed: v.optional(Count("a number, such as 7"), "1"),
  queries: v.optional(Count("a number of queries per category, such as 500"), "500"),
  peers: v.optional(v.boolean(), true),
  misses: v.optional(v.picklist(CATEGORIES)),
  json: v.optional(v.boolean(), false),
});

const program = new Command("bench engine")
  .description("how quickly and how rightly games are found, beside other ways to search")
  .option("--titles <file>", "real titles, one a line, behind a tab how often counted (else KISSBOT_TITLES)")
  .option("--count <titles>", "made up to so many (default 300000)")
  .option("--seed <number>", "of the queries (default 1)")
  .option("--queries <count>", "in each category and pass (default 500)")
  .option("--no-peers", "the engine alone")
  .option("--misses <category>", `what went wrong in one of: ${CATEGORIES.join(", ")}`)
  .option("--json", "the raw figures");
const flags = readFlags(program, Flags);

interface Stage {
  readonly folder: string;
  readonly titles: readonly Titled[];
  readonly absent: readonly string[];
}

function setStage(folder: string): Stage {
  const file = flags.titles ?? process.env.KISSBOT_TITLES;
  const shipped = readShorts().titles.map((title) => ({ title, count: 1 }));
  const real = file === undefined ? shipped : readTitles(file);
  const random = makeRandom(CATALOGUE_SEED);
  const kept: Titled[] = [];
  const absent: string[] = [];
  for (const one of real) {
    if (random() < ABSENT_SHARE) absent.push(one.title);
    else kept.push(one);
  }
  const titles = fillUp(kept, flags.count, CATALOGUE_SEED);
  writeFileSync(
    join(folder, "titles.tsv"),
    titles.map(({ title, count }) => `${title}\t${count}`).join("\n"),
  );
  return { folder, titles, absent };
}

async function build(folder: string, withAliases: boolean) {
  const to = join(folder, withAliases ? "games.kbx" : "bare.kbx");
  const built = await buildGameIndex({
    titles: join(folder, "titles.tsv"),
    to,
    withAliases,
    now: systemClock.wall(),
  });
  if (built.is === "failed") throw new Error(built.problem);
  return { file: to, tookMs: built.report.tookMs };
}

function open(file: string): GameIndex {
  const opened = openGameIndex(file);
  if (opened.is === "failed") throw new Error(opened.problem);
  return opened.index;
}

/** Milliseconds, the quickest: the file has been read before, as for every worker but the first. */
function timeOpening(file: string): number {
  const times = Array.from({ length: OPENINGS }, () => {
    const startedAt = performance.now();
    open(file).close();
    return performance.now() - startedAt;
  });
  return Math.min(...times);
}

type Passes = readonly ReadonlyMap<Category, readonly Query[]>[];

function measurePasses(
  find: (category: Category) => Searcher,
  passes: Passes,
): ReadonlyMap<Category, readonly Figures[]> {
  return new Map(
    CATEGORIES.map((category) => [
      category,
      passes.map((queries) => measure(find(category), queries.get(category) ?? [])),
    ]),
  );
}

/** Each asked the same as we are. */
async function measurePeers(
  titles: readonly string[],
  asked: ReadonlyMap<Category, readonly Query[]>,
): Promise<readonly PeerFigures[]> {
  const figures: PeerFigures[] = [];
  for (const peer of PEERS) {
    tell(`${peer.name} …`);
    const searcher = await peer.open(titles);
    figures.push({ name: peer.name, byCategory: measureAll(() => searcher, asked) });
    searcher.close?.();
  }
  return figures;
}

const measureAll = (find: (category: Category) => Searcher, asked: ReadonlyMap<Category, readonly Query[]>) =>
  new Map([...asked].map(([category, queries]) => [category, measure(find(category), queries)]));

const tell = (text: string) => process.stderr.write(`${choosePaint(process.stderr)("dim", text)}\n`);

async function run(folder: string): Promise<number> {
  tell("titles, indexes and queries …");
  const { titles, absent } = setStage(folder);
  const { shorts, titles: shipped } = readShorts();
  const [full, bare] = [await build(folder, true), await build(folder, false)];
  const indexes = { full: open(full.file), bare: open(bare.file) };
  const source = { titles: [...titles, ...shipped.map((title) => ({ title, count: 1 }))], absent, shorts };
  const passes = Array.from({ length: PASSES }, (_, at) =>
    makeQueries(source, flags.queries, flags.seed + at),
  );
  for (const { title } of titles.slice(0, WARM_UP)) indexes.full.find(title);
  const own = (category: Category) => {
    // Short forms by rule are measured where no table knows them.
    const index = category === "derived" ? indexes.bare : indexes.full;
    return { name: index.engine, find: (query: string) => index.find(query) };
  };
  const figures = measurePasses(own, passes);
  const asked = [...(passes[0]?.values() ?? [])].flatMap((queries) => queries.map(({ text }) => text));
  const every = Math.max(1, Math.floor(asked.length / WEIGHED_QUERIES));
  const weighed = asked.filter((_, at) => at % every === 0);
  const facts = {
    titles: indexes.full.info().titles,
    buildMs: full.tookMs,
    openMs: timeOpening(full.file),
    megabytes: statSync(full.file).size / 2 ** 20,
    pssMb: await weighIndex(full.file, weighed, WEIGHED_PROCESSES),
  };
  const all = source.titles.map(({ title }) => title);
  const some = new Map(
    [...(passes[0] ?? [])].map(([category, queries]) => [
      category,
      queries.filter((_, at) => at % PEERS_ANSWER_NTH === 0),
    ]),
  );
  const peers = flags.peers ? await measurePeers(all, some) : [];
  const bars = [...toBars(figures, facts), ...toPeerBars(figures, peers, measureAll(own, some))];
  if (flags.json) {
    const text = JSON.stringify({ machine: describeMachine(), seed: flags.seed, facts, bars });
    process.stdout.write(`${text}\n`);
  } else {
    const paint = choosePaint(process.stdout);
    const { engine, problem } = engineStatus();
    const lines = [
      paint(
        "bold",
        `${facts.titles.toLocaleString("en")} titles, ${engine} engine${problem ? `: ${problem}` : ""}, seed ${flags.seed}, times of the quietest of ${PASSES} passes`,
      ),
      ...toFigureTable(figures),
      "",
      ...toPeerTable(peers),
      ...renderBars(bars),
      "  SELECT and LRU of an answer: ./kissbot.sh bench games",
    ];
    process.stdout.write(`${lines.join("\n")}\n`);
    for (const { typed, got, wanted, isSure } of figures.get(flags.misses ?? "exact")?.[0]?.misses ?? []) {
      const line = `  "${typed}" gave "${got}"${isSure ? ", surely" : ""}, not "${wanted}"\n`;
      if (flags.misses !== undefined) process.stdout.write(line);
    }
  }
  return bars.every(isReached) ? 0 : 1;
}

const folder = mkdtempSync(join(tmpdir(), "kissbot-engine-"));
try {
  process.exitCode = await run(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
