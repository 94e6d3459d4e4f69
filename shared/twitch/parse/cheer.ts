import * as v from "valibot";
import { ChatText, type DetailParsers, Flag, personAt, Whole } from "./fields.external.ts";

const userFields = personAt("user");

const Cheer = v.object({ is_anonymous: v.nullish(Flag), bits: Whole, message: ChatText });

export const cheerParsers: DetailParsers<"channel.cheer"> = {
  "channel.cheer": (event) => {
    const { is_anonymous, bits, message } = v.parse(Cheer, event);
    const user = is_anonymous ? undefined : userFields.find(event);
    return { ...(user && { user }), bits, text: message };
  },
};
