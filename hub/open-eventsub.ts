/** EventSub as a whole: the transport that was chosen, the identity it speaks with, and the loop that keeps subscriptions as they are wanted. */
import type { AuditWriter } from "../db/audit-log.ts";
import type { HubState } from "../db/hub-state.ts";
import type { Clock } from "../shared/clock.ts";
import { type ChannelId, channelIdOf } from "../shared/ids.ts";
import type { HubPapers } from "../shared/ipc/papers.ts";
import type { Logger } from "../shared/log.ts";
import { canCarry } from "../shared/twitch/can-carry.ts";
import { makeConduitDesk } from "./eventsub/conduit-desk.ts";
import { makeConduitTransport } from "./eventsub/conduit-transport.ts";
import { makeFallingBackTransport } from "./eventsub/falling-back-transport.ts";
import { makeOwnCarriers } from "./eventsub/own-carriers.ts";
import type { Notification } from "./eventsub/parse-frame.ts";
import { dialEventSub } from "./eventsub/socket.ts";
import type { EventSubTransport, TransportListeners } from "./eventsub/transport.ts";
import { makeWebSocketTransport } from "./eventsub/websocket-transport.ts";
import type { HelixCallers } from "./open-helix-callers.ts";
import type { OwnUses } from "./permits/own-uses.ts";
import type { Refusal } from "./reconcile/budget.ts";
import { makeEventSubDesk } from "./reconcile/desk.ts";
import { type ReconcileLoop, startReconcileLoop } from "./reconcile/loop.ts";
import type { Wanted } from "./reconcile/subscription.ts";
import type { TokenOwner } from "./tokens/token-owner.ts";

export interface EventSub {
  readonly transport: EventSubTransport;
  readonly reconcile: ReconcileLoop;
  /** The application may say something in the bot's name. */
  speaksAsApp(): boolean;
  /** What is wanted has changed, or should be looked at again; with a channel, its refusals are asked anew. */
  wish(channelId?: ChannelId): void;
  /** Nothing is subscribed to or repaired any more; what comes is still taken. */
  stopRepairs(): void;
  stop(): void;
}

export interface EventSubParts {
  readonly papers: Pick<HubPapers, "clientId" | "clientSecret" | "urls" | "eventsub">;
  readonly state: HubState;
  readonly tokens: TokenOwner;
  readonly callers: HelixCallers;
  readonly joins: OwnUses;
  readonly wanted: () => readonly Wanted[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly audit: AuditWriter;
  readonly onOpen: () => void;
  /** A connection is wanted and could not be had, for now. */
  readonly onRest: () => void;
  readonly onNotification: (notification: Notification) => void;
  readonly onRefused: (want: Wanted, refusal: Refusal) => void;
  readonly onLooked: () => void;
  readonly onSettled: () => void;
  readonly onTried: (created: number) => void;
  /** For the operator. */
  readonly onTrouble: (code: "eventsub-away" | "eventsub-bug" | "no-conduit", detail: string) => void;
}

export function openEventSub(using: EventSubParts): EventSub {
  const { papers, tokens, log } = using;
  const callers = { websocket: using.callers.bot, conduit: using.callers.app };
  const botFacts = () => tokens.state().token?.facts;

  const transport = chooseTransport(using, {
    desk: makeConduitDesk({ caller: callers.conduit, clientId: papers.clientId }),
    listeners: {
      onOpen() {
        using.audit.write("eventsub-connected", { transport: transport.kind });
        using.onOpen();
      },
      onRest: using.onRest,
      onCarriers: () => reconcile.nudge("carriers-changed"),
      onLost(end) {
        using.audit.write("eventsub-lost", { because: end.because });
        if (end.policy?.whose === "bug")
          using.onTrouble("eventsub-bug", `${end.because}: ${end.policy.operator}`);
        else using.onTrouble("eventsub-away", end.because);
      },
      onNotification: using.onNotification,
      onRevocation(revocation) {
        log.warn({ revocation }, "Twitch revoked a subscription");
        reconcile.revoked(revocation.subscriptionId, revocation.status);
      },
    },
  });
  const reconcile = startReconcileLoop({
    ...using,
    desk: makeEventSubDesk({
      caller: () => callers[transport.kind],
      botId: () => botFacts()?.userId,
    }),
    transport,
    createsPerSecond: papers.eventsub.createsPerSecond,
    canCarry({ channelId, topic }) {
      const facts = botFacts();
      // Not proved yet: nothing is known that speaks against it.
      if (!facts) return { is: "yes" };
      const isBotsOwnChannel = channelIdOf(facts.userId) === channelId;
      return canCarry(topic, { transport: transport.kind, botScopes: facts.scopes, isBotsOwnChannel });
    },
    onBug: (problem) => using.onTrouble("eventsub-bug", problem),
  });
  return {
    transport,
    reconcile,
    speaksAsApp: () => transport.kind === "conduit" && speaksAsApp(botFacts()?.scopes),
    wish(channelId) {
      transport.begin();
      reconcile.nudge("want-changed", channelId);
    },
    stopRepairs: reconcile.stop,
    stop() {
      reconcile.stop();
      transport.stop();
    },
  };
}

/** What the bot's account must have said yes to before the application may speak for it. */
const speaksAsApp = (scopes: readonly string[] = []): boolean =>
  scopes.includes("user:write:chat") && scopes.includes("user:bot");

function chooseTransport(
  using: EventSubParts,
  parts: { readonly desk: ReturnType<typeof makeConduitDesk>; readonly listeners: TransportListeners },
): EventSubTransport {
  const { papers, clock, random, state, log } = using;
  const own = makeOwnCarriers(state, log);
  const common = {
    url: papers.urls.eventsub,
    dial: dialEventSub,
    clock,
    random,
    log,
    own,
    listeners: parts.listeners,
  };
  const mayDial = () => using.tokens.state().is !== "needs-reauth";
  const websocket = () =>
    makeWebSocketTransport({ ...common, mayDial, createsPerSecond: papers.eventsub.createsPerSecond });
  const conduit = (onHopeless: (because: string) => void) =>
    makeConduitTransport({
      ...common,
      desk: parts.desk,
      memory: state,
      shards: papers.eventsub.shards,
      onHopeless(because) {
        using.onTrouble("no-conduit", because);
        onHopeless(because);
      },
    });
  switch (papers.eventsub.transport) {
    case "websocket":
      return websocket();
    case "conduit":
      return conduit(() => {});
    case "auto":
      return papers.clientSecret === undefined
        ? websocket()
        : makeFallingBackTransport({ preferred: conduit, otherwise: websocket, log });
  }
}
