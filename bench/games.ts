/** `./kissbot.sh bench games`: what it costs to tell of a game that is known. */
import { Command } from "commander";
import * as v from "valibot";
import { choosePaint } from "../cli/paint.ts";
import { type LevelTimes, measureGameCache, PASSES } from "./games-cache.ts";
import { type Bar, renderBars } from "./promised-bars.ts";
import { readFlags } from "./read-flags.ts";
import { describeMachine } from "./this-machine.ts";

const WholeNumber = v.pipe(
  v.string(),
  v.regex(/^[1-9]\d{3,6}$/, "a whole number from 1000"),
  v.transform(Number),
);
const Flags = v.object({
  games: v.optional(WholeNumber, "10000"),
  lookups: v.optional(WholeNumber, "100000"),
  json: v.optional(v.boolean(), false),
});

const BARS = { databaseUs: 10, memoryUs: 0.5, perSecond: 50_000 };

const program = new Command("bench games")
  .description("an answer about a game that is at hand: from the database, and from a worker's memory")
  .option("--games <count>", "in the database (default 10000)")
  .option("--lookups <count>", "at each level (default 100000)")
  .option("--json", "raw figures");
const flags = readFlags(program, Flags);
process.stderr.write(`${choosePaint(process.stderr)("dim", "filling a database …")}\n`);
const measured = await measureGameCache({ games: flags.games, lookUps: flags.lookups });
const machine = describeMachine();

const bars: readonly Bar[] = [
  {
    what: "row and parsing, p50",
    value: measured.database.p50Us,
    bar: BARS.databaseUs,
    unit: "µs",
    digits: 2,
  },
  { what: "memory, p50", value: measured.memory.p50Us, bar: BARS.memoryUs, unit: "µs", digits: 3 },
  {
    what: "hits a second, from the database",
    value: measured.database.perSecond,
    bar: BARS.perSecond,
    isFloor: true,
    unit: "/s",
    digits: 0,
  },
  {
    what: "hits a second, from memory",
    value: measured.memory.perSecond,
    bar: BARS.perSecond,
    isFloor: true,
    unit: "/s",
    digits: 0,
  },
];
const describeLevel = (name: string, { p50Us, p99Us, perSecond }: LevelTimes): string =>
  `${name.padEnd(10)} p50 ${p50Us.toFixed(3)} µs, p99 ${p99Us.toFixed(3)} µs, ${Math.round(perSecond)} a second`;

process.stdout.write(
  flags.json
    ? `${JSON.stringify({ machine, bars: BARS, measured }, null, 2)}\n`
    : [
        `${measured.games} games of ${measured.answerBytes} bytes, ${flags.lookups} different look-ups in sequence, one process, the quietest of ${PASSES} passes`,
        `${machine.cores} × ${machine.cpu}, ${machine.memoryGb} GB, Linux ${machine.kernel}, Node ${machine.node}`,
        "",
        describeLevel("database", measured.database),
        `${"alone".padEnd(10)} p50 ${measured.aloneP50Us.toFixed(3)} µs: a row in a turn of the loop of its own, nothing of it warm`,
        describeLevel("memory", measured.memory),
        "",
        ...renderBars(bars),
        "",
      ].join("\n"),
);
