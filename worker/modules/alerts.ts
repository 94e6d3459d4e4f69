/**
 * Says in chat what was given to the channel and what goes on in it. Everything is off until the operator wants it.
 * What viewers typed (the text of a cheer, of a resubscription, of a reward) is not repeated: a moderator's words pass
 * by Twitch's filters, so a viewer's in its mouth would, too.
 */
import * as v from "valibot";
import type { Millis } from "../../shared/clock.ts";
import type { BodyOf, ChannelEventBody } from "../../shared/twitch/channel-event.ts";
import type { Person } from "../../shared/twitch/event-bodies/people.ts";
import { naturalKeyOf } from "../../shared/twitch/natural-key.ts";
import type { Topic } from "../../shared/twitch/topics.ts";
import { fillPlaceholders } from "../fill-placeholders.ts";
import { defineModule, effects, nothing, once } from "../module.ts";
import { cutText, nameOf } from "../outputs/chat/chat-text.ts";
import { say } from "../outputs/chat.ts";
import type { EventSignal } from "../signal.ts";

/** What stands in the placeholders. `user` undefined: somebody who does not want to be named. */
interface Values {
  readonly user?: string | undefined;
  readonly [placeholder: string]: string | number | undefined;
}

interface Alert {
  readonly topic: Topic;
  readonly message: string;
  /** undefined: this one is not worth a word. */
  toValues(body: ChannelEventBody): Values | undefined;
}

/** `toValues` hears only what its topic tells. */
const alert = <T extends Topic>(
  topic: T,
  message: string,
  toValues: (body: BodyOf<T>) => Values | undefined,
): Alert => ({
  topic,
  message,
  toValues: (body) => (body.topic === topic ? toValues(body as BodyOf<T>) : undefined),
});

const alerts = {
  follow: alert("channel.follow", "💜 Merci pour le follow, @{user} !", ({ user }) => ({
    user: toName(user),
  })),
  subscription: alert(
    "channel.subscribe",
    "⭐ Merci pour l'abonnement, @{user} !",
    // Whoever got it as a gift did nothing; the gift is thanked for.
    ({ user, tier, isGift }) => (isGift ? undefined : { user: toName(user), tier: toTier(tier) }),
  ),
  resubscription: alert(
    "channel.subscription.message",
    "⭐ {months} mois d'abonnement, merci @{user} !",
    ({ user, tier, months }) => ({ user: toName(user), tier: toTier(tier), months }),
  ),
  gift: alert(
    "channel.subscription.gift",
    "🎁 Abonnements offerts par @{user} : {count}. Merci !",
    ({ user, tier, total }) => ({ user: user && toName(user), tier: toTier(tier), count: total }),
  ),
  cheer: alert("channel.cheer", "💎 Merci pour les {bits} bits, @{user} !", ({ user, bits }) => ({
    user: user && toName(user),
    bits,
  })),
  raid: alert(
    "channel.raid",
    "⚔️ Bienvenue à @{user} et à ses raiders ({viewers}) !",
    ({ from, viewers }) => ({ user: toName(from), viewers }),
  ),
  redemption: alert(
    "channel.channel_points_custom_reward_redemption.add",
    "🎟️ @{user} prend « {reward} » ({cost} points).",
    ({ user, reward }) => ({ user: toName(user), reward: toPlain(reward.title), cost: reward.cost }),
  ),
  hype_train_begin: alert("channel.hype_train.begin", "🚂 Le hype train démarre !", ({ level, goal }) => ({
    level,
    goal,
  })),
  hype_train_end: alert(
    "channel.hype_train.end",
    "🚂 Terminus du hype train, niveau {level}. Merci à tous !",
    ({ level, total }) => ({ level, total }),
  ),
  poll_begin: alert("channel.poll.begin", "📊 Sondage : {title} ({choices})", ({ title, choices }) => ({
    title: toPlain(title),
    choices: toList(choices),
  })),
  poll_end: alert(
    "channel.poll.end",
    "📊 {title} : « {winner} » l'emporte avec {votes} voix.",
    ({ title, choices, status }) => {
      const votes = Math.max(0, ...choices.map((one) => one.votes ?? 0));
      // "archived" tells that it went out of sight, not that it ended.
      if (votes === 0 || status === "archived") return undefined;
      const winner = toList(choices.filter((one) => one.votes === votes));
      return { title: toPlain(title), winner, votes };
    },
  ),
  prediction_begin: alert(
    "channel.prediction.begin",
    "🔮 Pronostic : {title} ({choices})",
    ({ title, outcomes }) => ({ title: toPlain(title), choices: toList(outcomes) }),
  ),
  prediction_end: alert(
    "channel.prediction.end",
    "🔮 {title} : c'était « {winner} ».",
    ({ title, outcomes, winningOutcomeId }) => {
      const winner = outcomes.find(({ id }) => id === winningOutcomeId);
      return winner && { title: toPlain(title), winner: toPlain(winner.title), users: winner.users ?? 0 };
    },
  ),
  ad_break: alert(
    "channel.ad_break.begin",
    "📺 Pause publicitaire de {seconds} secondes, à tout de suite !",
    ({ durationSeconds }) => ({ seconds: durationSeconds }),
  ),
  shoutout_received: alert(
    "channel.shoutout.receive",
    "📣 Merci pour le shoutout, @{user} !",
    ({ from, viewers }) => ({ user: toName(from), viewers }),
  ),
} as const satisfies Record<string, Alert>;

