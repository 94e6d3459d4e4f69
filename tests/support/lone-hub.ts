/**
 * The real hub process against a simulator in this process, without a supervisor, with scripted workers: for what
 * happens between the hub and Twitch. Every dial of EventSub's goes through a counter.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { askHub } from "../../cli/hub/ask-hub.ts";
import { type Millis, systemClock } from "../../shared/clock.ts";
import { checkoutFolder, type Home, prepareHome } from "../../shared/home.ts";
import { hubChildId } from "../../shared/ids.ts";
import { childIdentity, makeCredential, openHouseKey } from "../../shared/ipc/house-key.ts";
import type { HubOrder, HubStatus, HubToCli } from "../../shared/ipc/hub-control.ts";
import type { HubPapers } from "../../shared/ipc/papers.ts";
import type { Topic } from "../../shared/twitch/topics.ts";
import { type Sim, startSim } from "../../sim/server.ts";
import { awaitUntil } from "./await-until.ts";
import { openDialCounter } from "./dial-counter.ts";
import { APPLICATION, makeTownScenario, TOWN_BOT, townChannels } from "./eventsub-town.ts";
import { type ScriptedWorker, sendWorker } from "./scripted-worker.ts";
import { makeWarmHome } from "./warm-home.ts";

export interface LoneHub {
  readonly sim: Sim;
  readonly home: Home;
  readonly channels: readonly string[];
  pid(): number;
  /** The process ends like this, and another takes its place. Workers are to be sent anew. */
  restart(how: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** TCP connections the hub opened to EventSub so far. */
  dials(): number;
  worker(login: string, topics: readonly Topic[]): Promise<ScriptedWorker>;
  /** One for each channel; resolves when all are settled. */
  crowd(topics: readonly Topic[]): Promise<readonly ScriptedWorker[]>;
  status(): Promise<HubStatus>;
  /**
   * Resolves with the status when EventSub is open, everything wanted is there, and what its opening may have missed
   * has been looked for: what happens from now on EventSub alone tells.
   */
  whole(): Promise<HubStatus>;
  /** What an operator orders. */
  order<K extends HubToCli["kind"]>(order: HubOrder, expects: K): ReturnType<typeof askHub<K>>;
  /** Asks again until it holds, for a while. */
  until<T>(ask: () => T | Promise<T>, holds: (answer: T) => boolean): Promise<T>;
  /** What the hub logged with these words. */
  logged(words: string): readonly Readonly<Record<string, unknown>>[];
  close(): Promise<void>;
}

export interface LoneHubWishes {
  readonly channels: number;
  /** How many of them authorised the application; all when left out. */
  readonly granted?: number;
  readonly eventsub: HubPapers["eventsub"];
  readonly speed?: number;
}

const HOLDS_WITHIN_MS: Millis = 30_000;
/** So much of its log is shown when something never holds. */
const LAST_LINES = 20;

export async function openLoneHub(wishes: LoneHubWishes): Promise<LoneHub> {
  const sim = await startSim({
    scenario: makeTownScenario(wishes.channels, wishes.granted),
    ...(wishes.speed !== undefined && { speed: wishes.speed }),
  });
  const counter = await openDialCounter(sim.port);
  const trial = makeWarmHome();
  const { home } = trial;
  prepareHome(home);
  const houseKey = openHouseKey(home.houseKeyFile);
  const http = `http://127.0.0.1:${sim.port}`;
  const papers: HubPapers = {
    childId: hubChildId,
    spawnId: "lone",
    credential: makeCredential(houseKey, childIdentity(hubChildId, "lone")),
    logLevel: "info",
    orphanAfterMs: 600_000,
    houseKey,
    ...APPLICATION,
    botLogin: TOWN_BOT.login as HubPapers["botLogin"],
    isVerifiedBot: false,
    tokens: { accessToken: TOWN_BOT.accessToken, refreshToken: TOWN_BOT.refreshToken },
    urls: { helix: `${http}/helix`, id: `${http}/oauth2`, eventsub: `ws://127.0.0.1:${counter.port}/ws` },
    eventsub: wishes.eventsub,
  };
  const complaints: string[] = [];
  const start = () => {
    const child = spawn(process.execPath, [join(checkoutFolder, "dist", "hub.mjs")], {
      env: { ...process.env, KISSBOT_HOME: home.folder },
      stdio: ["pipe", "ignore", "pipe"],
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => complaints.push(text));
    child.stdin.end(JSON.stringify(papers));
    return { child, gone: once(child, "exit") };
  };
  let hub = start();
  const end = async (how: "SIGTERM" | "SIGKILL") => {
    hub.child.kill(how);
    await hub.gone;
  };
  const workers: ScriptedWorker[] = [];

  const logFile = join(home.logs, "hub.log");
  /** Behind the last newline stands nothing, or a line that is still being written. */
  const readLog = () => (existsSync(logFile) ? readFileSync(logFile, "utf8").split("\n").slice(0, -1) : []);
  const lastWords = () => [...complaints, ...readLog().slice(-LAST_LINES)].join("\n");
  const until: LoneHub["until"] = (ask, holds) =>
    awaitUntil(ask, holds, { withinMs: HOLDS_WITHIN_MS, lastWords });
  const findStatus = async () => {
    const asked = await askHub({ do: "status" }, "status", { home, clock: systemClock });
    return asked.is === "answered" ? asked.answer.status : JSON.stringify(asked);
  };
  const worker = async (login: string, topics: readonly Topic[]) => {
    const sent = await sendWorker(home, houseKey, login, topics);
    workers.push(sent);
    return sent;
  };
  const close = async () => {
    for (const one of workers) one.close();
    await end("SIGTERM");
    await counter.close();
    await sim.stop();
    trial.remove();
  };
  const isUp = () => until(findStatus, (status) => typeof status !== "string");
  try {
    await isUp();
  } catch (problem) {
    await close();
    throw problem;
  }

  const status = async () => {
    const found = await findStatus();
    if (typeof found === "string") throw new Error(`${found} ${complaints.join("")}`);
    return found;
  };
  return {
    sim,
    home,
    channels: townChannels(wishes.channels),
    pid: () => hub.child.pid ?? 0,
    async restart(how) {
      await end(how);
      hub = start();
      await isUp();
    },
    dials: counter.dials,
    worker,
    async crowd(topics) {
      const crowd = await Promise.all(townChannels(wishes.channels).map((login) => worker(login, topics)));
      await Promise.all(crowd.map((one) => one.settled));
      return crowd;
    },
    status,
    whole: () => until(status, isWhole),
    order: (order, expects) => askHub(order, expects, { home, clock: systemClock }),
    until,
    logged: (words) =>
      readLog()
        .filter((line) => line.includes(words))
        .map((line) => JSON.parse(line)),
    close,
  };
}

function isWhole({ eventsub, subscriptions, gap }: HubStatus): boolean {
  const { mode, connectedForMs = 0 } = eventsub;
  const isThere = subscriptions.length > 0 && subscriptions.every((one) => one.state === "enabled");
  const { isOpen, lastFillAgoMs = Number.POSITIVE_INFINITY } = gap;
  return mode === "live" && isThere && !isOpen && lastFillAgoMs < connectedForMs;
}
