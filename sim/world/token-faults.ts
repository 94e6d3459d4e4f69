/** The one-shot faults that strike tokens rather than connections. */
import type { FaultDesk } from "../fault-desk.ts";
import { expireAppTokens, expireTokensOf, type Outcome, revokeAuthorization } from "./operations.ts";
import type { World } from "./world.ts";

/** Returns the end of listening. `onProblem` hears of a fault that found nothing to strike. */
export function obeyTokenFaults(
  world: World,
  faults: FaultDesk,
  onProblem: (sentence: string) => void,
): () => void {
  const report = (outcome: Outcome) => {
    if (outcome.is === "refused") onProblem(`fault without effect: ${outcome.because}`);
  };
  return faults.onFault((fault) => {
    if (fault.do === "expire-token") report(expireTokensOf(world, world.getUser(fault.user)));
    if (fault.do === "expire-app-token") report(expireAppTokens(world, fault.clientId));
    if (fault.do === "revoke-authorization")
      report(revokeAuthorization(world, fault.clientId, world.getUser(fault.user)));
  });
}
