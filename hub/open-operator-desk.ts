/** What an operator can see of this hub, and order it to do. */
import type { Clock, Millis } from "../shared/clock.ts";
import type { Login } from "../shared/ids.ts";
import type { Logger } from "../shared/log.ts";
import type { UsageReader } from "../shared/usage-watch.ts";
import type { GapFill } from "./gap-fill/start-gap-fill.ts";
import type { Journal } from "./journal.ts";
import type { EventSub } from "./open-eventsub.ts";
import type { OperatorDuties } from "./operator/carry-out.ts";
import { makeDrain } from "./operator/drain.ts";
import type { EventFeed } from "./operator/event-feed.ts";
import type { LastEvents } from "./operator/last-events.ts";
import type { HelixPoints } from "./permits/helix-points.ts";
import type { Permits } from "./permits/permits.ts";
import type { Probe } from "./proof/probe.ts";
import { findAwaited } from "./reconcile/awaited.ts";
import { wantedKey } from "./reconcile/subscription.ts";
import { toSubscriptionTable } from "./reconcile/subscription-table.ts";
import type { Router } from "./router.ts";
import { toHubStatus } from "./status.ts";
import type { Broadcasters } from "./tokens/broadcasters.ts";
import type { Logins } from "./tokens/logins.ts";
import type { TokenOwner } from "./tokens/token-owner.ts";
import type { WantedSubscription } from "./wanted-subscriptions.ts";

const REAUTH_FIRST = "Twitch no longer accepts the bot's token: ./kissbot.sh auth login --bot";

export function openOperatorDesk(using: {
  readonly startedAt: Millis;
  readonly lookEveryMs: Millis;
  readonly onDrain: (isDrained: boolean) => void;
  readonly eventSub: EventSub;
  readonly tokens: TokenOwner;
  readonly broadcasters: Broadcasters;
  readonly wanted: () => readonly WantedSubscription[];
  readonly strangers: () => readonly Login[];
  readonly router: Router;
  readonly gapFill: GapFill;
  readonly probe: Probe;
  readonly journal: Journal;
  readonly permits: Permits;
  readonly points: HelixPoints;
  readonly feed: EventFeed;
  readonly lastEvents: LastEvents;
  readonly usage: UsageReader;
  /** Of this process; undefined where nobody tells. */
  readonly pssKb: () => number | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly logins: Logins;
}): OperatorDuties {
  const { eventSub, router, clock } = using;
  const wanted = () => [...using.wanted(), ...using.probe.wanted()];
  const { transport, reconcile } = eventSub;
  const drain = makeDrain({
    sources: [transport, using.gapFill, using.probe],
    underWay: () =>
      router.workers().reduce((sum, one) => sum + (one.isConnected ? one.unacknowledged : 0), 0),
    onChange: using.onDrain,
    clock,
  });
  return {
    status: () =>
      toHubStatus({
        pid: process.pid,
        uptimeMs: clock.now() - using.startedAt,
        now: clock.now(),
        wallNow: clock.wall(),
        transport: transport.state(),
        token: using.tokens.state(),
        broadcasters: using.broadcasters.state(),
        wanted: wanted(),
        strangers: using.strangers(),
        picture: reconcile.picture(),
        router,
        lastAgoMs: using.lastEvents.agoMs(),
        gapFill: using.gapFill.state(),
        lookEveryMs: using.lookEveryMs,
        drain: drain.state(),
        probe: using.probe.state(),
        isJournalWorking: using.journal.isWorking(),
        permits: using.permits.state(),
        points: [...using.points.state()],
      }),
    own() {
      const { cpuPercent, lagP99Ms } = using.usage.now();
      return { cpuShare: cpuPercent / 100, lagP99Ms, pssKb: using.pssKb() };
    },
    subscriptions() {
      const { rows, totals } = toSubscriptionTable(wanted(), reconcile.picture());
      return { rows: [...rows], totals };
    },
    resync: reconcile.resync,
    renew: transport.renew,
    settled() {
      const { seen, refusals } = reconcile.picture();
      const open = wanted().filter((one) => !refusals.has(wantedKey(one)));
      const awaited = findAwaited(open, seen, transport.carriers());
      return { there: open.length - awaited.length, of: open.length };
    },
    findObstacle: () =>
      transport.kind === "websocket" && using.tokens.state().is === "needs-reauth" ? REAUTH_FIRST : undefined,
    drain,
    logins: using.logins,
    feed: using.feed,
    clock,
    log: using.log,
  };
}
