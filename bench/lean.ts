/**
 * What a worker weighs whose chat comes by EventSub: at rest, when nothing has happened for some minutes, and after an
 * hour's worth of messages. It has no connection to Twitch and has not loaded what one takes. Real processes, the
 * bundles that ship.
 */
import { Command } from "commander";
import * as v from "valibot";
import { sleep } from "../cli/house/await-ready.ts";
import { makeTrialHome } from "../cli/trial/trial-home.ts";
import { type Millis, systemClock } from "../shared/clock.ts";
import { channelNames } from "./chat-load.ts";
import { HOUR_OF_CHAT, playHourOfChat } from "./hour-of-chat.ts";
import { toWeight } from "./house-weight.ts";
import { type Bar, isReached, renderBars } from "./promised-bars.ts";
import { readFlags } from "./read-flags.ts";
import { runHouse } from "./run-house.ts";
import { describeMachine } from "./this-machine.ts";

/** A small house: what all processes share, Node's own 42 MB, is divided by as many. */
const WORKERS = "10";
/** The work of starting is over. */
const REST_MS: Millis = 15_000;
const READY_WITHIN_MS: Millis = 120_000;
/** Beats alone make garbage: it fills what may lie about before V8 collects it in two or three minutes. */
const IDLE_MINUTES = "5";
const MS_PER_MINUTE = 60_000;
const BARS_MB = { idle: 16, afterHour: 20 } as const;

const Flags = v.object({
  workers: v.optional(
    v.pipe(v.string(), v.regex(/^[1-9]\d{0,2}$/, "a whole number from 1 to 999"), v.transform(Number)),
    WORKERS,
  ),
  idleMinutes: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,3}$/, "a whole number from 0 to 999"), v.transform(Number)),
    IDLE_MINUTES,
  ),
  json: v.optional(v.boolean(), false),
});

const toBar = (what: string, weightsMb: readonly number[], bar: number): Bar => ({
  what,
  value: most(weightsMb),
  bar,
  unit: "MB",
  digits: 1,
});
const most = (weights: readonly number[]): number => Math.max(...weights);

async function main(): Promise<void> {
  const program = new Command("bench lean")
    .description("memory of workers whose chat comes by EventSub")
    .option(
      "--workers <count>",
      `how many (default ${WORKERS}); the fewer, the more of Node's pages each is charged`,
    )
    .option("--idle-minutes <count>", `how long nothing happens (default ${IDLE_MINUTES})`)
    .option("--json", "raw figures");
  const flags = readFlags(program, Flags);
  const load = {
    channels: flags.workers,
    messagesPerSecond: 1,
    commandsPerSecond: 0,
    seconds: 0,
    botIsVerified: true,
  };
  const trialHome = makeTrialHome(process.env);
  try {
    const figures = await runHouse({
      name: "lean",
      load,
      trialHome,
      readyWithinMs: READY_WITHIN_MS,
      chat: { transport: "eventsub" },
      async measure(house) {
        await sleep(systemClock, REST_MS);
        const startedMb = toWeight(await house.look()).workersMb;
        await sleep(systemClock, flags.idleMinutes * MS_PER_MINUTE);
        const idleMb = toWeight(await house.look()).workersMb;
        await playHourOfChat(house, channelNames(load));
        return { startedMb, idleMb, afterHourMb: toWeight(await house.look()).workersMb };
      },
    });
    const { node, kernel } = describeMachine();
    const bars = [
      toBar("at rest", figures.startedMb, BARS_MB.idle),
      toBar(`after ${flags.idleMinutes} min of it`, figures.idleMb, BARS_MB.idle),
      toBar(`after ${HOUR_OF_CHAT.messages} messages each`, figures.afterHourMb, BARS_MB.afterHour),
    ];
    const text = [
      `${flags.workers} workers, chat by EventSub; memory: PSS, the heaviest of them. Node ${node}, Linux ${kernel}`,
      ...renderBars(bars),
    ];
    process.stdout.write(flags.json ? `${JSON.stringify(figures)}\n` : `${text.join("\n")}\n`);
    process.exitCode = bars.every(isReached) ? 0 : 1;
  } finally {
    trialHome.remove();
  }
}

void main();