type AlertName = keyof typeof alerts;
const NAMES = Object.keys(alerts) as AlertName[];

const TITLE_MAX = 80;
const toTier = (tier: string): string => tier.slice(0, 1);
const toName = ({ login, name }: Person): string => toPlain(nameOf({ login, displayName: name }));
const toList = (all: readonly { readonly title: string }[]): string =>
  all.map(({ title }) => toPlain(title)).join(" / ");
/** Data may not call for anybody. */
const toPlain = (text: string): string =>
  cutText(text.replaceAll("@", "").replace(/\s+/g, " ").trim(), TITLE_MAX);

/** What the text of each may name. */
const PLACEHOLDERS: { readonly [Name in AlertName]: string } = {
  follow: "{user}",
  subscription: "{user}, {tier} (1, 2 or 3)",
  resubscription: "{user}, {tier}, {months}",
  gift: "{user}, {tier}, {count}",
  cheer: "{user}, {bits}",
  raid: "{user}, {viewers}",
  redemption: "{user}, {reward}, {cost}",
  hype_train_begin: "{level}, {goal}",
  hype_train_end: "{level}, {total}",
  poll_begin: "{title}, {choices}",
  poll_end: "{title}, {winner}, {votes}",
  prediction_begin: "{title}, {choices}",
  prediction_end: "{title}, {winner}, {users} (how many had bet on it)",
  ad_break: "{seconds}",
  shoutout_received: "{user}, {viewers}",
};

const Message = v.pipe(v.string(), v.trim(), v.nonEmpty("some text"), v.maxLength(400));
const alertSettings = (message: string, placeholders: string) =>
  v.optional(
    v.strictObject({
      enabled: v.optional(v.boolean(), false),
      message: v.optional(v.pipe(Message, v.description(`It may name ${placeholders}.`)), message),
    }),
    {},
  );
const Config = v.pipe(
  v.strictObject({
    anonymous: v.optional(
      v.pipe(
        v.string(),
        v.trim(),
        v.nonEmpty("some text"),
        v.maxLength(50),
        v.description("Stands in {user} for whoever gives without their name."),
      ),
      "un anonyme",
    ),
    ...(Object.fromEntries(
      NAMES.map((name) => [name, alertSettings(alerts[name].message, PLACEHOLDERS[name])]),
    ) as { [Name in AlertName]: ReturnType<typeof alertSettings> }),
  }),
  v.description(
    "Thanks, and what goes on in the channel. Only what is enabled is asked of Twitch; docs/topics.md says who must grant what for it. The texts are in French when nothing is said of them. What viewers typed themselves is never repeated.",
  ),
);

/** Everybody who raids follows, and so do armies of bots: nobody reads a hundred thanks. */
const AT_ONCE_MAX = 5;
const AT_ONCE_MS: Millis = 10_000;

/** Pure: drops what lies outside the window; `isTooMany` when it is full without the new one. */
export function stepFlood(
  saidAt: readonly Millis[],
  now: Millis,
): { readonly saidAt: readonly Millis[]; readonly isTooMany: boolean } {
  const lately = saidAt.filter((at) => now - at < AT_ONCE_MS);
  const isTooMany = lately.length >= AT_ONCE_MAX;
  return { saidAt: isTooMany ? lately : [...lately, now], isTooMany };
}

function fill(message: string, { user, ...values }: Values, anonymous: string): string {
  const texts = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
  if (user !== undefined) return fillPlaceholders(message, { ...texts, user });
  // Somebody may be called so.
  return fillPlaceholders(message.replaceAll("@{user}", "{user}"), { ...texts, user: anonymous });
}

const DAY_MS: Millis = 86_400_000;

/** The same by all doors, and after a restart; what happens again another day is thanked for again. */
function onceKey({ id, at, channelId, body }: EventSignal): string {
  return `${naturalKeyOf(channelId, body) ?? id} ${Math.floor(at / DAY_MS)}`;
}

export default defineModule({
  name: "alerts",
  summary: "Thanks in chat for follows, subscriptions, gifts, cheers and raids, and tells what goes on.",
  config: Config,
  topics: (config) => NAMES.filter((name) => config[name].enabled).map((name) => alerts[name].topic),
  start: () => ({ saidAt: new Map<AlertName, readonly Millis[]>() }),
  onEvent(signal, { config, clock, log }, memory) {
    const name = NAMES.find((one) => alerts[one].topic === signal.body.topic);
    const values = name && config[name].enabled ? alerts[name].toValues(signal.body) : undefined;
    if (!name || !values) return nothing;
    const before = memory.saidAt.get(name) ?? [];
    const { saidAt, isTooMany } = stepFlood(before, clock.now());
    memory.saidAt.set(name, saidAt);
    if (isTooMany) {
      log.info({ alert: name }, "too many at once: this one is not said");
      return nothing;
    }
    const text = fill(config[name].message, values, config.anonymous);
    return effects(once(onceKey(signal), say({ text, reply: false })));
  },
});
