/** The hub and the bare server before the same kind of links, fed by the same feeder: what `bench hub` measures on. */
import { join } from "node:path";
import { sleep } from "../cli/house/await-ready.ts";
import { percentile } from "../cli/trial/percentile.ts";
import type { Clock, Millis } from "../shared/clock.ts";
import { LEAN_NODE } from "../shared/lean-node.ts";
import { findPssKb } from "../shared/proc.ts";
import { type BenchChild, startBenchChild } from "./bench-child.ts";
import { readCpuMs } from "./cpu-time.ts";
import type { BareOrders } from "./hub-bare.ts";
import type { Fed } from "./hub-fed.ts";
import type { FeederOrders } from "./hub-feeder.ts";
import { type HubHouse, openHubHouse } from "./hub-house.ts";
import type { LinksOrders } from "./hub-links.ts";

export interface Latency {
  readonly events: number;
  readonly p50: Millis;
  readonly p99: Millis;
  readonly max: Millis;
  /** Of the process in the middle, hub or bare server; share of one core. */
  readonly cpuPercent: number;
}

export interface Ceiling {
  readonly perSecond: number;
  readonly cpuPercent: number;
}

export interface Rest {
  readonly pssMb: number;
  readonly cpuPercent: number;
}

export interface HubStage {
  /** At this rate, from the feeder's write to the handler behind the worker's link. */
  latency(fed: Fed, perSecond: number, forMs: Millis): Promise<Latency>;
  /** As much as goes through. */
  ceiling(fed: Fed, forMs: Millis): Promise<Ceiling>;
  /** The bare server alone, without anything coming in. */
  broadcastCeiling(forMs: Millis): Promise<Ceiling>;
  /** The hub, while nothing happens. */
  rest(forMs: Millis): Promise<Rest>;
  end(): Promise<void>;
}

/** Sent and not yet arrived, for each link: what it hears until it has told what arrived. */
const AHEAD_PER_LINK = 256;
const AHEAD_MIN = 1_000;
const BROADCAST_BURST = 8;
const RAMP_MS: Millis = 500;
const ARRIVE_WITHIN_MS: Millis = 20_000;
const LOOK_EVERY_MS: Millis = 100;
/**
 * How often what arrived is told, for each link: a thousand times a second in all, which costs the machine the same with
 * one link as with a hundred. Told more seldom, a single link would wait for the telling and not for the hub.
 */
const TELL_EVERY_MS_PER_LINK: Millis = 1;
const TELL_FEEDER_EVERY_MS: Millis = 20;
const NANOS_PER_MS = 1_000_000;
const KB_PER_MB = 1_024;

export async function openHubStage(using: {
  readonly workers: number;
  readonly clock: Clock;
  readonly environment: NodeJS.ProcessEnv;
  /** Further flags for the hub's Node, say --cpu-prof. */
  readonly nodeFlags: readonly string[];
}): Promise<HubStage> {
  const { clock, workers } = using;
  const releasers: (() => Promise<void>)[] = [];
  const end = async () => {
    for (const release of releasers.splice(0).reverse()) await release();
  };
  try {
    const feeder = startBenchChild<FeederOrders>("hub-feeder.ts");
    releasers.push(() => feeder.stop());
    let port = 0;
    const house = await openHubHouse({
      ...using,
      channels: workers,
      async eventsubUrl(sim) {
        port = await feeder.ask("open", { upstream: `ws://127.0.0.1:${sim.address.port}/ws` });
        return `ws://127.0.0.1:${port}/ws`;
      },
    });
    releasers.push(() => house.end());
    await house.startHub();
    const bare = startBenchChild<BareOrders>("hub-bare.ts");
    releasers.push(() => bare.stop());
    const bareSocket = join(house.home.run, "bare.sock");
    await bare.ask("listen", { path: bareSocket });

    let hearProgress = () => {};
    const processes = startLinkProcesses(house, () => hearProgress());
    releasers.push(() => processes.stop());
    const links = {
      hub: await processes.attach("hub", house.home.hubSocket),
      bare: await processes.attach("bare", bareSocket),
    };
    const pids = { hub: house.hubPid(), bare: bare.pid };
    // Each channel's update, as the simulator words it, is what the feeder casts its moulds from.
    for (const channel of house.channels)
      await house.sim.order(`/channels/${channel}/update`, { title: "cast" });
    while ((await feeder.ask("channels", null)) < workers) await sleep(clock, LOOK_EVERY_MS);
    await bare.ask("relay", { upstream: `ws://127.0.0.1:${port}` });

    const flood = {
      ahead: Math.max(AHEAD_MIN, AHEAD_PER_LINK * workers),
      tellEveryMs: TELL_EVERY_MS_PER_LINK * workers,
    };
    return {
      ...measures({ clock, feeder, bare, links, pids, flood, onProgress: (hear) => (hearProgress = hear) }),
      end,
    };
  } catch (problem) {
    await end();
    throw problem;
  }
}

