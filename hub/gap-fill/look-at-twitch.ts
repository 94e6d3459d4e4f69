/** Asks Helix what the channels are doing now: a hundred of them a call. Background work: it leaves points to others. */
import * as v from "valibot";
import type { StoredChannelInfo } from "../../db/channel-states.ts";
import { ChannelId, UserId } from "../../shared/ids.ts";
import type { HelixAnswer, HelixCaller } from "../twitch/helix-caller.ts";
import type { Follower, LiveStream } from "./plan-gap-fill.ts";

export type Looked<Value> =
  | { readonly is: "looked"; readonly value: Value }
  /** It was not allowed, and will not be. */
  | { readonly is: "refused"; readonly problem: string }
  | { readonly is: "away"; readonly problem: string };

export interface TwitchLook {
  /** Those that are live; whoever is missing in the answer is offline. */
  streams(ids: readonly ChannelId[]): Promise<Looked<ReadonlyMap<ChannelId, LiveStream>>>;
  infos(ids: readonly ChannelId[]): Promise<Looked<ReadonlyMap<ChannelId, StoredChannelInfo>>>;
  /** The newest, or those before them: `after` is the last page's `next`. Only for a moderator with moderator:read:followers. */
  followers(id: ChannelId, after?: string): Promise<Looked<FollowersPage>>;
}
export interface FollowersPage {
  /** Newest first. */
  readonly followers: readonly Follower[];
  /** Left out: these were the last. */
  readonly next?: string;
}

/** Helix takes this many ids a call, and gives this many followers. */
export const IDS_A_CALL = 100;
const FOLLOWERS_A_CALL = 100;

const Text = v.pipe(v.string(), v.maxLength(1_000));
const page = <Row extends v.GenericSchema>(row: Row) => v.object({ data: v.array(row) });
const Streams = page(v.object({ id: Text, user_id: ChannelId, type: v.string(), started_at: Text }));
const Infos = page(
  v.object({
    broadcaster_id: ChannelId,
    title: Text,
    broadcaster_language: Text,
    game_id: Text,
    game_name: Text,
  }),
);
const Followers = v.object({
  ...page(v.object({ user_id: UserId, user_login: Text, user_name: Text, followed_at: Text })).entries,
  pagination: v.optional(v.object({ cursor: v.optional(Text) })),
});

export function makeTwitchLook(helix: HelixCaller): TwitchLook {
  const get = async <Schema extends v.GenericSchema>(
    path: string,
    schema: Schema,
  ): Promise<Looked<v.InferOutput<Schema>>> => toLooked(await helix.call({ method: "GET", path }), schema);

  /** All ids, a call for each hundred; one that fails fails them all: half a picture would show the rest as offline. */
  const inParts = async <Schema extends v.GenericSchema<unknown, { data: readonly unknown[] }>>(
    ids: readonly ChannelId[],
    pathOf: (ids: readonly ChannelId[]) => string,
    schema: Schema,
  ): Promise<Looked<readonly v.InferOutput<Schema>["data"][number][]>> => {
    const rows: v.InferOutput<Schema>["data"][number][] = [];
    for (let from = 0; from < ids.length; from += IDS_A_CALL) {
      const part = await get(pathOf(ids.slice(from, from + IDS_A_CALL)), schema);
      if (part.is !== "looked") return part;
      rows.push(...part.value.data);
    }
    return { is: "looked", value: rows };
  };

  return {
    async streams(ids) {
      const pathOf = (some: readonly ChannelId[]) =>
        `/streams?first=${IDS_A_CALL}&${some.map((id) => `user_id=${id}`).join("&")}`;
      const looked = await inParts(ids, pathOf, Streams);
      if (looked.is !== "looked") return looked;
      // An empty type is Helix's word for an error in a row.
      const live = looked.value.filter((row) => row.type === "live");
      const entries = live.map((row): [ChannelId, LiveStream] => [
        row.user_id,
        { streamId: row.id, startedAt: row.started_at },
      ]);
      return { is: "looked", value: new Map(entries) };
    },
    async infos(ids) {
      const pathOf = (some: readonly ChannelId[]) =>
        `/channels?${some.map((id) => `broadcaster_id=${id}`).join("&")}`;
      const looked = await inParts(ids, pathOf, Infos);
      if (looked.is !== "looked") return looked;
      const entries = looked.value.map((row): [ChannelId, StoredChannelInfo] => [
        row.broadcaster_id,
        {
          title: row.title,
          language: row.broadcaster_language,
          categoryId: row.game_id,
          categoryName: row.game_name,
        },
      ]);
      return { is: "looked", value: new Map(entries) };
    },
    async followers(id, after) {
      const from = after === undefined ? "" : `&after=${encodeURIComponent(after)}`;
      const path = `/channels/followers?broadcaster_id=${id}&first=${FOLLOWERS_A_CALL}${from}`;
      const looked = await get(path, Followers);
      if (looked.is !== "looked") return looked;
      const followers = looked.value.data.map((row) => ({
        user: { id: row.user_id, login: row.user_login, name: row.user_name },
        followedAt: row.followed_at,
      }));
      // An empty cursor leads nowhere.
      const next = looked.value.pagination?.cursor || undefined;
      return { is: "looked", value: { followers, ...(next !== undefined && { next }) } };
    },
  };
}

/** Pure. */
function toLooked<Schema extends v.GenericSchema>(
  answer: HelixAnswer,
  schema: Schema,
): Looked<v.InferOutput<Schema>> {
  switch (answer.is) {
    case "away":
      return answer;
    case "paced":
      return { is: "away", problem: "Helix's points are spent" };
    case "unauthorised":
      return { is: "refused", problem: answer.problem };
    case "answer": {
      if (answer.status !== 200)
        return { is: "refused", problem: `${answer.status} ${answer.message}`.trim() };
      const parsed = v.safeParse(schema, answer.body);
      return parsed.success
        ? { is: "looked", value: parsed.output }
        : { is: "away", problem: "Helix answered in an unknown shape" };
    }
  }
}
