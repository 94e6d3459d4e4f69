/**
 * The whole path of a chat message, wire to wire: how long from a viewer's line leaving the simulator to the bot's
 * reply reaching it, in a house of ten channels with fifty messages a second, and what each process weighs.
 * Real processes, real sockets, the bundles that ship. `./kissbot.sh bench path --json` for the raw figures.
 */
import { Command } from "commander";
import * as v from "valibot";
import { sleep } from "../cli/house/await-ready.ts";
import { choosePaint } from "../cli/paint.ts";
import { type Column, renderTable } from "../cli/table.ts";
import { percentile } from "../cli/trial/percentile.ts";
import { makeReplyLedger, type ReplyLedger } from "../cli/trial/reply-ledger.ts";
import { toChatLine } from "../cli/trial/sim-feed.ts";
import { makeTrialHome, type TrialHome } from "../cli/trial/trial-home.ts";
import { type Millis, systemClock } from "../shared/clock.ts";
import { BOT_LOGIN, type ChatLoad, channelNames } from "./chat-load.ts";
import { mean, toWeight, type Weight } from "./house-weight.ts";
import { type Bar, renderBars } from "./promised-bars.ts";
import { readFlags } from "./read-flags.ts";
import { runHouse } from "./run-house.ts";
import { describeMachine } from "./this-machine.ts";
import { readWorkerTimes } from "./worker-times.ts";

const CHANNELS = 10;
const MESSAGES_PER_SECOND = 50;
/** At the start just-in-time compilation, not the path, is what one would measure. */
const WARM_UP_SECONDS = 5;
const READY_WITHIN_MS: Millis = 60_000;
/** After the last message: replies still on their way. */
const LAST_REPLIES_MS: Millis = 1_000;
/** A connected worker at rest: it has joined, and the work of starting is over. */
const REST_MS: Millis = 3_000;
const BARS = { replyP95Ms: 20, workerMb: 26, hubMb: 60 };

/** Twitch gives a verified bot 7,500 messages in 30 s, a bot that moderates its channels 100: 3.3 a second. */
const LOADS = {
  verified: { botIsVerified: true, commandsPerSecond: MESSAGES_PER_SECOND },
  moderator: { botIsVerified: false, commandsPerSecond: 3 },
} as const;
type LoadName = keyof typeof LOADS;

interface Spread {
  readonly p50: Millis | undefined;
  readonly p95: Millis | undefined;
  readonly p99: Millis | undefined;
}

interface Run {
  readonly load: LoadName;
  /** The first start after an upgrade: the compile cache is empty. Later ones find it filled. */
  readonly cache: "cold" | "warm";
  readonly messages: number;
  readonly answered: number;
  readonly unanswered: number;
  readonly wireToWireMs: Spread;
  readonly inWorkerMs: Spread;
  readonly atRest: Weight;
  readonly underLoad: Weight;
}

const spread = (values: readonly Millis[]): Spread => ({
  p50: percentile(values, 0.5),
  p95: percentile(values, 0.95),
  p99: percentile(values, 0.99),
});

async function measure(
  name: LoadName,
  cache: Run["cache"],
  seconds: number,
  trialHome: TrialHome,
): Promise<Run> {
  const clock = systemClock;
  const load: ChatLoad = {
    ...LOADS[name],
    channels: CHANNELS,
    messagesPerSecond: MESSAGES_PER_SECOND,
    seconds: WARM_UP_SECONDS + seconds,
  };
  let ledger: ReplyLedger | undefined;
  return runHouse({
    name,
    load,
    trialHome,
    readyWithinMs: READY_WITHIN_MS,
    onFeedLine(line) {
      const chat = toChatLine(line);
      if (chat) ledger?.hear(chat);
    },
    async measure(house) {
      await sleep(clock, REST_MS);
      const atRest = toWeight(await house.look());
      await house.startChat();
      await sleep(clock, WARM_UP_SECONDS * 1_000);
      const measured = makeReplyLedger(BOT_LOGIN, "!");
      ledger = measured;
      const sinceWall = clock.wall();
      await sleep(clock, seconds * 1_000 + LAST_REPLIES_MS);
      const underLoad = toWeight(await house.look());
      return {
        load: name,
        cache,
        messages: measured.seen(),
        answered: measured.latencies().length,
        unanswered: measured.unanswered(),
        wireToWireMs: spread(measured.latencies()),
        inWorkerMs: spread(readWorkerTimes(house.home, channelNames(load), sinceWall)),
        atRest,
        underLoad,
      };
    },
  });
}

const COLUMNS: readonly Column[] = [
  { title: "bot, cache", align: "left" },
  { title: "messages", align: "right" },
  { title: "answered", align: "right" },
  { title: "wire p50/p95/p99 ms", align: "right" },
  { title: "in worker p50/p95/p99 ms", align: "right" },
  { title: "worker rest/load MB", align: "right" },
  { title: "hub MB", align: "right" },
  { title: "supervisor MB", align: "right" },
];

