/** Helix for workers: what they ask of Twitch and say through the hub. */
import type { Clock } from "../shared/clock.ts";
import { type ChannelQuestions, makeChannelQuestions } from "./gateway/channel-questions.ts";
import { makeSayer, type Sayer } from "./gateway/sayer.ts";
import type { Account } from "./open-account.ts";

export interface Gateway {
  readonly channels: ChannelQuestions;
  readonly sayer: Sayer;
}

export function openGateway(using: {
  readonly account: Pick<Account, "callers" | "points" | "tokens">;
  readonly speaksAsApp: () => boolean;
  readonly clock: Clock;
}): Gateway {
  const { account, clock } = using;
  const { callers, points, tokens } = account;
  return {
    channels: makeChannelQuestions({ helix: callers.bot, points, clock }),
    sayer: makeSayer({
      bot: callers.chat.bot,
      app: () => (using.speaksAsApp() ? callers.chat.app : undefined),
      botId: () => tokens.state().token?.facts.userId,
      clock,
    }),
  };
}
