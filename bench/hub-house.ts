/**
 * A hub as it ships, in a home of its own, with a simulated Twitch on one side and nobody on the other: workers are
 * whoever dials its socket with a credential made here. The supervisor is the few words a hub needs to hear.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { type SimProcess, startSimProcess } from "../cli/trial/sim-process.ts";
import { makeTrialHome } from "../cli/trial/trial-home.ts";
import type { Clock, Millis } from "../shared/clock.ts";
import { checkoutFolder, type Home, prepareHome } from "../shared/home.ts";
import { hubChildId, Login, workerChildId } from "../shared/ids.ts";
import { childIdentity, type HouseKey, makeCredential, openHouseKey } from "../shared/ipc/house-key.ts";
import { HOUSE_PULSE, type Link, openLink } from "../shared/ipc/link.ts";
import type { HubPapers, WorkerPapers } from "../shared/ipc/papers.ts";
import { receiveStranger } from "../shared/ipc/reception.ts";
import { openSocketServer } from "../shared/ipc/socket-server.ts";
import {
  ChildToSupervisor,
  type Stage,
  SUPERVISOR_CHILD_VERSION,
  type SupervisorToChild,
} from "../shared/ipc/supervisor-child.ts";
import { LEAN_HUB_NODE } from "../shared/lean-node.ts";
import { openLogFile } from "../shared/log.ts";
import { ACCOUNT, BOT_LOGIN } from "./chat-load.ts";

export type WorkerBirth = Pick<WorkerPapers, "childId" | "spawnId" | "credential" | "channel">;

export interface HubHouse {
  readonly home: Home;
  readonly sim: SimProcess;
  readonly channels: readonly Login[];
  /** A fresh worker of this channel. */
  birth(channel: Login): WorkerBirth;
  hubPid(): number;
  /** Resolves when the new hub has found everything it wants at Twitch, or has nothing to want. */
  startHub(): Promise<void>;
  /** Resolves when the process is gone. */
  endHub(how: "SIGKILL" | "please-stop"): Promise<void>;
  /** What the supervisor was told of trouble, in order. */
  readonly troubles: readonly string[];
  end(): Promise<void>;
}

const READY_WITHIN_MS: Millis = 60_000;
const GONE_WITHIN_MS: Millis = 5_000;
const CONNECTIONS_MAX = 16;
/** Subscriptions a second: these benches are about events. */
const CREATES_PER_SECOND = 50;
/** Should whoever opened this be killed, the hub is gone soon after. */
const ORPHAN_AFTER_MS: Millis = 30_000;

export async function openHubHouse(using: {
  readonly channels: number;
  readonly clock: Clock;
  readonly environment: NodeJS.ProcessEnv;
  /** Where the hub's EventSub line goes, when not to the simulator itself. */
  readonly eventsubUrl?: (sim: SimProcess) => Promise<string>;
  /** Further flags for the hub's Node. */
  readonly nodeFlags?: readonly string[];
}): Promise<HubHouse> {
  const { clock } = using;
  const channels = Array.from({ length: using.channels }, (_, n) => v.parse(Login, `bench_channel_${n}`));
  const trial = makeTrialHome(using.environment);
  const { home } = trial;
  prepareHome(home);
  const houseKey = openHouseKey(home.houseKeyFile);
  const scenario = join(home.folder, "hub.yaml");
  // JSON is YAML.
  writeFileSync(scenario, JSON.stringify(makeScenario(channels)));
  const sim = await startSimProcess(scenario, clock);
  const eventsub = (await using.eventsubUrl?.(sim)) ?? `ws://127.0.0.1:${sim.address.port}/ws`;
  const desk = await openSupervisorDesk({ home, channels, clock });

  let spawns = 0;
  const toBirth = (childId: string) => {
    spawns += 1;
    const spawnId = `spawn-${spawns}`;
    return { spawnId, credential: makeCredential(houseKey, childIdentity(childId, spawnId)) };
  };
  let hub: ChildProcess | undefined;
  const gone = (child: ChildProcess) =>
    child.exitCode === null && child.signalCode === null
      ? new Promise<void>((resolve) => child.once("exit", () => resolve()))
      : Promise.resolve();
  const lastWords = () => readFileSync(join(home.logs, "crash-hub.log"), "utf8").trim();

  const startHub = async () => {
    const ready = desk.nextReady();
    const papers: HubPapers = {
      childId: hubChildId,
      ...toBirth(hubChildId),
      ...toPapers(houseKey, { port: sim.address.port, eventsub }),
    };
    const child = spawnHub(home, [...LEAN_HUB_NODE, ...(using.nodeFlags ?? [])], papers);
    hub = child;
    const came = await new Promise<"ready" | "gone" | "late">((resolve) => {
      const cancel = clock.after(READY_WITHIN_MS, () => resolve("late"));
      void ready.then(() => resolve("ready")).then(cancel);
      void gone(child).then(() => resolve("gone"));
    });
    if (came !== "ready") throw new Error(`the hub did not come up (${came}): ${lastWords()}`);
  };
  const endHub = async (how: "SIGKILL" | "please-stop") => {
    const child = hub;
    if (!child) return;
    if (how === "SIGKILL") child.kill("SIGKILL");
    else desk.pleaseStop();
    const cancel = clock.after(GONE_WITHIN_MS, () => child.kill("SIGKILL"));
    await gone(child);
    cancel();
    hub = undefined;
  };

  return {
    home,
    sim,
    channels,
    troubles: desk.troubles,
    birth(channel) {
      const childId = workerChildId(channel);
      return { childId, channel, ...toBirth(childId) };
    },
    hubPid: () => hub?.pid ?? 0,
    startHub,
    endHub,
    async end() {
      await endHub("please-stop");
      await desk.close();
      await sim.stop();
      trial.remove();
    },
  };
}

