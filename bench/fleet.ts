/**
 * A whole fleet: how long fifty and a hundred workers take to be ready, what they weigh and use at rest and at fifty
 * messages a second, how soon a killed worker is back, and how soon a new supervisor has its children again. Real
 * processes, the bundles that ship, a simulator on the same machine. The bot is a verified one, because Twitch lets
 * it join 2,000 channels in 10 s: for any other, a hundred joins take 50 s whatever we do.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import * as v from "valibot";
import { describeMissing, sleep } from "../cli/house/await-ready.ts";
import { isGoneWithin } from "../cli/house/end-house.ts";
import { launchSupervisor } from "../cli/house/launch.ts";
import { choosePaint } from "../cli/paint.ts";
import { type Column, renderTable } from "../cli/table.ts";
import { percentile } from "../cli/trial/percentile.ts";
import { toTrialConfig } from "../cli/trial/trial-config.ts";
import { makeTrialHome, type TrialHome } from "../cli/trial/trial-home.ts";
import { openTrialHouse, type TrialHouse } from "../cli/trial/trial-house.ts";
import { type Millis, systemClock } from "../shared/clock.ts";
import type { ChildStatus, SupervisorStatus } from "../shared/ipc/control.ts";
import { makeProcessNote } from "../shared/process-note.ts";
import { ACCOUNT, type ChatLoad, channelNames, makeScenario } from "./chat-load.ts";
import { readCpuMs } from "./cpu-time.ts";
import { describeMachine } from "./this-machine.ts";

const SIZES = [50, 100] as const;
const MESSAGES_PER_SECOND = 50;
/** One in ten is a command: people talk to one another, too. */
const COMMANDS_PER_SECOND = 5;
const MEASURE_SECONDS = 20;
/** The work of starting is over, and just-in-time compilation has seen the path. */
const REST_MS: Millis = 10_000;
const WARM_UP_SECONDS = 5;
const KILLS = 30;
const LOOK_EVERY_MS: Millis = 20;
const READY_WITHIN_MS: Millis = 180_000;
const BACK_WITHIN_MS: Millis = 30_000;
const GONE_WITHIN_MS: Millis = 5_000;
const BARS = {
  workerMb: 24,
  supervisorMb: 60,
  supervisorCpuPercent: 2,
  idleWorkerCpuPercent: 0.02,
  restartMs: 1_500,
  adoptionMs: 1_000,
};

interface Cpu {
  readonly supervisorPercent: number;
  readonly hubPercent: number;
  /** All of them together. */
  readonly workersPercent: number;
}

interface Weight {
  readonly workersMb: readonly number[];
  readonly hubMb: number;
  readonly supervisorMb: number;
}

interface Adoption {
  readonly adopted: number;
  /** From the old supervisor's SIGKILL, when a new one is launched at once, to every child being ready under it. */
  readonly tookMs: Millis;
}

interface Run {
  readonly workers: number;
  readonly readyMs: Millis;
  readonly idle: { readonly weight: Weight; readonly cpu: Cpu };
  readonly load: { readonly weight: Weight; readonly cpu: Cpu };
  readonly restartMs: readonly Millis[];
  readonly adoption: Adoption;
}

async function measure(
  workers: number,
  trialHome: TrialHome,
  progress: (text: string) => void,
): Promise<Run> {
  const clock = systemClock;
  const load: ChatLoad = {
    channels: workers,
    messagesPerSecond: MESSAGES_PER_SECOND,
    commandsPerSecond: COMMANDS_PER_SECOND,
    seconds: WARM_UP_SECONDS + MEASURE_SECONDS,
    botIsVerified: true,
  };
  const scenario = join(trialHome.home.folder, `fleet-${workers}.yaml`);
  // JSON is YAML.
  writeFileSync(scenario, JSON.stringify(makeScenario(load)));
  const house = await openTrialHouse({
    scenario,
    config: (sim) => toTrialConfig({ ...ACCOUNT, botIsVerified: true }, channelNames(load), sim),
    environment: process.env,
    clock,
    trialHome,
    onFeedLine() {},
  });
  const launchedAt = clock.now();
  try {
    progress(`${workers} workers start …`);
    const coming = await house.awaitReady(READY_WITHIN_MS);
    if (coming.is !== "ready") {
      const missing = coming.is === "not-ready" ? describeMissing(coming.status?.children ?? []) : "";
      throw new Error(`the house did not come up: ${missing}${house.supervisor.lastWords()}`);
    }
    const readyMs = clock.now() - launchedAt;
    await sleep(clock, REST_MS);
    progress("at rest …");
    const idle = { cpu: await measureCpu(house), weight: weigh(await look(house)) };
    progress(`${MESSAGES_PER_SECOND} messages a second …`);
    await house.sim.order("/script/start");
    await sleep(clock, WARM_UP_SECONDS * 1_000);
    const underLoad = { cpu: await measureCpu(house), weight: weigh(await look(house)) };
    progress(`${KILLS} workers are killed, one after the other …`);
    const restartMs = await measureRestarts(house);
    progress("the supervisor is killed …");
    const adoption = await measureAdoption(house);
    return { workers, readyMs, idle, load: underLoad, restartMs, adoption };
  } finally {
    const end = await house.end();
    if (end.remaining.length > 0) process.stderr.write(`bench: left behind: ${end.remaining.join(", ")}\n`);
  }
}

