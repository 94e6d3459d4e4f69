/**
 * A whole house of real processes against a real simulator, in a home of its own. Tests say what happens at Twitch
 * and await what comes of it; nothing here waits for a time. `close` fails when a process, a note or a socket is left.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { askHubStatus, askSupervisorStatus, dialSupervisor } from "../../cli/control-link.ts";
import { awaitReady } from "../../cli/house/await-ready.ts";
import { endHouse } from "../../cli/house/end-house.ts";
import { type Launched, launchSupervisor } from "../../cli/house/launch.ts";
import { type FeedLine, openSimFeed } from "../../cli/trial/sim-feed.ts";
import { type SimProcess, startSimProcess } from "../../cli/trial/sim-process.ts";
import { type TrialAccount, toTrialConfig } from "../../cli/trial/trial-config.ts";
import { systemClock } from "../../shared/clock.ts";
import { type Home, prepareHome } from "../../shared/home.ts";
import {
  type ChildStatus,
  SupervisorOrder,
  type SupervisorStatus,
  type SupervisorToCli,
} from "../../shared/ipc/control.ts";
import type { HubStatus } from "../../shared/ipc/hub-control.ts";
import { findStartTicks } from "../../shared/proc.ts";
import { isAlive, makeProcessNote, type ProcessNote } from "../../shared/process-note.ts";
import { awaitUntil } from "./await-until.ts";
import { makeWarmHome } from "./warm-home.ts";

/** As sim/scenarios/quiet.yaml fixes them. */
const account = {
  clientId: "kissbot-demo-client",
  clientSecret: "kissbot-demo-secret",
  botLogin: "kissbot",
  accessToken: "kissbot-demo-access-token",
  refreshToken: "kissbot-demo-refresh-token",
};
export const BOT = account.botLogin;
export const CHANNELS = ["alice_live", "bob_plays"] as const;

const READY_WITHIN_MS = 30_000;
const UNTIL_WITHIN_MS = 40_000;
const ORDER_WITHIN_MS = 10_000;

export interface TrialHouse {
  readonly home: Home;
  readonly sim: SimProcess;
  readonly channels: readonly string[];
  readonly launched: Launched;
  /** A new supervisor in the place of the last, when that has gone: what PM2 or systemd do in earnest. */
  relaunch(): Promise<Launched>;
  /** Every line of the simulator's feed so far. */
  readonly lines: readonly FeedLine[];
  /** A viewer types. */
  say(channel: string, user: string, text: string): Promise<void>;
  /** The bot's line that answers `user`: it begins with their name. Awaits it when it was not said yet. */
  replyTo(channel: string, user: string, fromLine?: number): Promise<string>;
  heard(wanted: (line: FeedLine) => boolean, fromLine?: number): Promise<FeedLine>;
  fault(body: object): Promise<void>;
  status(): Promise<SupervisorStatus>;
  hubStatus(): Promise<HubStatus>;
  /** What an operator orders, and how it was answered. */
  order(order: {
    readonly do: SupervisorOrder["do"];
    readonly channel?: string;
    readonly service?: string;
  }): Promise<SupervisorToCli>;
  child(childId: string): Promise<ChildStatus>;
  /** Asks again until it holds; throws with the last answer when that takes far too long. */
  until<T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T>;
  /** Everything a worker or the hub logged, parsed. */
  log(file: string): readonly Readonly<Record<string, unknown>>[];
  /** Aborted when `close` begins: whoever does something all the time stops then, also after a test that failed. */
  readonly closing: AbortSignal;
  close(): Promise<void>;
}

/** A Twitch of the test's own: see town.ts. */
export interface Scene {
  readonly scenario: object;
  readonly account: TrialAccount;
  readonly channels: readonly string[];
}

export interface HouseWish {
  /** Left out: sim/scenarios/quiet.yaml. */
  readonly scene?: Scene;
  /** What its configuration says besides, of chat and events. */
  readonly twitch?: Pick<TrialAccount, "chat" | "eventsub">;
  readonly launch?: (home: Home, environment: NodeJS.ProcessEnv) => Launched;
  readonly readyWithinMs?: number;
  /** What is different for one channel, as in config.yaml at its name. */
  readonly channelRules?: Readonly<Record<string, object>>;
  /** Whether a home at this path will do. */
  readonly isHome?: (folder: string) => boolean;
  /** Where one of the house's files is found, when it lies on a disk that only the house sees. */
  readonly inside?: (path: string) => string;
}

