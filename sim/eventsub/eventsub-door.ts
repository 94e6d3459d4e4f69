/**
 * EventSub: the WebSocket server, the subscriptions and conduits behind it, and the way from what happens in the
 * world to the messages Twitch would send.
 */
import { Hono } from "hono";
import type { WebSocket } from "ws";
import type { FaultDesk } from "../fault-desk.ts";
import type { HelixEnv } from "../helix/context.ts";
import type { Report } from "../report.ts";
import type { World } from "../world/world.ts";
import { makeConduitDesk, toShardTransport } from "./conduit-desk.ts";
import { makeConduitRoutes } from "./conduit-routes.ts";
import { PONG_WITHIN_REAL_MS } from "./connection.ts";
import { makeDelivery } from "./delivery.ts";
import { toNotices } from "./payloads/to-notices.ts";
import { planRevocation } from "./revocations.ts";
import type { Session, SessionMode } from "./session.ts";
import { openSessionHall } from "./session-hall.ts";
import {
  type Condition,
  SUBSCRIPTION_STATUSES,
  type Subscription,
  type SubscriptionStatus,
} from "./subscription.ts";
import { makeSubscriptionDesk, type SubscriptionDesk } from "./subscription-desk.ts";
import { makeSubscriptionRoutes } from "./subscription-routes.ts";
import { findSubscriptionType } from "./subscription-types.ts";

export interface SessionReport {
  readonly id: string;
  readonly mode: SessionMode;
  readonly clientId: string | undefined;
  /** Login of whose subscriptions they are; undefined = nobody's yet, or a conduit's. */
  readonly user: string | undefined;
  readonly subscriptions: number;
  readonly keepaliveSeconds: number;
  readonly connectedAt: number;
}

export type EmitOutcome =
  | { readonly is: "delivered"; readonly to: number }
  | { readonly is: "unknown-type"; readonly message: string };

export interface EventSubDoor {
  /** After the handshake; `url` is the one the client asked for. */
  acceptWebSocket(socket: WebSocket, url: URL): void;
  /** To be mounted behind Helix's authentication. */
  readonly routes: Hono<HelixEnv>;
  sessions(): readonly SessionReport[];
  /**
   * Sends an event of any type in the table to whoever subscribed to it; for what the simulated world has no
   * happening for. `about` is compared with the conditions: `{ broadcaster_user_id: "…" }`.
   */
  emitRaw(type: string, version: string, about: Condition, event: object): EmitOutcome;
  close(): Promise<void>;
}

export function openEventSubDoor(using: {
  readonly world: World;
  readonly faults: FaultDesk;
  /** `ws://host:port`, for reconnect addresses. */
  readonly baseUrl: () => string;
  readonly log?: (line: string) => void;
  readonly report?: Report;
  readonly pongWithinRealMs?: number;
}): EventSubDoor {
  const { world, faults, log = () => {}, report = () => {} } = using;
  const desk = reportSubscriptions(makeSubscriptionDesk(world), world, report);
  const conduits = makeConduitDesk(world, (conduit) => {
    desk.endWhere(
      ({ transport }) => transport.method === "conduit" && transport.conduitId === conduit.id,
      "conduit_deleted",
    );
  });
  const hall = openSessionHall({
    world,
    faults,
    baseUrl: using.baseUrl,
    pongWithinRealMs: using.pongWithinRealMs ?? PONG_WITHIN_REAL_MS,
    onOpen: (session) => report("eventsub-opened", { session: session.id }),
    onOver: (session, status) => {
      endSession(session, status);
      report("eventsub-closed", { session: session.id, because: status });
    },
    log,
  });
  const delivery = makeDelivery({ world, faults, desk, conduits, hall });

  const endSession = (session: Session, status: SubscriptionStatus) => {
    desk.endWhere((one) => isOn(session, one), status);
    for (const { conduit, shard } of conduits.endSession(session.id, status)) {
      delivery.tell({
        type: "conduit.shard.disabled",
        version: "1",
        about: { client_id: conduit.clientId, conduit_id: conduit.id },
        event: { conduit_id: conduit.id, shard_id: shard.id, status, transport: toShardTransport(shard) },
      });
    }
  };
  const stopHearing = world.onHappening((happening) => {
    for (const notice of toNotices(world, happening)) delivery.tell(notice);
    const revocation = planRevocation(world, happening);
    if (!revocation) return;
    for (const one of desk.listEnabled())
      if (revocation.isMeant(one)) delivery.revoke(one, revocation.status);
  });
  const stopFaults = faults.onFault((fault) => {
    if (fault.do !== "revoke-subscription") return;
    const found = desk.find(fault.subscriptionId);
    const status = SUBSCRIPTION_STATUSES.find((one) => one === fault.status && one !== "enabled");
    if (found && status) delivery.revoke(found, status);
    else
      log(
        `eventsub: nothing revoked, no such subscription or status: ${fault.subscriptionId} ${fault.status}`,
      );
  });

  const routes = new Hono<HelixEnv>();
  routes.route("/", makeSubscriptionRoutes({ world, desk, conduits, hall }));
  routes.route("/", makeConduitRoutes({ conduits, hall }));

  return {
    acceptWebSocket: hall.accept,
    routes,
    sessions() {
      const enabled = desk.listEnabled();
      return hall
        .list()
        .map((session) => toReport(world, session, enabled.filter((one) => isOn(session, one)).length));
    },
    emitRaw(type, version, about, event) {
      if (!findSubscriptionType(type, version)) {
        return { is: "unknown-type", message: `there is no subscription type ${type} version ${version}` };
      }
      return { is: "delivered", to: delivery.tell({ type, version, about, event }) };
    },
    async close() {
      stopHearing();
      stopFaults();
      await hall.close();
    },
  };
}

function reportSubscriptions(desk: SubscriptionDesk, world: World, report: Report): SubscriptionDesk {
  return {
    ...desk,
    add(wish) {
      const one = desk.add(wish);
      const { broadcaster_user_id, to_broadcaster_user_id } = one.condition;
      const about = world.users.get(broadcaster_user_id ?? to_broadcaster_user_id ?? "");
      report("eventsub-subscribed", {
        subscription: one.id,
        type: one.type.type,
        version: one.type.version,
        ...(about && { channel: about.login }),
        condition: one.condition,
      });
      return one;
    },
  };
}

function toReport(world: World, session: Session, subscriptions: number): SessionReport {
  const owner = session.owner();
  return {
    id: session.id,
    mode: session.mode(),
    clientId: owner?.clientId,
    user: owner?.userId === undefined ? undefined : world.users.get(owner.userId)?.login,
    subscriptions,
    keepaliveSeconds: session.keepaliveSeconds,
    connectedAt: session.connectedAt,
  };
}

function isOn(session: Session, { transport }: Subscription): boolean {
  return transport.method === "websocket" && transport.sessionId === session.id;
}
