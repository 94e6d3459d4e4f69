/** Twitch's subscriptions and a transport to them as the reconcile loop sees both, to be broken by a test in every way. */
import type { Carrier } from "../../hub/eventsub/transport.ts";
import type { EventSubDesk } from "../../hub/reconcile/desk.ts";
import type { SubscribedTransport } from "../../hub/reconcile/pass.ts";
import { isAlive, type Seen, type Totals, wantedKey } from "../../hub/reconcile/subscription.ts";
import type { Unapplied } from "../../hub/reconcile/to-unapplied.ts";
import { have } from "./subscriptions.ts";

/** How the next create or delete ends. `lost-answer`: Twitch does it, and nobody hears. */
export type Fate = Unapplied | { readonly is: "lost-answer" };

export function makeFakeEventSub(using: { readonly capacity?: number; readonly costMax?: number } = {}) {
  const { capacity = 300, costMax = 10_000 } = using;
  let rows: readonly Seen[] = [];
  let current: readonly string[] = [];
  let retiring: readonly string[] = [];
  const ours = new Set<string>();
  const asked: string[] = [];
  const fates: Fate[] = [];
  /** Creates that Twitch always answers like this, by key. */
  const refused = new Map<string, Unapplied>();
  /** Creates of something that was there already. */
  let doubled = 0;
  let needed: number | undefined;
  let isAway = false;
  let costs: (channelId: string) => number = () => 0;

  const totals = (): Totals => {
    const alive = rows.filter(isAlive);
    return {
      total: rows.length,
      totalCost: alive.reduce((sum, one) => sum + one.cost, 0),
      maxTotalCost: costMax,
    };
  };
  const toCarrier = (id: string): Carrier => ({ id, method: "websocket", capacity });
  const away = { is: "away", problem: "503" } as const;

  const create: EventSubDesk["create"] = async (want, on) => {
    asked.push(`create ${wantedKey(want)} on ${on.id}`);
    if (isAway) return away;
    const fate = fates.shift();
    if (fate && fate.is !== "lost-answer") return fate;
    const always = refused.get(wantedKey(want));
    if (always) return always;
    if (!current.includes(on.id)) return { is: "carrier-gone", problem: "400 session does not exist" };
    if (rows.some((one) => isAlive(one) && one.carrierId === on.id && wantedKey(one) === wantedKey(want))) {
      doubled += 1;
      return { is: "look-again", problem: "409 subscription already exists" };
    }
    const seen = have(want.channelId, want.topic, { carrierId: on.id, cost: costs(want.channelId) });
    if (totals().totalCost + seen.cost > costMax)
      return { is: "doubtful", code: "cost-exceeded", problem: "429 cost exceeded" };
    rows = [...rows, seen];
    return fate ? away : { is: "done", seen, totals: totals() };
  };
  const desk: EventSubDesk = {
    room: () => ({ points: 1, waitMs: 0 }),
    async list() {
      asked.push("list");
      if (isAway) return away;
      const listed = rows.map((one) => ({
        type: one.topic,
        carrierId: one.carrierId,
        isEnabled: one.status === "enabled",
      }));
      return { is: "listed", seen: rows, rows: listed, totals: totals() };
    },
    create,
    async delete(twitchId) {
      asked.push(`delete ${twitchId}`);
      if (isAway) return away;
      const fate = fates.shift();
      if (fate && fate.is !== "lost-answer") return fate;
      rows = rows.filter((one) => one.twitchId !== twitchId);
      return fate ? away : { is: "done" };
    },
  };
  const transport: SubscribedTransport = {
    need(count) {
      needed = count;
    },
    carriers: () => ({
      current: current.map(toCarrier),
      retiring: retiring.map(toCarrier),
      limits: { carriers: 3, capacity, areShared: true },
      nameOf: (id) => id,
      isOurs: (id) => ours.has(id),
    }),
    letGo(id) {
      retiring = retiring.filter((one) => one !== id);
    },
    inspect: async () => {},
  };

  return {
    desk,
    transport,
    asked,
    fates,
    refused,
    doubled: () => doubled,
    needed: () => needed,
    rows: () => rows,
    alive: () => rows.filter(isAlive),
    retiring: () => retiring,
    put(more: readonly Seen[]) {
      rows = [...rows, ...more];
    },
    /** A session, or several. Those before them are gone. */
    open(...ids: readonly string[]) {
      current = ids;
      for (const id of ids) ours.add(id);
    },
    retire(id: string) {
      current = current.filter((one) => one !== id);
      retiring = [...retiring, id];
    },
    /** Twitch has noticed that the session is over. */
    end(id: string) {
      current = current.filter((one) => one !== id);
      retiring = retiring.filter((one) => one !== id);
      rows = rows.map((one) => (one.carrierId === id ? { ...one, status: "failed" } : one));
    },
    revoke(at: number) {
      rows = rows.map((one, index) =>
        index === at % rows.length ? { ...one, status: "failed", said: "user_removed" } : one,
      );
    },
    goAway(yes: boolean) {
      isAway = yes;
    },
    setCosts(costIn: (channelId: string) => number) {
      costs = costIn;
      rows = rows.map((one) => ({ ...one, cost: costIn(one.channelId) }));
    },
  };
}
export type FakeEventSub = ReturnType<typeof makeFakeEventSub>;
