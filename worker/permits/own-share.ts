/** While there is no hub: uses on this worker's own account, within its share of what the account may do. */
import type { Clock, Millis } from "../../shared/clock.ts";
import type { AwayShare, PermitKind } from "../../shared/ipc/permit-words.ts";
import type { HubAbsence } from "./hub-absence.ts";
import { planAwayWait } from "./plan-away.ts";
import type { Purse, Taken } from "./purse.ts";

/** The longest way to a use: a login (attempt-chat.ts). */
const GOOD_FOR_MS: Millis = 25_000;
const SPAWN_LETTERS = 8;

export function makeOwnShare(using: {
  readonly purse: Purse;
  readonly absence: HubAbsence;
  readonly clock: Clock;
  readonly spawnId: string;
}): { take(wants: PermitKind, share: AwayShare): Taken | undefined } {
  const { purse, absence, clock } = using;
  let uses = 0;
  return {
    take(wants, share) {
      const time = { now: clock.now(), wall: clock.wall(), goneForMs: absence.goneForMs() };
      if (planAwayWait(purse.ownUses(wants), share, time) !== 0) return undefined;
      uses += 1;
      // A hub that comes counts it by this name, however often it hears of it.
      return purse.takeOwn(wants, `own-${using.spawnId.slice(0, SPAWN_LETTERS)}-${uses}`, GOOD_FOR_MS);
    },
  };
}
