import type { CarrierFacts } from "../eventsub/transport.ts";
import { isAlive, type Seen, type Wanted, wantedKey } from "./subscription.ts";

/** Pure: what is not, or not yet, where it is to stay; on a carrier that retires it still has to move. */
export function findAwaited<Want extends Wanted>(
  wanted: readonly Want[],
  seen: readonly Seen[],
  places: Pick<CarrierFacts, "current" | "nameOf">,
): readonly Want[] {
  const here = new Set(places.current.map(({ id }) => id));
  const there = new Set(
    seen.filter((one) => isAlive(one) && here.has(places.nameOf(one.carrierId))).map(wantedKey),
  );
  return wanted.filter((one) => !there.has(wantedKey(one)));
}
