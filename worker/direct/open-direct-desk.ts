/** Where this worker hears EventSub from: the hub, itself, or nowhere. */
import type { AuthProvider } from "@twurple/auth";
import type { Clock, Millis } from "../../shared/clock.ts";
import { KissError } from "../../shared/errors.ts";
import type { EventSource } from "../../shared/ipc/papers.ts";
import type { Logger } from "../../shared/log.ts";
import { tokenFingerprint } from "../../shared/token-fingerprint.ts";
import type { HubDesk } from "../hub-desk.ts";
import { type ChatTokens, makeChatTokens } from "../interfaces/twitch-chat/chat-tokens.ts";
import { type MissedEvents, withDirectEvents, withoutEvents } from "./direct-desk.ts";
import type { OpenDirectListener } from "./direct-listener.ts";

export function chooseEvents(
  hub: HubDesk,
  source: EventSource,
  using: {
    readonly clock: Clock;
    readonly random: () => number;
    readonly log: Logger;
    readonly onTrouble: (code: string, detail: string) => void;
    readonly onTopicsWait: (because: string, forMs: Millis) => void;
    readonly missed?: MissedEvents | undefined;
  },
): HubDesk {
  switch (source.from) {
    case "hub":
      return hub;
    case "disabled":
      return withoutEvents(hub, using.log);
    case "direct":
      return withDirectEvents(hub, {
        ...using,
        channelId: () => hub.welcome()?.channelId,
        loadListener: () => loadListener(hub, source, using),
      });
  }
}

/** Only here, so that no other worker loads what it takes. */
async function loadListener(
  hub: HubDesk,
  { clientId, urls }: Extract<EventSource, { from: "direct" }>,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Promise<OpenDirectListener> {
  const { makeOpenListener } = await import("./open-listener.external.ts");
  const { channelId, bot } = await hub.firstWelcome;
  const authProvider = hubTokenProvider(clientId, makeChatTokens({ hub, clock }), clock);
  return makeOpenListener({ urls, authProvider, channelId, botId: bot.userId, clock, log });
}

function hubTokenProvider(clientId: string, tokens: ChatTokens, clock: Clock): AuthProvider {
  const give = async (rejected: string | undefined) => {
    const answer = await tokens.get(rejected);
    if (answer.is !== "token")
      throw new KissError(answer.is === "away" ? "twitch-away" : "needs-reauth", answer.detail);
    const { accessToken, scopes, userId } = answer.token;
    return {
      accessToken,
      userId,
      scope: [...scopes],
      refreshToken: null,
      expiresIn: null,
      obtainmentTimestamp: clock.wall(),
    };
  };
  const current = () => give(undefined);
  return {
    clientId,
    getCurrentScopesForUser: () => [...(tokens.held()?.scopes ?? [])],
    getAccessTokenForUser: current,
    getAnyAccessToken: current,
    refreshAccessTokenForUser: () => {
      const held = tokens.held();
      return give(held && tokenFingerprint(held.accessToken));
    },
  };
}
