/** The door EventSub comes in by: the hub's event → our signals. */
import type { Millis } from "../../shared/clock.ts";
import type { ChannelId } from "../../shared/ids.ts";
import type { HubEvent } from "../../shared/ipc/hub-worker.ts";
import type { ChannelEventBody } from "../../shared/twitch/channel-event.ts";
import type { EventSignal } from "../signal.ts";
import { toCheer } from "./cheer.ts";

/** Pure. The event itself first, then what it tells besides. */
export function toEventSignals(
  event: HubEvent,
  using: { readonly channelId: ChannelId; readonly arrivedAt: Millis; readonly wall: Millis },
): readonly [EventSignal, ...EventSignal[]] {
  const { channelId, arrivedAt } = using;
  const at = Date.parse(event.at);
  const common = {
    kind: "channel-event",
    channelId,
    at: Number.isNaN(at) ? using.wall : at,
    arrivedAt,
  } as const;
  const told = toldBesides(event.body, channelId).map(
    (body, index): EventSignal => ({ ...common, door: "chat-notice", id: `${event.id} ${index}`, body }),
  );
  return [{ ...common, door: "eventsub", id: event.id, body: event.body }, ...told];
}

/** Chat over EventSub tells of subscriptions, gifts, raids and cheers, whoever granted nothing else. */
function toldBesides(body: ChannelEventBody, channelId: ChannelId): readonly ChannelEventBody[] {
  switch (body.topic) {
    case "channel.chat.notification":
      return body.tells;
    case "channel.chat.message": {
      const isFromHere = body.sourceChannelId === undefined || body.sourceChannelId === channelId;
      const cheer = isFromHere ? toCheer(body, body.bits) : undefined;
      return cheer ? [cheer] : [];
    }
    default:
      return [];
  }
}
