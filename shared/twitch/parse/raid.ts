import * as v from "valibot";
import { type DetailParsers, personAt, Whole } from "./fields.external.ts";

const fromFields = personAt("from_broadcaster_user");

const Raid = v.object({ viewers: Whole });

export const raidParsers: DetailParsers<"channel.raid"> = {
  "channel.raid": (event) => ({
    from: fromFields.take(event),
    viewers: v.parse(Raid, event).viewers,
  }),
};
