import * as v from "valibot";
import { type DetailParsers, Id, Name, personAt, Text, Whole } from "./fields.external.ts";

const userFields = personAt("user");

const Redemption = v.object({
  id: Id,
  user_input: Text,
  status: Name,
  redeemed_at: Name,
  reward: v.object({ id: Id, title: Text, cost: Whole }),
});

export const redemptionParsers: DetailParsers<"channel.channel_points_custom_reward_redemption.add"> = {
  "channel.channel_points_custom_reward_redemption.add": (event) => {
    const { id, user_input, status, redeemed_at, reward } = v.parse(Redemption, event);
    return {
      redemptionId: id,
      user: userFields.take(event),
      reward,
      input: user_input,
      status,
      redeemedAt: redeemed_at,
    };
  },
};
