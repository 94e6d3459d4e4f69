import * as v from "valibot";
import { updateChannel } from "../world/operations.ts";
import type { Channel } from "../world/world.ts";
import { parseBody } from "./body.ts";
import { ANSWER_EMPTY, answerData, defineEndpoint } from "./endpoint.ts";
import { needOwnChannel } from "./permissions.ts";
import { manyParams, needParam } from "./query.ts";
import { HelixRefusal } from "./refusal.ts";

const IDS_MAX = 100;
const TITLE_CHARACTERS_MAX = 140;
const TAGS_MAX = 10;
const TAG_CHARACTERS_MAX = 25;

/** https://dev.twitch.tv/docs/api/reference#get-channel-information */
export const getChannels = defineEndpoint({
  method: "GET",
  path: "/channels",
  tokens: "any",
  scopes: [],
  answer({ world, query }) {
    needParam(query, "broadcaster_id");
    const ids = new Set(manyParams(query, "broadcaster_id", IDS_MAX));
    const found = [...ids].map((id) => world.channels.get(id)).filter((channel) => channel !== undefined);
    return answerData(found.map(toChannel));
  },
});

const ChangeBody = v.object({
  game_id: v.optional(v.string()),
  broadcaster_language: v.optional(v.string()),
  title: v.optional(v.string()),
  tags: v.optional(v.array(v.string())),
  delay: v.optional(v.number()),
});

/** https://dev.twitch.tv/docs/api/reference#modify-channel-information */
export const patchChannels = defineEndpoint({
  method: "PATCH",
  path: "/channels",
  tokens: "user",
  scopes: ["channel:manage:broadcast"],
  answer(call) {
    const channel = needOwnChannel(call);
    const change = parseBody(ChangeBody, call.body);
    if (Object.keys(change).length === 0)
      throw new HelixRefusal(400, "The request must update at least one property.");
    checkTitle(change.title);
    checkTags(change.tags);
    checkGame(change.game_id, call.world.games);
    if (change.delay !== undefined)
      throw new HelixRefusal(400, "To update the delay field, the broadcaster must have partner status.");
    updateChannel(call.world, channel, {
      title: change.title,
      // Twitch takes both "" and "0" for "no category".
      game: change.game_id === "0" ? "" : change.game_id,
      language: change.broadcaster_language,
      tags: change.tags,
    });
    return ANSWER_EMPTY;
  },
});

function checkTitle(title: string | undefined): void {
  if (title === "") throw new HelixRefusal(400, "The title field may not contain an empty string.");
  if (title !== undefined && title.length > TITLE_CHARACTERS_MAX) {
    throw new HelixRefusal(
      400,
      `The parameter "title" was malformed: the value must be less than or equal to ${TITLE_CHARACTERS_MAX}`,
    );
  }
}

function checkTags(tags: readonly string[] | undefined): void {
  if (!tags) return;
  if (tags.length > TAGS_MAX)
    throw new HelixRefusal(400, "The list in the tags field exceeds the maximum number of tags allowed.");
  for (const tag of tags) {
    if (tag === "") throw new HelixRefusal(400, "A tag in the tags field is empty.");
    if (tag.length > TAG_CHARACTERS_MAX)
      throw new HelixRefusal(400, "A tag in the tags field exceeds the maximum length allowed.");
    if (!/^[\p{L}\p{N}]+$/u.test(tag))
      throw new HelixRefusal(400, "A tag in the tags field contains special characters or spaces.");
  }
}

function checkGame(gameId: string | undefined, games: ReadonlyMap<string, unknown>): void {
  if (gameId === undefined || gameId === "" || gameId === "0" || games.has(gameId)) return;
  throw new HelixRefusal(400, "The ID in game_id is not valid.");
}

function toChannel(channel: Channel): object {
  return {
    broadcaster_id: channel.owner.id,
    broadcaster_login: channel.owner.login,
    broadcaster_name: channel.owner.displayName,
    broadcaster_language: channel.language,
    game_id: channel.gameId,
    game_name: channel.gameName,
    title: channel.title,
    delay: 0,
    tags: channel.tags,
    content_classification_labels: [],
    is_branded_content: false,
  };
}
