/** channel.chat.notification: what IRC has as USERNOTICE. Each kind keeps its details in a field of its own name. */
import * as v from "valibot";
import { ChannelId } from "../../ids.ts";
import type { BodyOf } from "../channel-event.ts";
import { type Person, Tier } from "../event-bodies/people.ts";
import {
  ChatText,
  type DetailParsers,
  type Fields,
  Flag,
  Id,
  MaybeId,
  MaybeWhole,
  Name,
  personAt,
  Text,
  Whole,
} from "./fields.external.ts";

const recipientFields = personAt("recipient_user");
const userFields = personAt("user");
const broadcasterFields = personAt("broadcaster_user");
const chatterFields = personAt("chatter_user");

const Notification = v.object({
  message_id: Id,
  notice_type: Name,
  chatter_is_anonymous: v.nullish(Flag),
  system_message: Text,
  message: v.nullish(v.object({ text: ChatText })),
  source_broadcaster_user_id: v.nullish(ChannelId),
});
const Sub = v.object({ sub_tier: Tier });
const Resub = v.object({ sub_tier: Tier, cumulative_months: Whole, streak_months: MaybeWhole });
const SubGift = v.object({ sub_tier: Tier, community_gift_id: MaybeId, cumulative_total: MaybeWhole });
const CommunityGift = v.object({ sub_tier: Tier, total: Whole, cumulative_total: MaybeWhole });
const Raid = v.object({ viewer_count: Whole });

type Told = BodyOf<"channel.chat.notification">["tells"][number];
interface Teller {
  readonly channel: { readonly broadcasterLogin: string; readonly broadcasterName: string };
  readonly user: Person | undefined;
  readonly text: string;
}

/** One per kind that other topics tell, too; the others tell nothing more than themselves. */
const tellers: Readonly<Record<string, (details: Fields, by: Teller) => Told[]>> = {
  sub(details, { channel, user }) {
    const { sub_tier } = v.parse(Sub, details);
    return user ? [{ topic: "channel.subscribe", ...channel, user, tier: sub_tier, isGift: false }] : [];
  },
  resub(details, { channel, user, text }) {
    const { sub_tier, cumulative_months, streak_months } = v.parse(Resub, details);
    if (!user) return [];
    const streak = streak_months === undefined ? {} : { streakMonths: streak_months };
    const months = { months: cumulative_months, ...streak };
    return [{ topic: "channel.subscription.message", ...channel, user, tier: sub_tier, ...months, text }];
  },
  sub_gift(details, { channel, user }) {
    const { sub_tier: tier, community_gift_id, cumulative_total } = v.parse(SubGift, details);
    const recipient = recipientFields.take(details);
    const received: Told = { topic: "channel.subscribe", ...channel, user: recipient, tier, isGift: true };
    // One of many is announced together with the others, by community_sub_gift.
    if (community_gift_id !== undefined) return [received];
    return [toGift({ total: 1, cumulative_total, sub_tier: tier }, channel, user), received];
  },
  community_sub_gift: (details, { channel, user }) => [
    toGift(v.parse(CommunityGift, details), channel, user),
  ],
  raid(details, { channel }) {
    const { viewer_count } = v.parse(Raid, details);
    return [{ topic: "channel.raid", ...channel, from: userFields.take(details), viewers: viewer_count }];
  },
};

function toGift(
  gift: v.InferOutput<typeof CommunityGift>,
  channel: Teller["channel"],
  user: Person | undefined,
): Told {
  const { sub_tier: tier, total, cumulative_total } = gift;
  const cumulative = cumulative_total === undefined ? {} : { cumulativeTotal: cumulative_total };
  return {
    topic: "channel.subscription.gift",
    ...channel,
    ...(user && { user }),
    tier,
    total,
    ...cumulative,
  };
}

function tell(kind: string, event: Fields, by: Teller): Told[] {
  if (!Object.hasOwn(tellers, kind)) return [];
  const details = v.safeParse(v.record(v.string(), v.unknown()), event[kind]);
  if (!details.success) return [];
  return tellers[kind]?.(details.output, by) ?? [];
}

export const chatNotificationParsers: DetailParsers<"channel.chat.notification"> = {
  "channel.chat.notification": (event) => {
    const { message_id, notice_type, message, ...more } = v.parse(Notification, event);
    const { login, name } = broadcasterFields.take(event);
    const user = more.chatter_is_anonymous ? undefined : chatterFields.find(event);
    const text = message?.text ?? "";
    const channel = { broadcasterLogin: login, broadcasterName: name };
    const source = more.source_broadcaster_user_id ?? undefined;
    const isFromHere = source === undefined || source === event.broadcaster_user_id;
    return {
      messageId: message_id,
      kind: notice_type,
      ...(user && { user }),
      systemText: more.system_message,
      text,
      ...(source !== undefined && { sourceChannelId: source }),
      tells: isFromHere ? tell(notice_type, event, { channel, user, text }) : [],
    };
  },
};
