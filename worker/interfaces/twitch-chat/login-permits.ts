/** When the bot's account may log in and join: the hub counts for all workers, and lets each wait for its turn. */
import type { Clock, Millis } from "../../../shared/clock.ts";
import type { PermitDesk, Refusal } from "../../permits/permit-desk.ts";
import type { Taken } from "../../permits/purse.ts";

export type LoginPermit =
  /** `done`: Twitch has counted it, or it was not used after all. */
  | { readonly is: "granted"; done(): void }
  | { readonly is: "refused"; readonly because: Refusal["because"]; readonly detail: string }
  | { readonly is: "withdrawn" };

export interface AskedPermit {
  readonly permit: Promise<LoginPermit>;
  /** Nobody needs it any more. */
  withdraw(): void;
}
/** `onQueued`: it will take about so long. */
export type AskLoginPermit = (wants: "auth" | "join", onQueued: (expectedMs: Millis) => void) => AskedPermit;

/** As long as a thousand workers need for their turns. */
export const LOGIN_PERMIT_WITHIN_MS: Millis = 600_000;

export function makeLoginPermits(using: {
  readonly permits: Pick<PermitDesk, "take" | "wish" | "listen">;
  readonly clock: Clock;
}): AskLoginPermit {
  const { permits, clock } = using;
  return (wants, onQueued) => {
    const { promise, resolve } = Promise.withResolvers<LoginPermit>();
    const settle = (permit: LoginPermit) => {
      permits.listen(wants, { ready: () => {}, refused: () => {} });
      resolve(permit);
    };
    const look = (): boolean => {
      const taken = permits.take(wants, true);
      if (taken) settle({ is: "granted", done: once(taken) });
      return taken !== undefined;
    };
    const refused = ({ because, detail, expectedMs }: Refusal) =>
      settle({
        is: "refused",
        because,
        detail: detail ?? `the account has no room for ${Math.round(expectedMs / 1_000)} s`,
      });
    permits.listen(wants, { ready: () => void look(), refused, queued: onQueued });
    if (!look())
      permits.wish(wants, {
        lane: "command",
        asViewer: true,
        deadlineAt: clock.now() + LOGIN_PERMIT_WITHIN_MS,
      });
    return {
      permit: promise,
      withdraw() {
        permits.wish(wants, undefined);
        settle({ is: "withdrawn" });
      },
    };
  };
}

function once(taken: Taken): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    taken.used();
  };
}
