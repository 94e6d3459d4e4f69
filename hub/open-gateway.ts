/** Helix for workers: what they ask of Twitch and say through the hub. */
import type { Clock } from "../shared/clock.ts";
import { type ChannelQuestions, makeChannelQuestions } from "./gateway/channel-questions.ts";
import { makeSayer, type Sayer } from "./gateway/sayer.ts";
import type { Account } from "./open-account.ts";

export interface Gateway {
  readonly channels: ChannelQuestions;
  readonly sayer: Sayer;
}

const MUTE = "bot-mute";

export function openGateway(using: {
  readonly account: Pick<Account, "callers" | "points" | "tokens">;
  readonly speaksAsApp: () => boolean;
  readonly onTrouble: {
    readonly begins: (code: string, detail: string) => void;
    readonly ends: (code: string) => void;
  };
  readonly clock: Clock;
}): Gateway {
  const { account, onTrouble, clock } = using;
  const { callers, points, tokens } = account;
  return {
    channels: makeChannelQuestions({ helix: callers.bot, points, clock }),
    sayer: makeSayer({
      bot: callers.chat.bot,
      app: () => (using.speaksAsApp() ? callers.chat.app : undefined),
      facts: () => tokens.state().token?.facts,
      mute: { begins: (problem) => onTrouble.begins(MUTE, problem), ends: () => onTrouble.ends(MUTE) },
      clock,
    }),
  };
}
