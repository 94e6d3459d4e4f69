import * as v from "valibot";
import { type DetailParsers, Name, personAt } from "./fields.external.ts";

const userFields = personAt("user");

const Follow = v.object({ followed_at: Name });

export const followParsers: DetailParsers<"channel.follow"> = {
  "channel.follow": (event) => ({
    user: userFields.take(event),
    followedAt: v.parse(Follow, event).followed_at,
  }),
};
