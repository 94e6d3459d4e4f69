/** The probe as it stands in this hub: none, unless the operator allows it. */
import type { Clock, Millis } from "../../shared/clock.ts";
import type { Logger } from "../../shared/log.ts";
import type { Account } from "../open-account.ts";
import type { OwnUses } from "../permits/own-uses.ts";
import { noProbe, type Probe, startProbe } from "./probe.ts";

export function openProbe(using: {
  readonly everyMs: Millis | undefined;
  readonly account: Pick<Account, "tokens" | "callers">;
  readonly sends: OwnUses;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
}): Probe {
  const { everyMs, account } = using;
  if (everyMs === undefined) return noProbe;
  return startProbe({
    ...using,
    everyMs,
    bot: () => account.tokens.state().token?.facts,
    helix: account.callers.bot,
  });
}