async function look(house: TrialHouse): Promise<SupervisorStatus> {
  const status = await house.look();
  if (!status) throw new Error("the supervisor does not answer");
  return status;
}

const isWorker = ({ childId }: ChildStatus): boolean => childId !== "hub";

/** Nobody asks anything meanwhile: a status costs the supervisor more than a minute's rest. */
async function measureCpu(house: TrialHouse): Promise<Cpu> {
  const clock = systemClock;
  const status = await look(house);
  const pids = (children: readonly ChildStatus[]) => children.flatMap(({ pid }) => pid ?? []);
  const groups = [
    [status.pid],
    pids(status.children.filter((child) => !isWorker(child))),
    pids(status.children.filter(isWorker)),
  ];
  const read = () => groups.map((group) => group.reduce((sum, pid) => sum + readCpuMs(pid), 0));
  const [before, from] = [read(), clock.now()];
  await sleep(clock, MEASURE_SECONDS * 1_000);
  const [after, to] = [read(), clock.now()];
  const [supervisorPercent = 0, hubPercent = 0, workersPercent = 0] = after.map(
    (ranMs, at) => (100 * (ranMs - (before[at] ?? 0))) / (to - from),
  );
  return { supervisorPercent, hubPercent, workersPercent };
}

function weigh(status: SupervisorStatus): Weight {
  const toMb = (kb: number | undefined) => (kb ?? Number.NaN) / 1_024;
  return {
    workersMb: status.children.filter(isWorker).map(({ pssKb }) => toMb(pssKb)),
    hubMb: toMb(status.children.find((child) => !isWorker(child))?.pssKb),
    supervisorMb: toMb(status.pssKb),
  };
}

/** SIGKILL to a new process being ready, as `status` tells it. Each worker at most once, spread over the fleet. */
async function measureRestarts(house: TrialHouse): Promise<readonly Millis[]> {
  const clock = systemClock;
  const workers = (await look(house)).children.filter(isWorker);
  const kills = Math.min(KILLS, workers.length);
  const took: Millis[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    const victim = workers[Math.floor((kill * workers.length) / kills)];
    if (victim?.pid === undefined) throw new Error(`${victim?.childId ?? "a worker"} has no process to kill`);
    const killedAt = clock.now();
    process.kill(victim.pid, "SIGKILL");
    await until(house, ({ children }) =>
      children.some(
        ({ childId, pid, state }) => childId === victim.childId && state === "running" && pid !== victim.pid,
      ),
    );
    took.push(clock.now() - killedAt);
  }
  return took;
}

async function measureAdoption(house: TrialHouse): Promise<Adoption> {
  const clock = systemClock;
  const before = await look(house);
  const pidsBefore = new Map(before.children.map(({ childId, pid }) => [childId, pid]));
  const note = makeProcessNote(before.pid, new Date(clock.wall()));
  const killedAt = clock.now();
  process.kill(before.pid, "SIGKILL");
  if (!(await isGoneWithin(note, clock, GONE_WITHIN_MS)))
    throw new Error("the supervisor survived a SIGKILL");
  launchSupervisor(house.home, process.env);
  const after = await until(
    house,
    ({ pid, children }) => pid !== before.pid && children.every(({ state }) => state === "running"),
  );
  const tookMs = clock.now() - killedAt;
  const adopted = after.children.filter(
    (child) => isWorker(child) && child.pid === pidsBefore.get(child.childId),
  );
  return { adopted: adopted.length, tookMs };
}

async function until(
  house: TrialHouse,
  holds: (status: SupervisorStatus) => boolean,
): Promise<SupervisorStatus> {
  const clock = systemClock;
  const deadline = clock.now() + BACK_WITHIN_MS;
  while (clock.now() < deadline) {
    const status = await house.look();
    if (status && holds(status)) return status;
    await sleep(clock, LOOK_EVERY_MS);
  }
  throw new Error(`what was awaited did not come within ${BACK_WITHIN_MS} ms`);
}

