/**
 * The whole path, tried: now and then the bot says a word in its own channel, by Helix, and EventSub must bring it
 * back. Off unless the operator allows it, because whoever sits in that channel sees it. A word whose answer was lost
 * is not said again: it comes back, or it does not.
 */
import * as v from "valibot";
import type { Clock, Millis } from "../../shared/clock.ts";
import { toError } from "../../shared/errors.ts";
import { type ChannelId, channelIdOf } from "../../shared/ids.ts";
import type { Logger } from "../../shared/log.ts";
import type { Notification } from "../eventsub/parse-frame.ts";
import type { OwnUses } from "../permits/own-uses.ts";
import type { HelixCaller } from "../twitch/helix-caller.ts";
import type { TokenFacts } from "../twitch/id-twitch.ts";
import type { WantedSubscription } from "../wanted-subscriptions.ts";

export interface ProbeState {
  /** When a word last came back. */
  readonly agoMs: Millis | undefined;
  readonly everyMs: Millis;
  /** How long the last one took. */
  readonly tookMs: Millis | undefined;
  readonly problem: string | undefined;
}

export interface Probe {
  /** What must be subscribed to for it. */
  wanted(): readonly WantedSubscription[];
  /** True: this was the probe's own word. */
  hear(notification: Pick<Notification, "type" | "event">): boolean;
  state(): ProbeState | undefined;
  /** It says nothing, and waits for nothing to come back. */
  pause(): void;
  resume(): void;
  stop(): void;
}

const TOPIC = "channel.chat.message";
const SCOPES = ["user:read:chat", "user:write:chat"];
const BACK_WITHIN_MS: Millis = 20_000;
const WORDS = "probe";
const NONCE_DIGITS = 8;
const BASE = 36;

const Said = v.object({ data: v.tuple([v.object({ is_sent: v.boolean() })]) });
const Heard = v.object({ broadcaster_user_id: v.string(), message: v.object({ text: v.string() }) });

export const noProbe: Probe = {
  wanted: () => [],
  hear: () => false,
  state: () => undefined,
  pause: () => {},
  resume: () => {},
  stop: () => {},
};

export function startProbe(using: {
  readonly everyMs: Millis;
  /** undefined: the bot's token is not proved. */
  readonly bot: () => TokenFacts | undefined;
  readonly helix: Pick<HelixCaller, "call">;
  /** It is a message of the account's like any other. */
  readonly sends: OwnUses;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
}): Probe {
  const { everyMs, bot, clock, log } = using;
  let underWay: { readonly text: string; readonly since: Millis } | undefined;
  let backAt: Millis | undefined;
  let tookMs: Millis | undefined;
  let problem: string | undefined;
  let cancel = () => {};

  const fail = (because: string) => {
    if (problem === undefined) log.warn({ because }, "the probe through Twitch failed");
    problem = because;
    underWay = undefined;
  };
  const nextIn = (inMs: Millis, call: () => void) => {
    cancel();
    cancel = clock.after(inMs, call);
  };
  const send = async () => {
    nextIn(everyMs, () => void send());
    const facts = bot();
    if (!facts) return fail("the bot's token is not proved");
    const lacking = SCOPES.filter((scope) => !facts.scopes.includes(scope));
    if (lacking.length > 0) return fail(`the bot's token lacks ${lacking.join(" and ")}`);
    const waitMs = using.sends.waitMs();
    // Whoever is answered in a chat goes first. A path that is not tried for long is not proved, and that is told.
    if (waitMs > 0) return nextIn(Math.min(waitMs, everyMs), () => void send());
    const text = `${WORDS} ${using
      .random()
      .toString(BASE)
      .slice(2, 2 + NONCE_DIGITS)}`;
    underWay = { text, since: clock.now() };
    nextIn(BACK_WITHIN_MS, () => {
      fail(`what was said in the bot's own channel did not come back within ${BACK_WITHIN_MS / 1_000} s`);
      nextIn(everyMs - BACK_WITHIN_MS, () => void send());
    });
    const answered = using.sends.begin();
    const answer = await using.helix
      .call({
        method: "POST",
        path: "/chat/messages",
        body: { broadcaster_id: facts.userId, sender_id: facts.userId, message: text },
      })
      .catch((thrown: unknown) => ({ is: "away" as const, problem: toError(thrown).message }));
    answered();
    // Lost on the way is not refused: it may have been said all the same.
    if (answer.is === "away" || underWay?.text !== text) return;
    const refusal = toRefusal(answer);
    if (refusal === undefined) return;
    fail(refusal);
    nextIn(everyMs, () => void send());
  };
  const begin = () => nextIn(Math.min(everyMs, BACK_WITHIN_MS), () => void send());
  begin();

  return {
    wanted() {
      const facts = bot();
      return facts
        ? [{ channel: facts.login, channelId: channelIdOf(facts.userId), topic: TOPIC } as const]
        : [];
    },
    hear({ type, event }) {
      if (type !== TOPIC || underWay === undefined) return false;
      const heard = v.safeParse(Heard, event);
      if (!heard.success || heard.output.broadcaster_user_id !== bot()?.userId) return false;
      if (heard.output.message.text !== underWay.text) return false;
      backAt = clock.now();
      tookMs = backAt - underWay.since;
      if (problem !== undefined) log.info({ tookMs }, "the probe through Twitch works again");
      problem = undefined;
      underWay = undefined;
      nextIn(everyMs, () => void send());
      return true;
    },
    state: () => ({
      agoMs: backAt === undefined ? undefined : clock.now() - backAt,
      everyMs,
      tookMs,
      problem,
    }),
    pause() {
      cancel();
      underWay = undefined;
    },
    resume: begin,
    stop: () => cancel(),
  };
}

function toRefusal(answer: Awaited<ReturnType<HelixCaller["call"]>>): string | undefined {
  if (answer.is === "away") return undefined;
  if (answer.is === "paced") return "Helix's points are spent";
  if (answer.is === "unauthorised") return answer.problem;
  if (answer.status !== 200) return `${answer.status} ${answer.message}`.trim();
  const said = v.safeParse(Said, answer.body);
  return said.success && said.output.data[0].is_sent ? undefined : "Twitch dropped it";
}

/** Pure: chat of the bot's own channel that only the probe asked for is nobody's. */
export function isOnlyForProbe(
  { type, event }: Pick<Notification, "type" | "event">,
  probed: readonly WantedSubscription[],
  /** Asked only when it matters: this is looked at with every event. */
  wanted: () => readonly WantedSubscription[],
): boolean {
  if (type !== TOPIC || probed.length === 0) return false;
  const heard = v.safeParse(v.object({ broadcaster_user_id: v.string() }), event);
  const isOf = (one: { readonly channelId: ChannelId; readonly topic: string }) =>
    heard.success && one.channelId === heard.output.broadcaster_user_id && one.topic === TOPIC;
  return probed.some(isOf) && !wanted().some(isOf);
}
