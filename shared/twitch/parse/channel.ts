import * as v from "valibot";
import { type DetailParsers, Name, personAt, Text } from "./fields.external.ts";

const userFields = personAt("user");

const Update = v.object({ title: Text, language: Name, category_id: Name, category_name: Name });

export const channelParsers: DetailParsers<
  "channel.update" | "channel.moderator.add" | "channel.moderator.remove"
> = {
  "channel.update": (event) => {
    const { title, language, category_id, category_name } = v.parse(Update, event);
    return { title, language, categoryId: category_id, categoryName: category_name };
  },
  "channel.moderator.add": (event) => ({ user: userFields.take(event) }),
  "channel.moderator.remove": (event) => ({ user: userFields.take(event) }),
};
