import type { Carrier, CarrierFacts } from "../eventsub/transport.ts";
import { isAlive, type Seen, type Wanted, wantedKey } from "./subscription.ts";

export type Repair =
  | {
      readonly do: "create";
      readonly want: Wanted;
      readonly on: Carrier;
      /** What delivers it until then, on a carrier that retires. */
      readonly replaces: Seen | undefined;
      /** The first on an empty session, which Twitch closes when nothing comes within 10 s. */
      readonly isUrgent: boolean;
    }
  | {
      readonly do: "delete";
      readonly have: Seen;
      readonly because: "unwanted" | "other-session" | "failed" | "double" | "moved";
    };
type Delete = Extract<Repair, { do: "delete" }>;

/**
 * Pure: what makes `seen` into `wanted`, the most pressing first. Twitch looks at one request after the other, so
 * the order decides: a session's first subscription before its 10 s are over, then what would be in the way of a new
 * one or is delivered twice, then what is missing, then what does no harm. Subscriptions of sessions that are dead
 * count for nothing and Twitch forgets them by itself; those of other installations are not ours to touch.
 */
export function planRepairs(
  wanted: readonly Wanted[],
  seen: readonly Seen[],
  places: CarrierFacts,
): readonly Repair[] {
  const found = sortSeen(wanted, seen, places);
  const missing = [...found.wanted].filter(([key]) => !found.held.has(key)).map(([, want]) => want);
  const creates = placeCreates(missing, found, places);
  return [
    ...creates.filter((one) => one.isUrgent),
    ...found.pressing,
    ...creates.filter((one) => !one.isUrgent),
    ...found.harmless,
  ];
}

interface Sorted {
  readonly wanted: ReadonlyMap<string, Wanted>;
  /** Alive where it should be. */
  readonly held: ReadonlyMap<string, Seen>;
  /** Alive on a carrier that retires. */
  readonly leaving: ReadonlyMap<string, Seen>;
  readonly load: ReadonlyMap<string, number>;
  readonly pressing: readonly Delete[];
  readonly harmless: readonly Delete[];
}

function sortSeen(wanted: readonly Wanted[], seen: readonly Seen[], places: CarrierFacts): Sorted {
  const wantedBy = new Map(wanted.map((one) => [wantedKey(one), one]));
  const current = new Set(places.current.map(({ id }) => id));
  const retiring = new Set(places.retiring.map(({ id }) => id));
  const isInTheWay = findObstacles(seen, places);
  const held = new Map<string, Seen>();
  const leaving = new Map<string, Seen>();
  const load = new Map<string, number>();
  const pressing: Delete[] = [];
  const harmless: Delete[] = [];

  for (const have of seen) {
    const carrier = places.nameOf(have.carrierId);
    const key = wantedKey(have);
    const drop = (because: Delete["because"], isPressing: boolean) =>
      (isPressing ? pressing : harmless).push({ do: "delete", have, because });
    if (current.has(carrier)) {
      if (!isAlive(have)) drop("failed", wantedBy.has(key));
      else if (!wantedBy.has(key)) drop("unwanted", have.cost > 0);
      else if (held.has(key)) drop("double", true);
      else held.set(key, have);
      if (isAlive(have)) load.set(carrier, (load.get(carrier) ?? 0) + 1);
    } else if (!isAlive(have)) {
      // It ended with its session.
    } else if (retiring.has(carrier)) {
      if (!wantedBy.has(key)) drop("unwanted", have.cost > 0);
      else if (leaving.has(key)) drop("double", true);
      else leaving.set(key, have);
    } else if (places.isOurs(have.carrierId)) {
      drop("other-session", isInTheWay(have));
    }
  }
  for (const [key, have] of leaving)
    if (held.has(key)) pressing.push({ do: "delete", have, because: "moved" });
  return { wanted: wantedBy, held, leaving, load, pressing, harmless };
}

/** Twitch allows this many of the same type and condition. */
const ALIKE_MAX = 3;

/** Which leavings of our dead sessions keep new subscriptions out while Twitch has not noticed the death. */
function findObstacles(seen: readonly Seen[], places: CarrierFacts): (have: Seen) => boolean {
  const alive = seen.filter(isAlive);
  const counted = alive.filter((one) => places.limits.areShared || places.isOurs(one.carrierId));
  const carriers = new Set([...counted.map((one) => one.carrierId), ...places.current.map(({ id }) => id)]);
  const areTooMany = carriers.size > places.limits.carriers;
  const alike = new Map<string, number>();
  for (const one of alive) alike.set(wantedKey(one), (alike.get(wantedKey(one)) ?? 0) + 1);
  return (have) => areTooMany || have.cost > 0 || (alike.get(wantedKey(have)) ?? 0) >= ALIKE_MAX;
}

/** The first with room; an empty session gets the next one, so that it is not closed. */
function placeCreates(missing: readonly Wanted[], found: Sorted, places: CarrierFacts) {
  const rooms = places.current.map((on) => {
    const load = found.load.get(on.id) ?? 0;
    return { on, room: on.capacity - load, isEmpty: load === 0 && on.method === "websocket" };
  });
  return missing.flatMap((want) => {
    const place = rooms.find((one) => one.isEmpty) ?? rooms.find((one) => one.room > 0);
    if (!place || place.room <= 0) return [];
    const isUrgent = place.isEmpty;
    place.room -= 1;
    place.isEmpty = false;
    return [
      { do: "create", want, on: place.on, replaces: found.leaving.get(wantedKey(want)), isUrgent } as const,
    ];
  });
}
