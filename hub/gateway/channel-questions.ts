/** What a channel is called, plays and whether it is live: asked for many workers at once, and remembered for a while. */
import * as v from "valibot";
import type { Clock, Millis } from "../../shared/clock.ts";
import { ChannelId } from "../../shared/ids.ts";
import type { ReplyTo } from "../../shared/ipc/hub-worker.ts";
import type { ChannelEventBody } from "../../shared/twitch/channel-event.ts";
import { BOT_BUCKET, type HelixPoints } from "../permits/helix-points.ts";
import type { HelixCaller } from "../twitch/helix-caller.ts";
import { getFromHelix, type Looked, noPointsLeft } from "./ask-helix.ts";
import { KEYS_A_CALL, makeBatcher } from "./batcher.ts";
import { makeRemembered } from "./remembered.ts";

/** How old an answer may be; an event that tells something else ends it sooner. */
export const AGES: Readonly<Record<"stream" | "info", Millis>> = { stream: 30_000, info: 60_000 };

type ChannelReply = ReplyTo<{ about: "channel" }>;
type Live = NonNullable<ChannelReply["live"]>;

export interface ChannelQuestions {
  channelNow(channelId: ChannelId): Promise<Looked<ChannelReply>>;
  /** Twitch told this of the channel. */
  heard(channelId: ChannelId, body: ChannelEventBody): void;
}

const Text = v.pipe(v.string(), v.maxLength(1_000));
const Streams = v.object({
  data: v.array(
    v.object({
      id: Text,
      user_id: ChannelId,
      type: v.string(),
      started_at: Text,
      viewer_count: v.pipe(v.number(), v.minValue(0)),
    }),
  ),
});
const Infos = v.object({
  data: v.array(v.object({ broadcaster_id: ChannelId, title: Text, game_id: Text, game_name: Text })),
});

export function makeChannelQuestions(using: {
  readonly helix: HelixCaller;
  readonly points: Pick<HelixPoints, "room">;
  readonly clock: Clock;
}): ChannelQuestions {
  const { helix, clock } = using;
  /** Somebody waits for it: it may have the points that background work leaves alone. */
  const ask = async <Schema extends v.GenericSchema>(path: string, schema: Schema) =>
    using.points.room("command", BOT_BUCKET).points > 0 ? getFromHelix(helix, path, schema) : noPointsLeft();

  const streams = makeBatcher<ChannelId, Live>({
    clock,
    async ask(ids) {
      const query = ids.map((id) => `user_id=${id}`).join("&");
      const looked = await ask(`/streams?first=${KEYS_A_CALL}&${query}`, Streams);
      if (looked.is === "failed") return looked;
      // An empty type is Helix's word for an error in a row.
      const live = looked.value.data.filter((row) => row.type === "live");
      const entries = live.map((row): [ChannelId, Live] => [
        row.user_id,
        { streamId: row.id, startedAt: row.started_at, viewers: row.viewer_count },
      ]);
      return { is: "looked", value: new Map(entries) };
    },
  });
  const infos = makeBatcher<ChannelId, Pick<ChannelReply, "title" | "categoryId" | "categoryName">>({
    clock,
    async ask(ids) {
      const looked = await ask(`/channels?${ids.map((id) => `broadcaster_id=${id}`).join("&")}`, Infos);
      if (looked.is === "failed") return looked;
      const rows = looked.value.data;
      return {
        is: "looked",
        value: new Map(
          rows.map((row) => [
            row.broadcaster_id,
            { title: row.title, categoryId: row.game_id, categoryName: row.game_name },
          ]),
        ),
      };
    },
  });
  const knownStreams = makeRemembered({ clock, ageMs: AGES.stream, source: streams });
  const knownInfos = makeRemembered({ clock, ageMs: AGES.info, source: infos });

  return {
    async channelNow(channelId) {
      const [info, live] = await Promise.all([knownInfos.get(channelId), knownStreams.get(channelId)]);
      if (info.is === "failed") return info;
      if (live.is === "failed") return live;
      if (!info.value)
        return { is: "failed", code: "twitch-refused", detail: `Twitch knows no channel ${channelId}` };
      return { is: "looked", value: { about: "channel", ...info.value, live: live.value } };
    },
    heard(channelId, { topic }) {
      if (topic === "channel.update") knownInfos.forget(channelId);
      if (topic !== "stream.online" && topic !== "stream.offline") return;
      knownStreams.forget(channelId);
      knownInfos.forget(channelId);
    },
  };
}
