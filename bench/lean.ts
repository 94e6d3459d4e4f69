/**
 * What a worker weighs whose chat comes by EventSub: at rest, and after an hour's worth of messages. It has no
 * connection to Twitch and has not loaded what one takes. Real processes, the bundles that ship.
 */
import { Command } from "commander";
import * as v from "valibot";
import { sleep } from "../cli/house/await-ready.ts";
import { makeTrialHome } from "../cli/trial/trial-home.ts";
import { type Millis, systemClock } from "../shared/clock.ts";
import { channelNames } from "./chat-load.ts";
import { HOUR_OF_CHAT, playHourOfChat } from "./hour-of-chat.ts";
import { toWeight } from "./house-weight.ts";
import { readFlags } from "./read-flags.ts";
import { runHouse } from "./run-house.ts";
import { describeMachine } from "./this-machine.ts";

/** A small house: what all processes share, Node's own 42 MB, is divided by as many. */
const WORKERS = "10";
/** The work of starting is over. */
const REST_MS: Millis = 15_000;
const READY_WITHIN_MS: Millis = 120_000;
const BARS_MB = { idle: 16, afterHour: 20 } as const;

const Flags = v.object({
  workers: v.optional(
    v.pipe(v.string(), v.regex(/^[1-9]\d{0,2}$/, "a whole number from 1 to 999"), v.transform(Number)),
    WORKERS,
  ),
  json: v.optional(v.boolean(), false),
});

const most = (weights: readonly number[]): number => Math.max(...weights);

async function main(): Promise<void> {
  const program = new Command("bench lean")
    .description("memory of workers whose chat comes by EventSub")
    .option(
      "--workers <count>",
      `how many (default ${WORKERS}); the fewer, the more of Node's pages each is charged`,
    )
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
        const idleMb = toWeight(await house.look()).workersMb;
        await playHourOfChat(house, channelNames(load));
        return { idleMb, afterHourMb: toWeight(await house.look()).workersMb };
      },
    });
    const { node, kernel } = describeMachine();
    const text = [
      `${flags.workers} workers, chat by EventSub; memory: PSS, the heaviest of them. Node ${node}, Linux ${kernel}`,
      `at rest                     ${most(figures.idleMb).toFixed(1)} MB (bar: ${BARS_MB.idle})`,
      `after ${HOUR_OF_CHAT.messages} messages each   ${most(figures.afterHourMb).toFixed(1)} MB (bar: ${BARS_MB.afterHour})`,
    ];
    process.stdout.write(flags.json ? `${JSON.stringify(figures)}\n` : `${text.join("\n")}\n`);
  } finally {
    trialHome.remove();
  }
}

void main();
