import type { Channel, Stream } from "../world/world.ts";
import { answerData, defineEndpoint } from "./endpoint.ts";
import { manyParams, takePage } from "./query.ts";
import { HelixRefusal } from "./refusal.ts";
import { toTimestamp } from "./timestamp.ts";

const FILTER_MAX = 100;

interface Live {
  readonly channel: Channel;
  readonly stream: Stream;
}

/** https://dev.twitch.tv/docs/api/reference#get-streams : live channels, most viewers first. */
export const getStreams = defineEndpoint({
  method: "GET",
  path: "/streams",
  tokens: "any",
  scopes: [],
  answer({ world, query }) {
    const asked = (name: string) =>
      new Set(manyParams(query, name, FILTER_MAX).map((value) => value.toLowerCase()));
    const [ids, logins] = [asked("user_id"), asked("user_login")];
    const [games, languages] = [asked("game_id"), asked("language")];
    const type = query.get("type") ?? "all";
    if (type !== "all" && type !== "live")
      throw new HelixRefusal(400, 'The value in the "type" query parameter is not valid.');

    const isAskedFor = ({ channel }: Live) =>
      (ids.size + logins.size === 0 || ids.has(channel.owner.id) || logins.has(channel.owner.login)) &&
      (games.size === 0 || games.has(channel.gameId)) &&
      (languages.size === 0 || languages.has(channel.language));
    const live = [...world.channels.values()].flatMap((channel) =>
      channel.stream ? [{ channel, stream: channel.stream }] : [],
    );
    const wanted = live.filter(isAskedFor).sort((a, b) => b.stream.viewers - a.stream.viewers);
    const { items, pagination } = takePage(wanted, query, { most: 100, usual: 20 });
    return answerData(items.map(toStream), { pagination });
  },
});

function toStream({ channel, stream }: Live): object {
  return {
    id: stream.id,
    user_id: channel.owner.id,
    user_login: channel.owner.login,
    user_name: channel.owner.displayName,
    game_id: channel.gameId,
    game_name: channel.gameName,
    type: "live",
    title: channel.title,
    viewer_count: stream.viewers,
    started_at: toTimestamp(stream.startedAt),
    language: channel.language,
    thumbnail_url: `https://static-cdn.jtvnw.net/previews-ttv/live_user_${channel.owner.login}-{width}x{height}.jpg`,
    tag_ids: [],
    tags: channel.tags,
    is_mature: false,
  };
}
