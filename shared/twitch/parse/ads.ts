import * as v from "valibot";
import { type DetailParsers, Flag, Name, personAt, Whole } from "./fields.external.ts";

const requesterFields = personAt("requester_user");

const AdBreak = v.object({ duration_seconds: Whole, is_automatic: Flag, started_at: Name });

export const adParsers: DetailParsers<"channel.ad_break.begin"> = {
  "channel.ad_break.begin": (event) => {
    const { duration_seconds, is_automatic, started_at } = v.parse(AdBreak, event);
    const requester = requesterFields.find(event);
    return {
      durationSeconds: duration_seconds,
      isAutomatic: is_automatic,
      startedAt: started_at,
      ...(requester && { requester }),
    };
  },
};