function renderRuns(runs: readonly Run[]): string {
  const rows = runs.map((run) => ({
    cells: [
      `${run.load}, ${run.cache}`,
      String(run.messages),
      run.unanswered === 0 ? String(run.answered) : `${run.answered} (${run.unanswered} not)`,
      renderSpread(run.wireToWireMs, 0),
      renderSpread(run.inWorkerMs, 2),
      both(mean(run.atRest.workersMb), mean(run.underLoad.workersMb)),
      both(run.atRest.hubMb, run.underLoad.hubMb),
      both(run.atRest.supervisorMb, run.underLoad.supervisorMb),
    ],
  }));
  return renderTable(COLUMNS, rows, Number.POSITIVE_INFINITY).join("\n");
}

/** Against the bars: the median run of a warm house, since that is how it runs for months. */
function renderRunBars(runs: readonly Run[]): string {
  const warm = runs.filter((run) => run.cache === "warm" && run.load === "verified");
  const median = (pick: (run: Run) => number | undefined) =>
    percentile(
      warm.flatMap((run) => pick(run) ?? []),
      0.5,
    );
  const mb = (what: string, pick: (run: Run) => number, bar: number): Bar => ({
    what,
    value: median(pick),
    bar,
    unit: "MB",
    digits: 1,
  });
  return renderBars([
    {
      what: "message→reply p95, wire to wire",
      value: median((run) => run.wireToWireMs.p95),
      bar: BARS.replyP95Ms,
      unit: "ms",
      digits: 1,
    },
    mb("connected worker at rest, mean PSS", (run) => mean(run.atRest.workersMb), BARS.workerMb),
    mb("connected worker under load, mean PSS", (run) => mean(run.underLoad.workersMb), BARS.workerMb),
    mb("hub under load, PSS", (run) => run.underLoad.hubMb, BARS.hubMb),
  ]).join("\n");
}

const both = (rest: number, load: number): string => `${rest.toFixed(1)} / ${load.toFixed(1)}`;
const renderSpread = ({ p50, p95, p99 }: Spread, digits: number): string =>
  [p50, p95, p99].map((value) => value?.toFixed(digits) ?? "-").join(" / ");

const WholeNumber = v.pipe(
  v.string(),
  v.regex(/^[1-9]\d{0,3}$/, "a whole number from 1"),
  v.transform(Number),
);
const Flags = v.object({
  runs: v.optional(WholeNumber, "3"),
  seconds: v.optional(WholeNumber, "20"),
  json: v.optional(v.boolean(), false),
});

async function main(): Promise<void> {
  const program = new Command("bench path")
    .description("message→reply latency and memory of ten channels at fifty messages a second")
    .option("--runs <count>", "measured runs of each load, after one with a cold compile cache (default 3)")
    .option("--seconds <count>", "measured seconds of each run (default 20)")
    .option("--json", "raw figures");
  const flags = readFlags(program, Flags);
  const machine = describeMachine();
  const progress = (text: string) =>
    void process.stderr.write(`${choosePaint(process.stderr)("dim", text)}\n`);

  const trialHome = makeTrialHome(process.env);
  const runs: Run[] = [];
  try {
    progress("run with an empty compile cache …");
    runs.push(await measure("verified", "cold", flags.seconds, trialHome));
    for (const name of Object.keys(LOADS) as LoadName[]) {
      for (let run = 1; run <= flags.runs; run += 1) {
        progress(`run ${run} of ${flags.runs}, ${name} bot …`);
        runs.push(await measure(name, "warm", flags.seconds, trialHome));
      }
    }
  } finally {
    trialHome.remove();
  }
  if (flags.json) {
    process.stdout.write(`${JSON.stringify({ machine, bars: BARS, loads: LOADS, runs }, null, 2)}\n`);
    return;
  }
  const packages = Object.entries(machine.packages).map(([name, version]) => `${name} ${version}`);
  process.stdout.write(
    [
      `${CHANNELS} channels, ${MESSAGES_PER_SECOND} messages/s; every one a command for a verified bot (Twitch allows it 250/s),`,
      `${LOADS.moderator.commandsPerSecond} commands/s for an ordinary bot that moderates the channels (Twitch allows it 3.3/s).`,
      `${machine.cores} × ${machine.cpu}, ${machine.memoryGb} GB, Linux ${machine.kernel}, Node ${machine.node}, ${packages.join(", ")}`,
      "Wire: at the simulator, which stamps whole milliseconds. In worker: arrival to written, from the workers' logs. Memory: PSS.",
      "",
      renderRuns(runs),
      "",
      "Median of the warm runs with a verified bot:",
      renderRunBars(runs),
      "",
    ].join("\n"),
  );
}

await main();
