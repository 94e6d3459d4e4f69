import * as v from "valibot";
import { Tier } from "../event-bodies/people.ts";
import {
  ChatText,
  type DetailParsers,
  type Fields,
  Flag,
  MaybeWhole,
  personAt,
  Whole,
} from "./fields.external.ts";

const userFields = personAt("user");

const Subscription = v.object({ tier: Tier, is_gift: Flag });
const Message = v.object({
  tier: Tier,
  cumulative_months: Whole,
  streak_months: MaybeWhole,
  message: v.nullish(v.object({ text: ChatText })),
});
const Gift = v.object({
  tier: Tier,
  total: Whole,
  cumulative_total: MaybeWhole,
  is_anonymous: v.nullish(Flag),
});

function toSubscription(event: Fields) {
  const { tier, is_gift } = v.parse(Subscription, event);
  return { user: userFields.take(event), tier, isGift: is_gift };
}

export const subscriptionParsers: DetailParsers<
  | "channel.subscribe"
  | "channel.subscription.end"
  | "channel.subscription.message"
  | "channel.subscription.gift"
> = {
  "channel.subscribe": toSubscription,
  "channel.subscription.end": toSubscription,
  "channel.subscription.message": (event) => {
    const { tier, cumulative_months, streak_months, message } = v.parse(Message, event);
    const user = userFields.take(event);
    return {
      user,
      tier,
      months: cumulative_months,
      ...(streak_months !== undefined && { streakMonths: streak_months }),
      text: message?.text ?? "",
    };
  },
  "channel.subscription.gift": (event) => {
    const { tier, total, cumulative_total, is_anonymous } = v.parse(Gift, event);
    const user = is_anonymous ? undefined : userFields.find(event);
    return {
      ...(user && { user }),
      tier,
      total,
      ...(cumulative_total !== undefined && { cumulativeTotal: cumulative_total }),
    };
  },
};
