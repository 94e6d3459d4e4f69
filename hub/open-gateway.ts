/** Helix for workers: what they ask of Twitch and say through the hub. */
import type { Clock } from "../shared/clock.ts";
import { type ChannelQuestions, makeChannelQuestions } from "./gateway/channel-questions.ts";
import { makeSayer, type Sayer } from "./gateway/sayer.ts";
import type { EventSub } from "./open-eventsub.ts";
import type { HelixPoints } from "./permits/helix-points.ts";
import type { TokenOwner } from "./tokens/token-owner.ts";

export interface Gateway {
  readonly channels: ChannelQuestions;
  readonly sayer: Sayer;
}

export function openGateway(using: {
  readonly eventSub: Pick<EventSub, "helix" | "chat">;
  readonly points: HelixPoints;
  readonly tokens: TokenOwner;
  readonly clock: Clock;
}): Gateway {
  const { eventSub, points, tokens, clock } = using;
  return {
    channels: makeChannelQuestions({ helix: eventSub.helix, points, clock }),
    sayer: makeSayer({ ...eventSub.chat, botId: () => tokens.state().token?.facts.userId, clock }),
  };
}
