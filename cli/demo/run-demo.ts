/**
 * The demo from beginning to end: bring a house up against the simulator, let the scenario play, kill a worker,
 * take what is typed, bring everything down, tell what was measured.
 */
import type { Millis } from "../../shared/clock.ts";
import { toError } from "../../shared/errors.ts";
import type { SupervisorStatus } from "../../shared/ipc/control.ts";
import { buildAddon } from "../build-addon.ts";
import { formatSeconds } from "../duration.ts";
import { ensureGameIndex } from "../games/ensure-index.ts";
import { type Coming, describeMissing, sleep } from "../house/await-ready.ts";
import type { Paint } from "../paint.ts";
import { safeText } from "../safe-text.ts";
import { describeState, who } from "../status/status-page.ts";
import { SimRefusedError } from "../trial/sim-process.ts";
import { toTrialConfig } from "../trial/trial-config.ts";
import { openTrialHouse, type TrialHouse } from "../trial/trial-house.ts";
import type { Desk } from "../verb.ts";
import { ACCOUNT, CHANNELS, SCENARIO } from "./cast.ts";
import { openScreen, type Screen } from "./screen.ts";
import { findFailures, renderSummary } from "./summary.ts";
import { parseTypedLine } from "./typed-line.ts";
import { killWorker, type WorkerFall } from "./worker-fall.ts";

const READY_WITHIN_MS: Millis = 30_000;
/** Just after one of bob's commands and just before one of alice's: her chat is answered while his worker is gone. */
const KILL_AFTER_MS: Millis = 9_750;
const KILLED_CHANNEL = CHANNELS[1];
/** Commands of the last moment still get their answer. */
const LAST_ANSWERS_WITHIN_MS: Millis = 2_000;
const LOOK_EVERY_MS: Millis = 50;

/** What a performance leaves behind, besides what the screen has counted. */
interface Played {
  readonly ranForMs: Millis;
  readonly fall: WorkerFall | undefined;
  /** Something ended that should have gone on. */
  readonly broke: string | undefined;
}

export async function runDemo(forMs: Millis | undefined, desk: Desk, paint: Paint): Promise<number> {
  const { clock, say, warn } = desk;
  const startedAt = clock.now() - sinceCallMs(desk);
  const interrupted = whenAborted(desk.stopSignal());
  const screen = openScreen({ clock, paint, say });

  say("Starting the Twitch simulator, the supervisor, the hub and two workers, each a process of its own.");
  const house = await openTrialHouse({
    scenario: SCENARIO,
    config: (sim) => toTrialConfig(ACCOUNT, CHANNELS, sim),
    environment: desk.environment,
    clock,
    onFeedLine: screen.showFeedLine,
  });
  await ensureGameIndex(house.home.gameIndex, desk);
  const stage: Stage = { house, screen, desk, paint, startedAt, interrupted };
  const played = await perform(stage, forMs).catch(
    (problem: unknown): Played => ({
      ranForMs: clock.now() - startedAt,
      fall: undefined,
      broke: toError(problem).message,
    }),
  );

  say(paint("dim", "\nStopping every process …"));
  const end = await house.end();
  const firstReplyAt = screen.firstReplyAt();
  const result = {
    ...played,
    firstReplyAfterMs: firstReplyAt === undefined ? undefined : firstReplyAt - startedAt,
    messagesSeen: screen.ledger.seen(),
    latencies: screen.ledger.latencies(),
    unanswered: screen.ledger.unanswered(),
    children: end.status?.children ?? [],
    hadToKill: end.hadToKill,
    remaining: end.remaining,
  };
  // Interrupted before anything was played: there is nothing to tell.
  if (result.ranForMs > 0) say(`\n${renderSummary(result)}`);
  const failures = findFailures(result);
  for (const failure of failures) warn(paint("red", `kissbot: ${failure}`));
  return failures.length === 0 ? 0 : 1;
}

/** kissbot.sh may have installed and bundled before it called us: that belongs to how long the first reply took. */
function sinceCallMs({ clock, environment }: Desk): Millis {
  const calledAt = Number(environment.KISSBOT_CALLED_AT);
  return calledAt > 0 ? Math.max(0, clock.wall() - calledAt) : 0;
}

interface Stage {
  readonly house: TrialHouse;
  readonly screen: Screen;
  readonly desk: Desk;
  readonly paint: Paint;
  readonly startedAt: Millis;
  readonly interrupted: Promise<"interrupted">;
}

