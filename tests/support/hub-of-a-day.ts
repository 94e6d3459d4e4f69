/**
 * The whole hub, as its process puts it together, and the whole simulator, in one process and on one time: over real
 * sockets, with a supervisor's front desk and a worker for each channel.
 */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import * as v from "valibot";
import { askHub } from "../../cli/hub/ask-hub.ts";
import { makeTrialHome } from "../../cli/trial/trial-home.ts";
import { openHubLogs } from "../../hub/open-hub-logs.ts";
import { startHub } from "../../hub/start-hub.ts";
import type { Clock, Millis } from "../../shared/clock.ts";
import { type Home, prepareHome } from "../../shared/home.ts";
import { hubChildId, Login, workerChildId } from "../../shared/ids.ts";
import { makeFlushRounds } from "../../shared/ipc/corked-writer.ts";
import { childIdentity, type HouseKey, makeCredential, openHouseKey } from "../../shared/ipc/house-key.ts";
import type { HubStatus } from "../../shared/ipc/hub-control.ts";
import { HUB_WORKER_VERSION, HubToWorker, type WorkerToHub } from "../../shared/ipc/hub-worker.ts";
import { openLink, type Pulse } from "../../shared/ipc/link.ts";
import type { HubPapers } from "../../shared/ipc/papers.ts";
import { openSocketWire } from "../../shared/ipc/socket-client.ts";
import type { Topic } from "../../shared/twitch/topics.ts";
import { makeRandom } from "../../sim/random.ts";
import { type Sim, type SimOptions, startSim } from "../../sim/server.ts";
import { openFrontDesk } from "../../supervisor/front-desk.ts";
import { type DayBooks, openDayBooks } from "./day-books.ts";
import { APPLICATION, TOWN_BOT } from "./eventsub-town.ts";
import { type RequestTally, tallyRequests } from "./request-tally.ts";
import { makeSharedTime, type SharedTime } from "./shared-time.ts";
import { silentLog } from "./silent-log.ts";
import { watchSockets } from "./socket-watch.ts";

export interface HubOfADay {
  readonly sim: Sim;
  readonly time: SharedTime;
  readonly books: DayBooks;
  readonly asked: RequestTally;
  /** The longest the bot's token went without being validated. */
  unprovedMs(): Millis;
  /** Lines of the simulator's own log with these words. */
  simLogged(words: string): number;
  /** Of the hub, as its supervisor heard of them. */
  readonly troubles: readonly string[];
  /** Warnings and worse in the hub's log. */
  complaints(): readonly string[];
  status(): Promise<HubStatus>;
  close(): Promise<void>;
}

export interface DayWishes {
  readonly scenario: SimOptions["scenario"];
  readonly channels: readonly string[];
  readonly topicsOf: (login: string) => readonly Topic[];
  readonly transport: "websocket" | "conduit";
}

const SEED = 7;
const SPAWN_ID = "of-a-day";
/** What a look finds is the same; how often it looks is the operator's choice, and a day has 1,440 minutes. */
const POLL_EVERY_MS: Millis = 5 * 60_000;
/** Longer than the hub's own: processes have phases of their own, so that one of two asks and not both at once. */
const WORKER_PULSE: Pulse = { everyMs: 60_000, silenceMaxMs: 90_000 };
const HARMLESS: ReadonlySet<string> = new Set(["debug", "info"]);
/** What the machine is busy with is not the day's. */
const OF_THE_MACHINE = /^high-(cpu|lag|memory)$/;

export async function openHubOfADay(wishes: DayWishes): Promise<HubOfADay> {
  const watch = watchSockets();
  const time = makeSharedTime(watch.quiet);
  const { clock } = time;
  const simLines = new Map<string, number>();
  const sim = await startSim({
    scenario: wishes.scenario,
    clock: time.simClock,
    log: (line) => {
      const kind = line.replace(/^eventsub session [^:]+: /, "");
      simLines.set(kind, (simLines.get(kind) ?? 0) + 1);
    },
  });
  const trial = makeTrialHome(process.env);
  const { home } = trial;
  prepareHome(home);
  const houseKey = openHouseKey(home.houseKeyFile);
  let validatedAt: Millis | undefined;
  let unprovedMs: Millis = 0;
  const asked = tallyRequests(sim.port, (what) => {
    if (what !== "GET /oauth2/validate") return;
    unprovedMs = Math.max(unprovedMs, clock.now() - (validatedAt ?? clock.now()));
    validatedAt = clock.now();
  });
  const troubles: string[] = [];
  const supervisor = await attend(home, houseKey, wishes.channels, clock, troubles);
  const papers = toPapers(sim, houseKey, wishes.transport);
  const stopped = Promise.withResolvers<void>();
  const hub = startHub({
    papers,
    home,
    logs: openHubLogs(home, papers),
    clock,
    random: makeRandom(SEED).fraction,
    pssKb: () => undefined,
    onStopped: stopped.resolve,
  });
  await hub.opened;
  const books = openDayBooks(sim.world, wishes.topicsOf);
  const workers = await Promise.all(
    wishes.channels.map((login) =>
      sendWorker({ home, houseKey, login, topics: wishes.topicsOf(login), clock }, (message) =>
        books.told(login, message),
      ),
    ),
  );
  return {
    sim,
    time,
    books,
    asked,
    unprovedMs: () => Math.max(unprovedMs, clock.now() - (validatedAt ?? 0)),
    simLogged: (words) =>
      [...simLines].reduce((sum, [line, count]) => sum + (line.includes(words) ? count : 0), 0),
    troubles,
    complaints: () => readComplaints(home),
    async status() {
      const answered = await askHub({ do: "status" }, "status", { home, clock });
      if (answered.is !== "answered") throw new Error(JSON.stringify(answered));
      return answered.answer.status;
    },
    async close() {
      for (const link of workers) link.close("the day is over");
      await hub.stop("the day is over");
      await stopped.promise;
      await supervisor.close();
      await sim.stop();
      books.close();
      asked.close();
      watch.close();
      trial.remove();
    },
  };
}

