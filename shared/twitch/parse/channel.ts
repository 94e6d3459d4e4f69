import * as v from "valibot";
import {
  type DetailParsers,
  type Fields,
  isUsualName,
  isUsualText,
  Name,
  personAt,
  Text,
} from "./fields.external.ts";

const userFields = personAt("user");

const Update = v.object({ title: Text, language: Name, category_id: Name, category_name: Name });

/** Looked at by hand first: see `isShort`. */
function toUpdate(event: Fields) {
  const { title, language, category_id: categoryId, category_name: categoryName } = event;
  return isUsualText(title) && isUsualName(language) && isUsualName(categoryId) && isUsualName(categoryName)
    ? { title, language, categoryId, categoryName }
    : checkUpdate(event);
}

export function checkUpdate(event: Fields) {
  const { title, language, category_id, category_name } = v.parse(Update, event);
  return { title, language, categoryId: category_id, categoryName: category_name };
}

export const channelParsers: DetailParsers<
  "channel.update" | "channel.moderator.add" | "channel.moderator.remove"
> = {
  "channel.update": toUpdate,
  "channel.moderator.add": (event) => ({ user: userFields.take(event) }),
  "channel.moderator.remove": (event) => ({ user: userFields.take(event) }),
};