/** `more`: further sections of the configuration. */
export async function openTrialHouse(
  more: Readonly<Record<string, object>> = {},
  wish: HouseWish = {},
): Promise<TrialHouse> {
  const { scene, launch = launchSupervisor, readyWithinMs = READY_WITHIN_MS, inside = (path) => path } = wish;
  const clock = systemClock;
  const trial = makeWarmHome(wish.isHome);
  const { home } = trial;
  const sim = await startSimProcess(scene ? writeScenario(home, scene.scenario) : "quiet", clock).catch(
    (problem) => {
      trial.remove();
      throw problem;
    },
  );
  const channels = scene?.channels ?? CHANNELS;
  const entries = channels.map((name) => ({ name, ...wish.channelRules?.[name] }));
  trial.writeConfig(
    toTrialConfig({ ...(scene?.account ?? account), ...wish.twitch }, entries, sim.address, {}, more),
  );

  const lines: FeedLine[] = [];
  const waiting = new Set<(line: FeedLine) => void>();
  const feed = await openSimFeed(sim.address, (line) => {
    lines.push(line);
    for (const listen of waiting) listen(line);
  });
  prepareHome(home);
  const launched = launch(home, process.env);
  const supervisors = [launched];
  /** Whoever was ever told of in a status. */
  const known = new Map<number, ProcessNote>();
  const know = (told: SupervisorStatus) => {
    for (const { pid } of [told, ...told.children])
      if (pid !== undefined && !known.has(pid)) known.set(pid, makeProcessNote(pid, new Date(clock.wall())));
  };
  const closing = new AbortController();
  const close = async () => {
    closing.abort();
    await askSupervisorStatus(home, clock).then((asked) => asked.is === "answered" && know(asked.status));
    const ended = await endHouse(home, clock);
    await Promise.all(supervisors.map((one) => one.exited));
    feed.close();
    await feed.ended;
    await sim.stop();
    const alive = [...known.values()].filter(isAlive).map(({ pid }) => pid);
    const left = findLeftovers(home, alive);
    trial.remove();
    if (ended.is === "still-there") throw new Error(`processes would not go: ${ended.pids.join(", ")}`);
    if (left.length > 0) throw new Error(`left behind: ${left.join(", ")}`);
  };
  const coming = await awaitReady({ home, clock, launched, withinMs: readyWithinMs, onStatus: know });
  if (coming.is !== "ready") {
    const because = `${JSON.stringify(coming)} ${launched.lastWords()}`;
    await close();
    throw new Error(`the house did not come up: ${because}`);
  }

  const heard: TrialHouse["heard"] = (wanted, fromLine = 0) =>
    new Promise((resolve) => {
      const already = lines.slice(fromLine).find(wanted);
      if (already) return resolve(already);
      const listen = (line: FeedLine) => {
        if (!wanted(line)) return;
        waiting.delete(listen);
        resolve(line);
      };
      waiting.add(listen);
    });
  const until: TrialHouse["until"] = (ask, holds) => awaitUntil(ask, holds, { withinMs: UNTIL_WITHIN_MS });
  const status = async () => {
    const asked = await askSupervisorStatus(home, clock);
    if (asked.is === "away") throw new Error(asked.problem);
    know(asked.status);
    return asked.status;
  };

  return {
    home,
    sim,
    channels,
    launched,
    async relaunch() {
      await supervisors.at(-1)?.exited;
      const next = launch(home, process.env);
      supervisors.push(next);
      return next;
    },
    lines,
    say: (channel, user, text) => sim.order("/chat", { channel, user, text }),
    async replyTo(channel, user, fromLine) {
      const line = await heard((one) => isReply(one, channel, user), fromLine);
      return String(line.text);
    },
    heard,
    fault: (body) => sim.order("/faults", body),
    status,
    async order(order) {
      const dialled = await dialSupervisor(home, clock);
      if (dialled.is === "away") throw new Error(dialled.problem);
      const asked = await dialled.control.ask(v.parse(SupervisorOrder, order), ORDER_WITHIN_MS);
      dialled.control.close();
      if (asked.is === "away") throw new Error(asked.problem);
      return asked.answer;
    },
    async hubStatus() {
      const asked = await askHubStatus(home, clock);
      if (asked.is === "away") throw new Error(asked.problem);
      return asked.status;
    },
    async child(childId) {
      const found = (await status()).children.find((one) => one.childId === childId);
      if (!found) throw new Error(`no child ${childId}`);
      return found;
    },
    until,
    log: (file) =>
      readFileSync(inside(join(home.logs, file)), "utf8")
        .split("\n")
        // Behind the last newline stands nothing, or a line that is still being written.
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    closing: closing.signal,
    close,
  };
}

function writeScenario(home: Home, scenario: object): string {
  const file = join(home.folder, "scenario.yaml");
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(scenario), { mode: 0o600 });
  return file;
}

export const isSaidByBot = (line: FeedLine): boolean => line.kind === "chat-message" && line.user === BOT;

export const isReply = (line: FeedLine, channel: string, user: string): boolean =>
  isSaidByBot(line) &&
  line.channel === channel &&
  String(line.text).toLowerCase().startsWith(`@${user.toLowerCase()} `);

/** Processes that still run, process notes and sockets that still lie there. */
export function findLeftovers(home: Home, pids: readonly number[]): readonly string[] {
  const processes = pids.filter((pid) => findStartTicks(pid) !== undefined).map((pid) => `process ${pid}`);
  const notes = existsSync(home.pids) ? readdirSync(home.pids).filter((name) => name.endsWith(".json")) : [];
  const run = existsSync(home.run) ? readdirSync(home.run) : [];
  return [...processes, ...notes, ...run];
}
