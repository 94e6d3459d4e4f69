/**
 * Says things in chat for workers (Send Chat Message). A message is posted once: when its answer is lost its end is
 * unknown, and whoever asks for the same key again is told the first one's end. So a worker that was killed leaves
 * an answer to its successor that the chat hears once.
 *
 * Posted in the application's name where that is let in, because only then does Twitch show the bot's badge; where it
 * is not, in the bot's own.
 */
import * as v from "valibot";
import type { Clock, Millis } from "../../shared/clock.ts";
import type { ChannelId } from "../../shared/ids.ts";
import type { SayEnd } from "../../shared/ipc/hub-worker.ts";
import type { HelixAnswer, HelixCaller } from "../twitch/helix-caller.ts";
import type { TokenFacts } from "../twitch/id-twitch.ts";
import { type Failed, toFailed } from "./ask-helix.ts";

export type Said = { readonly is: "said"; readonly end: SayEnd } | Failed;

export interface Sayer {
  /** Never rejects. `failed`: it was not said. */
  say(channelId: ChannelId, message: { readonly key: string; readonly text: string }): Promise<Said>;
}

export interface SayerParts {
  readonly bot: HelixCaller;
  /** undefined: the application does not speak here. */
  readonly app: () => HelixCaller | undefined;
  /** As the bot's token was last proved. */
  readonly facts: () => Pick<TokenFacts, "userId" | "scopes"> | undefined;
  /** Told with each message: nothing can be said in the bot's name, and what to do about it; or it can. */
  readonly mute: { readonly begins: (problem: string) => void; readonly ends: () => void };
  readonly clock: Clock;
}

/** What the bot's token has to be good for. */
export const SAYS_BY_HELIX = "user:write:chat";
/** Short: status shows one line of it. */
const MUTE = `the bot's token lacks ${SAYS_BY_HELIX}: ./kissbot.sh auth login --bot`;

/** Longer than any event waits for a worker's successor to act on it again; chat waits a minute. */
const KEYS_FOR_MS: Millis = 10 * 60_000;
const KEYS_MAX = 20_000;
/** Meanwhile the broadcaster may have let the application in. */
const APP_AGAIN_AFTER_MS: Millis = 10 * 60_000;

export function makeSayer({ bot, app, facts, mute, clock }: SayerParts): Sayer {
  /** The oldest first. */
  const byKey = new Map<string, { readonly said: Promise<Said>; readonly at: Millis }>();
  /** Where the application was not let in, and when. */
  const appRefused = new Map<ChannelId, Millis>();

  const findApp = (channelId: ChannelId): HelixCaller | undefined => {
    const refusedAt = appRefused.get(channelId);
    if (refusedAt !== undefined && clock.now() - refusedAt < APP_AGAIN_AFTER_MS) return undefined;
    return app();
  };
  const post = async (channelId: ChannelId, text: string): Promise<Said> => {
    const sender = facts();
    if (sender === undefined)
      return { is: "failed", code: "twitch-away", detail: "who the bot is is not known yet" };
    const body = { broadcaster_id: channelId, sender_id: sender.userId, message: text };
    const request = { method: "POST", path: "/chat/messages", body } as const;
    const application = findApp(channelId);
    if (application) {
      const answer = await application.call(request);
      // Twitch did not look at the message, so it may be posted in the bot's name.
      if (answer.is !== "unauthorised") return toSaid(answer);
      appRefused.set(channelId, clock.now());
    }
    if (!sender.scopes.includes(SAYS_BY_HELIX)) {
      mute.begins(MUTE);
      return { is: "failed", code: "needs-reauth", detail: MUTE };
    }
    mute.ends();
    return toSaid(await bot.call(request));
  };
  const forgetOld = () => {
    for (const [name, { at }] of byKey) {
      if (byKey.size <= KEYS_MAX && clock.now() - at < KEYS_FOR_MS) return;
      byKey.delete(name);
    }
  };

  return {
    say(channelId, { key, text }) {
      const name = `${channelId} ${key}`;
      const before = byKey.get(name);
      if (before) return before.said;
      const said = post(channelId, text);
      byKey.set(name, { said, at: clock.now() });
      forgetOld();
      void said.then((end) => {
        // Nobody heard it: it may be tried again.
        if (!mayHaveBeenHeard(end)) byKey.delete(name);
      });
      return said;
    },
  };
}

const mayHaveBeenHeard = (said: Said): boolean => said.is === "said" && said.end.is !== "dropped";

const Sent = v.object({
  data: v.tuple([v.object({ is_sent: v.boolean(), drop_reason: v.nullish(v.object({ code: v.string() })) })]),
});
const CODE_MAX = 100;
/** Refusals that Helix tells by status and IRC by notice. */
const REFUSED_BY_STATUS: Readonly<Record<number, string>> = { 403: "not_permitted", 422: "msg_too_long" };

/** Pure. */
export function toSaid(answer: HelixAnswer): Said {
  if (answer.is === "away" && answer.neverSent !== true) return { is: "said", end: { is: "unknown" } };
  if (answer.is !== "answer") return toFailed(answer);
  const because = REFUSED_BY_STATUS[answer.status];
  if (because !== undefined) return { is: "said", end: { is: "dropped", because } };
  if (answer.status !== 200) return toFailed(answer);
  const parsed = v.safeParse(Sent, answer.body);
  if (!parsed.success) return { is: "said", end: { is: "unknown" } };
  const [{ is_sent, drop_reason }] = parsed.output.data;
  if (is_sent) return { is: "said", end: { is: "sent" } };
  return {
    is: "said",
    end: { is: "dropped", because: (drop_reason?.code || "no reason given").slice(0, CODE_MAX) },
  };
}
