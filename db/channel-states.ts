import * as v from "valibot";
import { ChannelId } from "../shared/ids.ts";
import type { Db } from "./open.ts";
import { makeWrite } from "./write.ts";

/** A channel's state at Twitch as the hub last knew it. */
export interface StoredChannelState {
  readonly channelId: ChannelId;
  /** Whether Twitch was ever asked about the stream: before that, "offline" is no knowledge. */
  readonly isStreamKnown: boolean;
  /** The stream that runs; undefined while the channel is offline. */
  readonly streamId: string | undefined;
  /** ISO 8601, of the newest stream that is known, whether it runs or has ended. */
  readonly newestStartAt: string | undefined;
  /** undefined: never heard of. */
  readonly info: StoredChannelInfo | undefined;
  /** ISO 8601, of the newest follower that is known; undefined: nobody has looked yet. */
  readonly lastFollowAt: string | undefined;
}

export interface StoredChannelInfo {
  readonly title: string;
  readonly language: string;
  readonly categoryId: string;
  readonly categoryName: string;
}

export interface ChannelStates {
  all(): readonly StoredChannelState[];
  /** On disk, all of them or none, when it returns. */
  put(states: readonly StoredChannelState[]): void;
  remove(channelId: ChannelId): void;
}

const Nullable = v.nullable(v.string());
const Row = v.object({
  channel_id: ChannelId,
  is_stream_known: v.number(),
  stream_id: Nullable,
  newest_start_at: Nullable,
  title: Nullable,
  language: Nullable,
  category_id: Nullable,
  category_name: Nullable,
  last_follow_at: Nullable,
});

export function makeChannelStates(db: Db): ChannelStates {
  const select = db.prepare(
    `SELECT channel_id, is_stream_known, stream_id, newest_start_at, title, language, category_id, category_name,
            last_follow_at
     FROM channel_states`,
  );
  const upsert = db.prepare(
    `INSERT OR REPLACE INTO channel_states
       (channel_id, is_stream_known, stream_id, newest_start_at, title, language, category_id, category_name,
        last_follow_at, changed_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, unixepoch())`,
  );
  const remove = db.prepare("DELETE FROM channel_states WHERE channel_id = ?");
  const put = makeWrite(db, (states: readonly StoredChannelState[]) => {
    for (const state of states) {
      const { channelId, isStreamKnown, streamId, newestStartAt, info, lastFollowAt } = state;
      upsert.run(
        channelId,
        isStreamKnown ? 1 : 0,
        streamId ?? null,
        newestStartAt ?? null,
        info?.title ?? null,
        info?.language ?? null,
        info?.categoryId ?? null,
        info?.categoryName ?? null,
        lastFollowAt ?? null,
      );
    }
  });
  return {
    all: () => select.all().map((raw) => toState(v.parse(Row, raw))),
    put,
    remove: (channelId) => void remove.run(channelId),
  };
}

function toState(row: v.InferOutput<typeof Row>): StoredChannelState {
  const { title, language, category_id: categoryId, category_name: categoryName } = row;
  const isKnown = title !== null && language !== null && categoryId !== null && categoryName !== null;
  return {
    channelId: row.channel_id,
    isStreamKnown: row.is_stream_known === 1,
    streamId: row.stream_id ?? undefined,
    newestStartAt: row.newest_start_at ?? undefined,
    info: isKnown ? { title, language, categoryId, categoryName } : undefined,
    lastFollowAt: row.last_follow_at ?? undefined,
  };
}
