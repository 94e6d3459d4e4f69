/** What workers and the supervisor are told of how subscriptions stand. */
import type { Clock } from "../shared/clock.ts";
import type { ChildLife } from "../shared/ipc/child-life.ts";
import type { EventSub } from "./open-eventsub.ts";
import type { Router } from "./router.ts";
import { makeChatTeller } from "./tell-chat.ts";
import { makeGrantTeller, toMissingGrants } from "./tell-grants.ts";
import { makeWaitTeller } from "./tell-waits.ts";
import type { TokenOwner } from "./tokens/token-owner.ts";
import { settledChannels, type WantedSubscription } from "./wanted-subscriptions.ts";

const DRAINED = "drained by an operator: ./hub_ctl undrain lets events in again";

export interface Tellers {
  needsReauth(problem: string): void;
  /** An operator lets no events in, or lets them in again. */
  drained(isDrained: boolean): void;
  /** Something about the connection may have changed. */
  look(): void;
  /** Only chat over EventSub. */
  lookAtChat(): void;
  lookAtWaits(): void;
  /** Twitch was asked what stands. */
  subscriptionsSeen(): void;
}

export function openTellers(using: {
  readonly life: ChildLife;
  readonly tokens: TokenOwner;
  readonly eventSub: Pick<EventSub, "transport" | "reconcile">;
  readonly router: Router;
  readonly wanted: () => readonly WantedSubscription[];
  readonly createsPerSecond: number;
  readonly clock: Clock;
}): Tellers {
  const { life, tokens, eventSub, router, wanted, createsPerSecond, clock } = using;
  const { findLink } = router;
  const sight = () => ({
    wanted: wanted(),
    transport: eventSub.transport.state(),
    picture: eventSub.reconcile.picture(),
    createsPerSecond,
  });
  const tellGrants = makeGrantTeller(findLink);
  const waits = makeWaitTeller({
    condition: () => life.condition,
    isReauthNeeded: () => tokens.state().is === "needs-reauth",
    sight,
    findLink,
  });
  const chat = makeChatTeller({ sight, findLink, clock });
  return {
    needsReauth: waits.needsReauth,
    drained(isDrained) {
      if (isDrained) life.condition.troubleBegins("eventsub-away", DRAINED);
      else life.condition.troubleEnds("eventsub-away");
    },
    look() {
      waits.look();
      chat.look();
    },
    lookAtChat: chat.look,
    lookAtWaits: waits.look,
    subscriptionsSeen() {
      const { wanted: wishes, picture } = sight();
      tellGrants(toMissingGrants(wishes, picture));
      chat.look();
      router.tellSettled(settledChannels(wishes, picture));
    },
  };
}