function measures(using: {
  readonly clock: Clock;
  readonly feeder: BenchChild<FeederOrders>;
  readonly bare: BenchChild<BareOrders>;
  readonly links: Readonly<Record<Fed, Links>>;
  readonly pids: Readonly<Record<Fed, number>>;
  readonly flood: { readonly ahead: number; readonly tellEveryMs: Millis };
  readonly onProgress: (hear: () => void) => void;
}): Omit<HubStage, "end"> {
  const { clock, feeder, bare, links, pids, flood } = using;
  const tellFeederEveryMs = Math.min(TELL_FEEDER_EVERY_MS, flood.tellEveryMs);

  /** What arrives, and what it costs the process in the middle. */
  const count = async (fed: Fed, forMs: Millis): Promise<Ceiling> => {
    const read = async () => ({
      events: await links[fed].events(),
      cpu: readCpuMs(pids[fed]),
      at: clock.now(),
    });
    const before = await read();
    await sleep(clock, forMs);
    const after = await read();
    const tookMs = after.at - before.at;
    return {
      perSecond: ((after.events - before.events) * 1_000) / tookMs,
      cpuPercent: (100 * (after.cpu - before.cpu)) / tookMs,
    };
  };
  const allArrived = async (fed: Fed, events: number) => {
    const deadline = clock.now() + ARRIVE_WITHIN_MS;
    while ((await links[fed].events()) < events) {
      if (clock.now() > deadline) throw new Error(`${fed}: events are missing`);
      await sleep(clock, LOOK_EVERY_MS);
    }
    const wrong = await links[fed].wrong();
    if (wrong > 0) throw new Error(`${fed}: ${wrong} events came twice, late or never`);
  };

  return {
    async latency(fed, perSecond, forMs) {
      const before = await links[fed].events();
      await links[fed].begin();
      const cpuBefore = readCpuMs(pids[fed]);
      const sent = await feeder.ask("pace", { fed, perSecond, forMs });
      await allArrived(fed, before + sent);
      const tookMs = (await links[fed].tookNanos()).map((nanos) => nanos / NANOS_PER_MS);
      const at = (share: number) => percentile(tookMs, share) ?? Number.NaN;
      const cpuPercent = (100 * (readCpuMs(pids[fed]) - cpuBefore)) / forMs;
      return { events: sent, p50: at(0.5), p99: at(0.99), max: at(1), cpuPercent };
    },
    async ceiling(fed, forMs) {
      const before = await links[fed].events();
      let toldAt = clock.now();
      using.onProgress(() => {
        if (clock.now() - toldAt < tellFeederEveryMs) return;
        toldAt = clock.now();
        void feeder.ask("arrived", links[fed].lastTold() - before);
      });
      await links[fed].tellProgress(flood.tellEveryMs);
      await feeder.ask("flood", { fed, ahead: flood.ahead });
      await sleep(clock, RAMP_MS);
      const counted = await count(fed, forMs);
      const sent = await feeder.ask("stopFlood", null);
      await allArrived(fed, before + sent);
      using.onProgress(() => {});
      await links[fed].tellProgress(null);
      return counted;
    },
    async broadcastCeiling(forMs) {
      await bare.ask("broadcast", { burst: BROADCAST_BURST });
      await sleep(clock, RAMP_MS);
      const counted = await count("bare", forMs);
      await bare.ask("stopBroadcast", null);
      await sleep(clock, RAMP_MS);
      return counted;
    },
    async rest(forMs) {
      const { cpuPercent } = await count("hub", forMs);
      return { pssMb: (findPssKb(pids.hub) ?? Number.NaN) / KB_PER_MB, cpuPercent };
    },
  };
}

type Links = Awaited<ReturnType<ReturnType<typeof startLinkProcesses>["attach"]>>;

/** A process for each worker, as in a house: what wakes up for an event is a process, and that is most of its cost. */
function startLinkProcesses(house: HubHouse, onProgress: () => void) {
  const told: number[] = [];
  const parts = house.channels.map((channel, n) => {
    const onNews = (events: number) => {
      told[n] = events;
      onProgress();
    };
    return { channel, child: startBenchChild<LinksOrders>("hub-links.ts", { onNews, nodeFlags: LEAN_NODE }) };
  });
  const all = <Result>(ask: (child: BenchChild<LinksOrders>) => Promise<Result>): Promise<Result[]> =>
    Promise.all(parts.map(({ child }) => ask(child)));
  return {
    async attach(fed: Fed, socket: string) {
      for (const { channel, child } of parts)
        await child.ask("attach", { fed, socket, birth: house.birth(channel) });
      const total = async (name: "events" | "wrong") =>
        (await all((child) => child.ask(name, fed))).reduce((sum, one) => sum + one, 0);
      return {
        begin: () => all((child) => child.ask("begin", fed)),
        events: () => total("events"),
        wrong: () => total("wrong"),
        tookNanos: async () => (await all((child) => child.ask("tookNanos", fed))).flat(),
        tellProgress: (everyMs: Millis | null) =>
          all((child) => child.ask("tellProgress", everyMs === null ? null : { fed, everyMs })),
        lastTold: () => told.reduce((sum, one) => sum + (one ?? 0), 0),
      };
    },
    async stop() {
      await all((child) => child.stop());
    },
  };
}