const COLUMNS: readonly Column[] = [
  { title: "workers", align: "right" },
  { title: "ready s", align: "right" },
  { title: "worker idle MB mean/max", align: "right" },
  { title: "load", align: "right" },
  { title: "hub MB idle/load", align: "right" },
  { title: "supervisor", align: "right" },
  { title: "CPU % idle/load: workers", align: "right" },
  { title: "hub", align: "right" },
  { title: "supervisor", align: "right" },
];

function renderRuns(runs: readonly Run[]): string {
  const rows = runs.map(({ workers, readyMs, idle, load }) => ({
    cells: [
      String(workers),
      (readyMs / 1_000).toFixed(1),
      meanAndMax(idle.weight.workersMb),
      meanAndMax(load.weight.workersMb),
      both(idle.weight.hubMb, load.weight.hubMb),
      both(idle.weight.supervisorMb, load.weight.supervisorMb),
      both(idle.cpu.workersPercent, load.cpu.workersPercent),
      both(idle.cpu.hubPercent, load.cpu.hubPercent),
      both(idle.cpu.supervisorPercent, load.cpu.supervisorPercent),
    ],
  }));
  return renderTable(COLUMNS, rows, Number.POSITIVE_INFINITY).join("\n");
}

function renderBars({ workers, idle, restartMs, adoption }: Run): string {
  const line = (what: string, value: number | undefined, bar: number, unit: string, digits: number) =>
    `  ${what.padEnd(44)} ${value?.toFixed(digits) ?? "-"} ${unit}, bar ≤ ${bar} ${unit}: ${value !== undefined && value <= bar ? "kept" : "NOT KEPT"}`;
  return [
    `${workers} workers:`,
    line("worker at rest, mean PSS", mean(idle.weight.workersMb), BARS.workerMb, "MB", 1),
    line("supervisor at rest, PSS", idle.weight.supervisorMb, BARS.supervisorMb, "MB", 1),
    line("supervisor at rest, CPU", idle.cpu.supervisorPercent, BARS.supervisorCpuPercent, "% of a core", 2),
    line(
      "worker at rest, CPU",
      idle.cpu.workersPercent / workers,
      BARS.idleWorkerCpuPercent,
      "% of a core",
      3,
    ),
    line(`SIGKILL to ready, p50 of ${restartMs.length}`, percentile(restartMs, 0.5), BARS.restartMs, "ms", 0),
    line(
      `SIGKILL to ready, p95 of ${restartMs.length}`,
      percentile(restartMs, 0.95),
      BARS.restartMs,
      "ms",
      0,
    ),
    line(`${adoption.adopted} of ${workers} adopted`, adoption.tookMs, BARS.adoptionMs, "ms", 0),
  ].join("\n");
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const meanAndMax = (values: readonly number[]): string =>
  `${mean(values).toFixed(1)} / ${Math.max(...values).toFixed(1)}`;
const both = (idle: number, load: number): string => `${idle.toFixed(1)} / ${load.toFixed(1)}`;

const Size = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000));
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
    .option("--json", "raw figures")
    .parse();
  const flags = v.parse(Flags, program.opts());
  const machine = describeMachine();
  const progress = (text: string) =>
    void process.stderr.write(`${choosePaint(process.stderr)("dim", text)}\n`);

  const runs: Run[] = [];
  for (const workers of flags.workers) {
    const trialHome = makeTrialHome(process.env);
    try {
      runs.push(await measure(workers, trialHome, progress));
    } finally {
      trialHome.remove();
    }
  }
  if (flags.json) {
    process.stdout.write(`${JSON.stringify({ machine, bars: BARS, runs }, null, 2)}\n`);
    return;
  }
  process.stdout.write(
    [
      `${MESSAGES_PER_SECOND} messages/s over all channels, ${COMMANDS_PER_SECOND} of them commands; a verified bot (Twitch lets it join 2,000 channels in 10 s).`,
      "The compile cache is empty at the start. Memory: PSS. CPU: share of one core, all workers together. The simulator",
      "runs on the same machine and is not counted.",
      `${machine.cores} × ${machine.cpu}, ${machine.memoryGb} GB, Linux ${machine.kernel}, Node ${machine.node}`,
      "",
      renderRuns(runs),
      "",
      ...runs.map(renderBars),
      "",
    ].join("\n"),
  );
}

await main();