/** Streamers who have agreed: for the others Twitch lets one user have ten subscriptions. */
function makeScenario(channels: readonly Login[]): object {
  return {
    seed: 1,
    applications: [{ clientId: ACCOUNT.clientId }],
    users: [{ login: BOT_LOGIN }],
    channels: channels.map((login) => ({ login, moderators: [BOT_LOGIN] })),
    grants: channels.map((user) => ({ clientId: ACCOUNT.clientId, user, scopes: ["channel:bot"] })),
    tokens: [
      {
        accessToken: ACCOUNT.accessToken,
        refreshToken: ACCOUNT.refreshToken,
        clientId: ACCOUNT.clientId,
        user: BOT_LOGIN,
        scopes: ["chat:read", "chat:edit", "user:read:chat", "user:write:chat", "user:bot"],
      },
    ],
  };
}

function toPapers(
  houseKey: HouseKey,
  at: { readonly port: number; readonly eventsub: string },
): Omit<HubPapers, "childId" | "spawnId" | "credential"> {
  return {
    logLevel: "info",
    orphanAfterMs: ORPHAN_AFTER_MS,
    houseKey,
    clientId: ACCOUNT.clientId,
    botLogin: v.parse(Login, BOT_LOGIN),
    isVerifiedBot: true,
    tokens: { accessToken: ACCOUNT.accessToken, refreshToken: ACCOUNT.refreshToken },
    urls: {
      helix: `http://127.0.0.1:${at.port}/helix`,
      id: `http://127.0.0.1:${at.port}/oauth2`,
      eventsub: at.eventsub,
    },
    eventsub: { transport: "websocket", createsPerSecond: CREATES_PER_SECOND, shards: 1 },
  };
}

/** As the supervisor does it: detached, papers on its standard input, last words in a file. */
function spawnHub(home: Home, nodeFlags: readonly string[], papers: HubPapers): ChildProcess {
  const crash = openSync(join(home.logs, "crash-hub.log"), "a", 0o600);
  try {
    const child = spawn(process.execPath, [...nodeFlags, join(checkoutFolder, "dist", "hub.mjs")], {
      cwd: home.folder,
      detached: true,
      stdio: ["pipe", crash, crash],
      env: {
        PATH: process.env.PATH,
        KISSBOT_HOME: home.folder,
        NODE_ENV: "production",
        NODE_COMPILE_CACHE: home.compileCache,
        MALLOC_ARENA_MAX: "1",
      },
    });
    child.stdin?.on("error", () => {});
    child.stdin?.end(JSON.stringify(papers));
    return child;
  } finally {
    closeSync(crash);
  }
}

/** What a hub needs of a supervisor: a welcome, and which channels have a worker. */
async function openSupervisorDesk(using: {
  readonly home: Home;
  readonly channels: readonly Login[];
  readonly clock: Clock;
}) {
  const { home, clock } = using;
  const { log } = openLogFile({ file: join(home.logs, "desk.log"), level: "silent", bindings: {} });
  const troubles: string[] = [];
  let hub: Link<SupervisorToChild> | undefined;
  let listenReady: (() => void)[] = [];
  const hearStage = (stage: Stage) => {
    if (stage !== "ready") return;
    for (const listen of listenReady.splice(0)) listen();
  };
  const server = await openSocketServer({
    path: home.supervisorSocket,
    connectionsMax: CONNECTIONS_MAX,
    log,
    onConnection: (wire) =>
      receiveStranger(
        wire,
        { "supervisor-child": { version: SUPERVISOR_CHILD_VERSION, begin: (its) => talk(its) } },
        { clock, log },
      ),
  });
  const talk = (wire: Parameters<typeof openLink>[0]) =>
    openLink<ChildToSupervisor, SupervisorToChild>(wire, ChildToSupervisor, {
      clock,
      log,
      pulse: HOUSE_PULSE,
      onMessage(message, link) {
        if (message.kind === "hello") {
          hub = link;
          link.send({ kind: "welcome", version: SUPERVISOR_CHILD_VERSION });
          link.send({ kind: "channels", channels: [...using.channels] });
          hearStage(message.stage);
        }
        if (message.kind === "stage") hearStage(message.stage);
        if (message.kind === "trouble") troubles.push(`${message.code}: ${message.detail}`);
        if (message.kind === "condition")
          troubles.push(...message.troubles.map(({ code, detail }) => `${code}: ${detail}`));
      },
    });
  return {
    troubles,
    nextReady: () => new Promise<void>((resolve) => (listenReady = [...listenReady, resolve])),
    pleaseStop: () => void hub?.send({ kind: "please-stop", because: "the bench is over" }),
    close: () => server.close(),
  };
}
