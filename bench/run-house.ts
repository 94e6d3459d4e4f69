/** One run of a bench: a whole house with its crowd, from the first process to the last one that has gone. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeMissing } from "../cli/house/await-ready.ts";
import type { FeedLine } from "../cli/trial/sim-feed.ts";
import { type TrialAccount, toTrialConfig } from "../cli/trial/trial-config.ts";
import type { TrialHome } from "../cli/trial/trial-home.ts";
import { openTrialHouse, type TrialHouse } from "../cli/trial/trial-house.ts";
import { type Millis, systemClock } from "../shared/clock.ts";
import type { SupervisorStatus } from "../shared/ipc/control.ts";
import { ACCOUNT, type ChatLoad, channelNames, makeScenario } from "./chat-load.ts";

/** As fast as Helix lets one application go on for minutes. By default a house is slower, and being ready would measure that. */
export const CREATES_PER_SECOND = 12;

export interface RunningHouse extends Omit<TrialHouse, "look"> {
  /** From the supervisor's launch until every child was ready. */
  readonly readyMs: Millis;
  /** @throws when the supervisor does not answer: then there is nothing left to measure */
  look(): Promise<SupervisorStatus>;
  /** undefined while there is no supervisor. */
  tryLook(): Promise<SupervisorStatus | undefined>;
  /** The crowd of `load` begins to talk. */
  startChat(): Promise<void>;
}

/** @throws when the house does not come up, or the crowd broke Twitch's rules: then the load was not what it says */
export async function runHouse<Result>(using: {
  readonly name: string;
  readonly load: ChatLoad;
  readonly trialHome: TrialHome;
  readonly readyWithinMs: Millis;
  /** Left out: over IRC. */
  readonly chat?: TrialAccount["chat"];
  readonly onFeedLine?: (line: FeedLine) => void;
  readonly measure: (house: RunningHouse) => Promise<Result>;
}): Promise<Result> {
  const { load, trialHome } = using;
  const clock = systemClock;
  const scenario = join(trialHome.home.folder, `${using.name}.yaml`);
  // JSON is YAML.
  writeFileSync(scenario, JSON.stringify(makeScenario(load)));
  let problems = 0;
  const house = await openTrialHouse({
    scenario,
    config: (sim) =>
      toTrialConfig(
        {
          ...ACCOUNT,
          botIsVerified: load.botIsVerified,
          eventsub: { creates_per_second: CREATES_PER_SECOND },
          ...(using.chat && { chat: using.chat }),
        },
        channelNames(load),
        sim,
      ),
    environment: process.env,
    clock,
    trialHome,
    onFeedLine(line) {
      if (line.kind === "problem") problems += 1;
      using.onFeedLine?.(line);
    },
  });
  const launchedAt = clock.now();
  try {
    const coming = await house.awaitReady(using.readyWithinMs);
    if (coming.is !== "ready") {
      const missing = coming.is === "not-ready" ? describeMissing(coming.status?.children ?? []) : "";
      throw new Error(`the house did not come up: ${missing}${house.supervisor.lastWords()}`);
    }
    const result = await using.measure({
      ...house,
      readyMs: clock.now() - launchedAt,
      look: () => lookAt(house),
      tryLook: house.look,
      startChat: () => house.sim.order("/script/start"),
    });
    if (problems > 0)
      throw new Error(`the crowd broke Twitch's rules ${problems} times: the load was not what it says`);
    return result;
  } finally {
    const { remaining } = await house.end();
    if (remaining.length > 0) process.stderr.write(`bench: left behind: ${remaining.join(", ")}\n`);
  }
}

async function lookAt(house: TrialHouse): Promise<SupervisorStatus> {
  const status = await house.look();
  if (!status) throw new Error("the supervisor does not answer");
  return status;
}
