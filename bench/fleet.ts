/**
 * A whole fleet: how long fifty and a hundred workers take to be ready, what they weigh and use at rest and at fifty
 * messages a second, what a worker weighs after an hour's worth of messages, how soon a killed worker is back, and
 * how soon a new supervisor has its children again. Real processes, the bundles that ship, a simulator on the same
 * machine. The bot is a verified one, because Twitch lets it join 2,000 channels in 10 s: for any other, a hundred
 * joins take 50 s whatever we do.
 */
import { Command } from "commander";
import * as v from "valibot";
import { sleep } from "../cli/house/await-ready.ts";
import { choosePaint } from "../cli/paint.ts";
import { makeTrialHome, type TrialHome } from "../cli/trial/trial-home.ts";
import { type Millis, systemClock } from "../shared/clock.ts";
import type { ChildStatus } from "../shared/ipc/control.ts";
import { ACCOUNT, channelNames } from "./chat-load.ts";
import { readCpuMs } from "./cpu-time.ts";
import { measureAdoption, measureRestarts } from "./fleet-falls.ts";
import { type Cpu, FLEET_BARS, type FleetRun, renderRunBars, renderRuns } from "./fleet-report.ts";
import { HOUR_OF_CHAT, playHourOfChat } from "./hour-of-chat.ts";
import { isWorker, toWeight } from "./house-weight.ts";
import { makePaceWatch } from "./login-pace.ts";
import { readFlags } from "./read-flags.ts";
import { CREATES_PER_SECOND, type RunningHouse, runHouse } from "./run-house.ts";
import { describeMachine } from "./this-machine.ts";

const SIZES = [50, 100] as const;
const MESSAGES_PER_SECOND = 50;
/** One in ten is a command: people talk to one another, too. */
const COMMANDS_PER_SECOND = 5;
/** Nothing that repeats at rest does so less often than once a minute. */
const IDLE_SECONDS = 60;
const LOAD_SECONDS = 20;
/** The work of starting is over. */
const REST_MS: Millis = 15_000;
/** Just-in-time compilation has seen the path. */
const WARM_UP_SECONDS = 5;
/** As many as the simulator plays quickly: what one of them remembers of its chat is nothing to the others. */
const HOUR_WORKERS = 10;
const KILLS = 30;
const READY_WITHIN_MS: Millis = 180_000;

async function measure(
  workers: number,
  trialHome: TrialHome,
  progress: (text: string) => void,
): Promise<FleetRun> {
  const clock = systemClock;
  const load = {
    channels: workers,
    messagesPerSecond: MESSAGES_PER_SECOND,
    commandsPerSecond: COMMANDS_PER_SECOND,
    seconds: WARM_UP_SECONDS + LOAD_SECONDS,
    botIsVerified: true,
  };
  const watch = makePaceWatch(ACCOUNT.botLogin);
  progress(`${workers} workers start …`);
  return runHouse({
    name: `fleet-${workers}`,
    load,
    trialHome,
    readyWithinMs: READY_WITHIN_MS,
    onFeedLine: watch.hear,
    async measure(house) {
      await sleep(clock, REST_MS);
      progress(`${IDLE_SECONDS} s at rest …`);
      const idle = { cpu: await measureCpu(house, IDLE_SECONDS), weight: toWeight(await house.look()) };
      progress(`${MESSAGES_PER_SECOND} messages a second …`);
      await house.startChat();
      await sleep(clock, WARM_UP_SECONDS * 1_000);
      const underLoad = { cpu: await measureCpu(house, LOAD_SECONDS), weight: toWeight(await house.look()) };
      progress("an hour's worth of messages …");
      const afterHourMb = await measureHour(house, channelNames(load).slice(0, HOUR_WORKERS));
      progress(`${KILLS} workers are killed, one after the other …`);
      const restartMs = await measureRestarts(house, KILLS);
      progress("the supervisor is killed …");
      const adoption = await measureAdoption(house);
      const { readyMs } = house;
      return {
        workers,
        readyMs,
        idle,
        load: underLoad,
        afterHourMb,
        restartMs,
        adoption,
        pace: watch.pace(),
      };
    },
  });
}

