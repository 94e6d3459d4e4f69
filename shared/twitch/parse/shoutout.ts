import * as v from "valibot";
import { type DetailParsers, Name, personAt, Whole } from "./fields.external.ts";

const moderatorFields = personAt("moderator_user");
const toFields = personAt("to_broadcaster_user");
const fromFields = personAt("from_broadcaster_user");

const Shoutout = v.object({ viewer_count: Whole, started_at: Name });

export const shoutoutParsers: DetailParsers<"channel.shoutout.create" | "channel.shoutout.receive"> = {
  "channel.shoutout.create": (event) => {
    const { viewer_count, started_at } = v.parse(Shoutout, event);
    return {
      moderator: moderatorFields.take(event),
      to: toFields.take(event),
      viewers: viewer_count,
      startedAt: started_at,
    };
  },
  "channel.shoutout.receive": (event) => {
    const { viewer_count, started_at } = v.parse(Shoutout, event);
    return {
      from: fromFields.take(event),
      viewers: viewer_count,
      startedAt: started_at,
    };
  },
};