function toPapers(sim: Sim, houseKey: HouseKey, transport: DayWishes["transport"]): HubPapers {
  const http = `http://127.0.0.1:${sim.port}`;
  const { clientId, clientSecret } = APPLICATION;
  return {
    childId: hubChildId,
    spawnId: SPAWN_ID,
    credential: makeCredential(houseKey, childIdentity(hubChildId, SPAWN_ID)),
    logLevel: "info",
    orphanAfterMs: 60_000,
    houseKey,
    clientId,
    clientSecret,
    botLogin: v.parse(Login, TOWN_BOT.login),
    isVerifiedBot: false,
    tokens: { accessToken: TOWN_BOT.accessToken, refreshToken: TOWN_BOT.refreshToken },
    urls: { helix: `${http}/helix`, id: `${http}/oauth2`, eventsub: `ws://127.0.0.1:${sim.port}/ws` },
    eventsub: { transport, createsPerSecond: 2, shards: 1, pollEveryMs: POLL_EVERY_MS },
  };
}

/** A supervisor as far as a hub sees it. */
function attend(
  home: Home,
  houseKey: HouseKey,
  channels: readonly string[],
  clock: Clock,
  troubles: string[],
) {
  const note = (code: string, detail: string) => {
    if (!OF_THE_MACHINE.test(code)) troubles.push(`${code}: ${detail}`);
  };
  return openFrontDesk({
    socket: home.supervisorSocket,
    connectionsMax: 8,
    houseKey,
    clock,
    log: silentLog,
    duties: {
      childSaidHello(_child, _spawn, link) {
        link.send({ kind: "channels", channels: channels.map((login) => v.parse(Login, login)) });
        return true;
      },
      childSaid(_child, _spawn, message) {
        if (message.kind === "trouble") note(message.code, message.detail);
        if (message.kind === "condition") for (const { code, detail } of message.troubles) note(code, detail);
      },
      status: () => Promise.reject(new Error("nobody asks")),
      channels: () => [],
      execute: () => Promise.reject(new Error("nobody orders")),
      stop: async () => ({ hadToKill: [] }),
    },
  });
}

/** A worker that acknowledges what it is told. */
async function sendWorker(
  using: {
    readonly home: Home;
    readonly houseKey: HouseKey;
    readonly login: string;
    readonly topics: readonly Topic[];
    readonly clock: Clock;
  },
  onTold: (message: HubToWorker) => void,
) {
  const channel = v.parse(Login, using.login);
  const childId = workerChildId(channel);
  const socket = connect({ path: using.home.hubSocket });
  await once(socket, "connect");
  const wire = openSocketWire(socket, { rounds: makeFlushRounds(using.clock) });
  const link = openLink<HubToWorker, WorkerToHub>(wire, HubToWorker, {
    clock: using.clock,
    log: silentLog,
    pulse: WORKER_PULSE,
    onMessage(message, to) {
      onTold(message);
      if (message.kind === "welcome") to.send({ kind: "want-topics", topics: [...using.topics] });
      if (message.kind === "event") to.send({ kind: "event-received", seq: message.seq });
    },
  });
  link.send({
    kind: "hello",
    conversation: "hub-worker",
    version: HUB_WORKER_VERSION,
    childId,
    spawnId: SPAWN_ID,
    credential: makeCredential(using.houseKey, childIdentity(childId, SPAWN_ID)),
    channel,
    uses: [],
    isFresh: true,
    weight: 1,
  });
  return link;
}

function readComplaints(home: Home): readonly string[] {
  const lines = readFileSync(join(home.logs, "hub.log"), "utf8").trimEnd().split("\n");
  const Line = v.object({ level: v.string() });
  return lines.filter((line) => !HARMLESS.has(v.parse(Line, JSON.parse(line)).level));
}
