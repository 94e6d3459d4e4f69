/** Tells the chat that the stream began or ended. A stream is announced once, however often Twitch reports it, and surely. */
import * as v from "valibot";
import { fillPlaceholders } from "../fill-placeholders.ts";
import { type Answer, defineModule, effects, type ModuleRoom, nothing, once } from "../module.ts";
import { say } from "../outputs/chat.ts";
import type { EventSignal } from "../signal.ts";

const Message = v.pipe(v.string(), v.trim(), v.nonEmpty("some text"), v.maxLength(400));
const Enabled = v.pipe(v.boolean(), v.description("Whether it is said at all."));
const Config = v.pipe(
  v.strictObject({
    stream_online: v.optional(
      v.strictObject({
        enabled: v.optional(Enabled, true),
        message: v.optional(
          v.pipe(Message, v.description("{channel}, {title}, {game_name} and {viewer_count} are filled in.")),
          "🔴 @{channel} est maintenant en live ! 🎮 {title}",
        ),
      }),
      {},
    ),
    stream_offline: v.optional(
      v.strictObject({
        enabled: v.optional(Enabled, false),
        message: v.optional(
          v.pipe(Message, v.description("{channel} is filled in.")),
          "💤 @{channel} est maintenant hors ligne. À bientôt !",
        ),
      }),
      {},
    ),
  }),
  v.description("What is said in chat when a stream begins or ends."),
);

type Room = ModuleRoom<v.InferOutput<typeof Config>>;
/** What Twitch last said of the channel: stands in when the hub can't be asked. */
interface Memory {
  title: string;
  category: string;
}

const UNTITLED = "Sans titre";
const NO_CATEGORY = "Catégorie inconnue";
/** Not live in the sense of the announcement. */
const RECORDED = ["playlist", "rerun"];

async function announceOnline(
  body: Extract<EventSignal["body"], { topic: "stream.online" }>,
  { config, house }: Room,
  memory: Memory,
): Promise<Answer> {
  if (!config.stream_online.enabled || RECORDED.includes(body.streamType)) return nothing;
  const now = await house.askChannel();
  const text = fillPlaceholders(config.stream_online.message, {
    channel: body.broadcasterLogin,
    title: now?.title || memory.title || UNTITLED,
    game_name: now?.categoryName || memory.category || NO_CATEGORY,
    viewer_count: String(now?.live?.viewers ?? 0),
  });
  return effects(once(`online:${body.streamId}`, say({ text, reply: false })));
}

/** The event names no stream; its own id is all there is to know a repetition by. */
function announceOffline(
  signal: EventSignal,
  body: Extract<EventSignal["body"], { topic: "stream.offline" }>,
  { config }: Room,
): Answer {
  if (!config.stream_offline.enabled) return nothing;
  const text = fillPlaceholders(config.stream_offline.message, { channel: body.broadcasterLogin });
  return effects(once(`offline:${signal.id}`, say({ text, reply: false })));
}

export default defineModule({
  name: "announcements",
  summary: "Announces in chat that the stream has begun or ended.",
  config: Config,
  topics: ["stream.online", "stream.offline", "channel.update"],
  start: (): Memory => ({ title: "", category: "" }),
  onEvent(signal, room, memory) {
    const { body } = signal;
    switch (body.topic) {
      case "stream.online":
        return announceOnline(body, room, memory);
      case "stream.offline":
        return announceOffline(signal, body, room);
      case "channel.update":
        memory.title = body.title;
        memory.category = body.categoryName;
        return nothing;
      default:
        return nothing;
    }
  },
});
