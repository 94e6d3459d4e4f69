/** A hub as a process, its Twitch with a feeder in the line, and processes of workers' desks that a test stops and kills. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type BenchChild, startBenchChild } from "../../bench/bench-child.ts";
import type { FeederOrders } from "../../bench/hub-feeder.ts";
import { type HubHouse, openHubHouse } from "../../bench/hub-house.ts";
import { askHubStatus } from "../../cli/control-link.ts";
import { type EventJournal, makeEventJournal } from "../../db/event-journal.ts";
import { type Db, openDatabase } from "../../db/open.ts";
import { systemClock } from "../../shared/clock.ts";
import { checkoutFolder } from "../../shared/home.ts";
import type { Login } from "../../shared/ids.ts";
import { awaitUntil } from "./await-until.ts";
import { CLAIMANT, type DeskOrders } from "./desk-process.ts";

/** Workers of some channels, in a process of their own. */
export interface Desks {
  readonly channels: readonly Login[];
  /** The feeder's numbers in the order they were begun, by channel. */
  begun(): Promise<Readonly<Record<string, readonly number[]>>>;
  /** What they were told of gaps, by channel. */
  lost(): Promise<Readonly<Record<string, readonly string[]>>>;
  signal(name: "SIGSTOP" | "SIGCONT" | "SIGKILL"): void;
}

export interface DeliveryHouse {
  readonly hub: HubHouse;
  desks(channels: readonly Login[]): Promise<Desks>;
  /** Everybody's desk is there: from now on there is something to feed with. */
  open(): Promise<void>;
  /** Feeds channel updates, to all channels in turn or to these. Resolves with how many were sent. */
  feed(load: {
    readonly perSecond: number;
    readonly forMs: number;
    readonly channels?: readonly Login[];
  }): Promise<number>;
  /** How many of the feeder's events the hub has taken. */
  received(): Promise<number>;
  /** A hub that was restarted has its subscriptions again, and its workers. */
  settled(): Promise<void>;
  /** No event of these channels is open any more. */
  allDealtWith(): Promise<void>;
  /** The feeder's numbers that stand in the journal, by channel. */
  journalled(): Readonly<Record<string, readonly number[]>>;
  /** The feeder's numbers that were claimed. */
  claimed(): ReadonlySet<number>;
  until<T>(ask: () => T | Promise<T>, holds: (answer: T) => boolean): Promise<T>;
  close(): Promise<void>;
}

const HOLDS_WITHIN_MS = 40_000;
const LAST_WORDS_MAX = 1_000;
const numberOf = (id: string): number => Number(id.replace("feed-", ""));

/** `nodeFlags`: further ones for the hub. */
export async function openDeliveryHouse(
  channels: number,
  nodeFlags: readonly string[] = [],
): Promise<DeliveryHouse> {
  const feeder = startBenchChild<FeederOrders>("hub-feeder.ts");
  const hub = await openHubHouse({
    channels,
    clock: systemClock,
    environment: process.env,
    nodeFlags,
    async eventsubUrl(sim) {
      const port = await feeder.ask("open", { upstream: `ws://127.0.0.1:${sim.address.port}/ws` });
      return `ws://127.0.0.1:${port}/ws`;
    },
  });
  await hub.startHub();
  const db: Db = openDatabase(hub.home.database);
  const journal: EventJournal = makeEventJournal(db);
  const children: BenchChild<DeskOrders>[] = [];
  /** Taken by hubs that are dead, and what was no feed. */
  let offset = 0;

  /** A hub that died of itself says why in its crash log. */
  const lastWords = () => {
    const file = join(hub.home.logs, "crash-hub.log");
    const said = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
    return said === "" ? "" : `; the hub's last words: ${said.slice(0, LAST_WORDS_MAX)}`;
  };
  const until: DeliveryHouse["until"] = (ask, holds) =>
    awaitUntil(ask, holds, { withinMs: HOLDS_WITHIN_MS, lastWords });
  const findStatus = async () => {
    const asked = await askHubStatus(hub.home, systemClock);
    return asked.is === "away" ? undefined : asked.status;
  };
  const status = async () => {
    const found = await until(findStatus, (one) => one !== undefined);
    if (!found) throw new Error("the hub does not answer");
    return found;
  };
  /** The feeder copies what the simulator sends. */
  const open = async () => {
    for (const channel of hub.channels) await hub.sim.order(`/channels/${channel}/update`, { title: "cast" });
    await until(
      () => feeder.ask("channels", null),
      (count) => count === hub.channels.length,
    );
    offset = await until(
      async () => (await status()).events.received,
      (count) => count >= hub.channels.length,
    );
  };
  const loaded = () => {
    const found = journal.load();
    if (found.is === "failed") throw new Error(found.problem);
    return found.channels;
  };

  return {
    hub,
    async desks(of) {
      const child = startBenchChild<DeskOrders>(join(checkoutFolder, "tests", "support", "desk-process.ts"));
      children.push(child);
      const { hubSocket, database } = hub.home;
      await child.ask("attach", { home: { hubSocket, database }, births: of.map((one) => hub.birth(one)) });
      return {
        channels: of,
        begun: () => child.ask("begun", null),
        lost: () => child.ask("lost", null),
        signal: (name) => void process.kill(child.pid, name),
      };
    },
    open,
    async feed(load) {
      return feeder.ask("pace", {
        fed: "hub",
        ...load,
        ...(load.channels && { channels: [...load.channels] }),
      });
    },
    received: async () => (await status()).events.received - offset,
    async settled() {
      await until(
        async () => (await status()).subscriptions,
        (all) => all.length === hub.channels.length && all.every(({ state }) => state === "enabled"),
      );
      offset = (await status()).events.received;
    },
    async allDealtWith() {
      await until(
        async () => (await status()).workers,
        (all) => all.every(({ isConnected, unacknowledged }) => isConnected && unacknowledged === 0),
      );
    },
    journalled: () =>
      Object.fromEntries(
        loaded().map(({ channel, events }) => [
          channel,
          events.map(({ event }) => numberOf(event?.id ?? "")),
        ]),
      ),
    claimed() {
      const rows = db.prepare("SELECT key FROM module_claims WHERE module = ?").pluck().all(CLAIMANT);
      return new Set(rows.map((key) => numberOf(String(key))));
    },
    until,
    async close() {
      for (const child of children) await child.stop();
      db.close();
      await hub.end();
      await feeder.stop();
    },
  };
}
