/** What an operator orders, carried out: each order is answered once, when it is done. */
import type { Clock, Millis } from "../../shared/clock.ts";
import { toError } from "../../shared/errors.ts";
import type {
  CliToHub,
  HubOrder,
  HubStatus,
  HubToCli,
  ResyncReport,
  SubscriptionList,
} from "../../shared/ipc/hub-control.ts";
import type { Link } from "../../shared/ipc/link.ts";
import type { Logger } from "../../shared/log.ts";
import type { Renewed } from "../eventsub/transport.ts";
import type { LoginOrdered, Logins } from "../tokens/logins.ts";
import type { Drain } from "./drain.ts";
import type { EventFeed } from "./event-feed.ts";
import { type ProcessFigures, toHubMetrics } from "./hub-metrics.ts";

export interface OperatorDuties {
  readonly status: () => HubStatus;
  readonly own: () => ProcessFigures;
  readonly subscriptions: () => SubscriptionList;
  readonly resync: () => Promise<ResyncReport>;
  readonly renew: () => Promise<Renewed>;
  /** So many of all that may be had are on connections that stay. */
  readonly settled: () => { readonly there: number; readonly of: number };
  readonly drain: Drain;
  /** Why nothing can be subscribed to now, whoever orders it. */
  readonly findObstacle: () => string | undefined;
  readonly logins: Logins;
  readonly feed: EventFeed;
  readonly clock: Clock;
  readonly log: Logger;
}

/** While an order goes by Twitch's pace. */
const UNDER_WAY_EVERY_MS: Millis = 10_000;

type Answer<Kind extends HubToCli["kind"]> = Omit<Extract<HubToCli, { kind: Kind }>, "id">;
type AnyAnswer = { [Kind in HubToCli["kind"]]: Answer<Kind> }[HubToCli["kind"]];
type Once = Exclude<HubOrder, { do: "follow-events" }>;

export function carryOut(message: CliToHub, link: Link<HubToCli>, duties: OperatorDuties): void {
  if (message.kind === "shown") return duties.feed.shown(link, message.id, message.count);
  const { id, order } = message;
  if (order.do === "follow-events") return duties.feed.follow(link, id, order);
  if (order.do !== "status" && order.do !== "metrics" && order.do !== "subscriptions")
    duties.log.info({ order: order.do }, "an operator's order");
  const isLong = order.do === "resync" || order.do === "restart";
  const stopTelling = isLong ? tellUnderWay(id, link, duties) : () => {};
  void answer(order, duties)
    .catch((thrown: unknown): AnyAnswer => ({ kind: "refused", because: toError(thrown).message }))
    .then((its) => {
      stopTelling();
      link.send({ ...its, id } as HubToCli);
    });
}

/** Until it is stopped, or nobody hears it any more: the order itself goes on. */
function tellUnderWay(id: number, link: Link<HubToCli>, { clock, settled }: OperatorDuties): () => void {
  const stop = clock.every(UNDER_WAY_EVERY_MS, () => {
    const { there, of } = settled();
    const line = `${there} of ${of} subscriptions are where they belong`;
    if (link.send({ kind: "under-way", id, line }) === "closed") stop();
  });
  return stop;
}

async function answer(order: Once, duties: OperatorDuties): Promise<AnyAnswer> {
  switch (order.do) {
    case "status":
      return { kind: "status", status: duties.status() };
    case "metrics":
      return { kind: "metrics", metrics: [...toHubMetrics(duties.status(), duties.own())] };
    case "subscriptions":
      return { kind: "subscriptions", list: duties.subscriptions() };
    case "resync":
      return resync(duties);
    case "drain": {
      const { left } = await duties.drain.begin();
      const line =
        left === 0
          ? "Drained: no new events come in, and nothing is under way. hub_ctl undrain opens again."
          : `No new events come in, but workers have not dealt with ${left} yet. hub_ctl undrain opens again.`;
      return { kind: "done", line };
    }
    case "undrain":
      if (!duties.drain.state()) return { kind: "done", line: "The hub was not drained." };
      duties.drain.end();
      return {
        kind: "done",
        line: "The connection is opened again, and what was missed meanwhile is being looked for: hub_ctl status.",
      };
    case "restart":
      return renew(duties);
    case "take-login": {
      const { accessToken, refreshToken } = order;
      return toAnswer(await duties.logins.take(order, { accessToken, refreshToken }));
    }
    case "refresh-login":
      return toAnswer(await duties.logins.refresh(order));
    case "forget-login":
      return toAnswer(await duties.logins.forget(order));
  }
}

const toAnswer = (ordered: LoginOrdered): AnyAnswer =>
  ordered.is === "done"
    ? { kind: "done", line: ordered.line }
    : { kind: "refused", because: ordered.because };

async function resync(duties: OperatorDuties): Promise<AnyAnswer> {
  const obstacle = duties.drain.state() ? "the hub is drained: hub_ctl undrain first" : duties.findObstacle();
  if (obstacle !== undefined) return { kind: "refused", because: obstacle };
  return { kind: "resynced", report: await duties.resync() };
}

async function renew(duties: OperatorDuties): Promise<AnyAnswer> {
  if (duties.drain.state())
    return { kind: "refused", because: "the hub is drained: there is no connection to move" };
  const obstacle = duties.findObstacle();
  if (obstacle !== undefined) return { kind: "refused", because: obstacle };
  const renewed = await duties.renew();
  if (renewed.is === "refused") return { kind: "refused", because: renewed.because };
  const { connections, endedEarly, tookMs } = renewed;
  const what = connections === 1 ? "a new connection" : `${connections} new connections`;
  if (endedEarly > 0)
    return {
      kind: "refused",
      because: `${endedEarly === 1 ? "the old connection was" : `${endedEarly} old connections were`} lost before everything had moved to the new; what was missed is being looked for: hub_ctl status`,
    };
  return { kind: "done", line: `Moved to ${what} in ${(tookMs / 1_000).toFixed(1)} s; no event was lost.` };
}