/** Nobody asks anything meanwhile: a status costs the supervisor more than a minute's rest. */
async function measureCpu(house: RunningHouse, seconds: number): Promise<Cpu> {
  const clock = systemClock;
  const status = await house.look();
  const pids = (children: readonly ChildStatus[]) => children.flatMap(({ pid }) => pid ?? []);
  const groups = [
    [status.pid],
    pids(status.children.filter((child) => !isWorker(child))),
    pids(status.children.filter(isWorker)),
  ];
  const read = () => groups.map((group) => group.reduce((sum, pid) => sum + readCpuMs(pid), 0));
  const [before, from] = [read(), clock.now()];
  await sleep(clock, seconds * 1_000);
  const [after, to] = [read(), clock.now()];
  const [supervisorPercent = 0, hubPercent = 0, workersPercent = 0] = after.map(
    (ranMs, at) => (100 * (ranMs - (before[at] ?? 0))) / (to - from),
  );
  return { supervisorPercent, hubPercent, workersPercent };
}

async function measureHour(house: RunningHouse, channels: readonly string[]): Promise<readonly number[]> {
  await playHourOfChat(house, channels);
  const { children, pssKb } = await house.look();
  const heard = children.filter(({ childId }) => channels.some((channel) => childId === `worker:${channel}`));
  return toWeight({ children: heard, pssKb }).workersMb;
}

const SIZE_WANTED = "counts from 1 to 1000, separated by commas";
const Size = v.pipe(
  v.number(SIZE_WANTED),
  v.integer(SIZE_WANTED),
  v.minValue(1, SIZE_WANTED),
  v.maxValue(1_000, SIZE_WANTED),
);
const Flags = v.object({
  workers: v.optional(
    v.pipe(
      v.string(),
      v.transform((text) => text.split(",").map(Number)),
      v.array(Size),
    ),
    SIZES.join(","),
  ),
  json: v.optional(v.boolean(), false),
});

async function main(): Promise<void> {
  const program = new Command("bench fleet")
    .description("start, memory, CPU, restart and adoption of a whole fleet against the simulator")
    .option("--workers <counts>", `how many, separated by commas (default ${SIZES.join(",")})`)
    .option("--json", "raw figures");
  const flags = readFlags(program, Flags);
  const machine = describeMachine();
  const progress = (text: string) =>
    void process.stderr.write(`${choosePaint(process.stderr)("dim", text)}\n`);

  const runs: FleetRun[] = [];
  for (const workers of flags.workers) {
    const trialHome = makeTrialHome(process.env);
    try {
      runs.push(await measure(workers, trialHome, progress));
    } finally {
      trialHome.remove();
    }
  }
  if (flags.json) {
    process.stdout.write(
      `${JSON.stringify({ machine, bars: FLEET_BARS, hourOfChat: HOUR_OF_CHAT, runs }, null, 2)}\n`,
    );
    return;
  }
  process.stdout.write(
    [
      `Load: ${MESSAGES_PER_SECOND} messages/s over all channels, ${COMMANDS_PER_SECOND} of them commands; a verified bot (Twitch lets it join 2,000 channels in 10 s).`,
      `Ready: with subscriptions made at ${CREATES_PER_SECOND} a second, as fast as Helix takes them for long.`,
      `Hour: ${HOUR_OF_CHAT.messages} messages of ${HOUR_OF_CHAT.viewers} viewers in each of ${HOUR_WORKERS} channels, one in ${HOUR_OF_CHAT.commandEvery} a command.`,
      "The compile cache is empty at the start. Memory: PSS. CPU: nanoseconds of the scheduler, all threads, as share of one core; in",
      "the table all workers together. The simulator runs on the same machine and is not counted.",
      `${machine.cores} × ${machine.cpu}, ${machine.memoryGb} GB, Linux ${machine.kernel}, Node ${machine.node}`,
      "",
      renderRuns(runs),
      "",
      ...runs.map(renderRunBars),
      "",
    ].join("\n"),
  );
}

await main();