async function perform(stage: Stage, forMs: Millis | undefined): Promise<Played> {
  const { house, screen, desk, paint, interrupted } = stage;
  const { clock, say } = desk;
  const coming = await Promise.race([house.awaitReady(READY_WITHIN_MS, makeProgress(say)), interrupted]);
  if (coming === "interrupted") return { ranForMs: 0, fall: undefined, broke: undefined };
  if (coming.is !== "ready") return { ranForMs: 0, fall: undefined, broke: describeNotReady(coming, house) };

  say(
    `Ready ${formatSeconds(clock.now() - stage.startedAt)} after the command was typed. Everything lies in ${house.home.folder} and is removed at the end.`,
  );
  say(paint("dim", `Type along, in the form: #${CHANNELS[0]} carol: !ping    Ctrl-C ends.\n`));
  const typing = screen.letType((typed) => void sayTyped(typed, house, screen));
  const building = buildBeside(stage);
  try {
    await house.sim.order("/script/start");
    return await playScript(stage, forMs);
  } finally {
    typing.stop();
    await building.end();
  }
}

/** Nobody waits for cargo to see a bot: a house begun before the engine is built looks games up in TypeScript. */
function buildBeside({ screen, desk, paint }: Stage): { end(): Promise<void> } {
  const stop = new AbortController();
  const hear = (text: string) => {
    if (!stop.signal.aborted) screen.print(paint("dim", text.trimEnd()));
  };
  const built = buildAddon({ ...desk, hear, stop: stop.signal, yields: true });
  return {
    end() {
      stop.abort();
      return built;
    },
  };
}

async function playScript(
  { house, screen, desk, interrupted }: Stage,
  forMs: Millis | undefined,
): Promise<Played> {
  const { clock } = desk;
  const startedAt = clock.now();
  let fall: WorkerFall | undefined;
  let falling: Promise<void> = Promise.resolve();
  const cancelKill = clock.after(
    forMs === undefined ? KILL_AFTER_MS : Math.min(KILL_AFTER_MS, forMs / 2),
    () => {
      falling = letOneFall(house, screen, desk).then((end) => {
        fall = end;
      });
    },
  );
  const timeIsUp = forMs === undefined ? undefined : sleep(clock, forMs).then(() => "time-is-up" as const);
  const end = await Promise.race([
    interrupted,
    house.broke.then((broke) => ({ broke })),
    ...(timeIsUp ? [timeIsUp] : []),
  ]);
  cancelKill();
  const ranForMs = clock.now() - startedAt;
  if (end === "time-is-up") {
    await house.sim.order("/script/stop");
    await Promise.race([interrupted, Promise.all([falling, awaitLastAnswers(screen, desk)])]);
  }
  return { ranForMs, fall, broke: typeof end === "string" ? undefined : end.broke };
}

async function awaitLastAnswers({ ledger }: Screen, { clock }: Desk): Promise<void> {
  const until = clock.now() + LAST_ANSWERS_WITHIN_MS;
  while (ledger.unanswered() > 0 && clock.now() < until) await sleep(clock, LOOK_EVERY_MS);
}

async function letOneFall(house: TrialHouse, screen: Screen, { clock }: Desk): Promise<WorkerFall> {
  const fall = await killWorker({
    channel: KILLED_CHANNEL,
    clock,
    look: async () => (await house.look())?.children,
    onKilled: (pid) =>
      screen.tellHouse(KILLED_CHANNEL, `worker killed (SIGKILL, pid ${pid}); the other channel goes on`),
  });
  if (fall.is === "back") {
    screen.tellHouse(fall.channel, `worker back in its chat after ${formatSeconds(fall.awayMs)}`);
  }
  if (fall.is === "not-back") screen.tellHouse(fall.channel, "the worker did not come back");
  return fall;
}

async function sayTyped(typed: string, house: TrialHouse, { print }: Screen): Promise<void> {
  const parsed = parseTypedLine(typed, { channels: CHANNELS, botLogin: ACCOUNT.botLogin });
  if (parsed.is === "empty") return;
  if (parsed.is === "unclear") return print(`  ? ${safeText(parsed.because)}`);
  try {
    await house.sim.order("/chat", { channel: parsed.channel, user: parsed.user, text: parsed.text });
  } catch (problem) {
    const because = problem instanceof SimRefusedError ? problem.message : "the simulator does not answer";
    print(`  ? not said: ${safeText(because)}`);
  }
}

/** Says each step of each process once. */
function makeProgress(say: (text: string) => void): (status: SupervisorStatus) => void {
  const told = new Map<string, string>();
  return (status) => {
    for (const child of status.children) {
      const state = describeState(child);
      if (told.get(child.childId) === state || state === "stopped") continue;
      told.set(child.childId, state);
      say(`  ${who(child.childId).padEnd(12)} ${state}`);
    }
  };
}

function describeNotReady(coming: Exclude<Coming, { is: "ready" }>, house: TrialHouse): string {
  const missing = coming.is === "not-ready" && coming.status ? describeMissing(coming.status.children) : "";
  return `The house did not become ready. ${missing}${safeText(house.supervisor.lastWords())}`;
}

const whenAborted = (signal: AbortSignal): Promise<"interrupted"> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve("interrupted");
    signal.addEventListener("abort", () => resolve("interrupted"), { once: true });
  });
