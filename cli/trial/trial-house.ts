/**
 * A whole house against the simulator, in a home of its own: simulator, supervisor, hub and workers as real
 * processes, told nothing but other URLs. For the demo and the benches. `end` leaves nothing behind, or says what.
 */
import { rmSync } from "node:fs";
import type { Clock, Millis } from "../../shared/clock.ts";
import { type Home, prepareHome } from "../../shared/home.ts";
import type { SupervisorStatus } from "../../shared/ipc/control.ts";
import { isAlive, makeProcessNote, type ProcessNote } from "../../shared/process-note.ts";
import { ANSWER_WITHIN_MS, dialSupervisor } from "../control-link.ts";
import { awaitReady, type Coming } from "../house/await-ready.ts";
import { endHouse } from "../house/end-house.ts";
import { type Launched, launchSupervisor } from "../house/launch.ts";
import { type FeedLine, openSimFeed } from "./sim-feed.ts";
import { type SimAddress, type SimProcess, startSimProcess } from "./sim-process.ts";
import { makeTrialHome, type TrialHome } from "./trial-home.ts";

export interface TrialHouse {
  readonly home: Home;
  readonly sim: SimProcess;
  /** undefined once it has exited. */
  readonly supervisor: Launched;
  /** Resolves with a sentence when the simulator or the supervisor ends by itself. */
  readonly broke: Promise<string>;
  awaitReady(withinMs: Millis, onStatus?: (status: SupervisorStatus) => void): Promise<Coming>;
  look(): Promise<SupervisorStatus | undefined>;
  end(): Promise<TrialEnd>;
}

export interface TrialEnd {
  /** As the supervisor told it just before it was asked to stop. */
  readonly status: SupervisorStatus | undefined;
  readonly hadToKill: readonly string[];
  /** Processes that are still there. */
  readonly remaining: readonly number[];
}

export async function openTrialHouse(using: {
  readonly scenario: string;
  readonly config: (sim: SimAddress) => string;
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly onFeedLine: (line: FeedLine) => void;
  /** Left out: one of its own, removed in the end. One that is handed in stays, with its caches. */
  readonly trialHome?: TrialHome;
}): Promise<TrialHouse> {
  const { clock, environment } = using;
  const releasers: (() => void | Promise<void>)[] = [];
  const releaseAll = async () => {
    for (const release of releasers.splice(0).reverse()) await release();
  };
  try {
    const trialHome = using.trialHome ?? makeTrialHome(environment);
    if (!using.trialHome) releasers.push(() => trialHome.remove());
    const { home } = trialHome;
    const sim = await startSimProcess(using.scenario, clock);
    // A new Twitch has not heard what a house before this one said to its own.
    for (const file of home.permitJournals) rmSync(file, { force: true });
    releasers.push(() => sim.stop());
    const feed = await openSimFeed(sim.address, using.onFeedLine);
    releasers.push(() => feed.close());
    trialHome.writeConfig(using.config(sim.address));
    prepareHome(home);
    const supervisor = launchSupervisor(home, environment);
    return openHouse({ home, sim, supervisor, clock, releaseAll });
  } catch (problem) {
    await releaseAll();
    throw problem;
  }
}

function openHouse(using: {
  readonly home: Home;
  readonly sim: SimProcess;
  readonly supervisor: Launched;
  readonly clock: Clock;
  readonly releaseAll: () => Promise<void>;
}): TrialHouse {
  const { home, sim, supervisor, clock } = using;
  /** Every process ever seen, by pid and start time: what must be gone in the end. */
  const known = new Map<number, ProcessNote>();
  const know = (pid: number | undefined) => {
    if (pid !== undefined && !known.has(pid)) known.set(pid, makeProcessNote(pid, new Date(clock.wall())));
  };
  know(supervisor.pid);
  know(sim.address.pid);
  const knowAll = (status: SupervisorStatus) => {
    for (const { pid } of status.children) know(pid);
  };

  let control: Awaited<ReturnType<typeof dialSupervisor>> | undefined;
  const look = async (): Promise<SupervisorStatus | undefined> => {
    if (control?.is !== "open") control = await dialSupervisor(home, clock);
    if (control.is !== "open") return undefined;
    const asked = await control.control.ask({ do: "status" }, ANSWER_WITHIN_MS);
    if (asked.is !== "answered" || asked.answer.kind !== "status") {
      control.control.close();
      control = undefined;
      return undefined;
    }
    knowAll(asked.answer.status);
    return asked.answer.status;
  };

  let isEnding = false;
  const broke = new Promise<string>((resolve) => {
    void sim.exited.then(() => isEnding || resolve("The simulator ended by itself."));
    void supervisor.exited.then(
      ({ exitCode }) =>
        isEnding || resolve(`The supervisor ended with exit code ${exitCode}. ${supervisor.lastWords()}`),
    );
  });

  const end = async (): Promise<TrialEnd> => {
    isEnding = true;
    const status = await look();
    if (control?.is === "open") control.control.close();
    const ended = await endHouse(home, clock);
    await using.releaseAll();
    const remaining = [...known.values()].filter(isAlive).map(({ pid }) => pid);
    return { status, hadToKill: ended.is === "stopped" ? ended.hadToKill : [], remaining };
  };

  return {
    home,
    sim,
    supervisor,
    broke,
    look,
    end,
    awaitReady: (withinMs, onStatus) =>
      awaitReady({
        home,
        clock,
        launched: supervisor,
        withinMs,
        onStatus(status) {
          knowAll(status);
          onStatus?.(status);
        },
      }),
  };
}
