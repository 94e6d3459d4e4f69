/**
 * A whole house of real processes against a real simulator, in a home of its own. Tests say what happens at Twitch
 * and await what comes of it; nothing here waits for a time. `close` fails when a process, a note or a socket is left.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { askHubStatus, askSupervisorStatus, dialSupervisor } from "../../cli/control-link.ts";
import { awaitReady } from "../../cli/house/await-ready.ts";
import { endHouse } from "../../cli/house/end-house.ts";
import { type Launched, launchSupervisor } from "../../cli/house/launch.ts";
import { type FeedLine, openSimFeed } from "../../cli/trial/sim-feed.ts";
import { type SimProcess, startSimProcess } from "../../cli/trial/sim-process.ts";
import { toTrialConfig } from "../../cli/trial/trial-config.ts";
import { makeTrialHome } from "../../cli/trial/trial-home.ts";
import { systemClock } from "../../shared/clock.ts";
import { type Home, prepareHome } from "../../shared/home.ts";
import {
  type ChildStatus,
  type HubStatus,
  SupervisorOrder,
  type SupervisorStatus,
  type SupervisorToCli,
} from "../../shared/ipc/control.ts";
import { findStartTicks } from "../../shared/proc.ts";

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
const LOOK_EVERY_MS = 20;
const ORDER_WITHIN_MS = 10_000;

export interface TrialHouse {
  readonly home: Home;
  readonly sim: SimProcess;
  readonly launched: Launched;
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
  order(order: { readonly do: SupervisorOrder["do"]; readonly channel?: string }): Promise<SupervisorToCli>;
  child(childId: string): Promise<ChildStatus>;
  /** Asks again until it holds. */
  until<T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T>;
  /** Everything a worker or the hub logged, parsed. */
  log(file: string): readonly Readonly<Record<string, unknown>>[];
  close(): Promise<void>;
}

/** `more`: further sections of the configuration. */
export async function openTrialHouse(more: Readonly<Record<string, object>> = {}): Promise<TrialHouse> {
  const clock = systemClock;
  const sim = await startSimProcess("quiet", clock);
  const trial = makeTrialHome(process.env);
  const { home } = trial;
  trial.writeConfig(toTrialConfig(account, CHANNELS, sim.address, {}, more));

  const lines: FeedLine[] = [];
  const waiting = new Set<(line: FeedLine) => void>();
  const feed = await openSimFeed(sim.address, (line) => {
    lines.push(line);
    for (const listen of waiting) listen(line);
  });
  prepareHome(home);
  const launched = launchSupervisor(home, process.env);
  const coming = await awaitReady({ home, clock, launched, withinMs: READY_WITHIN_MS });
  if (coming.is !== "ready") {
    throw new Error(`the house did not come up: ${JSON.stringify(coming)} ${launched.lastWords()}`);
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
  const until: TrialHouse["until"] = async (ask, holds) => {
    for (;;) {
      const answer = await ask();
      if (holds(answer)) return answer;
      await new Promise<void>((resolve) => {
        clock.after(LOOK_EVERY_MS, resolve);
      });
    }
  };
  const status = async () => {
    const asked = await askSupervisorStatus(home, clock);
    if (asked.is === "away") throw new Error(asked.problem);
    return asked.status;
  };

  return {
    home,
    sim,
    launched,
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
      readFileSync(join(home.logs, file), "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line)),
    async close() {
      const pids = await alivePids(home);
      const ended = await endHouse(home, clock);
      await launched.exited;
      feed.close();
      await feed.ended;
      await sim.stop();
      const left = findLeftovers(home, pids);
      trial.remove();
      if (ended.is === "still-there") throw new Error(`processes would not go: ${ended.pids.join(", ")}`);
      if (left.length > 0) throw new Error(`left behind: ${left.join(", ")}`);
    },
  };
}

export const isReply = (line: FeedLine, channel: string, user: string): boolean =>
  line.kind === "chat-message" &&
  line.channel === channel &&
  line.user === BOT &&
  String(line.text).toLowerCase().startsWith(`@${user.toLowerCase()} `);

/** Everybody the supervisor knows of, itself included; nobody when it does not answer any more. */
async function alivePids(home: Home): Promise<readonly number[]> {
  const asked = await askSupervisorStatus(home, systemClock);
  if (asked.is === "away") return [];
  return [asked.status.pid, ...asked.status.children.flatMap((child) => child.pid ?? [])];
}

/** Processes that still run, process notes and sockets that still lie there. */
export function findLeftovers(home: Home, pids: readonly number[]): readonly string[] {
  const processes = pids.filter((pid) => findStartTicks(pid) !== undefined).map((pid) => `process ${pid}`);
  const notes = existsSync(home.pids) ? readdirSync(home.pids).filter((name) => name.endsWith(".json")) : [];
  const run = existsSync(home.run) ? readdirSync(home.run) : [];
  return [...processes, ...notes, ...run];
}
