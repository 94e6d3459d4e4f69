/**
 * Events on their way through the hub: how much later they are for it, how many it passes in a second, and what it
 * costs when nothing happens. The real hub process, the bundle that ships; its Twitch is the simulator, its workers
 * are links that check, acknowledge and count.
 *
 * Latency counts from the feeder's write into the EventSub connection to the handler behind the worker's link. A bare
 * relay goes the same way (a WebSocket in, one JSON.parse, one JSON.stringify, one corked write) before the same kind
 * of links, right after the hub: what the hub has more than the relay is what the hub adds. The ceiling stands beside
 * the relay's, and beside a bare corked broadcast, which reads nothing and makes one JSON for all links.
 */
import { Command } from "commander";
import * as v from "valibot";
import { sleep } from "../cli/house/await-ready.ts";
import { choosePaint } from "../cli/paint.ts";
import { type Millis, systemClock } from "../shared/clock.ts";
import {
  type DeliveryRun,
  HUB_BARS,
  type HubRuns,
  renderDeliveries,
  renderHubBars,
  renderSubscriptionBars,
} from "./hub-report.ts";
import { type HubStage, openHubStage, type Rest } from "./hub-stage.ts";
import { FIVE_TOPICS, measureSubscriptions } from "./hub-subscriptions.ts";
import { readFlags } from "./read-flags.ts";
import { describeMachine } from "./this-machine.ts";

const SIZES = [1, 10, 100] as const;
const EVENTS_PER_SECOND = 1_000;
/** Just-in-time compilation is not what one would measure. */
const WARM_UP_MS: Millis = 2_000;
/** The work of starting is over. */
const BEFORE_REST_MS: Millis = 5_000;
const REST_MS: Millis = 20_000;
const SUBSCRIPTIONS = { channels: 100, topics: FIVE_TOPICS, createsPerSecond: 12 };
const MS_PER_S = 1_000;

async function measureRun(stage: HubStage, workers: number, forMs: Millis): Promise<DeliveryRun> {
  return {
    workers,
    hub: await stage.latency("hub", EVENTS_PER_SECOND, forMs),
    relay: await stage.latency("bare", EVENTS_PER_SECOND, forMs),
    hubCeiling: await stage.ceiling("hub", forMs),
    relayCeiling: await stage.ceiling("bare", forMs),
    broadcastCeiling: await stage.broadcastCeiling(forMs),
  };
}

async function measureHouse(
  workers: number,
  using: { readonly runs: number; readonly seconds: number; readonly nodeFlags: readonly string[] },
  progress: (text: string) => void,
): Promise<{ readonly runs: readonly DeliveryRun[]; readonly rest: Rest }> {
  const clock = systemClock;
  progress(`${workers} workers: the house opens …`);
  const stage = await openHubStage({ workers, clock, environment: process.env, nodeFlags: using.nodeFlags });
  try {
    progress(`${workers} workers: at rest …`);
    await sleep(clock, BEFORE_REST_MS);
    const rest = await stage.rest(REST_MS);
    for (const fed of ["hub", "bare"] as const) await stage.latency(fed, EVENTS_PER_SECOND, WARM_UP_MS);
    const runs: DeliveryRun[] = [];
    for (let run = 1; run <= using.runs; run += 1) {
      progress(`${workers} workers: run ${run} of ${using.runs} …`);
      runs.push(await measureRun(stage, workers, using.seconds * MS_PER_S));
    }
    return { runs, rest };
  } finally {
    await stage.end();
  }
}

const WholeNumber = v.pipe(
  v.string(),
  v.regex(/^[1-9]\d{0,3}$/, "a whole number from 1"),
  v.transform(Number),
);
const Flags = v.object({
  workers: v.optional(
    v.pipe(
      v.string(),
      v.transform((text) => text.split(",")),
      v.array(WholeNumber),
    ),
    SIZES.join(","),
  ),
  runs: v.optional(WholeNumber, "5"),
  seconds: v.optional(WholeNumber, "5"),
  subscriptions: v.optional(v.boolean(), true),
  onlySubscriptions: v.optional(v.boolean(), false),
  profile: v.optional(v.string()),
  json: v.optional(v.boolean(), false),
});

async function main(): Promise<void> {
  const program = new Command("bench hub")
    .description("latency, ceiling, memory and CPU of the hub, and how long it takes to subscribe")
    .option("--workers <counts>", `how many, separated by commas (default ${SIZES.join(",")})`)
    .option("--runs <count>", "measured runs of each (default 5)")
    .option("--seconds <count>", "measured seconds of each figure (default 5)")
    .option("--no-subscriptions", "leave out the five hundred subscriptions")
    .option("--only-subscriptions", "nothing but these")
    .option("--profile <folder>", "write a CPU profile of each hub there")
    .option("--json", "raw figures");
  const flags = readFlags(program, Flags);
  const machine = describeMachine();
  const progress = (text: string) =>
    void process.stderr.write(`${choosePaint(process.stderr)("dim", text)}\n`);
  const nodeFlags = flags.profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${flags.profile}`];

  const deliveries: DeliveryRun[] = [];
  const rests: HubRuns["rests"][number][] = [];
  for (const workers of flags.onlySubscriptions ? [] : flags.workers) {
    const { runs, rest } = await measureHouse(workers, { ...flags, nodeFlags }, progress);
    deliveries.push(...runs);
    rests.push({ workers, ...rest });
  }
  const subscriptions: HubRuns["subscriptions"][number][] = [];
  for (const transport of flags.subscriptions || flags.onlySubscriptions
    ? (["websocket", "conduit"] as const)
    : []) {
    progress(`${SUBSCRIPTIONS.channels * SUBSCRIPTIONS.topics.length} subscriptions, ${transport} …`);
    const made = await measureSubscriptions({ ...SUBSCRIPTIONS, transport }, systemClock);
    subscriptions.push({ transport, ...made });
  }
  const measured: HubRuns = { deliveries, rests, subscriptions };
  if (flags.json) {
    process.stdout.write(`${JSON.stringify({ machine, bars: HUB_BARS, ...measured }, null, 2)}\n`);
    return;
  }
  if (flags.onlySubscriptions) {
    process.stdout.write(`${renderSubscriptionBars(subscriptions)}\n`);
    return;
  }
  const packages = Object.entries(machine.packages).map(([name, version]) => `${name} ${version}`);
  process.stdout.write(
    [
      `Events from a feeder in the EventSub line; latency at ${EVENTS_PER_SECOND} a second over all workers; medians of ${flags.runs} runs.`,
      "Each worker is a process of its own, with Node as a worker has it. CPU: share of one core. Memory: PSS.",
      `${machine.cores} × ${machine.cpu}, ${machine.memoryGb} GB, Linux ${machine.kernel}, Node ${machine.node}, ${packages.join(", ")}`,
      "",
      renderDeliveries(deliveries),
      "",
      renderHubBars(measured),
      "",
    ].join("\n"),
  );
}

await main();
