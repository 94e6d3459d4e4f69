/** EventSub as a whole: the transport that was chosen, the identity it speaks with, and the loop that keeps subscriptions as they are wanted. */
import type { HubState } from "../db/hub-state.ts";
import type { Clock } from "../shared/clock.ts";
import { type ChannelId, channelIdOf } from "../shared/ids.ts";
import type { HubPapers } from "../shared/ipc/papers.ts";
import type { Logger } from "../shared/log.ts";
import { canCarry } from "../shared/twitch/can-carry.ts";
import { openHelixAgent } from "../shared/twitch/helix-redirect.ts";
import { makeConduitDesk } from "./eventsub/conduit-desk.ts";
import { makeConduitTransport } from "./eventsub/conduit-transport.ts";
import { makeFallingBackTransport } from "./eventsub/falling-back-transport.ts";
import { makeOwnCarriers } from "./eventsub/own-carriers.ts";
import type { Notification } from "./eventsub/parse-frame.ts";
import { dialEventSub } from "./eventsub/socket.ts";
import type { EventSubTransport, TransportListeners } from "./eventsub/transport.ts";
import { makeWebSocketTransport } from "./eventsub/websocket-transport.ts";
import { APP_BUCKET, BOT_BUCKET, CHAT_BUCKET, type HelixPoints } from "./permits/helix-points.ts";
import type { OwnJoins } from "./permits/own-joins.ts";
import type { Refusal } from "./reconcile/budget.ts";
import { makeEventSubDesk } from "./reconcile/desk.ts";
import { type ReconcileLoop, startReconcileLoop } from "./reconcile/loop.ts";
import type { Wanted } from "./reconcile/subscription.ts";
import { makeAppToken } from "./tokens/app-token.ts";
import type { TokenAnswer, TokenOwner } from "./tokens/token-owner.ts";
import { type Bearer, type BearerAnswer, type HelixCaller, makeHelixCaller } from "./twitch/helix-caller.ts";
import type { ApplicationGrants } from "./twitch/id-twitch.ts";

export interface EventSub {
  readonly transport: EventSubTransport;
  readonly reconcile: ReconcileLoop;
  /** Helix as the bot, for whoever asks in the background. */
  readonly helix: HelixCaller;
  /** For Send Chat Message: as the bot, and as the application where that speaks for it. */
  readonly chat: { readonly bot: HelixCaller; readonly app: () => HelixCaller | undefined };
  /** What is wanted has changed, or should be looked at again; with a channel, its refusals are asked anew. */
  wish(channelId?: ChannelId): void;
  stop(): Promise<void>;
}

export interface EventSubParts {
  readonly papers: Pick<HubPapers, "clientId" | "clientSecret" | "urls" | "eventsub">;
  readonly state: HubState;
  readonly tokens: TokenOwner;
  readonly idTwitch: ApplicationGrants;
  readonly points: HelixPoints;
  readonly joins: OwnJoins;
  readonly wanted: () => readonly Wanted[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly onOpen: () => void;
  /** A connection is wanted and could not be had, for now. */
  readonly onRest: () => void;
  readonly onNotification: (notification: Notification) => void;
  readonly onRefused: (want: Wanted, refusal: Refusal) => void;
  readonly onLooked: () => void;
  readonly onSettled: () => void;
  /** For the operator. */
  readonly onTrouble: (code: "eventsub-away" | "eventsub-bug" | "no-conduit", detail: string) => void;
}

export function openEventSub(using: EventSubParts): EventSub {
  const { papers, tokens, log } = using;
  const agent = openHelixAgent();
  const { helix: baseUrl } = papers.urls;
  const callAs = (bearer: Bearer, bucket: string) =>
    makeHelixCaller({ baseUrl, clientId: papers.clientId, bearer, agent, account: using.points, bucket });
  const appToken = makeAppToken(using);
  const callers = {
    websocket: callAs(toBotBearer(tokens), BOT_BUCKET),
    conduit: callAs(appToken, APP_BUCKET),
  };
  const chatCallers = {
    bot: callAs(toBotBearer(tokens), CHAT_BUCKET),
    app: callAs(appToken, APP_CHAT_BUCKET),
  };
  const botFacts = () => tokens.state().token?.facts;

  const transport = chooseTransport(using, {
    desk: makeConduitDesk({ caller: callers.conduit, clientId: papers.clientId }),
    listeners: {
      onOpen: using.onOpen,
      onRest: using.onRest,
      onCarriers: () => reconcile.nudge("carriers-changed"),
      onLost(end) {
        if (end.policy?.whose === "bug")
          using.onTrouble("eventsub-bug", `${end.because}: ${end.policy.operator}`);
        else using.onTrouble("eventsub-away", end.because);
      },
      onNotification: using.onNotification,
      onRevocation(revocation) {
        log.warn({ revocation }, "Twitch revoked a subscription");
        reconcile.nudge("revoked");
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
    helix: callers.websocket,
    chat: {
      bot: chatCallers.bot,
      app: () =>
        transport.kind === "conduit" && speaksAsApp(botFacts()?.scopes) ? chatCallers.app : undefined,
    },
    wish(channelId) {
      transport.begin();
      reconcile.nudge("want-changed", channelId);
    },
    async stop() {
      reconcile.stop();
      transport.stop();
      await agent.destroy();
    },
  };
}

const APP_CHAT_BUCKET = `${APP_BUCKET} ${CHAT_BUCKET}`;

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
  const websocket = () => makeWebSocketTransport({ ...common, mayDial });
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

function toBotBearer(tokens: TokenOwner): Bearer {
  const toAnswer = (answer: TokenAnswer): BearerAnswer => {
    if (answer.is === "token") return { is: "token", accessToken: answer.token.accessToken };
    return { is: answer.is === "away" ? "away" : "refused", problem: answer.problem };
  };
  return {
    get: async () => toAnswer(await tokens.get()),
    replace: async (rejected) => toAnswer(await tokens.replace(rejected)),
  };
}
